"""A nation's week: what many schools' counts come to, by local authority, so that no school's is told. Pure.

A table is told of an authority of five watched schools or more; all others of a nation are told together, if
they too are five or more. Each table is closed in itself: nothing is told of a nation as a whole, since what
is hidden in one table would be what is left of that sum. And since a governors' report may tell a school's
own total, a table whose total would then give away another school's, below five, is not told by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.weekly.numbers.disclosure import FEWEST, LEAST, Cell
from alerts.weekly.numbers.windows import Table, Tally, summed

OTHERS = "others"
"""Stands for those of a nation that are not told by themselves."""


@dataclass(frozen=True, slots=True)
class SchoolWeek:
    """What was counted of one school in the week, and where the school is; `authority` is "" if not known."""

    nation: str
    authority: str
    tally: Tally

    @property
    def total(self) -> int:
        """All its mentions."""
        return sum(self.tally.numbers.values())


@dataclass(frozen=True, slots=True)
class AreaWeek:
    """One table: by kind of place and tone, totals under `WHOLE`, and of how many schools it tells."""

    nation: str
    authority: str
    schools: int
    table: Table

    def rows(self) -> list[tuple[str, str, Cell]]:
        """Its numbers by kind of place and tone."""
        return [(kind, tone, cell) for kind, row in self.table.items() for tone, cell in row.items()]


def areas(schools: Sequence[SchoolWeek]) -> tuple[AreaWeek, ...]:
    """The tables of a week: by nation its authorities, the others last. A nation of too few is in none."""
    nations: dict[str, list[SchoolWeek]] = defaultdict(list)
    for school in schools:
        nations[school.nation].append(school)
    return tuple(area for nation in sorted(nations) for area in _of_nation(nation, nations[nation]))


def _of_nation(nation: str, schools: Sequence[SchoolWeek]) -> list[AreaWeek]:
    told, rest = _by_authority(schools)
    while rest and told and not _enough(rest):
        rest += told.pop(min(told, key=lambda name: (len(told[name]), name)))
    if rest and _enough(rest):
        told[OTHERS] = rest
    order = sorted(told, key=lambda name: (name == OTHERS, name))
    return [AreaWeek(nation, name, len(told[name]), summed([s.tally for s in told[name]])) for name in order]


def _by_authority(schools: Sequence[SchoolWeek]) -> tuple[dict[str, list[SchoolWeek]], list[SchoolWeek]]:
    """Authorities that may be told by themselves, and the schools of the others."""
    found: dict[str, list[SchoolWeek]] = defaultdict(list)
    for school in schools:
        found[" ".join(school.authority.split()).casefold()].append(school)
    told = {min(s.authority for s in some): some for name, some in found.items() if name and _enough(some)}
    kept = {id(s) for some in told.values() for s in some}
    return told, [s for s in schools if id(s) not in kept]


def _enough(schools: Sequence[SchoolWeek]) -> bool:
    """Are they many enough, and is each school's small number still hidden by those of the others?"""
    return len(schools) >= LEAST and _apart([s.total for s in schools])


def _apart(totals: Sequence[int]) -> bool:
    """May who knows the sum, and each number of five or more, think `FEWEST` values possible of each other?

    A sum below five is not shown, so that it gives nothing away.
    """
    few = [n for n in totals if n < LEAST]
    if sum(totals) < LEAST:
        return True
    return all(_values(n, sum(few) - n, (LEAST - 1) * (len(few) - 1)) >= FEWEST for n in set(few))


def _values(n: int, others: int, most: int) -> int:
    """How many values one may have, if the others come to so much, and could to `most` at most."""
    return min(LEAST - 1 - n, others) + min(n, most - others) + 1
