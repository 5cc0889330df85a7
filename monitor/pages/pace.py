"""How often one thing may be asked for: a small count for each, forgotten after a minute."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

EVERY = timedelta(minutes=1)
MOST = 30
"""So many in that time; nobody opens one link more often."""

_KEPT = 1024


class Pace:
    """Counts by key. The keys are those of real links, and one for everything else."""

    def __init__(self) -> None:
        self._asked: dict[str, deque[datetime]] = {}

    def allows(self, key: str, now: datetime) -> bool:
        """May it be asked for once more? Counts it, if so."""
        if len(self._asked) > _KEPT:
            self._asked = {k: when for k, when in self._asked.items() if now - when[-1] < EVERY}
        when = self._asked.setdefault(key, deque())
        while when and now - when[0] >= EVERY:
            when.popleft()
        if len(when) >= MOST:
            return False
        when.append(now)
        return True
