"""The table of an alarm: who is asked while nobody has it, when, and how much they learn."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
    opened,
    raised,
    verdict,
)
from hypothesis import given
from hypothesis import strategies as st

from alerts.access.recipients import asked_next, next_office
from alerts.escalation import TABLE, AlarmAudience, Occasion, call
from alerts.instant.raise_alert import raise_alert
from alerts.next_date import Means, SchoolDays
from alerts.wording.alert_mail import Unanswered, compose_call, compose_morning
from data.judged import DANGER, of_this_hour
from data.matters import SaidTime
from data.register.calendar import Calendar
from data.types import (
    ABUSE_LABELS,
    About,
    Alert,
    Escalation,
    Person,
    Policy,
    Reason,
    Role,
    Route,
    Severity,
    StillOpen,
)

GRAVE = raised(verdict(severity=Severity.THIS_HOUR))
MINUTE = timedelta(minutes=1)
LONDON = ZoneInfo("Europe/London")
DAYS = SchoolDays("england", LONDON, Calendar())
NUMBER = StillOpen.BY_NUMBER
THREAT = replace(
    GRAVE, route=Route.POLICE_NOW, restricted=False, content_class="C6",
    audience=("head", "dsl", "deputy_dsl"),
)  # fmt: skip
DEPUTIES = tuple(replace(DEPUTY, id=f"deputy{n}") for n in range(5))
TO_DSL = replace(GRAVE, audience=("dsl",))
FEW = (DSL, replace(HEAD, urns=("900009",)), replace(CHAIR, email=None), VICE)
OFFICES = {
    "who governs, where nobody else is left": (TO_DSL, (DSL, CHAIR, VICE), [("chair",)]),
    "the chair, where nothing reaches a head": (TO_DSL, (DSL, DEPUTY_DSL, CHAIR, VICE),
     [("deputy_dsl",), ("chair",)]),
    "three of many deputies": (GRAVE, (HEAD, DSL, DEPUTY_DSL, *DEPUTIES),
     [("head",), ("deputy0", "deputy1")]),
    "nobody of another school or without an address": (TO_DSL, FEW, [("vice",)]),
    "nobody left": (TO_DSL, (DSL,), []),
}  # fmt: skip
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


def at(day, hour, minute=0):
    """A time in November 2026, of which the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def played(alert, people=EVERYBODY, *, every=MINUTE, hours=4, made=(), begin=None, **more):
    """All that is due while nobody answers, looked at so often: how long after it was raised, and what."""
    steps, found = list(made), []
    now = begin or alert.raised_at
    while now <= alert.raised_at + timedelta(hours=hours):
        due = call(opened(alert, people, steps, **more), people, SCHOOL, DAYS, now)
        if due is not None:
            steps += due.steps
            found.append((now - alert.raised_at, due))
        now += every
    return found


def whom(due, about=StillOpen.UNTAKEN):
    return [s.person_id for s in due.steps if s.about is about]


def test_the_first_row_is_the_alert_and_at_15_minutes_they_are_asked_again_with_the_next_office():
    assert TABLE[0].asked == (AlarmAudience.FIRST,)
    assert [at for at, _ in played(THREAT, hours=1)] == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE]
    ((_, due),) = played(THREAT, hours=0.25)
    assert whom(due) == ["head", "dsl", "deputy_dsl", "deputy"]
    assert (whom(due, NUMBER), due.fact, due.menders) == ([], (), ())


def test_at_30_minutes_the_next_after_is_asked_and_whom_it_threatens_is_told_that_nobody_has_it():
    alert = replace(GRAVE, audience=("dsl", "deputy_dsl"), warned=("it",))
    _, (_, due) = played(alert, hours=0.5, targets=frozenset({"deputy_dsl"}))
    assert whom(due) == ["deputy"]
    assert due.fact == ("deputy_dsl", "it")


def test_at_60_minutes_all_who_may_know_are_asked_the_chair_by_number_and_it_learn_the_fact():
    *_, (_, due) = played(THREAT, hours=1)
    assert set(whom(due)) == {"head", "dsl", "deputy_dsl", "deputy"}
    assert whom(due, NUMBER) == ["chair"]
    assert due.menders == ("it",)


def test_it_learns_nothing_where_it_may_be_meant_and_who_is_left_out_stands_in_no_row():
    may_mean = verdict(about=About.STAFF, severity=Severity.THIS_HOUR)
    names = verdict(about=About.STAFF, subject_person="it", severity=Severity.THIS_HOUR)
    for of in (may_mean, names):
        *_, (_, due) = played(raised(of), hours=1, verdicts=[of])
        assert due.menders == ()
    people = tuple(replace(p, email=None) if p.id == "chair" else p for p in EVERYBODY)
    rows = [due for _, due in played(replace(THREAT, excluded=("deputy",)), people, hours=1)]
    assert [whom(due, NUMBER) for due in rows] == [[], [], ["vice"]]
    assert not {p for due in rows for p in whom(due)} & {"chair", "deputy"}


