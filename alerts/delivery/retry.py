"""When a message is tried again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.delivery.results import Cause, Result, SendOutcome
from data.types import OutboxMessage

LONGEST_TRYING = timedelta(days=3)
FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 3600.0
FIRST_URGENT_WAIT_S, LONGEST_URGENT_WAIT_S = 20.0, 300.0
URGENT_KINDS = frozenset(("instant", "escalation"))
"""Kinds of message that somebody must act on now."""
_REFUSED = frozenset((Cause.ADDRESS_REFUSED, Cause.MESSAGE_REFUSED))


TAKEN_UP_FOR = timedelta(hours=24)
"""So long what was given up and taken up again is tried before it is asked anew whether it still must be."""


def is_urgent(message: OutboxMessage) -> bool:
    """Must somebody act on it now: on an alert, or on its not having reached another?"""
    return message.kind in URGENT_KINDS or (message.kind == "failure" and message.alert_id is not None)


def may_be_mended(message: OutboxMessage, result: Result) -> bool:
    """Is it tried again? What tells of a failure is, where it is refused itself, until it is stale."""
    refused = result.outcome is SendOutcome.FAILED and result.cause in _REFUSED
    return result.outcome is SendOutcome.RETRY or (message.kind == "failure" and refused)


def next_try(
    attempts: int,
    first_try: datetime,
    now: datetime,
    jitter_01: float,
    *,
    urgent: bool = False,
    asked_s: float | None = None,
) -> datetime | None:
    """When to try again after `attempts` tries; None where three days of trying have passed.

    The wait doubles from one minute to one hour, for what is urgent from twenty seconds to five minutes,
    and that without an end; `jitter_01` in [0, 1) takes up to a quarter off, so that many do not knock at
    once. Where the server asks for `asked_s`, it is not sooner than that, nor for that later than the longest
    wait: nobody's answer holds an alert back for hours.
    """
    if not urgent and now - first_try >= LONGEST_TRYING:
        return None
    first, longest = (
        (FIRST_URGENT_WAIT_S, LONGEST_URGENT_WAIT_S) if urgent else (FIRST_WAIT_S, LONGEST_WAIT_S)
    )
    doubled = min(longest, first * 2.0 ** min(attempts - 1, 32))
    ours = doubled * (1.0 - jitter_01 / 4.0)
    return now + timedelta(seconds=max(ours, min(asked_s or 0.0, longest)))
