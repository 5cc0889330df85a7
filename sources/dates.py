"""Times as a page prints them: `03/03/2026 19:53`, `Yesterday, 5:12 pm`, `11. Sep 2024`, `3 days ago`.

Pure: relative times count back from the fetch time; times without a zone are in the page's own.
A local time that comes twice (clocks going back) is its first, summer-time occurrence; one that
never comes (clocks going forward) is read as if they had not yet gone forward.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from data.frozen import freeze
from data.shipped import read_table
from sources.base import PageSettings

_CLOCK = re.compile(
    r"(?<![\d:.+-])(?P<h>\d{1,2})(?:(?P<colon>[:h])(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?|\.(?P<dm>\d{2}))?"
    r"\s*(?P<half>[ap])?(?(half)\.?m\b\.?)"
)
_COMPACT = re.compile(r"^t(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?(?!\d)")
_OFFSET = re.compile(r"^\s*\(?(?:gmt|utc|z)?\s*(?P<sign>[+\-−])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?(?!\d)")
_ZONE_NAME = re.compile(r"^\s*\(?(?P<name>[a-z]{1,5})\b")


def at_clock_time(day: date, rest: str, zone: tzinfo) -> datetime:
    """Combine that day with the clock time in the rest of the text; midnight if there is none."""
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
            hour = int(match["h"])
            if match["half"] and hour <= 12:
                hour = hour % 12 + (12 if match["half"] == "p" else 0)
            if (hour < 24 and minute < 60) or (hour, minute) == (24, 0):
                return (hour, minute, int(match["s"] or 0)), rest[match.end() :]
    return None, ""


def _named_zone(after: str) -> tzinfo | None:
    offset = _OFFSET.match(after)
    if offset:
        shift = timedelta(hours=int(offset["h"]), minutes=int(offset["m"] or 0))
        return timezone(shift if offset["sign"] == "+" else -shift)
    name = _ZONE_NAME.match(after)
    hours = ZONES.get(name["name"]) if name else None
    return None if hours is None else timezone(timedelta(hours=hours))


_NAMES = read_table("sources", "dates.toml")


def _numbers(table: Mapping[str, str]) -> Mapping[str, int]:
    return {name: int(number) for number, names in table.items() for name in names.split()}


MONTHS = _numbers(_NAMES["months"])
"""Month names and their short forms, in lower case, to 1..12."""
MONTH = "|".join(re.escape(name) for name in sorted(MONTHS, key=len, reverse=True))
"""The names as one pattern, longest first."""
WEEKDAYS = _numbers(_NAMES["weekdays"])
"""English day names to 0 (Monday)..6."""
RELATIVE_DAYS: Mapping[str, int] = _NAMES["days_back"]
"""Words for a day, to days back."""
UNITS: Mapping[str, tuple[int, int]] = {
    name: (months, seconds) for names, (months, seconds) in _NAMES["units"].items() for name in names.split()
}
"""Units of `3 days ago`, to calendar months and seconds."""
ZONES: Mapping[str, float] = _NAMES["zones"]
"""Zone letters to hours east of Greenwich."""

_AGO = re.compile(
    r"(?P<n>(?<!\d)\d+|(?<!\w)(?:an?|one|last))\s*"
    rf"(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})(?![^\W\d])"
)
_WEEKDAY = re.compile(rf"\b(?P<last>last\s+)?(?P<day>{'|'.join(WEEKDAYS)})\b")
_PAST = re.compile(r"\bago\b|\byn ôl\b|^last ")
_NOW = re.compile(r"\b(?:just now|moments? ago|seconds ago|right now|less than a minute)\b|^now$")


def read_relative(words: str, zone: tzinfo, fetched_at: datetime) -> datetime | None:
    """The moment such words mean; None for other words. `words` must be in lower case."""
    local = fetched_at.astimezone(zone)
    days = next((n for word, n in RELATIVE_DAYS.items() if re.search(rf"\b{word}\b", words)), None)
    if days is None:
        days = _since_weekday(words, local)
    if days is not None:
        day = local.date() - timedelta(days=days)
        clock, _ = clock_in(words)
        return at_clock_time(day, words, zone) if clock else datetime.combine(day, local.timetz())
    if _NOW.search(words):
        return local
    # `3 days ago`, `an hour ago`, `2 hrs 5 mins ago`, and bare `3d`
    found = list(_AGO.finditer(words))
    bare = len(found) == 1 and found[0].span() == (0, len(words))
    if not found or not (bare or _PAST.search(words)):
        return None
    moment = fetched_at
    for match in found:
        number = int(match["n"]) if match["n"].isdigit() else 1
        moment = _go_back(moment, number, *UNITS[match["unit"]])
    return moment


def _since_weekday(words: str, local: datetime) -> int | None:
    """Days since the Monday of `Monday at 5:12 pm`, `last Monday`; a bare `Monday` may be a name."""
    found = _WEEKDAY.search(words)
    if not found or not (found["last"] or clock_in(words)[0]):
        return None
    return (local.weekday() - WEEKDAYS[found["day"]]) % 7 or 7


def _go_back(moment: datetime, number: int, months: int, seconds: int) -> datetime:
    """Go back that many calendar months or seconds; a day the month lacks becomes its last."""
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


_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|\.|º|er|a)?"
_OF = r"(?:\s*[-/,]\s*|\s+(?:de\s+|of\s+)?|(?<=\.))"
_YEAR = r"(?P<year>\d{4}|'?\d{2})(?!\d|:|\.\d|h\d|\s*[ap]\.?m\b)"
_MONTH = rf"(?<![^\W\d])(?!out of\b)(?P<month>{MONTH})\.?(?![^\W\d])"  # “out” is October in Portuguese
_NAMED = (
    # Tue Jun 16 16:12:14 +0100 2020
    rf"{_MONTH}\s+{_DAY}\s+(?P<time>\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s+[a-z]{{2,5}}|\s+[+-]\d{{4}})?)"
    r"\s+(?P<year>\d{4})\b",
    rf"(?<!\d)(?P<year>\d{{4}}){_OF}{_MONTH}{_OF}{_DAY}(?!\d)",
    rf"{_DAY}{_OF}{_MONTH}(?:{_OF}|\s*,?\s*){_YEAR}",
    rf"{_MONTH}{_OF}{_DAY}(?!\d|:)(?:\s*,?\s+|\s*[-/]\s*){_YEAR}",
    rf"{_DAY}{_OF}{_MONTH}",
    rf"{_MONTH}{_OF}{_DAY}(?!\d|:|\s*[ap]\.?m\b)",
)
_NUMERIC = (
    r"(?<!\d)(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?=t\d|\D|$)",
    r"(?<![\d])(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?=t\d{2}:?\d{2}|(?!\S))",
    r"(?<![\d.:])(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})(?!\d|:)",
)
_TIME = r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d)"
_AHEAD = r"[+-](?:0\d|1[0-4])"
_MAILED = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun), )?(?P<day>\d{1,2}) "
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) (?P<year>\d{4}) "
    rf"{_TIME} (?P<zone>gmt|utc|{_AHEAD}[0-5]\d)",
    re.ASCII,
)
"""Fri, 20 Nov 2026 09:00:00 GMT"""
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)t{_TIME}(?:\.\d+)?(?P<zone>z|{_AHEAD}:?[0-5]\d)",
    re.ASCII,
)
"""2026-11-20T09:00:00Z"""
_DATE_PATTERNS = tuple(re.compile(pattern) for pattern in (*_NAMED, *_NUMERIC))
_SLASHED = re.compile(r"(?<![\d.:])(\d{1,2})([-/])(\d{1,2})\2(\d{4}|\d{2})(?!\d|:)")
_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")


_ZERO_ENDS = datetime(1991, 8, 6, tzinfo=UTC)
"""The first page of the web. Before it lies what programs write for nought, or for milliseconds."""


def parse_date(
    text: str, *, zone: str, fetched_at: datetime, day_first: bool | None = None
) -> datetime | None:
    """The time a page shows, in UTC; None if it shows none, or an impossible one.

    `zone` (IANA) is the page's own, used if the text names none. A date without a time means midnight there;
    one without a year means the latest such day up to the day after `fetched_at`, which allows for pages in a
    later zone. `day_first` says how 03/04/2026 is read; None goes by the zone (month first in the Americas).
    Times before the web or far ahead are placeholders of the site's software, not dates. Never raises."""
    words = _tidy(text)
    if not words:
        return None
    try:
        if day_first is None:
            day_first = not zone.startswith(("America/", "US/"))
        found = _absolute(words, _zone(zone), fetched_at, day_first)
        found = found or read_relative(words, _zone(zone), fetched_at)
        plausible = found is not None and found >= _ZERO_ENDS and found.year <= fetched_at.year + 5
        return found.astimezone(UTC) if found and plausible else None
    except (ValueError, OverflowError):
        return None


