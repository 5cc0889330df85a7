"""The report's tables as flows, so that `disclosure` can say what may be shown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from alerts.weekly.disclosure import FEWEST, LEAST, Arc, Cell, hide_numbers, is_well_hidden
from alerts.weekly.facts import KINDS, TONES

TOTAL_COST, _COLUMN_COST, _ROW_COST = 100_000, 5_000, 200
"""What hiding a total loses the reader: the whole most, then what a column comes to (the week's praise and
concern, which the first paragraph needs), then what a row does. The first two are `disclosure.DEAR`."""
_COST, _MOST_DEARER = 10, 9
"""What hiding any other number loses; a larger one a little more."""
WHOLE = "all"


def cross(
    rows: Sequence[str], columns: Sequence[str], values: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], Cell]:
    """A table of rows by columns with both totals, as it may be shown. Keys of the answer are (row, column);
    a total stands under `WHOLE`. A pair without value is nought."""
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
    cells = hide_numbers(arcs)
    return {(r, c): cells[f"{r}|{c}"] for r in (*rows, WHOLE) for c in (*columns, WHOLE)}


def several(ways: Sequence[Mapping[str, int]]) -> tuple[list[dict[str, Cell]], Cell]:
    """One whole divided in several ways, as it may be shown: each way, and the whole. Raises ValueError where
    two ways do not come to the same total."""
    arcs = [
        Arc(f"{n}|{name}", f"{n}", f"{n + 1}", value, cell_cost(value))
        for n, way in enumerate(ways)
        for name, value in way.items()
    ]
    arcs.append(Arc(WHOLE, f"{len(ways)}", "0", sum(ways[0].values()), TOTAL_COST))
    cells = hide_numbers(arcs)
    return [{name: cells[f"{n}|{name}"] for name in way} for n, way in enumerate(ways)], cells[WHOLE]


def column_cost(name: str) -> int:
    """Return what hiding a column's total loses: what is neither praise nor concern is missed least."""
    return _COLUMN_COST - (name == "neutral")


