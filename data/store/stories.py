"""Stories: written by folding, read for folding, listed, found and shown; what came with a post in a mail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from data.frozen import freeze
from data.judged import part_at
from data.search import Searched, bits_asked
from data.store.engine.audit_chain import Code, record_act
from data.store.engine.rows import (
    Connection,
    Row,
    ValueTable,
    at,
    at_or_none,
    execute,
    group_pairs,
    insert_rows,
    read_column,
    read_rows,
    read_value,
)
from data.store.engine.rows import replace as anew
from data.store.engine.tables import BITS
from data.store.owners import marked_sql, unless_owned
from data.store.sealing import alert_codes, seal_moved
from data.store.verdicts import SELECTED, Key, judged_posts, mostly_since, reasons, verdict
from data.types import Match, Mention, MentionKind, PressEvent, Relevance, Route, Sketch, Story, Verdict

_OF_MENTION = "channel, author, epoch_us(published), epoch_us(first_seen)"
_WEIGHED = "mention_id, version, urn, relevance, severity, route, look, look_rank, restricted"
_JUDGED = f"SELECT {SELECTED} FROM verdicts v WHERE mention_id = ANY($ids)"
_SIGHTINGS = "SELECT mention_id, source_id FROM sightings WHERE mention_id = ANY($ids)"
_SET_BACK = timedelta(days=2)
_TOLD_AT_ONCE = (Route.POLICE_NOW.value, Route.SAFEGUARDING.value)


@freeze
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


def gravest_part(parts: Collection[StoryPart]) -> StoryPart:
    """Return the one that a list shows its story by."""
    return min(
        parts,
        key=lambda p: (-p.severity, p.route not in _TOLD_AT_ONCE, not p.look, -p.look_rank, p.mention_id),
    )


def parts_of(con: Connection, story_ids: Collection[str]) -> dict[str, list[StoryPart]]:
    """The judged posts of these stories, by story; none of a story without one."""
    posts = judged_posts(con, story_ids, _OF_MENTION, _WEIGHED)
    return group_pairs(
        (p.story_id, StoryPart(p.key, channel, author, at_or_none(published), at(first_seen), *p.verdict))
        for p in posts
        for channel, author, published, first_seen in [p.mention]
    )


def verdicts_on(con: Connection, keys: Collection[Key]) -> dict[Key, Verdict]:
    """The verdicts of these matches."""
    rows = read_rows(con, _JUDGED, ids=sorted({key[0] for key in keys}))
    return {row[:3]: verdict(row) for row in rows if row[:3] in keys}


def carriers_of(con: Connection, parts: Collection[StoryPart]) -> dict[str, list[str]]:
    """The ids of the sources that carried each of these posts. A source carries a post from when it was first
    seen on; if the clock was set back by days since then, one may be missing where there are many posts."""
    since = mostly_since([int(p.first_seen.timestamp() * 1_000_000) for p in parts])
    recent = {p.mention_id for p in parts if since is not None and p.first_seen >= since}
    rows = []
    if since is not None:
        given = {"ids": list(recent), "since": since - _SET_BACK}
        rows = con.execute(f"{_SIGHTINGS} AND first_seen >= $since", given).fetchall()
    if others := {p.mention_id for p in parts} - recent:
        rows += read_rows(con, _SIGHTINGS, ids=others)
    return group_pairs(rows)


_COLUMNS = ("mention_id", "source_id", "mail", "kinds")
KINDS = "coalesce((SELECT e.kinds FROM enclosures e WHERE e.mention_id = {}), [])"
"""The kinds, as a column of a query; in the braces is the mention's id."""


@freeze
class Enclosures:
    """The mail of a mention: from which source, its address, and the media types of what is enclosed."""

    source_id: str
    mail: str
    kinds: tuple[str, ...]


_ENCLOSURES = ValueTable("enclosures", Enclosures)


