"""Deleting a mention's rows, and its words from the rows of others."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.content_class import SIX_YEARS, ContentClass
from data.evidence.file_faults import DELETED
from data.ids import digest, squeeze
from data.keeping.deletion_record import NOTHING, DeletedKind, Gone
from data.keeping.periods import ClosedCase, case_kept_until
from data.steps.codes import Ending
from data.store.alerts.alerts import delete_without_story
from data.store.cases import cases
from data.store.engine.audit_chain import AuditEntry, Code, append, step_seal
from data.store.engine.rows import Connection, at, execute, read_column, read_rows
from data.store.engine.tables import MATCHES, MENTIONS, UNKNOWN_BITS, VERDICTS
from data.store.mentions.known import OF_SETS
from data.store.messages.outbox import WAITS
from data.store.owners import drop_of_posts, drop_owners_without_story, drop_without_words, marked_sql
from data.store.sealing import forget_salts, withheld
from data.store.verdicts import stories as story_moves
from data.store.verdicts.stories import STILL_MOVED
from data.store.verdicts.verdicts import TONE
from data.types import Mark, Policy


@dataclass(frozen=True, slots=True)
class CasesGone:
    """The fate of closed cases: ids of those deleted completely and of those reduced to stubs, how many are
    due but on hold, and the hashes of their files."""

    whole: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()
    held: int = 0
    files: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KeptCase:
    """A case that keeps its posts; `until` is None while it is open, on hold, or part of one that is kept."""

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
(`data.store.cases.cases` collects them): on their own they might be kept for days only."""


def _delete(con: Connection, one: _Closed, gone: CasesGone, now: datetime, *, stub: bool) -> CasesGone:
    done = cases.steps_of_case(con, one.id)
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


def empty_rows(con: Connection, ids: Sequence[str]) -> None:
    """Empties what stays of these mentions, whose words are deleted, and what was sealed of it."""
    if not ids:
        return
    for table, key in ((MENTIONS, "id"), (MATCHES, "mention_id"), (VERDICTS, "mention_id")):
        execute(con, f"UPDATE {table.name} SET {table.empty_sql()} WHERE {key} = ANY($ids)", ids=ids)
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
    story_moves.drop_moves_without_story(con)
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
    """Takes what these mentions said out of other rows: quotes in replies, titles of stories, digests, notes,
    reasons, and what was written to whom a matter was given.

    A title that a post which stays bears too is its own; a quote in what a case keeps is evidence. A digest
    that was sent since any of them came, or never will be, is emptied: nobody reads it here, and it may have
    their first words and addresses. Called before they are deleted.
    """
    given = {"ids": list(ids)}
    execute(con, _DIGESTS_GONE_OUT, **given)
    drop_of_posts(con, ids)
    # Deletes why the matters of these mentions were given away or ended, which may repeat them, and empties
    # the mails that said so; one that has not gone out goes without.
    of = read_column(con, _THEIR_MATTERS, ids=list(ids))
    for said in read_column(con, _REASONS, note=Code.NOTE.of(""), of=of):
        words = squeeze(said)
        execute(con, _MAILS_WAITING, of=of, said=words, escaped=html.escape(words), gone=_GONE)
    execute(con, _MAILS_GONE_OUT, of=of)
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
