"""Removes a restricted mention's words from every table but `restricted_texts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.rows import Connection, execute, read_column, read_rows
from data.store.sealing import alert_codes, withheld
from data.store.verdicts.search import NO_BITS, UNKNOWN_BITS

_MOVE = (
    """INSERT INTO restricted_texts
        (mention_id, n, url, author, title, text, quoted, canonical_url, reasons, article)
    SELECT mention_id, n, url, author, title, text, quoted, canonical_url, MAP {}, article
    FROM mention_versions JOIN mentions ON id = mention_id
    WHERE mention_id = ANY($ids) AND text IS NOT NULL
    ON CONFLICT (mention_id, n) DO NOTHING""",
    f"""UPDATE mention_versions SET title = NULL, text = NULL, quoted = NULL, canonical_url = NULL,
        article = NULL, {NO_BITS}
    WHERE mention_id = ANY($ids)""",
    "UPDATE mentions SET restricted = TRUE, url = NULL, author = NULL WHERE id = ANY($ids)",
    "UPDATE matches SET reason_texts = [] WHERE mention_id = ANY($ids)",
    "UPDATE verdicts SET reason_texts = [], themes = [], event = NULL WHERE mention_id = ANY($ids)",
    """UPDATE stories SET restricted = TRUE, title = ''
    WHERE id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))""",
)


def restrict(con: Connection, ids: Sequence[str], now: datetime) -> None:
    """Moves the words of these mentions, earlier versions included, into `restricted_texts`.

    What other posts of their threads repeat of them is hidden too: titles, and quotes. A reply has its
    thread's title, so the opening post's words would appear in every reply and in its story. Posts that share
    no thread with them, such as reviews under one heading, keep their title.
    """
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


def restrict_matter(con: Connection, story_id: str, urn: str, audience: Sequence[str], now: datetime) -> None:
    """Hides every post of a story, and its alert, when a person has found what the program missed.

    It is then like anything restricted from the start: those who may read it can, giving a reason that is
    recorded. Those who were told of it as a different kind of matter no longer can: the alert's audience
    becomes `audience`, ids of people.
    """
    given = {"story": story_id, "urn": urn}
    sql = """SELECT id FROM mentions WHERE NOT restricted AND id IN (
            SELECT mention_id FROM matches WHERE story_id = $story AND urn = $urn)"""
    restrict(con, read_column(con, sql, **given), now)
    sql = """UPDATE alerts SET restricted = TRUE, reason_texts = [], audience = $audience::VARCHAR[]
        WHERE story_id = $story AND urn = $urn AND NOT restricted RETURNING id"""
    ids = read_column(con, sql, **given, audience=audience)
    sealed = alert_codes(con, ids, ("restricted", "reason_texts", "audience"))
    append(con, [AuditEntry(now, "schoolgate", "alert_hidden", i, urn, tuple(sealed[i])) for i in ids])


def hide_in_threads(con: Connection, ids: Sequence[str], story_ids: Sequence[str], now: datetime) -> None:
    """Hides what these posts, just written, repeat of a restricted one in their thread, even after that was
    handed over and only a stub is left; and the titles that their stories (`story_ids`) have from it.
    """
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
