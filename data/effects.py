"""Protocols for every effect on the outside world; nothing else in the program causes one."""

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
"""Returns the time now: aware, UTC."""

Sleep = Callable[[float], None]
"""Waits that many seconds."""


class Fetch(Protocol):
    """Fetches one document, guarded against private addresses; failures are values."""

    def __call__(self, request: Request) -> Response | FetchFailure: ...


class Apart(Protocol):
    """Calls a pure function on a stranger's input in a process that can be killed. Raises Unreadable if it
    was. The function must be defined in a module; its arguments and result are values of `data` and of its
    own room."""

    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...


def here(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls it in this process, where nothing can end it: for input that we wrote ourselves."""
    return work(*args, **kwargs)


def utc_now() -> datetime:
    """The machine's clock: aware, UTC. Passed in at the edges, never called by a stage."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Uptime:
    """The time that the machine has been running, sleep included, and an id for this boot."""

    boot: str
    seconds: float


Up = Callable[[], Uptime | None]
"""Returns the uptime; None where the machine does not say."""


def uptime() -> Uptime | None:
    """The machine's uptime, on Linux; setting the clock does not change it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return Uptime(boot, time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, AttributeError, ValueError):
        return None


def uptime_beside(clock: Clock) -> Up:
    """The machine's uptime says something of the machine's own clock alone."""
    return uptime if clock is utc_now else no_uptime


def no_uptime() -> Uptime | None:
    """For a machine that does not say."""
    return None
