"""What sources have brought, as far as it is still kept."""

from __future__ import annotations

from datetime import datetime

import duckdb

from data.store.engine.bulk import moment


def kept_of(con: duckdb.DuckDBPyConnection, source_id: str) -> tuple[int, datetime | None]:
    """How many posts that this source alone brought are kept, and the last day that one of them is."""
    row = con.execute(
        """SELECT count(*), epoch_us(max(m.retain_until))
        FROM mentions m JOIN sightings s ON s.mention_id = m.id
        WHERE s.source_id = $id AND NOT EXISTS (
            SELECT 1 FROM sightings o WHERE o.mention_id = m.id AND o.source_id <> $id)""",
        {"id": source_id},
    ).fetchone()
    assert row is not None
    return int(row[0]), moment(row[1])