def cell_cost(value: int) -> int:
    """Return what hiding a number inside a table loses."""
    return _COST + min(_MOST_DEARER, value // 10)


MONTH = 4
"""A window that is not one week is so many weeks, or a multiple of it."""
LONG = 12
"""From so many weeks on (a term) a window is told even if praise or concern is too small."""
LONGEST = 52
ALONE = 30
"""A week of so many mentions is told by itself."""
_ALWAYS = ("people", "other")
"""Kinds of place that may hold something in any week: what people hand in may be from anywhere."""

Table = dict[str, dict[str, Cell]]
"""By kind of place and tone, totals under `WHOLE`."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A week as it was first counted, by “kind|tone”; never published. `seen` are the kinds of place where
    something was seen."""

    week: str
    numbers: dict[str, int]
    seen: tuple[str, ...] = ()


def alone(tally: Tally) -> Table | None:
    """The table of one busy week by itself; None where it is told within a longer time."""
    table = sum_tallies([tally])
    total, concern = table[WHOLE][WHOLE], table[WHOLE]["negative"]
    return table if isinstance(total, int) and total >= ALONE and isinstance(concern, int) else None


def sum_tallies(tallies: Sequence[Tally]) -> Table:
    """Return the table of what these come to together, as it may be shown where nothing else of them is."""
    table: Table = {}
    for (row, column), cell in cross(_kinds(tallies), TONES, _values(tallies)).items():
        table.setdefault(row, {})[column] = cell
    return table


def within(weeks: Sequence[tuple[Tally, Cell]]) -> list[tuple[Tally, Cell]]:
    """The weeks that a longer window adds up: without those too small to be shown, where most are shown. One
    such week among shown ones would be what is left of the window's total. Which are left out is known from
    what has been shown already."""
    large: list[tuple[Tally, Cell]] = [(tally, total) for tally, total in weeks if isinstance(total, int)]
    return large if 2 * len(large) >= len(weeks) else list(weeks)


def together(weeks: Sequence[tuple[Tally, Cell]]) -> Table | None:
    """Tones, and kinds of place, of several weeks whose totals have been told; None where not yet."""
    if len(weeks) % MONTH or not weeks:
        return None
    added = within(weeks)
    tallies = [tally for tally, _ in added]
    kinds, arcs = _kinds(tallies), _flow(tallies)
    cells = hide_numbers(arcs, {f"w:{tally.week}": total for tally, total in added})
    whole = {tone: cells[f"tone:{tone}"] for tone in TONES} | {WHOLE: cells[WHOLE]}
    apart = is_well_hidden(arcs, cells) and _busy_apart(whole["negative"], added)
    needed = (WHOLE,) if len(weeks) >= LONG else (WHOLE, "positive", "negative")
    if not apart or not all(isinstance(whole[name], int) for name in needed):
        return None
    return {**{kind: {WHOLE: cells[f"kind:{kind}"]} for kind in kinds}, WHOLE: whole}


def may_name_theme(tone: str, whole: Mapping[str, Cell], weeks: Sequence[tuple[Tally, Cell]]) -> bool:
    """May a theme of the last four weeks be named with a longer window's numbers? It says that five or more
    of that tone were in those four. Of more weeks that leaves the less for the ones before, so there must be
    five to spare."""
    told = whole[tone]
    if not isinstance(told, int) or len(weeks) == MONTH:
        return isinstance(told, int)
    late = sum(n for _, n in weeks[-MONTH:] if isinstance(n, int))
    return told >= 2 * LEAST and late >= len(TONES) * LEAST


def to_text(tallies: Sequence[Tally]) -> str:
    """The counts as they are stored."""
    return _adapter().dump_json(tuple(tallies)).decode()


def from_text(text: str) -> tuple[Tally, ...]:
    """Counts as they were stored."""
    return _adapter().validate_json(text)


def _busy_apart(concern: Cell, weeks: Sequence[tuple[Tally, Cell]]) -> bool:
    """Does the concern of all leave room for that of each busy week? Such a week waits because fewer than
    five of it were concern, and everybody may know that rule: 16 in four of them would be four in each."""
    most = sum(n if isinstance(n, int) and n < ALONE else LEAST - 1 for _, n in weeks)
    return not isinstance(concern, int) or most - concern + 1 >= FEWEST


def _kinds(tallies: Sequence[Tally]) -> list[str]:
    """A kind where nothing was seen has no row: everybody could tell that its numbers are 0, so they would
    protect nothing; anything of that kind all the same counts under `other`."""
    seen = {kind for tally in tallies for kind in tally.seen}
    return [kind for kind in KINDS if kind in seen or kind in _ALWAYS]


def _values(tallies: Sequence[Tally]) -> dict[tuple[str, str], int]:
    kinds = _kinds(tallies)
    values: Counter[tuple[str, str]] = Counter()
    for tally in tallies:
        for name, n in tally.numbers.items():
            kind, _, tone = name.partition("|")
            values[kind if kind in kinds else "other", tone] += n
    return values


def _flow(tallies: Sequence[Tally]) -> list[Arc]:
    """The weeks come to the whole, the whole to the kinds of place, and the kinds to the tones."""
    kinds, values = _kinds(tallies), _values(tallies)
    by_kind = {kind: sum(values.get((kind, tone), 0) for tone in TONES) for kind in kinds}
    by_tone = {tone: sum(values.get((kind, tone), 0) for kind in kinds) for tone in TONES}
    return [
        *(Arc(f"w:{t.week}", "in", "weeks", sum(t.numbers.values()), TOTAL_COST) for t in tallies),
        Arc(WHOLE, "weeks", "whole", sum(by_kind.values()), TOTAL_COST),
        *(Arc(f"kind:{kind}", "whole", "places", n, cell_cost(n)) for kind, n in by_kind.items()),
        *(Arc(f"tone:{tone}", "places", "in", n, column_cost(tone)) for tone, n in by_tone.items()),
    ]


@cache
def _adapter() -> TypeAdapter[tuple[Tally, ...]]:
    return TypeAdapter(tuple[Tally, ...])
