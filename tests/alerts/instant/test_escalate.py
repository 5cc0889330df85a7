"""Who is asked next, when, and who is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
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
    raised,
    verdict,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.access.offices import MOST_ASKED
from alerts.access.recipients import asked_next, asks_again, told_so_far
from alerts.asked_again import HOUR, Unfinished, ask_again
from alerts.instant.escalation import AGAIN, LOOKED_BACK, WAIT, next_step
from alerts.instant.raise_alert import raise_alert
from alerts.next_date import OPENS, Means, SchoolDays, due_at, to_decide
from alerts.wording.alert_mail import escalated
from data.matters import LADO, Having, Holder, NextDate
from data.register.calendar import Calendar
from data.types import (
    ABUSE_LABELS,
    About,
    Alert,
    Escalation,
    Owner,
    Person,
    Policy,
    Role,
    Route,
    Severity,
    StillOpen,
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


# ---------------------- who is asked about what is taken and not finished, when, and who after them

LONDON = ZoneInfo("Europe/London")
DAYS = SchoolDays("england", LONDON, Calendar())


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


def questions(
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
    assert questions(taken) == [
        (StillOpen.UNDONE, "deputy", at(18, 1, 10)),
        (StillOpen.UNDONE, "dsl", at(18, 2, 10)),
    ]


def test_nobody_is_asked_once_something_is_recorded_since_it_was_taken() -> None:
    alert = an_alert(at(17, 23), Severity.THIS_HOUR)
    assert questions(matter(alert, "deputy", recorded_at=at(17, 23, 30))) == []


def test_of_severity_4_that_nobody_has_nothing_is_asked_here() -> None:
    assert questions(matter(an_alert(at(17, 23), Severity.THIS_HOUR))) == []


@pytest.mark.parametrize(("holder", "first"), [("deputy", "deputy"), ("", "head")])
def test_of_severity_3_it_is_asked_at_three_on_its_day_and_the_next_in_the_morning(
    holder: str, first: str
) -> None:
    found = questions(matter(an_alert(at(17, 9), Severity.TODAY), holder))
    assert [(about, when) for about, _, when in found] == [
        (StillOpen.DUE, at(17, 15)),
        (StillOpen.DUE, at(18, 8)),
    ]
    assert found[0][1] == first
    assert found[1][1] != first


def test_of_what_is_no_secret_the_next_of_the_leadership_reads_it_in_the_digest() -> None:
    alert = replace(an_alert(at(17, 9), Severity.TODAY), restricted=False)
    assert questions(matter(alert, "deputy")) == [(StillOpen.DUE, "deputy", at(17, 15))]


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
    assert [when for _, _, when in questions(matter(an_alert(raised_at, Severity.TODAY), "deputy"))] == asked


def test_whoever_takes_it_later_is_asked_anew() -> None:
    alert = an_alert(at(17, 9), Severity.THIS_HOUR)
    first = questions(matter(alert, "deputy"), days=0.1)
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
    assert [(about, when) for about, _, when in questions(owed)] == [
        (StillOpen.LADO, at(17, 15)),
        (StillOpen.LADO, at(18, 8)),
    ]


def test_whoever_wanted_to_be_asked_again_is_once_at_that_time() -> None:
    alert = an_alert(at(16, 9), Severity.TODAY)
    wanted = matter(alert, "dsl", due=(), recorded_at=at(16, 10))
    wanted = replace(wanted, owner=Owner("dsl", at(16, 9), "dsl", ask_at=at(17, 11)))
    assert questions(wanted) == [(StillOpen.OWN_DATE, "dsl", at(17, 11))]


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
    assert questions(lent) == [(StillOpen.BACK, "head", at(17, 11))]


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
        ((_, who, when),) = questions(given)
        assert who not in {"head", "", "dsl", None}
        assert when == at(17, 11)


def test_what_is_lent_may_be_asked_about_before_its_end() -> None:
    alert = an_alert(at(16, 9), Severity.TODAY)
    lent = matter(alert, "dsl", due=(), recorded_at=at(16, 10))
    lent = replace(lent, owner=Owner("dsl", at(16, 9), "head", until=at(18, 11), ask_at=at(17, 11)))
    assert [(about, when) for about, _, when in questions(lent)] == [
        (StillOpen.OWN_DATE, at(17, 11)),
        (StillOpen.BACK, at(18, 11)),
    ]


def test_where_whoever_had_it_has_left_others_are_asked() -> None:
    alert = an_alert(at(17, 9), Severity.THIS_HOUR)
    left = matter(alert, owner=Owner("gone", at(17, 10), "gone"))
    asked = questions(left)
    assert [when for _, _, when in asked] == [at(17, 11), at(17, 12)]
    assert "gone" not in {who for _, who, _ in asked}


def test_neither_whom_it_may_accuse_nor_whom_it_is_aimed_at_is_asked() -> None:
    alert = replace(an_alert(at(17, 9), Severity.THIS_HOUR), excluded=("head",))
    asked = [who for _, who, _ in questions(matter(alert, "dsl", targets=frozenset({"deputy"})))]
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
    asked = questions(unfinished, days=9, every=HOUR)
    if severity >= Severity.THIS_HOUR and not holder:
        assert asked == []
        return
    first, second = asked
    told = due_at(alert, unfinished.since, LONDON, DAYS.calendar)
    opens = datetime.combine(told.date() + timedelta(days=1), OPENS, LONDON)
    last = told + 2 * HOUR if severity >= Severity.THIS_HOUR else due_at(alert, opens, LONDON, DAYS.calendar)
    assert first[2] <= last + HOUR
    assert second[1] != first[1]
