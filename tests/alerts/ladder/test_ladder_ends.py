"""How a case ends, comes back and is opened again, at one place and at many."""

from datetime import timedelta
from functools import cache

import pytest
from builders.ladder import DAY, HOUR, WEIGHED, Climb, in_state, with_target
from support.for_each import for_each

from alerts.ladder.advance import Advance, Refusal
from alerts.ladder.mails import reminders
from alerts.letters.kinds import TO_REMOVE, LetterKind, letter_refusal
from alerts.places import at_place
from alerts.wording.cases import state_words
from data.cases import CaseState, PlaceState, is_police_informed
from data.rungs import CaseClock, Rung
from data.steps.codes import Check, Ending, PlaceRole, StepKind
from data.types import About, Route
from data.web.channels import CHANNELS, Reporter
from data.words.say import words
from monitor.act.casework import next_steps


def said_gone():
    case = Climb(target="teacher").sought().ask(Rung.PLATFORM_REPORT)
    case.take(StepKind.SUPPORT, status="offered")
    return case.answer(Rung.PLATFORM_REPORT, "removed")


def closed():
    case = said_gone().look("gone").look("gone", DAY)
    case.take(StepKind.CLOSED, ending="removed")
    return case


def test_removed_wants_two_looks_a_day_apart_and_a_wall_says_nothing():
    case = said_gone()
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    case.look("gone")
    first = case.now
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    case.now = first + timedelta(hours=22)
    case.look("gone")
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    case.look("gone")
    done = case.take(StepKind.CLOSED, ending="removed")
    assert [s.kind for s in done.steps] == [StepKind.REMOVED, StepKind.CLOSED]
    for nothing in ["log_in_wall", "blocked", "cannot_tell"]:
        case = said_gone().look(nothing).look(nothing, DAY)
        assert case.case.state is CaseState.CONFIRMING
        assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"


def test_what_is_seen_again_goes_on_with_its_clock_and_came_back_only_if_it_was_seen_gone():
    case = said_gone()
    target = case.case.decided_at
    assert target is not None
    done = case.attempt(StepKind.CHECKED, "schoolgate", result="present")
    assert case.case.state is CaseState.SEEKING
    assert [(w.clock, w.due_at) for w in case.case.waits] == [(CaseClock.BASILDON_24H, target + 24 * HOUR)]
    assert "head" in {m.person_id for m in done.outbox}
    assert StepKind.CAME_BACK not in {s.kind for s in case.steps}
    case = said_gone().look("gone").look("present")
    assert case.case.state is CaseState.SEEKING
    assert case.steps[-1].kind is StepKind.CAME_BACK
    assert case.case.rung is Rung.PLATFORM_REPORT
    assert not case.case.checks
    case = Climb().sought().ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "amended")
    case.look("changed").look("gone").look("changed")
    assert case.steps[-1].kind is StepKind.CAME_BACK


def test_a_copy_is_named_once_and_after_the_end_or_seen_by_a_person_opens_the_case():
    case = closed().look("present", timedelta(days=5))
    assert [s.kind for s in case.steps[-2:]] == [StepKind.CHECKED, StepKind.CAME_BACK]
    assert case.case.state is CaseState.SEEKING
    assert case.case.rung is Rung.PLATFORM_REPORT
    assert case.case.ending is None
    assert case.case.closed_at is None
    case.ask(Rung.POSH)
    case = closed()
    case.take(StepKind.COPY_FOUND, "schoolgate", mention="m2")
    assert case.steps[-1].kind is StepKind.CAME_BACK
    assert (case.steps[-1].stored_facts, case.case.copies) == ({"mention": "m2", "place": "2"}, ("m2",))
    case = in_state(CaseState.SEEKING)
    case.take(StepKind.COPY_FOUND, "schoolgate", mention="m2")
    assert case.case.state is CaseState.SEEKING
    assert case.refused(StepKind.COPY_FOUND, "schoolgate", mention="m2") == "new_copy"
    assert case.refused(StepKind.COPY_FOUND, "schoolgate", mention="m1") == "new_copy"
    case = closed()
    case.take(StepKind.CAME_BACK, "head", "A parent showed me.")
    assert case.case.state is CaseState.SEEKING
    case = in_state(CaseState.SEEKING)
    assert case.refused(StepKind.CAME_BACK, "head", "I saw it.") == "was_gone"
    case.take(StepKind.CLOSED, "head", "It would spread.", ending="standing")
    assert case.refused(StepKind.CAME_BACK, "head", "It is there.") == "was_gone"


