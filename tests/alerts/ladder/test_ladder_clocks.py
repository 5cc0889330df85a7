"""When what a case waits for is due, what is due next and what is over."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.ladder import DAY, HOUR, NOW, Climb, rules
from builders.steps import an_event
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.ladder import clocks
from alerts.ladder.advance import Advance, advance
from alerts.ladder.mails import reminders
from alerts.ladder.replay import GONE_ENDINGS, open_asking, replay
from alerts.ladder.rules import tried
from data.cases import CaseState, Profile
from data.register.calendar import Calendar, Term
from data.rungs import OF_OTHERS, CaseClock, Rung
from data.steps.codes import Complainant, StepKind
from data.types import Route, School

LONDON = ZoneInfo("Europe/London")
NATIONS = ("england", "wales", "scotland", "northern_ireland")
START = datetime(2026, 11, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=425)).map(lambda after: START + after)
# Weekdays without the law: Good Friday, Easter Monday, the May, summer and Christmas days of GOV.UK's list.
HOLIDAYS = {
    date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29),
    date(2027, 5, 3), date(2027, 5, 31), date(2027, 8, 30), date(2027, 12, 27), date(2027, 12, 28),
    date(2028, 1, 3),
}  # fmt: skip
TERMS = Calendar(
    terms=(Term(date(2026, 11, 2), date(2026, 12, 18)), Term(date(2027, 1, 5), date(2027, 3, 25))),
    closed=frozenset((date(2026, 11, 23),)),
)
HALF_TERM = Calendar(terms=(Term(date(2026, 9, 2), date(2026, 10, 23)),))
ENGLAND, WALES, SCOTLAND, IRELAND = map(Calendar, NATIONS)
S5, AUTHOR, CHASE = CaseClock.OPERATOR_S5_48H, CaseClock.AUTHOR_DAYS, CaseClock.CHASE_2_WORKING_DAYS
TWO_DAYS = Profile(host_hours=48)
TODAY, THREE = ({"calendar": TERMS, "profile": Profile(author_days=days)} for days in (0, 3))
BLOG = {"channel": "blog"}
STEPS = [
    *[(StepKind.ASKED, {"rung": rung.value, "kind": kind}) for rung, kind in (
        (Rung.AUTHOR_REQUEST, "removal"), (Rung.PLATFORM_REPORT, ""), (Rung.HOST, "host"), (Rung.HOST, "s5"),
        (Rung.ISP, "registrar"), (Rung.POSH, ""), (Rung.POSH, "rhc"), (Rung.POLICE, ""))],
    *[(StepKind.ANSWERED, {"rung": rung.value, "result": result})
      for rung in Rung for result in ("none", "refused", "more_wanted", "removed")],
    (StepKind.CHECKED, {"result": "present"}),
    (StepKind.CHECKED, {"result": "gone"}),
    (StepKind.NOTED, {"starts": "dp_complaint_30d"}),
    (StepKind.NOTED, {"ends": "dp_complaint_30d"}),
    (StepKind.DECIDED, {"decision": "seek"}),
    (StepKind.DECIDED, {"decision": "stop"}),
    (StepKind.CLOSED, {"ending": "removed"}),
    (StepKind.REOPENED, {}),
]  # fmt: skip
HISTORIES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 90)), max_size=14)
LATER = st.integers(0, 24 * 40)
BY = NOW + 9 * DAY + 2 * HOUR


def local(text):
    """A time as a London clock shows it, 2026-12-18 15:00."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def due(clock, start, calendar=None, profile=None):
    started = local(start) if isinstance(start, str) else start
    return clocks.due(
        clock, started, calendar=calendar or Calendar(), zone=LONDON, profile=profile or Profile()
    )


def shown(at):
    """As a London clock shows it."""
    assert at.tzinfo is UTC
    return f"{at.astimezone(LONDON):%a %d %b %Y %H:%M}"


