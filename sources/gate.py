"""Whose turn it is at a host: the only place where a fetch waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from data.effects import Sleep
from sources.politeness import slot


@dataclass(slots=True)
class _Host:
    places: threading.Semaphore
    free_at_s: float = 0.0
    held_until_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Gate:
    """Lets requests to one host through at its pace, so many at a time. Used from many threads."""

    def __init__(self, timer: Callable[[], float], sleep: Sleep, concurrency: int) -> None:
        self._timer = timer
        self._sleep = sleep
        self._concurrency = concurrency
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str, every_s: float) -> Iterator[float]:
        """Waits until the host may be asked; gives the seconds waited."""
        entry = self._entry(host)
        came = self._timer()
        with entry.places:
            with entry.lock:
                now = self._timer()
                start, entry.free_at_s = slot(max(entry.free_at_s, entry.held_until_s), now, every_s)
            if start > now:
                self._sleep(start - now)
            yield self._timer() - came

    def hold(self, host: str, seconds: float) -> None:
        """The host asked to be left alone for so long."""
        entry = self._entry(host)
        with entry.lock:
            entry.held_until_s = max(entry.held_until_s, self._timer() + seconds)

    def held_s(self, host: str) -> float:
        """Seconds for which the host still wants to be left alone; 0 where it does not."""
        return max(self._entry(host).held_until_s - self._timer(), 0.0)

    def ready_at_s(self, host: str) -> float:
        """When the host's next request may start, on the timer; a moment gone by means now."""
        return self._entry(host).free_at_s

    def _entry(self, host: str) -> _Host:
        with self._lock:
            if host not in self._hosts:
                self._hosts[host] = _Host(threading.Semaphore(self._concurrency))
            return self._hosts[host]
