"""Which days are school days: terms, INSET days and the bank holidays of the school's nation. Pure."""

from __future__ import annotations

import sys
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.util import find_spec, module_from_spec
from itertools import islice
from zoneinfo import ZoneInfo

_SUBDIVISION = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern_ireland": "NIR"}
_SATURDAY = 5
_YEAR_DAYS = 366
_DAY = timedelta(days=1)
_ASKED_BEFORE = timedelta(weeks=3)
"""So long before the last term ends the next are asked for."""
SCHOOL_OPENS, SCHOOL_CLOSES = time(7), time(19)
"""The hours in which someone reads what is found, in the school's zone."""


@dataclass(frozen=True, slots=True)
class Term:
    """The first and the last day of a term or half term, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """A school's days. Without terms, and after the last of them, every weekday that is not a bank holiday
    counts as a school day: nobody knows better, and a digest too many does less harm than none.

    `closed` holds INSET days and other days without pupils; `hours` are when a school day begins and ends,
    by local time.
    """

    nation: str = "england"
    terms: tuple[Term, ...] = ()
    closed: frozenset[date] = frozenset()
    hours: tuple[time, time] = (time(8, 45), time(15, 15))

    def bank_holiday(self, day: date) -> bool:
        """Is it a bank holiday where the school is? (python-holidays, by GOV.UK's rules for each nation.)"""
        return day in _bank_holidays(self.nation, day.year)

    def working_day(self, day: date) -> bool:
        """Monday to Friday and not a bank holiday: somebody can be asked to act."""
        return day.weekday() < _SATURDAY and not self.bank_holiday(day)

    def in_term(self, day: date) -> bool:
        """Is it within a term, for all that is known? Always true without terms, and after the last."""
        return not self.terms or bool(self.ended(day)) or any(t.first <= day <= t.last for t in self.terms)

    def ending(self, day: date) -> date | None:
        """The last day of the last term, from three weeks before it on: the next are to be asked for."""
        last = max((t.last for t in self.terms), default=None)
        return last if last and last - _ASKED_BEFORE <= day <= last else None

    def ended(self, day: date) -> date | None:
        """The last day of the last term once that is over: no term is known any more."""
        last = max((t.last for t in self.terms), default=None)
        return last if last and last < day else None

    def school_day(self, day: date) -> bool:
        """Are pupils in: a working day in term that is not closed?"""
        return self.working_day(day) and self.in_term(day) and day not in self.closed

    def next_school_day(self, day: date) -> date:
        """The first school day after `day`, however long the holidays before it."""
        while not self.school_day(day := day + _DAY):
            if not self.in_term(day):
                day = min(t.first for t in self.terms if t.first > day) - _DAY
        return day


@dataclass(frozen=True, slots=True)
class SchoolHours:
    """07:00 to 19:00 on each day that is a school day of all these calendars."""

    calendars: frozenset[Calendar]
    zone: ZoneInfo

    def between(self, since: datetime, until: datetime) -> timedelta:
        """How many of them lie between two moments."""
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

    def after_a_day(self, moment: datetime) -> datetime | None:
        """When a whole school day lies behind it: as the second after its own opens, if there is one."""
        day = moment.astimezone(self.zone).date()
        later = (d for n in range(1, _YEAR_DAYS) if self._school_day(d := day + timedelta(n)))
        second = next(islice(later, 1, None), None)
        return datetime.combine(second, SCHOOL_OPENS, self.zone) if second else None

    def _school_day(self, day: date) -> bool:
        return all(calendar.school_day(day) for calendar in self.calendars)


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
