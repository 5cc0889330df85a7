"""Which rungs can be asked now, and why the others cannot: each is tried, and nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.ladder.advance import Refusal, Rules, advance
from alerts.ladder.guards.remedies import who_can_satisfy
from data.cases import Case, CaseState, Event
from data.rungs import EMERGENCY, AskingWay, Rung
from data.steps.asking import Asked
from data.steps.codes import Relationship
from data.web.channels import Reporter, channel


@dataclass(frozen=True, slots=True)
class NextStep:
    """A rung that might be asked in one way.

    `refusal` says why it cannot be asked, None where it can; `by` is the id of whoever can do something
    about that.
    """

    rung: Rung
    kind: str
    refusal: Refusal | None
    by: str


def next_steps(case: Case, person_id: str, now: datetime, rules: Rules) -> tuple[NextStep, ...]:
    """What this person could ask next, in the order of the ladder; nothing in a state without rungs."""
    if case.state in (CaseState.CLOSED, CaseState.FAIR_COMMENT, CaseState.BYPASSED):
        return ()
    ways = [(rung, way) for rung in Rung for way in rung.spec.ways if way.offered]
    return tuple(
        _tried(case, person_id, rung, way.kind, now, rules) for rung, way in ways if _fits(way, rung, case)
    )


def _fits(way: AskingWay, rung: Rung, case: Case) -> bool:
    """A parent is spoken to first; in a private conversation a member reports, and nobody else; only what is
    no platform has a host and a registrar of its own.
    """
    if way.for_sites and not channel(case.channel).operated:
        return False
    if way.for_parents and case.relationship is not Relationship.PARENT:
        return False
    for_members = any(other.for_members for other in rung.spec.ways)
    private = channel(case.channel).reporter is Reporter.MEMBER
    return not for_members or way.for_members is private


def _tried(case: Case, person_id: str, rung: Rung, kind: str, now: datetime, rules: Rules) -> NextStep:
    said = Asked(rung=rung, way=kind, imminent=False if rung is EMERGENCY else None)
    done = advance(case, Event(said, person_id), now, rules)
    if not isinstance(done, Refusal):
        return NextStep(rung, kind, None, person_id)
    return NextStep(rung, kind, done, who_can_satisfy(done.guard, case, person_id, rules))
