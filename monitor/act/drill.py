"""A drill of the alarm is begun, goes by the table, and is taken by a person. The audit alone holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from alerts.drill import ASKED, BEGUN, DRILL, OVER, TAKEN, asked_now, drill_mails, drill_of, planned_on
from alerts.next_date import SchoolDays
from data.digest import Drill
from data.judged import is_of_this_hour
from data.steps.acts import Done, Refused
from data.store.alerts import list_alerts
from data.store.engine.audit_chain import AuditEntry, Code, append, links
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.outbox import put_outbox, withdraw_of_school
from data.types import OutboxMessage, Person, School
from monitor.config.home.context import Context, Write, message_means
from monitor.matters.today import held_drill

_Due = tuple[AuditEntry, Sequence[OutboxMessage]]


def drills(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Begins the drills that are due, asks the next of those that run, and ends them for a real alarm."""
    config = context.config
    if not (config.serve.drills and config.base_url):
        return []
    due = (school for school in config.schools if _due(con, context, school, now))
    return [partial(_tend, context=context, school=school, now=now) for school in due]


def _tend(con: Connection, *, context: Context, school: School, now: datetime) -> None:
    """Looked for again inside the transaction: meanwhile somebody may have taken it, or an alarm begun."""
    if due := _due(con, context, school, now):
        append(con, [due[0]])
        put_outbox(con, due[1], now)
        if due[0].action == OVER:
            withdraw_of_school(con, school.urn, now, DRILL)


def _due(con: Connection, context: Context, school: School, now: datetime) -> _Due | None:
    config, calendar = context.config, context.config.calendar(school.urn)
    today = config.day_of(now)
    at = planned_on(school, calendar, context.links, today)
    it = held_drill(con, school, calendar, today, now) if at else None
    if at is None or it is None or it.over_at is not None:
        return None
    if any(map(is_of_this_hour, list_alerts(con, open_only=False, finished=False))):
        return (_entry(it, OVER, now), ()) if it.begun_at else None
    days = SchoolDays(school.nation, config.zone, calendar)
    to = asked_now(it, at, config.people, school, config.policy, days, now)
    if to is None:
        return None
    begun = it if it.begun_at else replace(it, begun_at=now, told=to)
    mails = drill_mails(begun, to, config.people, school, message_means(context, school.urn), now)
    return _entry(it, ASKED if it.begun_at else BEGUN, now, to), [*mails]


def _entry(
    it: Drill, action: str, now: datetime, to: Sequence[str] = (), by: str = "schoolgate"
) -> AuditEntry:
    return AuditEntry(now, by, action, it.id, it.urn, tuple(map(Code.TOLD.of, to)))


def take_drill(store: Store, it: Drill, person: Person, now: datetime) -> Done[None] | Refused:
    """Records that this person has it; refused where it does not run any more."""
    with store.write("a drill") as con:
        if not drill_of(it.id, it.urn, (x.entry for x in links(con, [it.id])), now).runs:
            return Refused("over", "")
        append(con, [_entry(it, TAKEN, now, by=person.id)])
    return Done(None)
