"""Copies of one article: at which other places the store holds it."""

from __future__ import annotations

from collections.abc import Collection

from data.frozen import dataclass
from data.store.engine.rows import Connection, read_rows
from data.web.channels import PRESS

_AT = """FROM mentions m JOIN mention_versions n ON n.mention_id = m.id
LEFT JOIN restricted_texts r ON r.mention_id = n.mention_id AND r.n = n.n
WHERE m.kind = 'article' AND coalesce(n.canonical_url, r.canonical_url) """


@dataclass(frozen=True, slots=True)
class HeldCopy:
    """One copy: its mention, the canonical address, the channel by which it was judged, what it says."""

    mention_id: str
    address: str
    channel: str
    title: str
    text: str


def copies_at(con: Connection, addresses: Collection[str]) -> list[HeldCopy]:
    """The articles that are held at these addresses; of what is restricted without its words."""
    if not addresses:
        return []
    sql = f"""SELECT m.id, coalesce(n.canonical_url, r.canonical_url), m.channel, coalesce(n.title, ''),
        trim(coalesce(n.text, '') || chr(10) || coalesce(n.article, '')) {_AT} = ANY($addresses)
        ORDER BY m.id, n.n"""
    return [HeldCopy(*row) for row in read_rows(con, sql, addresses=addresses)]


def outranked(con: Connection, ids: Collection[str]) -> frozenset[str]:
    """Those of these articles that were judged as people's own words before the press brought a copy. What is
    restricted stays as it was judged."""
    if not ids:
        return frozenset()
    sql = f"""SELECT o.id FROM mentions o JOIN mention_versions v ON v.mention_id = o.id AND v.n = o.version
        WHERE o.id = ANY($ids) AND o.channel = 'blog' AND NOT o.restricted AND v.canonical_url IS NOT NULL
        AND v.canonical_url IN (SELECT coalesce(n.canonical_url, r.canonical_url) {_AT} IS NOT NULL
            AND list_contains($press::VARCHAR[], m.channel))"""
    return frozenset(row[0] for row in read_rows(con, sql, ids=ids, press=sorted(PRESS)))


def peoples_finds(con: Connection, source_ids: Collection[str]) -> frozenset[str]:
    """Those of these sources that brought articles, about a school or perhaps about one, that were judged as
    somebody's own words."""
    sql = """SELECT DISTINCT s.source_id FROM sightings s JOIN mentions m ON m.id = s.mention_id
        JOIN matches x ON x.mention_id = m.id AND x.version = m.version
        WHERE s.source_id = ANY($ids) AND m.kind = 'article' AND m.channel = 'blog'
            AND x.story_id IS NOT NULL"""
    return frozenset(row[0] for row in read_rows(con, sql, ids=source_ids)) if source_ids else frozenset()
