"""Changing `schoolgate.toml` by program, as a careful person would in an editor.

The rest of the file stays as it is to the letter. What comes out is checked as `load` does before it is put
in place; it is put there whole or not at all, one command at a time, and never over what somebody saved
meanwhile. Each change raises ConfigError where the file has faults already, `EditRefused` where it would have
them after the change, and SchoolgateError where it cannot be changed; then nothing was changed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from data.errors import InputError
from monitor.config.toml_lines import Path as Place
from monitor.config.writing.in_place import edit
from monitor.config.writing.text import TERMS, place_text
from monitor.config.writing.toml_edit import (
    Values,
    with_block,
    with_element,
    with_key,
    with_table,
    without_table,
)
from sources.places.proposal import Proposal


def add_places(path: Path, places: Sequence[Proposal]) -> None:
    """Sources after those that are there, each below what is told of it."""

    def change(text: str, _: dict[str, Any]) -> str:
        for place in places:
            text = with_block(text, "sources", place_text(place).rstrip("\n").split("\n"))
        return text

    edit(path, change)


def add_person(path: Path, table: Values) -> None:
    """A person, after those that are there."""
    edit(path, lambda text, _: with_table(text, "people", table))


def set_key(path: Path, source_id: str, key: str, value: object | None) -> None:
    """Another value for a key of a source; None takes the key away."""
    edit(path, lambda text, held: with_key(text, _by_id(held, "sources", source_id), key, value))


def change_person(path: Path, person_id: str, values: Values) -> None:
    """Other values for keys of a person; None takes a key away."""

    def change(text: str, held: dict[str, Any]) -> str:
        at = _by_id(held, "people", person_id)
        for key, value in values.items():
            text = with_key(text, at, key, value)
        return text

    edit(path, change)


def set_values(path: Path, values: Mapping[tuple[str, str], object]) -> None:
    """Values by table (“” for the top) and key, of tables of which there is one; a missing one is made."""
    tables: dict[str, dict[str, object]] = {}
    for (table, key), value in values.items():
        tables.setdefault(table, {})[key] = value

    def change(text: str, held: dict[str, Any]) -> str:
        for table, keys in tables.items():
            if table and table not in held:
                text = with_table(text, table, keys, several=False)
                continue
            for key, value in keys.items():
                text = with_key(text, (table,) if table else (), key, value)
        return text

    edit(path, change)


def replace_table(path: Path, table: str, values: Values) -> None:
    """These keys and no others for a table of which there is one; comments in it stay."""

    def change(text: str, held: dict[str, Any]) -> str:
        if table not in held:
            return with_table(text, table, values, several=False)
        for key in held[table]:
            if key not in values:
                text = with_key(text, (table,), key, None)
        for key, value in values.items():
            text = with_key(text, (table,), key, value)
        return text

    edit(path, change)


def add_policy(path: Path, table: Values) -> None:
    """A written policy, after those that are there."""
    edit(path, lambda text, _: with_table(text, "policies", table))


def remove_source(path: Path, source_id: str) -> None:
    """The file without that source."""
    edit(path, lambda text, held: without_table(text, _by_id(held, "sources", source_id), TERMS))


def add_terms(
    path: Path, urns: Sequence[str], terms: Sequence[tuple[date, date]], closed: Sequence[date] = ()
) -> None:
    """Terms of schools and their days without pupils, each in its place in the year. What is there already is
    not written twice.
    """

    def change(text: str, held: dict[str, Any]) -> str:
        keys = [row["urn"].strip() for row in held["schools"]]
        for at in (("schools", keys.index(urn)) for urn in urns):
            for first, last in terms:
                text = _with(text, at, "terms", {"first": first, "last": last}, lambda term: term["first"])
            for day in closed:
                text = _with(text, at, "closed", day, lambda day: day)
        return text

    edit(path, change)


def _with(text: str, at: Place, key: str, value: object, order: Callable[[Any], date]) -> str:
    """With that value in the list of the school at that place."""
    found: Any = tomllib.loads(text)
    for each in at:
        found = found[each]
    there = found.get(key, [])
    if value in there:
        return text
    return with_element(text, at, key, value, sum(order(other) < order(value) for other in there))


def _by_id(held: dict[str, Any], table: str, wanted: str) -> Place:
    ids = [row["id"].strip() for row in held.get(table, [])]
    if wanted not in ids:
        known = ", ".join(ids) or "none"
        raise InputError(f"{wanted}: not in the file. There are: {known}.")
    return (table, ids.index(wanted))