def test_what_was_amended_ends_as_changed_and_what_went_altogether_as_removed():
    assert said_gone().look("changed").case.state is CaseState.SEEKING
    case = Climb().sought().ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "amended")
    case.look("changed").look("changed", DAY)
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    done = case.take(StepKind.CLOSED, ending="changed")
    assert done.steps[0].kind is StepKind.CHANGED
    case = Climb().sought().ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "amended")
    case.look("changed").look("changed", DAY).look("gone")
    assert case.refused(StepKind.CLOSED, ending="changed") == "two_checks"
    case.look("gone", DAY).take(StepKind.CLOSED, ending="removed")
    gone = said_gone().look("gone").look("gone", DAY)
    assert gone.refused(StepKind.CLOSED, ending="changed") == "two_checks"
    gone.take(StepKind.CLOSED, ending="removed")


def test_what_is_found_gone_or_seen_changed_enough_is_confirmed_without_anybody_asked_in_order():
    case = in_state(CaseState.TRIAGE).look("gone")
    assert case.case.state is CaseState.CONFIRMING
    case.look("gone", DAY).take(StepKind.CLOSED, ending="removed")
    case = in_state(CaseState.SEEKING).look("changed")
    assert case.case.state is CaseState.SEEKING
    case.take(StepKind.CHECKED, "head", "The name is out.", result="changed", amended="yes")
    assert case.case.state is CaseState.CONFIRMING
    case.look("changed", DAY).take(StepKind.CLOSED, ending="changed")
    case = said_gone().look("gone")
    early = case.now - 2 * HOUR
    assert case.refused(StepKind.CHECKED, "schoolgate", at=early, result="gone") == "looked_in_order"


def test_the_address_is_looked_at_five_times_after_it_was_said_to_be_gone():
    case = said_gone()
    start = case.case.said_gone_at
    assert start is not None
    seen = []
    while case.case.recheck_at is not None:
        seen.append(case.case.recheck_at - start)
        case.now = case.case.recheck_at - HOUR
        case.look("gone")
        if case.case.state is CaseState.CONFIRMING and len(seen) == 3:
            case.take(StepKind.CLOSED, ending="removed")
    hours = [round(wait / HOUR) for wait in seen]
    assert hours == [1, 24, 72, 168, 720]
    assert case.case.state is CaseState.CLOSED


def test_standing_is_the_deciders_and_looked_at_after_30_days_and_after_it_anybody_closes():
    case = in_state(CaseState.SEEKING)
    assert case.refused(StepKind.CLOSED, ending="standing") == "reason_to_end"
    assert case.refused(StepKind.CLOSED, "it", "It would spread.", ending="standing") == "decider_to_stand"
    done = case.take(StepKind.CLOSED, "head", "It would spread.", ending="standing")
    assert [s.kind for s in done.steps] == [StepKind.STANDING, StepKind.CLOSED]
    assert (done.steps[0].clock, case.case.recheck_at) == (CaseClock.REVIEW_30D, done.steps[0].due_at)
    case.look("present", timedelta(days=30))
    assert case.case.state is CaseState.CLOSED
    assert case.case.recheck_at is None
    case = in_state(CaseState.WAITING)
    assert case.refused(StepKind.DECIDED, decision="stop") == "reason_to_stop"
    case.take(StepKind.DECIDED, "head", "Refused everywhere.", decision="stop")
    assert [w.clock for w in case.case.waits] == [CaseClock.REVIEW_30D]
    assert case.not_asked(Rung.POSH, "Unsure.") == "decided_to_seek"
    case.take(StepKind.CLOSED, "it", "Refused everywhere.", ending="standing")


