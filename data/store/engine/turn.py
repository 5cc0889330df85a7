"""Turns at the store's file: what one found and left, so that another between is noticed.

A file stays attached for a moment after its last use, under our lock (decision 0053). It is given up as soon
as anybody else queues for it, or asks for its lock in this process, and otherwise after half a second.
"""

from __future__ import annotations

import _thread
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from data.store.engine.lock import is_queued_for
from data.store.engine.rows import Connection

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


def turn_of(con: Connection) -> Turn | None:
    """The turn that a connection is open for; None where it only reads."""
    return getattr(con, "turn", None)


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
        stats = [file.stat() for file in (path, log) if file is path or log.exists()]
        seen = [(of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns) for of in stats]
        return (*seen[0], *headers, *seen[1:])
    except OSError:
        return (object(),)


MOST, KEPT_S, LOOK_S = 6, 0.5, 0.01
"""How many files stay attached, for how long, and how often it is looked whether anybody waits for one."""


@dataclass(slots=True, eq=False)
class Attached:
    """A file that an instance has attached under `name`; `handle` is our lock of it.

    Of one that was kept, `look` is a handle by which it is read while it is attached: the system takes
    DuckDB's own lock off the file when a process closes any handle of it. `checked` is what it was found to
    conform to while it was attached.
    """

    path: str
    name: str
    handle: int
    read_only: bool
    inode: int
    checked: object = None
    look: int | None = None
    left: State = ()
    since: float = 0.0

    def is_over(self) -> bool:
        """Was it kept for long enough, or does anybody wait for it?"""
        return time.monotonic() > self.since + KEPT_S or is_queued_for(f"{self.path}.lock")


def watch(look: Callable[[], bool]) -> Callable[[], None]:
    """Looks again and again, in a thread of its own, until that says that there is nothing to look after.

    What is returned ends it. It is none of `threading`'s: those are counted as a program ends.
    """
    asked, ended = _thread.allocate_lock(), _thread.allocate_lock()
    asked.acquire()
    ended.acquire()

    def go_on() -> None:
        try:
            while look() and not asked.acquire(timeout=LOOK_S):
                pass
        finally:
            ended.release()

    def stop() -> None:
        asked.release()
        ended.acquire()

    _thread.start_new_thread(go_on, ())
    return stop
