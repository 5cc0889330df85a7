"""Statements and their values: what is handed over by name, and the rows that come back.

DuckDB's own conversion of times needs pytz, which nothing else here does: they are read as microseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import _duckdb as duckdb

Connection = duckdb.DuckDBPyConnection
"""The connection to an open store; times are in UTC."""
Row = Sequence[object]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
K = TypeVar("K")
V = TypeVar("V")


def execute(con: Connection, sql: str, **given: object) -> Connection:
    """Executes a statement with the values of its `$names`; any collection is handed over as a list."""
    taken = {
        name: list(value) if isinstance(value, Collection) and not isinstance(value, str | bytes) else value
        for name, value in given.items()
    }
    return con.execute(sql, taken)


def read_rows(con: Connection, sql: str, **given: object) -> list[tuple[Any, ...]]:
    """The rows that a query gives."""
    return execute(con, sql, **given).fetchall()


def read_column(con: Connection, sql: str, **given: object) -> list[Any]:
    """The values of a query for one column."""
    return [value for (value,) in read_rows(con, sql, **given)]


def read_value(con: Connection, sql: str, **given: object) -> Any:
    """The one value of a query for one; None where there is no row."""
    return next(iter(read_column(con, sql, **given)), None)


def names(words: str) -> tuple[str, ...]:
    """Column names from one string with blanks between them."""
    return tuple(words.split())


_TIMES = frozenset(names("published edited first_seen last_seen watermark history held_until lasted_to"))


def is_time(column: str) -> bool:
    """Does that column hold a time, by its name?"""
    return column.endswith("_at") or column in _TIMES


def selected(columns: Iterable[str], alias: str = "") -> str:
    """These columns for a SELECT, times as whole microseconds since 1970."""
    return ", ".join(f"epoch_us({alias}{c})" if is_time(c) else f"{alias}{c}" for c in columns)


def at(epoch_us: int) -> datetime:
    """An aware UTC time from microseconds since 1970, as `epoch_us(column)` returns them."""
    return _EPOCH + timedelta(microseconds=epoch_us)


def moment(epoch_us: int | None) -> datetime | None:
    """As `at`; None for NULL."""
    return None if epoch_us is None else at(epoch_us)


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """The second of each pair by the first, both in the order given."""
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
