"""Asking a service that runs on this machine how it is: what it tells while the store is held, or full."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from data.ids import digest

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


def _asked(home: Path, port: int, wait_s: float) -> tuple[str, ...] | None:
    try:
        socket.create_connection(("127.0.0.1", port), wait_s).close()
    except OSError:
        return None
    from http.client import HTTPConnection, HTTPException  # late: mostly nobody answers

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
    return tuple(_shown(line) for line in said.splitlines() if line)


def _shown(line: str) -> str:
    return "".join(c if c.isprintable() else " " for c in line)