def test_support_comes_before_an_end_unless_it_was_a_mistake_which_wants_a_reason_and_who_decided():
    case = Climb(target="teacher").classed()
    case.take(StepKind.DECIDED, "head", "Gone stale.", decision="stop")
    assert case.refused(StepKind.CLOSED, "head", "Stale.", ending="standing") == "support_offered"
    assert case.refused(StepKind.SUPPORT, status="offered", person="deputy") == "support_person"
    case.take(StepKind.SUPPORT, status="declined", person="teacher")
    case.take(StepKind.CLOSED, "head", "Stale.", ending="standing")
    Climb(target="teacher").take(StepKind.SUPPORT, status="offered")
    Climb(target="teacher").take(StepKind.CLOSED, "head", "Another school.", ending="mistaken")
    case = in_state(CaseState.SEEKING)
    assert case.refused(StepKind.CLOSED, "it", "Another school.", ending="mistaken") == "decider_to_stand"
    case.take(StepKind.CLOSED, "head", "Another school.", ending="mistaken")
    assert Climb().refused(StepKind.CLOSED, ending="mistaken") == "reason_to_end"
    Climb().take(StepKind.CLOSED, "it", "Another school.", ending="mistaken")


def test_a_case_ends_answered_once_it_was_or_says_why_not_and_off_fair_comment_where_who_decides_says_so():
    case = in_state(CaseState.FAIR_COMMENT)
    assert case.refused(StepKind.CLOSED, ending="answered") == "responded"
    case.take(StepKind.RESPONDED, how="meeting")
    case.take(StepKind.CLOSED, ending="answered")
    praise = Climb("C0", About.SCHOOL, route=Route.THANK)
    praise.take(StepKind.CLOSED, "head", "Thanked in the newsletter.", ending="answered")
    case = Climb("C6", About.SCHOOL).classed()
    assert case.refused(StepKind.CLOSED, "it", "Not worth it.", ending="answered") == "decider_to_stand"
    case.take(StepKind.DECIDED, decision="answer")
    case.take(StepKind.RESPONDED, how="meeting")
    case.take(StepKind.CLOSED, "it", ending="answered")


def test_the_press_is_answered_with_what_was_sent_and_where_the_policy_asks_only_once_approved_in_writing():
    asked = {"route": Route.RESPOND, "enquiry": "yes"}
    case = Climb("C0", About.SCHOOL, **asked)
    assert case.refused(StepKind.RESPONDED, how="mail") == "sent_recorded"
    case.take(StepKind.RESPONDED, how="mail", sent="The gates open at half past eight.")
    case = Climb("C0", About.SCHOOL, by=with_target(press_approval=True), **asked)
    sent = {"how": "mail", "sent": "No."}
    assert case.refused(StepKind.RESPONDED, "it", **sent) == "press_approved"
    assert case.refused(StepKind.CLOSED, "it", "No need.", ending="answered") == "press_approved"
    assert case.refused(StepKind.APPROVED, "it", sent="No.") == "approver"
    case.take(StepKind.APPROVED, "head", sent="No.")
    case.take(StepKind.RESPONDED, "it", **sent)
    case.take(StepKind.CLOSED, "it", ending="answered")
    assert in_state(CaseState.FAIR_COMMENT).refused(StepKind.APPROVED, sent="No.") == "approver"


def test_each_state_has_its_endings_said_by_closing_it_and_dated_after_what_they_rest_on():
    for state, ending in [
        (CaseState.FAIR_COMMENT, Ending.STANDING), (CaseState.BYPASSED, Ending.ANSWERED),
        (CaseState.BYPASSED, Ending.MISTAKEN), (CaseState.SEEKING, Ending.ANSWERED),
    ]:  # fmt: skip
        actor = "dsl" if state is CaseState.BYPASSED else "head"
        assert in_state(state).refused(StepKind.CLOSED, actor, "Why.", ending=ending.value) == "ending_fits"
    for kind in [StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING]:
        assert said_gone().refused(kind, "head", "Because.") == "by_closing"
    case = said_gone().look("gone").look("gone", DAY)
    last = case.now
    assert case.refused(StepKind.CLOSED, at=last - HOUR, ending="removed") == "when"
    case.take(StepKind.CLOSED, at=last, ending="removed")
    assert case.refused(StepKind.REOPENED, "head", "More.", at=last - HOUR) == "when"