def put_enclosures(con: Connection, brought: Iterable[tuple[Mention, str]]) -> None:
    """Notes what came with these mentions, each with its source; where one came again, where it lies now."""
    rows = [(m.id, source_id, m.mail, list(m.enclosed)) for m, source_id in brought if m.enclosed]
    insert_rows(con, "enclosures", _COLUMNS, rows, key=_COLUMNS[:1], update=anew(_COLUMNS[1:]))


def enclosures_of(con: Connection, mention_id: str) -> Enclosures | None:
    """Return what came with a mention; None where nothing did."""
    return _ENCLOSURES.first(con, "WHERE mention_id = $id", id=mention_id)


@freeze
class StoryRow:
    """One story in a list. `top` is its gravest verdict. `relevance` is `about` where any of its mentions is.
    `places` counts the sources that carried it, `authors` the different names under which it was posted.
    `title` is empty where `restricted`. `published` is when the first of it was posted, None where none bears
    a time. `sources` are the ids of those that carried what is not restricted of it."""

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


@freeze
class StoryMention:
    """One mention of a story in its newest version, with what we think of it. For a restricted mention, url,
    author, title, text and quoted are None. `enclosed` are the media types of what came with it in a mail,
    `weighed_most` its weightiest words; of a stub only when words were deleted. `gone_at` is when it was seen
    gone from its platform."""

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
    weighed_most: str = ""
    words_deleted_at: datetime | None = None
    gone_at: datetime | None = None


@freeze
class StoryDetail:
    """A story with its mentions, oldest first."""

    row: StoryRow
    mentions: tuple[StoryMention, ...]


def put_stories(con: Connection, stories: Iterable[Story], there: Collection[str]) -> None:
    """Adds stories and extends those that are `there` (ids); a restricted one has no title, and one that is
    given none keeps its own. One given twice spans both."""
    spans: dict[str, Story] = {}
    for story in stories:
        before = spans.get(story.id, story)
        first, last = min(before.first_seen, story.first_seen), max(before.last_seen, story.last_seen)
        title = story.title or before.title
        spans[story.id] = replace(story, title=title, first_seen=first, last_seen=last)
    rows: list[Row] = [(s.id, s.urn, s.title, s.first_seen, s.last_seen, False) for s in spans.values()]
    columns = ("id", "urn", "title", "first_seen", "last_seen", "restricted")
    update = {
        "title": """CASE WHEN stories.restricted THEN ''
            ELSE coalesce(nullif(excluded.title, ''), stories.title) END""",
        "first_seen": "least(stories.first_seen, excluded.first_seen)",
        "last_seen": "greatest(stories.last_seen, excluded.last_seen)",
    }
    insert_rows(con, "stories", columns, [r for r in rows if r[0] not in there], new=True)
    insert_rows(con, "stories", columns, [r for r in rows if r[0] in there], key=("id",), update=update)


def sketches(con: Connection, urns: Sequence[str], since: datetime) -> list[Sketch]:
    """The fingerprints of everything folded into these schools' stories since then, oldest first. Includes
    every version, so that a copy of an earlier wording is still recognised."""
    sql = """SELECT x.mention_id, x.story_id, x.urn, coalesce(n.canonical_url, r.canonical_url, ''),
            coalesce(n.body_hash, ''), coalesce(n.minhash, ''::BLOB), epoch_us(x.seen_at)
        FROM matches x
        LEFT JOIN mention_versions n ON n.mention_id = x.mention_id AND n.n = x.version
        LEFT JOIN restricted_texts r ON r.mention_id = x.mention_id AND r.n = x.version
        WHERE x.story_id IS NOT NULL AND x.urn = ANY($urns) AND x.seen_at >= $since
            AND (n.minhash IS NOT NULL OR n.n IS NULL)
        ORDER BY x.seen_at, x.mention_id, x.version"""
    rows = read_rows(con, sql, urns=urns, since=since)
    return [
        Sketch(mention_id, story_id, urn, url, text_hash, minhash, at(seen_us))
        for mention_id, story_id, urn, url, text_hash, minhash, seen_us in rows
    ]


_ROW = "SELECT id, urn, title, epoch_us(first_seen), epoch_us(last_seen), restricted FROM stories"


