"""One connection to what the service answers on: a time limit for everything, and an end to waiting lines.

uvicorn has no limit for a request that does not arrive, and counts whoever says nothing among those it
answers: fifty of them shut out everybody else.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import h11
from uvicorn import Server
from uvicorn.protocols.http.h11_impl import H11Protocol

_QUEUE = 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a caller is waited for, and how many at once."""

    arrives_s: float = 10.0
    """First line, headers and body together."""
    answered_s: float = 60.0
    """From there until the answer is taken; the store alone may be waited for half of it."""
    most: int = 128
    """Callers whose request is not there yet; one more, and the oldest of them has to go."""


class Caller(H11Protocol):
    """One connection, for one request (every answer says “close”)."""

    def __init__(self, patience: Patience, **given: Any) -> None:
        super().__init__(**given)
        self._patience = patience
        self._arrived = False
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._within(self._patience.arrives_s)
        half_open = [c for c in self.connections if isinstance(c, Caller) and c.half_open]
        if len(half_open) > self._patience.most:
            min(half_open, key=Caller.ends_at).give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_limit()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        super().handle_events()
        if not self._arrived and self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._arrived = True
            self._within(self._patience.answered_s)

    @property
    def half_open(self) -> bool:
        """Is its request still to come?"""
        return not self._arrived and not self.transport.is_closing()

    def ends_at(self) -> float:
        """When its time is over, on the loop's clock: the oldest ends first."""
        return self._limit.when() if self._limit else 0.0

    def give_up(self) -> None:
        """At once, whatever was still to be sent or to come."""
        self.transport.abort()

    def _within(self, seconds: float) -> None:
        self._end_limit()
        self._limit = self.loop.call_later(seconds, self.give_up)

    def _end_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()


def with_patience(patience: Patience) -> type[asyncio.Protocol]:
    """What uvicorn makes its connections of; it calls it as it would call the class."""
    made: Callable[..., Caller] = partial(Caller, patience)
    return cast(type[asyncio.Protocol], made)


class Reception(Server):
    """Takes in few callers at a time, so that each is listened to before others can push it out.

    As many as may be half open are taken in over several turns of the loop; the rest wait in the system's
    queue.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for one in sockets or []:
            one.listen(_QUEUE)  # asyncio's `backlog` is both: how many wait, and how many are taken at once
