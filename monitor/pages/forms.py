"""What somebody may do on the page of a matter, and what becomes of it: asked again where it is done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.matters import ActKind
from data.steps.acts import Done
from data.store.alerts import alerts as alert_store
from data.store.engine.connect import Connection
from data.types import Mark
from monitor.act.mark import mark
from monitor.pages.reading import Visit


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


def done(con: Connection, seen: Visit, act: Tap, shown: str, now: datetime) -> Became:
    """Does it, where this reader may; what was recorded already is not recorded again.

    `shown` is the `stamp` of the page that was tapped: nobody takes, or is done with, what became
    worse since.
    """
    view = seen.view
    if act is Tap.READ:
        return Became.READ if view.may(ActKind.READ) else Became.REFUSED
    if act is Tap.HAVE:
        return _have(con, seen, shown, now)
    wanted = None if act is Tap.UNDO else Mark(act.value)
    if wanted is None and not view.may(ActKind.UNMARK):
        return Became.REFUSED
    if wanted is not None and view.marks and shown != view.stamp:
        return Became.REFUSED
    came = mark(con, seen.reader, view.story_id, view.urn, wanted, now)
    if wanted is None:
        return Became.UNDONE if view.ended else Became.GIVEN_UP
    holds = came.made if isinstance(came, Done) else None
    return Became.MARKED if holds is not None and holds.mark is wanted else Became.REFUSED


def _have(con: Connection, seen: Visit, shown: str, now: datetime) -> Became:
    view, has = seen.view, seen.view.holder
    if view.may(ActKind.TAKE) and shown == view.stamp:
        if view.alert_id:
            alert_store.ack(con, view.alert_id, seen.person.id, now)
        else:
            mark(con, seen.reader, view.story_id, view.urn, Mark.TAKEN, now)
        return Became.HAVE
    if has is not None and has.mine:
        return Became.HAVE
    return Became.HAD if view.taken or has else Became.REFUSED
