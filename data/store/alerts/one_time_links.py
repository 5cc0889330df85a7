"""What a link in a message refers to: who was asked about which alert, and whether that still holds."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class AlertLink:
    """One message about an alert: to whom, and how often the alert had been raised by then."""

    alert_id: str
    person_id: str
    times: int
    withdrawn: bool


def asked_by(con: duckdb.DuckDBPyConnection, beginning: str) -> AlertLink | None:
    """The message about an alert whose key begins with this; None where there is none, or more than one."""
    rows = con.execute(
        """SELECT alert_id, person_id, times, withdrawn_at IS NOT NULL FROM outbox
        WHERE starts_with(key, $beginning) AND alert_id IS NOT NULL AND kind IN ('instant', 'escalation')""",
        {"beginning": beginning},
    ).fetchall()
    return AlertLink(*rows[0]) if len(rows) == 1 else None


def in_hand(con: duckdb.DuckDBPyConnection, alert_id: str) -> bool:
    """Has somebody acknowledged the alert, or handed it over?"""
    row = con.execute(
        "SELECT acked_at IS NOT NULL OR handed_over_at IS NOT NULL FROM alerts WHERE id = $id",
        {"id": alert_id},
    ).fetchone()
    return bool(row and row[0])
