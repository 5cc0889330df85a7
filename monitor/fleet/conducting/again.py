"""When what could not be done is tried again."""

from __future__ import annotations

from datetime import timedelta

from monitor.fleet.engines.base import WorkerLost

AFTER_A_FAULT = tuple(timedelta(minutes=m) for m in (1, 5, 15))
AFTER_A_LOSS = tuple(timedelta(seconds=s) for s in (1, 2, 5, 10, 30, 60))
"""A worker that was lost is soon there again, here or elsewhere; unless its machine is away."""


def again_after(error: Exception, tries: int) -> timedelta:
    """After which time, where it was tried in vain so often before: the last of these for good."""
    waits = AFTER_A_LOSS if isinstance(error, WorkerLost) else AFTER_A_FAULT
    return waits[min(tries, len(waits) - 1)]