@freeze
class PageDates:
    """The reading of one page's dates."""

    zone: str
    fetched_at: datetime
    day_first: bool | None = None

    @classmethod
    def learn(cls, settings: PageSettings, fetched_at: datetime, texts: Sequence[str]) -> Self:
        """By the settings, else by the page's dates; an order that puts some after the fetch is wrong."""
        if settings.dates != "auto":
            return cls(settings.zone, fetched_at, settings.dates == "day_first")
        order = learn_order(texts)
        if order is None:
            ahead = [cls(settings.zone, fetched_at, first)._has_ahead(texts) for first in (True, False)]
            order = ahead[1] if ahead[0] != ahead[1] else None
        return cls(settings.zone, fetched_at, order)

    def _has_ahead(self, texts: Sequence[str]) -> bool:
        read = (self._parse(text) for text in texts if _SLASHED.search(_tidy(text)))
        return any(moment is not None and moment > self._limit for moment in read)

    def read_date(self, text: str | None) -> datetime | None:
        """Read the text as `parse_date` does, with what was learnt; None for None, and for what lies more
        than a day ahead of the fetch: nobody can have written it then, so it is another date of the page."""
        moment = self._parse(text) if text else None
        return moment if moment is None or moment <= self._limit else None

    @property
    def _limit(self) -> datetime:
        return self.fetched_at + timedelta(days=1)

    def _parse(self, text: str) -> datetime | None:
        return parse_date(text, zone=self.zone, fetched_at=self.fetched_at, day_first=self.day_first)


