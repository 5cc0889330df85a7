"""Days: the school's calendar, its terms, days as people type them."""

from __future__ import annotations

import re
import sys
from calendar import monthrange
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.util import find_spec, module_from_spec
from itertools import islice
from zoneinfo import ZoneInfo

from data.errors import InputError
from data.frozen import freeze

# Which days are school days: terms, INSET days and the bank holidays of the school's nation. Pure.

_SUBDIVISION = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern_ireland": "NIR"}
_SATURDAY = 5
_YEAR_DAYS = 366
_DAY = timedelta(days=1)
_ASKED_BEFORE = timedelta(weeks=3)
"""So long before the last term ends the next are asked for."""
_HALF_TERM = timedelta(days=10)
"""No longer than this lie two halves of a term apart."""
SCHOOL_OPENS, SCHOOL_CLOSES = time(7), time(19)
"""The hours in which someone reads what is found, in the school's zone."""


@freeze
class Term:
    """The first and the last day of a term or half term, both included."""

    first: date
    last: date


@freeze
class Calendar:
    """A school's days. Without terms, and after the last of them, every weekday that is not a bank holiday
    counts as a school day: nobody knows better, and a digest too many does less harm than none.

    `closed` holds INSET and other days without pupils; `hours` are when a day begins and ends, local time."""

    nation: str = "england"
    terms: tuple[Term, ...] = ()
    closed: frozenset[date] = frozenset()
    hours: tuple[time, time] = (time(8, 45), time(15, 15))

    def working_day(self, day: date) -> bool:
        """Monday to Friday and not a bank holiday: somebody can be asked to act. (python-holidays, by
        GOV.UK's rules for each nation.)"""
        return day.weekday() < _SATURDAY and day not in _bank_holidays(self.nation, day.year)

    def in_term(self, day: date) -> bool:
        """Is it within a term, for all that is known? Always true without terms, and after the last."""
        unknown = not self.terms or self.end_of_terms(day) is not None
        return unknown or any(term.first <= day <= term.last for term in self.terms)

    def ending(self, day: date) -> date | None:
        """The last day of the last term, from three weeks before it on: the next are to be asked for."""
        last = max((t.last for t in self.terms), default=None)
        return last if last and last - _ASKED_BEFORE <= day <= last else None

    def end_of_terms(self, day: date) -> date | None:
        """Return the last day of the last term once that is over: no term is known any more."""
        last = max((t.last for t in self.terms), default=None)
        return last if last and last < day else None

    def last_term(self, day: date) -> Term | None:
        """The newest term that is over by then, its halves together; None where none is known."""
        whole: list[Term] = []
        for term in sorted(self.terms, key=lambda t: t.first):
            half = bool(whole) and term.first - whole[-1].last <= _HALF_TERM
            whole.append(Term(whole.pop().first, term.last) if half else term)
        return next((term for term in reversed(whole) if term.last < day), None)

    def school_day(self, day: date) -> bool:
        """Are pupils in: a working day in term that is not closed?"""
        return self.working_day(day) and self.in_term(day) and day not in self.closed

    def next_school_day(self, day: date) -> date:
        """The first school day after `day`, however long the holidays before it."""
        while not self.school_day(day := day + _DAY):
            if not self.in_term(day):
                day = min(t.first for t in self.terms if t.first > day) - _DAY
        return day


@freeze
class SchoolHours:
    """07:00 to 19:00 on each day that is a school day of all these calendars."""

    calendars: frozenset[Calendar]
    zone: ZoneInfo

    def between(self, since: datetime, until: datetime) -> timedelta:
        """Return how many of them lie between two moments."""
        first, last = (moment.astimezone(self.zone).replace(tzinfo=None) for moment in (since, until))
        found = timedelta(0)
        for n in range((last.date() - first.date()).days + 1):
            if self._school_day(day := first.date() + timedelta(n)):
                opens, closes = (datetime.combine(day, at) for at in (SCHOOL_OPENS, SCHOOL_CLOSES))
                found += max(min(last, closes) - max(first, opens), timedelta(0))
        return found

    def days_before(self, moment: datetime, days: int) -> datetime:
        """The beginning of the last of so many school days before, or a year before where there are fewer."""
        day, left = moment.astimezone(self.zone).date(), days
        for _ in range(_YEAR_DAYS):
            if not left:
                break
            day -= _DAY
            left -= self._school_day(day)
        return datetime.combine(day, time(), self.zone)

    def end_of_a_day(self, moment: datetime) -> datetime | None:
        """Return when a whole school day lies behind it: as the second after it opens, if there is one."""
        day = moment.astimezone(self.zone).date()
        later = (d for n in range(1, _YEAR_DAYS) if self._school_day(d := day + timedelta(n)))
        second = next(islice(later, 1, None), None)
        return datetime.combine(second, SCHOOL_OPENS, self.zone) if second else None

    def _school_day(self, day: date) -> bool:
        return all(calendar.school_day(day) for calendar in self.calendars)


def local_day(moment: datetime, zone: tzinfo | None) -> date:
    """The day that it is there at this moment."""
    return moment.astimezone(zone).date()


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@cache
def _bank_holidays(nation: str, year: int) -> frozenset[date]:
    # Puts the package of all countries in place without loading each of them (8 MB and 60 ms saved).
    spec = find_spec("holidays.countries")
    if spec is not None and spec.name not in sys.modules:
        sys.modules[spec.name] = module_from_spec(spec)
    import holidays  # late: the configuration imports this module, and holidays takes 46 ms to load

    return frozenset(holidays.country_holidays("GB", subdiv=_SUBDIVISION[nation], years=year))


