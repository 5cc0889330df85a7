"""What sources have brought, as far as it is still kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.store.engine.bulk import Connection, at, moment, read_rows
from data.types import Mention, MentionKind


def kept_of(con: Connection, source_id: str) -> tuple[int, datetime | None]:
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


_ARTICLES = """
SELECT DISTINCT m.id, m.url, m.channel, m.author, coalesce(n.title, ''), epoch_us(m.fetched_at)
FROM mentions m JOIN sightings s ON s.mention_id = m.id
JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
JOIN matches x ON x.mention_id = m.id AND x.version = m.version
WHERE s.source_id = ANY($ids) AND m.kind = 'article' AND NOT m.restricted AND NOT m.stub
    AND m.url IS NOT NULL AND x.relevance IN ('about', 'unsure')
"""


def articles_of(con: Connection, source_ids: Sequence[str]) -> list[Mention]:
    """The articles about a school, or perhaps about one, that these sources brought, without their texts."""
    rows = read_rows(con, _ARTICLES, ids=source_ids)
    return [
        Mention(id_, url, channel, MentionKind.ARTICLE, title, "", at(fetched), author=author)
        for id_, url, channel, author, title, fetched in rows
    ]
