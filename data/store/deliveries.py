"""Sending from the outbox: who has a message in hand, what became of each try, what nobody had.

A sender leases messages for a while, marks the moment before the server takes one, and records the
answer. Who dies in between loses the lease: at once where the next sender knows of the death, else in time.
A digest or a report whose hand-over had begun is then `unsure` and never sent again; any other message is
sent again under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from data.store.bulk import Row, moment, names, put
from data.store.outbox import SELECTED, WAITS, message
from data.store.unanswered import URGENT, reached, unanswered
from data.types import OutboxMessage, Via

ONCE = ("digest", "report")
"""Kinds of which nobody may have two."""
_URGENT_FIRST = "CASE WHEN kind IN ('instant', 'escalation') THEN 0 WHEN kind = 'failure' THEN 1 ELSE 2 END"
_LAPSED = "(leased_until IS NULL OR leased_until <= $now)"
_FREE = f"via = ANY($vias) AND ({_LAPSED} OR list_contains($gone::VARCHAR[], leased_by))"
_DUE = (
    f"{WAITS} AND due_at <= $now AND expires_at > $now AND (next_try_at IS NULL OR next_try_at <= $now) "
    f"AND {_FREE}"
)
_CUT_SHORT = (
    f"{WAITS} AND kind IN {ONCE} AND handing_over_at IS NOT NULL AND leased_until IS NOT NULL AND {_FREE}"
)
_OURS = "leased_until = $until AND leased_by = $by"
_ITS_SUBJECT = f"""{WAITS} AND {_FREE} AND EXISTS (SELECT 1 FROM alerts
    WHERE alerts.id = outbox.alert_id AND list_contains(alerts.excluded, outbox.person_id))"""
_DELIVERY = names("outbox_key attempt urn tried_at outcome detail")


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that `by` has in hand until `until`: its try number `attempt`, the first at `first_try`."""

    message: OutboxMessage
    attempt: int
    until: datetime
    by: str
    first_try: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one try: `outcome` is sent, retry, failed or unsure; `next_try` is for retry."""

    leased: Leased
    outcome: str
    detail: str = ""
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class UndeliveredMessage:
    """A message that did not arrive, or may not have; `detail` is its last try's, `expired` without."""

    message: OutboxMessage
    outcome: str
    detail: str


def senders(con: duckdb.DuckDBPyConnection, now: datetime) -> list[str]:
    """Who has messages in hand."""
    rows = con.execute(
        f"SELECT DISTINCT leased_by FROM outbox WHERE {WAITS} AND leased_until > $now", {"now": now}
    ).fetchall()
    return [by for (by,) in rows if by]


def anything_due(
    con: duckdb.DuckDBPyConnection, now: datetime, vias: Collection[Via], gone: Collection[str] = ()
) -> bool:
    """Would `lease_due` find or change anything? Reads only."""
    row = con.execute(
        f"SELECT count(*) FROM outbox WHERE ({_DUE}) OR ({_CUT_SHORT})",
        {"now": now, "vias": list(vias), "gone": list(gone)},
    ).fetchone()
    return bool(row and row[0])


def lease_due(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    until: datetime,
    vias: Collection[Via],
    limit: int,
    *,
    by: str,
    gone: Collection[str] = (),
) -> list[Leased]:
    """Takes what is due and nobody has in hand, the urgent first; each take counts as a try.

    What those who are `gone` had in hand is free. First gives up as unsure what a sender left half handed
    over, and takes back what waits for somebody whom its alert excludes by now.
    """
    free = {"now": now, "vias": list(vias), "gone": list(gone)}
    con.execute(f"UPDATE outbox SET unsure_at = $now WHERE {_CUT_SHORT}", free)
    con.execute(f"UPDATE outbox SET withdrawn_at = $now WHERE {_ITS_SUBJECT}", free)
    keys = con.execute(
        f"SELECT key FROM outbox WHERE {_DUE} ORDER BY {_URGENT_FIRST}, due_at, key LIMIT $limit",
        {**free, "limit": limit},
    ).fetchall()
    given = {"keys": [key for (key,) in keys]}
    con.execute(
        "UPDATE outbox SET leased_until = $until, leased_by = $by, attempts = attempts + 1 "
        "WHERE key = ANY($keys)",
        {**given, "until": until, "by": by},
    )
    rows = con.execute(
        f"""SELECT {SELECTED}, attempts, epoch_us((SELECT min(tried_at) FROM deliveries
            WHERE outbox_key = outbox.key)) FROM outbox WHERE key = ANY($keys)
        ORDER BY {_URGENT_FIRST}, due_at, key""",
        given,
    ).fetchall()
    return [Leased(message(row[:-2]), row[-2], until, by, moment(row[-1])) for row in rows]