@pytest.mark.parametrize(("clock", "start", "ends", "of"), [
    # an operator’s 48 hours leave out weekends and the bank holidays of England and Wales
    (S5, "2026-12-18 15:00", "Tue 22 Dec 2026 15:00", {}),
    (S5, "2026-12-24 10:00", "Wed 30 Dec 2026 10:00", {}),
    (S5, "2026-11-21 09:00", "Wed 25 Nov 2026 00:00", {}),
    (S5, "2026-11-16 09:00", "Wed 18 Nov 2026 09:00", {}),
    (S5, "2026-12-31 09:00", "Tue 05 Jan 2027 09:00", {}),
    (S5, "2027-03-24 12:00", "Tue 30 Mar 2027 12:00", {}),
    (S5, "2027-03-25 10:00", "Wed 31 Mar 2027 10:00", {}),
    (S5, "2027-03-26 10:00", "Thu 01 Apr 2027 00:00", {}),
    (S5, "2026-10-23 12:00", "Tue 27 Oct 2026 12:00", {}),
    (S5, "2026-10-25 01:30", "Wed 28 Oct 2026 00:00", {}),
    (S5, "2026-11-19 00:00", "Sat 21 Nov 2026 00:00", {}),
    # St Andrew’s day and St Patrick’s day count against it, and the school’s own terms are nothing to it
    (S5, "2026-11-27 10:00", "Tue 01 Dec 2026 10:00", {"calendar": SCOTLAND}),
    (S5, "2027-03-16 10:00", "Thu 18 Mar 2027 10:00", {"calendar": IRELAND}),
    (S5, "2027-07-09 10:00", "Tue 13 Jul 2027 10:00", {"calendar": IRELAND}),
    (S5, "2026-10-26 10:00", "Wed 28 Oct 2026 10:00", {"calendar": HALF_TERM}),
    # 24 elapsed hours end an hour later by the clock in spring and an hour earlier in autumn
    (CaseClock.BASILDON_24H, "2027-03-27 16:00", "Sun 28 Mar 2027 17:00", {}),
    (CaseClock.BASILDON_24H, "2026-10-24 16:00", "Sun 25 Oct 2026 15:00", {}),
    (CaseClock.BASILDON_24H, "2026-12-24 16:00", "Fri 25 Dec 2026 16:00", {}),
    # Report Harmful Content takes a silence of seven whole days
    (CaseClock.RHC_WEEK, "2027-03-24 12:00", "Wed 31 Mar 2027 13:00", {}),
    # the host’s target is the number of hours in the school’s policy
    (CaseClock.BASILDON_24H, "2026-11-20 10:00", "Sun 22 Nov 2026 10:00", {"profile": TWO_DAYS}),
    # a platform’s 48 hours are elapsed ones, weekend or not
    (CaseClock.PLATFORM_48H, "2026-12-24 16:00", "Sat 26 Dec 2026 16:00", {}),
    # the poster has until midnight at the end of the fifth day after sending
    (CaseClock.POSTER_5D, "2026-12-23 00:00", "Tue 29 Dec 2026 00:00", {}),
    (CaseClock.POSTER_5D, "2026-12-23 23:59", "Tue 29 Dec 2026 00:00", {}),
    (CaseClock.POSTER_5D, "2027-03-25 10:00", "Wed 31 Mar 2027 00:00", {}),
    (CaseClock.POSTER_5D, "2026-10-22 10:00", "Wed 28 Oct 2026 00:00", {}),
    # the day of sending is London’s, not Greenwich’s
    (CaseClock.POSTER_5D, datetime(2027, 7, 1, 23, 30, tzinfo=UTC), "Thu 08 Jul 2027 00:00", {}),
    # people are told of their data within a calendar month
    (CaseClock.ART14_MONTH, "2026-11-20 10:15", "Sun 20 Dec 2026 10:15", {}),
    (CaseClock.ART14_MONTH, "2026-12-31 10:15", "Sun 31 Jan 2027 10:15", {}),
    (CaseClock.ART14_MONTH, "2027-01-31 10:15", "Sun 28 Feb 2027 10:15", {}),
    (CaseClock.ART14_MONTH, "2028-01-30 10:15", "Tue 29 Feb 2028 10:15", {}),
    (CaseClock.ART14_MONTH, "2027-03-01 10:15", "Thu 01 Apr 2027 10:15", {}),
    (CaseClock.ART14_MONTH, "2026-10-31 10:15", "Mon 30 Nov 2026 10:15", {}),
    # thirty days end at the same time by the clock across a clock change
    (CaseClock.DP_COMPLAINT_30D, "2027-03-10 09:00", "Fri 09 Apr 2027 09:00", {}),
    (CaseClock.DP_COMPLAINT_30D, "2026-10-10 09:00", "Mon 09 Nov 2026 09:00", {}),
    (CaseClock.REVIEW_30D, "2027-03-10 09:00", "Fri 09 Apr 2027 09:00", {}),
    (CaseClock.REVIEW_30D, "2026-10-10 09:00", "Mon 09 Nov 2026 09:00", {}),
    # an author has whole school days: the next, today’s, after an INSET day, over Christmas, three
    (AUTHOR, "2026-11-17 09:00", "Thu 19 Nov 2026 00:00", {"calendar": TERMS}),
    (AUTHOR, "2026-11-17 09:00", "Wed 18 Nov 2026 00:00", TODAY),
    (AUTHOR, "2026-11-20 15:00", "Wed 25 Nov 2026 00:00", {"calendar": TERMS}),
    (AUTHOR, "2026-12-18 15:00", "Wed 06 Jan 2027 00:00", {"calendar": TERMS}),
    (AUTHOR, "2026-12-17 15:00", "Thu 07 Jan 2027 00:00", THREE),
    # they go on by weekdays where the terms have run out
    (AUTHOR, "2027-03-25 15:00", "Wed 31 Mar 2027 00:00", {"calendar": TERMS}),
    # a host is asked again after two working days of the school’s nation
    (CHASE, "2026-11-27 10:00", "Tue 01 Dec 2026 10:00", {"calendar": ENGLAND}),
    (CHASE, "2026-11-27 10:00", "Wed 02 Dec 2026 10:00", {"calendar": SCOTLAND}),
    (CHASE, "2027-03-25 10:00", "Wed 31 Mar 2027 10:00", {"calendar": ENGLAND}),
    (CHASE, "2027-03-25 10:00", "Tue 30 Mar 2027 10:00", {"calendar": SCOTLAND}),
    (CHASE, "2027-03-16 10:00", "Fri 19 Mar 2027 10:00", {"calendar": IRELAND}),
    (CHASE, "2026-12-24 10:00", "Wed 30 Dec 2026 10:00", {"calendar": WALES}),
    (CHASE, "2026-11-21 10:00", "Wed 25 Nov 2026 00:00", {"calendar": ENGLAND}),
])  # fmt: skip
def test_when_each_clock_ends(clock, start, ends, of):
    assert shown(due(clock, start, **of)) == ends