APART = """(restricted OR id IN (SELECT story_id FROM cases WHERE restricted OR locked)
    OR id IN (SELECT story_id FROM alerts WHERE restricted))"""
"""A condition on a story: it is not everybody's."""


_IN_PRESS = """SELECT mention_id, version, urn, event FROM verdicts
    WHERE urn = ANY($urns) AND judged_at >= $since AND event IS NOT NULL AND history IS NULL
        AND relevance = 'about' AND NOT restricted"""
_PRINTED = f"""WITH printed AS MATERIALIZED (SELECT mention_id, version, urn, story_id, seen_at FROM matches
        WHERE mention_id = ANY($ids) AND story_id IS NOT NULL),
    newest AS MATERIALIZED (SELECT id, version FROM mentions WHERE id = ANY($ids) AND NOT restricted),
    said AS MATERIALIZED (SELECT mention_id, n, title, text FROM mention_versions
        WHERE mention_id = ANY($ids))
SELECT x.mention_id, x.version, x.urn, x.story_id, n.title, coalesce(n.text, ''), epoch_us(x.seen_at)
FROM printed x JOIN newest m ON m.id = x.mention_id AND m.version = x.version
JOIN said n ON n.mention_id = x.mention_id AND n.n = x.version
WHERE n.title IS NOT NULL AND x.story_id NOT IN (SELECT id FROM stories WHERE {APART})
    AND NOT {marked_sql("x.story_id", "x.urn")}
ORDER BY x.seen_at, x.mention_id"""


def open_press(
    con: Connection, urns: Sequence[str], since: datetime
) -> list[tuple[str, str, str, str, PressEvent, datetime]]:
    """List what the press has told about these schools and was judged since then, the oldest first: the
    school, the story, title, text, event and time. Nothing of a story that is not everybody's, or is done
    with."""
    events = {row[:3]: PressEvent(row[3]) for row in read_rows(con, _IN_PRESS, urns=urns, since=since)}
    if not events:
        return []
    rows = read_rows(con, unless_owned(con, _PRINTED), ids=sorted({key[0] for key in events}))
    return [
        (key[2], story_id, title, text, events[key], at(seen))
        for *of, story_id, title, text, seen in rows
        if (key := tuple(of)) in events
    ]


def list_stories(
    con: Connection, *, story_ids: Sequence[str] | None = None, limit: int = 1000
) -> list[StoryRow]:
    """These stories (all if None), newest first."""
    narrowed, given = ("", {}) if story_ids is None else ("WHERE id = ANY($ids)", {"ids": story_ids})
    picked = read_rows(
        con, f"{_ROW} {narrowed} ORDER BY last_seen DESC, id LIMIT $limit", limit=limit, **given
    )
    parts = parts_of(con, [row[0] for row in picked])
    top = {story_id: gravest_part(found) for story_id, found in parts.items()}
    verdicts = verdicts_on(con, {part.key for part in top.values()})
    carried = carriers_of(con, [p for found in parts.values() for p in found])
    held = [row for row in picked if row[0] in parts]
    return [_story_row(row, parts[row[0]], carried, verdicts[top[row[0]].key]) for row in held]


def beginning(con: Connection, beginning: str) -> dict[str, str]:
    """The stories whose id begins so: the school (URN) of each, by id."""
    sql = "SELECT id, urn FROM stories WHERE starts_with(id, $beginning) ORDER BY last_seen DESC, id"
    return dict(read_rows(con, sql, beginning=beginning))


def restricted_stories(con: Connection) -> dict[str, str]:
    """Return the school (URN) of every restricted story, by the story's id."""
    return dict(read_rows(con, "SELECT id, urn FROM stories WHERE restricted"))


def carriers(con: Connection, story_ids: Sequence[str]) -> dict[str, set[str]]:
    """The ids of the sources that have carried each of these stories."""
    sql = """SELECT x.story_id, list(DISTINCT s.source_id) FROM matches x JOIN sightings s USING (mention_id)
        WHERE x.story_id = ANY($ids) GROUP BY x.story_id"""
    return {story_id: set(sources) for story_id, sources in read_rows(con, sql, ids=list(story_ids))}


