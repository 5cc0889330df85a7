"""Deletes what is due or what somebody asked to be erased, so that its bytes go too."""

from __future__ import annotations

import html
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from data import keeping
from data.content_class import SIX_YEARS, ContentClass
from data.effects import Uptime
from data.errors import StoreDamaged, StoreError
from data.evidence.faults import DELETED, TAKEN_DOWN
from data.evidence.vault import Vault
from data.frozen import freeze
from data.ids import digest, squeeze
from data.keeping import NOTHING, ClosedCase, DeletedKind, Gone, case_kept_until
from data.steps.codes import Ending
from data.store import cases as case_store
from data.store import privacy as privacy_store
from data.store.alerts import delete_without_story
from data.store.cases import restricted_among
from data.store.digest import TO_ANSWER
from data.store.engine.audit_chain import AuditEntry, Code, append, record_act, step_seal
from data.store.engine.migrations import copy_database
from data.store.engine.open import ASIDE, BACKING_UP, RESTORING, Store
from data.store.engine.rows import Connection, at, execute, read_column, read_rows, read_value
from data.store.engine.tables import MATCHES, MENTIONS, UNKNOWN_BITS, VERDICTS
from data.store.evidence import all_named
from data.store.mentions import OF_SETS
from data.store.outbox import WAITS
from data.store.owners import (
    closed_sql,
    drop_of_posts,
    drop_owners_without_story,
    drop_without_words,
    in_hand_sql,
    marked_sql,
    unless_owned,
)
from data.store.privacy import Suppression
from data.store.sealing import forget_salts, list_sealed, withheld
from data.store.service import look
from data.store.stories import STILL_MOVED
from data.store.verdicts import TONE
from data.types import Mark, Policy


@freeze
class CasesGone:
    """The fate of closed cases: ids of those deleted completely and of those reduced to stubs, how many are
    due but on hold, and the hashes of their files."""

    whole: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()
    held: int = 0
    files: frozenset[str] = frozenset()


@freeze
class KeptCase:
    """A case that keeps its posts; `until` is None while it is open, on hold, or part of one that is kept."""

    id: str
    urn: str
    content_class: ContentClass
    open: bool
    hold: bool
    until: datetime | None


@freeze
class _Closed:
    id: str
    urn: str
    story_id: str
    opened_at: datetime
    hold: bool
    steps: int
    case: ClosedCase
    part: bool = False  # of another case, whose evidence it has: it stays as long

    def due(self, now: datetime, policy: Policy) -> bool:
        """Is its time up? A stub, which has no steps left, stays for six years."""
        if self.part and self.steps:
            return False
        until = case_kept_until(self.case, policy) if self.steps else self.case.closed_at + SIX_YEARS
        return until <= now


_CASES = """
SELECT c.id, c.urn, c.story_id, epoch_us(c.opened_at), c.hold,
    (SELECT count(*) FROM case_steps t WHERE t.case_id = c.id), c.content_class, c.ending,
    epoch_us(c.closed_at), epoch_us(greatest(c.opened_at, m.published, g.last_seen, (
        SELECT max(done_at) FROM case_steps t WHERE t.case_id = c.id AND (step = 'came_back' OR (
            step = 'checked' AND regexp_matches(detail, '"result": "(present|changed)"')))))),
    EXISTS (SELECT 1 FROM case_steps t WHERE t.case_id = c.id AND step = 'chronology'),
    c.ending = 'joined' AND EXISTS (SELECT 1 FROM case_steps j JOIN case_steps t
        ON t.case_id = json_extract_string(j.detail, '$.case') WHERE j.case_id = c.id AND j.step = 'joined')
FROM cases c
LEFT JOIN (SELECT id, published FROM mentions WHERE id IN (SELECT mention_id FROM cases)) m
    ON m.id = c.mention_id
LEFT JOIN (SELECT mention_id, max(last_seen) AS last_seen FROM sightings
    WHERE mention_id IN (SELECT mention_id FROM cases) GROUP BY mention_id) g ON g.mention_id = c.mention_id
"""
"""Of the great tables only what cases name is read."""


def purge_cases(con: Connection, now: datetime, policy: Policy, again: Gone = NOTHING) -> CasesGone:
    """Deletes closed cases that are due, in the caller's transaction; a hold keeps everything in its case.
    Texts of what was handed over are due at once and left to the purge of the mentions. A case in `again` was
    deleted before, and came back with a backup: it goes whether it is due or not."""
    gone = _delete_again(con, now, again)
    rows = read_rows(con, f"{_CASES} WHERE c.closed_at IS NOT NULL ORDER BY c.id")
    due = [
        c for c in (_read_closed(row, now) for row in rows) if c.due(now, policy) and c.id not in gone.stubs
    ]
    gone = replace(gone, held=sum(c.hold for c in due))
    for one in due:
        if not one.hold:
            gone = _delete(con, one, gone, now, stub=bool(one.steps) and one.case.leaves_stub)
    return gone


