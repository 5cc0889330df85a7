"""Whether somebody sees to an alert."""

from __future__ import annotations

from data.store.engine.bulk import Connection, read_value


def in_hand(con: Connection, alert_id: str) -> bool:
    """Has somebody acknowledged the alert, or handed it over?"""
    sql = "SELECT acked_at IS NOT NULL OR handed_over_at IS NOT NULL FROM alerts WHERE id = $id"
    return bool(read_value(con, sql, id=alert_id))
