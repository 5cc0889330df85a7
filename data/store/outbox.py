"""Messages to people: written with what they tell of, then sent once, or told to have failed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import duckdb

from data.store.bulk import Row, at, names, put
from data.types import OutboxMessage, Via

_MESSAGE = names(
    "key urn person_id kind subject body due_at expires_at alert_id html via times attachment "
    "written_at attempts"
)
SELECTED = (
    "key, urn, person_id, kind, subject, body, epoch_us(due_at), epoch_us(expires_at), alert_id, html, via, "
    "times, attachment"
)
"""What `message` reads."""
WAITS = "sent_at IS NULL AND failed_at IS NULL AND withdrawn_at IS NULL AND unsure_at IS NULL"
"""What has neither been sent nor given up."""


def put_outbox(con: duckdb.DuckDBPyConnection, messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Adds messages that are not there yet; one that is there, sent or not, stays as it is."""
    rows: list[Row] = [
        (
            *(m.key, m.urn, m.person_id, m.kind, m.subject, m.body, m.due_at, m.expires_at, m.alert_id),
            *(m.html, m.via.value, m.times, m.attachment, now, 0),
        )
        for m in messages
    ]
    put(con, "outbox", _MESSAGE, rows, key=("key",))


def count_waiting(con: duckdb.DuckDBPyConnection, now: datetime, *, due: bool = False) -> int:
    """How many messages wait and are not expired, due or not; with `due` those alone that are."""
    row = con.execute(
        f"SELECT count(*) FROM outbox WHERE {WAITS} AND expires_at > $now AND (due_at <= $now OR NOT $due)",
        {"now": now, "due": due},
    ).fetchone()
    return int(row[0]) if row else 0


def unsent(con: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> dict[str, bool]:
    """Of these messages, those that have not gone out; of each whether it is lost: refused, or told of as one
    that did not arrive."""
    rows = con.execute(
        """SELECT key, failed_at IS NOT NULL OR told_at IS NOT NULL FROM outbox
        WHERE key = ANY($keys) AND sent_at IS NULL""",
        {"keys": list(keys)},
    ).fetchall()
    return dict(rows)


def withdraw(
    con: duckdb.DuckDBPyConnection, alert_id: str, person_ids: Collection[str], now: datetime
) -> int:
    """Takes back what was not sent yet of an alert's messages to these people; how many it were.

    For those who turn out to be its subject: what waits for them is not sent any more.
    """
    rows = con.execute(
        f"UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND alert_id = $alert "
        "AND person_id = ANY($people) RETURNING key",
        {"now": now, "alert": alert_id, "people": list(person_ids)},
    ).fetchall()
    return len(rows)


def supersede(con: duckdb.DuckDBPyConnection, alert_id: str, times: int, now: datetime) -> None:
    """Takes back what was not sent yet of an alert from before it was raised for the `times`-th time."""
    con.execute(
        f"UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND alert_id = $alert AND times < $times",
        {"now": now, "alert": alert_id, "times": times},
    )


def call_off(con: duckdb.DuckDBPyConnection, alert_id: str, now: datetime) -> None:
    """Somebody has the alert in hand: takes back what would still ask others, and what was given up once.

    What is on its first way to somebody who ought to know of the alert goes on.
    """
    con.execute(
        f"""UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND alert_id = $alert
        AND (kind IN ('escalation', 'failure') OR given_up_at IS NOT NULL)""",
        {"now": now, "alert": alert_id},
    )


def message(row: Sequence[Any]) -> OutboxMessage:
    """A message from the columns of `SELECTED`."""
    key, urn, person_id, kind, subject, body, due, expires, alert_id, html, via, times, attachment = row
    return OutboxMessage(
        *(key, urn, person_id, kind, subject, body, at(due), at(expires), alert_id),
        *(html, Via(via), times, attachment),
    )
