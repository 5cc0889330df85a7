"""When a message is due and when it is stale. Pure; the zone and the calendar are the school's."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.hours import in_working_hours
from data.calendar import Calendar
from data.content_class import ContentClass
from data.types import Alert, Severity, Via

INSTANT_LIFE = timedelta(hours=24)
"""An instant alert that could not be sent for a day is told, not sent."""


def due_at(alert: Alert, now: datetime, zone: ZoneInfo, calendar: Calendar, via: Via = Via.MAIL) -> datetime:
    """When the alert goes out: aware, in the zone of `now`.

    At once, at any hour, for severity 4 and for the routes safeguarding and police_now; by mail, which
    wakes nobody, also for what is odd on the school's own accounts (Monkhouse 401: immediately). Otherwise
    at once between 08:00 and 18:00 on a working day of the school, else at 08:00 on the next one.
    """
    if alert.severity >= Severity.THIS_HOUR or alert.route.urgent:
        return now
    if alert.content_class == ContentClass.OWN_ACCOUNT and via is Via.MAIL:
        return now
    return in_working_hours(now, zone, calendar)
