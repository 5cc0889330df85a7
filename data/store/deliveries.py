"""Sending from the outbox: who has a message in hand, what became of each try, what nobody had.

A sender leases messages for a while, marks the moment before the server takes one, and records the
answer. Whoever dies in between loses the lease in time. A digest or a report whose hand-over had begun is
then `unsure` and never sent again; any other message is sent again under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from data.store.bulk import Row, at, moment, names, put
from data.store.outbox import SELECTED, WAITS, message
from data.types import OutboxMessage, Via

ONCE = ("digest", "report")
"""Kinds of which nobody may have two."""
_URGENT_FIRST = "CASE WHEN kind IN ('instant', 'escalation') THEN 0 WHEN kind = 'failure' THEN 1 ELSE 2 END"
_FREE = "(leased_until IS NULL OR leased_until <= $now)"
_DUE = (
    f"{WAITS} AND due_at <= $now AND expires_at > $now AND (next_try_at IS NULL OR next_try_at <= $now) "
    f"AND {_FREE} AND via = ANY($vias)"
)
_CUT_SHORT = (
    f"{WAITS} AND kind IN {ONCE} AND handing_over_at IS NOT NULL AND leased_until IS NOT NULL AND {_FREE}"
)
_ITS_SUBJECT = f"""{WAITS} AND {_FREE} AND EXISTS (SELECT 1 FROM alerts
    WHERE alerts.id = outbox.alert_id AND list_contains(alerts.excluded, outbox.person_id))"""
_DELIVERY = names("outbox_key attempt urn tried_at outcome detail")


@dataclass(frozen=True, slots=True)
class Leased:
    """A message in hand until `until`, at its try number `attempt`; `first_try` is None at the first."""

    message: OutboxMessage
    attempt: int
    until: datetime
    first_try: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one try: `outcome` is sent, retry, failed or unsure; `next_try` is for retry."""

    leased: Leased
    outcome: str
    detail: str = ""
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that did not arrive, or may not have; `detail` is its last try's, `expired` without."""

    message: OutboxMessage
    outcome: str
    detail: str


def anything_due(con: duckdb.DuckDBPyConnection, now: datetime, vias: Collection[Via]) -> bool:
    """Would `lease_due` find or change anything? Reads only."""
    row = con.execute(
        f"SELECT count(*) FROM outbox WHERE ({_DUE}) OR ({_CUT_SHORT})", {"now": now, "vias": list(vias)}
    ).fetchone()
    return bool(row and row[0])


def lease_due(
    con: duckdb.DuckDBPyConnection, now: datetime, until: datetime, vias: Collection[Via], limit: int
) -> list[Leased]:
    """Takes what is due and nobody has in hand, the urgent first; each take counts as a try.

    First gives up as unsure what a sender left half handed over, and takes back what waits for
    somebody whom its alert excludes by now.
    """
    con.execute(f"UPDATE outbox SET unsure_at = $now WHERE {_CUT_SHORT}", {"now": now})
    con.execute(f"UPDATE outbox SET withdrawn_at = $now WHERE {_ITS_SUBJECT}", {"now": now})
    keys = con.execute(
        f"SELECT key FROM outbox WHERE {_DUE} ORDER BY {_URGENT_FIRST}, due_at, key LIMIT $limit",
        {"now": now, "vias": list(vias), "limit": limit},
    ).fetchall()
    given = {"keys": [key for (key,) in keys]}
    con.execute(
        "UPDATE outbox SET leased_until = $until, attempts = attempts + 1 WHERE key = ANY($keys)",
        {**given, "until": until},
    )
    rows = con.execute(
        f"""SELECT {SELECTED}, attempts, epoch_us((SELECT min(tried_at) FROM deliveries
            WHERE outbox_key = outbox.key)) FROM outbox WHERE key = ANY($keys)
        ORDER BY {_URGENT_FIRST}, due_at, key""",
        given,
    ).fetchall()
    return [Leased(message(row[:-2]), row[-2], until, moment(row[-1])) for row in rows]


