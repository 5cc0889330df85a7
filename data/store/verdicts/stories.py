"""Stories: written by folding, read for folding, listed and shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import duckdb

from data.store.engine.bulk import Row, at, moment, put
from data.store.engine.enclosures import KINDS
from data.store.verdicts.verdicts import (
    NEWEST,
    NEWEST_OF_THESE,
    THESE,
    in_stories,
    reasons,
    selected,
    verdict,
)
from data.types import Match, MentionKind, Relevance, Sketch, Story, Verdict


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One story in a list. `top` is its gravest verdict.

    `relevance` is `about` where any of its mentions is. `places` counts the sources that carried it,
    `authors` the different names under which it was posted. `title` is empty where `restricted`. `published`
    is when the first of it was posted, None where none bears a time. `sources` are the ids of those that
    carried what is not restricted of it.
    """

    id: str
    urn: str
    title: str
    first_seen: datetime
    last_seen: datetime
    restricted: bool
    relevance: Relevance
    mentions: int
    places: int
    authors: int
    channels: tuple[str, ...]
    top: Verdict
    published: datetime | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryMention:
    """One mention of a story in its newest version, with what we think of it.

    For a restricted mention, url, author, title, text and quoted are None. `enclosed` are the media types of
    what came with it in a mail.
    """

    id: str
    version: int
    channel: str
    kind: MentionKind
    url: str | None
    author: str | None
    title: str | None
    text: str | None
    quoted: str | None
    published: datetime | None
    first_seen: datetime
    restricted: bool
    match: Match
    verdict: Verdict
    enclosed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryDetail:
    """A story with its mentions, oldest first."""

    row: StoryRow
    mentions: tuple[StoryMention, ...]


def put_stories(con: duckdb.DuckDBPyConnection, stories: Iterable[Story]) -> None:
    """Adds stories and extends existing ones; a restricted one has no title. One given twice spans both."""
    spans: dict[str, Story] = {}
    for story in stories:
        before = spans.get(story.id, story)
        first, last = min(before.first_seen, story.first_seen), max(before.last_seen, story.last_seen)
        spans[story.id] = replace(story, first_seen=first, last_seen=last)
    rows: list[Row] = [(s.id, s.urn, s.title, s.first_seen, s.last_seen, False) for s in spans.values()]
    columns = ("id", "urn", "title", "first_seen", "last_seen", "restricted")
    update = {
        "title": "CASE WHEN stories.restricted THEN '' ELSE excluded.title END",
        "first_seen": "least(stories.first_seen, excluded.first_seen)",
        "last_seen": "greatest(stories.last_seen, excluded.last_seen)",
    }
    put(con, "stories", columns, rows, key=("id",), update=update)


def sketches(con: duckdb.DuckDBPyConnection, urns: Sequence[str], since: datetime) -> list[Sketch]:
    """The fingerprints of everything folded into these schools' stories since then, oldest first.

    Includes every version, so that a copy of an earlier wording is still recognised.
    """
    rows = con.execute(
        """SELECT x.mention_id, x.story_id, x.urn, coalesce(n.canonical_url, r.canonical_url, ''),
            coalesce(n.body_hash, ''), n.minhash, epoch_us(x.seen_at)
        FROM matches x
        JOIN mention_versions n ON n.mention_id = x.mention_id AND n.n = x.version
        LEFT JOIN restricted_texts r ON r.mention_id = x.mention_id AND r.n = x.version
        WHERE x.story_id IS NOT NULL AND x.urn = ANY($urns) AND x.seen_at >= $since
            AND n.minhash IS NOT NULL
        ORDER BY x.seen_at, x.mention_id, x.version""",
        {"urns": list(urns), "since": since},
    ).fetchall()
    return [
        Sketch(mention_id, story_id, urn, url, text_hash, minhash, at(seen_us))
        for mention_id, story_id, urn, url, text_hash, minhash, seen_us in rows
    ]


_NARROWED = {"urns": "urn = ANY($urns)", "ids": "id = ANY($ids)", "since": "last_seen >= $since"}
_UNSURE = f"id NOT IN (SELECT x.story_id {NEWEST} WHERE x.relevance = 'about' AND x.story_id IS NOT NULL)"
_LOOK = f"id IN (SELECT x.story_id {NEWEST} WHERE v.look AND NOT v.restricted AND x.story_id IS NOT NULL)"
_ROWS = f"""
{THESE}, judged AS (
    SELECT x.story_id, x.relevance AS match_relevance, m.channel, m.author, m.published, v.* {NEWEST_OF_THESE}
), top AS (
    SELECT * FROM judged QUALIFY row_number() OVER (PARTITION BY story_id ORDER BY severity DESC,
        route IN ('police_now', 'safeguarding') DESC, look DESC, look_rank DESC, mention_id) = 1
), told AS (
    SELECT story_id, count(DISTINCT mention_id) AS mentions, count(DISTINCT author) AS authors,
        list(DISTINCT channel ORDER BY channel) AS channels,
        bool_or(match_relevance = 'about') AS about_it, epoch_us(min(published)) AS published
    FROM judged GROUP BY story_id
), carried AS (
    SELECT story_id, count(DISTINCT source_id) AS places,
        list(DISTINCT source_id ORDER BY source_id) FILTER (NOT judged.restricted) AS sources
    FROM judged JOIN sightings USING (mention_id)
    WHERE mention_id = ANY($mentions) GROUP BY story_id
)
SELECT s.id, s.urn, s.title, epoch_us(s.first_seen), epoch_us(s.last_seen), s.restricted,
    CASE WHEN about_it THEN 'about' ELSE 'unsure' END, mentions, coalesce(places, 0), authors, channels,
    told.published, coalesce(carried.sources, []), {selected("top")}
FROM stories s JOIN told ON told.story_id = s.id JOIN top ON top.story_id = s.id
LEFT JOIN carried ON carried.story_id = s.id
WHERE s.id = ANY($stories)
ORDER BY s.last_seen DESC, s.id
"""


