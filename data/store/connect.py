"""Opening one DuckDB file for a moment, while other processes want it too.

DuckDB lets one process write or several read. A connection is therefore refused, not queued,
when somebody else has the file: `connect` says so with `Held`, and the caller waits.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from data.errors import StoreError
from data.store.damage import damaged, is_of_the_machine
from data.store.instance import Attached, attach
from data.store.lock import LockHeld, give_back, take

Connection = duckdb.DuckDBPyConnection
"""The handle on the open store that every function of `data.store` is called with."""

_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_FOREIGN_S = 0.05
"""So soon we look again where a program that does not know our lock has the file: it takes longer to ask."""


class OpenFile:
    """An open file under our lock; `con` speaks to it, times are in UTC."""

    def __init__(self, attached: Attached, handle: int) -> None:
        self.con = attached.con
        self._attached = attached
        self._handle = handle

    def close(self, *, failed: bool = False) -> None:
        """Closes the file, then ends the lock; `failed` says that something went wrong with the file."""
        try:
            self.con.close()
            self._attached.detach(failed=failed)
        finally:
            give_back(self._handle)


def connect(path: Path, *, read_only: bool) -> OpenFile:
    """Opens the file, which the caller closes.

    Raises Held while another process or thread has the file, OSError where its lock cannot be taken,
    StoreError where it may not be opened, StoreDamaged where it is not a database that can be read.
    """
    handle = take(lock_of(path), shared=read_only)
    try:
        return OpenFile(attach(path, read_only=read_only), handle)
    except duckdb.Error as error:
        give_back(handle)
        raise _explained(path, error) from error


def lock_of(path: Path) -> Path:
    """The lock that stands beside a store's file."""
    return path.with_name(path.name + ".lock")


def _explained(path: Path, error: duckdb.Error) -> Exception:
    """What a program that does not know our lock, or a damaged file, makes DuckDB say."""
    message = str(error)
    if holder := _HOLDER.search(message):
        return LockHeld(f"{Path(holder['program']).name} (PID {holder['pid']})", _FOREIGN_S)
    if "Could not set lock" in message:
        return LockHeld("another process", _FOREIGN_S)
    if is_of_the_machine(error):
        return StoreError(f"{path} cannot be opened: {message}")
    return damaged(path, error)
