"""Takes turns at each host: the only place where a fetch waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from data.effects import Sleep
from sources.http.politeness import slot


@dataclass(slots=True)
class _Host:
    places: threading.Semaphore
    free_at_s: float = 0.0
    held_until_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Gate:
    """Lets requests to each host through at its pace, up to `concurrency` at a time. Thread-safe."""

    def __init__(self, timer: Callable[[], float], sleep: Sleep, concurrency: int) -> None:
        self._timer = timer
        self._sleep = sleep
        self._concurrency = concurrency
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str, every_s: float) -> Iterator[float]:
        """Waits until the host may be asked; yields the seconds waited."""
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
        """The host has asked us to stay away for this long."""
        entry = self._entry(host)
        with entry.lock:
            entry.held_until_s = max(entry.held_until_s, self._timer() + seconds)

    def held_s(self, host: str) -> float:
        """Seconds for which we must still stay away from the host; 0 if we need not."""
        return max(self._entry(host).held_until_s - self._timer(), 0.0)

    def ready_at_s(self, host: str) -> float:
        """When the host's next request may start, in the timer's seconds; a time in the past means now."""
        return self._entry(host).free_at_s

    def _entry(self, host: str) -> _Host:
        with self._lock:
            if host not in self._hosts:
                self._hosts[host] = _Host(threading.Semaphore(self._concurrency))
            return self._hosts[host]
