"""How people of one school are reached, and when: at once, or in working hours by its calendar. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.links import Links
from data.content_class import ContentClass
from data.frozen import dataclass
from data.register.calendar import Calendar
from data.types import Alert, Severity, Via

WAIT = timedelta(minutes=15)
"""How long each one has to answer who is asked about a grave alert."""

OPENS = time(8)
CLOSES = time(18)
_YEAR_DAYS = 366


def in_working_hours(now: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """`now` between 08:00 and 18:00 on a working day, else 08:00 on the next: aware, in the zone of `now`.

    Working days are Monday to Friday without the bank holidays of the school's nation.
    """
    local = now.astimezone(zone)
    if calendar.working_day(local.date()) and OPENS <= local.time() < CLOSES:
        return now
    first = local.date() + timedelta(days=local.time() >= OPENS)
    day = next(d for n in range(_YEAR_DAYS) if calendar.working_day(d := first + timedelta(days=n)))
    return datetime.combine(day, OPENS, zone).astimezone(now.tzinfo)


def due_at(alert: Alert, now: datetime, zone: ZoneInfo, calendar: Calendar, via: Via = Via.MAIL) -> datetime:
    """When the alert goes out: aware, in the zone of `now`.

    At once, at any hour, for severity 4 and for the routes safeguarding and police_now; by mail, which will
    not wake anyone, also for odd posts on the school's own accounts (Monkhouse 401: immediately). Otherwise
    at once between 08:00 and 18:00 on one of the school's working days, or at 08:00 on the next.
    """
    if alert.severity >= Severity.THIS_HOUR or alert.route.urgent:
        return now
    if alert.content_class == ContentClass.OWN_ACCOUNT and via is Via.MAIL:
        return now
    return in_working_hours(now, zone, calendar)


@dataclass(frozen=True, slots=True)
class Means:
    """The school's zone and calendar, how links are made, and the ids of those who also get chat messages.

    `beside` holds, by id, the ids of those who read somebody's chat messages too, having the same address.
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    calendar: Calendar = field(default_factory=Calendar)
    links: Links = field(default_factory=Links)
    chats: frozenset[str] = frozenset()
    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
