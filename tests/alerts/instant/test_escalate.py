"""Who is asked next, when, and who is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from builders.alert import (
    CHAIR,
    DEPUTY,
    DEPUTY_DSL,
    DSL,
    EVERYBODY,
    HEAD,
    NOW,
    SCHOOL,
    STORY,
    VICE,
    raised,
    verdict,
)
from hypothesis import given
from hypothesis import strategies as st

from alerts.access.offices import MOST_ASKED
from alerts.access.recipients import asked_next, asks_again, told_so_far
from alerts.instant.escalation import AGAIN, LOOKED_BACK, WAIT, next_step
from alerts.instant.raise_alert import raise_alert
from alerts.next_date import Means
from alerts.wording.alert_mail import escalated
from data.types import (
    ABUSE_LABELS,
    About,
    Alert,
    Escalation,
    Person,
    Policy,
    Role,
    Route,
    Severity,
)

GRAVE = raised(verdict(severity=Severity.THIS_HOUR))
MINUTE = timedelta(minutes=1)


def played(
    alert: Alert, people: tuple[Person, ...] = EVERYBODY, *, every: timedelta = MINUTE, hours: float = 4
) -> list[Escalation]:
    """Every step that is made while nobody answers, looked at so often."""
    made: list[Escalation] = []
    now = alert.raised_at
    while now < alert.raised_at + timedelta(hours=hours):
        step = next_step(alert, made, people, SCHOOL, now)
        if step is not None:
            made.append(step)
        now += every
    return made


def test_for_fifteen_minutes_nobody_else_is_asked() -> None:
    assert next_step(GRAVE, [], EVERYBODY, SCHOOL, NOW + WAIT - timedelta(seconds=1)) is None


def test_then_the_next_on_the_list_is() -> None:
    step = next_step(GRAVE, [], EVERYBODY, SCHOOL, NOW + WAIT)
    assert step == Escalation(GRAVE.id, GRAVE.urn, 1, 1, "head", NOW + WAIT)


def test_one_after_the_other_each_a_quarter_of_an_hour_later_and_then_all_ring() -> None:
    made = played(GRAVE, hours=1)
    assert [s.person_id for s in made] == ["head", "deputy", "dsl"]
    assert [s.told_at - NOW for s in made] == [WAIT * n for n in range(1, 4)]
    assert [s.step for s in made] == [1, 2, 3]


def test_then_the_first_of_them_is_asked_again_each_hour_without_end() -> None:
    again = played(GRAVE, hours=100)[2:]
    assert {s.person_id for s in again} == {"dsl"}
    assert [s.told_at - NOW for s in again] == [3 * WAIT + AGAIN * n for n in range(100)]


def test_after_days_of_sleep_one_who_was_asked_before_is_asked_once() -> None:
    made, woken = played(GRAVE, hours=1), NOW + timedelta(days=5)
    step = next_step(GRAVE, made, EVERYBODY, SCHOOL, woken)
    assert step is not None
    assert next_step(GRAVE, [*made, step], EVERYBODY, SCHOOL, woken + AGAIN - MINUTE) is None


def test_who_governs_is_asked_where_nobody_else_is_left() -> None:
    few = (DSL, CHAIR, VICE)
    assert [s.person_id for s in played(replace(GRAVE, audience=("dsl",)), few, hours=1)] == ["chair", "dsl"]


def test_the_chair_is_asked_in_place_of_a_head_whom_nothing_reaches() -> None:
    alert, without = replace(GRAVE, audience=("dsl",)), (DSL, DEPUTY_DSL, CHAIR, VICE)
    assert [s.person_id for s in played(alert, without, hours=1)] == ["deputy_dsl", "chair", "dsl"]


def test_of_many_deputies_three_are_asked() -> None:
    deputies = tuple(replace(DEPUTY, id=f"deputy{n}") for n in range(5))
    made = played(GRAVE, (HEAD, DSL, DEPUTY_DSL, *deputies), hours=1.2)
    assert [s.person_id for s in made] == ["head", "deputy0", "deputy1", "dsl"]


def test_whom_it_threatens_is_not_the_one_who_is_asked_again() -> None:
    alert = replace(GRAVE, audience=("head", "dsl"), excluded=("head",))
    step = next_step(alert, [], (DSL, DEPUTY_DSL), SCHOOL, NOW + WAIT, frozenset(("dsl",)))
    assert step is not None
    assert step.person_id == "deputy_dsl"
    assert next_step(alert, [step], (DSL,), SCHOOL, NOW + 2 * WAIT, frozenset(("dsl",))) is None


def test_a_chain_that_ended_when_all_were_told_to_ring_stays_ended() -> None:
    ended = Escalation(GRAVE.id, GRAVE.urn, 1, 1, None, NOW + WAIT)
    assert next_step(GRAVE, [ended], EVERYBODY, SCHOOL, NOW + timedelta(hours=9)) is None


@pytest.mark.parametrize("severity", [Severity.TODAY, Severity.RESPOND])
def test_only_severity_4_goes_on(severity: Severity) -> None:
    assert played(replace(GRAVE, severity=severity)) == []


def test_after_a_sleep_one_is_asked_at_once_and_the_others_at_their_pace() -> None:
    woken = NOW + timedelta(hours=9)
    first = next_step(GRAVE, [], EVERYBODY, SCHOOL, woken)
    assert first is not None
    assert first.person_id == "head"
    assert next_step(GRAVE, [first], EVERYBODY, SCHOOL, woken + WAIT - MINUTE) is None
    second = next_step(GRAVE, [first], EVERYBODY, SCHOOL, woken + WAIT)
    assert second is not None
    assert second.person_id == "deputy"


def test_what_was_raised_days_ago_while_nothing_ran_wakes_nobody() -> None:
    assert next_step(GRAVE, [], EVERYBODY, SCHOOL, NOW + LOOKED_BACK) is not None
    assert next_step(GRAVE, [], EVERYBODY, SCHOOL, NOW + LOOKED_BACK + MINUTE) is None


def test_raised_again_it_begins_again() -> None:
    made = played(GRAVE)
    again = replace(GRAVE, times=2, raised_at=NOW + timedelta(hours=5))
    assert next_step(again, made, EVERYBODY, SCHOOL, again.raised_at) is None
    step = next_step(again, made, EVERYBODY, SCHOOL, again.raised_at + WAIT)
    assert step is not None
    assert (step.times, step.step, step.person_id) == (2, 1, "head")


def test_a_clock_set_back_asks_nobody_early() -> None:
    made = played(GRAVE, hours=0.5)
    assert made
    assert next_step(GRAVE, made, EVERYBODY, SCHOOL, NOW) is None


@pytest.mark.parametrize(("day", "month"), [(25, 10), (29, 3)], ids=["clocks_back", "clocks_forward"])
def test_a_quarter_of_an_hour_is_one_when_the_clocks_change(day: int, month: int) -> None:
    at = datetime(2026, month, day, 0, 50, tzinfo=NOW.tzinfo)
    made = played(replace(GRAVE, raised_at=at))
    assert [s.told_at - at for s in made[:3]] == [WAIT * n for n in range(1, 4)]


def test_where_nobody_is_left_all_are_told_to_ring_after_the_first_quarter() -> None:
    (step,) = played(raised(verdict(severity=Severity.THIS_HOUR), people=(DSL,)), (DSL,), hours=1)
    assert (step.person_id, step.told_at - NOW) == ("dsl", WAIT)


def test_where_nobody_could_be_told_nobody_is_written_to() -> None:
    people = (replace(HEAD, email=None),)
    assert played(raised(verdict(severity=Severity.THIS_HOUR), people=people), people) == []


def test_about_the_head_those_who_answer_to_the_head_come_last() -> None:
    alert = raised(verdict(about=About.HEAD, subject_person="head", severity=Severity.THIS_HOUR))
    assert alert.audience == ("chair", "dsl")
    assert [s.person_id for s in played(alert, hours=1.2)] == ["deputy_dsl", "vice", "la", "chair"]
    assert [s.person_id for s in played(alert, (DSL, CHAIR, DEPUTY, DEPUTY_DSL), hours=1)] == [
        "deputy_dsl", "deputy", "chair",
    ]  # fmt: skip


def test_about_the_chair_the_authority_comes_before_the_head() -> None:
    alert = raised(verdict(about=About.CHAIR, subject_person="chair", severity=Severity.THIS_HOUR))
    order = asked_next(alert, EVERYBODY, SCHOOL, NOW)
    assert "chair" not in order
    assert order.index("la") < order.index("head")


def test_what_is_open_to_the_head_begins_with_the_head() -> None:
    insult = verdict(Route.PLATFORM_REPORT, About.STAFF, severity=Severity.THIS_HOUR)
    assert asked_next(raised(insult), EVERYBODY, SCHOOL, NOW)[0] == "head"


def test_people_of_other_schools_and_without_an_address_are_not_asked() -> None:
    people = (DSL, replace(HEAD, urns=("900009",)), replace(CHAIR, email=None), VICE)
    alert = raised(verdict(severity=Severity.THIS_HOUR), people=people)
    assert [s.person_id for s in played(alert, people, hours=0.7)] == ["vice", "dsl"]


def test_somebody_who_turns_out_to_be_its_subject_is_passed_over_and_not_told_to_ring() -> None:
    first = played(GRAVE, hours=0.3)
    assert first[0].person_id == "head"
    late = replace(GRAVE, excluded=("head", "deputy"))
    step = next_step(late, first, EVERYBODY, SCHOOL, NOW + 2 * WAIT)
    assert step is not None
    assert step.person_id == "chair"
    assert "head" not in told_so_far(late, first)


ids = [p.id for p in EVERYBODY]
any_people = st.lists(
    st.builds(
        Person,
        id=st.sampled_from(ids),
        name=st.just("Somebody"),
        roles=st.lists(st.sampled_from(list(Role)), min_size=1, max_size=4, unique=True).map(tuple),
        email=st.sampled_from([None, "somebody@example.org"]),
    ),
    max_size=8,
    unique_by=lambda p: p.id,
).map(tuple)
any_verdict = st.builds(
    verdict,
    route=st.sampled_from(
        [Route.SAFEGUARDING, Route.POLICE_NOW, Route.PLATFORM_REPORT, Route.REQUEST_REMOVAL]
    ),
    about=st.sampled_from(list(About)),
    subject_person=st.sampled_from([None, *ids]),
    subjects=st.lists(st.sampled_from(ids), max_size=3, unique=True).map(tuple),
    abuse=st.lists(st.sampled_from(ABUSE_LABELS), max_size=3, unique=True).map(tuple),
    content_class=st.sampled_from(["C2", "C6", "C9", "C10", "C11"]),
    severity=st.sampled_from([Severity.TODAY, Severity.THIS_HOUR]),
)


@given(st.lists(any_verdict, min_size=1, max_size=3), any_people, st.lists(st.sampled_from(ids), max_size=2))
def test_whoever_is_kept_out_is_never_asked_never_named_and_never_told_to_ring(
    verdicts: list[object], people: tuple[Person, ...], later: list[str]
) -> None:
    alert = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)  # type: ignore[arg-type]
    assert isinstance(alert, Alert)
    named = tuple(replace(p, name=f"Name-of-{p.id}-ends") for p in people)
    means = Means(chats=frozenset(ids))
    made: list[Escalation] = []
    for n in range(1, 12):
        if n == 3:  # another post of the story turns out to be about them
            alert = replace(alert, excluded=tuple(dict.fromkeys((*alert.excluded, *later))))
        step = next_step(alert, made, people, SCHOOL, NOW + n * WAIT)
        if step is None:
            break
        assert (step.person_id in told_so_far(alert, made)) == asks_again(alert, [*made, step])
        messages = escalated(alert, made, step, named, SCHOOL, means)
        assert not {m.person_id for m in messages} & set(alert.excluded)
        assert not [p for p in alert.excluded for m in messages if f"Name-of-{p}-ends" in m.body]
        made.append(step)
    new = [s.person_id for s in made if not asks_again(alert, [s])]
    assert len(set(new)) == len(new) <= MOST_ASKED + len(later)
    assert [s.step for s in made] == list(range(1, len(made) + 1))


@given(st.lists(any_verdict, min_size=1, max_size=3), any_people, st.integers(1, 90))
def test_each_is_asked_once_in_the_first_round_then_one_each_hour_never_who_may_be_accused(
    verdicts: list[object], people: tuple[Person, ...], every: int
) -> None:
    alert = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)  # type: ignore[arg-type]
    assert isinstance(alert, Alert)
    made = played(alert, people, every=every * MINUTE, hours=30)
    new = [s for s in made if s.person_id not in alert.audience]
    first_round = [s.person_id for s in new[: len({s.person_id for s in new})]]
    assert len(first_round) == len(set(first_round)) <= MOST_ASKED
    assert not {s.person_id for s in made} & set(alert.excluded)
    again = made[len(first_round) :]
    assert len({s.person_id for s in again}) <= 1
    gaps = [b.told_at - a.told_at for a, b in pairwise(again)]
    assert all(AGAIN <= gap < AGAIN + every * MINUTE for gap in gaps)
    ends = alert.severity < Severity.THIS_HOUR or not alert.audience
    assert bool(again) is not ends