def test_what_is_owed_about_data_is_done_before_the_end_and_a_closed_case_reopened_where_it_stood():
    case = closed()
    assert case.refused(StepKind.REOPENED) == "reason"
    assert case.refused(StepKind.WEIGHED, nature="a", visible="b", spread="c", impact="d") == "closed"
    done = case.take(StepKind.REOPENED, "head", "More came to light.")
    assert done.steps[0].stored_facts == {"rung": "platform_report"}
    assert case.case.state is CaseState.SEEKING
    assert [w.clock for w in case.case.waits] == [CaseClock.BASILDON_24H]
    case = in_state(CaseState.FAIR_COMMENT)
    case.take(StepKind.CLOSED, "head", "Praise.", ending="answered")
    assert case.refused(StepKind.CHECKED, "schoolgate", result="gone") == "worth_looking"
    case.take(StepKind.REOPENED, "head", "They wrote again.")
    assert case.case.state is CaseState.FAIR_COMMENT
    case = in_state(CaseState.FAIR_COMMENT)
    case.take(StepKind.NOTED, "head", "They complain about their data.", starts="dp_complaint_30d")
    assert case.refused(StepKind.NOTED, "head", "Again.", starts="dp_complaint_30d") == "privacy_clock"
    assert case.refused(StepKind.NOTED, "head", "Done.", ends="art14_month") == "privacy_clock"
    assert case.refused(StepKind.CLOSED, "head", "Praise.", ending="answered") == "promises_kept"
    case.take(StepKind.NOTED, "head", "Acknowledged.", ends="dp_complaint_30d")
    case.take(StepKind.CLOSED, "head", "Praise.", ending="answered")
    case = in_state(CaseState.WAITING)
    case.take(StepKind.NOTED, "head", "They complain about their data.", starts="dp_complaint_30d")
    case.look("gone")
    assert {w.clock for w in case.case.waits} == {CaseClock.RECHECK, CaseClock.DP_COMPLAINT_30D}


def test_a_second_answer_or_decision_begins_nothing_anew_and_who_stops_may_seek_again():
    case = in_state(CaseState.WAITING)
    case.take(StepKind.DECIDED, "head", "Let it be.", decision="stop")
    assert case.case.state is CaseState.TRIAGE
    case.take(StepKind.DECIDED, decision="seek")
    assert case.case.state is CaseState.WAITING
    assert {w.clock for w in case.case.waits} == {CaseClock.BASILDON_24H, CaseClock.PLATFORM_48H}
    case = in_state(CaseState.SEEKING)
    first, case.now = case.case.waits, case.now + 3 * DAY
    case.take(StepKind.DECIDED, decision="seek")
    assert (case.case.waits, case.steps[-1].due_at) == (first, first[0].due_at)
    case.take(StepKind.DECIDED, "head", "It would only spread.", decision="stop")
    case.take(StepKind.DECIDED, decision="seek")
    assert case.case.waits == first
    case = in_state(CaseState.WAITING).ask(Rung.POSH, "Unsure.")
    first = case.answer(Rung.POSH, "removed").case.said_gone_at
    case.look("gone").answer(Rung.PLATFORM_REPORT, "removed")
    assert case.case.said_gone_at == first
    assert len(case.case.checks) == 1
    case = in_state(CaseState.SEEKING).ask(Rung.POSH, "Unsure.").ask(Rung.PLATFORM_REPORT)
    assert case.case.rung is Rung.POSH


PLATFORM = Rung.PLATFORM_REPORT
ARCHIVED = "https://archive.example.org/1"
BY_PLATFORM = ("platform_report", "")
MEMBER = ("platform_report", "member")


@pytest.fixture
def case():
    """Removal is sought; the same words are on Reddit too."""
    climb = Climb().sought()
    climb.take(StepKind.COPY_FOUND, mention="m2", channel="reddit")
    return climb


def stands(climb):
    return [here.place_state for here in climb.case.places]


def look(climb, result, place, after=HOUR):
    climb.now += after
    climb.take(StepKind.CHECKED, "schoolgate", result=result, place=str(place))


def gone_at(climb, *places):
    for n in places:
        look(climb, "gone", n)
    for i, n in enumerate(places):
        look(climb, "gone", n, after=HOUR if i else DAY)


def test_a_case_of_before_is_one_place_and_who_decides_is_told_of_a_copy():
    climb = Climb().sought()
    assert [(p.n, p.role, p.mention_id) for p in climb.case.places] == [(1, PlaceRole.POST, "m1")]
    assert Climb().sought().refused(StepKind.PLACE_LEFT, "head", "So it is.") == "other_places"
    climb = Climb().sought()
    before = len(climb.sent)
    climb.take(StepKind.COPY_FOUND, "schoolgate", mention="m2", channel="reddit")
    assert "head" in {m.person_id for m in climb.sent[before:]}


