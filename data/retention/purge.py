"""Deletes what is due, so that its bytes go too.

DELETE and CHECKPOINT leave the old bytes in a DuckDB file (measured), so a purge also rewrites the file, at
least once a week. Copies made before a migration or a restore are kept for a week.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from data.content_class import SIX_YEARS, ContentClass
from data.effects import Uptime
from data.errors import StoreDamaged, StoreError
from data.evidence.vault import Vault
from data.keeping import deletion_record
from data.keeping.deletion_record import NOTHING, DeletedKind, Gone
from data.retention import deleting
from data.retention.deleting import KEPT, KEPT_BY_CASE, KeptCase, kept_until, purge_cases
from data.store.cases.evidence_rows import all_named
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.migrations import copy_database
from data.store.engine.open import ASIDE, BACKING_UP, RESTORING, Store
from data.store.engine.rows import Connection, at, execute, read_column, read_rows, read_value
from data.store.mentions.known import OF_SETS
from data.store.owners import marked_sql, unless_owned
from data.store.reporting.fresh_stories import TO_ANSWER
from data.store.sealing import list_sealed
from data.store.service import look
from data.types import Policy

REWRITE_AFTER = timedelta(days=7)
COPIES_KEPT = timedelta(days=7)
"""Copies set aside before a migration or a restore: the one exception to the retention periods."""
COPYING_TAKES = timedelta(days=1)
"""How long files prepared for an interrupted restore or backup are kept."""
ERASURE = Code.AUTHORITY.of("erasure")
"""The code of a deletion that somebody asked for."""
ORPHAN_AFTER = timedelta(days=1)
"""A vault file without a row is deleted once it is older than this: a newer one may still get its row."""


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """The numbers that a purge removed: complete mentions (`not_about` of them about no school), and texts
    whose stubs remain. `cases` counts closed cases whose words and evidence went, `held` those that are due
    but on hold. `withheld_until` is set where nothing was deleted because the clock has jumped: it is watched
    until then."""

    deleted: int = 0
    not_about: int = 0
    stubs: int = 0
    files: int = 0
    rewritten: bool = False
    cases: int = 0
    held: int = 0
    withheld_until: datetime | None = None


def purge_if_believed(store: Store, now: datetime, policy: Policy, up: Uptime | None = None) -> PurgeReport:
    """Runs `purge` if the clock can be trusted (`check_clock`), and deletes copies that are overdue."""
    with store.write("purge what is due") as con:
        trust = look(con, now, up)
        done = None if trust.doubted else _purge_and_record(con, store, now, policy, NOTHING)
    if done is None:
        return PurgeReport(withheld_until=trust.until)
    drop_copies(store, now)
    return swept(store, now, *done, force=False)


def drop_copies(store: Store, now: datetime) -> None:
    """Deletes copies set aside over a week ago; of one dated in the future the week begins now."""
    kept = {
        **{store.path.name + ".before-*": COPIES_KEPT, ASIDE + "*": COPIES_KEPT},
        **{RESTORING: COPYING_TAKES, BACKING_UP + "*": COPYING_TAKES},
    }
    for path, time in [(path, time) for name, time in kept.items() for path in store.home.glob(name)]:
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if made > now:
            os.utime(path, (now.timestamp(), now.timestamp()))
        elif now - made >= time:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def purge(
    store: Store, now: datetime, policy: Policy, *, force: bool = False, again: Gone = NOTHING
) -> PurgeReport:
    """Deletes what is due, leaving fingerprints, counts and stubs; rewrites the file when that is due.

    A rewrite is due when something was deleted since the last one and that was a week ago, or there was none;
    with `force`, always. Open and held cases stay, with the mentions of their stories; closed ones stay for
    their class's time, with their posts. Of what is open without a case a stub stays that says when its words
    went: until it is ended, or, of what was never raised, for `retain_days`. Anything in `again` was deleted
    before, according to a record, and goes whether it is due or not. Everything that goes is written to the
    record of deletions first.
    """
    with store.write("purge what is due") as con:
        done = _purge_and_record(con, store, now, policy, again)
    return swept(store, now, *done, force=force)


def _purge_and_record(
    con: Connection, store: Store, now: datetime, policy: Policy, again: Gone
) -> tuple[PurgeReport, frozenset[str]]:
    report, dropped, gone = _purge(con, now, policy, again)
    record_deletions(store, now, gone)
    return report, dropped


def swept(
    store: Store, now: datetime, report: PurgeReport, dropped: frozenset[str], *, force: bool
) -> PurgeReport:
    """After the rows, removes the files, and rewrites the store where that is due."""
    with store.open_reader() as con:
        named, due = all_named(con), force or _rewrite_due(con, now)
    # Removes from the vault whatever no row of `evidence` names; files dropped just now go at once.
    vault = Vault(store.evidence)
    orphans = [name for name in vault.names() if name not in named]
    gone = [n for n in orphans if n in dropped or vault.kept_since(n) < now - ORPHAN_AFTER]
    vault.drop_unfinished(now - ORPHAN_AFTER)
    for name in gone:
        vault.remove(name)
    report = replace(report, files=len(gone))
    if not due:
        return report
    rewrite(store)
    with store.write("record the rewrite") as con:
        append(con, [AuditEntry(now, "schoolgate", "rewritten", "store")])
    return replace(report, rewritten=True)


def record_deletions(store: Store, now: datetime, gone: Mapping[DeletedKind, Iterable[str]]) -> None:
    """Writes what is about to go into the record of deletions. Raises StoreError where it cannot."""
    try:
        deletion_record.add_deletions(store.home, now, gone)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{store.home / deletion_record.NAME} could not be written, so nothing was deleted: {error}"
        ) from error


def rewrite(store: Store) -> None:
    """Replaces the file with a copy of its tables; after a crash the old or the new is there, whole."""
    with store.alone("rewrite the file") as con:
        con.execute("CHECKPOINT")
        if store.path.with_name(store.path.name + ".wal").exists():
            raise StoreDamaged(
                f"{store.path}: its log could not be merged into the file. Nothing was changed."
            )
        shutil.rmtree(
            store.home / (store.path.name + ".tmp"), ignore_errors=True
        )  # left by a process that was killed
        copy_database(con, store.path)


_DUE = f"""
SELECT id, restricted AND NOT stub FROM mentions WHERE retain_until <= $now AND id NOT IN (
    SELECT mention_id FROM ({KEPT}) WHERE mention_id IS NOT NULL)
