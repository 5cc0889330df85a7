"""Files that stay attached for a moment after their last use, under our lock (decision 0053).

Each is given up as soon as anybody else queues for it, or asks for its lock in this process, and otherwise
after half a second.
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

MOST, KEPT_S, LOOK_S = 6, 0.5, 0.01
"""How many files stay attached, for how long, and how often it is looked whether anybody waits for one."""
State: TypeAlias = tuple[int, ...]


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

    def leave(self) -> bool:
        """Notes how it is left, unless another file has taken its place, or not all of its log is in it."""
        self.left, self.since = _about(self.path), time.monotonic()
        if self.left[:1] != (self.inode,):
            return False
        if self.look is None:
            self.look = os.open(self.path, os.O_RDONLY)
        return True

    def is_as_left(self) -> bool:
        """Is it still there, and has nobody changed it?"""
        return self.left == _about(self.path)

    def is_over(self) -> bool:
        """Was it kept for long enough, or does anybody wait for it?"""
        return time.monotonic() > self.since + KEPT_S or self.is_wanted()

    def is_wanted(self) -> bool:
        """Does anybody wait for it?"""
        return is_queued_for(f"{self.path}.lock")


def _about(path: str) -> State:
    """What a change would change; nothing where it is gone, or where a log lies beside it."""
    try:
        of = Path(path).stat()
    except OSError:
        return ()
    return () if Path(f"{path}.wal").exists() else (of.st_ino, of.st_dev, of.st_size, of.st_mtime_ns)


def watch(look: Callable[[], bool]) -> Callable[[], None]:
    """Looks again and again, in a thread of its own, until that says that there is nothing to look after.

    What is returned ends it. It is none of `threading`'s: those are counted as a program ends.
    """
    asked, ended = _thread.allocate_lock(), _thread.allocate_lock()
    asked.acquire()
    ended.acquire()

    def go_on() -> None:
        while look() and not asked.acquire(timeout=LOOK_S):
            pass
        ended.release()

    def stop() -> None:
        asked.release()
        ended.acquire()

    _thread.start_new_thread(go_on, ())
    return stop