def test_each_place_is_asked_for_itself_with_its_clock_and_a_step_at_a_place_is_taken_there(case):
    there = at_place(case.case, 2)
    assert (there.number, there.mention_id, there.channel, there.role) == ("0001-2", "m2", "reddit", "copy")
    case.ask(PLATFORM, place="1")
    case.case = at_place(case.case, 2)
    case.ask(PLATFORM)
    assert case.steps[-1].stored_facts["place"] == "2"
    assert [len(here.askings) for here in case.case.places] == [1, 1]
    assert case.not_asked(PLATFORM, place="2") == "already_asked"
    case.answer(PLATFORM, "removed", place="2")
    assert [w.place for w in case.case.waits if w.clock == CaseClock.PLATFORM_48H] == [1]


def test_what_is_gone_at_one_place_is_sought_at_the_other_with_the_schools_target(case):
    case.ask(PLATFORM, place="1").answer(PLATFORM, "removed", place="1")
    assert stands(case) == [PlaceState.SAID_GONE, PlaceState.STANDING]
    assert case.case.state is CaseState.SEEKING
    assert CaseClock.BASILDON_24H in {w.clock for w in case.case.waits}
    assert case.not_asked(PLATFORM, place="1") == "said_gone"
    case.ask(PLATFORM, place="2")


def test_removed_wants_every_place_gone_twice(case):
    gone_at(case, 1)
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    look(case, "gone", 2)
    assert case.case.state is CaseState.CONFIRMING
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    look(case, "gone", 2, after=DAY)
    case.take(StepKind.CLOSED, ending="removed")


def test_a_place_is_left_standing_by_name_by_whoever_decides_and_asked_about_again(case):
    gone_at(case, 1)
    assert case.refused(StepKind.PLACE_LEFT, "it", "Nobody reads it.", place="2") == "decider_leaves"
    assert case.refused(StepKind.PLACE_LEFT, place="2") == "reason"
    case.take(StepKind.PLACE_LEFT, "head", "Nobody reads it.", place="2")
    assert stands(case) == [PlaceState.GONE, PlaceState.LEFT]
    case.ask(PLATFORM, place="2")
    assert stands(case)[1] is PlaceState.ASKED


def test_a_search_result_bars_no_ending_and_is_no_removal(case):
    case.take(StepKind.COPY_FOUND, url="https://search.example.org/?q=x", what="search", channel="website")
    gone_at(case, 1, 2)
    assert stands(case)[2] is PlaceState.STANDING
    case.take(StepKind.CLOSED, ending="removed")


def test_a_place_that_is_back_opens_the_case_there_alone_and_one_seen_gone_twice_is_not_left(case):
    gone_at(case, 1, 2)
    case.take(StepKind.CLOSED, ending="removed")
    look(case, "present", 2)
    assert stands(case) == [PlaceState.GONE, PlaceState.STANDING]
    assert case.case.state is CaseState.SEEKING
    assert at_place(case.case, 1).checks[-1].result is Check.GONE
    gone_at(case, 1, 2)
    assert case.refused(StepKind.PLACE_LEFT, "head", "So be it.", place="2") == "still_unseen"


def test_a_copy_found_after_the_end_opens_the_case_and_is_its_new_place(case):
    gone_at(case, 1, 2)
    case.take(StepKind.CLOSED, ending="removed")
    case.take(StepKind.COPY_FOUND, "schoolgate", url=ARCHIVED, channel="website", what="archive")
    assert case.case.closed_at is None
    assert stands(case) == [PlaceState.GONE, PlaceState.GONE, PlaceState.STANDING]
    gone_at(case, 3)
    case.take(StepKind.CLOSED, ending="removed")


def test_a_place_is_named_once_and_a_mail_about_what_is_over_names_it(case):
    assert case.not_asked(PLATFORM, place="7") == "place_there"
    assert case.refused(StepKind.COPY_FOUND, mention="m2") == "new_copy"
    assert case.refused(StepKind.COPY_FOUND, mention="m3", url=ARCHIVED) == "new_copy"
    assert case.refused(StepKind.COPY_FOUND) == "new_copy"
    case.ask(PLATFORM, place="2")
    (mail, *_) = reminders(case.case, case.now + 10 * DAY, case.rules)
    assert "(0001-2" in mail.body


