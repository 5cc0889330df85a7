"""The articles behind headlines: which addresses were asked for, and what they said.

An address is asked for once, whichever feeds carry it and however often they are read: what is kept of it
here is a hash, for as long as runs of sources are. The text stands with the post's version, and goes with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from data.store.engine.rows import Connection, Row, at, moment, names, put, read_rows, replace
from data.types import ArticleRead, Outcome

_COLUMNS = names("key mention_id read_at outcome paid again_at")
_TEXT = """SELECT mention_id, arg_max(article, n) AS article FROM (
        SELECT mention_id, n, article FROM mention_versions WHERE mention_id = ANY($ids)
        UNION ALL SELECT mention_id, n, article FROM restricted_texts WHERE mention_id = ANY($ids))
    WHERE article IS NOT NULL GROUP BY mention_id"""


def article_reads(con: Connection, keys: Sequence[str]) -> dict[str, ArticleRead]:
    """What became of these addresses, by key; with the text while a post that holds it is kept."""
    sql = """SELECT key, mention_id, epoch_us(read_at), outcome, paid, epoch_us(again_at)
        FROM article_reads WHERE key = ANY($keys)"""
    rows = read_rows(con, sql, keys=keys)
    texts = article_texts(con, [mention_id for _, mention_id, *_ in rows])
    return {
        key: ArticleRead(key, holder, at(read), Outcome(outcome), texts.get(holder, ""), paid, moment(again))
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
        put(con, "article_reads", _COLUMNS, rows, key=_COLUMNS[:1], update=replace(_COLUMNS[1:]))
