"""A day, and a moment, as people in the United Kingdom write it. Pure.

The day comes before the month, as “10/11/2026”; the year may be left out where only one can be meant. What
can be read in two ways is refused, and the sentence says which two.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from data.errors import InputError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH, _TH = rf"(?P<{{}}>{'|'.join(MONTHS)})[a-z]*\.?", r"(?:st|nd|rd|th)?"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_BEFORE = re.compile(rf"(?:on )?(?:({'|'.join(_WEEKDAYS)})[a-z]*\.?,? )?(?:the )?", re.IGNORECASE)
_CLOCK = r"(?P<clock>\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\.?|\d{1,2}[:.]\d\d)"
_TIMES = (rf"(?P<day>.+?),?(?: at)? {_CLOCK}", rf"{_CLOCK},?(?: on)? (?P<day>.+)")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d")
_EXAMPLE = "Write, for example: 2 September 2026"
_FAR, _HALF, _UNLIKELY = timedelta(days=150), timedelta(days=182), 10
"""So far from today a day without its year may be in two years; a year of two figures is likely so near."""


@cache
def _forms(*, alone: bool) -> re.Pattern[str]:
    """A day within a text, which bears its year unless its month is named; `alone`, any that people write."""
    year, between, bare = (r"'?(?:\d{4}|\d{2})", "[-/. ]", "?") if alone else (r"\d{4}", "[/.]", "")
    return re.compile(
        r"(?P<iso>\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2})\b"
        rf"|(?P<d1>\d{{1,2}}) ?{between} ?(?P<m1>\d{{1,2}})(?: ?{between} ?(?P<y1>\d{{4}}|\d{{2}})\b){bare}"
        rf"|\b(?P<d2>\d{{1,2}}){_TH}[ -]?(?:of )?{_MONTH.format('m2')}(?:,?[ -]?(?P<y2>{year})\b)?"
        rf"|\b{_MONTH.format('m3')} (?P<d3>\d{{1,2}}){_TH}\b(?:,? (?P<y3>{year})\b)?",
        re.IGNORECASE,
    )


def days_of(line: str, above: int | None) -> tuple[list[date], int | None]:
    """The days that a line names, and the year that a day without one has in the next line.

    One without a year has that of the next day in its line, else the one from `above`. Raises InputError.
    """
    line = re.sub(r"[^\S\n]+", " ", line)
    found = list(_forms(alone=False).finditer(line))
    written = [_year(match) for match in found]
    if not found:
        years = re.findall(r"\b20\d\d\b", line)
        return [], int(years[0]) if len(years) == 1 else above
    later = [next((year for year in written[n:] if year), above) for n in range(len(found))]
    return [_day(match, year) for match, year in zip(found, later, strict=True)], written[-1] or above


def is_day(said: str) -> bool:
    """Is it written as one day is, without a time of it?"""
    return _from_today(said) is not None or _alone(said)[1] is not None


def read_day(said: str, today: date, *, past: bool | None = None) -> date:
    """The one day that is written. Without a year it is the nearest, or the nearest that is `past`, or that
    is still to come (False). Raises InputError for what is no day, or may be two.
    """
    from_today = _from_today(said)
    if from_today is not None:
        return today + timedelta(days=from_today)
    weekday, match = _alone(said)
    if match is None:
        raise InputError(f"“{said}” is not a day. {_EXAMPLE}")
    year = _year(match)
    day = _nearest(match, today, past) if year is None else _day(match, year)
    if not re.search(r"\d{4}", match[0]) and abs(day.year - today.year) > _UNLIKELY:
        raise InputError(f"“{said}”: of the year {day.year}? Write the year with four figures.")
    if weekday and _WEEKDAYS.index(weekday) != day.weekday():
        raise InputError(f"“{said}”: {day:%-d %B %Y} is a {day:%A}. Which of the two is it? {_EXAMPLE}")
    return day


def read_moment(said: str, now: datetime, zone: ZoneInfo, *, past: bool | None = None) -> datetime:
    """The moment that is written, in UTC: in `zone` where it names none itself, and at the beginning of a day
    that is written alone. Raises InputError as `read_day`, and for “3.20”, which is two times.
    """
    text = " ".join(said.split())
    try:
        if _ISO.match(text):
            return _utc(datetime.fromisoformat(text), zone)
        day, clock = _parted(text)
        on = read_day(day, now.astimezone(zone).date(), past=past)
        return _utc(datetime.combine(on, _time(clock) if clock else time()), zone)
    except (ValueError, OverflowError):
        raise InputError(f"“{said}” is not a time. Write, for example: 20 November 2026 15:20") from None


def _from_today(said: str) -> int | None:
    return {"today": 0, "yesterday": -1, "tomorrow": 1}.get(said.strip().lower())


def _alone(said: str) -> tuple[str, re.Match[str] | None]:
    """The weekday that stands before a day, "" for none, and the day; None for what is no day alone."""
    text = " ".join(said.split())
    before = _BEFORE.match(text)
    weekday, begins = ((before[1] or "").lower(), before.end()) if before else ("", 0)
    return weekday, _forms(alone=True).fullmatch(text, begins)


def _utc(there: datetime, zone: ZoneInfo) -> datetime:
    return (there if there.tzinfo else there.replace(tzinfo=zone)).astimezone(UTC)


def _parted(text: str) -> tuple[str, str]:
    """The day and the time of it, "" where there is none."""
    for form in _TIMES:
        if found := re.fullmatch(form, text, re.IGNORECASE):
            return found["day"], found["clock"]
    return text, ""


def _time(clock: str) -> time:
    """A time of the day by either clock. Raises InputError for one that is two, ValueError for none."""
    hour, minute = (int(n) for n in (*re.findall(r"\d+", clock), "0")[:2])
    half = re.search("[ap]", clock.lower())
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(clock)
        hour = hour % 12 + 12 * (half[0] == "p")
    elif not clock[1].isdecimal():
        raise InputError(f"“{clock}”: {hour:02}:{minute:02} or {hour + 12:02}:{minute:02}? Write which.")
    return time(hour, minute)


def _year(match: re.Match[str]) -> int | None:
    """The year that is written, None where none is."""
    if match["iso"]:
        return int(match["iso"][:4])
    said = (match["y1"] or match["y2"] or match["y3"] or "").strip("'")
    return int(said) + (2000 if len(said) == 2 else 0) if said else None


def _day(match: re.Match[str], year: int | None) -> date:
    """Raises InputError for a day that there is not, or without a year."""
    said = match[0].strip()
    if year is None:
        raise InputError(f"“{said}” has no year. Write, for example: {said} 2026")
    try:
        if match["iso"]:
            return date(*map(int, re.split("[-/.]", match["iso"])))
        month = match["m2"] or match["m3"]
        number = MONTHS.index(month[:3].lower()) + 1 if month else int(match["m1"])
        return date(year, number, int(match["d1"] or match["d2"] or match["d3"]))
    except ValueError:
        raise InputError(f"There is no day “{said}”: the day comes first. {_EXAMPLE}") from None


def _nearest(match: re.Match[str], today: date, past: bool | None) -> date:
    """The day of that name that is meant, where it bears no year. Raises InputError where it may be two."""
    days = list[date]()
    for year in range(today.year - 1, today.year + 2):
        with suppress(InputError):
            days.append(_day(match, year))
    days = [day for day in days if past is None or day == today or (day < today) is past]
    if not days:
        raise InputError(f"There is no day “{match[0]}” within a year of today. {_EXAMPLE}")
    day = min(days, key=lambda day: abs(day - today))
    if past is None and abs(day - today) > _FAR:
        before, after = (min(days, key=lambda d: abs(d - at)) for at in (today - _HALF, today + _HALF))
        raise InputError(f"“{match[0]}” may be {before:%-d %B %Y} or {after:%-d %B %Y}. Write the year.")
    if past is False and day - today > _HALF:  # likelier one that has just gone by
        raise InputError(f"“{match[0]}” would be {day:%-d %B %Y}. Write the year.")
    return day