def list_stories(
    con: duckdb.DuckDBPyConnection,
    urns: Sequence[str] | None = None,
    *,
    story_ids: Sequence[str] | None = None,
    unsure: bool = False,
    look: bool = False,
    since: datetime | None = None,
    limit: int = 1000,
) -> list[StoryRow]:
    """Stories of these schools (all if None), newest first.

    `unsure` leaves only those that may or may not be about the school, `look` those with something a person
    should look at.
    """
    wanted = {"urns": urns, "ids": story_ids, "since": since}
    given = {name: value for name, value in wanted.items() if value is not None}
    conditions = [*(_NARROWED[name] for name in given), *[_UNSURE] * unsure, *[_LOOK] * look]
    picked = con.execute(
        f"SELECT id FROM stories WHERE {' AND '.join(conditions) or 'TRUE'} "
        "ORDER BY last_seen DESC, id LIMIT $limit",
        given | {"limit": limit},
    ).fetchall()
    these = in_stories(con, [story_id for (story_id,) in picked])
    return [_story_row(row) for row in con.execute(_ROWS, these).fetchall()]


def beginning(con: duckdb.DuckDBPyConnection, beginning: str) -> dict[str, str]:
    """The stories whose id begins so: the school (URN) of each, by id."""
    rows = con.execute(
        "SELECT id, urn FROM stories WHERE starts_with(id, $beginning) ORDER BY last_seen DESC, id",
        {"beginning": beginning},
    )
    return dict(rows.fetchall())


def restricted(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The school (URN) of every restricted story, by the story's id."""
    return dict(con.execute("SELECT id, urn FROM stories WHERE restricted").fetchall())


def carriers(con: duckdb.DuckDBPyConnection, story_ids: Sequence[str]) -> dict[str, set[str]]:
    """The ids of the sources that have carried each of these stories."""
    rows = con.execute(
        """SELECT x.story_id, list(DISTINCT s.source_id) FROM matches x JOIN sightings s USING (mention_id)
        WHERE x.story_id = ANY($ids) GROUP BY x.story_id""",
        {"ids": list(story_ids)},
    )
    return {story_id: set(sources) for story_id, sources in rows.fetchall()}


def story(con: duckdb.DuckDBPyConnection, story_id: str) -> StoryDetail | None:
    """A story with its mentions and verdicts; None where there is none with that id."""
    rows = list_stories(con, story_ids=[story_id])
    if not rows:
        return None
    mentions = con.execute(
        f"""{THESE}, these_n AS MATERIALIZED (
            SELECT * FROM mention_versions WHERE mention_id = ANY($mentions))
        SELECT m.id, m.version, m.channel, m.kind, m.url, m.author, n.title, n.text, n.quoted,
            epoch_us(m.published), epoch_us(m.first_seen), m.restricted,
            x.urn, x.relevance, x.score, x.reason_codes, x.reason_texts, {KINDS.format("m.id")},
            {selected()}
        {NEWEST_OF_THESE} LEFT JOIN these_n n ON n.mention_id = m.id AND n.n = m.version
        ORDER BY coalesce(m.published, m.first_seen), m.id""",
        in_stories(con, [story_id]),
    ).fetchall()
    return StoryDetail(rows[0], tuple(_mention(row) for row in mentions))


def _story_row(row: Sequence[Any]) -> StoryRow:
    story_id, urn, title, first, last, restricted, relevance, mentions, places, authors = row[:10]
    channels, published, sources = row[10:13]
    return StoryRow(
        *(story_id, urn, title, at(first), at(last), restricted, Relevance(relevance)),
        *(mentions, places, authors, tuple(channels), verdict(row[13:]), moment(published)),
        sources=tuple(sources),
    )


def _mention(row: Sequence[Any]) -> StoryMention:
    mention_id, version, channel, kind, url, author, title, text, quoted = row[:9]
    published, first_seen, restricted, urn, relevance, score, codes, texts, enclosed = row[9:18]
    match = Match(urn, Relevance(relevance), score, reasons(codes, texts))
    return StoryMention(
        *(mention_id, version, channel, MentionKind(kind), url, author, title, text, quoted),
        *(moment(published), at(first_seen), restricted, match, verdict(row[18:])),
        enclosed=tuple(enclosed),
    )
