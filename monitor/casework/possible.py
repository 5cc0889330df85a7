"""Which rungs somebody could ask now, and what keeps the others: found by trying each, changing nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.ladder.advance import Refusal, Rules, advance
from data.cases import Case, CaseState, Event, Relationship, Rung, StepKind

_WAYS: tuple[tuple[Rung, str, str], ...] = (
    (Rung.AUTHOR_REQUEST, "conversation", ""),
    (Rung.AUTHOR_REQUEST, "removal", ""),
    (Rung.PLATFORM_REPORT, "", ""),
    (Rung.HOST, "host", ""),
    (Rung.HOST, "s5", ""),
    (Rung.ISP, "registrar", ""),
    (Rung.POSH, "", ""),
    (Rung.POSH, "rhc", ""),
    (Rung.POLICE, "", "no"),
)
"""Every rung, in each way that has rules of its own, and for the police: not imminent."""


@dataclass(frozen=True, slots=True)
class Possible:
    """A rung that might be asked in one way; `refusal` says what keeps it from being asked, None where
    nothing does.
    """

    rung: Rung
    kind: str
    refusal: Refusal | None


def possible(case: Case, person_id: str, now: datetime, rules: Rules) -> tuple[Possible, ...]:
    """What this person could ask next, up the ladder; nothing where no rung is spoken of in this state."""
    if case.state in (CaseState.CLOSED, CaseState.FAIR_COMMENT, CaseState.BYPASSED):
        return ()
    ways = (way for way in _WAYS if case.relationship is Relationship.PARENT or way[1] != "conversation")
    return tuple(_tried(case, person_id, rung, kind, imminent, now, rules) for rung, kind, imminent in ways)


def _tried(
    case: Case, person_id: str, rung: Rung, kind: str, imminent: str, now: datetime, rules: Rules
) -> Possible:
    given = {"rung": rung.value, "kind": kind, "imminent": imminent}
    facts = {name: value for name, value in given.items() if value}
    done = advance(case, Event(StepKind.ASKED, person_id, facts=facts), now, rules)
    return Possible(rung, kind, done if isinstance(done, Refusal) else None)
