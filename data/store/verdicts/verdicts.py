"""Verdicts, read back as values.

Rows of posts are read by their ids: the recent from the end of their table, others by key. DuckDB skips what
is older by the times of its blocks; to look up a thousand ids it reads a block for each.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from data.content_class import ContentClass
from data.judged import TONELESS, meant_by_labels
from data.store.engine.rows import (
    Connection,
    at_or_none,
    group_pairs,
    read_rows,
    read_value,
    select_columns,
)
from data.store.engine.tables import VERDICTS
from data.types import About, Harm, Meant, PressEvent, Reason, Relevance, Route, Sentiment, Severity, Verdict

_FEW = 50
"""So many are looked up by key, however recent."""
_RECENT_US = 7 * 86_400_000_000
"""Of more those of a week before the newest: one old post must not make us read back to it."""


def mostly_since(seen_us: Iterable[int | None]) -> datetime | None:
    """Since when most of these (microseconds) were seen; None of so few that each is looked up."""
    seen = sorted(us for us in seen_us if us is not None)
    return at_or_none(seen[bisect(seen, seen[-1] - _RECENT_US)]) if len(seen) > _FEW else None


def rows_of(
    con: Connection,
    sql: str,
    added_at: str,
    wanted: Collection[tuple[Any, ...]],
    since: datetime | None,
    key: int,
) -> dict[tuple[Any, ...], Any]:
    """The wanted rows by their key, its first `key` columns, of which the first is a post's id.

    `sql` asks for rows with one of `$ids`, `added_at` is its column of when they were written. Those since
    then are found first; what is missing after that is looked up, whenever it was written.
    """
    rows: list[Any] = []
    if since is not None:
        given = {"ids": list({one[0] for one in wanted}), "since": since}
        rows = con.execute(f"{sql} AND {added_at} >= $since", given).fetchall()
    found = {row[:key]: row[key:] for row in rows if row[:key] in wanted}
    if missing := {one[0] for one in wanted if one not in found}:
        rows = read_rows(con, sql, ids=missing)
        found |= {row[:key]: row[key:] for row in rows if row[:key] in wanted}
    return found


COLUMNS = tuple(name for name in VERDICTS.names if name != "judged_at")
SELECTED = select_columns(COLUMNS, "v.")
"""The columns that `verdict` reads."""
_TELLING = "CASE WHEN v.look OR starts_with(v.score_labels[1], 'weighed:') THEN v.{0} ELSE [] END"
BRIEF = SELECTED
for _column in ("score_labels", "score_values"):
    BRIEF = BRIEF.replace(f"v.{_column}", _TELLING.format(_column))
"""The same for lists, of which each may hold thousands: scores take a third of the time, and of what a person
need not look at they say no more than that no model read it."""
TONE = f"""CASE WHEN list_has_any(v.reason_codes, {list(TONELESS)}) THEN 'neutral' ELSE v.sentiment END"""
"""The tone for counting: what nothing could tell (`data.judged.tone_of`) is neither praise nor concern."""
NEWEST = """FROM matches x
    JOIN mentions m ON m.id = x.mention_id AND m.version = x.version
    JOIN verdicts v ON v.mention_id = x.mention_id AND v.version = x.version AND v.urn = x.urn"""
"""Matches (x), mentions (m) and verdicts (v), the newest version of each mention only."""


def verdict(row: Sequence[Any]) -> Verdict:
    """A verdict from the columns of `SELECTED`; of a restricted one its reasons' codes without words."""
    held: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    held["reasons"] = reasons(held.pop("reason_codes"), held.pop("reason_texts"))
    held["history"] = at_or_none(held["history"])
    held["event"] = PressEvent(held["event"]) if held["event"] else None
    held["weighed_most"] = held["weighed_most"] and tuple(held["weighed_most"])
    held["scores"] = tuple(zip(held.pop("score_labels"), held.pop("score_values"), strict=True))
    for name, kind in _KINDS.items():
        held[name] = kind(held[name])
    subjects = held.pop("subjects")
    if held["accuses"] is None:
        of = meant_by_labels(held["route"], held["abuse"], held["about"], held["subject_person"], subjects)
    else:
        of = _read_meant(held["endangers"]), _read_meant(held["accuses"])
    held["endangers"], held["accuses"] = of
    return Verdict(**held)


