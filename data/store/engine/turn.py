"""Turns at the store: who writes now, and leases of readers."""

from __future__ import annotations

import _thread
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from data.frozen import freeze
from data.store.engine.rows import Connection, ValueTable, execute

# Who holds what for a while: one service per home. A lease that is not renewed expires by itself.


@freeze
class Lease:
    """`holder` is a phrase that names a process: “PID 123 on host”."""

    name: str
    holder: str
    taken_at: datetime
    held_until: datetime


NAME = "service"
"""The lease of a home's service."""
_LEASES = ValueTable("leases", Lease, "name")
_PROCESS = re.compile(r"PID (\d+) on (.+?)(?: for the fleet .+)?")
"""A holder; an older version added the folder of its fleet."""


def me() -> str:
    """This process, as a lease names it."""
    return f"PID {os.getpid()} on {platform.node()}"


def dead(holder: str) -> bool:
    """Is the named process surely no more? Of one on another machine that is never sure."""
    named = _PROCESS.fullmatch(holder)
    if named is None or named[2] != platform.node():
        return False
    try:
        os.kill(int(named[1]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it lives, and belongs to somebody else
    return False


def is_gone(holder: str) -> bool:
    """Is it `dead`, or were we it? A lease under our own number, as we begin, was an earlier process's."""
    return holder == me() or dead(holder)


def find_lease(con: Connection, name: str) -> Lease | None:
    """Return the lease of that name, expired or not; None where nobody has taken it."""
    return _LEASES.first(con, "WHERE name = $name", name=name)


def running(con: Connection, now: datetime) -> Lease | None:
    """The lease of the home's service while that is at work; None where none is."""
    lease = find_lease(con, NAME)
    return lease if lease is not None and lease.held_until > now and not dead(lease.holder) else None


def take_lease(con: Connection, wanted: Lease, gone: Callable[[str], bool] = lambda holder: False) -> Lease:
    """Takes a lease, in a write transaction; returns the one in force: `wanted`, or somebody else's.
    Another's lease gives way once it expired by `wanted.taken_at`, or its holder exists no more (`gone`)."""
    stands = find_lease(con, wanted.name)
    if stands is not None and stands.held_until > wanted.taken_at and not gone(stands.holder):
        return stands
    _LEASES.insert(con, [wanted], anew=True)
    return wanted


def renew_lease(con: Connection, lease: Lease) -> bool:
    """Extend the lease to `lease.held_until`; False, and no change, where another has taken it since."""
    stands = find_lease(con, lease.name)
    if stands is None or (stands.holder, stands.taken_at) != (lease.holder, lease.taken_at):
        return False
    _LEASES.insert(con, [lease], anew=True)
    return True


def give_lease_back(con: Connection, lease: Lease) -> None:
    """Ends the lease, if this holder still has it."""
    sql = "DELETE FROM leases WHERE name = $name AND holder = $holder AND taken_at = $taken"
    execute(con, sql, name=lease.name, holder=lease.holder, taken=lease.taken_at)


# Turns at the store's file: the lock beside it, and what a turn found and left, so that another between is
# noticed.

with suppress(ImportError):  # on Windows, where help and the manual answer all the same
    import fcntl

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
    """Takes the first place in the queue for a lock, to be given back once the lock is ours. Only whoever has
    it looks whether the lock is free. Without a queue, a writer that comes straight back would find the lock
    free before those already waiting have looked. Raises LockHeld, which names the holder of the lock, while
    somebody else is first."""
    try:
        return take_turn(lock.with_name(lock.name + _NEXT), shared=False)
    except LockHeld:
        raise LockHeld(_holder_of(lock), BEHIND_S) from None


def take_turn(path: Path, *, shared: bool) -> int:
    """Take the lock without waiting and return its handle; `shared` allows other readers.

    The lock ends with the process, however that ends. Raises LockHeld while somebody else has it.
    """
    if shared and is_read_only(path.parent):
        return os.open(path.parent, os.O_RDONLY)  # nobody can write there
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if not _lock(handle, shared=shared):
        freed = any([give_up(handle) for give_up in on_refusal])
        if not freed or not _lock(handle, shared=shared):
            holder = _holder(handle)
            os.close(handle)
            raise LockHeld(holder)
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{Path(sys.executable).name} {os.getpid()}".encode(), 0)
    return handle


def is_read_only(folder: Path) -> bool:
    """Is the disk of this folder one that nothing can be written to?"""
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


on_refusal: list[Callable[[int], bool]] = []
"""Asked when a lock, by its handle, is refused: each gives up what this process needs not; did it so?"""


def _lock(handle: int, *, shared: bool) -> bool:
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_queued_for(lock: str) -> bool:
    """Does another process wait for the lock? So it is, too, where that place is gone. Who is first is only
    read: whoever locked the place to look, even for a moment, would keep others out of it."""
    try:
        handle = os.open(f"{lock}{_NEXT}", os.O_RDONLY)
    except OSError:
        return True
    try:
        return _read_holder(handle)[1] not in ("", str(os.getpid()))
    except OSError:
        return True
    finally:
        os.close(handle)


def leave_queue(place: int) -> None:
    """Give the first place in the queue back, without our name in it. The name of a process that was killed
    there stays until another takes the place, and until then no file stays attached."""
    with suppress(OSError):  # a name that stays costs nothing but that, and its store is open by now
        os.ftruncate(place, 0)
    give_turn_back(place)


def give_turn_back(handle: int) -> None:
    """Releases the lock, also for children that were forked meanwhile."""
    fcntl.flock(handle, fcntl.LOCK_UN)
    os.close(handle)


@contextmanager
def alone(lock: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Has the lock while the block lasts. Raises LockHeld where somebody else has it for longer than that."""
    until = time.monotonic() + wait_s
    while True:
        try:
            handle = take_turn(lock, shared=False)
            break
        except LockHeld:
            if time.monotonic() > until:
                raise
        time.sleep(LOOK_S)
    try:
        yield
    finally:
        give_turn_back(handle)


def _holder(handle: int) -> str:
    """Return who took the lock last, as they wrote in the file."""
    program, pid = _read_holder(handle)
    if pid == str(os.getpid()):
        return "another thread of this process"
    return f"{program} (PID {pid})" if pid else "another process"


def _read_holder(handle: int) -> tuple[str, str]:
    program, _, pid = os.pread(handle, 200, 0).decode("utf-8", "replace").partition(" ")
    return program, pid


def _holder_of(path: Path) -> str:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        return _holder(handle)
    finally:
        os.close(handle)


State: TypeAlias = tuple[object, ...]
"""Stands for what is in a file. DuckDB counts up in one of its two headers whenever it has written to it, so
two writes within one tick of the clock are told apart."""

_HEADERS = (4096, 8192)
_HEADER = 64


@dataclass(slots=True, eq=False)
class Turn:
    """The states of the file before it was opened and after it was closed; `left` is None until then.
    `committed` says whether what was done in it was kept."""

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
    """Return what the file and its log are now; like nothing else where that cannot be seen. A file that is
    attached is read by the handle that is open for that."""
    log = path.with_name(path.name + ".wal")
    try:
        handle = os.open(path, os.O_RDONLY) if look is None else look
        try:
            headers = headers_of(handle)
        finally:
            if look is None:
                os.close(handle)
        stats = [file.stat() for file in (path, log) if file is path or log.exists()]
        seen = [(of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns) for of in stats]
        return (*seen[0], *headers, *seen[1:])
    except OSError:
        return (object(),)


def headers_of(handle: int) -> list[bytes]:
    """Both headers of a file, by its handle."""
    return [os.pread(handle, _HEADER, at) for at in _HEADERS]


MOST, KEPT_S, WATCH_S = 6, 0.5, 0.01
"""How many files stay attached, for how long, and how often it is looked whether anybody waits for one."""


@dataclass(slots=True, eq=False)
class Attached:
    """A file that an instance has attached under `name`; `handle` is our lock of it. Of one that was kept,
    `look` is a handle by which it is read while it is attached: the system takes DuckDB's own lock off the
    file when a process closes any handle of it. `checked` is what it was found to conform to while it was
    attached, `turn` the last in which it was written."""

    path: str
    name: str
    handle: int
    read_only: bool
    inode: int
    checked: object = None
    look: int | None = None
    left: State = ()
    since: float = 0.0
    turn: Turn | None = None

    def is_written_over(self) -> bool:
        """Has somebody put something else in it since it was left, without a turn? Not where that cannot be
        seen: its log may hold what nothing else does."""
        noted = self.left[4:6]
        if self.look is None or not noted:
            return False
        try:
            return (*headers_of(self.look),) != noted
        except OSError:
            return False

    def is_over(self) -> bool:
        """Was it kept for long enough, or does anybody wait for it?"""
        return time.monotonic() > self.since + KEPT_S or is_queued_for(f"{self.path}.lock")


def watch(look: Callable[[], bool]) -> Callable[[], None]:
    """Looks again and again, in a thread of its own, until that says that there is nothing to look after.
    What is returned ends it. It is none of `threading`'s: those are waited for as a program ends."""
    asked, ended = _thread.allocate_lock(), _thread.allocate_lock()
    asked.acquire()
    ended.acquire()

    def go_on() -> None:
        try:
            while look() and not asked.acquire(timeout=WATCH_S):
                pass
        finally:
            ended.release()

    def stop() -> None:
        asked.release()
        ended.acquire()

    _thread.start_new_thread(go_on, ())
    return stop
