"""May what is due be deleted by this clock? Pure.

Deleting cannot be undone, so a clock that leapt is not believed until it has gone on evenly for a day. A leap
is a time more than a day from where the clock must be: what it last said when it was believed, and, while the
machine has run on, what has passed since by its uptime.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.effects import Uptime

LEAP = timedelta(days=1)
STOOD = timedelta(hours=23)
"""A day, less what the start of a daily scan is early by."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What is remembered of the clock between two looks at it. Times are as it said, aware, UTC.

    `believed` is the last time that was believed, `seen` the last look, `doubted` the first look of a doubt
    that is not over. `up` is how long the machine had run by then, None where it does not say.
    """

    believed: datetime
    seen: datetime
    doubted: datetime | None = None
    up: Uptime | None = None

    @property
    def until(self) -> datetime | None:
        """When it is believed if nothing changes; None where it is."""
        return None if self.doubted is None else self.doubted + STOOD

    @property
    def ahead(self) -> bool:
        """Is the doubtful time later than what is known, not earlier?"""
        return self.seen > self.believed


def looked(
    before: Trust | None, now: datetime, up: Uptime | None = None, known: datetime | None = None
) -> Trust:
    """The clock as it is seen now. Believed: within a day of where it must be, or doubted for a day and even.

    `known` is the newest time of anything that was written; it counts where it is within a day of what was
    believed, for it may be of a clock that had leapt already. With neither, nothing speaks against `now`.
    """
    if before is None:
        before = Trust(known or now, known or now)
    passed = _passed(before.up, up)
    if passed is None and before.doubted is None and known is not None:
        newest = max(before.believed, known) if known - before.believed <= LEAP else before.believed
        before = replace(before, believed=newest, seen=newest)
    if _is_right(before, now, passed) or _has_stood(before, now, passed):
        return Trust(now, now, None, up)
    goes_on = before.doubted is not None and _even(before, now, passed)
    return replace(before, seen=now, doubted=before.doubted if goes_on else now, up=up)


def set_right(before: Trust, now: datetime, up: Uptime | None = None) -> bool:
    """Was a doubtful clock set to where it must be?"""
    return before.doubted is not None and _is_right(before, now, _passed(before.up, up))


def _is_right(before: Trust, now: datetime, passed: timedelta | None) -> bool:
    """Is it where it must be? After a doubt: where it would be without the leap."""
    lived = before.seen - before.doubted if before.doubted else timedelta(0)
    return abs(now - (before.believed + lived + (passed or timedelta(0)))) <= LEAP


def _has_stood(before: Trust, now: datetime, passed: timedelta | None) -> bool:
    return before.doubted is not None and _even(before, now, passed) and now - before.doubted >= STOOD


def _even(before: Trust, now: datetime, passed: timedelta | None) -> bool:
    """Has it gone on as time does since the last look? After a restart all that shows is a step back."""
    gone = now - before.seen
    return gone >= timedelta(0) if passed is None else abs(gone - passed) <= LEAP


def _passed(before: Uptime | None, up: Uptime | None) -> timedelta | None:
    """What has surely passed, where the machine has run since."""
    if before is None or up is None or before.boot != up.boot:
        return None
    return timedelta(seconds=max(up.seconds - before.seconds, 0.0))
