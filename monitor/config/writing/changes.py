"""Changes to `schoolgate.toml` when somebody leaves or gives up an office, and when a school is added or
watched no more: settings in, changes out.

Nobody's id is given to somebody else: mails, links, sessions and recorded steps go by it. Whoever has left
stands under `[[former]]` by name alone; who was close to them stays close to them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from alerts.access.matter import list_related
from alerts.access.offices import holding
from data.types import Person, Role, School
from monitor.config.load import Config
from monitor.config.model import TRUST
from monitor.config.toml_text import leaves
from monitor.config.writing import edit
from monitor.config.writing.edit import with_key, without_table
from monitor.config.writing.entries import name_heads
from monitor.config.writing.text import TERMS, school_values, usable


@dataclass(frozen=True, slots=True)
class Succession:
    """`old` gives up offices, all of them unless `kept` has those that they keep here; `new` has theirs from
    then on, None where nobody is named."""

    old: Person
    new: Person | None = None
    kept: tuple[Role, ...] | None = None

    @property
    def leaves(self) -> bool:
        """Does the one who had it leave the school?"""
        return self.kept is None


def after(config: Config, going: Succession) -> Config:
    """The settings as they are then, as far as who holds what is concerned."""
    new, gone = going.new, going.leaves
    stays = () if going.kept is None else (replace(going.old, roles=going.kept),)
    others = {p.id: replace(p, **values) for p, values in _change_others(config, going)} if gone else {}
    here = [others.get(p.id, p) for p in config.people if p.id not in (going.old.id, new.id if new else "")]
    return replace(
        config,
        people=(*here, *stays, *([new] if new else [])),
        former=(*config.former, *([replace(going.old, email=None)] if gone else [])),
        digest=config.digest.model_copy(
            update={"together": _readers_together(config, going)} if gone else None
        ),
    )


def heads(config: Config, then: Config) -> dict[str, str]:
    """By URN, the head that each school has from then on, where somebody else is."""
    before = {s.urn: s.head for s in name_heads(config.schools, config.people)}
    after = name_heads(config.schools, then.people)
    return {s.urn: s.head for s in after if s.head and s.head != before[s.urn]}


def changes(config: Config, going: Succession, today: date) -> list[edit.Change]:
    """The changes of the file, in their order."""
    old, new = going.old, going.new
    then = after(config, going)
    known = {p.id: p for p in config.people}
    made = [] if new is None else [_write_person(new, known.get(new.id))]
    made += [set_head(config, urn, name) for urn, name in heads(config, then).items()]
    if going.kept is not None:
        return [*made, edit.change_table("people", old.id, {"roles": [role.value for role in going.kept]})]
    made += [edit.change_table("people", p.id, values) for p, values in _change_others(config, going)]
    # whoever comes stands in the lists of ids that had theirs
    if (together := _readers_together(config, going)) != config.digest.together:
        made.append(edit.set_in("digest", {"together": list(together)}))
    if config.me == old.id:
        made.append(edit.set_in("cli", {"me": new.id if new else None}))
    held = [role.value for role in holding(old, ())]
    left = {"id": old.id, "name": old.name, "roles": held, "schools": list(old.urns), "left": today}
    return [*made, edit.remove_table("people", old.id), edit.add_table("former", left)]


def set_head(config: Config, urn: str, name: str) -> edit.Change:
    """Change who heads a school, or is the trust's chief executive."""
    if config.trust and urn == config.trust.urn:
        return edit.set_in(TRUST, {"chief": name})
    return edit.change_table("schools", urn, {"head": name})


def _write_person(new: Person, before: Person | None) -> edit.Change:
    roles = [role.value for role in holding(new, ())]
    if before is None:
        table = {"id": new.id, "name": new.name, "roles": roles, "email": new.email}
        return edit.add_table("people", {**table, "schools": list(new.urns), "phone": new.phone})
    values: dict[str, Any] = {"roles": roles, "email": new.email, "phone": new.phone}
    if set(new.urns) != set(before.urns):
        values["schools"] = list(new.urns) or None
    return edit.change_table("people", new.id, values)


def _change_others(config: Config, going: Succession) -> Iterator[tuple[Person, Mapping[str, Any]]]:
    """Change those they covered for or said they were close to: the other says it from now on."""
    old, new = going.old, going.new
    close = list_related((old.id,), config.people)
    for p in config.people:
        values: dict[str, Any] = {}
        if p.cover == old.id:
            values["cover"] = new.id if new and new.id != p.id else None
        if p.id in close and old.id not in p.related_to:
            values["related_to"] = (*p.related_to, old.id)
        if values:
            yield p, values


def _readers_together(config: Config, going: Succession) -> tuple[str, ...]:
    """List who is sent the schools' digests together from then on."""
    old, new = going.old.id, going.new.id if going.new else None
    ids = (new if each == old else each for each in config.digest.together)
    return tuple(dict.fromkeys(each for each in ids if each))


def still_named(document: Mapping[str, Any], old: Person) -> list[str]:
    """The keys outside `[[people]]` and `[[former]]` that hold the name or address of whoever has left."""
    wanted = [each.casefold() for each in (old.name, old.email) if each]
    found = (
        ".".join(key for key in path if isinstance(key, str))
        for path, value in leaves(document)
        if path[0] not in ("people", "former") and isinstance(value, str)
        if any(each in value.casefold() for each in wanted)
    )
    return list(dict.fromkeys(found))


_NARROWED = ("sources", "people", "policies", "accounts")


def joining(config: Config, school: School) -> list[edit.Change]:
    """The school after those that are there. What was for the only one so far stays for that alone."""
    only = config.schools[0].urn if len(config.proper) == 1 else None
    pinned = [_pin_tables(table, only) for table in (*_NARROWED, "former")] if only else []
    return [*pinned, edit.add_table("schools", school_values(usable(school)))]


def _pin_tables(table: str, urn: str) -> edit.Change:
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


def find_school_parts(config: Config, school: School) -> Parting:
    """Find what goes with the school."""
    places = tuple(s.name or s.id for s in config.sources if set(s.urns) == {school.urn})
    return Parting(school, places, tuple(p for p in config.people if set(p.urns) == {school.urn}))


def leaving_changes(config: Config, parting: Parting, today: date) -> list[edit.Change]:
    """The file without the school, and without what was for it alone; all else loses its number."""
    made: list[edit.Change] = []
    for person in parting.people:
        made += changes(config, Succession(person), today)
        config = after(config, Succession(person))
    numbers = {parting.school.urn, *parting.school.members}
    made += [_narrow_tables(table, numbers) for table in _NARROWED]
    return [*made, edit.remove_table("schools", parting.school.urn)]


def _narrow_tables(table: str, numbers: set[str]) -> edit.Change:
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
