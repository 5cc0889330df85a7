"""Whose digest is due, when, and what time it covers. All times are aware, in UTC."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.access.offices import PRESS_CONTACT, SAFEGUARDERS
from alerts.access.recipients import leadership, leads_alone, of_press_alone
from data.digest import Window
from data.register.calendar import Calendar
from data.types import Person, School
from monitor.config.load import Config

LIFE = timedelta(hours=12)
"""A digest that could not be sent for so long is not sent: the next one covers its time."""

ON_TIME = timedelta(minutes=5)
"""Composed so soon after its time, a digest covers up to that time; later, up to when it is composed."""

_FIRST = timedelta(hours=24)
_LONGEST_FIRST_DAYS = 7
_LONG_AGO = timedelta(days=_LONGEST_FIRST_DAYS + 1)


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


def window(
    due: Due,
    covered: datetime | None,
    calendar: Calendar,
    now: datetime,
    zone: ZoneInfo,
    read_at: datetime | None = None,
    began: datetime | None = None,
) -> Window:
    """What it covers: from `covered`, the end of the last one that was sent, to its time.

    Composed late, or before its time, or after a first reading that ended past it (`read_at`), it covers up
    to `now`, to the end of its day or of its life. The first one ever begins at the time of the last school
    day before it, within a week, else a day back; never before `began`, when places were first read.
    """
    on_time = due.at <= now <= due.at + ON_TIME and (read_at is None or read_at <= due.at)
    over = now > due.expires_at and now.astimezone(zone).date() > due.day
    until = due.at if on_time or over else now
    since = covered if covered is not None else max(_first(due, calendar, zone), began or due.at - _LONG_AGO)
    return Window(min(since, until), until)


def _first(due: Due, calendar: Calendar, zone: ZoneInfo) -> datetime:
    there = due.at.astimezone(zone)
    for back in range(1, _LONGEST_FIRST_DAYS + 1):
        day = due.day - timedelta(days=back)
        if calendar.school_day(day):
            return datetime.combine(day, there.time(), zone).astimezone(UTC)
    return due.at - _FIRST


OF_ONE_SCHOOL = "digest", "grave"
OF_A_TRUST = "trust", "trust_grave"
"""The kinds of a digest: of a school day, and of what cannot wait on any other."""


def due_of(config: Config, school: School, day: date) -> Due:
    """The school's digest of a day."""
    return due_on(day, config.calendar(school.urn), time.fromisoformat(config.digest.at), config.zone)


def due_today(config: Config, school: School, now: datetime) -> Due | None:
    """The school's digest that is due now and not stale; None between times."""
    return due_now(config.calendar(school.urn), time.fromisoformat(config.digest.at), config.zone, now)


def readers(
    config: Config,
    school: School,
    among: Sequence[Person] | None = None,
    instead: Collection[Person] | None = None,
) -> tuple[Person, ...]:
    """Who is sent the school's digest, of all or `among` some: its leadership, but for those who asked for
    one of all their schools (`instead`, where that is known already).
    """
    elsewhere = asked_together(config) if instead is None else instead
    found = leadership(school, config.people if among is None else among)
    return tuple(p for p in found if p not in elsewhere)


def readers_beside(
    school: School, among: Sequence[Person], instead: Collection[Person]
) -> tuple[Person, ...]:
    """Those who are not of its leadership and are sent a part: safeguarding leads where something was handed
    in, or is theirs; whoever speaks to the press, where it has written."""
    found = leadership(school, among, *SAFEGUARDERS, *PRESS_CONTACT)
    return tuple(p for p in found if (leads_alone(p) or of_press_alone(p)) and p not in instead)


def asked_together(config: Config) -> tuple[Person, ...]:
    """Those who asked for one digest of all their schools, and are sent it."""
    return central_team(config, [p for p in config.people if p.id in config.digest.together])


def central_team(config: Config, among: Sequence[Person] | None = None) -> tuple[Person, ...]:
    """Who is sent one digest for all their schools, of all or `among` some."""
    from alerts.access.recipients import central_team

    people = config.people if among is None else among
    return central_team(config.schools, people, config.digest.together)
