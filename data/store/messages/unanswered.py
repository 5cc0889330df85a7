"""What reached nobody: messages about alerts that nobody has acknowledged, as SQL conditions and as a
figure.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from data.store.engine.bulk import Connection, moment, read_value
from data.store.engine.marked import marked
from data.types import Via

URGENT = ("instant", "escalation", "failure")
"""Kinds of message about an alert on which somebody must act; `failure` only where it has an alert."""


def unanswered(of: str) -> str:
    """A condition: nobody has acknowledged the alert of this row of `outbox` or marked its story, and its
    recipient may know of it.

    False for messages from before an alert was raised again.
    """
    return f"""EXISTS (SELECT 1 FROM alerts WHERE alerts.id = {of}.alert_id AND acked_at IS NULL
        AND handed_over_at IS NULL AND {of}.times IN (0, alerts.times)
        AND NOT {marked("alerts.story_id", "alerts.urn")}
        AND NOT list_contains(alerts.excluded, {of}.person_id))"""


def reached(of: str) -> str:
    """A condition: somebody who may know of that alert was sent a message about it since it was raised.

    A text message to one telephone does not make up for lost mail, and messages to the next people in line do
    not make up for the audience's: while a server refuses all of theirs, they have heard nothing.
    """
    return f"""EXISTS (SELECT 1 FROM outbox r JOIN alerts ON alerts.id = r.alert_id
        WHERE r.alert_id = {of}.alert_id AND r.kind IN {URGENT} AND r.sent_at IS NOT NULL
        AND (r.via = '{Via.MAIL.value}' OR {of}.via = '{Via.CHAT.value}')
        AND (r.kind = 'instant' OR {of}.kind <> 'instant')
        AND r.times IN (0, alerts.times) AND NOT list_contains(alerts.excluded, r.person_id))"""


def unanswered_since(con: Connection, now: datetime, vias: Collection[Via]) -> datetime | None:
    """When the first undelivered alert message was due for which nothing makes up.

    It was refused or given up, and nobody else was reached; or it expired, tried or not, and its recipient
    had no other message about the alert. Both count until somebody acknowledges the alert. `vias` are the
    channels set up for sending.
    """
    given = {"now": now, "vias": [via.value for via in vias]}
    lost = f"""kind IN {URGENT} AND sent_at IS NULL AND withdrawn_at IS NULL
        AND list_contains($vias::VARCHAR[], via)"""
    late = "(failed_at IS NOT NULL OR given_up_at IS NOT NULL OR expires_at <= $now)"
    if not con.execute(f"SELECT 1 FROM outbox WHERE {lost} AND {late} LIMIT 1", given).fetchone():
        return None  # as nearly always: to plan what follows takes ten times as long
    sql = f"""SELECT epoch_us(min(due_at)) FROM outbox o
        WHERE {lost} AND {unanswered("o")}
            AND ((failed_at IS NOT NULL OR given_up_at IS NOT NULL) AND NOT {reached("o")}
                OR kind <> 'failure' AND failed_at IS NULL AND expires_at <= $now
                    AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.alert_id = o.alert_id
                        AND s.person_id = o.person_id AND s.times = o.times AND s.sent_at IS NOT NULL))"""
    return moment(read_value(con, sql, **given))
