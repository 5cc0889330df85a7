"""A matter of many places: each is asked, looked at and answered for by itself; all of them end the case."""

import pytest
from builders.ladder import DAY, HOUR, Climb

from alerts.ladder.mails import reminders
from alerts.places import at_place
from alerts.wording.cases import state_words
from data.cases import CaseState, PlaceState, police_told
from data.rungs import CaseClock, Rung
from data.steps.codes import Check, PlaceRole, StepKind
from data.types import Route
from data.words.say import words

PLATFORM = Rung.PLATFORM_REPORT
ARCHIVED = "https://archive.example.org/1"


@pytest.fixture
def case() -> Climb:
    """Removal is sought; the same words are on Reddit too."""
    climb = Climb().sought()
    climb.take(StepKind.COPY_FOUND, mention="m2", channel="reddit")
    return climb


def stands(climb: Climb) -> list[PlaceState]:
    return [here.stands for here in climb.case.places]


def look(climb: Climb, result: str, place: int, after=HOUR) -> None:
    climb.now += after
    climb.take(StepKind.CHECKED, "schoolgate", result=result, place=str(place))


def gone_at(climb: Climb, *places: int) -> None:
    for n in places:
        look(climb, "gone", n)
    for i, n in enumerate(places):
        look(climb, "gone", n, after=HOUR if i else DAY)


def test_a_case_of_before_is_one_place_and_a_copy_that_was_named_in_it_is_none():
    climb = Climb().sought()
    assert [(p.n, p.role, p.mention_id) for p in climb.case.places] == [(1, PlaceRole.POST, "m1")]


def test_a_copy_is_a_place_of_its_own_where_it_is(case):
    there = at_place(case.case, 2)
    assert (there.number, there.mention_id, there.channel, there.role) == ("0001-2", "m2", "reddit", "copy")


def test_each_place_is_asked_for_itself(case):
    case.ask(PLATFORM, place="1")
    case.ask(PLATFORM, place="2")
    assert [len(here.askings) for here in case.case.places] == [1, 1]
    assert case.not_asked(PLATFORM, place="2") == "already_asked"


def test_a_clock_runs_at_its_place(case):
    case.ask(PLATFORM, place="1").ask(PLATFORM, place="2")
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


def test_a_place_is_left_standing_by_name_by_whoever_decides_with_a_reason(case):
    gone_at(case, 1)
    assert case.refused(StepKind.PLACE_LEFT, "it", "Nobody reads it.", place="2") == "decider_leaves"
    assert case.refused(StepKind.PLACE_LEFT, place="2") == "reason"
    case.take(StepKind.PLACE_LEFT, "head", "Nobody reads it.", place="2")
    assert stands(case) == [PlaceState.GONE, PlaceState.LEFT]
    case.take(StepKind.CLOSED, ending="removed")


def test_whoever_is_asked_about_a_place_that_was_left_is_asked_again(case):
    case.take(StepKind.PLACE_LEFT, "head", "Nobody reads it.", place="2")
    case.ask(PLATFORM, place="2")
    assert stands(case)[1] is PlaceState.ASKED


def test_the_only_place_is_left_by_closing_the_case():
    assert Climb().sought().refused(StepKind.PLACE_LEFT, "head", "So it is.") == "other_places"


def test_a_search_result_bars_no_ending_and_is_no_removal(case):
    case.take(StepKind.COPY_FOUND, url="https://search.example.org/?q=x", what="search", channel="website")
    gone_at(case, 1, 2)
    assert stands(case)[2] is PlaceState.STANDING
    case.take(StepKind.CLOSED, ending="removed")


def test_a_place_that_is_back_opens_the_case_there_alone(case):
    gone_at(case, 1, 2)
    case.take(StepKind.CLOSED, ending="removed")
    look(case, "present", 2)
    assert stands(case) == [PlaceState.GONE, PlaceState.STANDING]
    assert case.case.state is CaseState.SEEKING
    assert at_place(case.case, 1).checks[-1].result is Check.GONE


