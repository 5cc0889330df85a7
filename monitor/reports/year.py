"""A year's incidents, counted from the store for the yearly review of the policy."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from alerts.ladder.replay import replay
from alerts.weekly.document import ReportDocument
from alerts.weekly.year import Incident, year_document
from data.errors import InputError
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.reporting import weekly_counts
from data.types import School
from monitor.config.load import Config

_LEAST_MONTHS, _MOST_MONTHS = 6, 24


def whole_months(first: date | None, last: date | None, today: date) -> tuple[date, ...]:
    """The months of that time, each by its first day; the last twelve that are over where nothing is said.

    Raises InputError for what are no whole months that are over, six at least: of two times that differ by
    a few days the difference would be a small number.
    """
    end = _next(last) if last else today.replace(day=1)
    begin = first or _back(end, 12)
    if begin.day != 1 or end.day != 1 or end > today.replace(day=1):
        raise InputError("⟨from⟩ is the first day of a month, ⟨to⟩ the last day of one that is over.")
    months: list[date] = []
    while begin < end and len(months) <= _MOST_MONTHS:
        months.append(begin)
        begin = _next(_last(begin))
    if not _LEAST_MONTHS <= len(months) <= _MOST_MONTHS:
        raise InputError(
            f"From {_LEAST_MONTHS} to {_MOST_MONTHS} whole months are counted together: of fewer, small "
            "numbers could be worked out."
        )
    return tuple(months)


def year(
    con: Connection, config: Config, school: School, months: tuple[date, ...], now: datetime
) -> ReportDocument:
    """The page of the school's incidents in those months."""
    begin, end = (datetime.combine(day, time(), config.zone) for day in (months[0], _next(_last(months[-1]))))
    removals = weekly_counts.removals(con, school.urn, begin, end)
    cases = case_store.with_place(con, [replay(case_store.steps(con, r.case_id)) for r in removals])
    found = [Incident(case, removal) for case, removal in zip(cases, removals, strict=True)]
    return year_document(school, months, found, config.zone, now)


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _last(month: date) -> date:
    return _next(month.replace(day=28) + timedelta(days=3)).replace(day=1) - timedelta(days=1)


def _back(month: date, months: int) -> date:
    n = month.year * 12 + month.month - 1 - months
    return date(n // 12, n % 12 + 1, 1)
