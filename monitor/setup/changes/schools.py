"""What changes in `schoolgate.toml` when a school is added, or watched no more: settings in, changes out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.types import Person, School
from monitor.config.load import Config
from monitor.config.writing import edit
from monitor.config.writing.text import TERMS, school_values, usable
from monitor.config.writing.toml_edit import with_key, without_table
from monitor.setup.changes.succession import Succession, after, changes

_NARROWED = ("sources", "people", "policies", "accounts")


def joining(config: Config, school: School) -> list[edit.Change]:
    """The school after those that are there. What was for the only one so far stays for that alone."""
    only = config.schools[0].urn if len(config.proper) == 1 else None
    pinned = [_pinned(table, only) for table in (*_NARROWED, "former")] if only else []
    return [*pinned, edit.added("schools", school_values(usable(school)))]


def _pinned(table: str, urn: str) -> edit.Change:
    """Each of those tables that says no school is for this one."""

    def change(text: str, held: dict[str, Any]) -> str:
        for n, row in enumerate(held.get(table, [])):
            text = text if row.get("schools") else with_key(text, (table, n), "schools", [urn])
        return text

    return change


@dataclass(frozen=True, slots=True)
class Parting:
    """A school that is watched no more: the places and the people that were for it alone, and go with it."""

    school: School
    places: tuple[str, ...]
    people: tuple[Person, ...]


def parting(config: Config, school: School) -> Parting:
    """What goes with the school."""
    places = tuple(s.name or s.id for s in config.sources if set(s.urns) == {school.urn})
    return Parting(school, places, tuple(p for p in config.people if set(p.urns) == {school.urn}))


def leaving(config: Config, parting: Parting, today: date) -> list[edit.Change]:
    """The file without the school, and without what was for it alone; all else loses its number."""
    made: list[edit.Change] = []
    for person in parting.people:
        made += changes(config, Succession(person), today)
        config = after(config, Succession(person))
    numbers = {parting.school.urn, *parting.school.members}
    made += [_narrowed(table, numbers) for table in _NARROWED]
    return [*made, edit.removed("schools", parting.school.urn)]


def _narrowed(table: str, numbers: set[str]) -> edit.Change:
    """Each of those tables without these numbers, and not at all where it had no others."""

    def change(text: str, held: dict[str, Any]) -> str:
        for n in reversed(range(len(held.get(table, [])))):
            had = tomllib.loads(text)[table][n].get("schools", [])
            left = [urn for urn in had if urn.strip() not in numbers]
            if had and not left:
                text = without_table(text, (table, n), TERMS)
            elif left != had:
                text = with_key(text, (table, n), "schools", left)
        return text

    return change
