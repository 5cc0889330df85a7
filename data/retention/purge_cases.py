"""Deletes closed cases when their time is up: steps, reasons, evidence. A row in the audit remains.

For cases handed over to the school's safeguarding system a stub remains too: number, class and dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.content_class import SIX_YEARS, ContentClass
from data.evidence.file_faults import DELETED
from data.ids import digest
from data.keeping.deletion_record import NOTHING, DeletedKind, Gone
from data.keeping.periods import ClosedCase, case_kept_until
from data.steps.codes import Ending
from data.store.cases import cases
from data.store.engine.audit_chain import AuditEntry, Code, append, step_seal
from data.store.engine.rows import Connection, at, execute, read_column, read_rows
from data.types import Policy


@dataclass(frozen=True, slots=True)
class CasesGone:
    """What became of closed cases: ids of those deleted completely and of those reduced to stubs, how many
    are due but on hold, and the hashes of their files.
    """

    whole: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()
    held: int = 0
    files: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KeptCase:
    """A case that keeps its posts; `until` is None while it is open, on hold, or part of another that is
    kept.
    """

    id: str
    urn: str
    content_class: ContentClass
    open: bool
    hold: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
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
    deleted before, and came back with a backup: it goes whether it is due or not.
    """
    gone = _delete_again(con, now, again)
    rows = read_rows(con, f"{_CASES} WHERE c.closed_at IS NOT NULL ORDER BY c.id")
    due = [c for c in (_closed(row, now) for row in rows) if c.due(now, policy) and c.id not in gone.stubs]
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
        one, is_open = _closed(row, now), row[_CLOSED_AT] is None
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
        one = _closed(found[case_id], now)
        if case_id in stubs and one.steps:
            _close_as_handed_over(con, case_id, now)
            gone = _delete(con, one, gone, now, stub=True)
        elif case_id not in stubs:
            gone = _delete(con, one, gone, now, stub=False)
    return gone


def _close_as_handed_over(con: Connection, case_id: str, now: datetime) -> None:
    """Closes a case that was still open when the backup was made: how it ended is known only to the newer
    chain.
    """
    sql = """UPDATE cases SET closed_at = coalesce(closed_at, $now), ending = coalesce(ending, 'handed_over'),
            state = 'closed', hold = FALSE WHERE id = $id"""
    execute(con, sql, id=case_id, now=now)


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
copies.

Also, as long as a case has its steps, the posts of a course of conduct that was approved in it
(`data.store.cases.case_posts` collects them): on their own they might be kept for days only.
"""


def _delete(con: Connection, one: _Closed, gone: CasesGone, now: datetime, *, stub: bool) -> CasesGone:
    done = cases.steps(con, one.id)
    files = frozenset(
        read_column(con, "DELETE FROM evidence WHERE case_id = $id RETURNING sha256", id=one.id)
    )
    append(
        con, [AuditEntry(now, "schoolgate", DELETED, one.id, one.urn, (sha256,)) for sha256 in sorted(files)]
    )
    _drop_words(con, one.id)
    execute(con, "DELETE FROM case_steps WHERE case_id = $id", id=one.id)
    execute(con, "DELETE FROM case_places WHERE case_id = $id", id=one.id)
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
    append(con, [AuditEntry(now, "schoolgate", "case_deleted", one.id, one.urn, codes)])
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


def _closed(row: Sequence[Any], now: datetime) -> _Closed:
    """An open case counts as closed now."""
    case_id, urn, story_id, opened, hold, steps, content_class, ending, closed, last, course, part = row
    was = Ending(ending) if ending else None
    case = ClosedCase(ContentClass(content_class), was, _at(closed, now), _at(last, now), course)
    return _Closed(case_id, urn, story_id, at(opened), hold, steps, case, bool(part))


def _at(micros: int | None, now: datetime) -> datetime:
    return now if micros is None else at(micros)
