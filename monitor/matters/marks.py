"""Which marks a reader may set on a story, and whether they may take back the one that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.holding import offered, undoable
from data.frozen import dataclass
from data.matters import Access
from data.types import Mark, Marked

if TYPE_CHECKING:
    from monitor.matters.reader import KnownMatters, Reader


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


def markable(reader: Reader, known: KnownMatters, story_id: str) -> Markable:
    """What this person may say of a story now. `known` is what `Reader.look` gave of it."""
    person, stored = reader.person, known.stored
    if person is None or known.access.get(story_id) is not Access.WORDS:
        return Markable()
    standing = stored.marks.get(story_id)
    undo = standing is not None and undoable(standing, person)
    if standing is not None and standing.mark.ends:
        return Markable((), standing, undo)
    matter, alert = stored.by_story[story_id], stored.alerts.get(story_id)
    verdicts, cases = stored.verdicts.get(story_id, ()), stored.cases_of(story_id)
    had = stored.holder(story_id) is not None
    people = reader.config.people
    may = offered(person, matter, people, alert, verdicts, cases, had=had)
    return Markable(may, standing, undo)
