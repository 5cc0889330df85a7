"""When what a case waits for is due: the clocks of the law, of policies and platforms, and our own. Pure.

Each has its own way of counting, and each rule names its source. The law's clocks run in London by the
bank holidays of England and Wales, wherever the school is; those of staff run by the school's own
calendar and zone. None is a promise by anybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.cases import Profile
from data.register.calendar import Calendar, months_after
from data.rungs import CaseClock

LONDON = ZoneInfo("Europe/London")
_OF_THE_LAW = Calendar("england")
"""England and Wales have the same bank holidays."""
_DAY = timedelta(days=1)
_TWO_DAYS = timedelta(hours=48)
_POSTERS_DAYS = 5
_WEEK = timedelta(days=7)
_RECHECKS = (timedelta(hours=1), timedelta(hours=24), timedelta(hours=72), _WEEK, timedelta(days=30))


def due(
    clock: CaseClock, started: datetime, *, calendar: Calendar, zone: ZoneInfo, profile: Profile
) -> datetime:
    """When what began at `started` (aware) is due, in UTC; `calendar` and `zone` are the school's. An end at
    midnight is given as the first moment of the next day. Raises KeyError for an unknown clock."""
    if clock is CaseClock.AUTHOR_DAYS:
        last = started.astimezone(zone).date()
        for _ in range(profile.author_days):
            last = calendar.next_school_day(last)
        return _midnight(last + _DAY, zone)
    if clock is CaseClock.CHASE_2_WORKING_DAYS:
        return _end_of_two_days(started, zone, lambda day: not calendar.working_day(day))
    if clock is CaseClock.OPERATOR_S5_48H:
        return _end_of_two_days(started, LONDON, lambda day: not _OF_THE_LAW.working_day(day))
    if clock is CaseClock.POSTER_5D:
        return _midnight(started.astimezone(LONDON).date() + timedelta(_POSTERS_DAYS + 1), LONDON)
    if clock is CaseClock.ART14_MONTH:
        return _same_time(started, lambda day: months_after(day, 1), zone)
    if clock in _DAYS:
        return _same_time(started, lambda day: day + timedelta(_DAYS[clock]), zone)
    hours = timedelta(hours=profile.host_hours) if clock is CaseClock.BASILDON_24H else _ELAPSED[clock]
    return started.astimezone(UTC) + hours


_DAYS: Mapping[CaseClock, int] = {CaseClock.DP_COMPLAINT_30D: 30, CaseClock.REVIEW_30D: 30}
_ELAPSED: Mapping[CaseClock, timedelta] = {
    CaseClock.PLATFORM_48H: _TWO_DAYS,
    CaseClock.RHC_WEEK: _WEEK,
    CaseClock.RECHECK: _RECHECKS[0],
    CaseClock.WARN_1H: timedelta(hours=1),
}


def limitation_ends(published: datetime) -> date:
    """The last day on which an action for defamation may as a rule be begun: a year from first publication
    (aware), whose own day does not count. Limitation Act 1980, s.4A; in Scotland, Defamation and Malicious
    Publication (Scotland) Act 2021, s.32; in Northern Ireland, Limitation (NI) Order 1989, art. 6(2)."""
    return months_after(published.astimezone(LONDON).date(), 12)


def recheck_times(said_gone_at: datetime) -> tuple[datetime, ...]:
    """When to look at what is said to be gone since then (aware): 1, 24, 72 hours, 7, 30 days on, in UTC."""
    start = said_gone_at.astimezone(UTC)
    return tuple(start + wait for wait in _RECHECKS)


def _end_of_two_days(started: datetime, zone: ZoneInfo, discarded: Callable[[date], bool]) -> datetime:
    """Return forty-eight hours after `started`, without the parts of the local days discarded."""
    at, left = started.astimezone(UTC), _TWO_DAYS
    while True:
        day = at.astimezone(zone).date()
        tomorrow = _midnight(day + _DAY, zone)
        if not discarded(day):
            if left <= tomorrow - at:
                return at + left
            left -= tomorrow - at
        at = tomorrow


def _same_time(started: datetime, later: Callable[[date], date], zone: ZoneInfo) -> datetime:
    local = started.astimezone(zone)
    return datetime.combine(later(local.date()), local.timetz()).astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)
