"""Sees to it that a grave alert which nobody acknowledges reaches the next person, and the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from alerts.instant.escalation import LOOKED_BACK, next_step
from alerts.wording.alert_mail import escalated
from alerts.wording.lag import Lag, worst_of
from data.store.alerts import alerts as alert_store
from data.store.alerts import escalations as escalation_store
from data.store.cases.cases import open_about
from data.store.engine.connect import Connection
from data.store.messages import outbox as outbox_store
from data.store.sources import source_runs as source_store
from data.store.verdicts.stories import carriers
from data.store.verdicts.verdicts import story_verdicts
from data.types import Alert, Escalation, School
from monitor.config.home.context import Context, Write, means
from monitor.matters.reader import StoredMatters, read_matters
from monitor.pipeline.raising import aimed_at, seen_of


@dataclass(frozen=True, slots=True)
class _Due:
    """An alert whose next step is due: `made` are those before it."""

    alert: Alert
    school: School
    step: Escalation
    made: Sequence[Escalation]


def escalate(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """A write that makes every step due now. Needs no `base_url`; cheap where nothing is open."""
    return [partial(_make, context=context, now=now)] if _due(con, context, now) else []


def _make(con: Connection, *, context: Context, now: datetime) -> None:
    """Asked again inside the transaction: meanwhile somebody may have taken it, or it was raised again."""
    due = _due(con, context, now)
    lags = _lags(con, context, due)
    alerts = [d.alert for d in due]
    stories = [a.story_id for a in alerts]
    cases, verdicts = open_about(con, stories), story_verdicts(con, stories)
    seen, people = seen_of(con, alerts, lags, verdicts, partial(means, context)), context.config.people
    for d in due:
        reached, numbers = means(context, d.alert.urn), cases.get((d.alert.story_id, d.alert.urn), ())
        targets = aimed_at(d.alert, verdicts.get(d.alert.story_id, ()), d.school, people)
        messages = escalated(
            d.alert, d.made, d.step, people, d.school, reached, seen[d.alert.id], targets, numbers
        )
        escalation_store.put_step(con, d.step)
        outbox_store.put_outbox(con, messages, now)


def _lags(con: Connection, context: Context, due: Sequence[_Due]) -> dict[str, Lag]:
    """How far behind the places that carry each story may be, as they were asked when it was raised."""
    from sources.due import interval_s

    sources = {s.id: s for s in context.config.sources}
    carried = carriers(con, [d.alert.story_id for d in due])
    states = source_store.states(con, list(sources))
    found = {}
    for d in due:
        at, zone = d.alert.raised_at, context.config.zone
        by = [sources[c] for c in carried.get(d.alert.story_id, ()) if c in sources]
        found[d.alert.id] = worst_of((interval_s(s, states[s.id], at, zone, 0.0), s.surfaced) for s in by)
    return found


def _due(con: Connection, context: Context, now: datetime) -> list[_Due]:
    """The steps that are due for what nobody has taken since it was raised, and no closed case has ended.

    Whoever a case of it may accuse, by a person's word too, is not asked: they count as excluded.
    """
    ids = set(escalation_store.unanswered(con, now - LOOKED_BACK))
    if not ids:
        return []
    made = escalation_store.steps(con, sorted(ids))
    alerts = [a for a in alert_store.list_alerts(con) if a.id in ids]
    stored = read_matters(con, context.config, {a.story_id: a.urn for a in alerts})
    found = []
    for known in alerts:
        school = context.config.school(known.urn)
        if school is None or _dealt_with(known, stored):
            continue
        matter = stored.by_story[known.story_id]
        subjects = matter.subjects.difference(known.excluded)
        alert = replace(known, excluded=(*known.excluded, *sorted(subjects)))
        before = made.get(alert.id, [])
        step = next_step(alert, before, context.config.people, school, now, matter.threatened)
        if step is not None:
            found.append(_Due(alert, school, step, before))
    return found


def _dealt_with(alert: Alert, stored: StoredMatters) -> bool:
    """Does somebody have it, or were its cases closed, since it was raised last?"""
    holder, cases = stored.holder(alert.story_id), stored.cases_of(alert.story_id)
    if holder is not None and holder.since >= alert.raised_at:
        return True
    ends = [case.closed_at for case in cases if case.closed_at is not None]
    return bool(ends) and len(ends) == len(cases) and max(ends) >= alert.raised_at
