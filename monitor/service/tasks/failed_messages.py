"""Telling of messages that could not be sent, and trying again what nobody was told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from alerts.delivery.failure import Circle, Lost, Told, tell
from alerts.delivery.results import OF_THE_PERSON, TAKEN_UP_FOR, cause_of, next_try
from data.ids import number_of
from data.store.alerts import alerts as alert_store
from data.store.cases.cases import open_about
from data.store.engine.connect import Connection
from data.store.messages import deliveries
from data.store.messages.outbox import put_outbox
from data.types import Alert, OutboxMessage, Via
from monitor.config.home.context import Context, Write, ways

TOLD_WITHIN = timedelta(days=7)
"""What should have arrived before that is not told of by mail any more; `doctor` shows it."""


def failures(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Tells, once, of messages that failed, expired or may not have arrived: to people who can act.

    Of an alert that reached nobody and that nobody has in hand, what was given up is tried again, once all
    that is due about it was tried.
    """
    if context.config.mail is None and not context.config.chats:
        return ()
    since = now - TOLD_WITHIN
    tellings = _tellings(con, context, now, since)
    told = {key for keys, _ in tellings for key in keys}
    lost = deliveries.given_up(con, now, since, ways(context.config))
    again = {key: _again(tries, now) for key, tries in lost if key not in told}
    return [
        *(partial(_tell, keys, messages, now) for keys, messages in tellings),
        *([partial(_take_up, again, ways(context.config), now)] if again else []),
    ]


def _tellings(con: Connection, context: Context, now: datetime, since: datetime) -> Sequence[Told]:
    untold = deliveries.undelivered(con, now, since, untold_only=True)
    if not untold:
        return ()
    every = deliveries.undelivered(con, now, since)
    alerts = {one.message.alert_id: None for one in untold if one.message.alert_id}
    found = {alert_id: alert_store.alert(con, alert_id) for alert_id in alerts}
    acked = alert_store.acknowledged(con, list(alerts))
    cases = open_about(con, [a.story_id for a in found.values() if a is not None])
    lost = [
        Lost(u.message, u.detail, alert, u.message.alert_id in acked, _number(cases, alert))
        for u in untold
        for alert in (found.get(u.message.alert_id or ""),)
    ]
    unreachable = {one.message.person_id for one in every if cause_of(one.detail) in OF_THE_PERSON}
    config = context.config
    chats = frozenset(config.chats)
    circle = Circle(config.schools, config.people, chats, config.zone, config.beside(), context.links)
    return tuple(tell(lost, unreachable, circle, now))


def _number(cases: Mapping[tuple[str, str], Sequence[str]], alert: Alert | None) -> str:
    return number_of(alert.number, cases.get((alert.story_id, alert.urn), ())) if alert else ""


def _again(tries: int, now: datetime) -> datetime:
    return (next_try(tries, now, now, 0.0, urgent=True) if tries else None) or now


def _tell(keys: tuple[str, ...], messages: tuple[OutboxMessage, ...], now: datetime, con: Connection) -> None:
    if deliveries.mark_told(con, keys, now):
        put_outbox(con, messages, now)


def _take_up(next_tries: Mapping[str, datetime], vias: Sequence[Via], now: datetime, con: Connection) -> None:
    lost = {key for key, _ in deliveries.given_up(con, now, now - TOLD_WITHIN, vias)}
    still = {key: at for key, at in next_tries.items() if key in lost}
    deliveries.take_up(con, still, now + TAKEN_UP_FOR)
