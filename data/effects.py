"""Protocols for every effect on the outside world; nothing else in the program causes one.

At the end, the rule by which a clock is believed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from data.frozen import freeze
from data.types import FetchFailure, Request, Response

P = ParamSpec("P")
T = TypeVar("T")

Clock = Callable[[], datetime]
Timer = Callable[[], float]
"""Returns the time now: aware, UTC."""

Sleep = Callable[[float], None]
"""Waits that many seconds."""


class Fetch(Protocol):
    """Fetches one document, guarded against private addresses; failures are values."""

    def __call__(self, request: Request) -> Response | FetchFailure: ...


class Apart(Protocol):
    """Calls a pure function on a stranger's input in a process that can be killed. Raises Unreadable if it
    was. The function must be defined in a module; its arguments and result are values of `data` and of its
    own room."""

    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...


def here(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls it in this process, where nothing can end it: for input that we wrote ourselves."""
    return work(*args, **kwargs)


def utc_now() -> datetime:
    """The machine's clock: aware, UTC. Passed in at the edges, never called by a stage."""
    return datetime.now(UTC)


def utc_text(moment: datetime) -> str:
    """Write a moment in UTC, to the second, as files and archives have it: 2026-11-20T09:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@freeze
class Uptime:
    """The time that the machine has been running, sleep included, and an id for this boot."""

    boot: str
    seconds: float


Up = Callable[[], Uptime | None]
"""Returns the uptime; None where the machine does not say."""


def uptime() -> Uptime | None:
    """The machine's uptime, on Linux; setting the clock does not change it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return Uptime(boot, time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, AttributeError, ValueError):
        return None


def uptime_beside(clock: Clock) -> Up:
    """The machine's uptime says something of the machine's own clock alone."""
    return uptime if clock is utc_now else no_uptime


def no_uptime() -> Uptime | None:
    """For a machine that does not say."""
    return None


# Is the clock to be believed?

LEAP = timedelta(days=1)
STOOD = timedelta(hours=23)
"""A day, less an hour in case a daily scan starts early."""


@freeze
class ClockTrust:
    """The facts that are remembered of the clock between two checks. Times are as the clock gave them, aware,
    UTC. `believed` is the last trusted reading, `seen` the last check, `doubted` the first check of a doubt
    that is still open. `up` is how long the machine had been running at the last check; None if it does not
    say."""

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
    before: ClockTrust | None, now: datetime, up: Uptime | None = None, known: datetime | None = None
) -> ClockTrust:
    """Return the clock after a check at `now`. It is trusted within a day of where it should be, or after a
    doubt of an even day. `known` is the newest time of anything written. It counts if it is within a day of
    the last trusted reading, because it may come from a clock that had already jumped. With neither, nothing
    speaks against `now`."""
    if before is None:
        before = ClockTrust(known or now, known or now)
    passed = _time_passed(before.up, up)
    if passed is None and before.doubted is None and known is not None:
        newest = max(before.believed, known) if known - before.believed <= LEAP else before.believed
        before = replace(before, believed=newest, seen=newest)
    if _is_right(before, now, passed) or (
        before.doubted is not None and _even(before, now, passed) and (now - before.doubted >= STOOD)
    ):
        return ClockTrust(now, now, None, up)
    goes_on = before.doubted is not None and _even(before, now, passed)
    return replace(before, seen=now, doubted=before.doubted if goes_on else now, up=up)


def is_set_right(before: ClockTrust, now: datetime, up: Uptime | None = None) -> bool:
    """Has a doubtful clock been set back to where it should be?"""
    return before.doubted is not None and _is_right(before, now, _time_passed(before.up, up))


def _is_right(before: ClockTrust, now: datetime, passed: timedelta | None) -> bool:
    """Is it where it should be? After a doubt: where it would be without the jump."""
    lived = before.seen - before.doubted if before.doubted else timedelta(0)
    return abs(now - (before.believed + lived + (passed or timedelta(0)))) <= LEAP


def _even(before: ClockTrust, now: datetime, passed: timedelta | None) -> bool:
    """Has it advanced as time does since the last check? After a restart only steps backwards are noticed."""
    gone = now - before.seen
    return gone >= timedelta(0) if passed is None else abs(gone - passed) <= LEAP


def _time_passed(before: Uptime | None, up: Uptime | None) -> timedelta | None:
    """Return how much time has certainly passed, if the machine has been running since."""
    if before is None or up is None or before.boot != up.boot:
        return None
    return timedelta(seconds=max(up.seconds - before.seconds, 0.0))
