"""Time for each item of a document: one that would take it from the others is left out.

Only in the process that reads, which calls `begin` for each document; elsewhere nothing is ended.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_ITEM_S = 0.5
_ALL_S = 4.0
"""Once a document took this long, no further item of it is begun: at five seconds its process is ended."""


class _TooLong(BaseException):
    """Raised within an item, and in nothing else. No reader may take it for a fault of the item's."""


class _Turn:
    """When the document began, None where nothing is timed; and whether an item is being read."""

    began: float | None = None
    reading: bool = False


def begin() -> None:
    """Times the items of the document that is read next. Called in the main thread."""
    signal.signal(signal.SIGVTALRM, _stop)
    _Turn.began = time.process_time()


def _stop(number: int, frame: FrameType | None) -> None:
    if _Turn.reading:
        raise _TooLong


def read_each(
    read: Callable[[T], R], items: Iterable[T], named: str = "Items", item_s: float = _ITEM_S
) -> tuple[list[R], tuple[str, ...]]:
    """Read each item; leave out those that took too long, with a sentence that counts them."""
    found: list[R] = []
    late = 0
    for item in items:
        try:
            found.append(_time_reading(read, item, item_s))
        except _TooLong:
            late += 1
    return found, (f"{named} that took too long to be read: {late}.",) if late else ()


def _time_reading(read: Callable[[T], R], item: T, item_s: float) -> R:
    if _Turn.began is None:
        return read(item)
    if time.process_time() - _Turn.began > _ALL_S:
        raise _TooLong
    _Turn.reading = True
    signal.setitimer(signal.ITIMER_VIRTUAL, item_s, item_s)
    try:
        return read(item)
    finally:
        _Turn.reading = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