def kept_until(con: Connection, now: datetime, policy: Policy) -> dict[str, KeptCase]:
    """Every case that still has its steps, by number: what keeps it, and until when."""
    rows = read_rows(con, f"{_CASES} ORDER BY c.id")
    found = {}
    for row in rows:
        one, is_open = _read_closed(row, now), row[_CLOSED_AT] is None
        if one.steps:
            until = None if is_open or one.hold or one.part else case_kept_until(one.case, policy)
            found[one.id] = KeptCase(one.id, one.urn, one.case.content_class, is_open, one.hold, until)
    return found


_CLOSED_AT = 8
"""Its place in a row of `_CASES`."""


def _delete_again(con: Connection, now: datetime, again: Gone) -> CasesGone:
    gone = CasesGone()
    if not again.hashes:
        return gone
    found = {row[0]: row for row in read_rows(con, f"{_CASES} ORDER BY c.id")}
    stubs = set(again.of(DeletedKind.CASE_STUB, found))
    for case_id in sorted({*stubs, *again.of(DeletedKind.CASE, found)}):
        one = _read_closed(found[case_id], now)
        if case_id in stubs and one.steps:
            # it was open when the backup was made: how it ended only the newer chain knows
            sql = """UPDATE cases SET closed_at = coalesce(closed_at, $now), hold = FALSE, state = 'closed',
                ending = coalesce(ending, 'handed_over') WHERE id = $id"""
            execute(con, sql, id=case_id, now=now)
            gone = _delete(con, one, gone, now, stub=True)
        elif case_id not in stubs:
            gone = _delete(con, one, gone, now, stub=False)
    return gone


_KEPT_BY_STORY = """
SELECT x.mention_id, c.id AS case_id FROM matches x JOIN cases c USING (story_id)
WHERE c.closed_at IS NULL OR c.hold OR (c.mention_id IS NULL AND c.id IN (SELECT case_id FROM case_steps))
"""
KEPT_BY_CASE = """
SELECT mention_id, id FROM cases WHERE id IN (SELECT case_id FROM case_steps)
UNION SELECT regexp_extract(detail, '"mention": "([^"]+)"', 1), case_id FROM case_steps
    WHERE step IN ('copy_found', 'came_back')
"""
"""The post of a case and its copies, as long as the case has its steps."""
_KEPT_BY_COURSE = """
SELECT m.id, c.id FROM case_steps t JOIN cases c ON c.id = t.case_id
JOIN mentions lead ON lead.id = c.mention_id
JOIN mentions m ON m.channel = lead.channel AND m.author = json_extract_string(t.detail, '$.author')
JOIN verdicts v ON v.mention_id = m.id AND v.urn = c.urn AND v.relevance <> 'not_about'
    AND v.subject_person = json_extract_string(t.detail, '$.person')
WHERE t.step = 'chronology'
"""
KEPT = f"{_KEPT_BY_STORY} UNION {KEPT_BY_CASE} UNION {_KEPT_BY_COURSE}"
"""The mentions that cases keep, each with the case: the whole story of an open or held one, else its post and
copies. Also, as long as a case has its steps, the posts of a course of conduct that was approved in it
(`data.store.cases` collects them): on their own they might be kept for days only."""


def _delete(con: Connection, one: _Closed, gone: CasesGone, now: datetime, *, stub: bool) -> CasesGone:
    done = case_store.steps_of_case(con, one.id)
    files = frozenset(
        read_column(con, "DELETE FROM evidence WHERE case_id = $id RETURNING sha256", id=one.id)
    )
    append(
        con, [AuditEntry(now, "schoolgate", DELETED, one.id, one.urn, (sha256,)) for sha256 in sorted(files)]
    )
    _drop_words(con, one.id)
    for table in ("case_steps", "case_places", "letter_facts"):
        execute(con, f"DELETE FROM {table} WHERE case_id = $id", id=one.id)
    # its number, class and dates, a hash over its steps, and the rule under which it was deleted
    case = one.case
    codes = (
        case.content_class,
        *([Code.ENDING.of(case.ending.value)] if case.ending else []),
        Code.OPENED.of(f"{one.opened_at:%Y-%m-%d}"),
        Code.CLOSED.of(f"{case.closed_at:%Y-%m-%d}"),
        Code.ALL_STEPS.of(digest(*map(step_seal, done))),
        Code.AUTHORITY.of("retention"),
    )
    record_act(con, now, "schoolgate", "case_deleted", one.id, one.urn, codes)
    if stub:
        sql = "UPDATE cases SET subjects = [], due_at = NULL, clock = NULL, recheck_at = NULL WHERE id = $id"
        execute(con, sql, id=one.id)
        sql = """UPDATE mentions SET retain_until = least(retain_until, $now) WHERE restricted AND NOT stub
            AND id IN (SELECT mention_id FROM matches WHERE story_id = $story AND urn = $urn)"""
        execute(con, sql, now=now, story=one.story_id, urn=one.urn)
        return replace(gone, stubs=gone.stubs | {one.id}, files=gone.files | files)
    execute(con, "DELETE FROM cases WHERE id = $id", id=one.id)
    return replace(gone, whole=gone.whole | {one.id}, files=gone.files | files)


