"""Rows of posts by their ids: the recent ones from the end of their table, the others by key.

DuckDB skips what is older by the times of its blocks; to look up a thousand ids it reads a block for each.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from data.store.engine.bulk import Connection, moment, read_rows

_FEW = 50
"""So many are looked up by key, however recent."""
_RECENT_US = 7 * 86_400_000_000
"""Of more those of a week before the newest: one old post must not make us read back to it."""


def mostly_since(seen_us: Iterable[int | None]) -> datetime | None:
    """Since when most of these (microseconds) were seen; None of so few that each is looked up."""
    seen = sorted(us for us in seen_us if us is not None)
    return moment(seen[bisect(seen, seen[-1] - _RECENT_US)]) if len(seen) > _FEW else None


def rows_of(
    con: Connection,
    sql: str,
    added_at: str,
    wanted: Collection[tuple[Any, ...]],
    since: datetime | None,
    key: int,
) -> dict[tuple[Any, ...], Any]:
    """The wanted rows by their key, its first `key` columns, of which the first is a post's id.

    `sql` asks for rows with one of `$ids`, `added_at` is its column of when they were written. Those since
    then are found first; what is missing after that is looked up, whenever it was written.
    """
    rows: list[Any] = []
    if since is not None:
        given = {"ids": list({one[0] for one in wanted}), "since": since}
        rows = con.execute(f"{sql} AND {added_at} >= $since", given).fetchall()
    found = {row[:key]: row[key:] for row in rows if row[:key] in wanted}
    if missing := {one[0] for one in wanted if one not in found}:
        rows = read_rows(con, sql, ids=missing)
        found |= {row[:key]: row[key:] for row in rows if row[:key] in wanted}
    return found
