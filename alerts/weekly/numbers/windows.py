"""Over what time a report tells tones and places: one week where that is enough, or four and more. Pure.

Every week is counted once, when a report first shows it, and that count is kept (`Tally`): a longer window is
the sum of those counts, never a second count, or a post that was hidden or corrected since could be seen in
the difference. Each week's tones and places are told in one window and no other. Of a week
within a longer window nothing else is told but its total; the weeks' totals and the window's table are
then one flow, and `disclosure` says what may be shown of it. So there are no two published numbers whose
difference, or any other sum, is a hidden one (decision 0045).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from alerts.weekly.facts import KINDS, TONES
from alerts.weekly.numbers.disclosure import FEWEST, LEAST, Arc, Cell, kept_apart, shown
from alerts.weekly.numbers.tables import TOTAL_COST, WHOLE, cell_cost, column_cost, cross

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
    table = summed([tally])
    total, concern = table[WHOLE][WHOLE], table[WHOLE]["negative"]
    return table if isinstance(total, int) and total >= ALONE and isinstance(concern, int) else None


def summed(tallies: Sequence[Tally]) -> Table:
    """The table of what these come to together, as it may be shown where nothing else of them is."""
    table: Table = {}
    for (row, column), cell in cross(_kinds(tallies), TONES, _values(tallies)).items():
        table.setdefault(row, {})[column] = cell
    return table


def within(weeks: Sequence[tuple[Tally, Cell]]) -> list[tuple[Tally, Cell]]:
    """The weeks that a longer window adds up: without those too small to be shown, where most are shown.

    One such week among shown ones would be what is left of the window's total. Which are left out is known
    from what has been shown already.
    """
    large: list[tuple[Tally, Cell]] = [(tally, total) for tally, total in weeks if isinstance(total, int)]
    return large if 2 * len(large) >= len(weeks) else list(weeks)


def together(weeks: Sequence[tuple[Tally, Cell]]) -> Table | None:
    """Tones, and kinds of place, of several weeks whose totals have been told; None where not yet."""
    if len(weeks) % MONTH or not weeks:
        return None
    added = within(weeks)
    tallies = [tally for tally, _ in added]
    kinds, arcs = _kinds(tallies), _flow(tallies)
    cells = shown(arcs, {f"w:{tally.week}": total for tally, total in added})
    whole = {tone: cells[f"tone:{tone}"] for tone in TONES} | {WHOLE: cells[WHOLE]}
    apart = kept_apart(arcs, cells) and _busy_apart(whole["negative"], added)
    needed = (WHOLE,) if len(weeks) >= LONG else (WHOLE, "positive", "negative")
    if not apart or not all(isinstance(whole[name], int) for name in needed):
        return None
    return {**{kind: {WHOLE: cells[f"kind:{kind}"]} for kind in kinds}, WHOLE: whole}


def may_name(tone: str, whole: Mapping[str, Cell], weeks: Sequence[tuple[Tally, Cell]]) -> bool:
    """May a theme of the last four weeks be named with a longer window's numbers?

    It says that five or more of that tone were in those four. Of more weeks that leaves the less for the ones
    before, so there must be five to spare.
    """
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
    """Does the concern of all leave room for that of each busy week?

    Such a week waits because fewer than five of it were concern, and everybody may know that rule: 16 in
    four of them would be four in each.
    """
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