def test_the_police_are_told_of_the_whole_matter_and_that_999_was_rung_is_known_at_each_place():
    climb = Climb("C6").sought()
    climb.take(StepKind.COPY_FOUND, mention="m2", channel="reddit")
    climb.ask(Rung.POLICE, imminent="yes", place="2")
    assert [len(here.askings) for here in climb.case.places] == [1, 0]
    climb = Climb("C6", route=Route.POLICE_NOW)
    climb.take(StepKind.COPY_FOUND, mention="m2", channel="reddit")
    climb.ask(Rung.POLICE, "At the gate.", imminent="yes")
    there = at_place(climb.case, 2)
    assert there.call_to_999 == climb.case.call_to_999 is not None
    assert there.to_warn == climb.case.to_warn != ()
    assert is_police_informed((there,))


def search_result(climb):
    """At the third place."""
    climb.take(StepKind.COPY_FOUND, url="https://search.example.org/?q=x", what="search", channel="website")
    return climb


def ended(climb, ending="removed"):
    climb.take(StepKind.CLOSED, ending=ending)
    return climb


@pytest.mark.parametrize("seen", [1, 2])
def test_a_place_that_is_there_leaves_it_confirmed_that_others_are_gone(case, seen):
    for _ in range(seen):
        look(case, "gone", 2, after=DAY)
    gone_at(case, 1)
    look(case, "present", 2)
    assert stands(case) == [PlaceState.GONE, PlaceState.STANDING]
    assert len(at_place(case.case, 1).checks) == 2
    gone_at(case, 2)
    ended(case)


def test_that_a_place_left_standing_or_a_search_result_is_there_opens_no_closed_case(case):
    gone_at(search_result(case), 1)
    case.take(StepKind.PLACE_LEFT, "head", "Nobody reads it.", place="2")
    ended(case)
    for n in (2, 3):
        look(case, "present", n)
        assert case.case.state is CaseState.CLOSED


def test_that_a_search_result_is_there_again_puts_the_target_of_an_open_case_off_no_more(case):
    gone_at(search_result(case), 1, 2, 3)
    before = case.case.sought
    look(case, "present", 3)
    assert (case.case.sought, case.case.state) == (before, CaseState.CONFIRMING)
    assert stands(case) == [PlaceState.GONE, PlaceState.GONE, PlaceState.STANDING]


def test_a_search_result_goes_after_the_end_too_and_comes_back_without_opening_the_case(case):
    gone_at(search_result(case), 1, 2)
    ended(case)
    look(case, "gone", 3)
    first = case.now
    assert (stands(case)[2], case.case.places[2].said_gone_at) == (PlaceState.GONE, first)
    look(case, "gone", 3, after=DAY)
    assert case.case.places[2].said_gone_at == first
    look(case, "present", 3)
    assert (stands(case)[2], case.case.state) == (PlaceState.STANDING, CaseState.CLOSED)


def test_what_was_left_counts_as_gone_once_it_was_seen_so_twice_after_the_end(case):
    gone_at(case, 1)
    case.take(StepKind.PLACE_LEFT, "head", "Nobody reads it.", place="2")
    look(ended(case), "gone", 2)
    assert stands(case)[1] is PlaceState.LEFT
    look(case, "gone", 2, after=DAY)
    assert stands(case)[1] is PlaceState.GONE


def test_what_is_said_to_be_gone_where_nobody_can_look_is_left_by_name(case):
    gone_at(case, 1)
    case.ask(PLATFORM, place="2").answer(PLATFORM, "removed", place="2")
    look(case, "log_in_wall", 2)
    case.take(StepKind.PLACE_LEFT, "head", "Only members read it.", place="2")
    assert stands(case) == [PlaceState.GONE, PlaceState.LEFT]
    assert at_place(case.case, 2).said_gone_at is None
    ended(case)


@pytest.mark.parametrize("ending", ["removed", "changed"])
def test_either_ending_with_a_place_left_is_in_part(case, ending):
    case.take(StepKind.PLACE_LEFT, "head", "Nobody reads it.", place="2")
    for _ in range(2):
        case.now += DAY
        amended = {"result": "changed", "amended": "yes"}
        case.take(StepKind.CHECKED, "head", **(amended if ending == "changed" else {"result": "gone"}))
    w = words("en")
    said = w("case.state.closed_as", ending=w(f"case.ending.{ending}_in_part"))
    assert state_words(ended(case, ending).case, w) == said


