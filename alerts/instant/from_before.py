"""What was posted long before we began to read a place: judged, shown and counted, but seldom told. Pure.

The first reading of a place brings the posts of years. Whatever is older than seven days then is history, on
that reading and on any later one that reaches further back. New words are none, nor is what bears no date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.keeping.periods import is_restricted
from data.types import Mention, Severity, Verdict

BEFORE_WE_BEGAN = timedelta(days=7)
"""A post that was so old when its place was first read well is history."""


def dated(verdict: Verdict, mention: Mention, began: datetime, *, new_words: bool) -> Verdict:
    """The verdict, with the time of its post where that is history.

    `began` is when the place was first read well for this school; `new_words` says that the post was edited
    since we read it last.
    """
    said = mention.published
    if new_words or said is None or max(said, mention.edited or said) >= began - BEFORE_WE_BEGAN:
        return verdict
    return replace(verdict, history=said)


def told_all_the_same(verdicts: Sequence[Verdict], severity: Severity) -> bool:
    """Does a story alert whose grave mentions are these, and which is of this severity?

    Of history only severity 4, the routes safeguarding and police_now, and what is for the safeguarding lead
    alone: no digest may show that.
    """
    return severity >= Severity.THIS_HOUR or any(
        v.history is None or v.route.urgent or is_restricted(v) for v in verdicts
    )


def posted_at(verdicts: Sequence[Verdict]) -> datetime | None:
    """When the newest of these posts was made, where all of them are history; else None."""
    times = [v.history for v in verdicts if v.history is not None]
    return max(times) if times and len(times) == len(verdicts) else None