def hand_over(con: duckdb.DuckDBPyConnection, leased: Leased, now: datetime) -> bool:
    """Marks that the server is about to take it. False, and it must not be given, where it was taken
    back or has expired, or where the lease ran out and another has it now."""
    rows = con.execute(
        f"""UPDATE outbox SET handing_over_at = $now WHERE {WAITS} AND key = $key AND expires_at > $now
        AND {_OURS} AND leased_until > $now RETURNING key""",
        {"now": now, "key": leased.message.key, "until": leased.until, "by": leased.by},
    ).fetchall()
    return bool(rows)


def record(con: duckdb.DuckDBPyConnection, tried: Sequence[Tried], now: datetime) -> None:
    """Writes what became of these tries, and ends their leases.

    What was sent is recorded as sent whoever has the lease by now; the rest only for who has it still.
    """
    for one in tried:
        held = "" if one.outcome == "sent" else f" AND {_OURS}"
        given = {
            "key": one.leased.message.key, "now": now, "until": one.leased.until, "by": one.leased.by,
            "next": one.next_try,
        }  # fmt: skip
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
            f"UPDATE outbox SET leased_until = NULL, attempts = attempts - 1 WHERE key = $key AND {_OURS}",
            {"key": one.message.key, "until": one.until, "by": one.by},
        )


_EXPIRED = f"""({WAITS} AND expires_at <= $now AND {_LAPSED}
    AND NOT (kind IN {ONCE} AND handing_over_at IS NOT NULL))"""
_LOST = f"""(failed_at IS NOT NULL OR unsure_at IS NOT NULL OR given_up_at IS NOT NULL OR {_EXPIRED})
    AND sent_at IS NULL AND withdrawn_at IS NULL AND expires_at > $since"""
_TO_TAKE_UP = f"""kind IN {URGENT} AND (failed_at IS NOT NULL OR {_EXPIRED})
    AND sent_at IS NULL AND withdrawn_at IS NULL AND unsure_at IS NULL AND expires_at > $since
    AND {unanswered("outbox")} AND NOT {reached("outbox")} AND NOT EXISTS (
        SELECT 1 FROM outbox w WHERE w.alert_id = outbox.alert_id AND w.kind IN {URGENT} AND w.attempts = 0
        AND w.due_at <= $now AND w.expires_at > $now AND w.via = ANY($vias)
        AND w.withdrawn_at IS NULL AND w.failed_at IS NULL)"""


def undelivered(
    con: duckdb.DuckDBPyConnection, now: datetime, since: datetime, *, untold_only: bool = False
) -> list[UndeliveredMessage]:
    """What failed, expired unsent, or may not have arrived, of what would expire after `since`.

    What was given up once and is tried again is among it, as failed.
    `untold_only` leaves out what somebody was told of, and what tells of such things itself.
    """
    only = " AND told_at IS NULL AND kind <> 'failure'" if untold_only else ""
    rows = con.execute(
        f"""SELECT {SELECTED}, CASE WHEN failed_at IS NOT NULL OR given_up_at IS NOT NULL THEN 'failed'
            WHEN unsure_at IS NOT NULL THEN 'unsure' ELSE 'expired' END,
            (SELECT max_by(detail, attempt) FROM deliveries WHERE outbox_key = outbox.key)
        FROM outbox WHERE {_LOST}{only} ORDER BY due_at, key""",
        {"now": now, "since": since},
    ).fetchall()
    return [UndeliveredMessage(message(row[:-2]), row[-2], _why(row[-2], row[-1])) for row in rows]


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


def given_up(
    con: duckdb.DuckDBPyConnection, now: datetime, since: datetime, vias: Collection[Via]
) -> list[tuple[str, int]]:
    """Keys, with their tries so far, of what failed or expired of alerts that nobody was told of.

    An alert that somebody has in hand is none of them, nor one of which something that is due waits for its
    first try by one of the `vias`; nor is what is for somebody who may be its subject.
    """
    rows = con.execute(
        f"SELECT key, attempts FROM outbox WHERE {_TO_TAKE_UP} ORDER BY due_at, key",
        {"now": now, "since": since, "vias": list(vias)},
    ).fetchall()
    return [(key, attempts) for key, attempts in rows]


def take_up(con: duckdb.DuckDBPyConnection, next_tries: Mapping[str, datetime], until: datetime) -> None:
    """Has these of `given_up`, by key, tried again as the same messages, to `until` at least."""
    con.execute(
        """UPDATE outbox SET given_up_at = coalesce(given_up_at, failed_at, expires_at), failed_at = NULL,
            next_try_at = again.at, expires_at = greatest(expires_at, $until), handing_over_at = NULL
        FROM (SELECT unnest($keys::VARCHAR[]) AS k, unnest($at::TIMESTAMPTZ[]) AS at) again
        WHERE key = again.k""",
        {"keys": list(next_tries), "at": list(next_tries.values()), "until": until},
    )
