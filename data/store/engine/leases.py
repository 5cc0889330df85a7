"""Who holds what for a while: one service per home. A lease that is not renewed expires by itself."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data.store.engine.rows import Connection, ValueTable, execute


@dataclass(frozen=True, slots=True)
class Lease:
    """`holder` is a phrase that names a process: “PID 123 on host”."""

    name: str
    holder: str
    taken_at: datetime
    held_until: datetime


NAME = "service"
"""The lease of a home's service."""
_LEASES = ValueTable("leases", Lease, "name holder taken_at held_until")
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


def gone(holder: str) -> bool:
    """As `dead`; a lease under our own process number, when we begin, was an earlier process's."""
    return holder == me() or dead(holder)


def held(con: Connection, name: str) -> Lease | None:
    """The lease of that name, expired or not; None where nobody has taken it."""
    return _LEASES.first(con, "WHERE name = $name", name=name)


def running(con: Connection, now: datetime) -> Lease | None:
    """The lease of the home's service while that is at work; None where none is."""
    lease = held(con, NAME)
    return lease if lease is not None and lease.held_until > now and not dead(lease.holder) else None


def take(con: Connection, wanted: Lease, gone: Callable[[str], bool] = lambda holder: False) -> Lease:
    """Takes a lease, in a write transaction; returns the one in force: `wanted`, or somebody else's.

    Another's lease gives way once it has expired by `wanted.taken_at`, or where `gone` says that its holder
    no longer exists.
    """
    stands = held(con, wanted.name)
    if stands is not None and stands.held_until > wanted.taken_at and not gone(stands.holder):
        return stands
    _LEASES.put(con, [wanted], 1, anew=True)
    return wanted


def renew(con: Connection, lease: Lease) -> bool:
    """Extends the lease to `lease.held_until`. Returns False, changing nothing, if another holder has taken
    it since.
    """
    stands = held(con, lease.name)
    if stands is None or (stands.holder, stands.taken_at) != (lease.holder, lease.taken_at):
        return False
    _LEASES.put(con, [lease], 1, anew=True)
    return True


def give_back(con: Connection, lease: Lease) -> None:
    """Ends the lease, if this holder still has it."""
    sql = "DELETE FROM leases WHERE name = $name AND holder = $holder AND taken_at = $taken"
    execute(con, sql, name=lease.name, holder=lease.holder, taken=lease.taken_at)