# A day, and a moment, as people in the United Kingdom write it. Pure.

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
    """The days that a line names, and the year that a day without one has in the next line. One without a
    year has that of the next day in its line, else the one from `above`. Raises InputError."""
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
    return _from_today(said) is not None or _match_alone(said)[1] is not None


def read_day(said: str, today: date, *, past: bool | None = None) -> date:
    """The one day that is written. Without a year it is the nearest, or the nearest that is `past`, or that
    is still to come (False). Raises InputError for what is no day, or may be two."""
    from_today = _from_today(said)
    if from_today is not None:
        return today + timedelta(days=from_today)
    weekday, match = _match_alone(said)
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
    that is written alone. Raises InputError as `read_day`, and for “3.20”, which is two times."""
    text = " ".join(said.split())
    try:
        if _ISO.match(text):
            return _utc(datetime.fromisoformat(text), zone)
        day, clock = _split_day_and_time(text)
        on = read_day(day, now.astimezone(zone).date(), past=past)
        return _utc(datetime.combine(on, _time(clock) if clock else time()), zone)
    except (ValueError, OverflowError):
        raise InputError(f"“{said}” is not a time. Write, for example: 20 November 2026 15:20") from None


def _from_today(said: str) -> int | None:
    return {"today": 0, "yesterday": -1, "tomorrow": 1}.get(said.strip().lower())


def _match_alone(said: str) -> tuple[str, re.Match[str] | None]:
    """The weekday that stands before a day, "" for none, and the day; None for what is no day alone."""
    text = " ".join(said.split())
    before = _BEFORE.match(text)
    weekday, begins = ((before[1] or "").lower(), before.end()) if before else ("", 0)
    return weekday, _forms(alone=True).fullmatch(text, begins)


def _utc(there: datetime, zone: ZoneInfo) -> datetime:
    return (there if there.tzinfo else there.replace(tzinfo=zone)).astimezone(UTC)


def _split_day_and_time(text: str) -> tuple[str, str]:
    """Return the day and the time of it, "" where there is none."""
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


# Term dates as schools and councils publish them, read from text. Pure.

Span = tuple[date, date]

_TO = r"\s*(?:-|–|to|until)\s*"
_SHARED_MONTH = re.compile(
    rf"\b(\d{{1,2}}(?:st|nd|rd|th)?)(?={_TO}(?:[a-z]+day\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+"
    r"((?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*))",
    re.IGNORECASE,
)
"""“15 to 19 February”: the first day has the month of the second."""
_CLOSED = re.compile(
    r"inset|training|non[- ]?pupil|no pupils|staff (?:only|day)|teacher day|closed|bank holiday|"
    r"occasional day|development day|disaggregated|closure",
    re.IGNORECASE,
)
_BREAK = re.compile(r"half[- ]?term|holiday|break\b|vacation", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:start|begin|open|first day|return|re-?open|commence)", re.IGNORECASE)
_LAST = re.compile(r"\b(?:end|close[sd]?\b|last day|finish|break(?:s|ing)? up)", re.IGNORECASE)
_LONGEST_BREAK = timedelta(days=17)


@dataclass(slots=True)
class TermDates:
    """The dates that a text says: terms, days without pupils, and lines with a day not understood."""

    terms: list[Span] = field(default_factory=list)
    closed: list[date] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_dates(text: str) -> TermDates:
    """Everything of a published list. Raises InputError for a day that there is not, or has no year."""
    found, breaks = TermDates(), list[Span]()
    begun: date | None = None
    for line, days in _lines(text):
        if _CLOSED.search(line):
            found.closed += _fill_span(line, days)
        elif len(days) == 2:
            is_break = _BREAK.search(line) and days[1] - days[0] <= _LONGEST_BREAK
            (breaks if is_break else found.terms).append((days[0], days[1]))
        else:
            begun = _begun_or_ended(found, line, days, begun)
    if begun:
        found.unread.append(f"the term that begins on {begun:%-d %B %Y} has no last day")
    for first, last in breaks:
        found.terms = [piece for term in found.terms for piece in _cut_out(term, first, last)]
    found.terms, found.closed = sorted(set(found.terms)), sorted(set(found.closed))
    return found


def _begun_or_ended(found: TermDates, line: str, days: Sequence[date], begun: date | None) -> date | None:
    """The first day of a term whose last one is still to come; other lines were not understood."""
    if len(days) == 1 and _LAST.search(line) and begun:
        found.terms.append((begun, days[0]))
        return None
    if len(days) == 1 and _FIRST.search(line) and begun is None:
        return days[0]
    found.unread.append(line.strip())
    return begun


def _lines(text: str) -> Iterator[tuple[str, list[date]]]:
    """The lines that name a day, with the days."""
    year: int | None = None
    for line in text.split("\n"):
        days, year = _days(line, year)
        if days:
            yield line, days


def _days(line: str, above: int | None) -> tuple[list[date], int | None]:
    return days_of(_SHARED_MONTH.sub(r"\1 \2", line), above)


def _fill_span(line: str, days: Sequence[date]) -> list[date]:
    """The days of a line, with those between where it says from when to when; of these, weekdays."""
    if len(days) != 2 or not re.search(r"\bto\b|\buntil\b|[-–]\s*\w", line):
        return list(days)
    span = [days[0] + timedelta(days=n) for n in range((days[1] - days[0]).days + 1)]
    return [day for day in span if day.weekday() < 5]


def _cut_out(term: Span, first: date, last: date) -> list[Span]:
    """The term before and after a holiday within it, each from weekday to weekday."""
    if not term[0] < first <= last < term[1]:
        return [term]
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    while before.weekday() > 4:
        before -= timedelta(days=1)
    while after.weekday() > 4:
        after += timedelta(days=1)
    return [(term[0], before), (after, term[1])]