def test_then_each_day_at_seven_those_asked_first_and_the_next_office_after_two_mornings_the_chair():
    friday = replace(THREAT, raised_at=at(20, 22))
    found = played(friday, hours=24 * 5, every=10 * MINUTE)[3:]
    assert [friday.raised_at + after for after, _ in found] == [at(day, 7) for day in (21, 22, 23, 24, 25)]
    assert [whom(due) for _, due in found] == [["head", "dsl", "deputy_dsl", "deputy"]] * 5
    assert [whom(due, NUMBER) for _, due in found] == [[], [], ["chair"], ["chair"], ["chair"]]


@pytest.mark.parametrize("day", [date(2026, 10, 24), date(2027, 3, 27)], ids=["back", "forward"])
def test_seven_is_seven_of_the_place_when_the_clocks_change(day):
    alert = replace(THREAT, raised_at=datetime.combine(day, time(20), LONDON).astimezone(UTC))
    found = played(alert, hours=36, every=5 * MINUTE)[3:]
    assert [(alert.raised_at + after).astimezone(LONDON).hour for after, _ in found] == [7, 7]


def test_two_hours_before_a_time_that_the_post_names_they_are_asked_too():
    alert = replace(THREAT, raised_at=at(17, 20))
    found = played(alert, hours=24, every=10 * MINUTE, said=SaidTime(date(2026, 11, 18), time(15, 30)))[3:]
    assert [(alert.raised_at + after, due.why) for after, due in found] == [
        (at(18, 7), Occasion.MORNING),
        (at(18, 13, 30), Occasion.NAMED),
    ]


@pytest.mark.parametrize(("grown", "asked"), [(at(18, 9, 5), at(18, 9, 10)), (at(17, 22), at(17, 22))])
def test_when_it_grows_they_are_asked_once_also_before_the_first_morning(grown, asked):
    alert = replace(THREAT, raised_at=at(17, 20))
    found = played(alert, hours=20, every=10 * MINUTE, grown_at=grown)[3:]
    assert {(alert.raised_at + after, due.why) for after, due in found} == {
        (at(18, 7), Occasion.MORNING),
        (asked, Occasion.GREW),
    }


def test_no_morning_asks_a_leader_whose_office_it_may_accuse():
    of = verdict(about=About.HEAD, severity=Severity.THIS_HOUR)
    alert = replace(THREAT, audience=("dsl",), excluded=(), because=(), raised_at=at(17, 20))
    found = played(alert, (HEAD, DSL, CHAIR), hours=12, every=10 * MINUTE, verdicts=[of])
    assert found[-1][1].why is Occasion.MORNING
    assert "head" not in {p for _, due in found for p in whom(due)}


def test_what_is_missed_is_made_up_for_each_person_once_and_of_weeks_ago_in_one_morning():
    slept = played(THREAT, begin=NOW + timedelta(hours=2), hours=3)
    ((_, due),) = slept
    assert len(whom(due)) == len(set(whom(due))) >= 4
    assert whom(due, NUMBER) == ["chair"]
    old = replace(THREAT, raised_at=at(2, 22))
    found = played(old, begin=at(24, 6), hours=24 * 22 - 2, every=10 * MINUTE)
    assert [old.raised_at + after for after, _ in found] == [at(24, 7)]
    night = played(old, begin=at(24, 22), hours=24 * 22 + 8, every=10 * MINUTE)
    assert night == []
    hourly = [
        Escalation(THREAT.id, THREAT.urn, 1, n, "head", THREAT.raised_at + timedelta(minutes=15 + 60 * n))
        for n in range(1, 30)
    ]
    found = played(THREAT, made=hourly, begin=hourly[-1].told_at, hours=96, every=10 * MINUTE)
    assert {due.why for _, due in found} == {Occasion.MORNING}


def test_raised_again_it_begins_again_and_a_clock_set_back_asks_nobody_twice():
    made = [s for _, due in played(THREAT) for s in due.steps]
    again = replace(THREAT, times=2, raised_at=NOW + timedelta(hours=5))
    found = played(again, made=made, hours=1)
    assert [after for after, _ in found] == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE]
    assert [(s.times, s.step) for s in found[0][1].steps][:2] == [(2, 1), (2, 2)]
    made = [s for _, due in played(THREAT, hours=1) for s in due.steps]
    assert played(THREAT, made=made, hours=2) == []
    ahead = replace(made[-1], told_at=NOW + timedelta(days=40))
    later = call(opened(THREAT, made=[*made, ahead]), EVERYBODY, SCHOOL, DAYS, at(21, 7))
    assert later is not None


