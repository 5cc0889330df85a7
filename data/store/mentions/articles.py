"""The articles behind headlines: which addresses were asked for, what they said, and where copies are held.

An address is asked for once, whichever feeds carry it and however often they are read: what is kept of it
here is a hash, for as long as runs of sources are. The text stands with the post's version, and goes with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from data.store.engine.rows import Connection, Row, at, at_or_none, insert_rows, names, read_rows, replace
from data.types import ArticleRead, Outcome
from data.web.channels import PRESS

_COLUMNS = names("key mention_id read_at outcome paid again_at")
_TEXT = """SELECT mention_id, arg_max(article, n) AS article FROM (
        SELECT mention_id, n, article FROM mention_versions WHERE mention_id = ANY($ids)
        UNION ALL SELECT mention_id, n, article FROM restricted_texts WHERE mention_id = ANY($ids))
    WHERE article IS NOT NULL GROUP BY mention_id"""


def article_reads(con: Connection, keys: Sequence[str]) -> dict[str, ArticleRead]:
    """Return what became of these addresses, by key; with the text while a post that holds it is kept."""
    sql = """SELECT key, mention_id, epoch_us(read_at), outcome, paid, epoch_us(again_at)
        FROM article_reads WHERE key = ANY($keys)"""
    rows = read_rows(con, sql, keys=keys)
    texts = article_texts(con, [mention_id for _, mention_id, *_ in rows])
    return {
        key: ArticleRead(
            key, holder, at(read), Outcome(outcome), texts.get(holder, ""), paid, at_or_none(again)
        )
        for key, holder, read, outcome, paid, again in rows
    }


def article_texts(con: Connection, ids: Collection[str]) -> dict[str, str]:
    """The article behind each of these posts that has one, by post."""
    if not ids:
        return {}
    return dict(read_rows(con, _TEXT, ids=ids))


def put_article_reads(con: Connection, reads: Sequence[ArticleRead]) -> None:
    """Records that these addresses were asked for; the texts are saved with their posts."""
    rows: list[Row] = [(r.key, r.mention_id, r.at, r.outcome.value, r.paid, r.again_at) for r in reads]
    if rows:
        insert_rows(con, "article_reads", _COLUMNS, rows, key=_COLUMNS[:1], update=replace(_COLUMNS[1:]))


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


def outranked_articles(con: Connection, ids: Collection[str]) -> frozenset[str]:
    """List those of these articles that were judged as people's own words before the press brought a copy.
    What is restricted stays as it was judged.
    """
    sql = """SELECT m.id, n.canonical_url FROM mentions m
        JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
        WHERE m.id = ANY($ids) AND m.channel = 'blog' AND NOT m.restricted AND n.canonical_url IS NOT NULL"""
    own = dict(read_rows(con, sql, ids=ids)) if ids else {}
    press = {copy.address for copy in copies_at(con, own.values()) if copy.channel in PRESS}
    return frozenset(mention_id for mention_id, address in own.items() if address in press)


def peoples_finds(con: Connection, source_ids: Collection[str]) -> frozenset[str]:
    """Those of these sources that brought articles, perhaps of a school, judged as somebody's words."""
    sql = """SELECT DISTINCT s.source_id FROM sightings s JOIN mentions m ON m.id = s.mention_id
        JOIN matches x ON x.mention_id = m.id AND x.version = m.version
        WHERE s.source_id = ANY($ids) AND m.kind = 'article' AND m.channel = 'blog'
            AND x.story_id IS NOT NULL"""
    return frozenset(row[0] for row in read_rows(con, sql, ids=source_ids)) if source_ids else frozenset()