def sources_of_sightings(con: Connection, mention_ids: Sequence[str]) -> dict[str, set[str]]:
    """Return the ids of the sources that each of these mentions was ever seen in."""
    sql = "SELECT mention_id, list(source_id) FROM sightings WHERE mention_id = ANY($ids) GROUP BY mention_id"
    return {mention_id: set(sources) for mention_id, sources in read_rows(con, sql, ids=list(mention_ids))}


def story(con: Connection, story_id: str) -> StoryDetail | None:
    """A story with its mentions and verdicts; None where there is none with that id."""
    given = {"id": story_id}
    row = con.execute(f"{_ROW} WHERE id = $id", given).fetchone()
    if row is None:
        return None
    matches = _by_key(con.execute(_MATCHED, given).fetchall(), 3)
    these = {"ids": sorted({mention_id for mention_id, _, _ in matches})}
    said = _by_key(con.execute(_SAID, these).fetchall(), 2)
    verdicts = verdicts_on(con, {key for key in matches if key[:2] in said})
    if not verdicts:
        return None
    versions = _by_key(con.execute(_WORDS, these).fetchall(), 2)
    enclosed = dict(con.execute(_ENCLOSED, these).fetchall())
    order = sorted(verdicts, key=lambda key: (said[key[:2]][-1], key))
    mentions = tuple(
        _mention(key, said[key[:2]], versions.get(key[:2], _NO_WORDS), matches[key], verdicts[key], enclosed)
        for key in order
    )
    parts = [_part(m) for m in mentions]
    carried = carriers_of(con, parts)
    return StoryDetail(_story_row(row, parts, carried, verdicts[gravest_part(parts).key]), mentions)


_MATCHED = """SELECT mention_id, version, urn, relevance, score, reason_codes, reason_texts FROM matches
    WHERE story_id = $id"""
_WORDS = """SELECT mention_id, n, title, text, quoted, article FROM mention_versions
    WHERE mention_id = ANY($ids)"""
_NO_WORDS = (None, None, None, None)
_ENCLOSED = "SELECT mention_id, kinds FROM enclosures WHERE mention_id = ANY($ids)"
_SAID = """SELECT id, version, channel, kind, url, author, restricted,
    CASE WHEN stub THEN epoch_us(coalesce(gone_at, retain_until)) END, epoch_us(gone_at), epoch_us(published),
    epoch_us(first_seen),
    epoch_us(coalesce(published, first_seen)) FROM mentions WHERE id = ANY($ids)"""


def _part(m: StoryMention) -> StoryPart:
    v = m.verdict
    return StoryPart(
        (m.id, m.version, v.urn), m.channel, m.author, m.published, m.first_seen, v.relevance,
        v.severity, v.route, v.look, v.look_rank, v.restricted,
    )  # fmt: skip


def _by_key(rows: Iterable[Sequence[Any]], of_key: int) -> dict[tuple[Any, ...], Sequence[Any]]:
    """Rows by their first `of_key` columns."""
    return {tuple(row[:of_key]): row[of_key:] for row in rows}


def _story_row(
    row: Sequence[Any], parts: Sequence[StoryPart], carried: Mapping[str, Sequence[str]], top: Verdict
) -> StoryRow:
    story_id, urn, title, first, last, restricted = row
    published = [p.published for p in parts if p.published is not None]
    open_to_all = [p.mention_id for p in parts if not p.restricted]
    return StoryRow(
        *(story_id, urn, title, at(first), at(last), restricted),
        Relevance.ABOUT if any(p.relevance == Relevance.ABOUT for p in parts) else Relevance.UNSURE,
        mentions=len({p.mention_id for p in parts}),
        places=len({source for p in parts for source in carried.get(p.mention_id, ())}),
        authors=len({p.author for p in parts if p.author is not None}),
        channels=tuple(sorted({p.channel for p in parts})),
        top=top,
        published=min(published, default=None),
        sources=tuple(sorted({source for i in open_to_all for source in carried.get(i, ())})),
    )


