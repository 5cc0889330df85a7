"""Small tables as they may be shown, and what a reader of them could learn, worked out apart from that."""

from collections.abc import Hashable
from fractions import Fraction

from alerts.weekly.compose import WHOLE, several
from alerts.weekly.facts import LEAST, Hidden

Sum = dict[Hashable, int]


class Known:
    """Sums that are known, each from `low` to `high`; of no `high`, it may be anything from `low` on."""

    def __init__(self, sums):
        self._rows: list[dict[Hashable, Fraction]] = []
        self._right: list[Fraction] = []
        self._basis: list[Hashable] = []
        self._order: dict[Hashable, int] = {}
        for n, (parts, low, high) in enumerate(sums):
            if high is not None and high != low:
                self._add({**parts, ("under", n): 1}, high, ("under", n))
            if high == low:
                self._add({**parts, ("wanted", n): 1}, low, ("wanted", n))
            elif low > 0:
                self._add({**parts, ("over", n): -1, ("wanted", n): 1}, low, ("wanted", n))
        wanted = {name: 1 for name in self._basis if name[0] == "wanted"}
        assert self._least(wanted, frozenset()) == 0, "these sums contradict each other"
        for at, name in enumerate(self._basis):
            if name[0] == "wanted":
                other = next((v for v in self._rows[at] if v[0] != "wanted"), None)
                if other is not None:
                    self._pivot(at, other)
        self._never = frozenset(name for row in self._rows for name in row if name[0] == "wanted")

    def span(self, parts):
        """The least and the greatest that these parts may come to; None: there is no greatest."""
        least = self._least(parts, self._never)
        most = self._least({name: -n for name, n in parts.items()}, self._never)
        assert least is not None
        return least, None if most is None else -most

    def _add(self, row, right, basic):
        for name in row:
            self._order.setdefault(name, len(self._order))
        self._rows.append({name: Fraction(n) for name, n in row.items()})
        self._right.append(Fraction(right))
        self._basis.append(basic)

    def _least(self, parts, never):
        while True:
            where = {name: at for at, name in enumerate(self._basis)}
            reduced = {name: Fraction(n) for name, n in parts.items()}
            for name, n in parts.items():
                if name in where:
                    for other, v in self._rows[where[name]].items():
                        reduced[other] = reduced.get(other, Fraction(0)) - n * v
            falling = [v for v, r in reduced.items() if r < 0 and v not in never]
            if any(v not in self._order for v in falling):
                return None  # of it nothing is known
            better = min(falling, key=self._order.__getitem__, default=None)
            if better is None:
                return sum((n * self._right[where[v]] for v, n in parts.items() if v in where), Fraction(0))
            leaving = [
                (self._right[at] / row[better], self._order[self._basis[at]], at)
                for at, row in enumerate(self._rows)
                if row.get(better, 0) > 0
            ]
            if not leaving:
                return None
            self._pivot(min(leaving)[2], better)

    def _pivot(self, at, enters):
        row, by = self._rows[at], self._rows[at][enters]
        self._rows[at] = row = {name: v / by for name, v in row.items()}
        self._right[at] /= by
        for n, other in enumerate(self._rows):
            if n != at and (times := other.get(enters)):
                for name, v in row.items():
                    now = other.get(name, Fraction(0)) - times * v
                    if now:
                        other[name] = now
                    else:
                        other.pop(name, None)
                self._right[n] -= times * self._right[at]
        self._basis[at] = enters


NO_LIMIT = 10**9
_LIMITS = {Hidden.FEW: (0, LEAST - 1), Hidden.BESIDE: (LEAST, None)}


def divided(parts):
    """One whole, divided in one way."""
    (cells,), whole = several((parts,))
    return cells | {WHOLE: whole}


def spans_of(arcs, cells):
    """The least and greatest value that a reader of `cells` must think possible for each hidden number."""
    nodes: dict[str, dict[object, int]] = {}
    for arc in arcs:
        nodes.setdefault(arc.tail, {})[("arc", arc.name)] = -1
        nodes.setdefault(arc.head, {})[("arc", arc.name)] = 1
    sums = [(parts, 0, 0) for parts in nodes.values()]
    known = Known(
        [*sums, *(({("arc", n): 1}, *_LIMITS.get(cell, (cell, cell))) for n, cell in cells.items())]
    )
    hidden = [name for name, cell in cells.items() if isinstance(cell, Hidden)]
    found = {name: known.span({("arc", name): 1}) for name in hidden}
    return {n: (int(least), NO_LIMIT if most is None else int(most)) for n, (least, most) in found.items()}
