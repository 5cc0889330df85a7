"""What somebody may undo now of what they did in a matter: taking it, giving it, asking to be asked.

A note and a judgement said to be wrong are theirs to take back whenever they like, and a mark says itself who
may. What a case holds by its steps is not undone here, nor is what somebody else has acted upon.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from alerts.next_date import grave
from data.matters import Action, ActKind
from data.store.alerts.alerts import acted_since
from data.store.engine.connect import Connection
from data.store.verdicts.growth import GrowthWatch, watches
from data.types import Owner
from monitor.matters.reader import KnownMatters, Reader

AT_ONCE = timedelta(hours=1)
"""So long taking what may be danger can be undone: then whoever has it is asked what was done, and may give
it away."""


def undoings(
    con: Connection, reader: Reader, known: KnownMatters, story_id: str, now: datetime
) -> Iterator[Action]:
    """What this person may undo of what is not done with. `known` is as for `markable`, by which what was
    never raised is put down."""
    stored, owner = known.stored, known.stored.owners.get(story_id)
    if owner is None or not known.words(story_id) or stored.ended(story_id):
        return
    alert = stored.to_tell(story_id, now)
    mine = reader.is_me(owner.person)
    if mine and owner.ask_at is not None and owner.ask_at > now:
        yield Action(ActKind.ASK_NO_MORE, (("at", owner.ask_at),))
    if mine and watched(con, story_id, owner) is not None:
        yield Action(ActKind.WATCH_NO_MORE)
    raised = story_id in stored.alerts
    lapsed = raised and alert.id not in stored.acknowledged
    by_steps = any(case.closed_at is None for case in stored.cases_of(story_id))  # they say who has it
    if not reader.is_me(owner.by) or lapsed or by_steps:
        return
    acted = acted_since(con, alert, owner.at, reader.id)
    if not mine and not acted:
        yield Action(ActKind.TAKE_BACK, (("to", owner.person), ("at", owner.at)))
    danger = grave(stored.by_story[story_id], alert, stored.verdicts.get(story_id, ()))
    if raised and mine and (not danger or (now - owner.at < AT_ONCE and not acted)):
        yield Action(ActKind.PUT_DOWN)


def watched(con: Connection, story_id: str, owner: Owner | None) -> GrowthWatch | None:
    """The request of its holder to be asked once it grows; None where they made none since they have it."""
    watch = watches(con, [story_id]).get(story_id)
    return watch if watch is not None and watch.holds(owner) else None
