"""One service for one home: who holds it, by the lease in the store, and whether they still live."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import replace
from datetime import datetime, timedelta

from data.errors import SchoolgateError
from data.store.engine.open import Store
from data.store.service import leases
from data.store.service.leases import Lease

NAME = "service"
HELD_FOR = timedelta(seconds=90)
"""A service that gives no sign of life for so long is taken to be gone."""

_HOLDER = re.compile(r"PID (\d+) on (.+)")


class Taken(SchoolgateError):
    """Another service has the home: that is no fault. `by` names it, as its lease does."""

    def __init__(self, said: str, by: str) -> None:
        super().__init__(said)
        self.by = by


def me() -> str:
    """This process, as a lease names it."""
    return f"PID {os.getpid()} on {platform.node()}"


def dead(holder: str) -> bool:
    """Is the named process surely no more? Of one on another machine that is never sure."""
    named = _HOLDER.fullmatch(holder)
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


def take(store: Store, now: datetime, held_for: timedelta = HELD_FOR) -> Lease:
    """The home's lease. Raises Taken, naming the holder, where another service has it."""
    wanted = Lease(NAME, me(), now, now + held_for)
    with store.write("take the lease") as con:
        stands = leases.take(con, wanted, gone)
    if stands != wanted:
        raise Taken(
            f"A service runs for {store.home} already: {stands.holder}, since "
            f"{stands.taken_at:%Y-%m-%d %H:%M} UTC. End that one first, or see how it is: ⟪status⟫",
            stands.holder,
        )
    return wanted


def renew(store: Store, lease: Lease, now: datetime, held_for: timedelta = HELD_FOR) -> Lease | None:
    """The lease, held for longer; None where another service has taken it."""
    longer = replace(lease, held_until=now + held_for)
    with store.write("renew the lease") as con:
        return longer if leases.renew(con, longer) else None