def _mention(
    key: Key, said: Sequence[Any], words: Sequence[Any], matched: Sequence[Any], judged: Verdict,
    enclosed: Mapping[str, Sequence[str]],
) -> StoryMention:  # fmt: skip
    channel, kind, url, author, restricted, deleted, gone, published, first_seen, _ = said
    relevance, score, codes, texts = matched
    title, text, quoted, article = words
    mention_id, version, urn = key
    return StoryMention(
        mention_id, version, channel, MentionKind(kind), url, author, title, text, quoted,
        at_or_none(published), first_seen=at(first_seen), restricted=restricted, verdict=judged,
        match=Match(urn, Relevance(relevance), score, reasons(codes, texts)),
        enclosed=tuple(enclosed.get(mention_id, ())),
        weighed_most=part_at(judged.weighed_most, title, text, article), words_deleted_at=at_or_none(deleted),
        gone_at=at_or_none(gone),
    )  # fmt: skip


# Posts that people moved: those of one story merged into another.


@freeze
class StoryMove:
    """Posts (ids) of `from_story` that are in `to_story` since; `merged`: all it had, and what comes later,
    not so where an earlier version split them off. Of what they were merged into: how often its alert had
    been raised, the span of time it had, whom it keeps out since, and which notes came along (ids)."""

    from_story: str
    to_story: str
    urn: str
    merged: bool
    posts: tuple[str, ...]
    moved_at: datetime
    moved_by: str
    times: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    kept_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


_TABLE = ValueTable("story_moves", StoryMove, "from_story to_story")
_TO = "UPDATE matches SET story_id = $to WHERE story_id = $of AND urn = $urn AND mention_id = ANY($ids)"
_SPAN = """UPDATE stories SET first_seen = least(stories.first_seen, b.first_seen),
    last_seen = greatest(stories.last_seen, b.last_seen)
    FROM stories b WHERE b.id = $of AND stories.id = $to"""
_BACK = """UPDATE stories SET first_seen = $first, last_seen =
        CASE WHEN stories.last_seen > greatest($last, b.last_seen) THEN stories.last_seen ELSE $last END
    FROM stories b WHERE b.id = $of AND stories.id = $to"""
_LET_IN = """UPDATE alerts
    SET excluded = list_filter(excluded, lambda p: NOT list_contains($out::VARCHAR[], p))
    WHERE story_id = $to AND urn = $urn RETURNING id"""
_NOTES = "UPDATE notes SET story_id = $to WHERE story_id = $of AND urn = $urn RETURNING id"
_NOTES_BACK = "UPDATE notes SET story_id = $of WHERE story_id = $to AND id = ANY($ids)"
STILL_MOVED = """SELECT v.from_story FROM story_moves v
    JOIN matches x ON list_contains(v.posts, x.mention_id)"""
"""Stories whose posts are in another one."""


def move(con: Connection, made: StoryMove) -> StoryMove:
    """Moves the posts, keeps the move and gives it as kept; it spans the time of both. Audited."""
    _put_into(con, made, made.from_story, made.to_story, made.moved_at)
    given = {"of": made.from_story, "to": made.to_story}
    execute(con, _SPAN, **given)
    made = replace(made, notes=tuple(read_column(con, _NOTES, urn=made.urn, **given)))
    keep(con, made)
    record_act(con, made.moved_at, made.moved_by, "story_merged", made.to_story, made.urn, _codes(made))
    return made


def keep(con: Connection, made: StoryMove) -> None:
    """Keeps the move, in the place of what was kept of it."""
    _TABLE.insert(con, [made], anew=True)