def test_where_everybody_told_is_away_nobody_is_waited_for():
    gone = tuple(replace(p, away_until=NOW + timedelta(days=9)) if p.id == "head" else p for p in EVERYBODY)
    first = played(replace(THREAT, audience=("head",)), gone, hours=0.1)[0]
    assert first[0] == timedelta()
    assert "head" not in whom(first[1])


@pytest.mark.parametrize(("raised_at", "route", "again"), [
    (at(17, 10), Route.PLATFORM_REPORT, at(18, 7)), (at(20, 10), Route.PLATFORM_REPORT, at(23, 7)),
    (at(20, 10), Route.SAFEGUARDING, at(21, 7)),
])  # fmt: skip
def test_of_severity_3_it_is_asked_once_more_next_morning_and_then_no_more(raised_at, route, again):
    alert = replace(THREAT, severity=Severity.TODAY, raised_at=raised_at, route=route, because=())
    ((after, due),) = played(alert, hours=24 * 6, every=10 * MINUTE)
    assert raised_at + after == again
    assert whom(due) == (["head", "deputy"] if route is Route.SAFEGUARDING else ["head"])


def test_of_violence_the_table_runs_too_and_below_severity_3_nobody_is_asked():
    alert = replace(THREAT, severity=Severity.TODAY, because=(Reason(DANGER, ""),))
    assert [at for at, _ in played(alert, hours=1)] == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE]
    assert played(replace(THREAT, severity=Severity.RESPOND), hours=30, every=10 * MINUTE) == []


def test_what_is_open_to_the_head_begins_with_them_and_about_the_chair_the_authority_comes_first():
    alert = raised(verdict(about=About.CHAIR, subject_person="chair", severity=Severity.THIS_HOUR))
    order = asked_next(alert, EVERYBODY, SCHOOL, NOW)
    assert "chair" not in order
    assert order.index("la") < order.index("head")
    insult = verdict(Route.PLATFORM_REPORT, About.STAFF, severity=Severity.THIS_HOUR)
    assert asked_next(raised(insult), EVERYBODY, SCHOOL, NOW)[0] == "head"


@pytest.mark.parametrize(("alert", "people", "offices"), OFFICES.values(), ids=OFFICES)
def test_which_offices_come_next(alert, people, offices):
    told, found = [*alert.audience], []
    while office := next_office(alert, people, SCHOOL, NOW, told):
        found.append(office)
        told += office
    assert found == offices


@given(st.lists(any_verdict, min_size=1, max_size=3), any_people, st.lists(st.sampled_from(ids), max_size=2))
def test_whoever_is_left_out_is_never_asked_never_named_and_never_warned_of_it(verdicts, people, later):
    alert = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)
    assert isinstance(alert, Alert)
    named = tuple(replace(p, name=f"Name-of-{p.id}-ends") for p in people)
    means, steps = Means(chats=frozenset(ids)), list[Escalation]()
    for n in range(1, 80):
        if n == 3:  # another post of the story turns out to be about them
            alert = replace(alert, excluded=tuple(dict.fromkeys((*alert.excluded, *later))))
        now = NOW + n * (15 if n < 6 else 120) * MINUTE
        it = opened(alert, people, steps)
        if (due := call(it, people, SCHOOL, DAYS, now)) is None:
            continue
        asked = Unanswered(it, due)
        to = [s.person_id for s in due.steps if s.person_id]
        messages = list(compose_call(asked, named, SCHOOL, means, now)) if due.row else []
        messages += [
            m for p in to if not due.row for m in compose_morning([asked], p, named, SCHOOL, means, now)
        ]
        assert not {m.person_id for m in messages if m.kind != "warning"} & {*alert.excluded}
        assert not [
            p
            for p in alert.excluded
            for m in messages
            if f"Name-of-{p}-ends" in m.body
            if m.kind != "warning"
        ]
        assert len(to) == len(set(to))
        steps += due.steps
    assert [s.step for s in steps] == list(range(1, len(steps) + 1))


@given(st.lists(any_verdict, min_size=1, max_size=3), any_people, st.integers(1, 50))
def test_it_is_never_slower_than_the_table_and_ends_with_it(verdicts, people, every):
    alert = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)
    assert isinstance(alert, Alert)
    found = played(alert, people, every=every * MINUTE, hours=52)
    rows = [(after, due) for after, due in found if due.row is not None]
    if of_this_hour(alert):
        for row in TABLE[1:]:
            made = min(after for after, due in rows if due.row and due.row.minutes >= row.minutes)
            assert made < row.after + every * MINUTE
        assert rows[-1][1].row is TABLE[-1]
    mornings = [after for after, due in found if due.row is None]
    assert len(mornings) <= (2 if of_this_hour(alert) else 1)
