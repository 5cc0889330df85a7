"""Posts that people moved: those of one story merged into another, and those split off one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import Connection, ValueTable, execute, read_column, read_rows
from data.store.sealing import alert_codes, seal_moved


@dataclass(frozen=True, slots=True)
class StoryMove:
    """Posts (ids) of `from_story` that are in `to_story` since; `merged`: all it had, and what comes later.

    Of what they were merged into: how often its alert had been raised, the span of time it had (None for what
    was split off), whom it keeps out since, and which notes came along (ids).
    """

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


_TABLE = ValueTable(
    "story_moves",
    StoryMove,
    "from_story to_story urn merged posts moved_at moved_by times first_seen last_seen kept_out notes",
)
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
    """Moves the posts, keeps the move and gives it as kept; a merge spans the time of both. Audited."""
    _put_into(con, made, made.from_story, made.to_story, made.moved_at)
    if made.merged:
        given = {"of": made.from_story, "to": made.to_story}
        execute(con, _SPAN, **given)
        made = replace(made, notes=tuple(read_column(con, _NOTES, urn=made.urn, **given)))
    keep(con, made)
    at, by = made.moved_at, made.moved_by
    what = (made.to_story, made.urn, _codes(made))
    append(con, [AuditEntry(at, by, "story_merged" if made.merged else "story_split", *what)])
    return made


def keep(con: Connection, made: StoryMove) -> None:
    """Keeps the move, in the place of what was kept of it."""
    _TABLE.insert(con, [made], 2, anew=True)


def forget_move(con: Connection, made: StoryMove) -> None:
    """Delete what is kept of the move; the posts stay where they are."""
    sql = "DELETE FROM story_moves WHERE from_story = $of AND to_story = $to"
    execute(con, sql, of=made.from_story, to=made.to_story)


def undo_move(con: Connection, made: StoryMove, by: str, now: datetime) -> None:
    """Move the posts back, as it was before. Audited, as done by somebody (an id)."""
    _put_into(con, made, made.to_story, made.from_story, now)
    given = {"of": made.from_story, "to": made.to_story}
    if made.merged:
        execute(con, _BACK, first=made.first_seen, last=made.last_seen, **given)
        execute(con, _NOTES_BACK, ids=made.notes, **given)
    if made.kept_out:
        for (alert_id,) in read_rows(con, _LET_IN, out=made.kept_out, to=made.to_story, urn=made.urn):
            sealed = alert_codes(con, [alert_id], ("excluded",))[alert_id]
            append(con, [AuditEntry(now, by, "alert_let_in", alert_id, made.urn, tuple(sealed))])
    forget_move(con, made)
    what = (made.to_story, made.urn, _codes(made))
    append(con, [AuditEntry(now, by, "story_merge_undone", *what)])


def _put_into(con: Connection, made: StoryMove, of: str, to: str, now: datetime) -> None:
    execute(con, _TO, of=of, to=to, urn=made.urn, ids=made.posts)
    seal_moved(con, made.posts, now)


def _codes(made: StoryMove) -> tuple[str, ...]:
    return (Code.FROM.of(made.from_story), *map(Code.MENTION.of, made.posts))


def moves_of(con: Connection, story_ids: Collection[str]) -> list[StoryMove]:
    """Those out of these stories or into them, the newest first."""
    which = "WHERE from_story = ANY($ids) OR to_story = ANY($ids) ORDER BY moved_at DESC, from_story"
    return _TABLE.select(con, which, ids=story_ids)


def last_merge(con: Connection, story_id: str) -> StoryMove | None:
    """The last merge into a story; None where nothing was merged into it."""
    return next((m for m in moves_of(con, [story_id]) if m.merged and m.to_story == story_id), None)


def moved_to(con: Connection, story_id: str) -> str:
    """The story that has what was merged with others; itself where it was not."""
    into = dict(read_rows(con, "SELECT from_story, to_story FROM story_moves WHERE merged"))
    while story_id in into:
        story_id = into[story_id]
    return story_id


def posts_moved(con: Connection) -> dict[tuple[str, str], str]:
    """By post and school the story into which somebody put it last."""
    return {
        (post, one.urn): one.to_story for one in _TABLE.select(con, "ORDER BY moved_at") for post in one.posts
    }


def posts_in(con: Connection, story_id: str, mention_ids: Sequence[str]) -> set[str]:
    """Those of these posts that are in that story."""
    sql = "SELECT DISTINCT mention_id FROM matches WHERE story_id = $story AND mention_id = ANY($ids)"
    return {*read_column(con, sql, story=story_id, ids=mention_ids)}


def drop_moves_without_story(con: Connection) -> None:
    """Delete the moves of stories that are gone."""
    there = "(SELECT id FROM stories)"
    con.execute(f"DELETE FROM story_moves WHERE from_story NOT IN {there} OR to_story NOT IN {there}")
