"""More talk than usual for this school: a robust comparison with the last fourteen days. Pure.

The last three hours are held against the same three hours, and those an hour earlier and later, of
each of the last fourteen days of the same sort (school days with school days), and against those of
the same weekday by themselves, for what comes every week is usual. “Usual” is a median, so that one
loud day changes nothing. A surge is ten posts or more, three times what is usual, five deviations above
it (the median absolute deviation, and never less than chance alone would give), and twice as many
as the busiest three hours of all but two of the days before, for talk comes in threads. Days and
hours are those of the school's clock, so a change of clocks moves nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from statistics import median, median_low
from zoneinfo import ZoneInfo

WINDOW = timedelta(hours=3)
DAYS = 14
ENOUGH_DAYS = 7
"""With less history nothing is called unusual."""
LEAST = 10
"""Fewer posts in three hours are no surge, whatever is usual."""
STILL_LEAST = 4
"""Fewer are not talk that goes on."""
OVER_AFTER = timedelta(hours=12)
"""A surge is over when talk has been as usual for so long: a night's quiet does not end it."""

_TIMES_USUAL = 3.0
_STILL_TIMES_USUAL = 2.0
_DEVIATIONS = 5.0
_TIMES_BUSIEST = 2.0
_DEVIATIONS_OF_THREADS = 7.0  # set by benchmarks/spikes.py; their tail is longer than a normal one
_NORMAL = 1.4826  # a median absolute deviation times this is the standard deviation of normal noise
_DAYS_OF_A_SORT = 3  # with fewer, all days are compared
_WEEK = 7
_SHIFTS = (-1, 0, 1)
_HOURS = 24

RUSH = timedelta(hours=6)
"""Reviews come by ones and twos, so a rush of them is looked for over longer."""
RUSH_LEAST = 5
RUSH_KNOWN = timedelta(days=2)
"""With less history no reviews are called unusual."""

SchoolDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Reading:
    """The number of posts in the hours up to a moment, and what is usual then. `line` is how many posts make
    a surge. `began_at` is the first of those counted."""

    mentions: int
    usual: float
    line: float
    began_at: datetime

    @property
    def surge(self) -> bool:
        """Enough to tell of."""
        return self.mentions >= self.line

    @property
    def lively(self) -> bool:
        """Enough for a surge that was told to be going on still."""
        return self.mentions >= max(STILL_LEAST, _STILL_TIMES_USUAL * self.usual)


@dataclass(frozen=True, slots=True)
class _Window:
    count: int
    day: date
    back: int


def measure(
    moments: Sequence[datetime],
    threads: Sequence[str],
    now: datetime,
    zone: ZoneInfo,
    since: datetime,
    school_day: SchoolDay,
) -> Reading | None:
    """The reading at `now`; None where too little was said, or too little is known, to compare. `moments` are
    when each post was made, in order, aware, and `threads` what each belongs to; history is known from
    `since` on."""
    counted = _count(moments, now)
    if counted < STILL_LEAST or now - since < timedelta(days=ENOUGH_DAYS):
        return None
    local = now.astimezone(zone)
    windows = _windows(moments, local, since)
    # Counts on days of today's sort, where there are enough of those.
    sort = school_day(local.date())
    same = [w for w in windows if school_day(w.day) is sort]
    alike = [w.count for w in (same if len({w.day for w in same}) >= _DAYS_OF_A_SORT else windows)]
    weekly = [w.count for w in windows if w.back % _WEEK == 0]
    usual = float(max(median(alike), median_low(weekly) if weekly else 0))
    spread = _NORMAL * median(abs(count - median(alike)) for count in alike)
    line = max(LEAST, _TIMES_USUAL * usual, usual + _DEVIATIONS * max(spread, sqrt(usual + 1)))
    if counted >= line:
        chance = _DEVIATIONS_OF_THREADS * sqrt(_posts_of_thread(moments, threads, local, since) * (usual + 1))
        # The most in three hours on any of the days before but the two busiest, for one surge may touch two.
        # The last day is left out: what began then is not yet usual.
        days = []
        for back in range(1, DAYS):
            ends = _ends(local, back, range(1 - _HOURS, 1), since)
            days.append(max((_count(moments, end) for end in ends), default=0))
        line = max(line, _TIMES_BUSIEST * sorted(days)[-3], usual + chance)
    return Reading(counted, usual, line, moments[bisect_right(moments, now - WINDOW)])


def measure_reviews(moments: Sequence[datetime], now: datetime, since: datetime) -> Reading | None:
    """The reading of reviews in the six hours up to `now`; None where too few came, or too little is known. A
    rush is five or more, three times what is usual and twice the busiest six hours before. `moments` and
    `since` as for `measure`."""
    began = now - RUSH
    before, counted = bisect_right(moments, began), bisect_right(moments, now) - bisect_right(moments, began)
    if counted < STILL_LEAST or began - since < RUSH_KNOWN:
        return None
    ends = [bisect_right(moments, moment + RUSH) for moment in moments[:before]]
    busiest = max((min(end, before) - i for i, end in enumerate(ends)), default=0)
    usual = before / ((began - since) / RUSH)
    line = max(RUSH_LEAST, _TIMES_USUAL * usual, _TIMES_BUSIEST * busiest)
    return Reading(counted, usual, line, moments[before])


def goes_on(reading: Reading, lasted_to: datetime, now: datetime) -> bool:
    """Is this the surge that was told and was last seen at `lasted_to`?"""
    return reading.lively and now - lasted_to <= OVER_AFTER


def _windows(moments: Sequence[datetime], local: datetime, since: datetime) -> list[_Window]:
    """The same three hours by the school's clock on each day before, and an hour either side."""
    found = []
    for back in range(1, DAYS + 1):
        for end in _ends(local, back, _SHIFTS, since):
            found.append(_Window(_count(moments, end), (local - timedelta(days=back)).date(), back))
    return found


def _posts_of_thread(
    moments: Sequence[datetime], threads: Sequence[str], local: datetime, since: datetime
) -> float:
    """Count the posts that a post's thread has in a day, on average over the posts before these three hours.
    The longest is left out, for it may have been a surge."""
    known = range(bisect_left(moments, since), bisect_right(moments, local - WINDOW))
    counted = Counter((threads[i], moments[i].astimezone(local.tzinfo).date()) for i in known)
    sizes = sorted(counted.values())[:-1]
    return sum(n * n for n in sizes) / sum(sizes) if sizes else 1.0


def _ends(local: datetime, back: int, shifts: Sequence[int], since: datetime) -> list[datetime]:
    """List the ends, as UTC, of windows that are known: so many days back by the clock, and hours from
    there."""
    day = local - timedelta(days=back)
    ends = [(day + timedelta(hours=shift)).astimezone(UTC) for shift in shifts]
    return [end for end in ends if end - WINDOW >= since]


def _count(moments: Sequence[datetime], end: datetime) -> int:
    return bisect_right(moments, end) - bisect_right(moments, end - WINDOW)
