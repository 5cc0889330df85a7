"""When a digest is due, and what time it covers. Pure; all times aware, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.digest import Window
from data.register.calendar import Calendar

LIFE = timedelta(hours=12)
"""A digest that could not be sent for so long is not sent: the next one covers its time."""

ON_TIME = timedelta(minutes=5)
"""Composed so soon after its time, a digest covers up to that time; later, up to when it is composed."""

_FIRST = timedelta(hours=24)
_LONGEST_FIRST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Due:
    """A day's digest: its day where the school is, when it is due, and what day that is."""

    day: date
    at: datetime
    school_day: bool

    @property
    def expires_at(self) -> datetime:
        """When it is too late for it."""
        return self.at + LIFE

    @property
    def period(self) -> str:
        """The day as editions are kept under it."""
        return self.day.isoformat()

    @property
    def kind(self) -> str:
        """`digest` on a school day; `grave`, what cannot wait, on any other."""
        return "digest" if self.school_day else "grave"


def due_on(day: date, calendar: Calendar, at: time, zone: ZoneInfo) -> Due:
    """The digest of a day, at that time of day in the zone, whatever the clocks do on it."""
    there = datetime.combine(day, at, zone)
    return Due(day, there.astimezone(UTC), calendar.school_day(day))


def due_now(calendar: Calendar, at: time, zone: ZoneInfo, now: datetime) -> Due | None:
    """The one digest that is due and not yet stale, None between times."""
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        there = datetime.combine(day, at, zone).astimezone(UTC)
        if there <= now < there + LIFE:
            return due_on(day, calendar, at, zone)
    return None


def window(due: Due, covered: datetime | None, calendar: Calendar, now: datetime, zone: ZoneInfo) -> Window:
    """What it covers: from `covered`, the end of the last one that was sent, to its time.

    Composed late, or before its time, it covers up to `now`. The first one ever begins at the time of
    the last school day before it, within a week, else a day back.
    """
    until = due.at if due.at <= now <= due.at + ON_TIME or now > due.expires_at else now
    since = covered if covered is not None else _first(due, calendar, zone)
    return Window(min(since, until), until)


def _first(due: Due, calendar: Calendar, zone: ZoneInfo) -> datetime:
    there = due.at.astimezone(zone)
    for back in range(1, _LONGEST_FIRST_DAYS + 1):
        day = due.day - timedelta(days=back)
        if calendar.school_day(day):
            return datetime.combine(day, there.time(), zone).astimezone(UTC)
    return due.at - _FIRST
