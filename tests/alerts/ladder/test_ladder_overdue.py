"""What is due next in a case, and what is over: over one history, and over many that are made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders.ladder import DAY, HOUR, NOW, Climb, rules
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.ladder.advance import Advance
from alerts.ladder.derived_state import GONE_ENDINGS
from alerts.ladder.mails import reminders
from alerts.ladder.replay import replay
from alerts.ladder.replay_requests import open_asking
from alerts.ladder.rules import tried
from data.cases import Case, CaseState
from data.rungs import OF_OTHERS, CaseClock, Rung
from data.steps.codes import Complainant, StepKind
from data.types import Route, School

BLOG = {"channel": "blog"}


def clocks(found):
    return [wait.clock for wait in found]


def a_notice() -> Climb:
    """A section 5 notice that has just been received, a day after removal was decided on."""
    climb = Climb("C7", **BLOG).sought()
    climb.take(StepKind.COMPLAINANT, who=Complainant.STAFF.value, person="teacher")
    climb.take(StepKind.HOSTED, host="host.example")
    climb.now += DAY
    return climb.ask(Rung.HOST, kind="s5")


def test_the_nearest_clock_that_still_runs_is_due_and_the_target_that_is_over_is_not():
    case, now = a_notice().case, NOW + 2 * DAY
    assert case.due(now).clock == CaseClock.OPERATOR_S5_48H
    assert clocks(case.over(now)) == [CaseClock.BASILDON_24H]


def test_a_target_that_is_over_asks_nothing_of_anybody_while_somebody_is_asked():
    climb = Climb().sought()
    now = climb.now + DAY
    assert clocks(climb.case.late(now)) == [CaseClock.BASILDON_24H]
    climb.ask(Rung.PLATFORM_REPORT)
    assert climb.case.late(now) == ()
    assert clocks(climb.case.late(climb.now + 2 * DAY)) == [CaseClock.PLATFORM_48H]


def test_once_everything_is_over_nothing_is_due():
    case = a_notice().case
    assert case.due(NOW + 30 * DAY) is None
    assert set(clocks(case.over(NOW + 30 * DAY))) == {CaseClock.BASILDON_24H, CaseClock.OPERATOR_S5_48H}


def test_a_mail_tells_a_target_that_is_over_once_and_later_only_what_ran_out_since():
    climb = Climb().sought().ask(Rung.PLATFORM_REPORT)
    (first,) = reminders(climb.case, climb.now + DAY, climb.rules)
    (second,) = reminders(climb.case, climb.now + 3 * DAY, climb.rules)
    assert "our own target" in first.body
    assert "the platform had until" in second.body
    assert "our own target" not in second.body


@pytest.mark.parametrize("nation", ["england", "wales", "scotland", "northern_ireland"])
def test_that_nobody_answered_is_not_recorded_before_their_time_is_over(nation):
    climb = Climb(by=rules(school=School("900001", "Oakfield", nation=nation))).sought()
    climb.ask(Rung.PLATFORM_REPORT)
    before = climb.case
    assert climb.refused(StepKind.ANSWERED, rung="platform_report", result="none") == "silence_over"
    assert climb.case.waits == before.waits
    climb.now += 2 * DAY
    climb.answer(Rung.PLATFORM_REPORT, "none")
    assert clocks(climb.case.waits) == [CaseClock.BASILDON_24H]


def test_an_operator_has_its_48_hours_whatever_is_said_meanwhile_of_its_silence():
    climb = a_notice()
    ends = climb.case.due(climb.now).due_at
    climb.now = ends - 3 * HOUR
    assert climb.refused(StepKind.ANSWERED, rung="host", result="none", kind="s5") == "silence_over"
    assert climb.case.due(climb.now).due_at == ends
    assert climb.not_asked(Rung.ISP) == "host_first"
    climb.now = ends
    climb.answer(Rung.HOST, "none", kind="s5").ask(Rung.ISP)


def test_that_nobody_answered_may_be_dated_no_earlier_than_their_time_was_over():
    climb = Climb().sought().ask(Rung.PLATFORM_REPORT)
    ends = climb.case.askings[0].due_at
    climb.now += 9 * DAY
    said = {"rung": "platform_report", "result": "none"}
    assert climb.refused(StepKind.ANSWERED, at=ends - HOUR, **said) == "silence_over"
    climb.take(StepKind.ANSWERED, at=ends, **said)


def test_our_own_day_for_asking_again_gives_nobody_any_time():
    climb = Climb("C6", route=Route.POLICE_NOW).ask(Rung.POLICE, "He is here.", imminent="yes")
    climb.answer(Rung.POLICE, "none")


def test_that_the_operator_told_the_poster_is_recorded_within_its_time():
    climb = a_notice()
    told = (climb.now + HOUR).isoformat()
    climb.now += HOUR
    climb.take(StepKind.ANSWERED, rung="host", result="none", kind="s5", poster_told_at=told)
    assert climb.case.due(climb.now).clock == CaseClock.POSTER_5D


def test_a_silence_that_was_recorded_too_early_once_still_opens_nothing():
    """In a case from before that was refused."""
    climb = Climb().sought().ask(Rung.PLATFORM_REPORT)
    climb.now += 2 * DAY
    climb.answer(Rung.PLATFORM_REPORT, "none")
    early = [*climb.steps[:-1], _earlier(climb.steps[-1], climb.steps[-2].done_at + HOUR)]
    case = replay(early)
    assert case.state is CaseState.SEEKING
    assert not tried(case, Rung.PLATFORM_REPORT, early[-1].done_at)
    assert tried(case, Rung.PLATFORM_REPORT, early[-2].done_at + 2 * DAY)


def _earlier(step, at):
    return replace(step, done_at=at, recorded_at=at)


# ------------------------------------------------------------------ histories that are made up

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


def lived(history) -> Climb:
    """Whatever of it the guards let pass, those hours apart."""
    climb = Climb("C7", **BLOG).sought().author("third_party")
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    for (kind, facts), hours in history:
        climb.now += timedelta(hours=hours)
        before, at = climb.case, climb.now + HOUR
        done = climb.attempt(kind, "head", "A reason that is long enough to stand for one", **facts)
        if isinstance(done, Advance) and facts.get("result") == "none":
            assert its_time_was_over(before, Rung(facts["rung"]), at)
    return climb


def its_time_was_over(case: Case, rung: Rung, at: datetime) -> bool:
    i = open_asking(case, rung)
    asking = None if i is None else case.askings[i]
    return asking is not None and (asking.clock == CaseClock.CHASE_2_WORKING_DAYS or asking.due_at <= at)


@settings(max_examples=120, deadline=None)
@given(HISTORIES, LATER)
def test_of_any_history_what_is_due_still_runs_and_nothing_ends_sooner(history, hours):
    climb = lived(history)
    case, now = climb.case, climb.now + timedelta(hours=hours)
    rest = case.resting(now)
    due, running = case.due(now), [w for w in case.waits if w.due_at > now and w not in rest]
    assert (due in running) if running else (due is None)
    assert all(due.due_at <= w.due_at for w in running)
    assert not any(w.due_at > now for w in case.over(now))
    assert set(case.late(now)) <= set(case.over(now))


@settings(max_examples=120, deadline=None)
@given(HISTORIES, LATER)
def test_of_any_history_each_clock_is_running_or_over_once_and_none_is_lost(history, hours):
    climb = lived(history)
    case, now = climb.case, climb.now + timedelta(hours=hours)
    if case.closed_at is None:
        running = [w for w in case.waits if w.due_at > now]
        assert sorted(map(repr, (*running, *case.over(now)))) == sorted(map(repr, case.waits))
        assert len(set(case.waits)) == len(case.waits)
    if case.state is CaseState.WAITING:
        owed = {(a.clock, a.due_at) for a in case.askings if a.answer is None}
        assert owed <= {(w.clock, w.due_at) for w in case.waits}


@settings(max_examples=120, deadline=None)
@given(HISTORIES, LATER)
def test_of_any_history_a_target_that_is_over_is_late_only_while_nobody_is_asked(history, hours):
    climb = lived(history)
    now = climb.now + timedelta(hours=hours)
    target = CaseClock.BASILDON_24H in clocks(climb.case.late(now))
    ended = CaseClock.BASILDON_24H in clocks(climb.case.over(now))
    assert target is (ended and climb.case.state is not CaseState.WAITING)


@settings(max_examples=120, deadline=None)
@given(HISTORIES)
def test_of_any_history_the_first_decision_since_the_post_last_came_back_rules_the_target(history):
    """Whatever was decided, stopped, asked, closed and reopened since."""
    climb = lived(history)
    first = None
    for n, step in enumerate(climb.steps, start=1):
        ended = replay(climb.steps[: n - 1]).ending if n > 1 else None
        if step.kind is StepKind.CAME_BACK or (step.kind is StepKind.REOPENED and ended in GONE_ENDINGS):
            first = None
        if step.clock == CaseClock.BASILDON_24H:
            first = first or step.due_at
            assert step.due_at == first
    for wait in climb.case.waits:
        assert wait.clock != CaseClock.BASILDON_24H or wait.due_at == first


@settings(max_examples=60, deadline=None)
@given(HISTORIES, LATER)
def test_of_any_history_our_own_reminder_waits_for_others_and_no_other_clock_does(history, hours):
    climb = lived(history)
    case, now = climb.case, climb.now + timedelta(hours=hours)
    others = any(w.clock in OF_OTHERS and w.due_at > now for w in case.waits)
    asked = {*clocks(case.late(now)), *([case.due(now).clock] if case.due(now) else [])}
    assert not (others and CaseClock.CHASE_2_WORKING_DAYS in asked)
    assert {w.clock for w in case.resting(now)} <= {CaseClock.CHASE_2_WORKING_DAYS}


def test_a_reminder_to_ask_the_host_again_rests_while_the_platform_has_time_and_is_late_after_it():
    climb = Climb("C7", **BLOG).sought()
    climb.take(StepKind.COMPLAINANT, who=Complainant.STAFF.value, person="teacher")
    climb.take(StepKind.HOSTED, host="host.example")
    climb.ask(Rung.HOST, kind="host")
    climb.now += 2 * DAY - HOUR
    climb.ask(Rung.HOST, kind="s5")
    now = climb.now + HOUR
    assert CaseClock.CHASE_2_WORKING_DAYS in clocks(climb.case.over(now))
    assert climb.case.late(now) == ()
    assert CaseClock.CHASE_2_WORKING_DAYS in clocks(climb.case.late(now + 9 * DAY))


@pytest.mark.parametrize(("content_class", "runs"), [("C2", True), ("C7", False), ("C8", False)])
def test_a_week_of_silence_runs_only_for_what_report_harmful_content_takes(content_class, runs):
    climb = Climb(content_class).sought()
    climb.take(StepKind.COMPLAINANT, who=Complainant.STAFF.value, person="teacher")
    climb.ask(Rung.PLATFORM_REPORT)
    assert (CaseClock.RHC_WEEK in clocks(climb.case.waits)) is runs


def a_parent_asked() -> Climb:
    """A parent who did not answer an invitation, and a letter that gives until Friday noon."""
    climb = Climb().sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.now += 3 * DAY
    climb.answer(Rung.AUTHOR_REQUEST, "none", kind="conversation")
    climb.take(StepKind.LETTER, letter="parent_removal", by=BY.isoformat())
    return climb


BY = NOW + 9 * DAY + 2 * HOUR


def test_the_time_that_a_letter_gave_is_its_clock_and_nobody_else_is_asked_before():
    climb = a_parent_asked().ask(Rung.AUTHOR_REQUEST, kind="removal")
    assert climb.case.askings[-1].due_at == BY
    assert climb.steps[-1].due_at == BY
    assert BY in [w.due_at for w in climb.case.waits if w.clock == CaseClock.AUTHOR_DAYS]
    climb.now = BY - 2 * HOUR
    assert climb.refused(StepKind.ANSWERED, rung="author_request", result="none") == "silence_over"
    assert not tried(climb.case, Rung.AUTHOR_REQUEST, climb.now, "removal")
    climb.now = BY
    climb.answer(Rung.AUTHOR_REQUEST, "none", kind="removal")


def test_a_letter_sent_after_the_time_that_it_gave_has_the_schools_own_days():
    climb = a_parent_asked()
    climb.now = BY
    climb.ask(Rung.AUTHOR_REQUEST, kind="removal")
    assert climb.case.askings[-1].due_at > BY


def test_the_time_of_a_letter_that_went_out_is_no_clock_of_the_next():
    climb = a_parent_asked().ask(Rung.AUTHOR_REQUEST, kind="removal")
    assert climb.case.letter_by is None
