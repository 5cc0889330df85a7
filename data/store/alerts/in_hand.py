"""Whether somebody sees to an alert."""

from __future__ import annotations

import _duckdb as duckdb


def in_hand(con: duckdb.DuckDBPyConnection, alert_id: str) -> bool:
    """Has somebody acknowledged the alert, or handed it over?"""
    row = con.execute(
        "SELECT acked_at IS NOT NULL OR handed_over_at IS NOT NULL FROM alerts WHERE id = $id",
        {"id": alert_id},
    ).fetchone()
    return bool(row and row[0])