def undo_move(con: Connection, made: StoryMove, by: str, now: datetime) -> None:
    """Move the posts back, as it was before. Audited, as done by somebody (an id)."""
    _put_into(con, made, made.to_story, made.from_story, now)
    given = {"of": made.from_story, "to": made.to_story}
    execute(con, _BACK, first=made.first_seen, last=made.last_seen, **given)
    execute(con, _NOTES_BACK, ids=made.notes, **given)
    if made.kept_out:
        for (alert_id,) in read_rows(con, _LET_IN, out=made.kept_out, to=made.to_story, urn=made.urn):
            sealed = alert_codes(con, [alert_id], ("excluded",))[alert_id]
            record_act(con, now, by, "alert_let_in", alert_id, made.urn, tuple(sealed))
    execute(con, "DELETE FROM story_moves WHERE from_story = $of AND to_story = $to", **given)
    what = (made.to_story, made.urn, _codes(made))
    record_act(con, now, by, "story_merge_undone", *what)


def _put_into(con: Connection, made: StoryMove, of: str, to: str, now: datetime) -> None:
    execute(con, _TO, of=of, to=to, urn=made.urn, ids=made.posts)
    seal_moved(con, made.posts, now)


def _codes(made: StoryMove) -> tuple[str, ...]:
    return (Code.FROM.of(made.from_story), *map(Code.MENTION.of, made.posts))


def last_merge(con: Connection, story_id: str) -> StoryMove | None:
    """The last merge into a story; None where nothing was merged into it."""
    which = "WHERE to_story = $id AND merged ORDER BY moved_at DESC, from_story"
    return _TABLE.first(con, which, id=story_id)


def moved_to(con: Connection, story_id: str) -> str:
    """The story that has what was merged with others; itself where it was not."""
    into = dict(read_rows(con, "SELECT from_story, to_story FROM story_moves WHERE merged"))
    while story_id in into:
        story_id = into[story_id]
    return story_id


def posts_moved(con: Connection) -> dict[tuple[str, str], str]:
    """By post and school the story into which somebody put it last."""
    moves = _TABLE.select(con, "ORDER BY moved_at")
    return {(post, one.urn): one.to_story for one in moves for post in one.posts}


def stories_of(con: Connection, mention_ids: Collection[str]) -> dict[tuple[str, str], str]:
    """The story of each of these posts, by post and school."""
    sql = """SELECT x.mention_id, x.urn, x.story_id FROM matches x JOIN mentions m ON m.id = x.mention_id
        WHERE x.version = m.version AND x.story_id IS NOT NULL AND m.id = ANY($ids)"""
    return {(post, urn): story for post, urn, story in read_rows(con, sql, ids=mention_ids)}


def posts_in(con: Connection, story_id: str, mention_ids: Sequence[str]) -> set[str]:
    """Those of these posts that are in that story."""
    sql = "SELECT DISTINCT mention_id FROM matches WHERE story_id = $story AND mention_id = ANY($ids)"
    return {*read_column(con, sql, story=story_id, ids=mention_ids)}


# Posts found by their words, and the stories they are in.
#
# Only what may be listed is read: the words of a restricted post stand in a table of its own, and what was
# deleted has neither words nor bits. Where bits are NULL some words were taken out, or it was written before
# there were any: then its text itself is looked through. Nothing of what was asked for is in any message.

_FIELDS = "SELECT id, version, author, url FROM mentions WHERE id = ANY($ids) AND NOT restricted"
_TEXTS = """SELECT mention_id, n, title, text, quoted FROM mention_versions WHERE mention_id = ANY($ids)"""


def bits_wanted(searched: Searched) -> tuple[str, dict[str, int]]:
    """A condition on versions of posts, with its values: they may hold the words, by their bits."""
    asked = {column: bits for column, bits in zip(BITS, bits_asked(searched), strict=True) if bits}
    return " AND ".join(f"({c} & ${c}) = ${c}" for c in asked), asked


def are_common(con: Connection, searched: Searched) -> bool:
    """May a quarter of all posts hold the words? Then looking through the newest is the quicker way."""
    bits, asked = bits_wanted(searched)
    sql = f"SELECT count(*) FILTER ({bits}) * 4 > count(*) FROM mention_versions"
    return bool(read_value(con, sql, **asked))


