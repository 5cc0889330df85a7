"""Seals rows in the audit chain, a hash of each column, so that a later change to one is found.

Each hash is made with a random salt of its own, which is kept in `seal_salts` and deleted with what it
belongs to. Without it a hash that remains in the chain says nothing about words that are gone, however few.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from data.content_class import BYPASSING
from data.errors import InputError
from data.ids import digest
from data.store.engine.audit_chain import (
    AuditEntry,
    Code,
    RowKey,
    SealedKind,
    SealedRow,
    append,
    column_seal,
    note,
)
from data.store.engine.rows import (
    Connection,
    execute,
    insert_rows,
    names,
    read_column,
    read_rows,
    select_columns,
)
from data.store.engine.tables import (
    ALERTS,
    MATCHES,
    MENTIONS,
    RESTRICTED,
    UNKNOWN_BITS,
    VERDICTS,
    VERSIONS,
    WITH_WORDS,
    StoredTable,
)

OF_THE_POST = frozenset(MENTIONS.sealed)
"""Columns of a post that `mentions` holds once, for its newest version."""
SEALED_ONCE = frozenset(c.name for t in (MENTIONS, VERSIONS) for c in t.columns if c.once)
"""Columns of a post that no later reading of the same version changes."""
COLUMNS = {
    SealedKind.POST: (*VERSIONS.sealed, "reasons", *MENTIONS.sealed),
    SealedKind.VERDICT: VERDICTS.sealed,
    SealedKind.MATCH: MATCHES.sealed,
    SealedKind.ALERT: ALERTS.sealed,
}
_PAIRS = frozenset((*VERSIONS.moved, *MENTIONS.moved))


def _select_sealed(table: StoredTable, alias: str) -> str:
    pairs = (f"[{alias}{c}, r.{c}]" if c in _PAIRS else select_columns([c], alias) for c in table.sealed)
    return ", ".join(pairs)


_POSTS = f"""SELECT n.mention_id, n.n, {_select_sealed(VERSIONS, "n.")}, r.reasons,
    {_select_sealed(MENTIONS, "m.")}