def _drop_words(con: Connection, case_id: str) -> None:
    """Erases the reasons given in the case, and for reading it, unless something else has the same words."""
    sql = """WITH said AS (
            SELECT subject = $id OR list_contains(codes, $case) AS mine, unnest(codes) AS code
            FROM audit)
        DELETE FROM audit_notes WHERE $note || sha256 IN (
            SELECT code FROM said WHERE starts_with(code, $note) GROUP BY code HAVING bool_and(mine))"""
    execute(con, sql, id=case_id, case=Code.CASE.of(case_id), note=Code.NOTE.of(""))


def _read_closed(row: Sequence[Any], now: datetime) -> _Closed:
    """Read a case that is closed, or open: an open case counts as closed now."""
    case_id, urn, story_id, opened, hold, steps, content_class, ending, closed, last, course, part = row
    was = Ending(ending) if ending else None
    case = ClosedCase(ContentClass(content_class), was, _at(closed, now), _at(last, now), course)
    return _Closed(case_id, urn, story_id, at(opened), hold, steps, case, bool(part))


def _at(micros: int | None, now: datetime) -> datetime:
    return now if micros is None else at(micros)


NEWEST = """FROM mentions m JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version
    WHERE m.id = ANY($ids)"""
_DIGESTS_GONE_OUT = f"""UPDATE outbox SET body = '', html = NULL WHERE kind = 'digest' AND NOT ({WAITS})
    AND body <> '' AND written_at >= (SELECT min(first_seen) FROM mentions WHERE id = ANY($ids))"""
_SAID_TO_BE_OTHERS = f"""EXISTS (SELECT 1 FROM matches x WHERE x.mention_id = v.mention_id
    AND x.version = v.version AND x.urn = v.urn AND {marked_sql("x.story_id", "x.urn", Mark.NOT_US)})"""
_COUNTED = f"""INSERT INTO counts
    SELECT m.first_seen::DATE, v.urn, m.channel,
        CASE WHEN {_SAID_TO_BE_OTHERS} THEN 'not_about' ELSE v.relevance END, {TONE}, v.route, count(*)
    {NEWEST}
    AND v.history IS NULL GROUP BY ALL
    ON CONFLICT (day, urn, channel, relevance, sentiment, route)
    DO UPDATE SET purged = counts.purged + excluded.purged"""
_COUNTED_FOR_SETS = f"""INSERT INTO counts
    WITH posts AS (
        SELECT m.id, m.version, m.first_seen::DATE AS day, m.channel, list(s.id ORDER BY s.id) AS sets
        {OF_SETS} WHERE m.id = ANY($ids) GROUP BY ALL
    ), schools AS (
        SELECT sets, list_distinct(flatten(list(urns))) AS urns
        FROM (SELECT DISTINCT sets, unnest(sets) AS one FROM posts) JOIN school_sets ON id = one GROUP BY sets
    ), judged AS (
        SELECT day, channel, unnest(urns) AS urn, n
        FROM (SELECT day, channel, sets, count(*) AS n FROM posts GROUP BY ALL) JOIN schools USING (sets)
        UNION ALL SELECT p.day, p.channel, v.urn, -count(*) FROM posts p JOIN schools USING (sets)
            JOIN verdicts v ON v.mention_id = p.id AND v.version = p.version
            WHERE list_contains(urns, v.urn) GROUP BY ALL
    )
    SELECT day, urn, channel, 'not_about', 'neutral', 'ignore', sum(n) FROM judged
    GROUP BY ALL HAVING sum(n) > 0
    ON CONFLICT (day, urn, channel, relevance, sentiment, route)
    DO UPDATE SET purged = counts.purged + excluded.purged"""
