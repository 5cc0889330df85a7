"""A step's facts as they are stored, and as they are read again: the only place that knows their names.

A fact is a short text: “yes” and “no”, the value of a code, a time in ISO 8601, ids with blanks between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from data.content_class import BYPASSING
from data.frozen import dataclass
from data.steps.codes import StepKind
from data.steps.kinds import KINDS, Step


@dataclass(frozen=True, slots=True)
class WrongFacts:
    """Facts that are no step of their kind: the names of those that are missing, unknown or invalid."""

    names: tuple[str, ...]


def read_step(kind: StepKind, facts: Mapping[str, str]) -> Step | WrongFacts:
    """The step of that kind with those facts; of none other than it may have."""
    step = _read(kind, facts)
    needed, more = names_of(kind)
    unknown = [name for name in facts if name not in (*needed, *more)]
    wrong = (*(step.names if isinstance(step, WrongFacts) else faults_of(step)), *unknown)
    return WrongFacts(wrong) if isinstance(step, WrongFacts) or wrong else step


def read_stored(kind: StepKind, facts: Mapping[str, str]) -> tuple[Step, Mapping[str, str]]:
    """A step that was stored, and as it is written there: facts that this program does not know, or would
    write otherwise.

    Raises ValueError where a fact that is known has a value that is not.
    """
    step = _read(kind, facts)
    if isinstance(step, WrongFacts):
        raise ValueError(f"a step {kind} is without, or has odd: {', '.join(step.names)}")
    written = facts_of(step)
    return step, {name: said for name, said in facts.items() if written.get(name) != said}


def names_of(kind: StepKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The facts that a step of that kind must say, and those it may say besides."""
    facts = _facts(kind)
    return tuple(f.name for f in facts if f.needed), tuple(f.name for f in facts if not f.needed)


def facts_of(step: Step) -> dict[str, str]:
    """Its facts as they are stored, by name, without those that say nothing."""
    said = ((fact, getattr(step, fact.attribute)) for fact in _facts(step.kind))
    return {fact.name: fact.write(value) for fact, value in said if fact.says(value)}


def faults_of(step: Step) -> tuple[str, ...]:
    """The names of facts that are missing, or are none that such a step may have."""
    odd = [fact.name for fact in _facts(step.kind) if not fact.fits(getattr(step, fact.attribute))]
    lane, given = getattr(step, "lane", None), getattr(step, "content_class", None)
    return (*odd, *(["lane"] if lane and given is not None and given not in BYPASSING else []))


@dataclass(frozen=True, slots=True)
class _Fact:
    """One field of a kind of step: where it is, what it is called, and how it is written and read."""

    attribute: str
    name: str
    needed: bool
    optional: bool
    among: frozenset[object] | None
    blank: bool
    write: Callable[[Any], str]
    read: Callable[[str], object]

    def says(self, value: object) -> bool:
        return value is not None if self.optional else value not in ("", ())

    def fits(self, value: object) -> bool:
        if value is None or value == "":
            return not self.needed
        return self.among is None or value in self.among


def _read(kind: StepKind, facts: Mapping[str, str]) -> Step | WrongFacts:
    found: dict[str, Any] = {}
    wrong = []
    for fact in _facts(kind):
        said = facts.get(fact.name)
        if said is None or (not said and (fact.needed or not fact.blank)):
            wrong += [fact.name] if fact.needed else []
            continue
        try:
            found[fact.attribute] = fact.read(said)
        except ValueError:
            wrong.append(fact.name)
    return WrongFacts(tuple(wrong)) if wrong else KINDS[kind](**found)


@cache
def _facts(kind: StepKind) -> tuple[_Fact, ...]:
    hints, found = get_type_hints(KINDS[kind]), []
    for each in fields(KINDS[kind]):
        kinds = get_args(hints[each.name])
        optional = NoneType in kinds
        (meant,) = (kind for kind in kinds if kind is not NoneType) if optional else (hints[each.name],)
        between = each.metadata.get("between", " ")
        write, read = _WAYS[meant if meant in _WAYS else StrEnum]
        if get_args(meant):
            write, read = between.join, _texts
        found.append(
            _Fact(
                attribute=each.name,
                name=each.metadata.get("key", each.name),
                needed=each.default is MISSING,
                optional=optional,
                among=each.metadata.get("among"),
                blank=bool(get_args(meant)) or meant is str,
                write=write,
                read=meant if read is None else read,
            )
        )
    return tuple(found)


def moment(said: str) -> datetime:
    """A time in ISO 8601, a bare date as its beginning, in UTC. Raises ValueError where it is neither."""
    found = datetime.fromisoformat(said)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _yes(said: str) -> bool:
    if said not in ("yes", "no"):
        raise ValueError(said)
    return said == "yes"


def _texts(said: str) -> tuple[str, ...]:
    return tuple(said.replace(",", " ").split())


_WAYS: Mapping[type, tuple[Callable[[Any], str], Callable[[str], object] | None]] = {
    str: (str, str),
    int: (str, int),
    bool: (lambda value: "yes" if value else "no", _yes),
    datetime: (datetime.isoformat, moment),
    StrEnum: (str, None),
}
"""How values of a type are written and read; a code by its own class."""