def hand_over(con: duckdb.DuckDBPyConnection, leased: Leased, now: datetime) -> bool:
    """Marks that the server is about to take it. False, and it must not be given, where it was taken
    back, or where the lease ran out and another has it now."""
    rows = con.execute(
        f"""UPDATE outbox SET handing_over_at = $now
        WHERE {WAITS} AND key = $key AND leased_until = $until AND leased_until > $now RETURNING key""",
        {"now": now, "key": leased.message.key, "until": leased.until},
    ).fetchall()
    return bool(rows)


def record(con: duckdb.DuckDBPyConnection, tried: Sequence[Tried], now: datetime) -> None:
    """Writes what became of these tries, and ends their leases.

    What was sent is recorded as sent whoever has the lease by now; the rest only for who has it still.
    """
    for one in tried:
        held = "" if one.outcome == "sent" else " AND leased_until = $until"
        given = {"key": one.leased.message.key, "now": now, "until": one.leased.until, "next": one.next_try}
        sql = f"UPDATE outbox SET {_BECOMES[one.outcome]}, leased_until = NULL WHERE key = $key{held}"
        con.execute(sql, {name: value for name, value in given.items() if f"${name}" in sql})
    rows: list[Row] = [
        (t.leased.message.key, t.leased.attempt, t.leased.message.urn, now, t.outcome, t.detail)
        for t in tried
    ]
    put(con, "deliveries", _DELIVERY, rows, key=("outbox_key", "attempt"))


_BECOMES = {
    "sent": "sent_at = $now, unsure_at = NULL, withdrawn_at = NULL, failed_at = NULL",
    "retry": "next_try_at = $next, handing_over_at = NULL",
    "failed": "failed_at = $now",
    "unsure": "unsure_at = $now",
}


def give_back(con: duckdb.DuckDBPyConnection, leased: Sequence[Leased]) -> None:
    """Ends leases of what was not tried after all."""
    for one in leased:
        con.execute(
            "UPDATE outbox SET leased_until = NULL, attempts = attempts - 1 "
            "WHERE key = $key AND leased_until = $until",
            {"key": one.message.key, "until": one.until},
        )


_LOST = f"""(failed_at IS NOT NULL OR unsure_at IS NOT NULL OR ({WAITS} AND expires_at <= $now AND {_FREE}
    AND NOT (kind IN {ONCE} AND handing_over_at IS NOT NULL)))
    AND sent_at IS NULL AND withdrawn_at IS NULL AND expires_at > $since"""


def undelivered(
    con: duckdb.DuckDBPyConnection, now: datetime, since: datetime, *, untold_only: bool = False
) -> list[Undelivered]:
    """What failed, expired unsent, or may not have arrived, of what would expire after `since`.

    `untold_only` leaves out what somebody was told of, and what tells of such things itself.
    """
    only = " AND told_at IS NULL AND kind <> 'failure'" if untold_only else ""
    rows = con.execute(
        f"""SELECT {SELECTED}, CASE WHEN failed_at IS NOT NULL THEN 'failed'
            WHEN unsure_at IS NOT NULL THEN 'unsure' ELSE 'expired' END,
            (SELECT max_by(detail, attempt) FROM deliveries WHERE outbox_key = outbox.key)
        FROM outbox WHERE {_LOST}{only} ORDER BY due_at, key""",
        {"now": now, "since": since},
    ).fetchall()
    return [Undelivered(message(row[:-2]), row[-2], _why(row[-2], row[-1])) for row in rows]


def _why(outcome: str, detail: str | None) -> str:
    return "interrupted" if outcome == "unsure" else detail or "expired"


def mark_told(con: duckdb.DuckDBPyConnection, keys: Collection[str], now: datetime) -> bool:
    """Marks that somebody is told of these; False, and nothing is marked, where one was told of before."""
    given = {"keys": list(keys)}
    row = con.execute(
        "SELECT count(*) FROM outbox WHERE key = ANY($keys) AND told_at IS NULL", given
    ).fetchone()
    if row is None or row[0] != len(given["keys"]):
        return False
    con.execute("UPDATE outbox SET told_at = $now WHERE key = ANY($keys)", {**given, "now": now})
    return True


def last_sent_at(con: duckdb.DuckDBPyConnection) -> datetime | None:
    """When a message was last sent; None where none was."""
    row = con.execute("SELECT epoch_us(max(sent_at)) FROM outbox").fetchone()
    return at(row[0]) if row and row[0] is not None else None
