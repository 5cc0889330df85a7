"""The lists of matters that a reader may know of: alerts, stories and cases, and how many of them wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from alerts.escalation import Open, tells_it
from alerts.next_date import SchoolDays, has_it, next_date
from data.judged import of_this_hour
from data.matters import MatterView
from data.people import people_of
from data.store import owners as owner_store
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from monitor.config.load import Config
from monitor.matters.reader import Reader, read_matters, replay_cases
from monitor.matters.views import alert_views, case_views


def alerts_listed(
    con: Connection,
    reader: Reader,
    now: datetime,
    urns: Sequence[str] | None = None,
    *,
    finished: bool = False,
    kept_apart: bool = False,
) -> list[MatterView]:
    """The alerts of these schools (all if None) that they may know of: not the finished ones, or all; those
    `kept_apart` alone, for they are restricted or a case of them is, or is locked. The gravest first; last,
    by number, those of which they may know no more than that.
    """
    listed = partial(alert_store.list_alerts, con, urns, open_only=False, kept_apart=kept_apart)
    going = listed(finished=False)
    if not finished:
        return _apart_last(alert_views(con, reader, going, now))
    every, ids = listed(), {alert.id for alert in going}
    return _apart_last(alert_views(con, reader, every, now, {a.id for a in every} - ids))


def _apart_last(views: Sequence[MatterView]) -> list[MatterView]:
    """Where one stands would tell how grave or how new it is: a number is drawn, and tells nothing."""
    return sorted(views, key=lambda v: (v.apart, v.number if v.apart else ""))


def cases_listed(
    con: Connection,
    reader: Reader,
    now: datetime,
    urns: Sequence[str] | None = None,
    *,
    closed: bool = False,
    kept_apart: bool = False,
) -> list[MatterView]:
    """The cases of these schools (all if None) that they may know of, open ones, or also closed ones; those
    `kept_apart` alone, as alerts are. Longest overdue first, then by due time, then by number; closed last.
    """
    found = case_store.all_steps(con, urns, open_only=not closed, kept_apart=kept_apart)
    views = case_views(con, reader, replay_cases(con, *found.values()), now)
    last = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(views, key=lambda v: (v.finished, v.due.at if v.due else last, v.number))


def alarm_unanswered(con: Connection, config: Config) -> bool:
    """Was everybody asked about an alarm in vain, of which whoever looks after the machine may hear?"""
    alerts = [a for a in alert_store.list_alerts(con) if of_this_hour(a)]
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts})
    return any(
        it.has_ended and tells_it(it, people_of(school, config.people))
        for a in alerts
        if (school := config.school(a.urn)) and not stored.dealt_with(a)
        for it in [Open(a, stored.by_story[a.story_id], stored.escalated.get(a.id, ()))]
    )


def late_cases(con: Connection, config: Config, now: datetime) -> int:
    """How many cases there are in which somebody is to act, since a time is over."""
    cases = replay_cases(con, *case_store.all_steps(con, open_only=True).values())
    alerts = alert_store.by_story(con, [case.story_id for case in cases])
    owners = owner_store.records(con, [case.story_id for case in cases]).owners
    late = 0
    for case in cases:
        alert, school = alerts.get((case.story_id, case.urn)), config.school(case.urn)
        if school is not None:
            days = SchoolDays(school.nation, config.zone, config.calendar(case.urn))
            had = has_it(owners.get(case.story_id), [case], alert.excluded if alert else ()) is not None
            due = next_date(alert, [case], days, now, had=had)
            late += due is not None and due.late
    return late