"""What has no verdict for a school that it was judged for is not about it."""
_TEXTS = (
    "mention_versions", "restricted_texts", "sightings", "corrections", "enclosures", "handed_in",
    "files_not_taken", "said_wrong",
)  # fmt: skip
_JUDGEMENTS = ("matches", "verdicts", "judged_for")
_EMPTY_STORIES = (
    "DELETE FROM stories WHERE id NOT IN (SELECT story_id FROM matches WHERE story_id IS NOT NULL)"
    f" AND id NOT IN ({STILL_MOVED})"
)
_REASONS = """WITH said AS (
        SELECT action IN ('story_marked', 'alert_given') AND (list_contains($of::VARCHAR[], subject)
            OR subject NOT IN (SELECT id FROM stories) AND subject NOT IN (SELECT id FROM alerts)) AS gone,
            unnest(codes) AS code FROM audit)
    DELETE FROM audit_notes WHERE $note || sha256 IN (
        SELECT code FROM said WHERE starts_with(code, $note) GROUP BY code HAVING bool_and(gone))
    RETURNING note"""
_THEIR_MATTERS = """WITH theirs AS (SELECT story_id FROM matches WHERE mention_id = ANY($ids))
    SELECT story_id FROM theirs UNION SELECT id FROM alerts WHERE story_id IN (SELECT story_id FROM theirs)"""
_MAILS_GONE_OUT = f"""UPDATE outbox SET body = '', html = NULL WHERE kind = 'question' AND NOT ({WAITS})
    AND alert_id = ANY($of)"""
_MAILS_WAITING = f"""UPDATE outbox
    SET body = replace(body, $said, $gone), html = replace(html, $escaped, $gone)
    WHERE kind = 'question' AND {WAITS} AND alert_id = ANY($of)"""
_MOVES = """DELETE FROM story_moves WHERE from_story NOT IN (SELECT id FROM stories)
    OR to_story NOT IN (SELECT id FROM stories)"""
_ESCALATIONS = """DELETE FROM escalations WHERE alert_id NOT IN (SELECT id FROM alerts)
    AND alert_id NOT IN (SELECT id FROM stories)"""


def count(con: Connection, ids: Sequence[str]) -> None:
    """Adds these mentions to the counts, which name nobody."""
    if not ids:
        return
    execute(con, _COUNTED, ids=ids)
    execute(con, _COUNTED_FOR_SETS, ids=ids)