def learn_order(dates: Sequence[str]) -> bool | None:
    """True if a document writes the day first, False if the month, None if it is not clear. A number over 12
    decides; otherwise, with three dates or more, whichever reading is in sequence."""
    found = (match for text in dates for match in _SLASHED.finditer(_tidy(text)))
    pairs = [(int(match[1]), int(match[3]), _full_year(match[4])) for match in found]
    day = sum(1 for a, b, _ in pairs if a > 12 >= b)
    month = sum(1 for a, b, _ in pairs if b > 12 >= a)
    if day != month:
        return day > month
    if len(set(pairs)) < 3 or day:
        return None
    as_day = _runs_on([(year, b, a) for a, b, year in pairs])
    as_month = _runs_on([(year, a, b) for a, b, year in pairs])
    return as_day if as_day != as_month else None


def _runs_on(days: list[tuple[int, int, int]]) -> bool:
    return days == sorted(days) or days == sorted(days, reverse=True)


@lru_cache(maxsize=256)
def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:300]).casefold().split())


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return UTC


# ---------------------------------------------------------------------------- absolute times


def _absolute(words: str, zone: tzinfo, fetched_at: datetime, day_first: bool) -> datetime | None:
    if _EPOCH.fullmatch(words):
        seconds = float(words)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e12 else seconds, UTC)
    if (whole := _in_full(words)) is not None:
        return whole
    for pattern in _DATE_PATTERNS:
        for match in pattern.finditer(words):
            day = _day(match, zone, fetched_at, day_first)
            if day is not None:
                # the clock time and its zone stand around it
                around = f"{words[match.end() :]} | {words[: match.start()]}"
                return at_clock_time(day, match.groupdict().get("time") or around, zone)
    return None


def _in_full(words: str) -> datetime | None:
    """A time as feeds write it, with everything there: nothing has to be looked for."""
    part = _MAILED.fullmatch(words) or _ISO.fullmatch(words)
    if part is None:
        return None
    named = part["zone"]
    shift = timedelta()
    if named[0] in "+-":
        shift = timedelta(hours=int(named[1:3]), minutes=int(named[-2:]))
    zone = timezone(-shift if named[0] == "-" else shift)
    day = int(part["year"]), _month(part["month"]), int(part["day"])
    try:
        return datetime(*day, int(part["hour"]), int(part["minute"]), int(part["second"]), tzinfo=zone)
    except ValueError:
        return None


def _day(match: re.Match[str], zone: tzinfo, fetched_at: datetime, day_first: bool) -> date | None:
    """The day a pattern found; None if the calendar has no such day."""
    part = match.groupdict()
    if "a" in part:
        a, b = int(part["a"]), int(part["b"])
        first = a > 12 if a > 12 or b > 12 else day_first or part["sep"] == "."
        month, day = (b, a) if first else (a, b)
    else:
        month, day = _month(part["month"]), int(part["day"])
    year = part.get("year")
    try:
        return date(_full_year(year), month, day) if year else _latest(month, day, zone, fetched_at)
    except ValueError:
        return None


def _month(name: str) -> int:
    return int(name) if name.isdigit() else MONTHS[name]


def _full_year(year: str) -> int:
    number = int(year.lstrip("'"))
    if len(year.lstrip("'")) == 4:
        return number
    return number + (2000 if number < 70 else 1900)


def _latest(month: int, day: int, zone: tzinfo, fetched_at: datetime) -> date | None:
    """The last such day up to the fetch, plus a day for pages in a later zone."""
    newest = fetched_at.astimezone(zone).date() + timedelta(days=1)
    for year in range(newest.year, newest.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:  # 29 February
            continue
        if found <= newest:
            return found
    return None
