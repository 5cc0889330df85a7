"""Protocols of everything that touches the world: the only words for effects."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
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


@dataclass(frozen=True, slots=True)
class Uptime:
    """How long the machine has run, sleep included, and since which start of it."""

    boot: str
    seconds: float


Up = Callable[[], Uptime | None]
"""Gives it; None where the machine does not say."""


def uptime() -> Uptime | None:
    """The machine's, on Linux: no change of its clock changes that."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return Uptime(boot, time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, AttributeError, ValueError):
        return None


def no_uptime() -> Uptime | None:
    """Of a machine that does not say."""
    return None