def stories_holding(con: Connection, searched: Searched, story_ids: Sequence[str]) -> set[str]:
    """Those of these stories with a post whose newest version holds the words."""
    sql = "SELECT story_id, mention_id, version FROM matches WHERE story_id = ANY($ids)"
    rows = con.execute(sql, {"ids": list(story_ids)}).fetchall()
    versions = _holding(con, searched, [mention_id for _, mention_id, _ in rows])
    return {story for story, mention_id, version in rows if versions.get(mention_id) == version}


def _holding(con: Connection, searched: Searched, ids: Sequence[str]) -> dict[str, int]:
    """Those of these posts that hold the words in their newest version, which it names."""
    given = {"ids": sorted(set(ids))}
    posts = {row[:2]: row[2:] for row in con.execute(_FIELDS, given).fetchall()}
    return {
        mention_id: n
        for mention_id, n, *words in con.execute(_TEXTS, given).fetchall()
        if (mention_id, n) in posts and searched.found_in((*words, *posts[mention_id, n]))
    }


def oldest_posted(con: Connection, urns: Sequence[str]) -> datetime | None:
    """When these schools' oldest open post was posted, or first read where nothing says when."""
    sql = f"""SELECT epoch_us(min(coalesce(m.published, m.first_seen))) FROM mentions m
        JOIN matches x ON x.mention_id = m.id WHERE x.urn = ANY($urns) AND NOT m.restricted
        AND x.story_id NOT IN (SELECT id FROM stories WHERE {APART})"""
    return at_or_none(read_value(con, sql, urns=list(urns)))


_OPEN = f"""WITH near AS MATERIALIZED (
    SELECT m.id, coalesce(m.published, m.first_seen) AS posted FROM mentions m
    JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
    WHERE posted > $since AND posted <= $until AND NOT m.restricted AND n.text IS NOT NULL AND ({{which}})
    ORDER BY posted DESC, m.id LIMIT $most)
SELECT {{{{id: m.id, url: coalesce(m.url, ''), channel: m.channel, title: coalesce(n.title, ''), text: n.text,
    parent: m.parent}}}}, m.kind, epoch_us(m.fetched_at), epoch_us(near.posted),
    (SELECT min(source_id) FROM sightings WHERE mention_id = m.id AND source_id <> 'report-in') AS source,
    x.urn, x.relevance, x.score, x.reason_codes, x.reason_texts
FROM near JOIN mentions m USING (id) JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
LEFT JOIN matches x ON x.mention_id = m.id AND x.version = m.version
WHERE source IS NOT NULL AND (x.urn IS NULL OR x.urn = ANY($urns))
    AND coalesce(m.parent, m.id) NOT IN (SELECT coalesce(parent, id) FROM mentions WHERE restricted)
    AND m.id NOT IN (SELECT mention_id FROM matches WHERE story_id IN (SELECT id FROM stories WHERE {APART}))
ORDER BY near.posted DESC, m.id, x.relevance = 'not_about', x.relevance"""
_ABOUT = "m.id IN (SELECT mention_id FROM matches WHERE urn = ANY($urns) AND relevance = 'about')"


def open_posts(
    con: Connection, urns: Sequence[str], since: datetime, until: datetime, most: int,
    asked: Sequence[Searched] = (),
) -> list[tuple[Mention, str, Match | None]]:  # fmt: skip
    """The newest posts since then that everybody may know of: those that may hold all words of one of these
    searches, else those about one of these schools. Each once, with the source that brought it and which of
    the schools it may be about; what was handed in is left out."""
    wanted, given = ["n.words_0 IS NULL" if asked else _ABOUT], dict[str, object]()
    for n, searched in enumerate(asked):
        bits = {c: of for c, of in zip(BITS, bits_asked(searched), strict=True) if of}
        given |= {f"{c}_{n}": of for c, of in bits.items()}
        wanted.append(" AND ".join(f"n.{c} & ${c}_{n} = ${c}_{n}" for c in bits) or "TRUE")
    sql = _OPEN.format(which=" OR ".join(wanted))
    rows = read_rows(con, sql, urns=urns, since=since, until=until, most=most, **given)
    found: dict[str, tuple[Mention, str, Match | None]] = {}
    for said, kind, fetched, posted, source, urn, relevance, score, codes, texts in rows:
        match = Match(urn, Relevance(relevance), score, reasons(codes, texts)) if urn else None
        said |= {"kind": MentionKind(kind), "fetched_at": at(fetched), "published": at(posted)}
        found.setdefault(said["id"], (Mention(**said), source, match))
    return list(found.values())


