"""What somebody may do on the page of a matter, and what becomes of it: asked again where it is done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.steps.acts import Done
from data.store.alerts import alerts as alert_store
from data.store.engine.connect import Connection
from data.types import Mark
from monitor.act.mark import mark
from monitor.pages.reading import SeenMatter


class Tap(StrEnum):
    """The buttons of the page: the value that each sends."""

    READ = "read"
    HAVE = "have"
    NOT_US = "not_us"
    ANSWERED = "answered"
    UNDO = "undo"


class Became(StrEnum):
    """What an act led to. HAD: somebody else has it already. GIVEN_UP: they have it no more.
    REFUSED: it is no longer on offer.
    """

    READ = "read"
    HAVE = "have"
    HAD = "had"
    MARKED = "marked"
    UNDONE = "undone"
    GIVEN_UP = "given_up"
    REFUSED = "refused"


def done(con: Connection, seen: SeenMatter, act: Tap, shown: str, now: datetime) -> Became:
    """Does it, where this reader may; what was recorded already is not recorded again.

    `shown` is `told_so_far` of the page that was tapped: nobody takes, or is done with, what became worse
    since.
    """
    if act is Tap.READ:
        return Became.READ if seen.may_read else Became.REFUSED
    if act is Tap.HAVE:
        return _have(con, seen, shown, now)
    wanted = None if act is Tap.UNDO else Mark(act.value)
    if wanted is None and not seen.may.undoable:
        return Became.REFUSED
    if wanted is not None and seen.may.offered and shown != seen.told_so_far:
        return Became.REFUSED
    came = mark(con, seen.viewer, seen.story.row.id, seen.story.row.urn, wanted, now)
    if wanted is None:
        return Became.UNDONE if seen.may.ended else Became.GIVEN_UP
    holds = came.made if isinstance(came, Done) else None
    return Became.MARKED if holds is not None and holds.mark is wanted else Became.REFUSED


def _have(con: Connection, seen: SeenMatter, shown: str, now: datetime) -> Became:
    if seen.may_take and shown == seen.told_so_far:
        if seen.alert is not None:
            alert_store.ack(con, seen.alert.id, seen.person.id, now)
        else:
            mark(con, seen.viewer, seen.story.row.id, seen.story.row.urn, Mark.TAKEN, now)
        return Became.HAVE
    if seen.has_it:
        return Became.HAVE
    return Became.HAD if seen.taken or seen.holder else Became.REFUSED
