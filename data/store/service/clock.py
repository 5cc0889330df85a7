"""What is remembered of the clock, and what was written while it was wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.effects import Uptime
from data.store.engine.bulk import Connection, at, execute, moment, read_value
from data.system.clock_trust import Trust, looked, set_right

_MEANWHILE = timedelta(hours=1)
"""How long after a check something may still have been saved with the same clock."""


def seen(con: Connection, now: datetime, up: Uptime | None) -> Trust:
    """The state of the clock; writes nothing."""
    return looked(_trust(con), now, up, _newest(con))


def look(con: Connection, now: datetime, up: Uptime | None) -> Trust:
    """The state of the clock, which is also recorded. Once a doubtful clock has been set right, anything
    saved meanwhile is kept for as long as if it had been right all along.
    """
    before, after = _trust(con), seen(con, now, up)
    if before is not None and before.doubted is not None and set_right(before, now, up):
        _amend(con, before.doubted, before.seen, now)
    believe(con, after)
    return after


def believe(con: Connection, trust: Trust) -> None:
    """Records that the clock is to be trusted."""
    up = trust.up
    row = (1, trust.believed, trust.seen, trust.doubted, up.boot if up else None, up.seconds if up else None)
    con.execute("INSERT OR REPLACE INTO clock VALUES (?, ?, ?, ?, ?, ?)", row)


def _trust(con: Connection) -> Trust | None:
    row = con.execute(
        "SELECT epoch_us(believed_at), epoch_us(seen_at), epoch_us(doubted_at), boot, up_s FROM clock"
    ).fetchone()
    if row is None:
        return None
    believed, last, doubted, boot, up_s = row
    up = Uptime(boot, up_s) if boot is not None else None
    return Trust(at(believed), at(last), at(doubted) if doubted is not None else None, up)


def _newest(con: Connection) -> datetime | None:
    sql = """SELECT epoch_us(greatest(
            (SELECT max(finished_at) FROM source_runs), (SELECT max(done_at) FROM audit)))"""
    return moment(read_value(con, sql))


def _amend(con: Connection, doubted: datetime, last: datetime, now: datetime) -> None:
    sql = """UPDATE mentions SET retain_until = retain_until + to_microseconds($by)
        WHERE NOT stub AND first_seen BETWEEN $first AND $last"""
    behind_us = round((now - last).total_seconds() * 1_000_000)
    execute(con, sql, by=behind_us, first=doubted, last=last + _MEANWHILE)
