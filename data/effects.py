"""Protocols of everything that touches the world: the only words for effects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from data.types import FetchFailure, Request, Response

Clock = Callable[[], datetime]
"""Gives the time now: aware, UTC."""

Sleep = Callable[[float], None]
"""Waits that many seconds."""


class Fetch(Protocol):
    """Asks for one document, guarded against private addresses; failures are values."""

    def __call__(self, request: Request) -> Response | FetchFailure: ...


def utc_now() -> datetime:
    """The machine's clock: aware, UTC. Passed in at the edges, never called by a stage."""
    return datetime.now(UTC)
