"""The report's week: Friday 16:00 to Friday 16:00 where the school is, by the ISO week it ends in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.weekly.facts import ReportFacts, TermRow, WeekRow, WindowRow
from alerts.weekly.numbers.disclosure import FEW_STANDS_FOR, Hidden
from alerts.weekly.numbers.tables import WHOLE
from data.errors import InputError
from data.register.calendar import Term

MOST_TERMS = 4
_AUTUMN, _SPRING, _SUMMER = "autumn", "spring", "summer"
_BEGINS = ((8, _AUTUMN), (4, _SUMMER), (1, _SPRING))
"""By the month in which a term, or the half of one, begins."""
_LONGEST = timedelta(days=150)
"""A term and its holidays; dates that ended longer ago say nothing of now."""


def by_term(
    weeks: Sequence[WeekRow], window: WindowRow | None, reports: Sequence[ReportFacts], terms: Sequence[Term]
) -> tuple[TermRow, ...]:
    """The newest terms of which anything was shown, the earliest first."""
    rows: dict[str, TermRow] = {}
    shown: set[str] = set()
    for told in _pieces(weeks, window, reports):
        name = term_of(named(told.last), terms)
        if told.cells[WHOLE] is not Hidden.BESIDE:
            rows[name] = _added(rows.get(name, TermRow(name, 0, 0)), told)
        if isinstance(told.cells[WHOLE], int):
            shown.add(name)
    return tuple(row for name, row in rows.items() if name in shown)[-MOST_TERMS:]


def _added(row: TermRow, told: WindowRow) -> TermRow:
    """With a week too small to be shown taken as 2: without those, a quiet term would seem a busy one."""
    mentions, concern = told.cells[WHOLE], told.cells.get("negative")
    few = told.left_out + (mentions is Hidden.FEW)
    return replace(
        row,
        weeks=row.weeks + told.weeks,
        mentions=row.mentions + FEW_STANDS_FOR * few + (mentions if isinstance(mentions, int) else 0),
        concern=row.concern + (concern if isinstance(concern, int) else 0),
        judged=row.judged + (mentions if isinstance(mentions, int) and isinstance(concern, int) else 0),
    )


def term_of(week: Week, terms: Sequence[Term]) -> str:
    """“2026-autumn”: by the term that began last before the week ended, or else by the week’s month."""
    begun = max((t.first for t in terms if t.first <= week.friday), default=None)
    day: date = begun if begun and week.friday - begun < _LONGEST else week.friday
    return f"{day.year}-{next(name for month, name in _BEGINS if day.month >= month)}"


def _pieces(
    weeks: Sequence[WeekRow], window: WindowRow | None, reports: Sequence[ReportFacts]
) -> Iterator[WindowRow]:
    """Every week once, the earliest first: within the longer window that tells of it, or by itself."""
    given = [w for w in (*(r.window for r in reports), window) if w and w.weeks > 1]
    longer = {w.last: w for w in given if isinstance(w.cells[WHOLE], int)}
    within = {named(w.last).back(n).name for w in given for n in range(w.weeks) if w.last in longer}
    single = {row.week: row for report in reversed(reports) for row in report.weeks}
    single |= {row.week: row for row in weeks}
    rows = {name: WindowRow(name, name, 1, row.cells) for name, row in single.items() if name not in within}
    for name in sorted(rows | longer):
        yield longer[name] if name in longer else rows[name]


TURNS = time(16)
_FRIDAY = 5
_WRITTEN = re.compile(r"(\d{4})-W(\d{2})")
_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One report's week, by the Friday on which it ends."""

    friday: date

    @property
    def name(self) -> str:
        """“2026-W47”."""
        year, week, _ = self.friday.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def year(self) -> int:
        """The year its ISO week belongs to."""
        return self.friday.isocalendar().year

    @property
    def number(self) -> int:
        """The number of its ISO week, 1 to 53."""
        return self.friday.isocalendar().week

    def start(self, zone: ZoneInfo) -> datetime:
        """Its first moment, in UTC."""
        return _turn(self.friday - _DAYS, zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """The first moment after it, in UTC."""
        return _turn(self.friday, zone)

    def back(self, n: int = 1) -> Week:
        """The week that many before."""
        return Week(self.friday - n * _DAYS)

    def days(self) -> tuple[date, ...]:
        """Its Saturday to its Friday."""
        return tuple(self.friday - timedelta(days=6 - n) for n in range(7))


def last_complete(now: datetime, zone: ZoneInfo) -> Week:
    """The newest week that has ended by `now`."""
    today = now.astimezone(zone).date()
    week = Week(today + timedelta(days=(_FRIDAY - today.isoweekday()) % 7))
    return week if week.end(zone) <= now else week.back()


def named(text: str) -> Week:
    """The week of a name such as “2026-W47”. Raises InputError."""
    found = _WRITTEN.fullmatch(text.strip().upper())
    if found is None:
        raise InputError(f"⟨week⟩ {text}: not a week. Write the year and its ISO week, for example 2026-W47.")
    year, week = int(found[1]), int(found[2])
    try:
        return Week(date.fromisocalendar(year, week, _FRIDAY))
    except ValueError:
        raise InputError(f"⟨week⟩ {text}: there is no week {week} in {year}.") from None


def _turn(friday: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(friday, TURNS, zone).astimezone(UTC)
