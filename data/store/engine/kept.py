"""Files that stay attached for a moment after their last use, under our lock (decision 0053).

Each is given up as soon as anybody else queues for it, or asks for its lock in this process, and otherwise
after half a second.
"""

from __future__ import annotations

import _thread
import time
from collections.abc import Callable
from dataclasses import dataclass

from data.store.engine.lock import is_queued_for
from data.store.engine.turn import State

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
