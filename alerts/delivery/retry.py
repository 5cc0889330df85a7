"""When a message is tried again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_TRYING = timedelta(days=3)
FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 3600.0
FIRST_URGENT_WAIT_S, LONGEST_URGENT_WAIT_S = 20.0, 300.0
URGENT_KINDS = frozenset(("instant", "escalation"))
"""Kinds of message that somebody must act on now."""


def next_try(
    attempts: int, first_try: datetime, now: datetime, jitter_01: float, *, urgent: bool = False
) -> datetime | None:
    """When to try again after `attempts` tries; None where three days of trying have passed.

    The wait doubles from one minute to one hour, for urgent kinds from twenty seconds to five minutes;
    `jitter_01` in [0, 1) takes up to a quarter off, so that many do not knock at once.
    """
    if now - first_try >= LONGEST_TRYING:
        return None
    first, longest = (
        (FIRST_URGENT_WAIT_S, LONGEST_URGENT_WAIT_S) if urgent else (FIRST_WAIT_S, LONGEST_WAIT_S)
    )
    doubled = min(longest, first * 2.0 ** min(attempts - 1, 32))
    return now + timedelta(seconds=doubled * (1.0 - jitter_01 / 4.0))
