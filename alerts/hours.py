"""When a message that can wait goes out: in working hours by the school's own calendar. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.calendar import Calendar

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
