"""Who holds what for a while: one service per home. A lease that is not renewed expires by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from data.frozen import dataclass
from data.store.engine.bulk import put, replace
from data.store.engine.rows import Connection, as_rows, as_values, execute, read_rows, selected

_COLUMNS = ("name", "holder", "taken_at", "held_until")


@dataclass(frozen=True, slots=True)
class Lease:
    """`holder` is a phrase that names a process: “PID 123 on host”."""

    name: str
    holder: str
    taken_at: datetime
    held_until: datetime


def held(con: Connection, name: str) -> Lease | None:
    """The lease of that name, expired or not; None where nobody has taken it."""
    rows = read_rows(con, f"SELECT {selected(_COLUMNS)} FROM leases WHERE name = $name", name=name)
    return next(iter(as_values(Lease, _COLUMNS, rows)), None)


def take(
    con: Connection,
    wanted: Lease,
    gone: Callable[[str], bool] = lambda holder: False,
) -> Lease:
    """Takes a lease, in a write transaction; returns the one in force: `wanted`, or somebody else's.

    Another's lease gives way once it has expired by `wanted.taken_at`, or where `gone` says that its holder
    no longer exists.
    """
    stands = held(con, wanted.name)
    if stands is not None and stands.held_until > wanted.taken_at and not gone(stands.holder):
        return stands
    _put(con, wanted)
    return wanted


def renew(con: Connection, lease: Lease) -> bool:
    """Extends the lease to `lease.held_until`. Returns False, changing nothing, if another holder has taken
    it since.
    """
    stands = held(con, lease.name)
    if stands is None or (stands.holder, stands.taken_at) != (lease.holder, lease.taken_at):
        return False
    _put(con, lease)
    return True


def give_back(con: Connection, lease: Lease) -> None:
    """Ends the lease, if this holder still has it."""
    sql = "DELETE FROM leases WHERE name = $name AND holder = $holder AND taken_at = $taken"
    execute(con, sql, name=lease.name, holder=lease.holder, taken=lease.taken_at)


def _put(con: Connection, lease: Lease) -> None:
    put(con, "leases", _COLUMNS, as_rows([lease], _COLUMNS), key=("name",), update=replace(_COLUMNS[1:]))