def _read_meant(texts: Sequence[str]) -> tuple[Meant, ...]:
    return tuple(
        Meant(who, float(sure), by, Harm(harm) if harm != "-" else None)
        for who, sure, by, harm in (text.split() for text in texts)
    )


_KINDS: dict[str, Any] = {
    "relevance": Relevance,
    "sentiment": Sentiment,
    "abuse": tuple,
    "themes": tuple,
    "about": About,
    "severity": Severity,
    "route": Route,
    "content_class": ContentClass,
}


def reasons(codes: Sequence[str], texts: Sequence[str]) -> tuple[Reason, ...]:
    """Reasons from their two columns; the text is empty where it is kept with a restricted text."""
    return tuple(Reason(code, text) for code, text in zip_longest(codes, texts, fillvalue=""))


MATCHED = """SELECT mention_id, version, urn, story_id, epoch_us(seen_at) FROM matches
    WHERE story_id = ANY($ids)"""
_NEWEST = "SELECT id, version, epoch_us(first_seen) FROM mentions WHERE id = ANY($ids)"


def story_verdicts(
    con: Connection, story_ids: Sequence[str], columns: str = SELECTED
) -> dict[str, list[Verdict]]:
    """The verdicts on the newest version of every mention of these stories, by story: whole, or `BRIEF`."""
    if not story_ids:
        return {}
    matches = read_rows(con, MATCHED, ids=story_ids)
    since = mostly_since(row[-1] for row in matches)
    newest = rows_of(con, _NEWEST, "first_seen", {row[:2] for row in matches}, since, 2)
    current = {row[:3]: row[3] for row in matches if row[:2] in newest}
    sql = f"SELECT {columns} FROM verdicts v WHERE mention_id = ANY($ids)"
    judged = rows_of(con, sql, "judged_at", current, since, 3)
    keys = sorted(judged, key=lambda key: (*newest[key[:2]], key[0]))
    return group_pairs((current[key], verdict((*key, *judged[key]))) for key in keys)


def judged_at(con: Connection, mention_id: str, urn: str) -> datetime | None:
    """When the newest version of a mention was judged for this school, UTC; None if it was not."""
    sql = f"SELECT epoch_us(v.judged_at) {NEWEST} WHERE x.mention_id = $mention AND x.urn = $urn"
    return at_or_none(read_value(con, sql, mention=mention_id, urn=urn))


def former_verdicts(con: Connection, mention_ids: Sequence[str]) -> list[Verdict]:
    """Every verdict kept on any version of these mentions, oldest version first."""
    sql = f"SELECT {SELECTED} FROM verdicts v WHERE mention_id = ANY($ids) ORDER BY mention_id, version"
    return [verdict(row) for row in read_rows(con, sql, ids=mention_ids)]


def by_reason(
    con: Connection, code: str, since: datetime, *, in_story: bool = True
) -> dict[str, list[Verdict]]:
    """List what was judged since then for that reason, new and surely about a school: by story; unless
    `in_story` also what is in none.
    """
    sql = f"""SELECT x.story_id, {SELECTED} {NEWEST}
        WHERE v.judged_at >= $since AND list_contains(v.reason_codes, $code) AND v.relevance = 'about'
            AND v.history IS NULL AND (x.story_id IS NOT NULL OR NOT $in_story)
            AND NOT v.restricted AND NOT m.restricted
        ORDER BY v.judged_at"""
    given: dict[str, object] = {"code": code, "since": since}
    lately = "SELECT 1 FROM verdicts WHERE judged_at >= $since AND list_contains(reason_codes, $code) LIMIT 1"
    if not con.execute(lately, given).fetchone():  # most often: no table is joined for it
        return {}
    rows = con.execute(sql, given | {"in_story": in_story}).fetchall()
    return group_pairs((story_id, verdict(row)) for story_id, *row in rows)
