"""The time of day in a piece of text, and the zone it names."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from sources.dates.date_words import ZONES

_CLOCK = re.compile(
    r"(?<![\d:.+-])(?P<h>\d{1,2})(?:(?P<colon>[:h])(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?|\.(?P<dm>\d{2}))?"
    r"\s*(?P<half>[ap])?(?(half)\.?m\b\.?)"
)
_COMPACT = re.compile(r"^t(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?(?!\d)")
_OFFSET = re.compile(r"^\s*\(?(?:gmt|utc|z)?\s*(?P<sign>[+\-−])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?(?!\d)")
_ZONE_NAME = re.compile(r"^\s*\(?(?P<name>[a-z]{1,5})\b")


def at(day: date, rest: str, zone: tzinfo) -> datetime:
    """That day at the clock time in the rest of the text; midnight if there is none."""
    clock, after = clock_in(rest)
    if clock is None:
        return datetime.combine(day, time(), zone)
    moment = datetime.combine(day, time(), _named_zone(after) or zone)
    hour, minute, second = clock
    moment += timedelta(days=1) if hour == 24 else timedelta()
    return moment.replace(hour=hour % 24, minute=minute, second=min(second, 59))


def clock_in(rest: str) -> tuple[tuple[int, int, int] | None, str]:
    """Hour, minute, second and the text after them; a bare number is not a clock time."""
    compact = _COMPACT.match(rest)
    if compact:
        return (int(compact["h"]), int(compact["m"]), int(compact["s"] or 0)), rest[compact.end() :]
    for match in _CLOCK.finditer(rest):
        if match["colon"] or match["half"]:
            minute = int(match["m"] or match["dm"] or 0)
            hour = _hour(int(match["h"]), match["half"])
            if (hour < 24 and minute < 60) or (hour, minute) == (24, 0):
                return (hour, minute, int(match["s"] or 0)), rest[match.end() :]
    return None, ""


def _hour(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half == "p" else 0)


def _named_zone(after: str) -> tzinfo | None:
    offset = _OFFSET.match(after)
    if offset:
        shift = timedelta(hours=int(offset["h"]), minutes=int(offset["m"] or 0))
        return timezone(shift if offset["sign"] == "+" else -shift)
    name = _ZONE_NAME.match(after)
    hours = ZONES.get(name["name"]) if name else None
    return None if hours is None else timezone(timedelta(hours=hours))
