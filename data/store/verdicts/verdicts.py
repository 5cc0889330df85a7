"""Verdicts, read back as values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

import duckdb

from data.content_class import ContentClass
from data.judged import TONELESS
from data.store.engine.bulk import at, moment, names
from data.types import About, PressEvent, Reason, Relevance, Route, Sentiment, Severity, Verdict

COLUMNS = names(
    "mention_id version urn relevance sentiment abuse about severity route look look_rank subject_person "
    "subjects content_class restricted reason_codes reason_texts score_labels score_values model themes "
    "history event"
)
TONE = f"""CASE WHEN list_has_any(v.reason_codes, {list(TONELESS)}) THEN 'neutral' ELSE v.sentiment END"""
"""The tone for counting: what nothing could tell the tone of (`data.judged.tone_of`) is neither praise nor
concern."""
_JOINED = """FROM {x} x
    JOIN {m} m ON m.id = x.mention_id AND m.version = x.version
    JOIN {v} v ON v.mention_id = x.mention_id AND v.version = x.version AND v.urn = x.urn"""
NEWEST = _JOINED.format(x="matches", m="mentions", v="verdicts")
"""Matches (x), mentions (m) and verdicts (v), the newest version of each mention only."""
THESE = """WITH these_x AS MATERIALIZED (SELECT * FROM matches WHERE story_id = ANY($stories)),
    these_m AS MATERIALIZED (SELECT * FROM mentions WHERE id = ANY($mentions)),
    these_v AS MATERIALIZED (SELECT * FROM verdicts WHERE mention_id = ANY($mentions))"""
NEWEST_OF_THESE = _JOINED.format(x="these_x", m="these_m", v="these_v")
"""The same for the stories of `in_stories`: each table is read by its index; a join would read all rows."""


def selected(alias: str = "v") -> str:
    """The columns that `verdict` reads, for a SELECT."""
    return ", ".join(column(c, alias) for c in COLUMNS)


def column(name: str, alias: str = "v") -> str:
    """One of `COLUMNS` as SQL: a time as whole microseconds."""
    return f"epoch_us({alias}.{name})" if name == "history" else f"{alias}.{name}"


def verdict(row: Sequence[Any]) -> Verdict:
    """A verdict from the columns of `selected`. A restricted one has its reasons' codes but not their
    words.
    """
    held: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    held["reasons"] = reasons(held.pop("reason_codes"), held.pop("reason_texts"))
    held["history"] = moment(held["history"])
    held["event"] = PressEvent(held["event"]) if held["event"] else None
    held["scores"] = tuple(zip(held.pop("score_labels"), held.pop("score_values"), strict=True))
    for name, kind in _KINDS.items():
        held[name] = kind(held[name])
    return Verdict(**held)


_KINDS: dict[str, Any] = {
    "relevance": Relevance,
    "sentiment": Sentiment,
    "abuse": tuple,
    "subjects": tuple,
    "themes": tuple,
    "about": About,
    "severity": Severity,
    "route": Route,
    "content_class": ContentClass,
}


def reasons(codes: Sequence[str], texts: Sequence[str]) -> tuple[Reason, ...]:
    """Reasons from their two columns; the text is empty where it is kept with a restricted text."""
    return tuple(Reason(code, text) for code, text in zip_longest(codes, texts, fillvalue=""))


def in_stories(con: duckdb.DuckDBPyConnection, story_ids: Sequence[str]) -> dict[str, list[str]]:
    """The parameters of THESE: the ids of these stories and of all their mentions."""
    rows = con.execute(
        "SELECT DISTINCT mention_id FROM matches WHERE story_id = ANY($ids)", {"ids": list(story_ids)}
    ).fetchall()
    return {"stories": list(story_ids), "mentions": [mention_id for (mention_id,) in rows]}


def story_verdicts(con: duckdb.DuckDBPyConnection, story_ids: Sequence[str]) -> dict[str, list[Verdict]]:
    """The verdicts on the newest version of every mention of these stories, by story."""
    found: dict[str, list[Verdict]] = {}
    rows = con.execute(
        f"{THESE} SELECT x.story_id, {selected()} {NEWEST_OF_THESE} ORDER BY m.first_seen, m.id",
        in_stories(con, story_ids),
    ).fetchall()
    for row in rows:
        found.setdefault(row[0], []).append(verdict(row[1:]))
    return found


def judged_at(con: duckdb.DuckDBPyConnection, mention_id: str, urn: str) -> datetime | None:
    """When the newest version of a mention was judged for this school, UTC; None if it was not."""
    row = con.execute(
        f"SELECT epoch_us(v.judged_at) {NEWEST} WHERE x.mention_id = $mention AND x.urn = $urn",
        {"mention": mention_id, "urn": urn},
    ).fetchone()
    return None if row is None else at(row[0])


def former_verdicts(con: duckdb.DuckDBPyConnection, mention_ids: Sequence[str]) -> list[Verdict]:
    """Every verdict kept on any version of these mentions, oldest version first."""
    rows = con.execute(
        f"SELECT {selected()} FROM verdicts v WHERE mention_id = ANY($ids) ORDER BY mention_id, version",
        {"ids": list(mention_ids)},
    ).fetchall()
    return [verdict(row) for row in rows]
