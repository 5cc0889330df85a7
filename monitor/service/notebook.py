"""Lock of the service, and its notebook of faults."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from alerts.notices.book import Book
from data.errors import SchoolgateError
from data.ids import digest
from data.store.engine import turn
from data.store.engine.open import Store
from data.store.engine.turn import NAME, Lease, is_gone, me
from monitor.config.home.paths import draft

# One service for one home: who holds it, by the lease in the store, and whether they still live.

HELD_FOR = timedelta(seconds=90)
"""A service that gives no sign of life for so long is taken to be gone."""


class Taken(SchoolgateError):
    """Another service has the home: that is no fault."""


def take_lease(store: Store, now: datetime) -> Lease:
    """The home's lease. Raises Taken, naming the holder, where another service has it."""
    wanted = Lease(NAME, me(), now, now + HELD_FOR)
    with store.write("take the lease") as con:
        stands = turn.take_lease(con, wanted, is_gone)
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
        return longer if turn.renew_lease(con, longer) else None


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
    asking = threading.Thread(target=lambda: found.append(_ask_desk(home, port, wait_s)), daemon=True)
    asking.start()
    asking.join(wait_s)
    return found[0] if found else None


def try_port(host: str, port: int, wait_s: float) -> None:
    """Connects, and leaves at once. Raises OSError where nobody answers."""
    socket.create_connection((host, port), wait_s).close()


def _ask_desk(home: Path, port: int, wait_s: float) -> tuple[str, ...] | None:
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


# What is remembered of our own troubles: a small file beside the store, which may be damaged or held.

log = logging.getLogger("schoolgate.service")

NOTEBOOK_NAME = "troubles.json"


class Notebook:
    """The file of one home. What could not be written is kept in memory, and written when it can be."""

    def __init__(self, home: Path) -> None:
        self.path = home / NOTEBOOK_NAME
        for left in home.glob(f".{NOTEBOOK_NAME}.*"):  # by a kill within `keep`: one service writes it
            left.unlink(missing_ok=True)
        self.book = read_book(home)
        self._written: Book | None = self.book if self.path.exists() else None

    def keep(self, book: Book) -> None:
        """Holds the book, and writes it where it differs from the file. Raises nothing."""
        self.book = book
        if book == self._written:
            return
        content = json.dumps(asdict(book), default=_plain, indent=1).encode()
        try:
            with draft(self.path, content) as made:
                made.replace(self.path)
        except OSError as error:
            if not _written_over(self.path, content):
                log.warning("in=notice fault=%s: kept in memory alone", type(error).__name__)
                return
        self._written = book


def read_book(home: Path) -> Book:
    """The book of a home; an empty one where there is none, or none that can be read."""
    try:
        return TypeAdapter(Book).validate_json((home / NOTEBOOK_NAME).read_bytes(), strict=True)
    except FileNotFoundError:
        return Book()
    except (OSError, ValidationError) as error:
        log.warning("in=notice fault=%s: what was remembered is left out", type(error).__name__)
        return Book()


def _written_over(path: Path, content: bytes) -> bool:
    """Into the room that the file has already, for a full disk has no other; was it done?"""
    try:
        with path.open("r+b") as file:
            if os.fstat(file.fileno()).st_blocks * 512 < len(content):
                return False
            file.write(content)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value))
