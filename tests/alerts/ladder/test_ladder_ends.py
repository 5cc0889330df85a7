"""How a case ends, comes back and is opened again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.ladder import DAY, HOUR, Climb, in_state

from data.cases import CaseState
from data.rungs import CaseClock, Rung
from data.steps.codes import Ending, StepKind
from data.types import About, Route


def said_gone() -> Climb:
    case = Climb(target="teacher").sought().ask(Rung.PLATFORM_REPORT)
    case.take(StepKind.SUPPORT, status="offered")
    return case.answer(Rung.PLATFORM_REPORT, "removed")


def closed() -> Climb:
    case = said_gone().look("gone").look("gone", DAY)
    case.take(StepKind.CLOSED, ending="removed")
    return case


def test_removed_wants_two_looks_a_day_apart() -> None:
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


@pytest.mark.parametrize("nothing", ["log_in_wall", "blocked", "cannot_tell"])
def test_a_wall_or_an_error_says_nothing_of_a_removal(nothing: str) -> None:
    case = said_gone().look(nothing).look(nothing, DAY)
    assert case.case.state is CaseState.CONFIRMING
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"


def test_what_is_still_there_goes_on_and_the_clock_of_the_decision_with_it() -> None:
    case = said_gone()
    target = case.case.decided_at
    assert target is not None
    done = case.attempt(StepKind.CHECKED, "schoolgate", result="present")
    assert case.case.state is CaseState.SEEKING
    assert [(w.clock, w.due_at) for w in case.case.waits] == [(CaseClock.BASILDON_24H, target + 24 * HOUR)]
    assert "head" in {m.person_id for m in done.outbox}  # type: ignore[union-attr]
    assert StepKind.CAME_BACK not in {s.kind for s in case.steps}


def test_what_was_seen_gone_and_is_seen_again_came_back() -> None:
    case = said_gone().look("gone").look("present")
    assert case.case.state is CaseState.SEEKING
    assert case.steps[-1].kind is StepKind.CAME_BACK
    assert case.case.rung is Rung.PLATFORM_REPORT
    assert not case.case.checks


def test_a_look_after_the_end_that_finds_it_opens_the_case_at_the_rung_it_had_reached() -> None:
    case = closed().look("present", timedelta(days=5))
    assert [s.kind for s in case.steps[-2:]] == [StepKind.CHECKED, StepKind.CAME_BACK]
    assert case.case.state is CaseState.SEEKING
    assert case.case.rung is Rung.PLATFORM_REPORT
    assert case.case.ending is None
    assert case.case.closed_at is None
    case.ask(Rung.POSH)


def test_a_copy_found_after_it_was_gone_opens_it_too() -> None:
    case = closed()
    case.take(StepKind.COPY_FOUND, "schoolgate", mention="m2")
    assert case.steps[-1].kind is StepKind.CAME_BACK
    assert case.steps[-1].written == {"mention": "m2", "place": "2"}
    assert case.case.copies == ("m2",)


def test_a_copy_found_before_is_only_named_and_named_once() -> None:
    case = in_state(CaseState.SEEKING)
    case.take(StepKind.COPY_FOUND, "schoolgate", mention="m2")
    assert case.case.state is CaseState.SEEKING
    assert case.refused(StepKind.COPY_FOUND, "schoolgate", mention="m2") == "new_copy"
    assert case.refused(StepKind.COPY_FOUND, "schoolgate", mention="m1") == "new_copy"


def test_a_person_may_say_that_it_is_back() -> None:
    case = closed()
    case.take(StepKind.CAME_BACK, "head", "A parent showed me.")
    assert case.case.state is CaseState.SEEKING
    assert in_state(CaseState.SEEKING).refused(StepKind.CAME_BACK, "head", "I saw it.") == "was_gone"


def test_what_came_back_is_confirmed_anew() -> None:
    case = closed().look("present", DAY).ask(Rung.POSH, "Unsure.").answer(Rung.POSH, "removed")
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    case.look("gone").look("gone", DAY).take(StepKind.CLOSED, ending="removed")


def test_what_was_amended_ends_as_changed_after_two_looks() -> None:
    case = Climb().sought().ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "amended")
    case.look("changed").look("changed", DAY)
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    done = case.take(StepKind.CLOSED, ending="changed")
    assert done.steps[0].kind is StepKind.CHANGED


def test_a_changed_post_that_was_said_to_be_removed_is_still_there() -> None:
    assert said_gone().look("changed").case.state is CaseState.SEEKING


def test_a_post_that_is_found_gone_is_confirmed_without_anybody_asked() -> None:
    case = in_state(CaseState.TRIAGE).look("gone")
    assert case.case.state is CaseState.CONFIRMING
    case.look("gone", DAY).take(StepKind.CLOSED, ending="removed")


def test_a_look_out_of_order_is_refused() -> None:
    case = said_gone().look("gone")
    early = case.now - 2 * HOUR
    assert case.refused(StepKind.CHECKED, "schoolgate", at=early, result="gone") == "looked_in_order"


def test_the_address_is_looked_at_five_times_after_it_was_said_to_be_gone() -> None:
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


def test_standing_is_decided_with_a_reason_and_looked_at_after_30_days() -> None:
    case = in_state(CaseState.SEEKING)
    assert case.refused(StepKind.CLOSED, ending="standing") == "reason_to_end"
    assert case.refused(StepKind.CLOSED, "it", "It would spread.", ending="standing") == "decider_to_stand"
    done = case.take(StepKind.CLOSED, "head", "It would spread.", ending="standing")
    assert [s.kind for s in done.steps] == [StepKind.STANDING, StepKind.CLOSED]
    assert done.steps[0].clock == CaseClock.REVIEW_30D
    assert case.case.recheck_at == done.steps[0].due_at
    case.look("present", timedelta(days=30))
    assert case.case.state is CaseState.CLOSED
    assert case.case.recheck_at is None


def test_after_the_decision_to_stop_anybody_who_works_on_it_may_close_it() -> None:
    case = in_state(CaseState.WAITING)
    assert case.refused(StepKind.DECIDED, decision="stop") == "reason_to_stop"
    case.take(StepKind.DECIDED, "head", "Refused everywhere.", decision="stop")
    assert [w.clock for w in case.case.waits] == [CaseClock.REVIEW_30D]
    assert case.not_asked(Rung.POSH, "Unsure.") == "decided_to_seek"
    case.take(StepKind.CLOSED, "it", "Refused everywhere.", ending="standing")


def test_support_is_offered_before_an_end_unless_it_was_a_mistake() -> None:
    case = Climb(target="teacher").classed()
    case.take(StepKind.DECIDED, "head", "Gone stale.", decision="stop")
    assert case.refused(StepKind.CLOSED, "head", "Stale.", ending="standing") == "support_offered"
    case.take(StepKind.SUPPORT, status="declined", person="teacher")
    case.take(StepKind.CLOSED, "head", "Stale.", ending="standing")
    Climb(target="teacher").take(StepKind.CLOSED, "head", "Another school.", ending="mistaken")


def test_support_is_for_the_person_aimed_at() -> None:
    case = Climb(target="teacher")
    assert case.refused(StepKind.SUPPORT, status="offered", person="deputy") == "support_person"
    case.take(StepKind.SUPPORT, status="offered")


def test_a_mistake_wants_a_reason() -> None:
    assert Climb().refused(StepKind.CLOSED, ending="mistaken") == "reason_to_end"


def test_an_answered_case_was_answered_or_says_why_not() -> None:
    case = in_state(CaseState.FAIR_COMMENT)
    assert case.refused(StepKind.CLOSED, ending="answered") == "responded"
    case.take(StepKind.RESPONDED, how="meeting")
    case.take(StepKind.CLOSED, ending="answered")
    praise = Climb("C0", About.SCHOOL, route=Route.THANK)
    praise.take(StepKind.CLOSED, "head", "Thanked in the newsletter.", ending="answered")


@pytest.mark.parametrize(
    ("state", "ending"),
    [
        (CaseState.FAIR_COMMENT, Ending.STANDING),
        (CaseState.BYPASSED, Ending.ANSWERED),
        (CaseState.BYPASSED, Ending.MISTAKEN),
        (CaseState.SEEKING, Ending.ANSWERED),
    ],
)
def test_each_state_has_its_endings(state: CaseState, ending: Ending) -> None:
    actor = "dsl" if state is CaseState.BYPASSED else "head"
    assert in_state(state).refused(StepKind.CLOSED, actor, "Why.", ending=ending.value) == "ending_fits"


@pytest.mark.parametrize("kind", [StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING])
def test_how_it_ended_is_said_by_closing_it(kind: StepKind) -> None:
    assert said_gone().refused(kind, "head", "Because.") == "by_closing"


def test_a_closed_case_is_reopened_with_a_reason_where_it_stood() -> None:
    case = closed()
    assert case.refused(StepKind.REOPENED) == "reason"
    assert case.refused(StepKind.WEIGHED, nature="a", visible="b", spread="c", impact="d") == "closed"
    done = case.take(StepKind.REOPENED, "head", "More came to light.")
    assert done.steps[0].written == {"rung": "platform_report"}
    assert case.case.state is CaseState.SEEKING
    assert [w.clock for w in case.case.waits] == [CaseClock.BASILDON_24H]


def test_fair_comment_that_is_reopened_is_fair_comment_still() -> None:
    case = in_state(CaseState.FAIR_COMMENT)
    case.take(StepKind.CLOSED, "head", "Praise.", ending="answered")
    case.take(StepKind.REOPENED, "head", "They wrote again.")
    assert case.case.state is CaseState.FAIR_COMMENT


def test_nothing_is_looked_for_after_an_answer() -> None:
    case = in_state(CaseState.FAIR_COMMENT)
    case.take(StepKind.CLOSED, "head", "Praise.", ending="answered")
    assert case.refused(StepKind.CHECKED, "schoolgate", result="gone") == "worth_looking"


def test_a_clock_ends_with_the_step_that_answers_it() -> None:
    case = in_state(CaseState.WAITING)
    assert {w.clock for w in case.case.waits} == {CaseClock.BASILDON_24H, CaseClock.PLATFORM_48H}
    case.answer(Rung.PLATFORM_REPORT, "refused")
    assert {w.clock for w in case.case.waits} == {CaseClock.BASILDON_24H}
    assert case.case.state is CaseState.SEEKING
    case.look("gone")
    assert {w.clock for w in case.case.waits} == {CaseClock.RECHECK}
    case.look("gone", DAY).take(StepKind.CLOSED, ending="removed")
    assert not case.case.waits


def test_what_is_owed_about_personal_data_is_done_before_the_end() -> None:
    case = in_state(CaseState.FAIR_COMMENT)
    case.take(StepKind.NOTED, "head", "They complain about their data.", starts="dp_complaint_30d")
    assert case.refused(StepKind.NOTED, "head", "Again.", starts="dp_complaint_30d") == "privacy_clock"
    assert case.refused(StepKind.NOTED, "head", "Done.", ends="art14_month") == "privacy_clock"
    assert case.refused(StepKind.CLOSED, "head", "Praise.", ending="answered") == "promises_kept"
    case.take(StepKind.NOTED, "head", "Acknowledged.", ends="dp_complaint_30d")
    case.take(StepKind.CLOSED, "head", "Praise.", ending="answered")


def test_what_is_gone_altogether_does_not_end_as_changed() -> None:
    case = said_gone().look("gone").look("gone", DAY)
    assert case.refused(StepKind.CLOSED, ending="changed") == "two_checks"
    case.take(StepKind.CLOSED, ending="removed")


def test_what_was_left_standing_does_not_come_back() -> None:
    case = in_state(CaseState.SEEKING)
    case.take(StepKind.CLOSED, "head", "It would spread.", ending="standing")
    assert case.refused(StepKind.CAME_BACK, "head", "It is there.") == "was_gone"


def test_what_is_owed_about_personal_data_outlasts_the_removal() -> None:
    case = in_state(CaseState.WAITING)
    case.take(StepKind.NOTED, "head", "They complain about their data.", starts="dp_complaint_30d")
    case.look("gone")
    assert {w.clock for w in case.case.waits} == {CaseClock.RECHECK, CaseClock.DP_COMPLAINT_30D}


def test_who_stops_waits_for_no_answer_and_may_seek_again() -> None:
    case = in_state(CaseState.WAITING)
    case.take(StepKind.DECIDED, "head", "Let it be.", decision="stop")
    assert case.case.state is CaseState.TRIAGE
    case.take(StepKind.DECIDED, decision="seek")
    assert case.case.state is CaseState.WAITING
    assert {w.clock for w in case.case.waits} == {CaseClock.BASILDON_24H, CaseClock.PLATFORM_48H}


def test_a_second_decision_neither_restarts_the_target_nor_wipes_that_it_was_missed() -> None:
    case = in_state(CaseState.SEEKING)
    first, case.now = case.case.waits, case.now + 3 * DAY
    case.take(StepKind.DECIDED, decision="seek")
    assert case.case.waits == first
    assert case.steps[-1].due_at == first[0].due_at
    case.take(StepKind.DECIDED, "head", "It would only spread.", decision="stop")
    case.take(StepKind.DECIDED, decision="seek")
    assert case.case.waits == first


def test_a_second_answer_does_not_begin_the_confirming_anew() -> None:
    case = in_state(CaseState.WAITING).ask(Rung.POSH, "Unsure.")
    first = case.answer(Rung.POSH, "removed").case.said_gone_at
    case.look("gone").answer(Rung.PLATFORM_REPORT, "removed")
    assert case.case.said_gone_at == first
    assert len(case.case.checks) == 1


def test_the_rung_is_the_highest_that_was_reached() -> None:
    case = in_state(CaseState.SEEKING).ask(Rung.POSH, "Unsure.").ask(Rung.PLATFORM_REPORT)
    assert case.case.rung is Rung.POSH


def test_an_amended_post_that_went_altogether_and_stands_again_came_back() -> None:
    case = Climb().sought().ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "amended")
    case.look("changed").look("gone").look("changed")
    assert case.steps[-1].kind is StepKind.CAME_BACK


def test_what_is_no_fair_comment_ends_answered_only_where_who_decides_says_so() -> None:
    case = Climb("C6", About.SCHOOL).classed()
    assert case.refused(StepKind.CLOSED, "it", "Not worth it.", ending="answered") == "decider_to_stand"
    case.take(StepKind.DECIDED, decision="answer")
    case.take(StepKind.RESPONDED, how="meeting")
    case.take(StepKind.CLOSED, "it", ending="answered")


def test_what_a_person_saw_changed_enough_is_confirmed_without_anybody_asked() -> None:
    case = in_state(CaseState.SEEKING).look("changed")
    assert case.case.state is CaseState.SEEKING
    case.take(StepKind.CHECKED, "head", "The name is out.", result="changed", amended="yes")
    assert case.case.state is CaseState.CONFIRMING
    case.look("changed", DAY).take(StepKind.CLOSED, ending="changed")


def test_what_was_changed_and_then_went_altogether_ends_as_removed() -> None:
    case = Climb().sought().ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "amended")
    case.look("changed").look("changed", DAY).look("gone")
    assert case.refused(StepKind.CLOSED, ending="changed") == "two_checks"
    case.look("gone", DAY).take(StepKind.CLOSED, ending="removed")


def test_an_end_is_not_dated_before_what_it_rests_on() -> None:
    case = said_gone().look("gone").look("gone", DAY)
    last = case.now
    assert case.refused(StepKind.CLOSED, at=last - HOUR, ending="removed") == "when"
    case.take(StepKind.CLOSED, at=last, ending="removed")
    assert case.refused(StepKind.REOPENED, "head", "More.", at=last - HOUR) == "when"


def test_a_day_apart_is_24_hours_and_who_works_on_it_confirms_a_removal() -> None:
    case = said_gone().look("gone").look("gone", 23 * HOUR)
    seen = [c.at for c in case.case.checks]
    assert seen[1] - seen[0] == DAY
    case.take(StepKind.CLOSED, "it", ending="removed")


def test_what_the_head_decided_to_seek_nobody_else_calls_a_mistake() -> None:
    case = in_state(CaseState.SEEKING)
    assert case.refused(StepKind.CLOSED, "it", "Another school.", ending="mistaken") == "decider_to_stand"
    case.take(StepKind.CLOSED, "head", "Another school.", ending="mistaken")
    Climb().take(StepKind.CLOSED, "it", "Another school.", ending="mistaken")
