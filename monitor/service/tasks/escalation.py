"""Sees to it that what nobody has goes by the table of an alarm, and is asked about each morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from alerts.escalation import Call, Open, call, next_call_at
from alerts.next_date import SchoolDays
from alerts.wording.alert_mail import Unanswered, compose_call, compose_has_it, compose_morning
from data.store.alerts import alerts as alert_store
from data.store.cases.cases import open_about
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox, unwritten
from data.types import OutboxMessage, School
from monitor.config.home.context import Context, Write, message_means, rest, rests
from monitor.matters.reader import read_matters
from monitor.pipeline.raising import seen_of

_OF_TODAY = timedelta(days=7)
"""What is of severity 3 and was raised longer ago is left to the digest."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """An alert that nobody has, its school, and who is asked about it now."""

    it: Open
    school: School
    call: Call | None


def escalate(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """A write that asks everybody who is to be asked now. Needs no `base_url`; cheap where nothing is open,
    or nothing can be due."""
    if rests(context, "escalation", con, now):
        return []
    found = _list_untaken(con, context, now)
    if any(one.call for one in found):
        return [partial(_ask, context=context, now=now)]
    if found:
        until = min(next_call_at(one.it, _days(context, one.school), now) for one in found)
        rest(context, "escalation", con, now, until)
    return []


def _ask(con: Connection, *, context: Context, now: datetime) -> None:
    """Looked for again inside the transaction: meanwhile somebody may have taken it, or it was raised again.

    What one person is asked of one school beside the table is composed together.
    """
    due = [one for one in _list_untaken(con, context, now) if one.call]
    alerts, people = [one.it.alert for one in due], context.config.people
    stories = [a.story_id for a in alerts]
    stored = read_matters(con, context.config, {a.story_id: a.urn for a in alerts})
    seen = seen_of(con, alerts, stored.verdicts, partial(message_means, context))
    cases, mornings = open_about(con, stories), dict[tuple[School, str], list[Unanswered]]()
    for one in due:
        this, alert = one.call, one.it.alert
        assert this is not None
        numbers = cases.get((alert.story_id, alert.urn), ())
        asked = Unanswered(one.it, this, seen[alert.id], numbers)
        if this.row is not None:
            messages = compose_call(asked, people, one.school, message_means(context, alert.urn), now)
            put_outbox(con, messages, now)
        for step in this.steps:
            alert_store.put_step(con, step)
            if this.why is not None and step.person_id is not None:
                mornings.setdefault((one.school, step.person_id), []).append(asked)
    for (school, person), of in mornings.items():
        mails = compose_morning(of, person, people, school, message_means(context, school.urn), now)
        put_outbox(con, mails, now)


def _list_untaken(con: Connection, context: Context, now: datetime) -> list[_Looked]:
    """List what nobody has taken since it was raised, and no closed case has ended, each with who is asked
    now.

    Whoever a case of it may accuse, by a person's word too, is not asked: they count as excluded.
    """
    config = context.config
    ids = set(alert_store.unanswered_alerts(con, now - _OF_TODAY))
    if not ids:
        return []
    made = alert_store.escalation_steps(con, sorted(ids))
    alerts = [a for a in alert_store.list_alerts(con) if a.id in ids and config.school(a.urn)]
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts})
    alerts = [a for a in alerts if not stored.dealt_with(a)]
    seen = seen_of(con, alerts, stored.verdicts, partial(message_means, context)) if alerts else {}
    newest = alert_store.newest_posts(con, [a.story_id for a in alerts]) if alerts else {}
    found = []
    for alert in alerts:
        school, matter = config.school(alert.urn), stored.by_story[alert.story_id]
        assert school is not None
        out = (*alert.excluded, *sorted(matter.subjects.difference(alert.excluded)))
        it = Open(
            replace(alert, excluded=out), matter, made.get(alert.id, ()), seen[alert.id].said_time,
            newest.get(alert.story_id),
        )  # fmt: skip
        found.append(_Looked(it, school, call(it, config.people, school, _days(context, school), now)))
    return found


def reassure(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages to whoever was warned of an alert that somebody has taken within the hour, or told that it
    may threaten them: who has it, once."""
    alerts = alert_store.taken_since(con, now - _LATELY)
    if not alerts:
        return []
    config, messages = context.config, list[OutboxMessage]()
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts})
    for alert in alerts:
        school, has = config.school(alert.urn), stored.holder(alert.story_id)
        if school and has:
            aimed = stored.by_story[alert.story_id].endangered
            reached = message_means(context, alert.urn)
            messages += compose_has_it(alert, has, aimed, config.people, school, reached, now)
    new = unwritten(con, messages)
    return [partial(put_outbox, messages=new, now=now)] if new else []


_LATELY = timedelta(hours=1)


def _days(context: Context, school: School) -> SchoolDays:
    return SchoolDays(school.nation, context.config.zone, context.config.calendar(school.urn))
