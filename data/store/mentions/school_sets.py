"""Sets of schools that mentions were judged for as a whole.

Of many schools only those that something in a text touches get a match and a verdict; of the others it is
kept, in one row a mention, that it was judged for them too: it is not about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from data.ids import digest
from data.store.engine.rows import Connection, grouped, put, read_rows

OF_SETS = """FROM mentions m JOIN judged_for j ON j.mention_id = m.id AND j.version = m.version
    JOIN school_sets s ON s.id = j.schools"""
"""The newest version of each mention with the schools that it was judged for as a whole."""


@dataclass(frozen=True, slots=True)
class SchoolSet:
    """Schools (urns) by what stands for them."""

    id: str
    urns: frozenset[str]


@lru_cache(maxsize=64)
def set_of(urns: tuple[str, ...]) -> SchoolSet:
    """The set of these schools."""
    return SchoolSet(digest(*sorted(urns))[:16], frozenset(urns))


def put_judged_for(con: Connection, judged: Sequence[tuple[str, int, SchoolSet]]) -> None:
    """Keeps that these versions (mention, version) were judged for the whole of these sets."""
    sets = {of.id: of for _, _, of in judged}
    rows = [(of.id, sorted(of.urns)) for of in sets.values()]
    put(con, "school_sets", ("id", "urns"), rows, key=("id",))
    keys = ("mention_id", "version", "schools")
    put(con, "judged_for", keys, [(i, version, of.id) for i, version, of in judged], key=keys)


def judged_for(con: Connection, ids: Sequence[str]) -> dict[tuple[str, int], tuple[SchoolSet, ...]]:
    """By mention and version, the sets that it was judged for."""
    if not ids:
        return {}
    sql = "SELECT mention_id, version, schools FROM judged_for WHERE mention_id = ANY($ids)"
    rows = read_rows(con, sql, ids=ids)
    if not rows:
        return {}
    asked = {of for *_, of in rows}
    found = read_rows(con, "SELECT id, urns FROM school_sets WHERE id = ANY($sets)", sets=asked)
    sets = {i: SchoolSet(i, frozenset(urns)) for i, urns in found}
    by_version = grouped(((mention, version), sets[of]) for mention, version, of in rows)
    return {at: tuple(of) for at, of in by_version.items()}