def test_where_it_is_can_be_put_right_by_a_person_and_stays_in_the_record():
    case = Climb(channel="manual_report")
    assert case.refused(StepKind.PLACE, channel="village_noticeboard") == "facts"
    assert case.refused(StepKind.PLACE, channel="manual_report") == "another_place"
    assert case.refused(StepKind.PLACE, "schoolgate", channel="x") == "actor"
    case.take(StepKind.PLACE, channel="whatsapp")
    assert (case.case.channel, case.steps[-1].stored_facts) == ("whatsapp", {"channel": "whatsapp"})


@cache
def next_of(channel):
    """A decided case there, and each rung and way that can be asked, with the guard in the way, or ""."""
    case = Climb("C7", channel=channel).sought()
    steps = next_steps(case.case, "head", case.now, case.rules)
    return case, {(s.rung.value, s.kind): s.refusal.guard if s.refusal else "" for s in steps}


@for_each("row", CHANNELS.values())
def test_what_can_be_asked_and_the_letters_offered_agree_in_every_place(row):
    """A platform has no host and no registrar that could be asked."""
    case, ways = next_of(row.key)
    letter = letter_refusal(LetterKind.PLATFORM_REPORT, case.case, case.rules, case.now)
    by_platform = ways.get(BY_PLATFORM) == ""
    assert by_platform is (letter in (None, "its_own_way")), (ways, letter)
    assert (ways.get(MEMBER) == "") is (row.reporter is Reporter.MEMBER)
    offered = {way for way in ways if way[0] in ("host", "isp")}
    assert (offered == {("host", "s5")}) is not row.has_operator
    assert row.key != "website" or {("host", "host"), ("isp", "registrar")} <= offered


def test_in_each_place_those_who_can_be_asked_are_and_its_evidence_is_kept():
    for site, guard in [
        *((site, "platform_there") for site in ("website", "blog", "google_news")),
        ("manual_report", "place_known"),
    ]:  # fmt: skip
        assert next_of(site)[1][BY_PLATFORM] == guard
    for channel, wanted in {
        "website": "Capture the page", "facebook": "asks for a log-in",
        "whatsapp": "whether a picture of it is needed at all", "letter": "the letter or the email itself",
    }.items():  # fmt: skip
        assert wanted in guarded(channel, "evidence_held")
    assert not guarded("in_person", "evidence_held")
    for private in ["whatsapp", "facebook_group"]:
        _, ways = next_of(private)
        assert BY_PLATFORM not in ways
        assert ways[MEMBER] == ""
        case = Climb("C7", channel=private).sought()
        assert case.refused(StepKind.ASKED, rung="platform_report") == "member_reports"
        case.take(StepKind.ASKED, rung="platform_report", kind="member")
    assert MEMBER not in next_of("facebook")[1]
    case = Climb("C7").sought()
    assert case.refused(StepKind.ASKED, rung="platform_report", kind="member") == "member_reports"


@pytest.mark.parametrize("said", ["in_person", "telephone", "letter", "email"])
def test_what_was_said_or_sent_to_somebody_has_nothing_to_remove(said):
    _, ways = next_of(said)
    online = {way: guard for way, guard in ways.items() if way[0] not in ("police", "author_request")}
    assert set(online.values()) <= {"online", "pupil_referred"}
    case = Climb("C7", channel=said).sought().author("third_party")
    assert case.refused(StepKind.ASKED, rung="author_request", kind="removal") == "online"
    case.take(StepKind.ASKED, rung="author_request", kind="conversation")
    for kind in TO_REMOVE:
        assert letter_refusal(kind, case.case, case.rules, case.now) == "nowhere"


def guarded(channel, guard):
    """The remedy of that guard where removal is wanted and nothing is captured; "" where it lets pass."""
    case = Climb("C7", channel=channel).classed()
    case.take(StepKind.WEIGHED, **WEIGHED)
    done = case.attempt(StepKind.DECIDED, decision="seek")
    asked = case.attempt(StepKind.ASKED, rung="host", kind="host") if isinstance(done, Advance) else done
    return asked.remedy if isinstance(asked, Refusal) and asked.guard == guard else ""
