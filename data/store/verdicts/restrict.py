"""Removes a restricted mention's words from every table but `restricted_texts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from data.store.engine.audit_chain import AuditEntry, append
from data.store.sealing.seal import alert_codes, withheld

_MOVE = (
    """INSERT INTO restricted_texts
        (mention_id, n, url, author, title, text, quoted, canonical_url, reasons, article)
    SELECT mention_id, n, url, author, title, text, quoted, canonical_url, MAP {}, article
    FROM mention_versions JOIN mentions ON id = mention_id
    WHERE mention_id = ANY($ids) AND text IS NOT NULL
    ON CONFLICT (mention_id, n) DO NOTHING""",
    """UPDATE mention_versions SET title = NULL, text = NULL, quoted = NULL, canonical_url = NULL,
        article = NULL
    WHERE mention_id = ANY($ids)""",
    "UPDATE mentions SET restricted = TRUE, url = NULL, author = NULL WHERE id = ANY($ids)",
    "UPDATE matches SET reason_texts = [] WHERE mention_id = ANY($ids)",
    "UPDATE verdicts SET reason_texts = [], themes = [], event = NULL WHERE mention_id = ANY($ids)",
    """UPDATE stories SET restricted = TRUE, title = ''
    WHERE id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))""",
)
_SAME_THREAD = """
WITH hidden AS (SELECT id, parent FROM mentions WHERE restricted)
SELECT m.id FROM mentions m JOIN hidden ON m.parent = hidden.id
UNION SELECT m.id FROM mentions m JOIN hidden ON m.id = hidden.parent
UNION SELECT m.id FROM mentions m JOIN hidden ON m.parent = hidden.parent
"""


def restrict(con: duckdb.DuckDBPyConnection, ids: Sequence[str], now: datetime) -> None:
    """Moves the words of these mentions, earlier versions included, into `restricted_texts`."""
    if ids:
        withheld(con, ids, now)
        for statement in _MOVE:
            con.execute(statement, {"ids": list(ids)})


def restrict_matter(
    con: duckdb.DuckDBPyConnection, story_id: str, urn: str, audience: Sequence[str], now: datetime
) -> None:
    """Hides every post of a story, and its alert, when a person has found what the program missed.

    It is then like anything restricted from the start: those who may read it can, giving a reason that is
    recorded. Those who were told of it as a different kind of matter no longer can: the alert's audience
    becomes `audience`, ids of people.
    """
    given = {"story": story_id, "urn": urn}
    found = con.execute(
        """SELECT id FROM mentions WHERE NOT restricted AND id IN (
            SELECT mention_id FROM matches WHERE story_id = $story AND urn = $urn)""",
        given,
    ).fetchall()
    restrict(con, [mention_id for (mention_id,) in found], now)
    if found:
        hide_in_threads(con, now)
    hidden = con.execute(
        """UPDATE alerts SET restricted = TRUE, reason_texts = [], audience = $audience::VARCHAR[]
        WHERE story_id = $story AND urn = $urn AND NOT restricted RETURNING id""",
        {**given, "audience": list(audience)},
    ).fetchall()
    ids = [alert_id for (alert_id,) in hidden]
    sealed = alert_codes(con, ids, ("restricted", "reason_texts", "audience"))
    append(con, [AuditEntry(now, "schoolgate", "alert_hidden", i, urn, tuple(sealed[i])) for i in ids])


def in_hidden_stories(con: duckdb.DuckDBPyConnection, story_ids: Sequence[str]) -> frozenset[str]:
    """Those of these stories that a case took off the ladder: anything that joins them is hidden too."""
    rows = con.execute(
        "SELECT DISTINCT story_id FROM cases WHERE lane IS NOT NULL AND story_id = ANY($ids)",
        {"ids": list(story_ids)},
    ).fetchall()
    return frozenset(story_id for (story_id,) in rows)


def hide_in_threads(con: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Hides what other posts in a restricted mention's thread repeat of it: its title, and quotes.

    A reply has its thread's title, so the opening post's words would appear in every reply and in its story,
    even after the post was handed over and only a stub is left. Posts that share no thread with it, such as
    reviews under one heading, keep their title.
    """
    if not con.execute("SELECT 1 FROM mentions WHERE restricted LIMIT 1").fetchall():
        return
    given = {"ids": [mention_id for (mention_id,) in con.execute(_SAME_THREAD).fetchall()]}
    con.execute(_HIDE_STORIES, given)
    if hidden := con.execute(_HIDE, given).fetchall():
        withheld(con, [mention_id for (mention_id,) in hidden], now)


_HIDE_STORIES = """UPDATE stories SET title = ''
WHERE id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))
    AND title IN (SELECT title FROM mention_versions WHERE mention_id = ANY($ids)
        UNION SELECT title FROM restricted_texts)"""
_HIDE = """UPDATE mention_versions SET title = NULL, quoted = NULL
WHERE mention_id = ANY($ids) AND (title IS NOT NULL OR quoted IS NOT NULL) RETURNING mention_id"""
