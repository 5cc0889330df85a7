"""The one thing to do next in a case, and by when: worked out once, for every door. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.ladder.advance import Refusal, advance
from alerts.ladder.refusals import remedy_of
from alerts.ladder.rules import Rules, second_persons, tried
from data.cases import Asking, Case, CaseState, Consent, Event, RunningClock
from data.rungs import EMERGENCY, Rung
from data.steps.acts import Values
from data.steps.asking import Asked
from data.steps.codes import Decision, Ending, Relationship, RungAnswer, StepKind, Support
from data.steps.keeping import Closed
from data.store.engine.rows import grouped
from data.types import About
from monitor.act.casework.steps import NextStep

LOOK, CAPTURE, WAIT = "look_again", "capture", "wait"


@dataclass(frozen=True, slots=True)
class NextAct:
    """An act (a kind of step, a function of `monitor.act`, WAIT, or "" for nothing), and what is settled of
    it; `due` is what runs until then."""

    act: str
    values: Values = ()
    due: RunningClock | None = None


def next_act(
    case: Case,
    ways: Sequence[NextStep],
    person_id: str,
    now: datetime,
    rules: Rules,
    answered: Collection[str] = (),
) -> NextAct:
    """What this person does next, of all that `ways` allows; where others must act first, that it waits.

    Who it is aimed at and who wrote it is asked once: not where that was `answered`, or put off.
    """
    due = case.due(now)
    if (urgent := _urgent(case, person_id, rules)) is not None:
        return NextAct(*urgent, due)
    if (found := _of_state(case, person_id, now, rules)) is not None:
        return NextAct(*found, due)
    pending = [a for a in case.askings if a.answer is None and not a.rung.spec.emergency]
    if pending:
        last = pending[-1]
        return NextAct(StepKind.ANSWERED, _of(last, now), due)
    settled = case.classified_by is None or case.decision is not None
    early = None if settled else _of_people(case, answered)
    return NextAct(*(early or _on_the_ladder(case, ways, now)), due)


def _of(asking: Asking, now: datetime) -> Values:
    """What is recorded of it; once its time is over, that nothing came."""
    over = asking.due_at is not None and asking.due_at <= now
    settled: Values = (("rung", asking.rung.value), ("kind", asking.kind))
    return (*settled, ("result", RungAnswer.NONE.value)) if over else settled


_Next = tuple[str, Values]


def _urgent(case: Case, person_id: str, rules: Rules) -> _Next | None:
    """What comes before everything: a danger of which people are still to be warned, a word on a call."""
    if case.state is CaseState.CLOSED:
        return "", ()
    if case.to_warn:
        return StepKind.WARNED, (("who", case.to_warn[0].value),)
    if case.unexplained:
        return StepKind.NOTED, ()
    if case.proposal is not None:
        able = any(p.id == person_id for p in second_persons(case, rules))
        return (StepKind.TURNED_DOWN if able else WAIT), ()
    return None


def _of_state(case: Case, person_id: str, now: datetime, rules: Rules) -> _Next | None:
    """What follows from where it is, if that is not on the ladder or nearly done."""
    if case.state is CaseState.FAIR_COMMENT:
        answered = case.responded_at is not None
        return (StepKind.CLOSED, _ends(Ending.ANSWERED)) if answered else (StepKind.RESPONDED, ())
    if case.state is CaseState.BYPASSED:
        told = bool(case.referred_to)
        return (StepKind.CLOSED, _ends(Ending.HANDED_OVER)) if told else (StepKind.REFERRED, ())
    if case.state is CaseState.CONFIRMING:
        ends = advance(case, Event(Closed(ending=Ending.REMOVED), person_id, "-"), now, rules)
        if isinstance(ends, Refusal):
            return (StepKind.COPY_FOUND if ends.copies else LOOK), ()
        return StepKind.CLOSED, _ends(Ending.REMOVED)
    if case.decision == Decision.ANSWER:
        answered = case.responded_at is not None
        return (StepKind.CLOSED, _ends(Ending.ANSWERED)) if answered else (StepKind.RESPONDED, ())
    if case.decision == Decision.STOP:
        return StepKind.CLOSED, _ends(Ending.STANDING)
    return None


def _ends(how: Ending) -> Values:
    return (("ending", how.value),)


def _on_the_ladder(case: Case, ways: Sequence[NextStep], now: datetime) -> _Next:
    """Of a threat the police; else the lowest rung that may be asked and was not, or what the first that may
    not be is without."""
    police = next((way for way in ways if way.rung is EMERGENCY), None)
    if case.threatens and not case.to_police and police is not None:
        if police.refusal is None:
            return StepKind.ASKED, (("rung", police.rung.value), ("kind", police.kind))
        if police.refusal.guard == "consent" and case.consent is Consent.NOT_ASKED:
            return StepKind.CONSENT_ASKED, (("person", case.target or ""),)
    left = [w for w in ways if not tried(case, w.rung, now, w.kind) and w.rung is not EMERGENCY]
    if now_open := next((way for way in left if way.refusal is None), None):
        return StepKind.ASKED, (("rung", now_open.rung.value), ("kind", now_open.kind))
    for way in left:
        if way.refusal is not None and (found := remedy_of(way.refusal.guard, case)) is not None:
            return found
    return (WAIT, ()) if case.due(now) else (StepKind.DECIDED, (("decision", Decision.STOP.value),))


def _of_people(case: Case, answered: Collection[str]) -> _Next | None:
    """What is asked of people before anybody decides: at whom it is aimed, support for them, who wrote it."""
    found: list[_Next] = []
    if case.about is About.STAFF and case.target is None:
        found.append((StepKind.TARGET, ()))
    if case.target is not None and case.support is Support.NOT_OFFERED:
        found.append((StepKind.SUPPORT, (("status", Support.OFFERED.value), ("person", case.target))))
    if case.relationship is Relationship.UNKNOWN:
        found.append((StepKind.AUTHOR, ()))
    return next((each for each in found if each[0] not in answered), None)


def other_ways(case: Case, person_id: str, now: datetime, rules: Rules) -> dict[Rung, list[str]]:
    """The rungs that may be asked for a reason that is written down, each in which ways."""
    rungs = [rung for rung in Rung if rung is not EMERGENCY]
    ways = [Asked(rung=rung, way=way.kind) for rung in rungs for way in rung.spec.ways]
    came = {said: advance(case, Event(said, person_id, "-"), now, rules) for said in ways}
    return grouped((s.rung, s.way) for s, done in came.items() if not isinstance(done, Refusal))
