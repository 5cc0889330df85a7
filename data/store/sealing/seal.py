"""Seals rows in the audit chain, a hash of each column, so that a later change to one is found.

Each hash is made with a random salt of its own, which is kept in `seal_salts` and deleted with what it
belongs to. Without it a hash that remains in the chain says nothing about words that are gone, however few.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from data.audit.codes import Code
from data.audit.seals import RowKey, SealedKind, SealedRow, column_seal
from data.ids import digest
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.bulk import Connection, execute, names, put, read_column, read_rows
from data.store.sealing import rows

_SALTS = names("kind subject version urn salts")
_AGAIN = {"salts": "map_concat(seal_salts.salts, excluded.salts)"}
_BY = "schoolgate"


def seal_posts(con: Connection, mention_ids: Collection[str], now: datetime, case_id: str) -> None:
    """Seals these posts for a case, and what was made of them, as they are now; none that is sealed already.

    To seal it anew would cover up what was changed since.
    """
    new = set(mention_ids) - sealed(con, mention_ids)
    _seal(con, [*rows.posts(con, new), *rows.judgements(con, new)], now, case_id)


def seal_of(con: Connection, mention_id: str) -> str | None:
    """One hash over what seals the newest version of a post, each column as it was sealed last; None where
    it is not sealed.
    """
    if not sealed(con, [mention_id]):
        return None
    sql = """SELECT unnest(codes) FROM audit WHERE action = 'sealed' AND subject = $id
            AND list_contains(codes, $post) ORDER BY n"""
    found = read_rows(con, sql, id=mention_id, post=Code.KIND.of(SealedKind.POST.value))
    columns = [code for (code,) in found if code.startswith(Code.COLUMN.of(""))]
    return digest(*{code.partition("=")[0]: code for code in columns}.values()) if columns else None


def seal_again(con: Connection, written: Mapping[str, int], now: datetime) -> None:
    """Seals what was just written of posts that are sealed, or whose case is older than seals.

    `written` are the versions that were written, by mention: nothing else is sealed anew, or a change made
    between two writings would be covered up.
    """
    if ids := _to_seal(con).intersection(written):
        found = [*rows.posts(con, ids), *rows.judgements(con, ids)]
        known = rows.salts(con, ids)
        new = [r for r in found if r.key.version == written[r.key.subject]]
        _seal(con, [_but_once(row, known) for row in new], now)


def _but_once(row: SealedRow, known: Collection[tuple[RowKey, str]]) -> SealedRow:
    """The row without what was sealed of it for good: to seal that anew would cover up a change to it."""
    post = row.key.kind is SealedKind.POST
    done = {name for name in rows.SEALED_ONCE if post and (row.key, name) in known}
    return SealedRow(row.key, {name: value for name, value in row.columns.items() if name not in done})


def seal_column(con: Connection, mention_id: str, name: str, now: datetime) -> None:
    """Seals anew the one column of a sealed post that a person has just put right, and nothing else of it."""
    for row in rows.posts(con, sealed(con, [mention_id])):
        if row.key.version == row.columns["version"]:
            _seal(con, [SealedRow(row.key, {name: row.columns[name]})], now)


def alert_codes(
    con: Connection, alert_ids: Collection[str], columns: Iterable[str] = ()
) -> dict[str, list[str]]:
    """What seals these alerts as they are now, for the entries of what was done to them: those columns, all
    of them if none is named.
    """
    only = frozenset(columns)
    found = rows.alerts(con, alert_ids)
    cut = [SealedRow(r.key, {c: v for c, v in r.columns.items() if not only or c in only}) for r in found]
    return {key.subject: codes for key, codes in _codes(con, cut).items()}


def withheld(con: Connection, mention_ids: Collection[str], now: datetime) -> None:
    """Records, of these posts, those sealed ones whose words the program withholds."""
    if not mention_ids:
        return
    sql = """SELECT DISTINCT subject FROM seal_salts WHERE kind = 'post' AND subject = ANY($ids)
            AND subject NOT IN (SELECT subject FROM audit WHERE action = 'words_withheld')
        ORDER BY subject"""
    found = read_rows(con, sql, ids=mention_ids)
    append(con, [AuditEntry(now, _BY, "words_withheld", mention_id) for (mention_id,) in found])


def sealed(con: Connection, mention_ids: Collection[str]) -> frozenset[str]:
    """Those of these posts that are sealed."""
    sql = "SELECT DISTINCT subject FROM seal_salts WHERE kind = 'post' AND subject = ANY($ids)"
    return frozenset(read_column(con, sql, ids=mention_ids))


def forget(con: Connection, mention_ids: Collection[str], *, whole: bool) -> None:
    """Deletes the salts of posts that are being deleted: of all that was sealed with `whole`, else of their
    words alone, where a stub remains.

    Nobody can try any more what a hash in the chain was made of. Whoever deletes words also records it
    (`text_deleted`).
    """
    sql = "DELETE FROM seal_salts WHERE kind <> 'alert' AND subject = ANY($ids) AND ($whole OR kind = 'post')"
    execute(con, sql, ids=mention_ids, whole=whole)
    _forget_columns(con, mention_ids, ("reason_texts", "themes", "event"))


def _forget_columns(con: Connection, subjects: Collection[str], columns: Collection[str]) -> None:
    sql = """UPDATE seal_salts SET salts = map_from_entries(
            list_filter(map_entries(salts), lambda each: NOT list_contains($columns, each.key)))
        WHERE subject = ANY($ids)"""
    execute(con, sql, ids=subjects, columns=columns)


def forget_alerts(con: Connection, alert_ids: Collection[str]) -> None:
    """Deletes the salts of alerts that are deleted. Whoever deletes them records it (`alert_deleted`)."""
    sql = "DELETE FROM seal_salts WHERE kind = 'alert' AND subject = ANY($ids)"
    execute(con, sql, ids=alert_ids)


def _to_seal(con: Connection) -> frozenset[str]:
    """Every post that is sealed or has a case. They are few: to look for the written ones takes longer."""
    sql = """SELECT subject FROM seal_salts WHERE kind = 'post'
        UNION SELECT mention_id FROM cases WHERE mention_id IS NOT NULL"""
    return frozenset(read_column(con, sql))


def _seal(con: Connection, found: Sequence[SealedRow], now: datetime, case_id: str = "") -> None:
    of_case = (Code.CASE.of(case_id),) if case_id else ()
    entries = []
    for key, codes in _codes(con, found).items():
        of_row = (Code.KIND.of(key.kind.value), Code.VERSION.of(key.version), *of_case, *codes)
        entries.append(AuditEntry(now, _BY, "sealed", key.subject, key.urn or None, of_row))
    append(con, entries)


def _codes(con: Connection, found: Sequence[SealedRow]) -> dict[RowKey, list[str]]:
    """The codes of each row's columns, with fresh salts that are kept."""
    salts: list[tuple[object, ...]] = []
    codes: dict[RowKey, list[str]] = {}
    for row in found:
        key, new = row.key, {name: secrets.token_hex(16) for name in row.columns}
        kept = {"key": list(new), "value": list(new.values())}  # a MAP, as DuckDB takes it
        salts.append((key.kind.value, key.subject, key.version, key.urn, kept))
        codes[key] = [column_seal(name, new[name], value) for name, value in row.columns.items()]
    put(con, "seal_salts", _SALTS, salts, key=_SALTS[:4], update=_AGAIN)
    return codes
