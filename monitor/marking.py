"""Marking a story as somebody's or as done with, and taking that back: for the page and the command alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.store.alerts import marks as mark_store
from data.types import Mark, Marked
from monitor.matters.marks import markable

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.engine.connect import Connection
    from monitor.matters.reader import Reader


def mark(
    con: Connection, reader: Reader, story_id: str, urn: str, wanted: Mark | None, now: datetime
) -> Marked | None:
    """Marks the story, or with None takes the mark back; what holds then.

    Changes nothing where that is not offered to this person.
    """
    known = reader.look(con, {story_id: urn})
    may = markable(reader, known, story_id)
    if reader.person is None:
        return None
    if wanted is None and may.undoable:
        mark_store.undo(con, story_id, urn, reader.person.id, now)
        return None
    if wanted in may.offered:
        return mark_store.put(con, Marked(story_id, urn, wanted, reader.person.id, now))
    return may.standing
