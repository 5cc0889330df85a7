"""Removes a restricted mention's words from every table but `restricted_texts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.content_class import BYPASSING
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.rows import Connection, execute, read_column, read_rows
from data.store.engine.tables import (
    MATCHES,
    MENTIONS,
    RESTRICTED,
    UNKNOWN_BITS,
    VERDICTS,
    VERSIONS,
)
from data.store.sealing import alert_codes, seal_again, withheld

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


def lift_restriction(con: Connection, ids: Sequence[str], now: datetime) -> list[tuple[str, str]]:
    """Put the words of these mentions back where everybody's are, once nothing restricts them any more;
    return their stories, each with its school, whose alerts are still to be sealed.

    The gravest post of a story gives it its title again, and what is sealed of them is sealed as it is now.
    """
    if not ids:
        return []
    for statement in _LIFT:
        execute(con, statement, ids=ids)
    versions = read_rows(
        con, "SELECT mention_id, n FROM mention_versions WHERE mention_id = ANY($ids)", ids=ids
    )
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
