"""Facts of a report, in numbers that may be published. Nothing else about the week is kept for it.

Its week goes from Friday 16:00 to Friday 16:00 where the school is, by the ISO week it ends in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.weekly.disclosure import Cell
from data.errors import InputError
from data.words.say import choose_language

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
        year, week, _ = self.friday.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def year(self) -> int:
        """The year its ISO week belongs to."""
        return self.friday.isocalendar().year

    @property
    def number(self) -> int:
        return self.friday.isocalendar().week

    def start(self, zone: ZoneInfo) -> datetime:
        return _turn(self.friday - _DAYS, zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """The first moment after it, in UTC."""
        return _turn(self.friday, zone)

    def back(self, n: int = 1) -> Week:
        return Week(self.friday - n * _DAYS)

    def days(self) -> tuple[date, ...]:
        return tuple(self.friday - timedelta(days=6 - n) for n in range(7))


def last_complete(now: datetime, zone: ZoneInfo) -> Week:
    """The newest week that has ended by `now`."""
    today = now.astimezone(zone).date()
    week = Week(today + timedelta(days=(_FRIDAY - today.isoweekday()) % 7))
    return week if week.end(zone) <= now else week.back()


def parse_week(text: str) -> Week:
    """Return the week of a name such as “2026-W47”. Raises InputError."""
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


if TYPE_CHECKING:
    from pydantic import TypeAdapter

TONES = ("positive", "neutral", "negative")
KINDS = ("news", "social", "forums", "reviews", "people", "other")
IN_PART = "in_part"
"""Removed or changed, but for a place left standing: a row of its own, in weeks that have one."""
OUTCOMES = ("removed", IN_PART, "changed", "standing", "open")


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One week's mentions by tone, as they may be shown and were first shown; the total under `all`. A week
    whose tones are told in a longer window has its total only. `by_days` is True if part of it was counted by
    whole days; `partial` if we began to look during it."""

    week: str
    cells: dict[str, Cell]
    by_days: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class WindowRow:
    """Over which weeks tones and places are told, the first and the last included, and what was named in its
    last four weeks; `cells` by tone, the total under `all`. `left_out` of them were too small to be shown
    among larger ones, and are in none of its numbers."""

    first: str
    last: str
    weeks: int
    cells: dict[str, Cell]
    themes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One kind of places: how many, seen all week, in part, not at all. No small numbers to hide here."""

    kind: str
    places: int
    whole: int
    part: int
    none: int


@dataclass(frozen=True, slots=True)
class PolicyRow:
    title: str
    review_due: date | None


@dataclass(frozen=True, slots=True)
class TrustRow:
    """The talk about the school's trust itself: how often, and what articles told of (`events`)."""

    mentions: Cell
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """One report's numbers. Times are UTC.

    `weeks` ends with the report's own, earlier ones first; `unreported` counts those since the last report
    that had none. `where` is by kind of place and tone, totals last, under `all`, over the time that `window`
    says: the newest that was told, in this report or in an earlier one; None in reports from before there
    were longer ones, which tell of the week. `themes` are of a week that is told by itself. `answer_s`,
    `decision_s` and `removal_s` are medians in seconds. `reclassified` and `done` count what the school's own
    staff did: they are exact, even 0, except in older reports, where `done` is empty. `span` is over how many
    weeks, its own the last, it tells what was done, asked and read; `open` how many matters were open then
    that are not restricted, None in older reports. `accounts_short`: not every account of the school's own
    has two named members of staff. `off` counts places that are switched off. `trust` is there where the
    school's trust is watched for and nobody of it can be told."""

    urn: str
    school: str
    language: str
    week: str
    composed_at: datetime
    weeks: tuple[WeekRow, ...]
    unreported: int
    where: dict[str, dict[str, Cell]]
    unsure: Cell
    themes: dict[str, tuple[str, ...]]
    answers: dict[str, Cell]
    answer_s: float | None
    rungs: dict[str, Cell]
    outcomes: dict[str, Cell]
    removal_s: float | None
    places: tuple[PlaceRow, ...]
    asked: int
    seen: int
    reclassified: Cell
    policies: tuple[PolicyRow, ...]
    dpia: date | None
    decision_s: float | None = None
    window: WindowRow | None = None
    done: dict[str, int] = field(default_factory=dict)
    accounts_short: bool = False
    span: int = 1
    open: Cell | None = None
    off: int = 0
    trust: TrustRow | None = None

    @property
    def fresh(self) -> bool:
        """Is what is told of tones and places of this week alone?"""
        return self.window is None or (self.window.weeks == 1 and self.window.last == self.week)

    @property
    def own(self) -> WeekRow:
        return self.weeks[-1]

    @property
    def before(self) -> WeekRow | None:
        """The week before; None where we did not look then."""
        return self.weeks[-2] if len(self.weeks) > 1 else None


def to_json(facts: ReportFacts) -> str:
    """The facts as they are stored; the same facts always give the same text."""
    return _adapter().dump_json(facts).decode()


def from_json(text: str) -> ReportFacts:
    """Facts as they were stored; those stored for a language that has no edition are told in English."""
    facts = _adapter().validate_json(text)
    return replace(facts, language=choose_language(facts.language))


@cache
def _adapter() -> TypeAdapter[ReportFacts]:
    from pydantic import TypeAdapter

    return TypeAdapter(ReportFacts)
