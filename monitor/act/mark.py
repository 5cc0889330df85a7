"""Marking a story as somebody's or as done with, and taking that back: for the page and the command alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.steps.acts import Done, Refused
from data.store import owners as owner_store
from data.types import Mark, Marked
from monitor.matters.reader import markable

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.engine.connect import Connection
    from monitor.matters.reader import Reader


def mark(
    con: Connection,
    reader: Reader,
    story_id: str,
    urn: str,
    wanted: Mark | None,
    now: datetime,
    why: str = "",
) -> Done[Marked | None] | Refused:
    """Marks the story, or with None takes the mark back; gives what holds then.

    Where something else holds already, that stays as it is. The reason is kept. What is grave is not about
    the school once two people have said so, each with a reason.
    """
    known = reader.look(con, {story_id: urn})
    may = markable(reader, known, story_id)
    if reader.person is not None and wanted is None and may.undoable:
        owner_store.undo(con, story_id, urn, reader.person.id, now)
        return Done(None)
    if reader.person is not None and wanted in may.offered:
        return Done(owner_store.put(con, Marked(story_id, urn, wanted, reader.person.id, now), why.strip()))
    if reader.person is not None and wanted is Mark.NOT_US and may.by_two:
        return _by_two(con, Marked(story_id, urn, wanted, reader.person.id, now), may.standing, why.strip())
    if may.standing is None and (wanted is not None or not known.words(story_id)):
        return Refused("offered", _WHEN_NOT)
    return Done(may.standing)


def _by_two(
    con: Connection, given: Marked, standing: Marked | None, why: str
) -> Done[Marked | None] | Refused:
    """It waits for a second person until somebody else has said the same."""
    said = standing if standing is not None and standing.mark is Mark.SAID_NOT_US else None
    if not why:
        return Refused("reason", _WHY)
    if said is not None and said.person_id == given.person_id:
        return Refused("second_person", _SECOND)
    mark_as = given if said is not None else replace(given, mark=Mark.SAID_NOT_US)
    return Done(owner_store.put(con, mark_as, why))


_WHY = (
    "Severity 4, the routes safeguarding and police_now, and what is with the DSL: two people who may read "
    "it, and whom it does not mean, say that it is not about the school, each with a reason: ⟨not_us⟩ ⟨why⟩"
)
_SECOND = "They have said so already: a second person says so too, with a reason."
_WHEN_NOT = (
    f"{_WHY}; while a case is open, close the case; nobody marks criticism of themselves ⟨not_us⟩; an alert "
    "is taken by: ⟪alerts ack⟫"
)
