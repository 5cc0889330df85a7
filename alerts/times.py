"""When a message is due and when it is stale. Pure; the zone is the school's."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.types import Alert, Severity

OPENS = time(8)
CLOSES = time(18)
INSTANT_LIFE = timedelta(hours=24)
"""An instant alert that could not be sent for a day is told, not sent."""

_SATURDAY = 5


def due_at(alert: Alert, now: datetime, zone: ZoneInfo) -> datetime:
    """When the alert goes out: aware, UTC's instant in the zone of `now`.

    At once, at any hour, for severity 4 and for the routes safeguarding and police_now. Otherwise
    at once between 08:00 and 18:00 on Monday to Friday, else at 08:00 on the next such day.
    """
    if alert.severity >= Severity.THIS_HOUR or alert.route.urgent:
        return now
    local = now.astimezone(zone)
    if local.weekday() < _SATURDAY and OPENS <= local.time() < CLOSES:
        return now
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, zone).astimezone(now.tzinfo)
