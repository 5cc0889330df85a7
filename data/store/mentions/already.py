"""What the store holds already of what a group of runs brings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

_SQL = """SELECT 'mention', id, restricted, stub FROM mentions WHERE id = ANY($ids)
UNION ALL SELECT 'fingerprint', mention_id, FALSE, FALSE FROM fingerprints WHERE mention_id = ANY($ids)
UNION ALL SELECT 'story', id, FALSE, FALSE FROM stories WHERE id = ANY($stories)
UNION ALL SELECT 'hidden', story_id, FALSE, FALSE FROM cases
    WHERE lane IS NOT NULL AND story_id = ANY($stories)"""


@dataclass(frozen=True, slots=True)
class AlreadyHeld:
    """Ids: of the mentions that are there, of those that are restricted or only stubs among them, of those
    that left a fingerprint; of the stories that are there, and of those that a case took off the ladder:
    anything that joins them is hidden too.
    """

    mentions: frozenset[str]
    restricted: frozenset[str]
    stubs: frozenset[str]
    fingerprints: frozenset[str]
    stories: frozenset[str]
    hidden: frozenset[str]


def already_held(
    con: duckdb.DuckDBPyConnection, mention_ids: Collection[str], story_ids: Collection[str]
) -> AlreadyHeld:
    """What is there of these mentions and stories."""
    rows = con.execute(_SQL, {"ids": list(mention_ids), "stories": list(story_ids)}).fetchall()

    def of(kind: str) -> frozenset[str]:
        return frozenset(row[1] for row in rows if row[0] == kind)

    return AlreadyHeld(
        mentions=of("mention"),
        restricted=frozenset(i for _, i, restricted, _ in rows if restricted),
        stubs=frozenset(i for _, i, _, stub in rows if stub),
        fingerprints=of("fingerprint"),
        stories=of("story"),
        hidden=of("hidden"),
    )
