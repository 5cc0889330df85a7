"""Counts for whoever asks how the service is: no names, no texts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from data.store.bulk import moment
from data.store.outbox import WAITS
from data.store.unanswered import unanswered_since
from data.types import Via


@dataclass(frozen=True, slots=True)
class Mail:
    """How messages fare. `overdue_since` is since when the first has waited that ought to have gone out.

    That it was tried in vain and is tried again changes nothing of that.

    `failed` and `unsure` are those of the last seven days. `unanswered_since` is when the first was due that
    told of an alert, did not arrive, and that nobody makes up for by having the alert in hand.
    """

    waiting: int
    failed: int
    unsure: int
    overdue_since: datetime | None
    unanswered_since: datetime | None


def mail_figures(con: duckdb.DuckDBPyConnection, now: datetime, vias: Collection[Via]) -> Mail:
    """Messages that wait, failed, or may have arrived or not; `vias` are the ways that are set up."""
    row = con.execute(
        f"""SELECT count(*) FILTER ({WAITS} AND expires_at > $now),
            count(*) FILTER (failed_at > $week), count(*) FILTER (unsure_at > $week),
            epoch_us(min(greatest(due_at, written_at)) FILTER ({WAITS} AND expires_at > $now
                AND list_contains($vias::VARCHAR[], via) AND greatest(due_at, written_at) <= $now))
        FROM outbox""",
        {"now": now, "week": now - timedelta(days=7), "vias": [via.value for via in vias]},
    ).fetchone()
    assert row is not None
    unanswered = unanswered_since(con, now, vias)
    return Mail(int(row[0]), int(row[1]), int(row[2]), moment(row[3]), unanswered)


def open_alerts(con: duckdb.DuckDBPyConnection) -> int:
    """Alerts that somebody was told of and nobody has acknowledged."""
    row = con.execute("SELECT count(*) FROM alerts WHERE acked_at IS NULL AND len(audience) > 0").fetchone()
    return int(row[0]) if row else 0


def runs_by_outcome(con: duckdb.DuckDBPyConnection, since: datetime) -> dict[str, int]:
    """How often the sources were asked since a moment, by how that ended."""
    rows = con.execute(
        "SELECT outcome, count(*) FROM source_runs WHERE started_at >= $since GROUP BY outcome",
        {"since": since},
    ).fetchall()
    return {str(outcome): int(n) for outcome, n in rows}