FROM mention_versions n LEFT JOIN mentions m ON m.id = n.mention_id
LEFT JOIN restricted_texts r ON r.mention_id = n.mention_id AND r.n = n.n
WHERE n.mention_id = ANY($ids)"""


def post_rows(con: Connection, mention_ids: Collection[str]) -> list[SealedRow]:
    """These posts, in every version that is held."""
    found = []
    for mention_id, n, *row in sorted(_read_for(con, _POSTS, mention_ids), key=itemgetter(0, 1)):
        columns = dict(zip(COLUMNS[SealedKind.POST], row, strict=True))
        for name in _PAIRS.intersection(columns):  # what either place holds; both, if both do
            held = [words for words in columns[name] if words is not None]
            columns[name] = held[0] if len(held) == 1 else held or None
        columns["reasons"] = columns["reasons"] or None
        found.append(SealedRow(RowKey(SealedKind.POST, mention_id, n), columns))
    return found


def judgement_rows(con: Connection, mention_ids: Collection[str]) -> list[SealedRow]:
    """Return what was made of these posts: verdicts and matches, of every version, for every school."""
    found: list[SealedRow] = []
    for kind, table in ((SealedKind.VERDICT, "verdicts"), (SealedKind.MATCH, "matches")):
        sql = f"""SELECT mention_id, version, urn, {select_columns(COLUMNS[kind])} FROM {table}
            WHERE mention_id = ANY($ids)"""
        for mention_id, version, urn, *row in sorted(
            _read_for(con, sql, mention_ids), key=itemgetter(0, 1, 2)
        ):
            found.append(_row(RowKey(kind, mention_id, version, urn), row))
    return found


def alert_rows(con: Connection, alert_ids: Collection[str]) -> list[SealedRow]:
    """These alerts."""
    sql = f"SELECT id, {select_columns(ALERTS.sealed)} FROM alerts WHERE id = ANY($ids) ORDER BY id"
    return [_row(RowKey(SealedKind.ALERT, i), row) for i, *row in _read_for(con, sql, alert_ids)]


def sealed_rows(con: Connection, about: Collection[str]) -> list[SealedRow]:
    """Every row about these posts and alerts (ids)."""
    return [*post_rows(con, about), *judgement_rows(con, about), *alert_rows(con, about)]


def kept_salts(con: Connection, subjects: Collection[str]) -> dict[tuple[RowKey, str], str]:
    """The salts of all that is sealed of these posts and alerts, by row and column."""
    sql = "SELECT kind, subject, version, urn, salts FROM seal_salts WHERE subject = ANY($ids)"
    return {
        (RowKey(SealedKind(kind), subject, version, urn), name): salt
        for kind, subject, version, urn, kept in _read_for(con, sql, subjects)
        if kind in set(SealedKind)
        for name, salt in kept.items()
    }


def _read_for(con: Connection, sql: str, ids: Collection[str]) -> Iterator[Any]:
    if ids:
        yield from read_rows(con, sql, ids=ids)


def _row(key: RowKey, row: Collection[object]) -> SealedRow:
    return SealedRow(key, dict(zip(COLUMNS[key.kind], row, strict=True)))


_SALTS = names("kind subject version urn salts")
_AGAIN = {"salts": "map_concat(seal_salts.salts, excluded.salts)"}
_BY = "schoolgate"


def seal_posts(con: Connection, mention_ids: Collection[str], now: datetime, case_id: str) -> None:
    """Seals these posts for a case, and what was made of them, as they are now; none that is sealed already.
    To seal it anew would cover up what was changed since."""
    new = set(mention_ids) - list_sealed(con, mention_ids)
    _seal(con, [*post_rows(con, new), *judgement_rows(con, new)], now, case_id)


def seal_of(con: Connection, mention_id: str) -> str | None:
    """One hash over what seals the newest version of a post, each column as sealed last; None without."""
    if not list_sealed(con, [mention_id]):
        return None
    sql = """SELECT unnest(codes) FROM audit WHERE action = 'sealed' AND subject = $id
            AND list_contains(codes, $post) ORDER BY n"""
    found = read_rows(con, sql, id=mention_id, post=Code.KIND.of(SealedKind.POST.value))
    columns = [code for (code,) in found if code.startswith(Code.COLUMN.of(""))]
    return digest(*{code.partition("=")[0]: code for code in columns}.values()) if columns else None


def sealed_version(con: Connection, mention_id: str, case_id: str) -> int | None:
    """The newest version of a post that was sealed when a case was opened; None where none was."""
    sql = """SELECT unnest(codes) FROM audit WHERE action = 'sealed' AND subject = $id
        AND list_contains(codes, $post)
        AND n < (SELECT min(n) FROM audit WHERE action = 'case_opened' AND subject = $case)"""
    codes = read_column(con, sql, id=mention_id, case=case_id, post=Code.KIND.of(SealedKind.POST.value))
    version = Code.VERSION.of("")
    return max((int(code.removeprefix(version)) for code in codes if code.startswith(version)), default=None)


def seal_again(con: Connection, written: Mapping[str, int], now: datetime) -> None:
    """Seals what was just written of posts that are sealed, or whose case is older than seals. `written` are
    the versions that were written, by mention: nothing else is sealed anew, or a change made between two
    writings would be covered up."""
    # every post that is sealed or has a case. They are few: to look for the written ones takes longer.
    sql = """SELECT subject FROM seal_salts WHERE kind = 'post'
        UNION SELECT mention_id FROM cases WHERE mention_id IS NOT NULL"""
    if ids := frozenset(read_column(con, sql)).intersection(written):
        found = [*post_rows(con, ids), *judgement_rows(con, ids)]
        known = kept_salts(con, ids)
        new = [r for r in found if r.key.version == written[r.key.subject]]
        _seal(con, [_but_once(row, known) for row in new], now)


def _but_once(row: SealedRow, known: Collection[tuple[RowKey, str]]) -> SealedRow:
    """The row without what was sealed of it for good: to seal that anew would cover up a change to it."""
    post = row.key.kind is SealedKind.POST
    done = {name for name in SEALED_ONCE if post and (row.key, name) in known}
    return SealedRow(row.key, {name: value for name, value in row.columns.items() if name not in done})


def seal_column(con: Connection, mention_id: str, name: str, now: datetime) -> None:
    """Seals anew the one column of a sealed post that a person has just put right, and nothing else of it."""
    for row in post_rows(con, list_sealed(con, [mention_id])):
        if row.key.version == row.columns["version"]:
            _seal(con, [SealedRow(row.key, {name: row.columns[name]})], now)


def seal_moved(con: Connection, mention_ids: Collection[str], now: datetime) -> None:
    """Seals anew in which story these sealed posts are, and nothing else of them: a person moved them."""
    rows = judgement_rows(con, list_sealed(con, mention_ids))
    moved = [r for r in rows if r.key.kind is SealedKind.MATCH]
    _seal(con, [SealedRow(r.key, {"story_id": r.columns["story_id"]}) for r in moved], now)


def alert_codes(
    con: Connection, alert_ids: Collection[str], columns: Iterable[str] = ()
) -> dict[str, list[str]]:
    """Return what seals these alerts, or these columns of them, as they are, for an entry of the audit."""
    only = frozenset(columns)
    found = alert_rows(con, alert_ids)
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


def list_sealed(con: Connection, mention_ids: Collection[str]) -> frozenset[str]:
    """List those of these posts that are sealed."""
    sql = "SELECT DISTINCT subject FROM seal_salts WHERE kind = 'post' AND subject = ANY($ids)"
    return frozenset(read_column(con, sql, ids=mention_ids))


def forget_salts(con: Connection, mention_ids: Collection[str], *, whole: bool) -> None:
    """Delete the salts of posts that are being deleted: of all that was sealed with `whole`, else of their
    words alone, where a stub remains. Nobody can try any more what a hash in the chain was made of. Whoever
    deletes words also records it (`text_deleted`)."""
    sql = "DELETE FROM seal_salts WHERE kind <> 'alert' AND subject = ANY($ids) AND ($whole OR kind = 'post')"
    execute(con, sql, ids=mention_ids, whole=whole)
    sql = """UPDATE seal_salts SET salts = map_from_entries(
            list_filter(map_entries(salts), lambda each: NOT list_contains($columns, each.key)))
        WHERE subject = ANY($ids)"""
    execute(con, sql, ids=mention_ids, columns=WITH_WORDS)


def forget_alerts(con: Connection, alert_ids: Collection[str]) -> None:
    """Deletes the salts of alerts that are deleted. Whoever deletes them records it (`alert_deleted`)."""
    sql = "DELETE FROM seal_salts WHERE kind = 'alert' AND subject = ANY($ids)"
    execute(con, sql, ids=alert_ids)


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
    insert_rows(con, "seal_salts", _SALTS, salts, key=_SALTS[:4], update=_AGAIN)
    return codes


# Removes a restricted mention's words from every table but `restricted_texts`.

_MOVED = ", ".join((*RESTRICTED.key, *MENTIONS.moved, *VERSIONS.moved))
_MOVE = (
    f"""INSERT INTO restricted_texts ({_MOVED}, reasons)
    SELECT {_MOVED}, MAP {{}} FROM mention_versions JOIN mentions ON id = mention_id
    WHERE mention_id = ANY($ids) AND text IS NOT NULL
    ON CONFLICT (mention_id, n) DO NOTHING""",
    f"UPDATE mentions SET restricted = TRUE, {MENTIONS.hide_sql()} WHERE id = ANY($ids)",
    *(
        f"UPDATE {table.name} SET {table.hide_sql()} WHERE mention_id = ANY($ids)"
        for table in (VERSIONS, MATCHES, VERDICTS)
    ),
    """UPDATE stories SET restricted = TRUE, title = ''
    WHERE id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))""",
)
_LIFT = (
    f"""UPDATE mention_versions SET {VERSIONS.restore_sql()}, {UNKNOWN_BITS} FROM restricted_texts r
    WHERE r.mention_id = mention_versions.mention_id AND r.n = mention_versions.n
        AND r.mention_id = ANY($ids)""",
    """UPDATE verdicts SET reason_texts = r.reasons[verdicts.urn] FROM restricted_texts r
    WHERE r.mention_id = verdicts.mention_id AND r.n = version AND r.reasons[verdicts.urn] IS NOT NULL
        AND r.mention_id = ANY($ids)""",
    f"""UPDATE mentions SET restricted = FALSE, {MENTIONS.restore_sql()} FROM restricted_texts r
    WHERE r.mention_id = id AND r.n = version AND id = ANY($ids)""",
    "DELETE FROM restricted_texts WHERE mention_id = ANY($ids)",
    """UPDATE stories SET restricted = FALSE, title = top.title FROM (
        SELECT x.story_id, coalesce(nullif(n.title, ''), n.text, '') AS said,
            left(regexp_replace(said, '\\s+', ' ', 'g'), 80) AS title
        FROM matches x JOIN mentions m ON m.id = x.mention_id AND m.version = x.version
        JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
        JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version AND v.urn = x.urn
        QUALIFY row_number() OVER (PARTITION BY x.story_id ORDER BY v.severity DESC, m.id) = 1) top
    WHERE stories.id = top.story_id AND id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))
        AND id NOT IN (SELECT story_id FROM matches x JOIN mentions m ON m.id = x.mention_id
            WHERE m.restricted AND story_id IS NOT NULL)""",
)
_SHOW_ALERTS = """UPDATE alerts SET restricted = FALSE WHERE restricted AND NOT content_class = ANY($classes)
    AND story_id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))
    AND story_id IN (SELECT id FROM stories WHERE NOT restricted)"""


def restrict(con: Connection, ids: Sequence[str], now: datetime) -> None:
    """Moves the words of these mentions, earlier versions included, into `restricted_texts`. What other posts
    of their threads repeat of them is hidden too: titles, and quotes. A reply has its thread's title, so the
    opening post's words would appear in every reply and in its story. Posts that share no thread with them,
    such as reviews under one heading, keep their title."""
    if not ids:
        return
    withheld(con, ids, now)
    for statement in _MOVE:
        execute(con, statement, ids=ids)
    threads = read_rows(con, "SELECT id, parent FROM mentions WHERE id = ANY($ids)", ids=ids)
    parents = [parent for _, parent in threads if parent is not None]
    sql = """SELECT id FROM mentions WHERE parent = ANY($threads)
        UNION SELECT id FROM mentions WHERE id = ANY($parents)"""
    _hide(con, read_column(con, sql, threads=[*ids, *parents], parents=parents), now)


def note_reason(con: Connection, reason: str) -> str:
    """Keep why somebody reads restricted words; the code of it. Raises InputError where they do not say."""
    if not reason.strip():
        raise InputError("Say why you are reading the text: it is restricted, and the reason is recorded.")
    return note(con, reason.strip())


def restrict_matter(con: Connection, story_id: str, urn: str, audience: Sequence[str], now: datetime) -> None:
    """Hides every post of a story, and its alert, when a person has found what the program missed. It is then
    like anything restricted from the start: those who may read it can, giving a reason that is recorded.
    Those who were told of it as a different kind of matter no longer can: the alert's audience becomes
    `audience`, ids of people."""
    given = {"story": story_id, "urn": urn}
    sql = """SELECT id FROM mentions WHERE NOT restricted AND id IN (
            SELECT mention_id FROM matches WHERE story_id = $story AND urn = $urn)"""
    restrict(con, read_column(con, sql, **given), now)
    sql = """UPDATE alerts SET restricted = TRUE, reason_texts = [], audience = $audience::VARCHAR[]
        WHERE story_id = $story AND urn = $urn AND NOT restricted RETURNING id"""
    ids = read_column(con, sql, **given, audience=audience)
    sealed = alert_codes(con, ids, ("restricted", "reason_texts", "audience"))
    append(con, [AuditEntry(now, "schoolgate", "alert_hidden", i, urn, tuple(sealed[i])) for i in ids])


def lift_restriction(con: Connection, ids: Sequence[str], now: datetime) -> list[tuple[str, str]]:
    """Put the words of these mentions back where everybody's are, once nothing restricts them any more;
    return their stories, each with its school, whose alerts are still to be sealed. The gravest post of a
    story gives it its title again, and what is sealed of them is sealed as it is now."""
    if not ids:
        return []
    for statement in _LIFT:
        execute(con, statement, ids=ids)
    sql = "SELECT mention_id, n FROM mention_versions WHERE mention_id = ANY($ids)"
    versions = read_rows(con, sql, ids=ids)
    sql = """SELECT DISTINCT story_id, urn FROM matches
        WHERE mention_id = ANY($ids) AND story_id IS NOT NULL ORDER BY ALL"""
    stories: list[tuple[str, str]] = read_rows(con, sql, ids=ids)
    hide_in_threads(con, ids, [story_id for story_id, _ in stories], now)
    for mention_id, n in versions:
        seal_again(con, {mention_id: n}, now)
    execute(con, _SHOW_ALERTS, ids=ids, classes=sorted(BYPASSING))
    return stories


def hide_in_threads(con: Connection, ids: Sequence[str], story_ids: Sequence[str], now: datetime) -> None:
    """Hides what these posts, just written, repeat of a restricted one in their thread, even after that was
    handed over and only a stub is left; and the titles that their stories (`story_ids`) have from it."""
    hidden = read_rows(con, "SELECT id, parent FROM mentions WHERE restricted")
    if not hidden:
        return
    sql = """SELECT id, parent FROM mentions WHERE id = ANY($ids) UNION SELECT id, parent FROM mentions
        WHERE id IN (SELECT mention_id FROM matches WHERE story_id = ANY($stories))"""
    rows = read_rows(con, sql, ids=ids, stories=story_ids)
    opening = {parent for _, parent in hidden if parent is not None}
    threads = opening.union(mention_id for mention_id, _ in hidden)
    _hide(con, [mention_id for mention_id, parent in rows if parent in threads or mention_id in opening], now)


def _hide(con: Connection, ids: Sequence[str], now: datetime) -> None:
    if not ids:
        return
    execute(con, _HIDE_STORIES, ids=ids)
    if hidden := read_rows(con, _HIDE, ids=ids):
        withheld(con, [mention_id for (mention_id,) in hidden], now)


_HIDE_STORIES = """UPDATE stories SET title = ''
WHERE id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))
    AND title IN (SELECT title FROM mention_versions WHERE mention_id = ANY($ids)
        UNION SELECT title FROM restricted_texts)"""
_HIDE = f"""UPDATE mention_versions SET title = NULL, quoted = NULL, {UNKNOWN_BITS}
WHERE mention_id = ANY($ids) AND (title IS NOT NULL OR quoted IS NOT NULL) RETURNING mention_id"""
