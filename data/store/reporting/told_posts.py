"""Posts with their words, as far as a line of a digest needs them."""

from __future__ import annotations

from collections.abc import Sequence

import _duckdb as duckdb

from data.digest import ToldPost
from data.store.engine.bulk import at
from data.types import MentionKind

_MOST_CHARS = 400
_POSTS = """WITH these AS MATERIALIZED (SELECT * FROM mentions WHERE id = ANY($ids) AND NOT restricted),
    versions AS MATERIALIZED (SELECT mention_id, n, title, text FROM mention_versions
        WHERE mention_id = ANY($ids)),
    carried AS MATERIALIZED (SELECT mention_id, list(source_id ORDER BY source_id) AS sources FROM sightings
        WHERE mention_id = ANY($ids) GROUP BY mention_id)
SELECT m.id, m.channel, m.kind, m.url, coalesce(v.title, ''), coalesce(left(v.text, $most), ''),
    epoch_us(coalesce(m.published, m.first_seen)), m.published IS NOT NULL, coalesce(c.sources, [])
FROM these m JOIN versions v ON v.mention_id = m.id AND v.n = m.version
LEFT JOIN carried c ON c.mention_id = m.id"""
"""Each table is read by its index: a join would read all rows."""


def posts(con: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> dict[str, ToldPost]:
    """These posts in their newest version, by id; those that are restricted or gone are left out."""
    ids = sorted({i for i in mention_ids if i})
    if not ids:
        return {}
    rows = con.execute(_POSTS, {"ids": ids, "most": _MOST_CHARS}).fetchall()
    return {
        mention_id: ToldPost(channel, MentionKind(kind), url, title, text, at(when), dated, tuple(sources))
        for mention_id, channel, kind, url, title, text, when, dated, sources in rows
    }