def counted_by_the_minute(started):
    """The regulation read word by word: let minutes pass until 48 hours of them have counted."""
    at, left = started, 48 * 60
    while left:
        day = at.astimezone(LONDON).date()
        left -= day.weekday() < 5 and day not in HOLIDAYS
        at += timedelta(minutes=1)
    return at


@given(MOMENTS.map(lambda at: at.replace(second=0, microsecond=0)))
def test_an_operators_48_hours_are_those_that_walking_minute_by_minute_counts(started):
    assert due(CaseClock.OPERATOR_S5_48H, started) == counted_by_the_minute(started)


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=9)))
def test_every_clock_answers_in_utc_ends_after_it_began_and_never_earlier_for_what_begins_later(began, more):
    for clock in CaseClock:
        end = due(clock, began)
        assert end.tzinfo is UTC
        assert began < end, clock
        assert end <= due(clock, began + more) or clock is CaseClock.ART14_MONTH, clock


def test_rechecks_and_the_year_of_the_law_are_counted_from_the_day_in_london():
    gone = local("2027-03-27 16:00")
    times = clocks.recheck_times(gone)
    assert [at - gone.astimezone(UTC) for at in times] == [
        timedelta(hours=1), timedelta(hours=24), timedelta(hours=72), timedelta(days=7), timedelta(days=30)
    ]  # fmt: skip
    assert due(CaseClock.RECHECK, gone) == times[0]
    for published, last in [
        ("2026-11-11T10:00:00+00:00", "2027-11-11"), ("2027-06-30T23:30:00+00:00", "2028-07-01"),
        ("2028-02-29T12:00:00+00:00", "2029-02-28"),
    ]:  # fmt: skip
        assert clocks.limitation_ends(datetime.fromisoformat(published)).isoformat() == last


# --- what is due next in a case, and what is over: over one history, and over many that are made up


def clocks_of(found):
    return [wait.clock for wait in found]


def a_notice():
    """A section 5 notice that has just been received, a day after removal was decided on."""
    climb = Climb("C7", **BLOG).sought()
    climb.take(StepKind.COMPLAINANT, who=Complainant.STAFF.value, person="teacher")
    climb.take(StepKind.HOSTED, host="host.example")
    climb.now += DAY
    return climb.ask(Rung.HOST, kind="s5")


