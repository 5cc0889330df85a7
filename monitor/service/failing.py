"""Telling of messages that could not be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from alerts.delivery.failure import Circle, Lost, tell
from alerts.delivery.results import OF_THE_PERSON, cause_of
from data.store import alerts as alert_store
from data.store import deliveries
from data.store.outbox import put_outbox
from data.types import OutboxMessage
from monitor.service.context import Connection, Context, Write

TOLD_WITHIN = timedelta(days=7)
"""What should have arrived before that is not told of by mail any more; `doctor` shows it."""


def failures(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Tells, once, of messages that failed, expired or may not have arrived: to people who can act.

    What tells of such things and fails itself is told by `doctor` alone.
    """
    if context.config.mail is None and not context.config.chats:
        return ()
    since = now - TOLD_WITHIN
    untold = deliveries.undelivered(con, now, since, untold_only=True)
    if not untold:
        return ()
    every = deliveries.undelivered(con, now, since)
    alerts = {one.message.alert_id: None for one in untold if one.message.alert_id}
    found = {alert_id: alert_store.alert(con, alert_id) for alert_id in alerts}
    acked = alert_store.acknowledged(con, list(alerts))
    lost = [
        Lost(u.message, u.detail, found.get(u.message.alert_id or ""), u.message.alert_id in acked)
        for u in untold
    ]
    unreachable = {one.message.person_id for one in every if cause_of(one.detail) in OF_THE_PERSON}
    config = context.config
    circle = Circle(config.schools, config.people, frozenset(config.chats), config.zone, config.beside())
    return [partial(_tell, keys, messages, now) for keys, messages in tell(lost, unreachable, circle, now)]


def _tell(keys: tuple[str, ...], messages: tuple[OutboxMessage, ...], now: datetime, con: Connection) -> None:
    if deliveries.mark_told(con, keys, now):
        put_outbox(con, messages, now)
