"""The facts of a step as whoever takes it is asked for them, at a command line or in a form.

A class says it in the metadata of its fields, by `asks`; what it does not say follows from their types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from data.content_class import ContentClass
from data.frozen import dataclass
from data.rungs import Rung


class ValueKind(StrEnum):
    """What a value may be, which says how it is asked for, read and put into words.

    SITE is a channel, or what somebody calls the site; PERSON an id of somebody at the school, WHOSE too, by
    default of the person targeted; NAMED an id or a name; POST the id of a post. Which there are of these
    and of REFERRAL, only the case and its school can tell.
    """

    CODE = "code"
    YES_NO = "yes_no"
    TIME = "time"
    NUMBER = "number"
    TEXT = "text"
    WORDS = "words"
    CLASS = "class"
    RUNG = "rung"
    CHANNEL = "channel"
    SITE = "site"
    LETTER = "letter"
    PERSON = "person"
    WHOSE = "whose"
    NAMED = "named"
    REFERRAL = "referral"
    POST = "post"


@dataclass(frozen=True, slots=True)
class StepField:
    """A fact: `attribute` of its class, `name` as it is stored, `label` a key of the catalogue.

    `help` is empty where nobody is asked, since the rules or the program add it. `choices` are the values it
    may have, with a remark on each or none; `type` is that of one value, where there may be several (`many`,
    written with `between` between them) or none (`optional`). Only those `among` these fit, where it says so.
    """

    attribute: str
    name: str
    label: str
    help: str
    kind: ValueKind
    choices: Mapping[str, str]
    required: bool
    many: bool
    type: type
    optional: bool
    among: frozenset[object] | None
    between: str


def asks(
    help_: str,
    choices: Mapping[str, str] | Iterable[str] = (),
    *,
    of: ValueKind | None = None,
    label: str = "",
    **more: object,
) -> dict[str, object]:
    """The metadata of a field that whoever takes the step is asked for."""
    return {"help": help_, "choices": choices, "of": of, "label": label, **more}


def told_of(of: type[Any]) -> tuple[str, ...]:
    """The names of the facts that are told with the step, each under a heading, `pack.name.KIND.FACT`.

    Ids and hashes stay in the record, and so does what is asked for under a label that is no such heading.
    """
    every = ((each.metadata, each.name) for each in fields(of))
    return tuple(
        said.get("key", name)
        for said, name in every
        if said.get("told", "help" in said and not said["label"])
    )


def facts_of_class(of: type[Any]) -> Mapping[str, StepField]:
    """Every fact that such a step may have, by its name, whether anybody is asked for it or not."""
    hints = get_type_hints(of)
    found = (_field(of, each, hints[each.name]) for each in fields(of))
    return {field.name: field for field in found}


def fields_of(of: type[Any]) -> tuple[StepField, ...]:
    """What is asked of whoever takes such a step, in the order of its class."""
    return tuple(field for field in facts_of_class(of).values() if field.help)


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
        help=said.get("help", ""),
        kind=said.get("of") or _BY_TYPE.get(one, ValueKind.CODE if choices else ValueKind.TEXT),
        choices=choices if isinstance(choices, Mapping) else dict.fromkeys(map(str, choices), ""),
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
