"""Nobody away is waited for: who covers, the next office, and never whom it may accuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from builders.alert import (
    CHAIR,
    DEPUTY,
    DEPUTY_DSL,
    DSL,
    EVERYBODY,
    HEAD,
    IT,
    NOW,
    SCHOOL,
    STORY,
    raised,
    verdict,
)
from hypothesis import given
from hypothesis import strategies as st

from alerts.access.recipients import asked_next
from alerts.instant.escalation import AGAIN, WAIT, next_step
from alerts.instant.raise_alert import raise_alert
from alerts.wording.matters import who_is_away
from data.people import away
from data.types import About, Alert, Escalation, Person, Policy, Role, Route, Severity
from data.words.say import words

BACK = NOW + timedelta(days=3)
INSULT = verdict(Route.PLATFORM_REPORT, About.STAFF)
CHILD = verdict(severity=Severity.THIS_HOUR)


def gone(person: Person, cover: str | None = None) -> Person:
    return replace(person, away_until=BACK, cover=cover)


def told(of: object, *people: Person) -> tuple[str, ...]:
    return raised(of, people=people).audience  # type: ignore[arg-type]


def test_somebody_is_away_until_the_moment_they_are_back() -> None:
    people = (gone(HEAD), DSL)
    assert away(people, BACK - timedelta(seconds=1)) == {"head"}
    assert away(people, BACK) == frozenset()


def test_whoever_covers_is_told_in_their_place() -> None:
    other = replace(DEPUTY, id="second", name="Mo Dale")
    assert told(INSULT, HEAD, DEPUTY, other)[0] == "head"
    assert told(INSULT, gone(HEAD, "second"), DEPUTY, other)[0] == "second"


def test_without_cover_the_next_office_is_told() -> None:
    assert told(INSULT, gone(HEAD), DEPUTY, CHAIR) == ("deputy",)


def test_whoever_covers_gets_nothing_that_their_own_office_may_not_know() -> None:
    assert told(CHILD, gone(DSL, "it"), DEPUTY_DSL, HEAD, IT) == ("deputy_dsl",)
    assert told(CHILD, gone(DSL, "deputy"), DEPUTY_DSL, HEAD, DEPUTY) == ("deputy_dsl",)


def test_whom_it_may_accuse_does_not_cover() -> None:
    of_deputy = verdict(about=About.STAFF, subject_person="deputy", abuse=("sexual",))
    found = told(of_deputy, gone(HEAD, "deputy"), DSL, DEPUTY, DEPUTY_DSL)
    assert "deputy" not in found
    assert found == ("dsl", "deputy_dsl")


def test_somebody_away_is_told_where_nobody_else_is_left() -> None:
    assert told(CHILD, gone(DSL)) == ("dsl",)
    assert told(CHILD, gone(DSL), HEAD) == ("head",)


def test_whom_a_threat_is_aimed_at_is_told_of_it_though_away() -> None:
    teacher = Person("teacher", "Sam Fell", (Role.STAFF,), "fell@example.org", away_until=BACK)
    threat = verdict(Route.POLICE_NOW, About.STAFF, subject_person="teacher", abuse=("threat",))
    assert "teacher" in told(threat, HEAD, DSL, teacher)
    assert told(threat, gone(HEAD), gone(DSL), teacher) == ("head", "dsl", "teacher")


def test_nobody_away_is_asked_next_and_their_cover_stands_in_their_place() -> None:
    alert = raised(CHILD)
    people = (gone(HEAD, "deputy"), DEPUTY, DSL, DEPUTY_DSL, CHAIR)
    assert asked_next(alert, people, SCHOOL, NOW) == ("dsl", "deputy_dsl", "deputy")
    assert asked_next(alert, people, SCHOOL, BACK) == ("dsl", "deputy_dsl", "head", "deputy")


def test_where_all_who_were_told_are_away_the_next_is_asked_at_once() -> None:
    people = (gone(DSL), gone(DEPUTY_DSL), HEAD)
    step = next_step(raised(CHILD), [], people, SCHOOL, NOW + timedelta(minutes=1))
    assert step is not None
    assert step.person_id == "head"


def test_the_first_who_is_there_is_asked_again() -> None:
    alert, people = raised(CHILD), (gone(DSL), DEPUTY_DSL)
    step = next_step(alert, [], people, SCHOOL, NOW + WAIT)
    assert step is not None
    assert step.person_id == "deputy_dsl"
    later = next_step(alert, [step], people, SCHOOL, BACK + AGAIN)
    assert later is not None
    assert later.person_id == "dsl"


def test_who_is_away_is_said_with_who_covers() -> None:
    zone, people, w = ZoneInfo("Europe/London"), (gone(HEAD, "deputy"), DEPUTY), words("en")
    said = "Jane Holt is away until Monday 23 November; Lee Ash covers."
    assert who_is_away(people, NOW, zone, w) == [said]
    assert who_is_away(people, BACK, zone, w) == []


ids = [p.id for p in EVERYBODY]


@given(
    st.lists(st.sampled_from(ids), max_size=6, unique=True),
    st.dictionaries(st.sampled_from(ids), st.sampled_from(ids)),
    st.sampled_from([CHILD, INSULT, verdict(about=About.HEAD, subject_person="head")]),
    st.sampled_from([None, *ids]),
)
def test_nobody_away_is_waited_for_and_nobody_accused_covers(
    absent: list[str], covers: dict[str, str], of: object, accused: str | None
) -> None:
    people = tuple(gone(p, covers.get(p.id)) if p.id in absent else p for p in EVERYBODY)
    verdicts = [of] if accused is None else [of, verdict(about=About.STAFF, subject_person=accused)]
    alert = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)  # type: ignore[arg-type]
    assert isinstance(alert, Alert)
    made: list[Escalation] = []
    for n in range(1, 30):
        if step := next_step(alert, made, people, SCHOOL, NOW + n * WAIT):
            made.append(step)
    asked = {*alert.audience, *(s.person_id for s in made)}
    assert not asked & set(alert.excluded)
    assert not asked & set(absent) or asked <= set(absent)
