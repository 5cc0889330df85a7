"""The numbers that people call matters by: drawn at random, so that one says nothing of what it stands for,
and one that somebody does not see in a list tells them nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from secrets import randbelow

from data.store.engine.rows import Connection, read_column

_LOWEST, _NUMBERS = 100_000, 900_000
_TAKEN = """SELECT id FROM cases UNION SELECT subject FROM audit WHERE action = 'case_opened'
    UNION SELECT unnest([c[8:] FOR c IN codes IF starts_with(c, 'number:')]) FROM audit
        WHERE action = 'reported_in'
    UNION SELECT number FROM alerts"""
"""What has a number has it alone in its home: each table that holds some stands here."""


def draw_number(con: Connection, draw: Callable[[int], int] = randbelow) -> str:
    """A number of six digits that nothing here has or had. `draw` gives one from 0 to below its argument."""
    return _draw(con, 1, draw)[0]


def draw_numbers(
    con: Connection, ids: Collection[str], draw: Callable[[int], int] = randbelow
) -> dict[str, str]:
    """A number for each of these ids, as `draw_number`, all different."""
    return dict(zip(ids, _draw(con, len(ids), draw), strict=True)) if ids else {}


def _draw(con: Connection, wanted: int, draw: Callable[[int], int]) -> list[str]:
    taken = set(read_column(con, _TAKEN))
    found: dict[str, None] = {}
    while len(found) < wanted:
        if (number := any_number(draw)) not in taken:
            found[number] = None
    return list(found)


def any_number(draw: Callable[[int], int] = randbelow) -> str:
    """One where the store cannot be asked which are taken: hardly ever is it one of those."""
    return str(_LOWEST + draw(_NUMBERS))
