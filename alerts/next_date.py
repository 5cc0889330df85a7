"""By when something is next to be done in a matter: one answer for every list. Pure.

Of what nobody has, when somebody must have decided: within the hour, or on the day on which it is told. Of an
allegation against staff in England, the working day in which the LADO is told (Keeping Children Safe in
Education, part four). Of a case, its clocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.means import due_at
from data.cases import Case
from data.frozen import dataclass
from data.matters import DECIDE as DECIDE
from data.matters import LADO as LADO
from data.matters import NextDate as NextDate
from data.register.calendar import Calendar
from data.steps.codes import BypassRoute
from data.types import Alert, Severity

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """Where and by which calendar a school counts its days."""

    nation: str
    zone: ZoneInfo
    calendar: Calendar


def next_date(
    alert: Alert | None,
    cases: Sequence[Case],
    days: SchoolDays,
    now: datetime,
    *,
    had: bool,
    lane: BypassRoute | None = None,
) -> NextDate | None:
    """What is due first in a matter, None where nothing is. `cases` are all about it, open or closed.

    `had` says that somebody has it; `lane` is the way past the removal ladder that its alert takes.
    """
    found = list(_of_cases(cases, now))
    if alert is not None and not had:
        found.append(to_decide(alert, days, now))
    if lane is BypassRoute.STAFF_ALLEGATION or any(c.lane is BypassRoute.STAFF_ALLEGATION for c in cases):
        known = [c.opened_at for c in cases] + ([alert.raised_at] if alert else [])
        found += _of_allegation(cases, min(known), days, now)
    return min(found, key=lambda d: d.at, default=None)


def _of_cases(cases: Iterable[Case], now: datetime) -> Iterator[NextDate]:
    for case in cases:
        yield from (NextDate(w.due_at, w.clock, late=True) for w in case.late(now))
        if (due := case.due(now)) is not None and case.closed_at is None:
            yield NextDate(due.due_at, due.clock, late=False)


def _of_allegation(
    cases: Sequence[Case], known: datetime, days: SchoolDays, now: datetime
) -> Iterator[NextDate]:
    ended = bool(cases) and all(c.closed_at for c in cases)
    if days.nation == "england" and not ended and not any(LADO in c.referred_to for c in cases):
        day = known.astimezone(days.zone).date() + _DAY
        while not days.calendar.working_day(day):
            day += _DAY
        at = _end(day, days.zone)
        yield NextDate(at, LADO, late=at <= now)


def to_decide(alert: Alert, days: SchoolDays, now: datetime) -> NextDate:
    """When somebody must have decided what is to become of what nobody has, as its mail says: an hour after
    it is raised, else the day on which it is told.
    """
    if alert.severity >= Severity.THIS_HOUR:
        at = alert.raised_at + _HOUR
    else:
        told = due_at(alert, alert.raised_at, days.zone, days.calendar)
        at = _end(told.astimezone(days.zone).date(), days.zone)
    return NextDate(at, DECIDE, late=at <= now)


def _end(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + _DAY, time(0), zone).astimezone(UTC)
