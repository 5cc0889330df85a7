"""One turn at writing the store's file: what it found and left, so that another between is noticed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from data.store.engine.bulk import Connection

State: TypeAlias = tuple[object, ...]
"""Stands for what is in a file. DuckDB counts up in one of its two headers whenever it has written to it, so
two writes within one tick of the clock are told apart."""

_HEADERS = (4096, 8192)
_HEADER = 64


@dataclass(slots=True, eq=False)
class Turn:
    """The states of the file before it was opened and after it was closed; `left` is None until then.

    `committed` says whether what was done in it was kept.
    """

    found: State
    left: State | None = None
    committed: bool = False

    def follows(self, other: Turn) -> bool:
        """Has nothing been written to the file since that turn ended?"""
        return other.left is not None and self.found == other.left


_turns: dict[int, Turn] = {}


def begin(con: Connection, found: State) -> None:
    """A connection is open for writing; the file was found so, under our lock."""
    _turns[id(con)] = Turn(found)


def turn_of(con: Connection) -> Turn | None:
    """The turn that a connection is open for; None where it only reads."""
    return _turns.get(id(con))


def end(con: Connection, left: State) -> None:
    """The connection is closed and the file is as it will be found next; the lock is still ours."""
    if (turn := _turns.pop(id(con), None)) is not None:
        turn.left = left


def state(path: Path, look: int | None = None) -> State:
    """What the file and its log are now; like nothing else where that cannot be seen.

    A file that is attached is read by the handle that is open for that.
    """
    log = path.with_name(path.name + ".wal")
    try:
        handle = os.open(path, os.O_RDONLY) if look is None else look
        try:
            headers = [os.pread(handle, _HEADER, at) for at in _HEADERS]
        finally:
            if look is None:
                os.close(handle)
        return (*_about(path), *headers, *(_about(log) if log.exists() else ()))
    except OSError:
        return (object(),)


def _about(path: Path) -> State:
    of = path.stat()
    return (of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns)
