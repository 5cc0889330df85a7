"""Marking a story as somebody's or as done with, and taking that back: for the page and the command alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.steps.acts import Done, Refused
from data.store import marks as mark_store
from data.types import Mark, Marked
from monitor.matters.reader import markable

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.engine.connect import Connection
    from monitor.matters.reader import Reader


def mark(
    con: Connection, reader: Reader, story_id: str, urn: str, wanted: Mark | None, now: datetime
) -> Done[Marked | None] | Refused:
    """Marks the story, or with None takes the mark back; gives what holds then.

    Where something else holds already, that stays as it is.
    """
    known = reader.look(con, {story_id: urn})
    may = markable(reader, known, story_id)
    if reader.person is not None and wanted is None and may.undoable:
        mark_store.undo(con, story_id, urn, reader.person.id, now)
        return Done(None)
    if reader.person is not None and wanted in may.offered:
        return Done(mark_store.put(con, Marked(story_id, urn, wanted, reader.person.id, now)))
    if may.standing is None and (wanted is not None or not known.words(story_id)):
        return Refused("offered", _WHEN_NOT)
    return Done(may.standing)


_WHEN_NOT = (
    "Severity 4, the routes safeguarding and police_now, and what is with the DSL are never marked; while a "
    "case is open, close the case; nobody marks criticism of themselves ⟨not_us⟩; an alert is taken by: "
    "⟪alerts ack⟫"
)
