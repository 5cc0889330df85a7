"""Small numbers: which cells of a table may be shown so that none below five can be worked out. Pure.

A table with its totals is a flow: every number runs along an arc from one node to another, and what
enters a node leaves it (the cells of a row come to the row's total, the totals of the rows to the whole).
What a reader can learn of a hidden number is then exactly how far the flow along its arc can
change while all that is shown stays: a largest flow in what is left over, in whole numbers. A number
below five is hidden ("fewer than 5", 0 to 4); if it could still be worked out from the rest,
others are hidden as well ("not shown", known to be five or more) until each hidden number may have
five values. The totals of the week are spared where three are left without them. (Rule: the domain
guide's "Governors' weekly report"; method: secondary suppression by network flow, as statistics
offices do it.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from types import MappingProxyType

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


@dataclass(frozen=True, slots=True)
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
