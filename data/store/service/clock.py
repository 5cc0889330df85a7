"""The service's clock and figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.effects import Uptime
from data.store.engine.rows import Connection, at, at_or_none, execute, read_rows, read_value
from data.store.messages.outbox import HELD_BACK, LONGEST_HELD, WAITS, unanswered_since
from data.store.owners import in_hand_sql, marked_sql, unless_owned
from data.types import Via

# Can this clock be trusted for deleting what is due, and what was written while it was wrong?

LEAP = timedelta(days=1)
STOOD = timedelta(hours=23)
"""A day, less an hour in case a daily scan starts early."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The facts that are remembered of the clock between two checks. Times are as the clock gave them, aware,
    UTC.

    `believed` is the last trusted reading, `seen` the last check, `doubted` the first check of a doubt that
    is still open. `up` is how long the machine had been running at the last check; None if it does not say.
    """

    believed: datetime
    seen: datetime
    doubted: datetime | None = None
    up: Uptime | None = None

    @property
    def until(self) -> datetime | None:
        """When the clock will be trusted if nothing changes; None if it already is."""
        return None if self.doubted is None else self.doubted + STOOD

    @property
    def ahead(self) -> bool:
        """Is the doubtful time later than what is known, rather than earlier?"""
        return self.seen > self.believed


def check_clock(
    before: Trust | None, now: datetime, up: Uptime | None = None, known: datetime | None = None
) -> Trust:
    """Return the clock after a check at `now`. It is trusted within a day of where it should be, or after a
    doubt of an even day.

    `known` is the newest time of anything written. It counts if it is within a day of the last trusted
    reading, because it may come from a clock that had already jumped. With neither, nothing speaks against
    `now`.
    """
    if before is None:
        before = Trust(known or now, known or now)
    passed = _time_passed(before.up, up)
    if passed is None and before.doubted is None and known is not None:
        newest = max(before.believed, known) if known - before.believed <= LEAP else before.believed
        before = replace(before, believed=newest, seen=newest)
    if _is_right(before, now, passed) or (
        before.doubted is not None and _even(before, now, passed) and (now - before.doubted >= STOOD)
    ):
        return Trust(now, now, None, up)
    goes_on = before.doubted is not None and _even(before, now, passed)
    return replace(before, seen=now, doubted=before.doubted if goes_on else now, up=up)


def set_right(before: Trust, now: datetime, up: Uptime | None = None) -> bool:
    """Has a doubtful clock been set back to where it should be?"""
    return before.doubted is not None and _is_right(before, now, _time_passed(before.up, up))


def _is_right(before: Trust, now: datetime, passed: timedelta | None) -> bool:
    """Is it where it should be? After a doubt: where it would be without the jump."""
    lived = before.seen - before.doubted if before.doubted else timedelta(0)
    return abs(now - (before.believed + lived + (passed or timedelta(0)))) <= LEAP


def _even(before: Trust, now: datetime, passed: timedelta | None) -> bool:
    """Has it advanced as time does since the last check? After a restart only a step backwards can be
    noticed.
    """
    gone = now - before.seen
    return gone >= timedelta(0) if passed is None else abs(gone - passed) <= LEAP


def _time_passed(before: Uptime | None, up: Uptime | None) -> timedelta | None:
    """Return how much time has certainly passed, if the machine has been running since."""
    if before is None or up is None or before.boot != up.boot:
        return None
    return timedelta(seconds=max(up.seconds - before.seconds, 0.0))


_MEANWHILE = timedelta(hours=1)
"""How long after a check something may still have been saved with the same clock."""


def clock_state(con: Connection, now: datetime, up: Uptime | None) -> Trust:
    """Return the state of the clock; write nothing."""
    sql = """SELECT epoch_us(greatest(
            (SELECT max(finished_at) FROM source_runs), (SELECT max(done_at) FROM audit)))"""
    return check_clock(_trust(con), now, up, at_or_none(read_value(con, sql)))


def look(con: Connection, now: datetime, up: Uptime | None) -> Trust:
    """The state of the clock, which is also recorded. Once a doubtful clock has been set right, anything
    saved meanwhile is kept for as long as if it had been right all along.
    """
    before, after = _trust(con), clock_state(con, now, up)
    if before is not None and before.doubted is not None and set_right(before, now, up):
        sql = """UPDATE mentions SET retain_until = retain_until + to_microseconds($by)
        WHERE NOT stub AND first_seen BETWEEN $first AND $last"""
        behind_us = round((now - before.seen).total_seconds() * 1_000_000)
        execute(con, sql, by=behind_us, first=before.doubted, last=before.seen + _MEANWHILE)
    believe(con, after)
    return after


def believe(con: Connection, trust: Trust) -> None:
    """Records that the clock is to be trusted."""
    up = trust.up
    row = (1, trust.believed, trust.seen, trust.doubted, up.boot if up else None, up.seconds if up else None)
    con.execute("INSERT OR REPLACE INTO clock VALUES (?, ?, ?, ?, ?, ?)", row)


def last_seen(con: Connection) -> datetime | None:
    """The last check of the clock, which every purge begins with; None where there was none."""
    before = _trust(con)
    return None if before is None else before.seen


def _trust(con: Connection) -> Trust | None:
    row = con.execute(
        "SELECT epoch_us(believed_at), epoch_us(seen_at), epoch_us(doubted_at), boot, up_s FROM clock"
    ).fetchone()
    if row is None:
        return None
    believed, last, doubted, boot, up_s = row
    up = Uptime(boot, up_s) if boot is not None else None
    return Trust(at(believed), at(last), at(doubted) if doubted is not None else None, up)


# Counts for anyone who asks how the service is doing: no names, no texts.


@dataclass(frozen=True, slots=True)
class Mail:
    """The state of the messages. `overdue_since` is when the longest-waiting overdue message should have gone
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
    """Messages that are waiting, failed, or may not have arrived; `vias` are the channels set up."""
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
    return Mail(int(row[0]), int(row[1]), int(row[2]), at_or_none(row[3]), unanswered)


def count_open_alerts(con: Connection, *, untold: bool = False) -> int:
    """Count the alerts that nobody has acknowledged or marked; of them those of which nobody could be
    told.
    """
    nobody = "len(audience) = 0 AND len(warned) = 0 AND" if untold else ""
    sql = f"""SELECT count(*) FROM alerts WHERE {nobody} NOT {in_hand_sql("alerts")}
            AND NOT {marked_sql("alerts.story_id", "alerts.urn")}"""
    return int(read_value(con, unless_owned(con, sql)) or 0)


def count_runs_by_outcome(con: Connection, since: datetime) -> dict[str, int]:
    """Count how often the sources were read since a moment, by outcome."""
    sql = "SELECT outcome, count(*) FROM source_runs WHERE started_at >= $since GROUP BY outcome"
    return {str(outcome): int(n) for outcome, n in read_rows(con, sql, since=since)}
