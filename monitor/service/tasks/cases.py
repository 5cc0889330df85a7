"""What the service does for cases: one is opened of every alert that may be for the police, and what is
overdue in one is told once.

Nothing is decided here: a case of a threat is opened at the rung “police” for a person to choose.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from data.errors import InputError
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox, unwritten
from data.types import OutboxMessage, Route
from monitor.context import Context, Write

if TYPE_CHECKING:
    from alerts.ladder.advance import Advance
    from data.types import Alert

log = logging.getLogger("schoolgate.service")

_LOOKED_BACK = timedelta(days=7)
"""What was raised longer ago and has no case was left without one by a person, or by an older version."""


def cases(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """A case for each alert of the police that has none, and reminders of what is overdue."""
    wanted = alert_store.without_case(con, Route.POLICE_NOW, now - _LOOKED_BACK)
    opening = [a for a in wanted if _case_of(con, context, a, now) is not None]
    new = unwritten(con, _reminders(con, context, now))
    return [
        *(partial(_open, context=context, alert=a, now=now) for a in opening),
        *([partial(put_outbox, messages=new, now=now)] if new else []),
    ]


def _open(con: Connection, *, context: Context, alert: Alert, now: datetime) -> None:
    """In the writing transaction: another process may have opened it since."""
    from monitor.casework.handed_in import with_handed_in
    from monitor.casework.steps import school_rules

    for still in alert_store.without_case(con, Route.POLICE_NOW, alert.raised_at):
        if still.id == alert.id and (made := _case_of(con, context, still, now)) is not None:
            case_store.put(con, made.case, made.steps, made.outbox, now)
            with_handed_in(con, context, made.case, school_rules(context, still.urn), now)


def _case_of(con: Connection, context: Context, alert: Alert, now: datetime) -> Advance | None:
    """The case that the alert begins; None where the ladder does not begin one, or nothing is left of it."""
    from alerts.ladder.advance import Advance, begin
    from monitor.casework.opening import opened_event
    from monitor.casework.steps import school_rules

    if context.config.school(alert.urn) is None:
        return None
    try:
        event = opened_event(con, context, alert)
    except InputError:
        return None
    made = begin(case_store.next_id(con), alert.urn, event, now, school_rules(context, alert.urn))
    if isinstance(made, Advance):
        return made
    log.warning("in=cases refused=%s alert=%s", made.guard, alert.id)
    return None


def _reminders(con: Connection, context: Context, now: datetime) -> Iterable[OutboxMessage]:
    late = case_store.overdue(con, now)
    if not late:
        return
    from alerts.ladder.overdue import reminders
    from monitor.casework.steps import replay_cases, school_rules

    for case_id in late:
        (case,) = replay_cases(con, case_store.steps(con, case_id))
        if context.config.school(case.urn) is not None:
            yield from reminders(case, now, school_rules(context, case.urn))
