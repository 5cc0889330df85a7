"""Sees to it that a grave alert which nobody acknowledges reaches the next person, and the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from alerts.escalate import LOOKED_BACK, next_step
from data.store import alerts as alert_store
from data.store import escalations as escalation_store
from data.store import outbox as outbox_store
from data.types import Alert, Escalation
from monitor.service.context import Connection, Context, Write, means


def escalate(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """One write for each alert that has a step due now. Needs no `base_url`; cheap where nothing is open."""
    open_ones = escalation_store.unanswered(con, now - LOOKED_BACK)
    return [
        partial(_make, alert_id=alert_id, context=context, now=now)
        for alert_id in open_ones
        if _due(con, alert_id, context, now)
    ]


def _make(con: Connection, *, alert_id: str, context: Context, now: datetime) -> None:
    """Asked again inside the transaction: meanwhile somebody may have taken it, or it was raised again."""
    if alert_id not in escalation_store.unanswered(con, now - LOOKED_BACK):
        return
    due = _due(con, alert_id, context, now)
    if due is None:
        return
    from alerts.compose_next import escalated

    alert, step, made = due
    school = context.config.school(alert.urn)
    if school is None:
        return
    escalation_store.put_step(con, step)
    messages = escalated(alert, made, step, context.config.people, school, means(context, alert.urn))
    outbox_store.put_outbox(con, messages, now)


def _due(
    con: Connection, alert_id: str, context: Context, now: datetime
) -> tuple[Alert, Escalation, Sequence[Escalation]] | None:
    """The alert, the step that is due for it and those made before; None where none is due."""
    alert = alert_store.alert(con, alert_id)
    school = context.config.school(alert.urn) if alert else None
    if alert is None or school is None:
        return None
    made = escalation_store.steps(con, [alert_id]).get(alert_id, [])
    step = next_step(alert, made, context.config.people, school, now)
    return None if step is None else (alert, step, made)