def drop_texts(con: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Deletes texts, sightings and evidence of these mentions; returns the hashes of the evidence."""
    if not ids:
        return frozenset()
    given = {"ids": list(ids)}
    for table in _TEXTS:
        execute(con, f"DELETE FROM {table} WHERE mention_id = ANY($ids)", **given)
    sql = "DELETE FROM evidence WHERE mention_id = ANY($ids) AND case_id IS NULL RETURNING sha256"
    return frozenset(read_column(con, sql, **given))


def empty_rows(con: Connection, ids: Sequence[str], *, but: str = "") -> None:
    """Empties what stays of these mentions, whose words are deleted, and what was sealed of it; not the
    column `but`."""
    if not ids:
        return
    for table, key in ((MENTIONS, "id"), (MATCHES, "mention_id"), (VERDICTS, "mention_id")):
        execute(con, f"UPDATE {table.name} SET {table.empty_sql(but)} WHERE {key} = ANY($ids)", ids=ids)
    forget_salts(con, ids, whole=False)


def drop_rows(con: Connection, ids: Sequence[str]) -> None:
    """Deletes these mentions, what was made of them and their seals' salts; their texts are gone by then."""
    if not ids:
        return
    for table in _JUDGEMENTS:
        execute(con, f"DELETE FROM {table} WHERE mention_id = ANY($ids)", ids=ids)
    execute(con, "DELETE FROM mentions WHERE id = ANY($ids)", ids=ids)
    forget_salts(con, ids, whole=True)


def drop_orphans(con: Connection, now: datetime) -> None:
    """Deletes stories without a mention, their alerts, and who has these, and whom these went to, with the
    reasons given for that; and notes on what has no words any more."""
    con.execute(_EMPTY_STORIES)
    delete_without_story(con, now)
    drop_owners_without_story(con, now)
    drop_without_words(con)
    con.execute(_MOVES)
    con.execute(_ESCALATIONS)
    execute(con, _REASONS, note=Code.NOTE.of(""), of=[])


def files_going(
    con: Connection, ids: Sequence[str], now: datetime, by: str = "schoolgate"
) -> list[AuditEntry]:
    """An audit entry for each file of evidence that goes with its mention: its hash."""
    sql = (
        "SELECT mention_id, urn, sha256 FROM evidence WHERE mention_id = ANY($ids) AND case_id IS NULL "
        "ORDER BY id"
    )
    rows = read_rows(con, sql, ids=ids)
    return [
        AuditEntry(now, by, "evidence_deleted", mention_id, urn, (sha256,))
        for mention_id, urn, sha256 in rows
    ]


def scrub(con: Connection, ids: Sequence[str], now: datetime) -> None:
    """Takes what these mentions said out of other rows: what `scrub_posts` does, and notes, reasons, and what
    was written to whom a matter was given. Called before they are deleted."""
    drop_of_posts(con, ids)
    # Deletes why the matters of these mentions were given away or ended, which may repeat them, and empties
    # the mails that said so; one that has not gone out goes without.
    of = read_column(con, _THEIR_MATTERS, ids=list(ids))
    for said in read_column(con, _REASONS, note=Code.NOTE.of(""), of=of):
        words = squeeze(said)
        execute(con, _MAILS_WAITING, of=of, said=words, escaped=html.escape(words), gone=_GONE)
    execute(con, _MAILS_GONE_OUT, of=of)
    scrub_posts(con, ids, now)


def scrub_posts(con: Connection, ids: Sequence[str], now: datetime) -> None:
    """Takes what these mentions said out of other posts and digests: quotes in replies, titles of stories.

    A title that a post which stays bears too is its own; a quote in what a case keeps is evidence. A digest
    that was sent since any of them came, or never will be, is emptied: nobody reads it here, and it may have
    their first words and addresses. Called before they are deleted.
    """
    given = {"ids": list(ids)}
    execute(con, _DIGESTS_GONE_OUT, **given)
    sql = f"""UPDATE mention_versions SET quoted = NULL, {UNKNOWN_BITS} WHERE mention_id IN (
            SELECT id FROM mentions WHERE parent = ANY($ids)) AND quoted IS NOT NULL
            AND mention_id NOT IN (SELECT mention_id FROM ({KEPT}) WHERE mention_id IS NOT NULL)
        RETURNING mention_id"""
    withheld(con, read_column(con, sql, **given), now)
    sql = """SELECT DISTINCT title FROM mention_versions WHERE mention_id = ANY($ids) AND title <> ''
        EXCEPT SELECT title FROM mention_versions WHERE NOT mention_id = ANY($ids)"""
    titles = read_column(con, sql, **given)
    execute(con, "UPDATE stories SET title = '' WHERE title = ANY($titles)", titles=titles)
    for title in titles:
        sql = """UPDATE outbox SET body = replace(body, $title, $gone),
                html = replace(replace(html, $title, $gone), $escaped, $gone)
            WHERE kind = 'digest' AND (contains(body, $title) OR contains(coalesce(html, ''), $escaped))"""
        execute(con, sql, title=title, escaped=html.escape(title), gone=_GONE)


_GONE = "[…]"


# Deletes what is due.
#
# DELETE and CHECKPOINT leave the old bytes in a DuckDB file (measured), so a purge also rewrites the file, at
# least once a week. Copies made before a migration or a restore are kept for a week.

REWRITE_AFTER = timedelta(days=7)
COPIES_KEPT = timedelta(days=7)
"""Copies set aside before a migration or a restore: the one exception to the retention periods."""
COPYING_TAKES = timedelta(days=1)
"""How long files prepared for an interrupted restore or backup are kept."""
ERASURE = Code.AUTHORITY.of("erasure")
"""The code of a deletion that somebody asked for."""
_AT_ONCE = (ERASURE, TAKEN_DOWN)
"""Codes of deletions after which the bytes go at once."""
ORPHAN_AFTER = timedelta(days=1)
"""A vault file without a row is deleted once it is older than this: a newer one may still get its row."""


@freeze
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
        record_act(con, now, "schoolgate", "rewritten", "store")
    return replace(report, rewritten=True)


def record_deletions(store: Store, now: datetime, gone: Mapping[DeletedKind, Iterable[str]]) -> None:
    """Writes what is about to go into the record of deletions. Raises StoreError where it cannot."""
    try:
        keeping.add_deletions(store.home, now, gone)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{store.home / keeping.DELETIONS_LOG} could not be written, so nothing was deleted: {error}"
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
        ({TO_ANSWER} AND m.first_seen > $past AND m.gone_at IS NULL)
        OR EXISTS (SELECT 1 FROM alerts a WHERE a.story_id = x.story_id AND a.urn = x.urn
            AND a.handed_over_at IS NULL))"""
"""Posts of what is open still, and whether their words are deleted already."""
_OVER = """SELECT story_id FROM cases c WHERE closed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM alerts a
    WHERE a.story_id = c.story_id AND a.urn = c.urn AND a.raised_at > c.closed_at)"""
"""What was ended by its case, asked before closed cases are deleted."""
_WORDLESS = """UPDATE mentions SET stub = TRUE,
    retain_until = CASE WHEN gone_at IS NULL THEN $now ELSE retain_until END WHERE id = ANY($ids)"""
_UNTITLED = """UPDATE stories SET title = ''
    WHERE id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))
        AND id NOT IN (SELECT x.story_id FROM matches x JOIN mentions m ON m.id = x.mention_id
            WHERE NOT m.stub AND x.story_id IS NOT NULL)"""
LOOKED_UP_WITHIN = timedelta(days=30)
"""The longest time that a platform allows between two lookups of a post, before its words have to go."""
_SEEN_GONE = """SELECT id FROM mentions JOIN (SELECT mention_id, max(last_seen) AS last_seen,
        bool_or(source_id = 'report-in') AS handed_in FROM sightings GROUP BY ALL) ON mention_id = id
    WHERE NOT stub AND NOT handed_in AND (gone_at IS NOT NULL
        OR looked_at IS NOT NULL AND greatest(looked_at, last_seen) <= $since) ORDER BY id"""
"""Posts with words that are gone from their platform, or that cannot be looked up there any more. What a
person handed in is theirs."""
_UNPLACED = """UPDATE mentions SET url = NULL WHERE stub AND url IS NOT NULL
    AND id NOT IN (SELECT mention_id FROM case_places WHERE mention_id IS NOT NULL)"""
"""An address may repeat title and author: it stays while it is a case's place."""
_SHOWN_AGAIN = """UPDATE mentions SET gone_at = NULL, missing_at = NULL WHERE id = ANY($ids)
    AND gone_at < (SELECT max(last_seen) FROM sightings s WHERE s.mention_id = mentions.id) RETURNING id"""
