"""The rows that are sealed, as they are now: posts, what was made of them, alerts.

A post's words are wherever they are kept, in the open tables or in `restricted_texts`: that they were moved
is no change. Words in both places are given as a pair, which no seal holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from operator import itemgetter
from typing import Any

from data.audit.seals import RowKey, SealedKind, SealedRow
from data.store.engine.bulk import Connection, names, read_rows

OF_THE_POST = frozenset(
    names("version url author published edited rating parent channel kind first_seen restricted")
)
"""Columns of a post that `mentions` holds once, for its newest version."""
SEALED_ONCE = frozenset(("title", "text", "first_seen"))
"""Columns of a post that no later reading of the same version changes."""
COLUMNS = {
    SealedKind.POST: names(
        "title text quoted article reasons fetched_at version url author published edited rating parent "
        "channel kind first_seen restricted"
    ),
    SealedKind.VERDICT: names(
        "relevance sentiment abuse about severity route look look_rank subject_person subjects content_class "
        "restricted reason_codes reason_texts score_labels score_values model judged_at themes history "
        "event"
    ),
    SealedKind.MATCH: names("relevance score reason_codes reason_texts story_id how seen_at"),
    SealedKind.ALERT: names(
        "story_id urn severity route content_class restricted audience excluded reason_codes reason_texts "
        "first_raised_at raised_at times posted_at acked_at acked_by handed_over_at handed_over_by"
    ),
}
_TIMES = frozenset(
    names(
        "fetched_at published edited first_seen judged_at history seen_at first_raised_at raised_at "
        "posted_at acked_at handed_over_at"
    )
)
_POSTS = """SELECT n.mention_id, n.n, [n.title, r.title], [n.text, r.text], [n.quoted, r.quoted],
    [n.article, r.article], r.reasons,
    epoch_us(n.fetched_at), m.version, [m.url, r.url], [m.author, r.author], epoch_us(m.published),
    epoch_us(m.edited), m.rating, m.parent, m.channel, m.kind, epoch_us(m.first_seen), m.restricted
FROM mention_versions n LEFT JOIN mentions m ON m.id = n.mention_id
LEFT JOIN restricted_texts r ON r.mention_id = n.mention_id AND r.n = n.n
WHERE n.mention_id = ANY($ids)"""
_PAIRS = frozenset(names("title text quoted article url author"))


def posts(con: Connection, mention_ids: Collection[str]) -> list[SealedRow]:
    """These posts, in every version that is held."""
    return [_post(row) for row in sorted(_read(con, _POSTS, mention_ids), key=itemgetter(0, 1))]


def judgements(con: Connection, mention_ids: Collection[str]) -> list[SealedRow]:
    """What was made of these posts: verdicts and matches, of every version, for every school."""
    found: list[SealedRow] = []
    for kind, table in ((SealedKind.VERDICT, "verdicts"), (SealedKind.MATCH, "matches")):
        sql = f"""SELECT mention_id, version, urn, {_selected(kind)} FROM {table}
            WHERE mention_id = ANY($ids)"""
        for mention_id, version, urn, *row in sorted(_read(con, sql, mention_ids), key=itemgetter(0, 1, 2)):
            found.append(_row(RowKey(kind, mention_id, version, urn), row))
    return found


def alerts(con: Connection, alert_ids: Collection[str]) -> list[SealedRow]:
    """These alerts."""
    sql = f"SELECT id, {_selected(SealedKind.ALERT)} FROM alerts WHERE id = ANY($ids) ORDER BY id"
    return [_row(RowKey(SealedKind.ALERT, i), row) for i, *row in _read(con, sql, alert_ids)]


def held(con: Connection, about: Collection[str]) -> list[SealedRow]:
    """Every row about these posts and alerts (ids)."""
    return [*posts(con, about), *judgements(con, about), *alerts(con, about)]


def salts(con: Connection, subjects: Collection[str]) -> dict[tuple[RowKey, str], str]:
    """The salts of all that is sealed of these posts and alerts, by row and column."""
    found = _read(
        con,
        "SELECT kind, subject, version, urn, salts FROM seal_salts WHERE subject = ANY($ids)",
        subjects,
    )
    return {
        (RowKey(SealedKind(kind), subject, version, urn), name): salt
        for kind, subject, version, urn, kept in found
        if kind in set(SealedKind)
        for name, salt in kept.items()
    }


def _read(con: Connection, sql: str, ids: Collection[str]) -> Iterator[Any]:
    if ids:
        yield from read_rows(con, sql, ids=ids)


def _selected(kind: SealedKind) -> str:
    return ", ".join(f"epoch_us({name})" if name in _TIMES else name for name in COLUMNS[kind])


def _row(key: RowKey, row: Collection[object]) -> SealedRow:
    return SealedRow(key, dict(zip(COLUMNS[key.kind], row, strict=True)))


def _post(row: Any) -> SealedRow:
    mention_id, n, *columns = row
    found = _row(RowKey(SealedKind.POST, mention_id, n), columns)
    told = {name: _one(value) if name in _PAIRS else value for name, value in found.columns.items()}
    return SealedRow(found.key, told | {"reasons": told["reasons"] or None})


def _one(pair: Any) -> object:
    """What either place holds; both, if both do."""
    given = [words for words in pair if words is not None]
    return given[0] if len(given) == 1 else given or None
