"""The report's tables as flows, so that `disclosure` can say what may be shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alerts.weekly.numbers.disclosure import Arc, Cell, shown

TOTAL_COST, _COLUMN_COST, _ROW_COST = 100_000, 5_000, 200
"""What hiding a total loses the reader: the whole most, then what a column comes to (the week's praise and
concern, which the first paragraph needs), then what a row does. The first two are `disclosure.DEAR`."""
_COST, _MOST_DEARER = 10, 9
"""What hiding any other number loses; a larger one a little more."""
WHOLE = "all"


def cross(
    rows: Sequence[str], columns: Sequence[str], values: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], Cell]:
    """A table of rows by columns with both totals, as it may be shown.

    Keys of the answer are (row, column); a total stands under `WHOLE`. A pair without value is nought.
    """
    arcs = [
        Arc(f"{r}|{c}", f"r:{r}", f"c:{c}", n := values.get((r, c), 0), cell_cost(n))
        for r in rows
        for c in columns
    ]
    arcs += [
        Arc(f"{r}|{WHOLE}", "in", f"r:{r}", sum(values.get((r, c), 0) for c in columns), _ROW_COST)
        for r in rows
    ]
    arcs += [
        Arc(f"{WHOLE}|{c}", f"c:{c}", "out", sum(values.get((r, c), 0) for r in rows), column_cost(c))
        for c in columns
    ]
    arcs.append(Arc(f"{WHOLE}|{WHOLE}", "out", "in", sum(values.values()), TOTAL_COST))
    cells = shown(arcs)
    return {(r, c): cells[f"{r}|{c}"] for r in (*rows, WHOLE) for c in (*columns, WHOLE)}


def split_on(
    first: Mapping[str, int], second: Mapping[str, int], of: Sequence[str], third: Mapping[str, int]
) -> tuple[dict[str, Cell], dict[str, Cell], dict[str, Cell]]:
    """One whole, divided in two ways, as it may be shown, each with the total under `WHOLE`; the parts `of`
    the second are divided in a third, whose sum is not shown.

    The third way is hidden before the others. Raises ValueError where two ways do not come to the same total,
    or the third not to these.
    """
    arcs = [Arc(f"0|{name}", "in", "middle", value, cell_cost(value)) for name, value in first.items()]
    arcs.append(Arc(f"0|{WHOLE}", "middle", "out", sum(first.values()), TOTAL_COST))
    arcs += [
        Arc(f"1|{name}", "out", "of" if name in of else "in", value, cell_cost(value))
        for name, value in second.items()
    ]
    arcs += [Arc(f"2|{name}", "of", "in", value, 1) for name, value in third.items()]
    cells = shown(arcs)
    by_first, by_second, by_third = (
        {name: cells[f"{n}|{name}"] for name in way} for n, way in enumerate((first, second, third))
    )
    whole = {WHOLE: cells[f"0|{WHOLE}"]}
    return by_first | whole, by_second | whole, by_third


def several(ways: Sequence[Mapping[str, int]]) -> tuple[list[dict[str, Cell]], Cell]:
    """One whole divided in several ways, as it may be shown: each way, and the whole.

    Raises ValueError where two ways do not come to the same total.
    """
    arcs = [
        Arc(f"{n}|{name}", f"{n}", f"{n + 1}", value, cell_cost(value))
        for n, way in enumerate(ways)
        for name, value in way.items()
    ]
    arcs.append(Arc(WHOLE, f"{len(ways)}", "0", sum(ways[0].values()), TOTAL_COST))
    cells = shown(arcs)
    return [{name: cells[f"{n}|{name}"] for name in way} for n, way in enumerate(ways)], cells[WHOLE]


def column_cost(name: str) -> int:
    """What hiding a column's total loses: what is neither praise nor concern is missed least."""
    return _COLUMN_COST - (name == "neutral")


def cell_cost(value: int) -> int:
    """What hiding a number inside a table loses."""
    return _COST + min(_MOST_DEARER, value // 10)
