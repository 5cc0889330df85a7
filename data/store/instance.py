"""This process's DuckDB instance, to which a file is attached while it is in use.

Creating an instance takes ten times as long as attaching a file, so a process keeps the one it has
(docs/decisions, 0026-files-are-attached.md). Nothing stays attached. If anything fails or spills to the disk,
the instance is discarded with it: the next file gets a new one, and no trace of a fault remains.
"""

from __future__ import annotations

import functools
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import duckdb

BLOCK_SIZE = 16384
"""Bytes in a block of a new file. With DuckDB's default of 262,144 a small store is ten times as big."""
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "default_block_size": BLOCK_SIZE,
}
_GIVE_BACK_EVERY = 8
"""Files after which free memory goes back to the system; after each, it would cost more than attaching."""


@dataclass(slots=True)
class Attached:
    """An attached file. `con` is its connection; other readers in this process share the file, but not
    `con`.
    """

    con: duckdb.DuckDBPyConnection
    path: str
    name: str
    instance: _Instance

    def detach(self, *, failed: bool) -> None:
        """Detaches the file after its last reader in this process, once `con` is closed.

        `failed` says that something went wrong with it. Changes that cannot be moved from the log to the file
        now stay in the log and are not lost.
        """
        with _ours.lock:
            clean = self.instance.detach(self)
            if failed or not clean:
                _ours.let_go(self.instance)


def attach(path: Path, *, read_only: bool) -> Attached:
    """Opens the file, or creates one to write to. Raises duckdb.Error."""
    with _ours.lock:
        instance = _ours.beside(path)
        try:
            return instance.attach(path, read_only=read_only)
        except duckdb.IOException:  # nothing is attached, and nothing has happened
            raise
        except duckdb.Error:
            _ours.let_go(instance)
            raise


def quoted(path: Path) -> str:
    """Quoted for a statement that takes no parameters."""
    return str(path).replace("'", "''")


class _Instance:
    """Everything except the use of its connections happens in one thread at a time."""

    def __init__(self) -> None:
        self._root = duckdb.connect(":memory:", config=_SETTINGS)
        self._root.execute("SET GLOBAL TimeZone = 'UTC'")
        self._files = 0
        self._users: list[Attached] = []
        self._kept = True
        self._spill = Path()

    def serves(self, path: Path) -> bool:
        """Is this file's folder where the instance spills what does not fit into memory?"""
        spill = path.with_name(path.name + ".tmp")
        if spill != self._spill and not self._users:
            self._root.execute(f"SET GLOBAL temp_directory = '{quoted(spill)}'")
            self._spill = spill
        return spill == self._spill

    def attach(self, path: Path, *, read_only: bool) -> Attached:
        real = os.path.realpath(path)
        name = next((user.name for user in self._users if user.path == real), None)
        if name is None:
            self._files += 1
            name = f"store_{self._files}"
            access = ", READ_ONLY" if read_only else ""
            self._root.execute(f"ATTACH '{quoted(path)}' AS {name} (TYPE duckdb{access})")
        con = self._root.cursor()
        con.execute(f"USE {name}")
        attached = Attached(con, real, name, self)
        self._users.append(attached)
        return attached

    def detach(self, attached: Attached) -> bool:
        """Closes the file where nobody else reads it; is the instance as good as new?

        DuckDB keeps what memory it once had for as long as the instance lives; setting the limit makes it
        give back what is free.
        """
        self._users = [user for user in self._users if user is not attached]
        if any(user.name == attached.name for user in self._users):
            return True
        try:
            self._root.execute(f"DETACH {attached.name}")
            if self._files % _GIVE_BACK_EVERY == 0:
                self._root.execute(f"SET GLOBAL memory_limit = '{_SETTINGS['memory_limit']}'")
        except duckdb.Error:
            return False
        finally:
            self._end_after_its_last()
        return not self._spill.exists()

    def let_go(self) -> None:
        """Ends the instance once nobody uses it."""
        self._kept = False
        self._end_after_its_last()

    def _end_after_its_last(self) -> None:
        if not self._kept and not self._users:
            self._root.close()


class _Ours:
    """The instance this process keeps, if any; whoever asks for it must hold `lock`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._kept: _Instance | None = None

    def beside(self, path: Path) -> _Instance:
        if self._kept is not None and not self._kept.serves(path):
            self.let_go(self._kept)
        if self._kept is None:
            _watch_for_forks()
            self._kept = _Instance()
            self._kept.serves(path)
        return self._kept

    def let_go(self, instance: _Instance) -> None:
        if instance is self._kept:
            self._kept = None
        instance.let_go()

    def lock_up(self) -> None:
        self.lock.acquire()
        if self._kept is not None:
            self.let_go(self._kept)

    def unlock(self) -> None:
        self.lock.release()


_ours = _Ours()


@functools.cache
def _watch_for_forks() -> None:
    """An instance's threads do not exist in a forked process, so parent and child each create a new one."""
    os.register_at_fork(before=_ours.lock_up, after_in_parent=_ours.unlock, after_in_child=_ours.unlock)
