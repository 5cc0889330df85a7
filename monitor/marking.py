"""Marking a story as done with, and taking that back: for the page and the command alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alerts.access.knowing import Access
from alerts.marking import offered
from data.store.alerts import alerts as alert_store
from data.store.alerts import marks as mark_store
from data.types import Mark, Marked

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.engine.connect import Connection
    from monitor.viewer import KnownMatters, Viewer


@dataclass(frozen=True, slots=True)
class Markable:
    """What may be done: the marks on offer, and the mark that holds, which its reader may take back."""

    offered: tuple[Mark, ...] = ()
    standing: Marked | None = None


def markable(con: Connection, viewer: Viewer, known: KnownMatters, story_id: str) -> Markable:
    """What this person may say of a story now. `known` is what `Viewer.look` gave of it."""
    person, stored = viewer.person, known.stored
    if person is None or known.access.get(story_id) is not Access.WORDS:
        return Markable()
    standing = mark_store.marks(con, [story_id]).get(story_id)
    if standing is not None:
        return Markable(standing=standing)
    alert = next(iter(alert_store.by_story(con, [story_id]).values()), None)
    verdicts, cases = stored.verdicts.get(story_id, ()), stored.cases_of(story_id)
    people = viewer.config.people
    return Markable(offered(person, stored.by_story[story_id], people, alert, verdicts, cases))


def mark(
    con: Connection, viewer: Viewer, story_id: str, urn: str, wanted: Mark | None, now: datetime
) -> Marked | None:
    """Marks the story, or with None takes the mark back; what holds then.

    Changes nothing where that is not offered to this person.
    """
    known = viewer.look(con, {story_id: urn})
    may = markable(con, viewer, known, story_id)
    if viewer.person is None:
        return None
    if wanted is None and may.standing is not None:
        mark_store.undo(con, story_id, urn, viewer.person.id, now)
        return None
    if wanted in may.offered:
        return mark_store.put(con, Marked(story_id, urn, wanted, viewer.person.id, now))
    return may.standing