Spot = tuple[datetime, str]
"""Where a page ended: when its last story went on last, and that story's id."""


@freeze
class Narrowed:
    """Which stories: all of these schools (`urns`); of those of `raised` what was raised, is had, in the
    press or a matter of personal data. A post of it was posted, or first read where nothing says when,
    between `since` and `until`, or seen in the `source`; they are `held`, or `ended`; `everybodys` leaves out
    what is restricted or locked. Some more may be given than are so, of words, place, and who has them:
    whoever asks looks at each.
    """

    urns: Sequence[str]
    raised: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    words: Searched | None = None
    source: str = ""
    held: bool = False
    ended: bool = False
    everybodys: bool = False


_RAISED = """id IN (SELECT story_id FROM alerts UNION ALL SELECT story_id FROM owners
    UNION ALL SELECT story_id FROM cases
    UNION ALL SELECT x.story_id FROM matches x JOIN verdicts v USING (mention_id, version, urn)
        WHERE v.event IS NOT NULL OR v.content_class = ANY($private))"""
_POSTED = """id IN (SELECT x.story_id FROM matches x JOIN mentions m ON m.id = x.mention_id
    WHERE coalesce(m.published, m.first_seen) >= $since AND coalesce(m.published, m.first_seen) < $until)"""
_CARRIED = """id IN (SELECT x.story_id FROM matches x JOIN sightings s USING (mention_id)
    WHERE s.source_id = $source)"""
_HELD = """id IN (SELECT story_id FROM owners WHERE person_id IS NOT NULL
    UNION ALL SELECT story_id FROM cases WHERE closed_at IS NULL)"""
_ENDED = """id IN (SELECT story_id FROM owners WHERE mark IS NOT NULL
    UNION ALL SELECT story_id FROM cases WHERE closed_at IS NOT NULL)"""
_WORDED = """id IN (SELECT x.story_id FROM mention_versions v
    JOIN matches x ON x.mention_id = v.mention_id AND x.version = v.n WHERE ({bits}) OR v.words_0 IS NULL)"""


def story_page(
    con: Connection, narrowed: Narrowed, private: Sequence[str], after: Spot | None, limit: int
) -> list[tuple[str, str, datetime]]:
    """At most so many of these stories after that spot: id, URN, last seen; `private`: personal classes."""
    of_all = "urn = ANY($urns)"
    asked: dict[str, object] = {"limit": limit, "urns": narrowed.urns}
    kept = ((narrowed.held, _HELD), (narrowed.ended, _ENDED), (narrowed.everybodys, f"NOT {APART}"))
    where = [of_all, *(condition for wanted, condition in kept if wanted)]
    if narrowed.raised:
        asked |= {"raised": narrowed.raised, "private": private}
        where[0] = f"({of_all} OR (urn = ANY($raised) AND {_RAISED}))"
    if narrowed.since and narrowed.until:
        asked |= {"since": narrowed.since, "until": narrowed.until}
        where.append(_POSTED)
    if narrowed.source:
        asked["source"] = narrowed.source
        where.append(_CARRIED)
    if after:
        asked |= {"seen": after[0], "id": after[1]}
        where.append("(last_seen < $seen OR (last_seen = $seen AND id > $id))")
    if narrowed.words:
        bits, values = bits_wanted(narrowed.words)
        asked |= values
        where.append(_WORDED.format(bits=bits))
    sql = f"""SELECT id, urn, epoch_us(last_seen) FROM stories WHERE {" AND ".join(where)}
        ORDER BY last_seen DESC, id LIMIT $limit"""
    return [(story, urn, at(seen)) for story, urn, seen in read_rows(con, sql, **asked)]