def test_a_copy_found_after_the_end_opens_the_case_and_is_its_new_place(case):
    gone_at(case, 1, 2)
    case.take(StepKind.CLOSED, ending="removed")
    case.take(StepKind.COPY_FOUND, "schoolgate", url=ARCHIVED, channel="website", what="archive")
    assert case.case.closed_at is None
    assert stands(case) == [PlaceState.GONE, PlaceState.GONE, PlaceState.STANDING]
    gone_at(case, 3)
    case.take(StepKind.CLOSED, ending="removed")


def test_whoever_decides_is_told_of_a_copy_in_an_open_case():
    climb = Climb().sought()
    before = len(climb.sent)
    climb.take(StepKind.COPY_FOUND, "schoolgate", mention="m2", channel="reddit")
    assert "head" in {m.person_id for m in climb.sent[before:]}


def test_a_place_that_there_is_not_is_refused_with_where_they_are_shown(case):
    assert case.not_asked(PLATFORM, place="7") == "place_there"


def test_a_place_is_one_post_or_one_address_and_is_named_once(case):
    assert case.refused(StepKind.COPY_FOUND, mention="m2") == "new_copy"
    assert case.refused(StepKind.COPY_FOUND, mention="m3", url=ARCHIVED) == "new_copy"
    assert case.refused(StepKind.COPY_FOUND) == "new_copy"


def test_the_police_are_told_of_the_whole_matter():
    climb = Climb("C6").sought()
    climb.take(StepKind.COPY_FOUND, mention="m2", channel="reddit")
    climb.ask(Rung.POLICE, imminent="yes", place="2")
    assert [len(here.askings) for here in climb.case.places] == [1, 0]


def test_a_step_taken_in_the_case_as_it_is_at_a_place_is_taken_there(case):
    case.case = at_place(case.case, 2)
    case.ask(PLATFORM)
    assert case.steps[-1].written["place"] == "2"
    assert [len(here.askings) for here in case.case.places] == [0, 1]


def test_a_mail_about_what_is_over_names_the_place(case):
    case.ask(PLATFORM, place="2")
    (mail, *_) = reminders(case.case, case.now + 10 * DAY, case.rules)
    assert "(0001-2" in mail.body


def search_result(climb: Climb) -> Climb:
    """At the third place."""
    climb.take(StepKind.COPY_FOUND, url="https://search.example.org/?q=x", what="search", channel="website")
    return climb


def closed(climb: Climb, ending: str = "removed") -> Climb:
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
    closed(case)


def test_that_a_place_left_standing_or_a_search_result_is_there_opens_no_closed_case(case):
    gone_at(search_result(case), 1)
    case.take(StepKind.PLACE_LEFT, "head", "Nobody reads it.", place="2")
    closed(case)
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
    closed(case)
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
    look(closed(case), "gone", 2)
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
    closed(case)


def test_what_was_seen_gone_twice_is_not_left(case):
    gone_at(case, 1, 2)
    assert case.refused(StepKind.PLACE_LEFT, "head", "So be it.", place="2") == "still_unseen"


def test_that_999_was_rung_is_known_at_each_place():
    climb = Climb("C6", route=Route.POLICE_NOW)
    climb.take(StepKind.COPY_FOUND, mention="m2", channel="reddit")
    climb.ask(Rung.POLICE, "At the gate.", imminent="yes")
    there = at_place(climb.case, 2)
    assert there.called == climb.case.called is not None
    assert there.to_warn == climb.case.to_warn != ()
    assert police_told((there,))


@pytest.mark.parametrize("ending", ["removed", "changed"])
def test_either_ending_with_a_place_left_is_in_part(case, ending):
    case.take(StepKind.PLACE_LEFT, "head", "Nobody reads it.", place="2")
    for _ in range(2):
        case.now += DAY
        amended = {"result": "changed", "amended": "yes"}
        case.take(StepKind.CHECKED, "head", **(amended if ending == "changed" else {"result": "gone"}))
    w = words("en")
    said = w("case.state.closed_as", ending=w(f"case.ending.{ending}_in_part"))
    assert state_words(closed(case, ending).case, w) == said
