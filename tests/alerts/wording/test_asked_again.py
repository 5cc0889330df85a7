"""Who is asked about what is taken and not finished, when, and who after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.alert import EVERYBODY, SCHOOL, raised, verdict
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.asked_again import HOUR, Unfinished, ask_again
from alerts.next_date import OPENS, SchoolDays, due_at, to_decide
from data.matters import LADO, Having, Holder, NextDate
from data.register.calendar import Calendar
from data.types import Alert, Escalation, Owner, Route, Severity, StillOpen

LONDON = ZoneInfo("Europe/London")
DAYS = SchoolDays("england", LONDON, Calendar())
MINUTE = timedelta(minutes=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in November 2026, of which the 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def an_alert(when: datetime, severity: Severity) -> Alert:
    alert = raised(verdict(severity=severity, route=Route.PLATFORM_REPORT))
    return replace(alert, raised_at=when, severity=severity, because=(), restricted=True)


def matter(alert: Alert, holder: str = "", since: datetime | None = None, **more: object) -> Unfinished:
    has = Holder(holder, since or alert.raised_at, Having.ACKNOWLEDGED) if holder else None
    due = (to_decide(alert, DAYS, alert.raised_at),)
    return replace(Unfinished(alert, has, due), **more)  # type: ignore[arg-type]


def played(
    unfinished: Unfinished, days: float = 5, every: timedelta = 10 * MINUTE
) -> list[tuple[StillOpen, str | None, datetime]]:
    """Every question that is asked while nothing is recorded."""
    made: list[Escalation] = []
    now = unfinished.alert.raised_at
    while now < unfinished.alert.raised_at + timedelta(days=days):
        step = ask_again(unfinished, made, EVERYBODY, SCHOOL, DAYS, now)
        if step is not None:
            made.append(step)
        now += every
    return [(s.about, s.person_id, s.told_at) for s in made]


def test_of_severity_4_whoever_has_it_is_asked_after_an_hour_and_then_the_next() -> None:
    taken = matter(an_alert(at(17, 23), Severity.THIS_HOUR), "deputy", at(18, 0, 10))
    assert played(taken) == [
        (StillOpen.UNDONE, "deputy", at(18, 1, 10)),
        (StillOpen.UNDONE, "dsl", at(18, 2, 10)),
    ]


def test_nobody_is_asked_once_something_is_recorded_since_it_was_taken() -> None:
    alert = an_alert(at(17, 23), Severity.THIS_HOUR)
    assert played(matter(alert, "deputy", recorded_at=at(17, 23, 30))) == []


def test_of_severity_4_that_nobody_has_nothing_is_asked_here() -> None:
    assert played(matter(an_alert(at(17, 23), Severity.THIS_HOUR))) == []


@pytest.mark.parametrize(("holder", "first"), [("deputy", "deputy"), ("", "head")])
def test_of_severity_3_it_is_asked_at_three_on_its_day_and_the_next_in_the_morning(
    holder: str, first: str
) -> None:
    found = played(matter(an_alert(at(17, 9), Severity.TODAY), holder))
    assert [(about, when) for about, _, when in found] == [
        (StillOpen.DUE, at(17, 15)),
        (StillOpen.DUE, at(18, 8)),
    ]
    assert found[0][1] == first
    assert found[1][1] != first


def test_of_what_is_no_secret_the_next_of_the_leadership_reads_it_in_the_digest() -> None:
    alert = replace(an_alert(at(17, 9), Severity.TODAY), restricted=False)
    assert played(matter(alert, "deputy")) == [(StillOpen.DUE, "deputy", at(17, 15))]


@pytest.mark.parametrize(
    ("raised_at", "asked"),
    [
        (at(17, 14, 30), [at(17, 16, 30), at(18, 8)]),
        (at(17, 17, 30), [at(18, 8), at(19, 8)]),
        (at(20, 20), [at(23, 15), at(24, 8)]),
    ],
)
def test_nobody_is_asked_within_two_hours_nor_outside_working_hours(
    raised_at: datetime, asked: list[datetime]
) -> None:
    assert [when for _, _, when in played(matter(an_alert(raised_at, Severity.TODAY), "deputy"))] == asked


def test_whoever_takes_it_later_is_asked_anew() -> None:
    alert = an_alert(at(17, 9), Severity.THIS_HOUR)
    first = played(matter(alert, "deputy"), days=0.1)
    made = [
        Escalation(alert.id, alert.urn, 1, n, who, when, about)
        for n, (about, who, when) in enumerate(first, start=1)
    ]
    later = matter(alert, "head", at(17, 12))
    asked = ask_again(later, made, EVERYBODY, SCHOOL, DAYS, at(17, 13))
    assert asked is not None
    assert (asked.person_id, asked.step) == ("head", len(made) + 1)


def test_the_lado_is_asked_about_at_three_on_its_day_whatever_else_was_recorded() -> None:
    alert = an_alert(at(16, 9), Severity.TODAY)
    due = (NextDate(at(18, 0), LADO, late=False),)
    owed = matter(alert, "dsl", due=due, recorded_at=at(16, 10))
    assert [(about, when) for about, _, when in played(owed)] == [
        (StillOpen.LADO, at(17, 15)),
        (StillOpen.LADO, at(18, 8)),
    ]


def test_whoever_wanted_to_be_asked_again_is_once_at_that_time() -> None:
    alert = an_alert(at(16, 9), Severity.TODAY)
    wanted = matter(alert, "dsl", due=(), recorded_at=at(16, 10))
    wanted = replace(wanted, owner=Owner("dsl", at(16, 9), "dsl", ask_at=at(17, 11)))
    assert played(wanted) == [(StillOpen.OWN_DATE, "dsl", at(17, 11))]


def test_whoever_is_away_at_the_time_they_wished_is_asked_once_they_are_back() -> None:
    alert = an_alert(at(16, 9), Severity.TODAY)
    wanted = matter(alert, "dsl", due=(), recorded_at=at(16, 10))
    wanted = replace(wanted, owner=Owner("dsl", at(16, 9), "dsl", ask_at=at(17, 11)))
    gone = tuple(replace(p, away_until=at(18, 0)) if p.id == "dsl" else p for p in EVERYBODY)
    assert ask_again(wanted, [], gone, SCHOOL, DAYS, at(17, 12)) is None
    step = ask_again(wanted, [], gone, SCHOOL, DAYS, at(18, 8))
    assert step is not None
    assert step.person_id == "dsl"


def test_what_was_given_for_a_while_is_at_its_end_asked_of_whoever_gave_it() -> None:
    alert = an_alert(at(16, 9), Severity.TODAY)
    lent = matter(alert, "dsl", due=(), recorded_at=at(16, 10))
    lent = replace(lent, owner=Owner("dsl", at(16, 9), "head", until=at(17, 11)))
    assert played(lent) == [(StillOpen.BACK, "head", at(17, 11))]


def test_whoever_is_away_is_not_waited_for() -> None:
    alert = an_alert(at(17, 9), Severity.THIS_HOUR)
    gone = tuple(replace(p, away_until=at(20, 0)) if p.id == "deputy" else p for p in EVERYBODY)
    step = ask_again(matter(alert, "deputy"), [], gone, SCHOOL, DAYS, at(17, 10))
    assert step is not None
    assert step.person_id not in {None, "deputy"}


def test_whoever_may_not_have_it_back_is_not_asked_but_the_next_who_may_act() -> None:
    alert = replace(an_alert(at(16, 9), Severity.TODAY), excluded=("head",))
    lent = matter(alert, "dsl", due=(), recorded_at=at(16, 10))
    for giver in ("head", ""):
        given = replace(lent, owner=Owner("dsl", at(16, 9), giver, until=at(17, 11)))
        ((_, who, when),) = played(given)
        assert who not in {"head", "", "dsl", None}
        assert when == at(17, 11)


def test_what_is_lent_may_be_asked_about_before_its_end() -> None:
    alert = an_alert(at(16, 9), Severity.TODAY)
    lent = matter(alert, "dsl", due=(), recorded_at=at(16, 10))
    lent = replace(lent, owner=Owner("dsl", at(16, 9), "head", until=at(18, 11), ask_at=at(17, 11)))
    assert [(about, when) for about, _, when in played(lent)] == [
        (StillOpen.OWN_DATE, at(17, 11)),
        (StillOpen.BACK, at(18, 11)),
    ]


def test_where_whoever_had_it_has_left_others_are_asked() -> None:
    alert = an_alert(at(17, 9), Severity.THIS_HOUR)
    left = matter(alert, owner=Owner("gone", at(17, 10), "gone"))
    asked = played(left)
    assert [when for _, _, when in asked] == [at(17, 11), at(17, 12)]
    assert "gone" not in {who for _, who, _ in asked}


def test_neither_whom_it_may_accuse_nor_whom_it_is_aimed_at_is_asked() -> None:
    alert = replace(an_alert(at(17, 9), Severity.THIS_HOUR), excluded=("head",))
    asked = [who for _, who, _ in played(matter(alert, "dsl", targets=frozenset({"deputy"})))]
    assert asked[0] == "dsl"
    assert not {"head", "deputy"} & {*asked}


@settings(max_examples=40)
@given(
    st.integers(0, 80 * 24 * 60),
    st.sampled_from([(Severity.TODAY, False), (Severity.TODAY, True), (Severity.THIS_HOUR, True)]),
    st.sampled_from(["", "deputy", "dsl", "head"]),
    st.integers(0, 300),
)
def test_no_matter_with_a_clock_goes_unmentioned_past_it(
    after: int, kind: tuple[Severity, bool], holder: str, minutes: int
) -> None:
    """Within the hour of what is grave and taken; of the rest on its day, or in the morning after where it
    was taken too late for that. Then somebody else is asked."""
    severity, urgent = kind
    alert = an_alert(at(1, 0) + after * MINUTE, severity)
    alert = replace(alert, route=Route.SAFEGUARDING if urgent else alert.route)
    unfinished = matter(alert, holder, alert.raised_at + minutes * MINUTE)
    asked = played(unfinished, days=9, every=HOUR)
    if severity >= Severity.THIS_HOUR and not holder:
        assert asked == []
        return
    first, second = asked
    told = due_at(alert, unfinished.since, LONDON, DAYS.calendar)
    opens = datetime.combine(told.date() + timedelta(days=1), OPENS, LONDON)
    last = told + 2 * HOUR if severity >= Severity.THIS_HOUR else due_at(alert, opens, LONDON, DAYS.calendar)
    assert first[2] <= last + HOUR
    assert second[1] != first[1]
