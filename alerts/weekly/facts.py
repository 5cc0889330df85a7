"""Facts of a report, in numbers that may be published, and which cells of a table may be shown so that none
below five can be worked out. Nothing else about the week is kept for it. Pure.

Its week goes from Friday 16:00 to Friday 16:00 where the school is, by the ISO week it ends in.

A table with its totals is a flow: every number runs along an arc from one node to another, and what enters a
node leaves it (the cells of a row come to the row's total, the totals of the rows to the whole). What a
reader can learn of a hidden number is then exactly how far the flow along its arc can change while all that
is shown stays: a largest flow in what is left over, in whole numbers. A number below five is hidden ("fewer
than 5", 0 to 4); if it could still be worked out from the rest, others are hidden as well ("not shown", known
to be five or more) until each hidden number may have five values. The totals of the week are spared where
three are left without them. (Rule: the domain guide's "Governors' weekly report"; method: secondary
suppression by network flow, as statistics offices do it.)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from heapq import heappop, heappush
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.errors import InputError
from data.frozen import freeze
from data.register.calendar import local_day
from data.words.say import choose_language

LEAST = 5
"""A number below this is not shown; a hidden number may have so many values."""
FEWEST = 3
"""At least this many, whatever that costs the reader."""
FEW_STANDS_FOR = LEAST // 2
"""What a hidden number is taken as where an average or what is usual needs one."""
DEAR = 1000
"""Hiding a number of this cost or more is done only for the sake of `FEWEST`."""


class Hidden(StrEnum):
    FEW = "few"
    BESIDE = "beside"


Cell = int | Hidden


@freeze
class Arc:
    """One number of a table: it leaves `tail`, enters `head`; `cost` is what hiding it loses the reader."""

    name: str
    tail: str
    head: str
    value: int
    cost: int


def hide_numbers(arcs: Sequence[Arc], told: Mapping[str, Cell] = MappingProxyType({})) -> dict[str, Cell]:
    """Return each number by name, as it may be shown. What `told` names has been published as it is there:
    nothing of it can be hidden any more. Raises ValueError if the numbers do not add up at a node."""
    _refuse_unbalanced(arcs)
    cells: dict[str, Cell] = {a.name: a.value if a.value >= LEAST else Hidden.FEW for a in arcs}
    cells.update(told)
    while more := next((found for arc in arcs if (found := _hide_for(arcs, cells, arc, told))), None):
        cells.update(dict.fromkeys(more, Hidden.BESIDE))
    return cells


def is_well_hidden(arcs: Sequence[Arc], cells: Mapping[str, Cell]) -> bool:
    """May a reader of all these cells think at least `FEWEST` values possible for each hidden one?"""
    net = _Net(arcs, cells)
    hidden = (arc for arc in arcs if isinstance(cells[arc.name], Hidden))
    return all(net.values(arc) >= FEWEST for arc in hidden)


def lone(value: int) -> Cell:
    return value if value >= LEAST else Hidden.FEW


def _hide_for(arcs: Sequence[Arc], cells: Mapping[str, Cell], arc: Arc, told: Collection[str]) -> list[str]:
    """The cheapest numbers to hide so that one hidden number may have more values; none where it has enough.
    None either if hiding more cannot help: in 4 + 1 = 5 the four cannot be 0."""
    if not isinstance(cells[arc.name], Hidden):
        return []
    net = _Net(arcs, cells, told)
    (up, after_up), (down, after_down) = net.slack(arc, up=True), net.slack(arc, up=False)
    if up + down + 1 >= LEAST:
        return []
    ways = (net.cheapest(after_up, arc, up=True), net.cheapest(after_down, arc, up=False))
    best = min((way for way in ways if way), key=net.cost, default=[])
    return [] if up + down + 1 >= FEWEST and net.cost(best) >= DEAR else best


_Step = tuple[str, str, str]
"""An arc's name, where the step begins, where it ends; against the arc's own way, flow is taken off it."""
_Room = dict[_Step, int]
_NO_LIMIT = 1_000_000_000


def _limits(cell: Cell) -> tuple[int, int]:
    if cell is Hidden.FEW:
        return 0, LEAST - 1
    if cell is Hidden.BESIDE:
        return LEAST, _NO_LIMIT
    return int(cell), int(cell)


class _Net:
    """The arcs with what may flow more or less on each, for a reader of these cells."""

    def __init__(
        self, arcs: Sequence[Arc], cells: Mapping[str, Cell], told: Collection[str] = frozenset()
    ) -> None:
        self.arcs = arcs
        self.limits = {a.name: _limits(cells[a.name]) for a in arcs}
        fast = {a.name for a in arcs if a.name in told or isinstance(cells[a.name], Hidden)}
        self.costs = {a.name: 0 if a.name in fast else a.cost for a in arcs}

    def cost(self, names: Iterable[str]) -> int:
        return sum(self.costs[name] for name in names)

    def values(self, arc: Arc) -> int:
        """Count the values that one number may have; no more than `LEAST` are counted."""
        up = self.slack(arc, up=True)[0]
        return min(LEAST, up + 1) if up + 1 >= LEAST else up + self.slack(arc, up=False)[0] + 1

    def slack(self, arc: Arc, *, up: bool) -> tuple[int, _Room]:
        """Return how much more (or less) one number may be, and what room is left then on the other arcs."""
        least, greatest = self.limits[arc.name]
        enough = greatest - arc.value if up else arc.value - least
        start, end = (arc.head, arc.tail) if up else (arc.tail, arc.head)
        room = self._room(self.limits, arc)
        total = 0
        while total < enough and (path := _path(room, dict.fromkeys(room, 0), start, end)):
            free = min(enough - total, *(room[step] for step in path))
            for name, tail, head in path:
                room[name, tail, head] -= free
                room[name, head, tail] += free
            total += free
        return total, room

    def cheapest(self, room: _Room, arc: Arc, *, up: bool) -> list[str]:
        """The shown numbers on the cheapest way round that would give it room, were they hidden."""
        shown_ones = {name: (LEAST, _NO_LIMIT) for name, cost in self.costs.items() if cost}
        hoped = self._room({**self.limits, **shown_ones}, arc)
        free = {step: hoped[step] if step[0] in shown_ones else room[step] for step in room}
        start, end = (arc.head, arc.tail) if up else (arc.tail, arc.head)
        path = _path(free, {step: self.costs[step[0]] for step in free}, start, end)
        return [name for name, _, _ in path if self.costs[name]]

    def _room(self, limits: Mapping[str, tuple[int, int]], besides: Arc) -> _Room:
        room: _Room = {}
        for a in self.arcs:
            if a.name != besides.name:
                least, greatest = limits[a.name]
                room[a.name, a.tail, a.head] = greatest - a.value
                room[a.name, a.head, a.tail] = a.value - least
        return room


def _path(room: Mapping[_Step, int], costs: Mapping[_Step, int], start: str, end: str) -> list[_Step]:
    best: dict[str, tuple[int, int]] = {start: (0, 0)}
    came: dict[str, _Step] = {}
    waiting = [((0, 0), start)]
    leaving: dict[str, list[_Step]] = {}
    for step, free in room.items():
        if free > 0:
            leaving.setdefault(step[1], []).append(step)
    while waiting:
        so_far, node = heappop(waiting)
        if so_far > best[node]:
            continue
        for step in leaving.get(node, ()):
            then = (so_far[0] + costs[step], so_far[1] + 1)
            if step[2] not in best or then < best[step[2]]:
                best[step[2]] = then
                came[step[2]] = step
                heappush(waiting, (then, step[2]))
    path: list[_Step] = []
    while came and end in came and (not path or path[-1][1] != start):
        path.append(came[path[-1][1] if path else end])
    return path


def _refuse_unbalanced(arcs: Iterable[Arc]) -> None:
    left: dict[str, int] = {}
    for a in arcs:
        left[a.tail] = left.get(a.tail, 0) - a.value
        left[a.head] = left.get(a.head, 0) + a.value
    if any(left.values()):
        raise ValueError(f"the numbers do not add up at: {', '.join(n for n, v in left.items() if v)}")


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
    today = local_day(now, zone)
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


@freeze
class WeekRow:
    """One week's mentions by tone, as they may be shown and were first shown; the total under `all`. A week
    whose tones are told in a longer window has its total only. `by_days` is True if part of it was counted by
    whole days; `partial` if we began to look during it."""

    week: str
    cells: dict[str, Cell]
    by_days: bool = False
    partial: bool = False


@freeze
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


@freeze
class PlaceRow:
    """One kind of places: how many, seen all week, in part, not at all. No small numbers to hide here."""

    kind: str
    places: int
    whole: int
    part: int
    none: int


@freeze
class PolicyRow:
    title: str
    review_due: date | None


@freeze
class TrustRow:
    """The talk about the school's trust itself: how often, and what articles told of (`events`)."""

    mentions: Cell
    events: tuple[str, ...] = ()


@freeze
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
    has two named members of staff. `became`: dangers that ended, by what became of them. `off` counts places
    that are switched off. `trust` is there where the school's trust is watched for and nobody of it can be
    told."""

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
    became: dict[str, Cell] = field(default_factory=dict)
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
