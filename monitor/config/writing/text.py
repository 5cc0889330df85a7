"""The commented `schoolgate.toml` that `init` writes, and its tables: values in, text out."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from data.errors import write_commands
from data.types import KEY_OF_A_TRUST, Person, School, Source
from monitor.config.model import TRUST, SchoolTable
from monitor.config.toml_text import rows, toml
from sources.places import Proposal
from sources.registry import CATALOGUE

TERMS = "Its terms, as read on"
"""What the comment above a place says that was written by program."""
_WIDTH = 108
_FIRST_PAGES = Source("", "", "").max_pages
_PACES = ((86_400, "d", "day"), (3_600, "h", "hour"), (60, "m", "minute"))


def source_values(source: Source) -> dict[str, object]:
    """Its keys as the file has them, without those that say what holds anyhow."""
    interval = None  # the kind's own pace
    if source.interval_s is not None:
        of, letter, _ = _unit(source.interval_s)
        interval = f"{source.interval_s / of:g}{letter}"
    said: dict[str, object] = {
        "id": source.id,
        "kind": source.kind,
        "url": source.url,
        "name": "" if source.name == source.id else source.name,
        "schools": [_key_text(urn) for urn in source.urns],
        "channel": source.channel,
        "listing": source.listing,
        "surfaced": source.surfaced,
        "interval": interval,
        "max_pages": source.max_pages if source.max_pages != _FIRST_PAGES else None,
        "settings": dict(source.settings),
        "own": source.own,
        "notice": source.notice,
        "disabled": source.disabled,
    }
    return {key: value for key, value in said.items() if value}


def _key_text(urn: str) -> str:
    """A school's key as the file has it; of a trust “trust”."""
    return TRUST if urn.startswith(KEY_OF_A_TRUST) else urn


def place_text(proposal: Proposal) -> str:
    """The place with a comment: what it sees, how often, its terms and the day on which they were read."""
    source, checked = proposal.source, proposal.checked
    day = f"{checked.day} {checked:%B %Y}"
    seconds = source.interval_s or CATALOGUE[source.kind].default_interval_s
    of, _, name = _unit(seconds)
    count = f"{seconds / of:g}"
    pace = f"every {name}" if count == "1" else f"every {count} {name}s"
    told = f"{proposal.sees} Looked at {pace}. {TERMS} {day}: {proposal.terms}"
    comment = textwrap.wrap(told, _WIDTH, break_long_words=False, break_on_hyphens=False)
    keys = [f"{key} = {toml(value)}" for key, value in source_values(source).items()]
    return "\n".join([*(f"# {line}" for line in comment), "[[sources]]", *keys])


def _unit(seconds: float) -> tuple[int, str, str]:
    return next((pace for pace in _PACES if seconds >= pace[0] and seconds % pace[0] == 0), _PACES[-1])


@dataclass(frozen=True, slots=True)
class Draft:
    """The facts known when the file is written; what is missing is there as a comment.

    `places` are written as their sources are: on, or off with the reason. `untried` says that none was read.
    `day` is when a school day begins and ends; `to_look_up` are hosts that could not be asked for places;
    `trust` is the name of the trust whose schools these are.
    """

    schools: tuple[School, ...]
    people: tuple[Person, ...] = ()
    contact: str | None = None
    register_file: str | None = None
    places: tuple[Proposal, ...] = ()
    proxy: str | None = None
    ca_file: str | None = None
    heartbeat_url: str | None = None
    day: tuple[str, ...] | None = None
    untried: bool = False
    to_look_up: tuple[str, ...] = ()
    trust: str | None = None


def render_file(draft: Draft) -> str:
    """The text of the file: it loads without a fault, and gives back the draft's schools, people and places.

    A fact of the register that the file could not hold (a postcode with a slip in it) is left out.
    """
    day = f"{'' if draft.day else '# '}day = {toml(draft.day or SchoolTable.model_fields['day'].default)}"
    schools = [
        _fill_part("school", facts="\n".join(rows(school_values(usable(s)))), day=day) for s in draft.schools
    ]
    trust = [_fill_part("trust", name=toml(draft.trust))] if draft.trust else []
    asked = [_fill_part("to_look_up", hosts=toml(draft.to_look_up))] if draft.to_look_up else []
    places = [*([_fill_part("untried")] if draft.untried else []), *map(place_text, draft.places)]
    beat = rows({"heartbeat_url": draft.heartbeat_url})
    network = rows({"proxy": draft.proxy, "ca_file": draft.ca_file})
    file = _fill_part(
        "file",
        contact=_row("contact", draft.contact, "office@example.sch.uk"),
        register_file=_row("register_file", draft.register_file, "edubasealldata.csv"),
        to_look_up="".join(f"{block}\n\n" for block in asked),
        schools="\n\n".join([*schools, *trust]),
        people="\n\n".join(map(_person, draft.people)) or _fill_part("people"),
        places="".join(f"{block}\n\n" for block in places),
        serve="\n".join(["[serve]", *beat]) if beat else "# [serve]",
        network="\n".join(["[network]", *network]) if network else _fill_part("network"),
    )
    return f"{file}\n"


def _fill_part(part: str, **values: str) -> str:
    """A part of `first_file.txt`, with these values at their places."""
    return re.sub(r"\{(\w+)\}", lambda place: values[place[1]], _parts_of_file()[part])


@cache
def _parts_of_file() -> dict[str, str]:
    text = files("monitor.config.writing").joinpath("first_file.txt").read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in write_commands(text).split("%% ")[1:])
    return {name: written.rstrip("\n") for name, _, written in parts}


def usable(school: School) -> School:
    """The school without those facts that the file's own rules would refuse."""
    blank = School(school.urn, school.name)
    refused: dict[str, Any] = {}
    for key, value in school_values(school).items():
        try:
            SchoolTable.model_validate({"urn": school.urn, "name": school.name, key: value})
        except ValidationError:
            refused[key] = getattr(blank, key)
    return replace(school, **refused)


def _row(key: str, value: str | None, example: str) -> str:
    return f"{key} = {toml(value)}" if value else f"# {key} = {toml(example)}"


def school_values(school: School) -> dict[str, Any]:
    """Its keys as the file has them, in the order of its type, without those that say nothing."""
    values = {f.name: getattr(school, f.name) for f in fields(School)}
    values["namesakes"] = [{"name": n.name, "place": n.place, "kind": n.kind} for n in school.namesakes]
    values["language"] = school.language.removeprefix("en")
    listed = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
    return {key: value for key, value in listed.items() if value}


def _person(person: Person) -> str:
    roles, schools = [role.value for role in person.roles], [_key_text(urn) for urn in person.urns]
    said = {"id": person.id, "name": person.name, "roles": roles, "email": person.email, "schools": schools}
    return "\n".join(["[[people]]", *rows(said)])