def test_a_target_that_is_over_is_late_while_nobody_is_asked_and_mailed_once():
    climb = Climb().sought()
    now = climb.now + DAY
    assert clocks_of(climb.case.late(now)) == [CaseClock.BASILDON_24H]
    climb.ask(Rung.PLATFORM_REPORT)
    assert climb.case.late(now) == ()
    assert clocks_of(climb.case.late(climb.now + 2 * DAY)) == [CaseClock.PLATFORM_48H]
    case, now = a_notice().case, NOW + 2 * DAY
    assert case.due(now).clock == CaseClock.OPERATOR_S5_48H
    assert clocks_of(case.over(now)) == [CaseClock.BASILDON_24H]
    assert case.due(NOW + 30 * DAY) is None
    assert set(clocks_of(case.over(NOW + 30 * DAY))) == {CaseClock.BASILDON_24H, CaseClock.OPERATOR_S5_48H}
    climb = Climb().sought().ask(Rung.PLATFORM_REPORT)
    (first,) = reminders(climb.case, climb.now + DAY, climb.rules)
    (second,) = reminders(climb.case, climb.now + 3 * DAY, climb.rules)
    assert "our own target" in first.body
    assert "the platform had until" in second.body
    assert "our own target" not in second.body


def test_that_nobody_answered_is_not_recorded_before_their_time_was_over():
    for nation in ["england", "wales", "scotland", "northern_ireland"]:
        climb = Climb(by=rules(school=School("900001", "Oakfield", nation=nation))).sought()
        climb.ask(Rung.PLATFORM_REPORT)
        before = climb.case
        assert climb.refused(StepKind.ANSWERED, rung="platform_report", result="none") == "silence_over"
        assert climb.case.waits == before.waits
        climb.now += 2 * DAY
        climb.answer(Rung.PLATFORM_REPORT, "none")
        assert clocks_of(climb.case.waits) == [CaseClock.BASILDON_24H]
    climb = Climb().sought().ask(Rung.PLATFORM_REPORT)
    ends = climb.case.askings[0].due_at
    climb.now += 9 * DAY
    said = {"rung": "platform_report", "result": "none"}
    assert climb.refused(StepKind.ANSWERED, at=ends - HOUR, **said) == "silence_over"
    climb.take(StepKind.ANSWERED, at=ends, **said)
    climb = Climb("C6", route=Route.POLICE_NOW).ask(Rung.POLICE, "He is here.", imminent="yes")
    climb.answer(Rung.POLICE, "none")


def test_an_operator_has_its_48_hours_whatever_is_said_meanwhile_of_its_silence():
    climb = a_notice()
    ends = climb.case.due(climb.now).due_at
    climb.now = ends - 3 * HOUR
    assert climb.refused(StepKind.ANSWERED, rung="host", result="none", kind="s5") == "silence_over"
    assert climb.case.due(climb.now).due_at == ends
    assert climb.not_asked(Rung.ISP) == "host_first"
    climb.now = ends
    climb.answer(Rung.HOST, "none", kind="s5").ask(Rung.ISP)


def test_a_silence_that_was_recorded_too_early_once_still_opens_nothing():
    """In a case from before that was refused."""
    climb = Climb().sought().ask(Rung.PLATFORM_REPORT)
    climb.now += 2 * DAY
    climb.answer(Rung.PLATFORM_REPORT, "none")
    at = climb.steps[-2].done_at + HOUR
    early = [*climb.steps[:-1], replace(climb.steps[-1], done_at=at, recorded_at=at)]
    case = replay(early)
    assert case.state is CaseState.SEEKING
    assert not tried(case, Rung.PLATFORM_REPORT, early[-1].done_at)
    assert tried(case, Rung.PLATFORM_REPORT, early[-2].done_at + 2 * DAY)


# ------------------------------------------------------------------ histories that are made up


def lived(history):
    """Whatever of it the guards let pass, those hours apart."""
    climb = Climb("C7", **BLOG).sought().author("third_party")
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    for (kind, facts), hours in history:
        climb.now += timedelta(hours=hours + 1)
        event = an_event(kind, "head", "A reason that is long enough to stand for one", facts)
        done = advance(climb.case, event, climb.now, climb.rules)
        if isinstance(done, Advance):
            if facts.get("result") == "none":
                assert its_time_was_over(climb.case, Rung(facts["rung"]), climb.now)
            climb.case, climb.steps = done.case, [*climb.steps, *done.steps]
    return climb


def its_time_was_over(case, rung, at):
    i = open_asking(case, rung)
    asking = None if i is None else case.askings[i]
    return asking is not None and (asking.clock == CaseClock.CHASE_2_WORKING_DAYS or asking.due_at <= at)


