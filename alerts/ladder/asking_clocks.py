"""Which clock a step starts, and when it is due."""

from __future__ import annotations

from datetime import datetime

from alerts.ladder.clocks import due
from alerts.ladder.replay_asking import back, seen_gone
from alerts.ladder.rules import Rules, StepAttempt, moment
from alerts.ladder.table import ON_LADDER
from data.cases import Case, CaseState, Check, Event, StepKind
from data.rungs import CaseClock, Rung

_OF_DECISIONS = {"seek": CaseClock.BASILDON_24H, "stop": CaseClock.REVIEW_30D}


def clock_of(case: Case, event: Event, attempt: StepAttempt) -> tuple[str, datetime] | None:
    """The clock that this step starts and when it ends (UTC), None if it starts none.

    It runs from when the thing happened, however late that is recorded.
    """
    found = _found(case, event, attempt.at)
    if found is None:
        return None
    clock, since = found
    return clock.value, until(clock, since, attempt.rules)


def until(clock: CaseClock, since: datetime, rules: Rules) -> datetime:
    """When a clock of this school is due, in UTC."""
    means = rules.means
    return due(clock, since, calendar=means.calendar, zone=means.zone, profile=rules.profile)


def _found(case: Case, event: Event, at: datetime) -> tuple[CaseClock, datetime] | None:
    match event.kind:
        case StepKind.DECIDED:
            clock = _OF_DECISIONS.get(event.facts["decision"])
            return (clock, at) if clock else None
        case StepKind.ASKED if case.state in ON_LADDER:
            return _asked(event, at)
        case StepKind.ANSWERED if event.facts.get("poster_told_at"):
            return CaseClock.POSTER_5D, moment(event.facts["poster_told_at"]) or at
        case StepKind.NOTED if event.facts.get("starts"):
            return CaseClock(event.facts["starts"]), at
        case StepKind.STANDING:
            return CaseClock.REVIEW_30D, at
        case StepKind.CAME_BACK | StepKind.REOPENED if case.decision == "seek":
            return CaseClock.BASILDON_24H, at
        case StepKind.CHECKED if case.decided_at and _still_there(case, event):
            return CaseClock.BASILDON_24H, case.decided_at
    return None


def _asked(event: Event, at: datetime) -> tuple[CaseClock, datetime]:
    since = moment(event.facts.get("received_at", "")) or at
    return Rung(event.facts["rung"]).spec.clock_of(event.facts.get("kind", "")), since


def _still_there(case: Case, event: Event) -> bool:
    """Said to be gone, never seen gone, and still there: the first decision's clock keeps running."""
    claimed = case.state is CaseState.CONFIRMING and case.decision == "seek" and not seen_gone(case)
    return claimed and back(case, Check(event.facts["result"]))
