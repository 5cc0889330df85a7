"""A lock of our own beside the database file, held from before it is opened until after it is closed.

DuckDB 2.0 reads the file's header before it takes its own lock and does not read it again after
(seen with strace). A process that opens while another is just closing therefore goes on from an old
header, and the other's commit is lost: 1 in 200 with three writers. See docs/decisions,
0007-a-lock-beside-the-store.md.
"""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path


class Held(Exception):
    """Somebody else has the file; `holder` is a phrase that names them."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)


def take(path: Path, *, shared: bool) -> int:
    """Takes the lock without waiting and gives its handle; `shared` with other readers.

    The lock ends with the process, however that ends. Raises Held while somebody else has it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _holder(handle)
        os.close(handle)
        raise Held(holder) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{Path(sys.executable).name} {os.getpid()}".encode(), 0)
    return handle


def give_back(handle: int) -> None:
    """Ends the lock, for children too that were forked meanwhile."""
    fcntl.flock(handle, fcntl.LOCK_UN)
    os.close(handle)


def _holder(handle: int) -> str:
    """Who took the lock last, as they wrote it down."""
    program, _, pid = os.pread(handle, 200, 0).decode("utf-8", "replace").partition(" ")
    if pid == str(os.getpid()):
        return "another thread of this process"
    return f"{program} (PID {pid})" if pid else "another process"
