"""Marking a story as somebody's or as done with, and taking that back: for the page and the command alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alerts.access.knowing import Access
from alerts.marking import offered, undoable
from data.steps.acts import Done, Refused
from data.store.alerts import marks as mark_store
from data.types import Mark, Marked

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.engine.connect import Connection
    from monitor.viewer import KnownMatters, Viewer


@dataclass(frozen=True, slots=True)
class Markable:
    """What may be done: the marks on offer, the mark that holds, and whether its reader may take it back."""

    offered: tuple[Mark, ...] = ()
    standing: Marked | None = None
    undoable: bool = False

    @property
    def ended(self) -> bool:
        """Did somebody say that it is done with?"""
        return self.standing is not None and self.standing.mark.ends


def markable(viewer: Viewer, known: KnownMatters, story_id: str) -> Markable:
    """What this person may say of a story now. `known` is what `Viewer.look` gave of it."""
    person, stored = viewer.person, known.stored
    if person is None or known.access.get(story_id) is not Access.WORDS:
        return Markable()
    standing = stored.marks.get(story_id)
    undo = standing is not None and undoable(standing, person)
    if standing is not None and standing.mark.ends:
        return Markable((), standing, undo)
    matter, alert = stored.by_story[story_id], stored.alerts.get(story_id)
    verdicts, cases = stored.verdicts.get(story_id, ()), stored.cases_of(story_id)
    had = stored.holder(story_id) is not None
    people = viewer.config.people
    may = offered(person, matter, people, alert, verdicts, cases, had=had)
    return Markable(may, standing, undo)


def mark(
    con: Connection, viewer: Viewer, story_id: str, urn: str, wanted: Mark | None, now: datetime
) -> Done[Marked | None] | Refused:
    """Marks the story, or with None takes the mark back; gives what holds then.

    Where something else holds already, that stays as it is.
    """
    known = viewer.look(con, {story_id: urn})
    may = markable(viewer, known, story_id)
    if viewer.person is not None and wanted is None and may.undoable:
        mark_store.undo(con, story_id, urn, viewer.person.id, now)
        return Done(None)
    if viewer.person is not None and wanted in may.offered:
        return Done(mark_store.put(con, Marked(story_id, urn, wanted, viewer.person.id, now)))
    if may.standing is None and (wanted is not None or not known.words(story_id)):
        return Refused("offered", _WHEN_NOT)
    return Done(may.standing)


_WHEN_NOT = (
    "Severity 4, the routes safeguarding and police_now, and what is with the DSL are never marked; while a "
    "case is open, close the case; nobody marks criticism of themselves ⟨not_us⟩; an alert is taken by: "
    "⟪alerts ack⟫"
)