_HELD = f"""SELECT id, restricted FROM mentions WHERE NOT stub AND id NOT IN (
    SELECT mention_id FROM ({KEPT_BY_CASE}) WHERE mention_id IS NOT NULL)"""
"""What may have been deleted before: as long as a case has its steps, its post was not."""
_FINGERPRINT = """INSERT INTO fingerprints SELECT id, version, text_hash, $now, $until, id NOT IN (
        SELECT mention_id FROM verdicts WHERE relevance <> 'not_about' AND mention_id = ANY($ids))
    FROM mentions WHERE id = ANY($ids) ON CONFLICT (mention_id) DO NOTHING"""
_OVERDUE = (
    "DELETE FROM fingerprints WHERE retain_until <= $now",
    "DELETE FROM outbox WHERE expires_at <= $past",
    "UPDATE outbox SET body = '', html = NULL WHERE kind = 'digest' AND expires_at <= $month AND body <> ''",
    "DELETE FROM editions WHERE composed_at <= $past",  # with its message: without, it would look unsent
    "DELETE FROM deliveries WHERE outbox_key NOT IN (SELECT key FROM outbox)",
    "DELETE FROM source_runs WHERE started_at <= $past",
    "DELETE FROM back_fills WHERE began_at <= $past",
    "DELETE FROM asks_of_keys WHERE day + 400 <= $now",
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
    down = [i for i in read_column(con, _SEEN_GONE, since=now - LOOKED_UP_WITHIN) if i not in due]
    down = _without_evidence(con, down, now, policy) if down else []
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
    stubs = [*hidden, *worded, *down]
    sql = f"""SELECT count(*) FROM (SELECT m.id {NEWEST} AND v.relevance = 'not_about'
            UNION SELECT m.id {OF_SETS} WHERE m.id = ANY($ids))"""
    not_about = int(read_value(con, sql, ids=whole) or 0)
    tombstones = _tombstones(con, [*whole, *stubs], now, down)
    until = now + timedelta(days=policy.criticism_days)
    if again.hashes:
        scrub(con, [*whole, *stubs], now)
    elif down:
        scrub_posts(con, down, now)
    count(con, whole)
    execute(con, _FINGERPRINT, ids=whole, now=now, until=until)
    tombstones += files_going(con, [*whole, *stubs], now)
    files = drop_texts(con, [*whole, *stubs])
    drop_rows(con, whole)
    empty_rows(con, [*hidden, *worded])
    empty_rows(con, down, but="url")
    sql = "UPDATE mentions SET stub = TRUE, retain_until = $until WHERE id = ANY($ids)"
    execute(con, sql, ids=hidden, until=now + SIX_YEARS)
    if worded or down:
        execute(con, _WORDLESS, now=now, ids=[*worded, *down])
        execute(con, _UNTITLED, ids=[*worded, *down])
    month = now - timedelta(days=policy.criticism_days)
    times = {"now": now, "month": month, "past": past}
    drop_orphans(con, now)
    con.execute(_UNPLACED)
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


def _without_evidence(con: Connection, ids: Sequence[str], now: datetime, policy: Policy) -> list[str]:
    """List those of these posts that nothing keeps but a closed case: the rule of their platform goes before
    how long that keeps them. An alert keeps them until it is ended, whoever has it. One that a source has
    shown since is gone no more."""
    over = f"(a.handed_over_at IS NOT NULL OR {closed_sql('a')})"
    again, stays = read_column(con, _SHOWN_AGAIN, ids=ids), staying(con, ids, now, policy, over)
    return [i for i in ids if i not in again and (i not in stays or stays[i].why is Stays.CLOSED)]


def _tombstones(con: Connection, ids: Sequence[str], now: datetime, down: Sequence[str]) -> list[AuditEntry]:
    """An audit entry for each mention that was more than plain criticism, is sealed, or is gone from its
    platform (`down`): its id and class. No hash of its words: they may be few enough to be guessed."""
    sql = f"""SELECT m.id, v.urn, v.content_class {NEWEST}
        AND (v.content_class <> $plain OR m.restricted OR list_contains($named, m.id))
        ORDER BY m.id, v.urn"""
    named = [*sorted(list_sealed(con, ids)), *down]
    rows = read_rows(con, sql, ids=ids, plain=ContentClass.FAIR_COMMENT, named=named)
    rule = dict.fromkeys(down, (TAKEN_DOWN,))
    return [
        AuditEntry(now, "schoolgate", "text_deleted", mention_id, urn, (kind, *rule.get(mention_id, ())))
        for mention_id, urn, kind in rows
    ]


def _rewrite_due(con: Connection, now: datetime) -> bool:
    """A week after the last one; at once where erasing was broken off before its own, or a post was gone from
    its platform."""
    row = con.execute(
        """SELECT coalesce(max(n) FILTER (action = 'purged'), 0),
            coalesce(max(n) FILTER (action = 'rewritten'), 0),
            coalesce(epoch_us(max(done_at) FILTER (action = 'rewritten')), 0),
            coalesce(max(n) FILTER (action = 'text_deleted' AND list_has_any(codes, $at_once)), 0)
        FROM audit""",
        {"at_once": list(_AT_ONCE)},
    ).fetchone()
    purged, rewritten, rewritten_us, erased = row or (0, 0, 0, 0)
    return erased > rewritten or (purged > rewritten and now - at(rewritten_us) >= REWRITE_AFTER)


@freeze
class Going:
    """Posts that are due on the same day, for the same reason. `stubs` leave a stub; `day` is in UTC."""

    day: datetime
    content_class: str
    relevance: str
    stubs: bool
    posts: int


@freeze
class KeptBack:
    """A case that keeps posts which would be due; of a hold, who set it and when it is looked at again."""

    case: KeptCase
    posts: int
    held_by: str | None
    review: str | None


@freeze
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


# Deletes posts because somebody asked, and not because their time is up (UK GDPR, Article 17).
#
# What a case still needs stays, and whoever asked is told why (Article 17(3)). What goes leaves a row in the
# audit without a word or a hash of one, a line in the record of deletions, and keys by which it is known
# again.


class Stays(StrEnum):
    """Why a post is not erased."""

    RESTRICTED = "restricted"
    HOLD = "hold"
    OPEN = "open"
    ALERT = "alert"
    CLOSED = "closed"


@freeze
class Staying:
    """A post that is not erased: why, by which case, and until when that is known."""

    mention_id: str
    why: Stays
    case_id: str | None = None
    until: datetime | None = None


@freeze
class Erasure:
    """The erasure that is asked for: what for which request, and who does it. `secret` is the home's."""

    request_id: str
    urn: str
    by: str
    secret: bytes


def staying(
    con: Connection, ids: Sequence[str], now: datetime, policy: Policy, over: str = in_hand_sql("a")
) -> dict[str, Staying]:
    """Those of these posts that may not be erased, with the weightiest reason of each. `over` is a condition
    on which an alert (a) keeps them no more, as one that was ended never does."""
    found: dict[str, Staying] = {}
    restricted = (Staying(mention_id, Stays.RESTRICTED) for mention_id in restricted_among(con, ids))
    for one in (*_by_cases(con, ids, now, policy), *_list_kept_for_alerts(con, ids, over), *restricted):
        before = found.get(one.mention_id)
        if before is None or _WEIGHT[one.why] < _WEIGHT[before.why]:
            found[one.mention_id] = one
    return found


_WEIGHT: Mapping[Stays, int] = {why: n for n, why in enumerate(Stays)}


def _list_kept_for_alerts(con: Connection, ids: Sequence[str], over: str) -> list[Staying]:
    """An alert that nobody has taken yet, or that is not over: somebody may be in danger."""
    sql = f"""SELECT DISTINCT x.mention_id FROM matches x
        JOIN alerts a ON a.story_id = x.story_id AND a.urn = x.urn
        WHERE x.mention_id = ANY($ids) AND NOT {over}
            AND NOT {marked_sql("a.story_id", "a.urn")}"""
    return [Staying(mention_id, Stays.ALERT) for mention_id in read_column(con, sql, ids=ids)]


def _by_cases(con: Connection, ids: Sequence[str], now: datetime, policy: Policy) -> list[Staying]:
    sql = f"SELECT DISTINCT mention_id, case_id FROM ({KEPT}) WHERE mention_id = ANY($ids) ORDER BY ALL"
    rows = read_rows(con, sql, ids=ids)
    cases = kept_until(con, now, policy)
    found = []
    for mention_id, case_id in rows:
        case = cases.get(case_id)
        hold_or_open = case and (Stays.HOLD if case.hold else Stays.OPEN if case.open else None)
        why = hold_or_open or Stays.CLOSED
        found.append(Staying(mention_id, why, case_id, case.until if case else None))
    return found


def erase(
    store: Store, ids: Sequence[str], given: Erasure, now: datetime, policy: Policy
) -> tuple[Staying, ...]:
    """Erases those of these posts that may be, so that their bytes go too; gives those that stay, and why.
    Both are recorded. A reading that meets one of them again does not bring it back."""
    with store.write("erase for a request") as con:
        stays = staying(con, ids, now, policy)
        going = [i for i in ids if i not in stays]
        keys = _keys(con, going, given.secret)
        gone = {DeletedKind.MENTION: going, DeletedKind.SUPPRESSED: [one for _, one in keys]}
        record_deletions(store, now, gone)
        tombstones = [*_list_tombstones(con, going, given, now), *files_going(con, going, now, given.by)]
        scrub(con, going, now)
        count(con, going)
        files = drop_texts(con, going)
        drop_rows(con, going)
        execute(con, "DELETE FROM fingerprints WHERE mention_id = ANY($ids)", ids=going)
        drop_orphans(con, now)
        append(con, tombstones)
        privacy_store.add_suppressions(con, keys, given.request_id, now)
        append(con, _refusals(stays.values(), given, now))
    swept(store, now, PurgeReport(deleted=len(going)), files, force=bool(going))
    return tuple(stays.values())


def _keys(con: Connection, ids: Sequence[str], secret: bytes) -> list[tuple[Suppression, str]]:
    """A post is known again by its id and its address: in its words, and in any other calm ones."""
    sql = """SELECT m.id, m.url, m.channel, n.text_hash FROM mentions m
        JOIN mention_versions n ON n.mention_id = m.id WHERE m.id = ANY($ids)"""
    rows = read_rows(con, sql, ids=ids)
    found: list[tuple[Suppression, str]] = []
    for mention_id, url, channel, hashed in rows:
        words = privacy_store.words_keys(secret, mention_id, url, hashed)
        posts = privacy_store.post_keys(secret, mention_id, url, channel=channel)
        found += [*((Suppression.WORDS, one) for one in words), *((Suppression.POST, one) for one in posts)]
    return list(dict.fromkeys(found))


def _list_tombstones(con: Connection, ids: Sequence[str], given: Erasure, now: datetime) -> list[AuditEntry]:
    sql = f"SELECT DISTINCT m.id, v.urn, v.content_class {NEWEST} ORDER BY ALL"
    rows = read_rows(con, sql, ids=ids)
    by = (ERASURE, Code.REQUEST.of(given.request_id))
    return [AuditEntry(now, given.by, "text_deleted", i, urn, (kind, *by)) for i, urn, kind in rows]


def _refusals(stays: Iterable[Staying], given: Erasure, now: datetime) -> list[AuditEntry]:
    return [
        AuditEntry(
            now, given.by, "erasure_refused", given.request_id, given.urn,
            (
                Code.MENTION.of(one.mention_id), Code.REASON.of(one.why.value),
                *([Code.CASE.of(one.case_id)] if one.case_id else []),
            ),
        )
        for one in stays
    ]  # fmt: skip
