"""Numbers that tests can foresee: of cases 0001, 0002 …, as in homes of before; of alerts by their id."""

from data.ids import digest
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store.engine.rows import read_value

drawn = case_store.next_id
"""As the program draws them."""
draw_numbers = owner_store.draw_numbers
"""As the program draws them."""


def in_order(con, draw=None, *, of=""):
    """One more than the highest there was, of four digits at least."""
    sql = """SELECT max(try_cast(id AS BIGINT)) FROM (
            SELECT id FROM cases UNION ALL SELECT subject FROM audit WHERE action = 'case_opened')"""
    return f"{(read_value(con, sql) or 0) + 1:04d}"


def number_of(an_id):
    """That of the alert of this id, in tests: as six digits as one that is drawn, and no beginning of it."""
    return str(100_000 + int(digest("number", an_id)[:10], 16) % 900_000)


def by_id(con, ids, draw=None):
    """As `number_of` says."""
    return {one: number_of(one) for one in ids}


def name_in_order():
    """In this process, until it ends."""
    case_store.next_id = in_order
    owner_store.draw_numbers = by_id