"""
_OPEN = f"""SELECT DISTINCT m.id, m.stub FROM mentions m
JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version
JOIN matches x ON x.mention_id = m.id AND x.version = m.version AND x.urn = v.urn
WHERE m.id = ANY($ids) AND NOT m.restricted AND NOT {marked_sql("x.story_id", "x.urn")}
    AND NOT list_contains($over::VARCHAR[], x.story_id) AND (
        ({TO_ANSWER} AND m.first_seen > $past)
        OR EXISTS (SELECT 1 FROM alerts a WHERE a.story_id = x.story_id AND a.urn = x.urn
            AND a.handed_over_at IS NULL))"""
"""Posts of what is open still, and whether their words are deleted already."""
_OVER = """SELECT story_id FROM cases c WHERE closed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM alerts a
    WHERE a.story_id = c.story_id AND a.urn = c.urn AND a.raised_at > c.closed_at)"""
"""What was ended by its case, asked before closed cases are deleted."""
_WORDLESS = (
    "UPDATE mentions SET stub = TRUE, retain_until = $now WHERE id = ANY($ids)",
    """UPDATE stories SET title = '' WHERE id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))
        AND id NOT IN (SELECT x.story_id FROM matches x JOIN mentions m ON m.id = x.mention_id
            WHERE NOT m.stub AND x.story_id IS NOT NULL)""",
)
_HELD = f"""SELECT id, restricted FROM mentions WHERE NOT stub AND id NOT IN (
    SELECT mention_id FROM ({KEPT_BY_CASE}) WHERE mention_id IS NOT NULL)"""
"""What may have been deleted before: as long as a case has its steps, its post was not."""
_FINGERPRINT = """INSERT INTO fingerprints SELECT id, version, text_hash, $now, $until FROM mentions
    WHERE id = ANY($ids) ON CONFLICT (mention_id) DO NOTHING"""
_OVERDUE = (
    "DELETE FROM fingerprints WHERE retain_until <= $now",
    "DELETE FROM outbox WHERE expires_at <= $past",
    "UPDATE outbox SET body = '', html = NULL WHERE kind = 'digest' AND expires_at <= $month AND body <> ''",
    "DELETE FROM editions WHERE composed_at <= $past",  # with its message: without, it would look unsent
    "DELETE FROM deliveries WHERE outbox_key NOT IN (SELECT key FROM outbox)",
    "DELETE FROM source_runs WHERE started_at <= $past",
    "DELETE FROM account_log WHERE done_at <= $past",
    "DELETE FROM spikes WHERE told_at <= $past",
    "DELETE FROM school_sets WHERE id NOT IN (SELECT schools FROM judged_for)",
    "DELETE FROM article_reads WHERE read_at <= $past",
    "DELETE FROM privacy_requests WHERE answered_at <= $past AND id NOT IN ("
    "SELECT request_id FROM suppressions WHERE request_id IS NOT NULL)",
)


def _purge(
    con: Connection, now: datetime, policy: Policy, again: Gone
) -> tuple[PurgeReport, frozenset[str], Mapping[DeletedKind, Iterable[str]]]:
    over = read_column(con, _OVER)
    gone = purge_cases(con, now, policy, again)
    due: dict[str, bool] = dict(read_rows(con, _DUE, now=now))
    erased = set[str]()
    if again.hashes:
        held = {mention_id: stub for mention_id, stub in read_rows(con, _HELD)}
        erased = {*again.of(DeletedKind.MENTION, held)}
        due |= dict.fromkeys(erased, False)
        due |= {i: held[i] for i in again.of(DeletedKind.STUB, held) if i not in due}
    past = now - timedelta(days=policy.retain_days)
    mild = [i for i, stub in due.items() if not stub and i not in erased]
    still_open: dict[str, bool] = dict(
        read_rows(con, unless_owned(con, _OPEN), ids=mild, past=past, over=over)
    )
    worded = [i for i, stub in still_open.items() if not stub]
    whole = [i for i, stub in due.items() if not stub and i not in still_open]
    hidden = [i for i, stub in due.items() if stub]
    stubs = [*hidden, *worded]
    sql = f"""SELECT count(*) FROM (SELECT m.id {deleting.NEWEST} AND v.relevance = 'not_about'
            UNION SELECT m.id {OF_SETS} WHERE m.id = ANY($ids))"""
    not_about = int(read_value(con, sql, ids=whole) or 0)
    tombstones = _tombstones(con, [*whole, *stubs], now)
    until = now + timedelta(days=policy.criticism_days)
    if again.hashes:
        deleting.scrub(con, [*whole, *stubs], now)
    deleting.count(con, whole)
    execute(con, _FINGERPRINT, ids=whole, now=now, until=until)
    tombstones += deleting.files_going(con, [*whole, *stubs], now)
    files = deleting.drop_texts(con, [*whole, *stubs])
    deleting.drop_rows(con, whole)
    deleting.empty_rows(con, stubs)
    sql = "UPDATE mentions SET stub = TRUE, retain_until = $until WHERE id = ANY($ids)"
    execute(con, sql, ids=hidden, until=now + SIX_YEARS)
    for statement in _WORDLESS if worded else ():
        execute(con, statement, **({"now": now} if "$now" in statement else {}), ids=worded)
    month = now - timedelta(days=policy.criticism_days)
    times = {"now": now, "month": month, "past": past}
    deleting.drop_orphans(con, now)
    for statement in _OVERDUE:
        con.execute(statement, {k: v for k, v in times.items() if f"${k}" in statement})
    cases = len(gone.whole) + len(gone.stubs)
    if whole or stubs or cases:
        codes = (
            *(Code.DELETED.of(len(whole)), Code.NOT_ABOUT.of(not_about)),
            *(Code.STUBS.of(len(stubs)), Code.CASES.of(cases)),
        )
        append(con, [*tombstones, AuditEntry(now, "schoolgate", "purged", "store", None, codes)])
    report = PurgeReport(len(whole), not_about, len(stubs), cases=cases, held=gone.held)
    kinds = {
        DeletedKind.MENTION: whole,
        DeletedKind.STUB: stubs,
        DeletedKind.CASE: gone.whole,
        DeletedKind.CASE_STUB: gone.stubs,
    }
    return report, files | gone.files, kinds


def _tombstones(con: Connection, ids: Sequence[str], now: datetime) -> list[AuditEntry]:
    """An audit entry for each mention that was more than plain criticism, or is sealed: its id and class. No
    hash of its words: they may be few enough to be guessed."""
    sql = f"""SELECT m.id, v.urn, v.content_class {deleting.NEWEST}
        AND (v.content_class <> $plain OR m.restricted OR list_contains($sealed, m.id))
        ORDER BY m.id, v.urn"""
    rows = read_rows(con, sql, ids=ids, plain=ContentClass.FAIR_COMMENT, sealed=sorted(list_sealed(con, ids)))
    return [
        AuditEntry(now, "schoolgate", "text_deleted", mention_id, urn, (content_class,))
        for mention_id, urn, content_class in rows
    ]


def _rewrite_due(con: Connection, now: datetime) -> bool:
    """A week after the last one; at once where erasing was broken off before its own."""
    row = con.execute(
        """SELECT coalesce(max(n) FILTER (action = 'purged'), 0),
            coalesce(max(n) FILTER (action = 'rewritten'), 0),
            coalesce(epoch_us(max(done_at) FILTER (action = 'rewritten')), 0),
            coalesce(max(n) FILTER (action = 'text_deleted' AND list_contains(codes, $erasure)), 0)
        FROM audit""",
        {"erasure": ERASURE},
    ).fetchone()
    purged, rewritten, rewritten_us, erased = row or (0, 0, 0, 0)
    return erased > rewritten or (purged > rewritten and now - at(rewritten_us) >= REWRITE_AFTER)


@dataclass(frozen=True, slots=True)
class Going:
    """Posts that are due on the same day, for the same reason. `stubs` leave a stub; `day` is in UTC."""

    day: datetime
    content_class: str
    relevance: str
    stubs: bool
    posts: int


@dataclass(frozen=True, slots=True)
class KeptBack:
    """A case that keeps posts which would be due; of a hold, who set it and when it is looked at again."""

    case: KeptCase
    posts: int
    held_by: str | None
    review: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """Deletions due up to a day, the soonest first; the closed cases among them, by when; what is kept
    back.
    """

    going: tuple[Going, ...]
    cases: tuple[KeptCase, ...]
    kept_back: tuple[KeptBack, ...]


_GOING = f"""
WITH judged AS (
    SELECT mention_id, version, content_class, relevance FROM verdicts WHERE urn = ANY($urns)
    UNION SELECT m.id, m.version, '{ContentClass.FAIR_COMMENT}', 'not_about' {OF_SETS}
    WHERE list_has_any(s.urns, $urns) AND m.id NOT IN (SELECT mention_id FROM verdicts
        WHERE mention_id = m.id AND version = m.version AND urn = ANY($urns))
)
SELECT epoch_us(greatest(date_trunc('day', m.retain_until), $now)), v.content_class, v.relevance,
    m.restricted AND NOT m.stub, count(DISTINCT m.id)
