"""Statements and their values: rows as they come back, and the only way they are written: one statement over
column lists, never row by row.

DuckDB's own conversion of times needs pytz, which nothing else here does: they are read as microseconds.

Measured with DuckDB 2.0: `executemany` on a table with a key takes 7 s for 2,000 rows, a statement over
column lists 0.1 s for 20,000. A column that says the same of all rows goes in as one value, in no time; and
where no key can be there yet, not to look for one takes half of the time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

# DuckDB, without what its package adds for other libraries: nothing here uses that, and loading it takes
# longer than most commands.

__all__ = ["duckdb"]

if TYPE_CHECKING:
    import duckdb
else:
    try:
        import _duckdb as duckdb

        _USED = (duckdb.connect, duckdb.DuckDBPyConnection, duckdb.Statement, duckdb.Error)
    except (ImportError, AttributeError):
        import duckdb


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


def select_columns(columns: Iterable[str], alias: str = "") -> str:
    """Write these columns for a SELECT, times as whole microseconds since 1970."""
    return ", ".join(f"epoch_us({alias}{c})" if is_time(c) else f"{alias}{c}" for c in columns)


def at(epoch_us: int) -> datetime:
    """An aware UTC time from microseconds since 1970, as `epoch_us(column)` returns them."""
    return _EPOCH + timedelta(microseconds=epoch_us)


def microseconds(moment: datetime | None) -> int | None:
    """Return what `at` reads: microseconds since 1970 of an aware time."""
    return None if moment is None else round(moment.timestamp() * 1_000_000)


def at_or_none(epoch_us: int | None) -> datetime | None:
    """Return the same as `at`; None for NULL."""
    return None if epoch_us is None else at(epoch_us)


def group_pairs(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """Return the second of each pair by the first, both in the order given."""
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


T = TypeVar("T")
ROWS_AT_ONCE = 4_000
"""What is given takes ten times the memory of what is kept, while the statement runs."""
_OFTEN = 4
"""How often each list of texts comes at least, on average, where each is given once."""


_TYPES: dict[str, dict[str, str]] = {}
"""By table and column; every file of this version has the same."""


def insert_rows(
    con: Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    key: Sequence[str] = (),
    update: Mapping[str, str] | None = None,
    new: bool = False,
) -> None:
    """Insert rows. Where `key` already exists, the old row is kept or, with `update`, changed. `update` maps
    columns to expressions over `excluded.column` and `table.column`. Of two given rows with the same key the
    later counts. With `new` the caller knows that none of the keys exists; one that does raises
    duckdb.ConstraintException. `table`, `columns` and `update` come from this program, never from a user."""
    given = list(rows)
    if key and len(given) > 1:
        of_key = itemgetter(*map(columns.index, key))
        given = list({of_key(row): row for row in given}.values())
    if not given:
        return
    if not _TYPES.get(table, {}).keys() >= set(columns):
        described = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE {table})")
        _TYPES[table] = dict(described.fetchall())
    types = _TYPES[table]
    if len(given) == 1 and key and not new:
        if _change_row(con, table, types, dict(zip(columns, given[0], strict=True)), key, update or {}):
            return
        new = True
    into = f"INSERT INTO {table} ({', '.join(columns)}) SELECT"
    found = "" if new or not key else _on_conflict(key, update)
    for start in range(0, len(given), ROWS_AT_ONCE):
        chunk = given[start : start + ROWS_AT_ONCE]
        lists = dict(zip(columns, map(list, zip(*chunk, strict=True)), strict=True))
        alike = {c for c, values in lists.items() if values.count(values[0]) == len(values)}
        if len(alike) == len(columns) and len(chunk) > 1:  # something must say how many rows there are
            alike.discard(columns[0])
        listed = [
            (f"${c}::{types[c]}", {c: lists[c][0]}) if c in alike else _each(c, types[c], lists[c])
            for c in columns
        ]
        given_at_once = {name: value for _, values in listed for name, value in values.items()}
        con.execute(f"{into} {', '.join(column for column, _ in listed)}{found}", given_at_once)


def _change_row(
    con: Connection,
    table: str,
    types: Mapping[str, str],
    row: Mapping[str, object],
    key: Sequence[str],
    update: Mapping[str, str],
) -> bool:
    """Change the row of that key, and say whether there was one. To ask takes a fifth of what a statement
    takes longer that minds a key which may be there; to change it, a fifth of the time that an insert takes
    which minds a conflict."""
    same = " AND ".join(f"{column} = ${column}::{types[column]}" for column in key)
    there = con.execute(f"SELECT 1 FROM {table} WHERE {same}", {column: row[column] for column in key})
    if there.fetchone() is None:
        return False
    if update:
        changes = ", ".join(f"{column} = {value}" for column, value in update.items())
        same = " AND ".join(f"{table}.{column} = excluded.{column}" for column in key)
        query = f"UPDATE {table} SET {changes} WHERE {same}"
        used = set(_EXCLUDED.findall(query))
        query = _EXCLUDED.sub(lambda found: f"${found[1]}::{types[found[1]]}", query)
        con.execute(query, {column: row[column] for column in used})
    return True


_EXCLUDED = re.compile(r"\bexcluded\.(\w+)")
_Listed: TypeAlias = tuple[str, dict[str, object]]
"""An expression that gives a column its values, and what is handed over for it."""


def _each(column: str, kind: str, values: Sequence[object]) -> _Listed:
    """Lists in lists take most of a statement's time and memory. So those of texts, few of which differ, are
    given once each, and those of numbers as text, of which each number is read as it was."""
    if kind == "DOUBLE[]":
        return f"unnest(${column}::VARCHAR[])::{kind}", {
            column: [None if v is None else str(v) for v in values]
        }
    if kind == "VARCHAR[]":
        texts = [None if v is None else tuple(cast("list[str]", v)) for v in values]
        places = {text: n for n, text in enumerate(dict.fromkeys(t for t in texts if t is not None), 1)}
        if len(places) * _OFTEN <= len(texts):
            at = [None if text is None else places[text] for text in texts]
            return f"(${column}_::{kind}[])[unnest(${column}::INTEGER[])]", {
                column: at,
                f"{column}_": list(map(list, places)),
            }
    return f"unnest(${column}::{kind}[])", {column: values}


def replace(columns: Iterable[str]) -> dict[str, str]:
    """An `update` that takes the new value in each of these columns."""
    return {c: f"excluded.{c}" for c in columns}


def _on_conflict(key: Sequence[str], update: Mapping[str, str] | None) -> str:
    if update is None:
        return f" ON CONFLICT ({', '.join(key)}) DO NOTHING"
    changes = ", ".join(f"{column} = {value}" for column, value in update.items())
    return f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"


class ValueTable(Generic[T]):
    """A table whose rows are values of a dataclass, each field in a column of its name, or only `columns`.
    `key` are columns. Where no class but a function makes a value of its fields, `kinds` make those that are
    no text, number, time or tuple of texts."""

    def __init__(
        self,
        name: str,
        made: Callable[..., T],
        key: str = "",
        columns: str = "",
        **kinds: Callable[[Any], object],
    ) -> None:
        self.columns = names(columns) or tuple(field.name for field in fields(cast("Any", made)))
        self.selected = select_columns(self.columns)
        self._name, self._made, self._key, self._kinds = name, made, names(key), kinds

    @cached_property
    def _makes(self) -> dict[str, Callable[[Any], object]]:
        hints = get_type_hints(self._made) if isinstance(self._made, type) else {}
        single = {
            name: (hint, *get_args(hint)) for name, hint in hints.items() if get_origin(hint) is not tuple
        }
        enums = {n: k for n, of in single.items() for k in of if isinstance(k, type) and issubclass(k, Enum)}
        return {**{c: at for c in self.columns if is_time(c)}, **enums, **self._kinds}

    def select(self, con: Connection, rest: str, **given: object) -> list[T]:
        """Return the values of the rows that `rest` asks for (WHERE, ORDER BY …), with its `$names`."""
        return self.values(read_rows(con, f"SELECT {self.selected} FROM {self._name} {rest}", **given))

    def first(self, con: Connection, rest: str, **given: object) -> T | None:
        """The first of them; None where there is none."""
        return next(iter(self.select(con, rest, **given)), None)

    def values(self, rows: Iterable[Row]) -> list[T]:
        """A value for each row of the `selected` columns."""
        found = []
        for row in rows:
            given: dict[str, Any] = dict(zip(self.columns, row, strict=True))
            for name, value in given.items():
                if value is not None and (name in self._makes or isinstance(value, list)):
                    given[name] = self._makes.get(name, tuple)(value)
            found.append(self._made(**given))
        return found

    def rows(self, values: Iterable[object]) -> list[list[object]]:
        """A row for each value, in the order of its columns."""
        found = [[getattr(value, column) for column in self.columns] for value in values]
        return [[list(one) if isinstance(one, tuple) else one for one in row] for row in found]

    def insert(
        self,
        con: Connection,
        values: Iterable[object],
        *,
        update: Mapping[str, str] | None = None,
        anew: bool = False,
    ) -> None:
        """Insert as `insert_rows` does; `anew` takes the new value of each column outside the key."""
        update = replace(c for c in self.columns if c not in self._key) if anew else update
        insert_rows(con, self._name, self.columns, self.rows(values), key=self._key, update=update)
