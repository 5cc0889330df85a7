"""A lock of our own beside the database file, taken before the file is opened and released after it is
closed.

DuckDB 2.0 reads the file's header before it takes its own lock and does not read it again afterwards (seen
with strace). A process that opens while another is just closing therefore carries on from an old header, and
the other's commit is lost: 1 in 200 with three writers. See docs/decisions, 0007-a-lock-beside-the-store.md.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_S = 0.002
"""Seconds between looks for whoever is first in the queue."""
BEHIND_S = 0.005
"""The same for those behind, who need not be as quick."""
PATIENCE_S = 5.0
"""Seconds after which anybody looks at the lock itself: whoever is first may have been stopped (Ctrl-Z)."""

_NEXT = ".next"
"""What the name of the lock ends with whose holder is first in the queue."""


class LockHeld(Exception):
    """Somebody else has the file; `holder` is a phrase that names them."""

    def __init__(self, holder: str, look_again_s: float = LOOK_S) -> None:
        self.holder = holder
        self.look_again_s = look_again_s
        super().__init__(holder)


def lock_of(path: Path) -> Path:
    """The lock file beside a store's file."""
    return path.with_name(path.name + ".lock")


def queue_up(lock: Path) -> int:
    """Takes the first place in the queue for a lock, to be given back once the lock is ours.

    Only whoever has it looks whether the lock is free. Without a queue, a writer that comes straight back
    would find the lock free before those already waiting have looked. Raises LockHeld, which names the holder
    of the lock, while somebody else is first.
    """
    try:
        return take(lock.with_name(lock.name + _NEXT), shared=False)
    except LockHeld:
        raise LockHeld(_holder_of(lock), BEHIND_S) from None


def take(path: Path, *, shared: bool) -> int:
    """Takes the lock without waiting and returns its handle; `shared` allows other readers.

    The lock ends with the process, however that ends. Raises LockHeld while somebody else has it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if not _locked(handle, shared=shared):
        freed = any([give_up(handle) for give_up in on_refusal])
        if not freed or not _locked(handle, shared=shared):
            holder = _holder(handle)
            os.close(handle)
            raise LockHeld(holder)
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{Path(sys.executable).name} {os.getpid()}".encode(), 0)
    return handle


on_refusal: list[Callable[[int], bool]] = []
"""Asked when a lock, by its handle, is refused: each gives up what this process holds of it without need, and
says whether it did."""


def _locked(handle: int, *, shared: bool) -> bool:
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_queued_for(lock: str) -> bool:
    """Does another process wait for the lock? So it is, too, where that place is gone."""
    try:
        handle = os.open(f"{lock}{_NEXT}", os.O_RDWR)
    except OSError:
        return True
    try:
        return not _locked(handle, shared=True) and _written(handle)[1] not in ("", str(os.getpid()))
    except OSError:
        return True
    finally:
        os.close(handle)


def give_back(handle: int) -> None:
    """Releases the lock, also for children that were forked meanwhile."""
    fcntl.flock(handle, fcntl.LOCK_UN)
    os.close(handle)


@contextmanager
def alone(lock: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Has the lock while the block lasts. Raises LockHeld where somebody else has it for longer than that."""
    until = time.monotonic() + wait_s
    while True:
        try:
            handle = take(lock, shared=False)
            break
        except LockHeld:
            if time.monotonic() > until:
                raise
        time.sleep(LOOK_S)
    try:
        yield
    finally:
        give_back(handle)


def _holder(handle: int) -> str:
    """Who took the lock last, as they wrote in the file."""
    program, pid = _written(handle)
    if pid == str(os.getpid()):
        return "another thread of this process"
    return f"{program} (PID {pid})" if pid else "another process"


def _written(handle: int) -> tuple[str, str]:
    program, _, pid = os.pread(handle, 200, 0).decode("utf-8", "replace").partition(" ")
    return program, pid


def _holder_of(path: Path) -> str:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        return _holder(handle)
    finally:
        os.close(handle)
