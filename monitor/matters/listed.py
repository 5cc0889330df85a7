"""The lists of matters that a reader may know of: alerts, stories and cases, and how many of them wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from monitor.matters.replaying import replay_cases
from monitor.matters.views import alert_views, case_views, story_views

if TYPE_CHECKING:
    from data.matters import MatterView
    from data.store.engine.connect import Connection
    from monitor.matters.reader import Reader


def alerts_listed(
    con: Connection,
    reader: Reader,
    now: datetime,
    urns: Sequence[str] | None = None,
    *,
    finished: bool = False,
) -> list[MatterView]:
    """The alerts of these schools (all if None) that they may know of: not the finished ones, or all."""
    going = alert_store.list_alerts(con, urns, open_only=False, finished=False)
    if not finished:
        return alert_views(con, reader, going, now)
    every, ids = alert_store.list_alerts(con, urns, open_only=False), {alert.id for alert in going}
    return alert_views(con, reader, every, now, {a.id for a in every} - ids)


def stories_listed(
    con: Connection,
    reader: Reader,
    urns: Sequence[str] | None = None,
    *,
    limit: int,
    ended: bool = False,
    unsure: bool = False,
    look: bool = False,
) -> tuple[list[MatterView], bool]:
    """The newest that they may know of: as many are read as it takes to find so many.

    Without `ended` none that is done with; the second value says whether any was left out for that.
    """
    from data.store.verdicts import stories as story_store

    read = limit
    while True:
        rows = story_store.list_stories(con, urns, unsure=unsure, look=look, limit=read)
        known = story_views(con, reader, rows)
        shown = [view for view in known if ended or view.ended is None]
        if len(shown) >= limit or len(rows) < read:
            return shown[:limit], len(shown) < len(known)
        read *= 2


def cases_listed(
    con: Connection, reader: Reader, now: datetime, urns: Sequence[str] | None = None, *, closed: bool = False
) -> list[MatterView]:
    """The cases of these schools (all if None) that they may know of, open ones, or also closed ones: longest
    overdue first, then by due time, then by number; closed ones last."""
    found = case_store.all_steps(con, urns, open_only=not closed)
    views = case_views(con, reader, replay_cases(con, *found.values()), now)
    last = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(views, key=lambda v: (v.finished, v.due.at if v.due else last, v.number))


def open_alerts(con: Connection, reader: Reader) -> int:
    """How many alerts that somebody was sent and nobody has acknowledged they may know of."""
    sent = [a for a in alert_store.list_alerts(con) if a.audience]
    known = reader.look(con, {a.story_id: a.urn for a in sent})
    return sum(known.tells_of(a.story_id) for a in sent)


def late_cases(con: Connection, reader: Reader, now: datetime) -> int:
    """How many cases in which somebody is to act, since a time is over, they may know the status of."""
    return sum(view.due is not None and view.due.late for view in cases_listed(con, reader, now))
