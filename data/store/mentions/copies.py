"""Copies of one article: at which other places the store holds it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from data.store.engine.rows import Connection, read_rows
from data.web.channels import PRESS

_HELD = """SELECT n.mention_id AS id, n.canonical_url AS address, n.n, coalesce(n.title, '') AS title,
    trim(coalesce(n.text, '') || chr(10) || coalesce(n.article, '')) AS text
FROM mention_versions n WHERE n.canonical_url = ANY($addresses)
UNION ALL SELECT r.mention_id, r.canonical_url, r.n, '', ''
FROM restricted_texts r WHERE r.canonical_url = ANY($addresses)"""


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
    sql = f"""SELECT c.id, c.address, m.channel, c.title, c.text
        FROM ({_HELD}) c JOIN mentions m ON m.id = c.id
        WHERE m.kind = 'article' ORDER BY c.id, c.n"""
    return [HeldCopy(*row) for row in read_rows(con, sql, addresses=addresses)]


def outranked(con: Connection, ids: Collection[str]) -> frozenset[str]:
    """Those of these articles that were judged as people's own words before the press brought a copy. What is
    restricted stays as it was judged."""
    sql = """SELECT m.id, n.canonical_url FROM mentions m
        JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
        WHERE m.id = ANY($ids) AND m.channel = 'blog' AND NOT m.restricted AND n.canonical_url IS NOT NULL"""
    own = dict(read_rows(con, sql, ids=ids)) if ids else {}
    press = {copy.address for copy in copies_at(con, own.values()) if copy.channel in PRESS}
    return frozenset(mention_id for mention_id, address in own.items() if address in press)


def peoples_finds(con: Connection, source_ids: Collection[str]) -> frozenset[str]:
    """Those of these sources that brought articles, about a school or perhaps about one, that were judged as
    somebody's own words."""
    sql = """SELECT DISTINCT s.source_id FROM sightings s JOIN mentions m ON m.id = s.mention_id
        JOIN matches x ON x.mention_id = m.id AND x.version = m.version
        WHERE s.source_id = ANY($ids) AND m.kind = 'article' AND m.channel = 'blog'
            AND x.story_id IS NOT NULL"""
    return frozenset(row[0] for row in read_rows(con, sql, ids=source_ids)) if source_ids else frozenset()
