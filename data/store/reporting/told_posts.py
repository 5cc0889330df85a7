"""Posts with their words, as far as a line of a digest needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import _duckdb as duckdb

from data.matters import PostView
from data.store.engine.bulk import at
from data.store.mentions.person_reports import beside_restricted
from data.types import MentionKind

_MOST_CHARS = 400
_POSTS = """WITH these AS MATERIALIZED (SELECT * FROM mentions WHERE id = ANY($ids) AND NOT restricted),
    versions AS MATERIALIZED (SELECT mention_id, n, title, text FROM mention_versions
        WHERE mention_id = ANY($ids)),
    carried AS MATERIALIZED (SELECT mention_id, list(source_id ORDER BY source_id) AS sources FROM sightings
        WHERE mention_id = ANY($ids) GROUP BY mention_id)
SELECT m.id, m.channel, m.kind, m.url, coalesce(v.title, ''), coalesce(left(v.text, $most), ''),
    epoch_us(m.published), epoch_us(m.first_seen), coalesce(c.sources, [])
FROM these m JOIN versions v ON v.mention_id = m.id AND v.n = m.version
LEFT JOIN carried c ON c.mention_id = m.id"""
"""Each table is read by its index: a join would read all rows."""


def posts(con: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> dict[str, PostView]:
    """These posts in their newest version, by id; those that are restricted or gone are left out."""
    ids = sorted({i for i in mention_ids if i})
    if not ids:
        return {}
    rows = con.execute(_POSTS, {"ids": ids, "most": _MOST_CHARS}).fetchall()
    return {
        mention_id: PostView(
            channel, words=True, id=mention_id, kind=MentionKind(kind), title=title, text=text, url=url,
            published=at(published) if published is not None else None, first_seen=at(seen),
            source_ids=tuple(sources),
        )
        for mention_id, channel, kind, url, title, text, published, seen, sources in rows
    }  # fmt: skip


def shown_posts(con: duckdb.DuckDBPyConnection, wanted: Mapping[str, str]) -> dict[str, PostView]:
    """These posts (ids, with the story of each) as `posts`; without their words in a thread with a restricted
    post.
    """
    found = posts(con, list(wanted))
    beside = beside_restricted(con, sorted({wanted[i] for i in found}))
    return {i: _bare(post) if wanted[i] in beside else post for i, post in found.items()}


def _bare(post: PostView) -> PostView:
    """Where and when it was posted, and nothing else."""
    return replace(post, words=False, title="", text="", url=None)
