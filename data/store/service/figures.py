"""Counts for anyone who asks how the service is doing: no names, no texts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.store.engine.rows import Connection, moment, read_rows, read_value
from data.store.messages.outbox import HELD_BACK, LONGEST_HELD, WAITS, unanswered_since
from data.store.owners import in_hand, marked, unless_owned
from data.types import Via


@dataclass(frozen=True, slots=True)
class Mail:
    """How messages are doing. `overdue_since` is when the longest-waiting overdue message should have gone
    out, even if it has been tried in vain since.

    `failed` and `unsure` are those of the last seven days. `unanswered_since` is when the first alert message
    was due that did not arrive and whose alert nobody has acknowledged.
    """

    waiting: int
    failed: int
    unsure: int
    overdue_since: datetime | None
    unanswered_since: datetime | None


def mail_figures(con: Connection, now: datetime, vias: Collection[Via]) -> Mail:
    """Messages that are waiting, failed, or may not have arrived; `vias` are the channels set up for
    sending.
    """
    row = con.execute(
        f"""SELECT count(*) FILTER ({WAITS} AND expires_at > $now),
            count(*) FILTER (failed_at > $week), count(*) FILTER (unsure_at > $week),
            epoch_us(min(greatest(due_at, written_at)) FILTER ({WAITS} AND expires_at > $now
                AND NOT {HELD_BACK}
                AND list_contains($vias::VARCHAR[], via) AND greatest(due_at, written_at) <= $now))
        FROM outbox""",
        {
            "now": now,
            "week": now - timedelta(days=7),
            "vias": [via.value for via in vias],
            "day": now - LONGEST_HELD,
        },
    ).fetchone()
    assert row is not None
    unanswered = unanswered_since(con, now, vias)
    return Mail(int(row[0]), int(row[1]), int(row[2]), moment(row[3]), unanswered)


def open_alerts(con: Connection, *, untold: bool = False) -> int:
    """How many alerts nobody has acknowledged or marked; of them those of which nobody could be told."""
    nobody = "len(audience) = 0 AND len(warned) = 0 AND" if untold else ""
    sql = f"""SELECT count(*) FROM alerts WHERE {nobody} NOT {in_hand("alerts")}
            AND NOT {marked("alerts.story_id", "alerts.urn")}"""
    return int(read_value(con, unless_owned(con, sql)) or 0)


def runs_by_outcome(con: Connection, since: datetime) -> dict[str, int]:
    """How often the sources were read since a moment, by outcome."""
    sql = "SELECT outcome, count(*) FROM source_runs WHERE started_at >= $since GROUP BY outcome"
    return {str(outcome): int(n) for outcome, n in read_rows(con, sql, since=since)}
