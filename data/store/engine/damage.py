"""DuckDB's messages about a file that is cut off, torn or changed, and what people are told."""

from __future__ import annotations

from pathlib import Path

from data.errors import StoreDamaged
from data.store.engine.duck import duckdb
from data.store.engine.rows import Connection, read_rows

_KINDS = (duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
_SAID = (
    "Corrupt database file",
    "Could not read enough bytes",
    "not a valid DuckDB database file",
    "Failed to load metadata pointer",
    "Failed to deserialize",
)
_OF_THE_MACHINE = (
    "No space left",
    "File too large",
    "Disk quota exceeded",
    "Permission denied",
    "Read-only file system",
    "Too many open files",
    "Input/output error",
)


def is_of_the_machine(error: Exception) -> bool:
    """Can DuckDB, or the system, say this of a sound file too? A full disk is fatal to a checkpoint."""
    return any(words in str(error) for words in _OF_THE_MACHINE)


def is_damage(error: duckdb.Error) -> bool:
    """Does it mean that the file is not as it was written? A block is only checked when it is read."""
    if is_of_the_machine(error):
        return False
    said = str(error)
    return isinstance(error, _KINDS) or any(words in said for words in _SAID)


def damaged(path: Path, error: duckdb.Error) -> StoreDamaged:
    """The error to raise, with the way out."""
    return StoreDamaged(
        f"{path} cannot be read as a store: it was cut off, damaged, or changed by something else. "
        "Keep a copy of it as it is, stop the service, then restore a backup: "
        f"⟪restore⟫ DIR ⟨replace⟩. The reason: {str(error).splitlines()[0]}"
    )


def read_whole(con: Connection) -> int:
    """Reads every row of every table, so that anything unreadable is found; returns how many there are.

    Raises duckdb.Error.
    """
    sql = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
    tables = read_rows(con, sql)
    read = [read_rows(con, f'SELECT count(*), max(hash(t)) FROM "{name}" t') for (name,) in tables]
    return sum(rows for ((rows, _),) in read)
