"""How grave a verdict is: does it call for an alert, and which route is more urgent than which. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data.content_class import ContentClass
from data.judged import was_judged
from data.matters import MatterView
from data.types import Alert, Relevance, Route, Severity, Verdict

ROUTE_ORDER = (
    Route.IGNORE,
    Route.NOTE,
    Route.THANK,
    Route.RESPOND,
    Route.REQUEST_REMOVAL,
    Route.PLATFORM_REPORT,
    Route.SAFEGUARDING,
    Route.POLICE_NOW,
)
"""Routes from least to most urgent: a total order, so that "rises" means one thing."""


route_rank = ROUTE_ORDER.index
"""The place of a route in that order: 0 least urgent, 7 most."""


def calls_for_alert(verdict: Verdict) -> bool:
    """Does it need action today, or bypass the removal ladder, and is it not surely about somebody else's
    school?"""
    grave = verdict.severity >= Severity.TODAY or verdict.route.urgent
    return grave and verdict.relevance is not Relevance.NOT_ABOUT


def may_endanger(judged: Alert | Verdict) -> bool:
    """May somebody be in danger by it, so that 999 is named first? Not by an odd post on an account of the
    school's own, though that is of this hour too."""
    kept_apart = judged.restricted or judged.route is Route.SAFEGUARDING
    odd_post = judged.content_class == ContentClass.OWN_ACCOUNT and not kept_apart
    return not odd_post and (judged.severity >= Severity.THIS_HOUR or judged.route is Route.POLICE_NOW)


def may_be_grave(verdict: Verdict) -> bool:
    """Does it call for an alert, or for a person's eye because we cannot tell?"""
    return calls_for_alert(verdict) or verdict.look


def gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict a story is known by: severity first, then the route's order. Raises ValueError on none."""
    return max(verdicts, key=lambda v: (v.severity, route_rank(v.route), v.look, v.mention_id))


def leading(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that a story goes by: what is raised, then what nobody has judged; then the gravest."""
    return max(
        verdicts, key=lambda v: (calls_for_alert(v), not was_judged(v), route_rank(v.route), v.severity)
    )


def top_of(view: MatterView) -> Verdict:
    """The gravest verdict of a matter that has one. Raises ValueError on none."""
    if view.top is None:
        raise ValueError("nothing of it was judged")
    return view.top


def urgency(story: MatterView) -> tuple[int, int, int, int, str]:
    """An order: the most urgent first, then what most people speak of."""
    top = top_of(story)
    return -top.severity, -route_rank(top.route), -len(story.people_keys), -story.mentions, story.story_id
