"""Whether somebody sees to an alert."""

from __future__ import annotations

from data.store.engine.bulk import Connection


def in_hand(con: Connection, alert_id: str) -> bool:
    """Has somebody acknowledged the alert, or handed it over?"""
    row = con.execute(
        "SELECT acked_at IS NOT NULL OR handed_over_at IS NOT NULL FROM alerts WHERE id = $id",
        {"id": alert_id},
    ).fetchone()
    return bool(row and row[0])
