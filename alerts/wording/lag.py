"""What is known of the post behind an alert, and how long it may have stood there before we saw it. Pure.

Said without naming the place: of a restricted matter not even that may be known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.matters import PostView, SaidTime
from data.types import Verdict
from data.words.say import Words

_MINUTE_S = 60.0
_HOUR_S = 3600.0
_DAY_S = 24 * _HOUR_S
_LATE = 1.5
"""A place read later than so many intervals after the last time was out of sight."""


class Why(StrEnum):
    """Where the figure comes from; each has a sentence of its own."""

    EVERY = "every"
    SINCE = "since"
    SEARCH = "search"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Lag:
    """A time in seconds and what it is; of a search or where nothing is known, None."""

    why: Why
    seconds: float | None = None


UNKNOWN = Lag(Why.UNKNOWN)


def lag_of(interval_s: float, read_before: datetime | None, now: datetime, *, search: bool) -> Lag:
    """The lag of a place that is read every `interval_s` seconds and was last read well at `read_before`.

    A search is behind by more than we can tell. Of a place never read before, nothing is known.
    """
    if search:
        return Lag(Why.SEARCH)
    if read_before is None:
        return UNKNOWN
    gap_s = (now - read_before).total_seconds()
    return Lag(Why.SINCE, gap_s) if gap_s > _LATE * interval_s else Lag(Why.EVERY, interval_s)


def worst_of(paces: Iterable[tuple[float, bool]]) -> Lag:
    """The lag of a story by the places that carry it: how often each is read, in seconds, and is it a search.

    Of a story that no such place carries nothing is known.
    """
    found = list(paces)
    if any(search for _, search in found):
        return Lag(Why.SEARCH)
    return Lag(Why.EVERY, max(interval_s for interval_s, _ in found)) if found else UNKNOWN


def sentence(lag: Lag, w: Words) -> str:
    """One sentence for a message."""
    key = f"instant.lag.{lag.why.value}"
    return w(key) if lag.seconds is None else w(key, time=_time(lag.seconds, w))


def _time(seconds: float, w: Words) -> str:
    """In minutes up to 90 minutes, in hours up to two days, else in days; never under one."""
    if seconds < 1.5 * _HOUR_S:
        return w("instant.lag.minutes", n=max(1, round(seconds / _MINUTE_S)))
    if seconds < 2 * _DAY_S:
        return w("instant.lag.hours", n=round(seconds / _HOUR_S))
    return w("instant.lag.days", n=round(seconds / _DAY_S))


@dataclass(frozen=True, slots=True)
class Seen:
    """Its gravest verdict, the kinds of place where it is (the gravest post's first), when that was posted,
    how far behind we may be there, and a time that it names.

    `printed` are its articles in the press. Nothing of it goes into a message about a restricted matter.
    """

    verdict: Verdict | None = None
    channels: tuple[str, ...] = ()
    posted_at: datetime | None = None
    lag: Lag = UNKNOWN
    printed: tuple[PostView, ...] = ()
    said_time: SaidTime | None = None


NOTHING_SEEN = Seen()
