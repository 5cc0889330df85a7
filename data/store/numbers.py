"""The numbers that people call matters by: drawn at random, so that one says nothing of what it stands for,
and one that somebody does not see in a list tells them nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from secrets import randbelow

from data.store.engine.rows import Connection, read_column

_LOWEST, _NUMBERS = 100_000, 900_000
_TAKEN = """SELECT id FROM cases UNION SELECT subject FROM audit WHERE action = 'case_opened'
    UNION SELECT unnest([c[8:] FOR c IN codes IF starts_with(c, 'number:')]) FROM audit
        WHERE action = 'reported_in'"""
"""What has a number has it alone in its home: each table that holds some stands here."""


def draw_number(con: Connection, draw: Callable[[int], int] = randbelow) -> str:
    """A number of six digits that nothing here has, nor any case or report has had. `draw` gives a number
    from 0 to below what it is given.
    """
    taken = set(read_column(con, _TAKEN))
    while (number := str(_LOWEST + draw(_NUMBERS))) in taken:
        pass
    return number
