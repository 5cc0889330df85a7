"""What follows from what is known about a case: its state, its running clocks, its next check."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.ladder.clocks import LONDON, due, recheck_times
from alerts.places import at_place, everywhere, gone, places
from data.cases import Case, CaseState, CaseStep, Profile, RunningClock
from data.content_class import class_spec
from data.register.calendar import Calendar
from data.rungs import OF_PRIVACY, CaseClock
from data.steps.asking import Answered, Asked
from data.steps.codes import Complainant, Ending, PlaceRole, Relationship, RungAnswer
from data.types import About

GONE_ENDINGS = frozenset((Ending.REMOVED, Ending.CHANGED))
"""Endings after which the address is still checked: the post may come back."""
OF_DECISIONS = (CaseClock.BASILDON_24H, CaseClock.REVIEW_30D)

RHC = "rhc"
"""The way of asking Report Harmful Content."""


def with_derived_state(case: Case) -> Case:
    """The case with its state, its next check and its clocks in order."""
    if case.decided_by in case.subjects:  # by somebody it turns out to accuse
        case = without(undecided(case), *OF_DECISIONS)
    if case.sought_by in case.subjects:
        case = replace(case, sought=None, sought_by=None)
    if case.chronology_by in case.subjects:
        case = without_chronology(case)
    case = replace(case, pictures_allowed=case.pictures_allowed and not may_show_a_child(case))
    case = everywhere(case, _with_next_check)
    case = replace(case, state=_state(case))
    waits = [w for w in case.waits if w.clock not in _DERIVED]
    waits += _warnings(case) if case.to_warn and case.closed_at is None else []
    for here in places(case):
        waits += _of_place(seen_from(case, here.place))
    return replace(case, waits=tuple(sorted(waits, key=lambda w: (w.due_at, w.clock, w.place))))


def seen_from(case: Case, n: int) -> Case:
    """The case at one of its places, in the state that it has there; of a single place, as it is."""
    if not case.others:
        return case
    here = at_place(case, n)
    alone = replace(here, others=(), role=PlaceRole.POST, left=False)
    return replace(here, state=_state(alone))


def _of_place(case: Case) -> list[RunningClock]:
    """The clocks of one place that are worked out anew."""
    if case.left:
        return []
    if case.state is CaseState.CONFIRMING and case.said_gone_at and case.recheck_at:
        return [RunningClock(CaseClock.RECHECK.value, case.said_gone_at, case.recheck_at, case.place)]
    waits = _awaited(case) if case.state is CaseState.WAITING else []
    return waits + (_silences(case) if case.state in (CaseState.WAITING, CaseState.SEEKING) else [])


_DERIVED = frozenset((CaseClock.RECHECK, CaseClock.RHC_WEEK, CaseClock.WARN_1H))
"""Clocks that are worked out anew from what is known, whatever else stops."""


def _warnings(case: Case) -> list[RunningClock]:
    """The clock of the newest call to 999."""
    clock = case.called and case.called.running
    return [clock] if clock else []


def may_show_a_child(case: Case) -> bool:
    """May a picture of it show a child, nudity or anything that bypasses the ladder?"""
    child = case.about is About.PUPIL or case.complainant is Complainant.PUPIL
    child = child or case.relationship is Relationship.PUPIL
    return child or not all(class_spec(c).pictures for c in (case.content_class, case.proposed_class))


def next_check_at(case: Case) -> datetime | None:
    """When its address should be checked next (UTC), None if it need not be.

    After it was said to be gone: 1 h, 24 h, 72 h, 7 and 30 days, even if the case has been closed by then.
    A post that was left up: once, when its review is due.
    """
    if case.closed_at and case.ending not in GONE_ENDINGS:
        return case.recheck_at
    if case.said_gone_at is None:
        return None
    newest = max((look.at for look in case.checks), default=case.said_gone_at)
    return next((t for t in recheck_times(case.said_gone_at) if t > newest), None)


def _with_next_check(here: Case) -> Case:
    at = next_check_at(here)
    return here if at == here.recheck_at else replace(here, recheck_at=at)


def started(case: Case, step: CaseStep, since: datetime | None = None) -> Case:
    """With the clock that a step starts, if any."""
    if step.due_at is None:
        return case
    place = case.place if isinstance(step.said, Asked | Answered) else 0
    clock = RunningClock(step.clock, since or step.done_at, step.due_at, place)
    return replace(case, waits=(*case.waits, clock))


def sought(case: Case, step: CaseStep, by: str | None) -> Case:
    """With the school's own target running: that of the first decision since the post last came back
    (Basildon 9.3), which no later one puts off, however it was recorded.
    """
    if step.due_at is None:
        return case
    first = case.sought or RunningClock(step.clock, step.done_at, step.due_at)
    bare = without(case, first.clock)
    return replace(bare, waits=(*bare.waits, first), sought=first, sought_by=case.sought_by or by)


def without(case: Case, *clocks: str) -> Case:
    """Without these clocks."""
    return replace(case, waits=tuple(w for w in case.waits if w.clock not in clocks))


def without_all(case: Case) -> Case:
    """Without any clock except what is owed to a person about their data."""
    return replace(case, waits=tuple(w for w in case.waits if w.clock in OF_PRIVACY))


def put_down(case: Case) -> Case:
    """As for fair comment or a bypass route: removal is no longer sought."""
    bare = everywhere(replace(undecided(case), pictures_allowed=False), not_gone)
    return without_chronology(without_all(bare))


def not_gone(case: Case) -> Case:
    """The case as if it had never been said to be gone at that place."""
    return replace(case, said_gone_at=None, checks=(), recheck_at=None)


def undecided(case: Case) -> Case:
    """As if nobody had decided yet."""
    return replace(case, decision=None, decided_by=None, decided_at=None, delegated=False)


def without_chronology(case: Case) -> Case:
    """A chronology is allowed only within one open case of harassment."""
    return replace(case, chronology_by=None, chronology_author=None, chronology_person=None)


def _awaited(case: Case) -> list[RunningClock]:
    """Clocks of unanswered requests that are not running yet, or were stopped, and now run."""
    asked = [clock for a in case.askings if a.answer is None and (clock := a.running)]
    return [w for w in asked if w not in case.waits and w.clock not in _DERIVED]


def _silences(case: Case) -> list[RunningClock]:
    """A platform's week of silence, recorded or not, until an individual goes to Report Harmful Content; none
    of a class that it does not take.
    """
    takes = case.complainant is not Complainant.SCHOOL and class_spec(case.content_class).harm
    if not takes or any(a.kind == RHC for a in case.askings):
        return []
    asked = [a.at for a in case.reports if a.answer in (None, RungAnswer.NONE)]
    return [RunningClock(CaseClock.RHC_WEEK.value, at, rhc_from(at), case.place) for at in asked]


def rhc_from(asked_at: datetime) -> datetime:
    """When Report Harmful Content takes what a platform was told at `asked_at` and did not answer."""
    return due(CaseClock.RHC_WEEK, asked_at, calendar=Calendar(), zone=LONDON, profile=Profile())


def _state(case: Case) -> CaseState:
    if case.closed_at is not None:
        return CaseState.CLOSED
    if case.lane is not None:
        return CaseState.BYPASSED
    if case.fair:
        return CaseState.FAIR_COMMENT
    if gone(case):
        return CaseState.CONFIRMING
    if case.decision in ("answer", "stop"):
        return CaseState.TRIAGE
    asked = (here for here in places(case) if here.said_gone_at is None and not here.left)
    if any(a.answer is None for here in asked for a in here.askings):
        return CaseState.WAITING
    return CaseState.SEEKING if case.decision == "seek" else CaseState.TRIAGE
