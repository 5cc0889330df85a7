"""How often something may be asked for: a link, a session, a host, a number that is not there."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

MOST = 30
"""How often one link may be asked for in a minute; nobody opens one more often."""
_MOST_KEPT = 20_000
"""So many keys are counted at once, those asked for last: strangers choose theirs."""
WRONG_NUMBERS, WRONG_WITHIN = 10, timedelta(hours=1)
"""So many numbers of which there is nothing for them somebody may ask for; then they wait."""


class Pace:
    """How often each key was asked for of late; `most` is how often it may be within that time, `MOST` where
    that is not said. `full_at` is when one was last found to have been."""

    def __init__(self, most: int | None = None, within: timedelta = timedelta(minutes=1)) -> None:
        self._most, self._within, self._lock = most, within, Lock()
        self._asked: dict[str, deque[datetime]] = {}
        self.full_at: datetime | None = None

    def allows(self, key: str, now: datetime) -> bool:
        """May it be asked for once more? Counts it, if so."""
        with self._lock:
            when = self._asked[key] = self._asked.pop(key, deque())
            if len(self._asked) > _MOST_KEPT:
                del self._asked[next(iter(self._asked))]
            while when and now - when[0] >= self._within:
                when.popleft()
            if len(when) >= (self._most or MOST):
                return False
            when.append(now)
            return True

    def is_full(self, key: str, now: datetime) -> bool:
        """Was it asked for as often as it may be? Counts nothing."""
        with self._lock:
            recent = sum(now - at < self._within for at in self._asked.get(key, ()))
            full = recent >= (self._most or MOST)
            self.full_at = now if full else self.full_at
            return full

    def was_full(self, now: datetime) -> bool:
        """Was any found to have been so within that time?"""
        return self.full_at is not None and now - self.full_at < self._within
