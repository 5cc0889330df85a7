"""How a mention's rows are deleted, and what of its words stands in the rows of others."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime

from data.ids import squeeze
from data.retention.purge_cases import KEPT
from data.store.alerts.alerts import delete_without_story
from data.store.engine.audit_chain import AuditEntry, Code
from data.store.engine.rows import Connection, execute, read_column, read_rows
from data.store.mentions.school_sets import OF_SETS
from data.store.messages.outbox import WAITS
from data.store.owners import drop_without_story, marked
from data.store.sealing import forget, withheld
from data.store.verdicts import growth, notes, story_moves
from data.store.verdicts.search import UNKNOWN_BITS
from data.store.verdicts.story_moves import STILL_MOVED
from data.store.verdicts.verdicts import TONE
from data.types import Mark

NEWEST = """FROM mentions m JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version
    WHERE m.id = ANY($ids)"""
_DIGESTS_GONE_OUT = f"""UPDATE outbox SET body = '', html = NULL WHERE kind = 'digest' AND NOT ({WAITS})
    AND body <> '' AND written_at >= (SELECT min(first_seen) FROM mentions WHERE id = ANY($ids))"""
_SAID_TO_BE_OTHERS = f"""EXISTS (SELECT 1 FROM matches x WHERE x.mention_id = v.mention_id
    AND x.version = v.version AND x.urn = v.urn AND {marked("x.story_id", "x.urn", Mark.NOT_US)})"""
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
    """Deletes texts, sightings and evidence of these mentions, and where in them weighed most; returns the
    hashes of the evidence.
    """
    if not ids:
        return frozenset()
    given = {"ids": list(ids)}
    for table in _TEXTS:
        execute(con, f"DELETE FROM {table} WHERE mention_id = ANY($ids)", **given)
    execute(con, "UPDATE verdicts SET weighed_most = NULL WHERE mention_id = ANY($ids)", **given)
    sql = "DELETE FROM evidence WHERE mention_id = ANY($ids) AND case_id IS NULL RETURNING sha256"
    return frozenset(read_column(con, sql, **given))


def drop_rows(con: Connection, ids: Sequence[str]) -> None:
    """Deletes these mentions, what was made of them and what their seals were made with; their texts are gone
    by then.
    """
    if not ids:
        return
    for table in _JUDGEMENTS:
        execute(con, f"DELETE FROM {table} WHERE mention_id = ANY($ids)", ids=ids)
    execute(con, "DELETE FROM mentions WHERE id = ANY($ids)", ids=ids)
    forget(con, ids, whole=True)


def drop_orphans(con: Connection, now: datetime) -> None:
    """Deletes stories without a mention, their alerts, and who has these, and whom these went to, with the
    reasons given for that; and notes on what has no words any more.
    """
    con.execute(_EMPTY_STORIES)
    delete_without_story(con, now)
    drop_without_story(con, now)
    notes.drop_without_words(con)
    growth.drop_without_story(con)
    story_moves.drop_without_story(con)
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
    notes.drop_of_posts(con, ids)
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
