"""One service for one home: who holds it, by the lease in the store, and whether they still live.

And what it says of itself when it is asked, also while the store is held, or full.
"""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from data.errors import SchoolgateError
from data.ids import digest
from data.store.engine import leases
from data.store.engine.leases import NAME, Lease, gone, me
from data.store.engine.open import Store

HELD_FOR = timedelta(seconds=90)
"""A service that gives no sign of life for so long is taken to be gone."""


class Taken(SchoolgateError):
    """Another service has the home: that is no fault."""


def take(store: Store, now: datetime) -> Lease:
    """The home's lease. Raises Taken, naming the holder, where another service has it."""
    wanted = Lease(NAME, me(), now, now + HELD_FOR)
    with store.write("take the lease") as con:
        stands = leases.take(con, wanted, gone)
    if stands != wanted:
        raise Taken(
            f"A service runs for {store.home} already: {stands.holder}, since "
            f"{stands.taken_at:%Y-%m-%d %H:%M} UTC. End that one first, or see how it is: ⟪status⟫"
        )
    return wanted


def renew(store: Store, lease: Lease, now: datetime) -> Lease | None:
    """The lease, held for longer; None where another service has taken it."""
    longer = replace(lease, held_until=now + HELD_FOR)
    with store.write("renew the lease") as con:
        return longer if leases.renew(con, longer) else None


HOME_HEADER = "Schoolgate-Home"
WAIT_S = 2.0
_LONGEST = 65_536


def known_as(home: Path) -> str:
    """A home by a name that tells nothing of it."""
    return digest("home", str(home.resolve()))


def complaints_of(home: Path, port: int, wait_s: float = WAIT_S) -> tuple[str, ...] | None:
    """Why the service of this home is not well; empty where it is, None where none answers for it.

    Another program may have the port, and may answer without an end: it has `wait_s` in all.
    """
    found: list[tuple[str, ...] | None] = []
    asking = threading.Thread(target=lambda: found.append(_asked(home, port, wait_s)), daemon=True)
    asking.start()
    asking.join(wait_s)
    return found[0] if found else None


def try_port(host: str, port: int, wait_s: float) -> None:
    """Connects, and leaves at once. Raises OSError where nobody answers."""
    socket.create_connection((host, port), wait_s).close()


def _asked(home: Path, port: int, wait_s: float) -> tuple[str, ...] | None:
    try:
        try_port("127.0.0.1", port, wait_s)
    except OSError:
        return None
    connection = HTTPConnection("127.0.0.1", port, timeout=wait_s)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        if answer.headers[HOME_HEADER] != known_as(home):
            return None
        said = "" if answer.status == 200 else answer.read(_LONGEST).decode("utf-8", "replace")
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
    return tuple("".join(c if c.isprintable() else " " for c in line) for line in said.splitlines() if line)
