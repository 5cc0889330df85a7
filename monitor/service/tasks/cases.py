"""What the service does for cases: one is opened of every alert that may be for the police, and what is
overdue in one is told once.

Nothing is decided here: a case of a threat is opened at the rung “police” for a person to choose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox, unwritten
from data.types import OutboxMessage, Route
from monitor.context import Context, Write

_LOOKED_BACK = timedelta(days=7)
"""What was raised longer ago and has no case was left without one by a person, or by an older version."""


def cases(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """A case for each alert of the police that has none, and reminders of what is overdue."""
    opening = _opening(con, context, now)
    new = unwritten(con, _reminders(con, context, now))
    return [
        *opening,
        *([partial(put_outbox, messages=new, now=now)] if new else []),
    ]


def _opening(con: Connection, context: Context, now: datetime) -> list[Write]:
    """What no reading of a place has opened: an alert of an older version, or one that was refused then."""
    wanted = alert_store.without_case(con, Route.POLICE_NOW, now - _LOOKED_BACK)
    if not wanted:
        return []
    from monitor.casework.from_alert import case_of, open_case

    return [
        partial(open_case, context=context, alert=a, now=now)
        for a in wanted
        if case_of(con, context, a, now) is not None
    ]


def _reminders(con: Connection, context: Context, now: datetime) -> Iterable[OutboxMessage]:
    late = case_store.overdue(con, now)
    if not late:
        return
    from alerts.ladder.overdue import reminders
    from monitor.casework.steps import school_rules
    from monitor.matters.replaying import replay_cases

    for case_id in late:
        (case,) = replay_cases(con, case_store.steps(con, case_id))
        if context.config.school(case.urn) is not None:
            yield from reminders(case, now, school_rules(context, case.urn))
