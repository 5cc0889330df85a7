"""Small tables as they may be shown, and what a reader of them could learn, worked out apart from that."""

from collections.abc import Mapping, Sequence

from support.feasible import Known

from alerts.weekly.numbers.disclosure import LEAST, Arc, Cell, Hidden
from alerts.weekly.numbers.tables import split_on

NO_LIMIT = 10**9
_LIMITS = {Hidden.FEW: (0, LEAST - 1), Hidden.BESIDE: (LEAST, None)}


def divided(parts: Mapping[str, int]) -> dict[str, Cell]:
    """One whole, divided in one way."""
    return split_on(parts, {"undivided": sum(parts.values())}, (), {})[0]


def spans_of(arcs: Sequence[Arc], cells: Mapping[str, Cell]) -> dict[str, tuple[int, int]]:
    """The least and the greatest value that a reader of `cells` must think possible for each hidden number:
    every whole number between them is possible too.
    """
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