FROM mentions m JOIN judged v ON v.mention_id = m.id AND v.version = m.version
WHERE m.retain_until <= $until AND (m.restricted OR NOT m.stub)
    AND m.id NOT IN (SELECT mention_id FROM ({KEPT}) WHERE mention_id IS NOT NULL)
GROUP BY ALL ORDER BY ALL"""
_BACK = f"""
SELECT k.case_id, count(DISTINCT m.id),
    (SELECT last(actor ORDER BY n) FROM case_steps t WHERE t.case_id = k.case_id AND step = 'held'),
    (SELECT last(json_extract_string(detail, '$.review') ORDER BY n) FROM case_steps t
        WHERE t.case_id = k.case_id AND step = 'held')
FROM mentions m JOIN ({KEPT}) k ON k.mention_id = m.id
WHERE m.retain_until <= $until GROUP BY k.case_id ORDER BY k.case_id"""


def preview(con: Connection, urns: Sequence[str], now: datetime, until: datetime, policy: Policy) -> Preview:
    """List what would go by `until`, if the clock is trusted and nothing else happens."""
    rows = read_rows(con, _GOING, urns=urns, now=now, until=until)
    going = tuple(Going(at(day), *rest) for day, *rest in rows)
    cases = {i: case for i, case in kept_until(con, now, policy).items() if case.urn in urns}
    due = [case for case in cases.values() if case.until is not None and case.until <= until]
    back = read_rows(con, _BACK, until=until)
    kept = [
        KeptBack(cases[i], n, held_by if cases[i].hold else None, review if cases[i].hold else None)
        for i, n, held_by, review in back
        if i in cases
    ]
    return Preview(going, tuple(due), tuple(kept))