@settings(max_examples=40, deadline=None)
@given(HISTORIES, LATER)
def test_of_any_history_each_clock_runs_or_is_over_once_and_is_asked_about_in_its_turn(history, hours):
    climb = lived(history)
    case, now = climb.case, climb.now + timedelta(hours=hours)
    running, over, late = [w for w in case.waits if w.due_at > now], case.over(now), clocks_of(case.late(now))
    if case.closed_at is None:
        assert sorted(map(repr, (*running, *over))) == sorted(map(repr, case.waits))
        assert len(set(case.waits)) == len(case.waits)
    assert not any(w.due_at > now for w in over)
    assert set(case.late(now)) <= set(over)
    if case.state is CaseState.WAITING:
        owed = {(a.clock, a.due_at) for a in case.askings if a.answer is None}
        assert owed <= {(w.clock, w.due_at) for w in case.waits}
    # the next is due; our own reminder rests while others have time, and nothing else does
    rest, due, chase = case.resting(now), case.due(now), CaseClock.CHASE_2_WORKING_DAYS
    asked = [w for w in running if w not in rest]
    assert (due in asked) if asked else (due is None)
    assert all(due.due_at <= w.due_at for w in asked)
    assert {w.clock for w in rest} <= {chase}
    if any(w.clock in OF_OTHERS for w in running):
        assert chase not in {*late, *([due.clock] if due else [])}
    # a target that is over is late only while nobody is asked
    ended = CaseClock.BASILDON_24H in clocks_of(over)
    assert (CaseClock.BASILDON_24H in late) is (ended and case.state is not CaseState.WAITING)


@settings(max_examples=25, deadline=None)
@given(HISTORIES)
def test_of_any_history_the_first_decision_since_the_post_last_came_back_rules_the_target(history):
    """Whatever was decided, stopped, asked, closed and reopened since."""
    climb = lived(history)
    first, target = None, CaseClock.BASILDON_24H
    for n, step in enumerate(climb.steps):
        reopened = step.kind is StepKind.REOPENED and replay(climb.steps[:n]).ending in GONE_ENDINGS
        if step.kind is StepKind.CAME_BACK or reopened:
            first = None
        if step.clock == target:
            first = first or step.due_at
            assert step.due_at == first
    assert all(wait.due_at == first for wait in climb.case.waits if wait.clock == target)


def test_a_reminder_rests_while_others_have_time_and_a_week_of_silence_is_for_what_the_helpline_takes():
    climb = Climb("C7", **BLOG).sought()
    climb.take(StepKind.COMPLAINANT, who=Complainant.STAFF.value, person="teacher")
    climb.take(StepKind.HOSTED, host="host.example")
    climb.ask(Rung.HOST, kind="host")
    climb.now += 2 * DAY - HOUR
    climb.ask(Rung.HOST, kind="s5")
    now = climb.now + HOUR
    assert CaseClock.CHASE_2_WORKING_DAYS in clocks_of(climb.case.over(now))
    assert climb.case.late(now) == ()
    assert CaseClock.CHASE_2_WORKING_DAYS in clocks_of(climb.case.late(now + 9 * DAY))
    for content_class, runs in [("C2", True), ("C7", False), ("C8", False)]:
        climb = Climb(content_class).sought()
        climb.take(StepKind.COMPLAINANT, who=Complainant.STAFF.value, person="teacher")
        climb.ask(Rung.PLATFORM_REPORT)
        assert (CaseClock.RHC_WEEK in clocks_of(climb.case.waits)) is runs


def a_parent_asked():
    """A parent who did not answer an invitation, and a letter that gives until Friday noon."""
    climb = Climb().sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.now += 3 * DAY
    climb.answer(Rung.AUTHOR_REQUEST, "none", kind="conversation")
    climb.take(StepKind.LETTER, letter="parent_removal", by=BY.isoformat())
    return climb


def test_a_letters_own_time_is_its_clock_and_one_sent_too_late_has_the_schools_own_days():
    climb = a_parent_asked().ask(Rung.AUTHOR_REQUEST, kind="removal")
    assert (climb.case.askings[-1].due_at, climb.steps[-1].due_at) == (BY, BY)
    assert BY in [w.due_at for w in climb.case.waits if w.clock == CaseClock.AUTHOR_DAYS]
    climb.now = BY - 2 * HOUR
    assert climb.refused(StepKind.ANSWERED, rung="author_request", result="none") == "silence_over"
    assert not tried(climb.case, Rung.AUTHOR_REQUEST, climb.now, "removal")
    climb.now = BY
    climb.answer(Rung.AUTHOR_REQUEST, "none", kind="removal")
    assert a_parent_asked().ask(Rung.AUTHOR_REQUEST, kind="removal").case.letter_by is None
    climb = a_parent_asked()
    climb.now = BY
    climb.ask(Rung.AUTHOR_REQUEST, kind="removal")
    assert climb.case.askings[-1].due_at > BY
