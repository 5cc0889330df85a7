"""Opening one DuckDB file for a moment, while other processes want it too.

DuckDB lets one process write or several read. A connection is therefore refused, not queued,
when somebody else has the file: `connect` says so with `Held`, and the caller waits.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from data.errors import StoreDamaged, StoreError

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "256MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_SAME_PROCESS = ("different configuration", "Unique file handle conflict")


class Held(Exception):
    """Somebody else has the file; `holder` is a phrase that names them."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)


def connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """An open connection with its times in UTC.

    Raises Held while another process or thread has the file, StoreError where it may not be
    opened, StoreDamaged where it is not a database that can be read.
    """
    before = _inode(path)
    try:
        con = duckdb.connect(str(path), read_only=read_only, config=_SETTINGS)
    except duckdb.Error as error:
        raise _explained(path, before, str(error)) from error
    if before is not None and _inode(path) != before:
        con.close()  # a rewrite put a new file in its place between opening and locking
        raise Held("a rewrite of the file")
    con.execute("SET TimeZone = 'UTC'")
    return con


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _explained(path: Path, before: int | None, message: str) -> Exception:
    if holder := _HOLDER.search(message):
        return Held(f"{Path(holder['program']).name} (PID {holder['pid']})")
    if any(words in message for words in _SAME_PROCESS):
        return Held("another thread of this process")
    if "Could not set lock" in message or _inode(path) != before:
        return Held("another process")
    if "Permission denied" in message or "does not exist" in message:
        return StoreError(f"{path} cannot be opened: {message}")
    return StoreDamaged(f"{path} cannot be read as a store: {message}")
