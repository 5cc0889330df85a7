"""Protocols of everything that touches the world: the only words for effects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import ParamSpec, Protocol, TypeVar

from data.types import FetchFailure, Request, Response

P = ParamSpec("P")
T = TypeVar("T")

Clock = Callable[[], datetime]
"""Gives the time now: aware, UTC."""

Sleep = Callable[[float], None]
"""Waits that many seconds."""


class Fetch(Protocol):
    """Asks for one document, guarded against private addresses; failures are values."""

    def __call__(self, request: Request) -> Response | FetchFailure: ...


class Apart(Protocol):
    """Calls a pure function on what a stranger wrote, where it can be ended. Raises Unreadable where it was.

    The function stands in a module; what it is given and gives are values of `data` and of its own room.
    """

    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...


def here(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls it in this process, where nothing ends it: for what was written by ourselves."""
    return work(*args, **kwargs)


def utc_now() -> datetime:
    """The machine's clock: aware, UTC. Passed in at the edges, never called by a stage."""
    return datetime.now(UTC)
