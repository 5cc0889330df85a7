"""The report's week: Friday 16:00 to Friday 16:00 where the school is, by the ISO week it ends in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.errors import InputError

TURNS = time(16)
_FRIDAY = 5
_WRITTEN = re.compile(r"(\d{4})-W(\d{2})")
_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One report's week, by the Friday on which it ends."""

    friday: date

    @property
    def name(self) -> str:
        """“2026-W47”."""
        year, week, _ = self.friday.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def year(self) -> int:
        """The year its ISO week belongs to."""
        return self.friday.isocalendar().year

    @property
    def number(self) -> int:
        """The number of its ISO week, 1 to 53."""
        return self.friday.isocalendar().week

    def start(self, zone: ZoneInfo) -> datetime:
        """Its first moment, in UTC."""
        return _turn(self.friday - _DAYS, zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """The first moment after it, in UTC."""
        return _turn(self.friday, zone)

    def back(self, n: int = 1) -> Week:
        """The week that many before."""
        return Week(self.friday - n * _DAYS)

    def days(self) -> tuple[date, ...]:
        """Its Saturday to its Friday."""
        return tuple(self.friday - timedelta(days=6 - n) for n in range(7))


def last_complete(now: datetime, zone: ZoneInfo) -> Week:
    """The newest week that has ended by `now`."""
    today = now.astimezone(zone).date()
    week = Week(today + timedelta(days=(_FRIDAY - today.isoweekday()) % 7))
    return week if week.end(zone) <= now else week.back()


def parse_week(text: str) -> Week:
    """Return the week of a name such as “2026-W47”. Raises InputError."""
    found = _WRITTEN.fullmatch(text.strip().upper())
    if found is None:
        raise InputError(f"⟨week⟩ {text}: not a week. Write the year and its ISO week, for example 2026-W47.")
    year, week = int(found[1]), int(found[2])
    try:
        return Week(date.fromisocalendar(year, week, _FRIDAY))
    except ValueError:
        raise InputError(f"⟨week⟩ {text}: there is no week {week} in {year}.") from None


def _turn(friday: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(friday, TURNS, zone).astimezone(UTC)
