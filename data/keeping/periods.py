"""Periods for which each thing is kept: the table in docs/store.md, from schools' own policies and law.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.content_class import BYPASSING, EIGHTEEN_MONTHS, SIX_YEARS, ContentClass, class_spec
from data.steps.codes import Ending
from data.types import Policy, Relevance, Verdict


def kept_for(verdict: Verdict, policy: Policy) -> timedelta:
    """Return how long a verdict requires its mention to be kept, from when the mention was first seen. Not
    about the school: hours. Criticism, opinion, praise (C0): days. Discrimination and threats six years,
    defamation eighteen months, everything else the policy's `retain_days`; restricted texts no longer than
    that, and only until they are handed over."""
    if verdict.relevance is Relevance.NOT_ABOUT and not verdict.restricted:
        return timedelta(hours=policy.unmatched_hours)
    if verdict.content_class == ContentClass.FAIR_COMMENT and not verdict.restricted:
        return timedelta(days=policy.criticism_days)
    return class_spec(verdict.content_class).kept or timedelta(days=policy.retain_days)


def retain_until(verdicts: Iterable[Verdict], now: datetime, policy: Policy) -> datetime:
    """When a mention first seen now may go: the latest time its verdicts require; hours if it has none."""
    unmatched = timedelta(hours=policy.unmatched_hours)
    return now + max((kept_for(v, policy) for v in verdicts), default=unmatched)


def is_restricted(verdict: Verdict) -> bool:
    """Is the text for the designated safeguarding lead only?"""
    return verdict.restricted or verdict.content_class in BYPASSING


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """The facts that decide how long a closed case is kept. `last_public` is when its post was last seen in
    public. `course` says that a chronology was approved: the case was about a course of conduct. Times are
    UTC."""

    content_class: ContentClass
    ending: Ending | None
    closed_at: datetime
    last_public: datetime
    course: bool = False

    @property
    def leaves_stub(self) -> bool:
        """Does it belong to the school's safeguarding system, so that a stub is left here?"""
        return self.ending is Ending.HANDED_OVER or self.content_class in BYPASSING


def case_kept_until(case: ClosedCase, policy: Policy) -> datetime:
    """When the steps, the evidence and the post of a closed case may go, UTC.

    Handed over: at once. Fair comment (C0) or a mistake: days. Hate, threats and a course of conduct: six
    years. Defamation: eighteen months from when it was last public, since an action may be brought for a year
    (Limitation Act 1980, section 4A), but not within those days of closing. Everything else: the policy's
    `retain_days`. Counted from closing, except for defamation.
    """
    days = timedelta(days=policy.criticism_days)
    if case.ending is Ending.HANDED_OVER:
        return case.closed_at
    if case.ending is Ending.MISTAKEN or case.content_class == ContentClass.FAIR_COMMENT:
        return case.closed_at + days
    if case.course:
        return case.closed_at + SIX_YEARS
    if case.content_class == ContentClass.DEFAMATION:
        return max(case.last_public + EIGHTEEN_MONTHS, case.closed_at + days)
    return case.closed_at + (class_spec(case.content_class).kept or timedelta(days=policy.retain_days))
