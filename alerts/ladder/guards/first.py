"""What is asked of every step before all else: its facts, who takes it, may they see the case, and when."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.access.knowing import Access
from alerts.ladder.rules import SCHOOLGATE, StepAttempt, moment
from data.cases import (
    FACTS,
    BypassRoute,
    Check,
    Complainant,
    Ending,
    Event,
    KeptLetter,
    Relationship,
    RungAnswer,
    StepKind,
    Support,
)
from data.content_class import BYPASSING, CLASSES, ContentClass
from data.rungs import Rung
from data.types import About, Route
from data.web.channels import CHANNELS

_CLASSES = frozenset(CLASSES)
_VALUES: Mapping[tuple[StepKind, str], frozenset[str]] = {
    (StepKind.OPENED, "route"): frozenset(Route),
    (StepKind.OPENED, "about"): frozenset(About),
    (StepKind.OPENED, "proposed_class"): _CLASSES | {ContentClass.UNJUDGED},
    (StepKind.OPENED, "lane"): frozenset(BypassRoute),
    (StepKind.OPENED, "restricted"): frozenset(("yes", "no")),
    (StepKind.OPENED, "own_site"): frozenset(("yes", "no")),
    (StepKind.CLASSIFIED, "class"): _CLASSES,
    (StepKind.CLASSIFIED, "lane"): frozenset(BypassRoute),
    (StepKind.RECLASSIFIED, "from"): _CLASSES,
    (StepKind.RECLASSIFIED, "class"): _CLASSES,
    (StepKind.RECLASSIFIED, "lane"): frozenset(BypassRoute),
    (StepKind.PROPOSED, "from"): _CLASSES | {ContentClass.UNJUDGED},
    (StepKind.PROPOSED, "class"): _CLASSES,
    (StepKind.PROPOSED, "lane"): frozenset(BypassRoute),
    (StepKind.AUTHOR, "relationship"): frozenset(Relationship),
    (StepKind.AUTHOR, "contact_safe"): frozenset(("yes", "no")),
    (StepKind.COMPLAINANT, "who"): frozenset(Complainant),
    (StepKind.PLACE, "channel"): frozenset(CHANNELS),
    (StepKind.TARGET, "about"): frozenset(About),
    (StepKind.DECIDED, "decision"): frozenset(("seek", "answer", "stop")),
    (StepKind.ASKED, "rung"): frozenset(Rung),
    (StepKind.ASKED, "imminent"): frozenset(("yes", "no")),
    (StepKind.ASKED, "kept"): frozenset(KeptLetter) - {KeptLetter.AS_CAME},
    (StepKind.ANSWERED, "rung"): frozenset(Rung),
    (StepKind.ANSWERED, "kept"): frozenset((KeptLetter.AS_CAME, KeptLetter.NOT_KEPT)),
    (StepKind.ANSWERED, "result"): frozenset(RungAnswer),
    (StepKind.SUPPORT, "status"): frozenset(Support) - {Support.NOT_OFFERED},
    (StepKind.EVIDENCE, "kind"): frozenset(("page", "supplied", "told", "wall")),
    (StepKind.CHECKED, "result"): frozenset(Check),
    (StepKind.CHECKED, "amended"): frozenset(("yes", "no")),
    (StepKind.CLOSED, "ending"): frozenset(Ending),
}
"""The values a fact may have, if there is a list."""
_TIMES = ("written_at", "received_at", "poster_told_at", "review")


BY_PROGRAM = frozenset(
    (
        StepKind.OPENED,
        StepKind.EVIDENCE,
        StepKind.LETTER,
        StepKind.HOSTED,
        StepKind.CHECKED,
        StepKind.COPY_FOUND,
        StepKind.CAME_BACK,
        StepKind.LOCKED,
    )
)
"""What the program may record by itself; everything else needs a named person."""

MAY_PRECEDE = frozenset(
    (
        StepKind.ASKED,
        StepKind.ANSWERED,
        StepKind.RESPONDED,
        StepKind.CONSENT_ASKED,
        StepKind.CONSENT_GIVEN,
        StepKind.CONSENT_REFUSED,
        StepKind.SUPPORT,
        StepKind.EVIDENCE,
        StepKind.REFERRED,
        StepKind.DECIDED,
        StepKind.WEIGHED,
        StepKind.NOTED,
        StepKind.CHECKED,
    )
)
"""What may have happened before the case was opened here."""


def facts(attempt: StepAttempt) -> bool:
    """The step has every fact it must have, and none it may not."""
    return not wrong_facts(attempt.event)


def wrong_facts(event: Event) -> tuple[str, ...]:
    """The names of facts that are missing, unknown or invalid."""
    kind, given = event.kind, event.facts
    must, may = FACTS[kind]
    missing = [name for name in must if not given.get(name)]
    unknown = [name for name in given if name not in (*must, *may)]
    odd = [
        name for name, value in given.items() if value and value not in _VALUES.get((kind, name), (value,))
    ]
    if given.get("lane") and "class" in must and given.get("class") not in BYPASSING:
        odd.append("lane")
    untimely = [name for name in _TIMES if given.get(name) and moment(given[name]) is None]
    return tuple(dict.fromkeys((*missing, *unknown, *odd, *untimely)))


def actor(attempt: StepAttempt) -> bool:
    """A named person at the school acts; the program itself only where nothing is decided."""
    if attempt.event.actor == SCHOOLGATE:
        return attempt.event.kind in BY_PROGRAM
    return attempt.actor is not None


def may_see(attempt: StepAttempt) -> bool:
    """A subject does nothing in a case, and neither does anybody who may not see it."""
    if attempt.actor is None:
        return attempt.event.actor not in attempt.case.subjects
    return attempt.rules.access(attempt.actor, attempt.case) >= Access.STATUS


def when(attempt: StepAttempt) -> bool:
    """Nothing is dated ahead; what the case itself does comes after its opening, its checks and its end."""
    times = [moment(attempt.fact(name)) for name in ("written_at", "received_at", "poster_told_at")]
    past = attempt.at <= attempt.now and all(t is None or t <= attempt.now for t in times)
    case = attempt.case
    known = (case.opened_at, case.closed_at or case.opened_at, *(seen.at for seen in case.checks))
    return past and (attempt.event.kind in MAY_PRECEDE or attempt.at >= max(known))


FIRST = (facts, actor, may_see, when)
"""In the order in which they are asked, whatever the step."""
