"""Numbers of cases as homes of before have them: 0001, 0002 … Tests and fixtures name their cases so."""

from __future__ import annotations

from data.store.cases import cases
from data.store.engine.rows import Connection, read_value

drawn = cases.next_id
"""As the program draws them."""


def in_order(con: Connection) -> str:
    """One more than the highest there was, of four digits at least."""
    sql = """SELECT max(try_cast(id AS BIGINT)) FROM (
            SELECT id FROM cases UNION ALL SELECT subject FROM audit WHERE action = 'case_opened')"""
    return f"{(read_value(con, sql) or 0) + 1:04d}"


def name_in_order() -> None:
    """In this process, until it ends."""
    cases.next_id = in_order
