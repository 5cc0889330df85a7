"""Times relative to the moment of fetching: `3 days ago`, `Yesterday, 5:12 pm`, `Monday at 9:00`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from sources.dates.clock_times import at, clock_in
from sources.dates.date_words import RELATIVE_DAYS, UNITS, WEEKDAYS

_AGO = re.compile(
    r"(?P<n>(?<!\d)\d+|(?<!\w)(?:an?|one|last))\s*"
    rf"(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})(?![^\W\d])"
)
_WEEKDAY = re.compile(rf"\b(?P<last>last\s+)?(?P<day>{'|'.join(WEEKDAYS)})\b")
_PAST = re.compile(r"\bago\b|\byn ôl\b|^last ")
_NOW = re.compile(r"\b(?:just now|moments? ago|seconds ago|right now|less than a minute)\b|^now$")


def relative(words: str, zone: tzinfo, fetched_at: datetime) -> datetime | None:
    """The moment such words mean; None for other words. `words` must be in lower case."""
    local = fetched_at.astimezone(zone)
    days = next((n for word, n in RELATIVE_DAYS.items() if re.search(rf"\b{word}\b", words)), None)
    if days is None:
        days = _since_weekday(words, local)
    if days is not None:
        day = local.date() - timedelta(days=days)
        clock, _ = clock_in(words)
        return at(day, words, zone) if clock else datetime.combine(day, local.timetz())
    if _NOW.search(words):
        return local
    return _ago(words, fetched_at)


def _since_weekday(words: str, local: datetime) -> int | None:
    """Days since the Monday of `Monday at 5:12 pm`, `last Monday`; a bare `Monday` may be a name."""
    found = _WEEKDAY.search(words)
    if not found or not (found["last"] or clock_in(words)[0]):
        return None
    return (local.weekday() - WEEKDAYS[found["day"]]) % 7 or 7


def _ago(words: str, fetched_at: datetime) -> datetime | None:
    """`3 days ago`, `an hour ago`, `2 hrs 5 mins ago`, and bare `3d`."""
    found = list(_AGO.finditer(words))
    bare = len(found) == 1 and found[0].span() == (0, len(words))
    if not found or not (bare or _PAST.search(words)):
        return None
    moment = fetched_at
    for match in found:
        number = int(match["n"]) if match["n"].isdigit() else 1
        moment = _back(moment, number, *UNITS[match["unit"]])
    return moment


def _back(moment: datetime, number: int, months: int, seconds: int) -> datetime:
    """That many calendar months or seconds before; a day the month lacks becomes its last."""
    if not months:
        return moment - timedelta(seconds=number * seconds)
    total = moment.year * 12 + moment.month - 1 - number * months
    year, month = divmod(total, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            if year < 1:
                raise
    return moment.replace(year=year, month=month + 1)
