"""How long each thing is kept: the table in docs/store.md, from the schools' own policies and law. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from data.types import Policy, Relevance, Verdict

SIX_YEARS = timedelta(days=6 * 365 + 2)
EIGHTEEN_MONTHS = timedelta(days=548)
_LONGER = {"C3": SIX_YEARS, "C6": SIX_YEARS, "C7": EIGHTEEN_MONTHS}
HANDED_OVER = ("C9", "C10")
"""Safeguarding and extremism: a stub is all that stays here once they are handed over."""


def kept_for(verdict: Verdict, policy: Policy) -> timedelta:
    """How long the mention is kept for this verdict's sake, from when it was first seen.

    What is not about the school: hours. Criticism, opinion, praise (C0): days. Discrimination and
    threats six years, defamation eighteen months, all else the policy's `retain_days`; restricted
    texts at most so long, and no longer than until they are handed over.
    """
    if verdict.relevance is Relevance.NOT_ABOUT and not verdict.restricted:
        return timedelta(hours=policy.unmatched_hours)
    if verdict.content_class == "C0" and not verdict.restricted:
        return timedelta(days=policy.criticism_days)
    return _LONGER.get(verdict.content_class, timedelta(days=policy.retain_days))


def retain_until(verdicts: Iterable[Verdict], now: datetime, policy: Policy) -> datetime:
    """When a mention first seen now may go: the latest of what its verdicts ask; hours without any."""
    unmatched = timedelta(hours=policy.unmatched_hours)
    return now + max((kept_for(v, policy) for v in verdicts), default=unmatched)


def is_restricted(verdict: Verdict) -> bool:
    """True where the text is for the designated safeguarding lead alone."""
    return verdict.restricted or verdict.content_class in HANDED_OVER
