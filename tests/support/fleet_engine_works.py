"""Workers for the tests of engines: what they do when they are asked, each in a process of its own."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Unsendable(Exception):
    """Cannot be sent to another process."""

    def __init__(self) -> None:
        super().__init__("words of a post")
        self.held = lambda: None


class Unreadable(Exception):
    """Can be sent, and cannot be made anew where it arrives."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


class Panic(BaseException):
    """As a library in another language raises it."""


def worker() -> Callable[[Any], Any]:
    return _do


def _do(work: Any) -> Any:
    match work:
        case "pid":
            return os.getpid()
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            raise ValueError("so it is")
        case "unsendable":
            raise Unsendable
        case "unreadable":
            raise Unreadable("one", "other")
        case "panic":
            raise Panic
        case "unsendable answer":
            return lambda: None
        case ("sleep", float(seconds)):
            time.sleep(seconds)
        case ("meet", str(mine), str(other)):
            return _met(Path(mine), Path(other))
    return work


def _met(mine: Path, other: Path) -> bool:
    """Has another work been begun while this one was under way?"""
    mine.touch()
    until = time.monotonic() + 10
    while not other.exists() and time.monotonic() < until:
        time.sleep(0.01)
    return other.exists()


def head() -> None:
    """A process with a worker of its own, at work: it says that one's number, and waits to be killed."""
    from monitor.fleet.engines.base import Stage, Station
    from monitor.fleet.engines.local import LocalEngine

    engine = LocalEngine({Stage.LINK: Station(worker, at_once=2)})
    engine.ask(Stage.LINK, 0, ("sleep", 600.0))
    sys.stdout.write(f"{engine.ask(Stage.LINK, 0, 'pid').result(60)}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    head()
