"""Opens one DuckDB file for a moment, while other processes want it too.

DuckDB lets one process write or several read. A connection is therefore refused rather than queued while
somebody else has the file: `connect` raises `LockHeld`, and the caller waits.
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
"""An open file under our lock; `con` is the connection, times are in UTC."""

_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_FOREIGN_S = 0.05
"""Seconds between tries where a program that does not know our lock has the file: asking takes longer."""


class OpenFile:
    """An open file under our lock; `con` speaks to it, times are in UTC."""

    def __init__(self, attached: Attached, handle: int) -> None:
        self.con = attached.con
        self._attached = attached
        self._handle = handle

    def close(self, *, failed: bool = False) -> None:
        """Closes the file, then releases the lock; `failed` says that something went wrong with the file."""
        try:
            self.con.close()
            self._attached.detach(failed=failed)
        finally:
            give_back(self._handle)


def connect(path: Path, *, read_only: bool) -> OpenFile:
    """Opens the file, which the caller must close.

    Raises LockHeld while another process or thread has the file, OSError where its lock cannot be taken,
    StoreError where it may not be opened, StoreDamaged where it is not a readable database.
    """
    handle = take(lock_of(path), shared=read_only)
    try:
        return OpenFile(attach(path, read_only=read_only), handle)
    except duckdb.Error as error:
        give_back(handle)
        raise _explained(path, error) from error


def lock_of(path: Path) -> Path:
    """The lock file beside a store's file."""
    return path.with_name(path.name + ".lock")


def _explained(path: Path, error: duckdb.Error) -> Exception:
    """Turns DuckDB's message about a damaged file, or one held by a program that does not know our lock, into
    ours.
    """
    message = str(error)
    if holder := _HOLDER.search(message):
        return LockHeld(f"{Path(holder['program']).name} (PID {holder['pid']})", _FOREIGN_S)
    if "Could not set lock" in message:
        return LockHeld("another process", _FOREIGN_S)
    if is_of_the_machine(error):
        return StoreError(f"{path} cannot be opened: {message}")
    return damaged(path, error)
