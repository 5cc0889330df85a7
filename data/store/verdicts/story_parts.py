"""The posts that stories are made of, read a table at a time by their ids and put together here.

A join reads every row of a million, and planning one takes longer than reading ten rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.store.engine.rows import Connection, at, grouped, moment, read_rows
from data.store.verdicts.verdicts import SELECTED, mostly_since, rows_of, verdict
from data.types import Route, Verdict

_MATCHES = """SELECT mention_id, version, urn, story_id, epoch_us(seen_at) FROM matches
    WHERE story_id = ANY($ids)"""
_MENTIONS = """SELECT id, version, channel, author, epoch_us(published), epoch_us(first_seen) FROM mentions
    WHERE id = ANY($ids)"""
_WEIGHED = """SELECT mention_id, version, urn, relevance, severity, route, look, look_rank, restricted
    FROM verdicts WHERE mention_id = ANY($ids)"""
_JUDGED = f"SELECT {SELECTED} FROM verdicts v WHERE mention_id = ANY($ids)"
_SIGHTINGS = "SELECT mention_id, source_id FROM sightings WHERE mention_id = ANY($ids)"
_SET_BACK = timedelta(days=2)
_TOLD_AT_ONCE = (Route.POLICE_NOW.value, Route.SAFEGUARDING.value)

Key = tuple[str, int, str]
"""Of a match and its verdict: mention, version, school (URN)."""


@dataclass(frozen=True, slots=True)
class StoryPart:
    """One post of a story in its newest version, and how it was judged."""

    key: Key
    channel: str
    author: str | None
    published: datetime | None
    first_seen: datetime
    relevance: str
    severity: int
    route: str
    look: bool
    look_rank: float
    restricted: bool

    @property
    def mention_id(self) -> str:
        """The post."""
        return self.key[0]


def gravest(parts: Collection[StoryPart]) -> StoryPart:
    """The one that a list shows its story by."""
    return min(
        parts,
        key=lambda p: (-p.severity, p.route not in _TOLD_AT_ONCE, not p.look, -p.look_rank, p.mention_id),
    )


def parts_of(con: Connection, story_ids: Collection[str]) -> dict[str, list[StoryPart]]:
    """The judged posts of these stories, by story; none of a story without one."""
    matches = read_rows(con, _MATCHES, ids=story_ids)
    since = mostly_since(row[-1] for row in matches)
    mentions = rows_of(con, _MENTIONS, "first_seen", {row[:2] for row in matches}, since, 2)
    newest = {row[:3] for row in matches if row[:2] in mentions}
    weighed = rows_of(con, _WEIGHED, "judged_at", newest, since, 3)
    found: dict[str, list[StoryPart]] = defaultdict(list)
    for mention_id, version, urn, story_id, _ in matches:
        key = (mention_id, version, urn)
        if key in weighed:
            channel, author, published, first_seen = mentions[key[:2]]
            times = moment(published), at(first_seen)
            found[story_id].append(StoryPart(key, channel, author, *times, *weighed[key]))
    return found


def verdicts_on(con: Connection, keys: Collection[Key]) -> dict[Key, Verdict]:
    """The verdicts of these matches."""
    rows = read_rows(con, _JUDGED, ids=sorted({key[0] for key in keys}))
    return {row[:3]: verdict(row) for row in rows if row[:3] in keys}


def carriers_of(con: Connection, parts: Collection[StoryPart]) -> dict[str, list[str]]:
    """The ids of the sources that carried each of these posts.

    A source carries a post from when it was first seen on; if the clock was set back by days since then, one
    may be missing where there are many posts.
    """
    since = mostly_since([int(p.first_seen.timestamp() * 1_000_000) for p in parts])
    recent = {p.mention_id for p in parts if since is not None and p.first_seen >= since}
    rows = []
    if since is not None:
        given = {"ids": list(recent), "since": since - _SET_BACK}
        rows = con.execute(f"{_SIGHTINGS} AND first_seen >= $since", given).fetchall()
    if others := {p.mention_id for p in parts} - recent:
        rows += read_rows(con, _SIGHTINGS, ids=others)
    return grouped(rows)
