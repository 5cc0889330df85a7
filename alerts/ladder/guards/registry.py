"""The guards by name, those asked of every step, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from alerts.access.acts import Act, wanted_offices
from alerts.access.guidance import office_named
from alerts.access.independence import confirmers
from alerts.access.knowing import Access
from alerts.ladder.guards import asking, closing, keeping, police, steps
from alerts.ladder.reclassifying import meant_by
from alerts.ladder.rules import SCHOOLGATE, Refusal, StepAttempt, imminent, moment
from alerts.ladder.transitions import BY_PROGRAM, DANGER, FIRST, MAY_PRECEDE, NO_ROW, TABLE, Transition
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
from data.types import About, Person, Route
from data.web.channels import CHANNELS

Guard = Callable[[StepAttempt], bool]
"""True if the step may be taken, as far as this guard is concerned."""

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


def known_to_actor(attempt: StepAttempt) -> bool:
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


_WRITTEN_IN = (asking, police, steps, keeping, closing)


def _named(name: str) -> Guard:
    found: Guard = next(vars(module)[name] for module in _WRITTEN_IN if name in vars(module))
    return found


GUARDS: Mapping[str, Guard] = {
    **{name: _named(name) for row in TABLE.values() for name in row.guards},
    **{name: _named(name) for rung in Rung for name in rung.spec.guards},
    **{"facts": facts, "actor": actor, "may_see": known_to_actor, "when": when},
}
"""Every guard of the table, by name."""


def refused(attempt: StepAttempt, names: tuple[str, ...]) -> Refusal | None:
    """The refusal of the first of these guards that fails, None if none does."""
    return next((refusal(name, attempt) for name in names if not GUARDS[name](attempt)), None)


def not_allowed(attempt: StepAttempt) -> Refusal | None:
    """The refusal of this step, None if it may be taken."""
    if imminent(attempt.event):
        return _not_written(attempt)
    row = row_of(attempt)
    if isinstance(row, Refusal):
        return refused(attempt, FIRST) or row
    names = (*row.guards, *attempt.rung.spec.guards) if _asks(attempt) else row.guards
    return refused(attempt, (*FIRST, *names))


def _not_written(attempt: StepAttempt) -> Refusal | None:
    """Danger waits for no guard: anybody at the school may record that 999 was rung, in every state of
    `DANGER`. Refused only if nobody is named, or the case is closed."""
    if attempt.actor is None:
        return refusal("actor", attempt)
    return None if attempt.case.state in DANGER else refusal("closed", attempt)


def _asks(attempt: StepAttempt) -> bool:
    return attempt.event.kind is StepKind.ASKED and not wrong_facts(attempt.event)


def row_of(attempt: StepAttempt) -> Transition | Refusal:
    """The table's row for this step in this state, or why there is none."""
    row = TABLE.get((attempt.case.state, attempt.event.kind))
    if row is not None:
        return row
    if attempt.event.kind in (StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING):
        return refusal("by_closing", attempt)
    if attempt.event.kind is StepKind.CAME_BACK:
        return refusal("was_gone", attempt)
    return refusal(NO_ROW.get(attempt.case.state, "no_row"), attempt)


def refusal(guard: str, attempt: StepAttempt) -> Refusal:
    """What is said if a guard fails, and the remedy."""
    w, said, remedy = attempt.rules.w, f"refusal.{guard}.said", f"refusal.{guard}.remedy"
    wanted = (name for name in _MENTIONED if w.fills_in(name, said) or w.fills_in(name, remedy))
    given = {name: _MENTIONED[name](attempt) for name in wanted}
    return Refusal(guard, w(said, **given), w(remedy, **given))


def _named_person(attempt: StepAttempt, person_id: str | None) -> str:
    person = attempt.rules.person(person_id)
    return person.name if person else person_id or "–"


def _confirm(attempt: StepAttempt) -> tuple[Person, ...]:
    matter, rules = attempt.rules.matter(attempt.case), attempt.rules
    return confirmers(matter, meant_by(attempt.case, attempt.event, rules), rules.people)


def _names(attempt: StepAttempt, people: Sequence[Person]) -> str:
    """Who could do it instead; where nobody can, the offices that are missing from the settings."""
    rules, w = attempt.rules, attempt.rules.w
    if people:
        return w.listed([p.name for p in people])
    wanted = wanted_offices(rules.matter(attempt.case), rules.people)
    return w("refusal.nobody", offices=", ".join(office_named(r, rules.school.nation, w) for r in wanted))


def _kinds(attempt: StepAttempt) -> tuple[str, ...]:
    return attempt.rung.spec.kinds if _asks(attempt) else ()


_MENTIONED: Mapping[str, Callable[[StepAttempt], str]] = {
    "number": lambda attempt: attempt.case.id,
    "class_now": lambda attempt: attempt.case.content_class,
    "facts": lambda attempt: ", ".join(wrong_facts(attempt.event)),
    "deciders": lambda attempt: _names(attempt, attempt.who_may(Act.DECIDE)),
    "heads": lambda attempt: _names(attempt, attempt.who_may(Act.APPROVE)),
    "confirmers": lambda attempt: _names(attempt, _confirm(attempt)),
    "target": lambda attempt: _named_person(attempt, attempt.case.target),
    "held_by": lambda attempt: _named_person(attempt, attempt.case.hold_by),
    "places": lambda attempt: ", ".join(sorted(steps.PLACES)),
    "kinds": lambda attempt: ", ".join(_kinds(attempt)) or "–",
    "until": lambda attempt: _until(attempt),
}
"""What the sentences of a refusal may mention; only what they do is worked out."""


def _until(attempt: StepAttempt) -> str:
    """When the first of what is waited for is due."""
    if attempt.case.due is None:
        return "–"
    at, zone = attempt.case.due.due_at, attempt.rules.means.zone
    return f"{attempt.rules.w.day(at, attempt.now, zone)} {attempt.rules.w.clock(at, zone)}"
