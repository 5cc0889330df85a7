"""What reached nobody: messages about alerts that nobody has in hand, as conditions and as a figure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import duckdb

from data.store.bulk import moment
from data.types import Via

URGENT = ("instant", "escalation", "failure")
"""Kinds of message about an alert on which somebody must act: `failure` where it bears an alert."""


def unanswered(of: str) -> str:
    """A condition: the alert that this row of `outbox` tells of is in nobody's hand, and its reader may know.

    Of messages from before an alert was raised again it is False.
    """
    return f"""EXISTS (SELECT 1 FROM alerts WHERE alerts.id = {of}.alert_id AND acked_at IS NULL
        AND handed_over_at IS NULL AND {of}.times IN (0, alerts.times)
        AND NOT list_contains(alerts.excluded, {of}.person_id))"""


def reached(of: str) -> str:
    """A condition: somebody who may know of that alert was sent a message about it since it was raised.

    One telephone that got a short message makes up for no mail, and the next people to be asked make up for
    none of the audience: while a server refuses all of them, they have heard nothing.
    """
    return f"""EXISTS (SELECT 1 FROM outbox r JOIN alerts ON alerts.id = r.alert_id
        WHERE r.alert_id = {of}.alert_id AND r.kind IN {URGENT} AND r.sent_at IS NOT NULL
        AND (r.via = '{Via.MAIL.value}' OR {of}.via = '{Via.CHAT.value}')
        AND (r.kind = 'instant' OR {of}.kind <> 'instant')
        AND r.times IN (0, alerts.times) AND NOT list_contains(alerts.excluded, r.person_id))"""


def unanswered_since(con: duckdb.DuckDBPyConnection, now: datetime, vias: Collection[Via]) -> datetime | None:
    """When the first was due of the messages about alerts that did not arrive and that nobody makes up for.

    That is one which was refused or given up, where nobody else was reached; and one which expired,
    tried or not, where its reader had no other about it. Both until somebody has the alert in hand.
    `vias` are the ways that are set up.
    """
    row = con.execute(
        f"""SELECT epoch_us(min(due_at)) FROM outbox o
        WHERE kind IN {URGENT} AND sent_at IS NULL AND withdrawn_at IS NULL
            AND list_contains($vias::VARCHAR[], via) AND {unanswered("o")}
            AND ((failed_at IS NOT NULL OR given_up_at IS NOT NULL) AND NOT {reached("o")}
                OR kind <> 'failure' AND failed_at IS NULL AND expires_at <= $now
                    AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.alert_id = o.alert_id
                        AND s.person_id = o.person_id AND s.times = o.times AND s.sent_at IS NOT NULL))""",
        {"now": now, "vias": [via.value for via in vias]},
    ).fetchone()
    return moment(row[0]) if row else None
