"""Turns in which people are asked to sign the governors' report. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.access.recipients import report_signers
from data.people import away
from data.register.calendar import Calendar
from data.types import Person, School

_ASKS = time(8)
_DAYS_EACH = 2
"""So many working days each has, before the next is asked."""


def asked_to_sign(
    school: School, people: Sequence[Person], since: datetime, now: datetime, zone: ZoneInfo, days: Calendar
) -> tuple[Person, ...]:
    """Those who are asked by now to sign what was composed `since`, in turn; nobody away is waited for."""
    signers = [p for p in report_signers(school, people) if p.email]
    gone = away(signers, now)
    able = [p for p in signers if p.id not in gone] or signers
    return tuple(able[: 1 + _working_days(since, now, zone, days) // _DAYS_EACH])


def _working_days(since: datetime, now: datetime, zone: ZoneInfo, days: Calendar) -> int:
    """How many whole working days have passed since that day, until 08:00 on this one."""
    day, local = since.astimezone(zone).date(), now.astimezone(zone)
    last = local.date() - timedelta(days=1 if local.time() >= _ASKS else 2)
    return sum(days.working_day(day + timedelta(days=n)) for n in range(1, (last - day).days + 1))
