"""A step's facts as they are stored, and as they are read again: the only place that knows their names.

A fact is a short text: “yes” and “no”, the value of a code, a time in ISO 8601, ids with blanks between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from data.content_class import BYPASSING, ContentClass
from data.rungs import Rung
from data.steps import asking, judging, keeping
from data.steps.codes import StepClass, StepKind, ValueKind

Step = StepClass
KINDS: Mapping[StepKind, type[Any]] = {
    each.kind: each
    for module in (judging, asking, keeping)
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, StepClass) and each is not StepClass
}
"""The class of each kind."""


@dataclass(frozen=True, slots=True)
class StepField:
    """A fact: `attribute` of its class, `name` as it is stored, `label` a key of the catalogue. Nobody is
    `asked` for what the rules or the program add. `choices` are the values it may have; `type` is that of
    one, where there may be several (`many`, written with `between` between them) or none (`optional`). Only
    those `among` these fit, where it says so."""

    attribute: str
    name: str
    label: str
    asked: bool
    kind: ValueKind
    choices: tuple[str, ...]
    required: bool
    many: bool
    type: type
    optional: bool
    among: frozenset[object] | None
    between: str


def read_stored(kind: StepKind, facts: Mapping[str, str]) -> tuple[Step, Mapping[str, str]]:
    """A step that was stored, and as it is written there: facts that this program does not know, or would
    write otherwise. Raises ValueError where a fact that is known has a value that is not."""
    step = _read_step(kind, facts)
    written = facts_to_store(step)
    return step, {name: said for name, said in facts.items() if written.get(name) != said}


@cache
def facts_of_kind(kind: StepKind) -> Mapping[str, StepField]:
    """Every fact that a step of that kind may have, by its name, whether anybody is asked for it or not."""
    of = KINDS[kind]
    hints = get_type_hints(of)
    found = (_field(of, each, hints[each.name]) for each in fields(of))
    return {field.name: field for field in found}


def names_of_facts(kind: StepKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the facts that a step of that kind must say, and those it may say besides."""
    facts = facts_of_kind(kind).values()
    return tuple(f.name for f in facts if f.required), tuple(f.name for f in facts if not f.required)


def facts_to_store(step: Step) -> dict[str, str]:
    """Return its facts as they are stored, by name, without those that say nothing."""
    found = {}
    for fact in facts_of_kind(step.kind).values():
        value = getattr(step, fact.attribute)
        if value is not None if fact.optional else value not in ("", ()):
            write = fact.between.join if fact.many else _WRITTEN.get(fact.type, str)
            found[fact.name] = write(value)
    return found


def faults_of(step: Step) -> tuple[str, ...]:
    """The names of facts that are missing, or are none that such a step may have."""
    odd = []
    for fact in facts_of_kind(step.kind).values():
        value = getattr(step, fact.attribute)
        missing = value is None or value == ""
        if fact.required if missing else fact.among is not None and value not in fact.among:
            odd.append(fact.name)
    lane, given = getattr(step, "lane", None), getattr(step, "content_class", None)
    return (*odd, *(["lane"] if lane and given is not None and given not in BYPASSING else []))


def _read_step(kind: StepKind, facts: Mapping[str, str]) -> Step:
    found: dict[str, Any] = {}
    wrong = []
    for fact in facts_of_kind(kind).values():
        said = facts.get(fact.name)
        if said is None or (not said and (fact.required or not (fact.many or fact.type is str))):
            wrong += [fact.name] if fact.required else []
            continue
        try:
            one = _READ.get(fact.type, fact.type)
            found[fact.attribute] = tuple(said.replace(",", " ").split()) if fact.many else one(said)
        except (ValueError, KeyError):
            wrong.append(fact.name)
    if wrong:
        raise ValueError(f"a step {kind} is without, or has odd: {', '.join(wrong)}")
    step: Step = KINDS[kind](**found)
    return step


def parse_moment(said: str) -> datetime:
    """Read an ISO 8601 time, a bare date as its beginning, in UTC. Raises ValueError where it is neither."""
    found = datetime.fromisoformat(said)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    bool: lambda value: "yes" if value else "no",
    datetime: datetime.isoformat,
}
_READ: Mapping[type, Callable[[str], object]] = {
    bool: {"yes": True, "no": False}.__getitem__,
    datetime: parse_moment,
}
"""How values of a type are written and read; any other as a text, and by its own class."""


def fields_of(of: type[Any]) -> tuple[StepField, ...]:
    """List what is asked of whoever takes such a step, in the order of its class."""
    return tuple(field for field in facts_of_kind(of.kind).values() if field.asked)


def _field(of: type[Any], each: Field[Any], hint: Any) -> StepField:
    said, name = each.metadata, each.metadata.get("key", each.name)
    several = next((one for one in (hint, *get_args(hint)) if get_origin(one) is tuple), None)
    one: type = next(one for one in (*get_args(several or hint), hint) if one not in (NoneType, ...))
    coded = issubclass(one, StrEnum) and one is not ContentClass
    choices: Any = said.get("choices") or (said.get("among") or one if coded else ())
    return StepField(
        attribute=each.name,
        name=name,
        label=said.get("label") or f"pack.name.{of.kind}.{name}",
        asked="asked" in said,
        kind=said.get("of") or _BY_TYPE.get(one, ValueKind.CODE if choices else ValueKind.TEXT),
        choices=tuple(map(str, choices)),
        required=each.default is MISSING,
        many=several is not None,
        type=one,
        optional=NoneType in get_args(hint),
        among=said.get("among"),
        between=said.get("between", " "),
    )


_BY_TYPE: Mapping[type, ValueKind] = {
    bool: ValueKind.YES_NO,
    int: ValueKind.NUMBER,
    datetime: ValueKind.TIME,
    ContentClass: ValueKind.CLASS,
    Rung: ValueKind.RUNG,
}
