"""`schoolgate case classify | close | reopen`: what it is, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping

from data.cases import BypassRoute, Case, Ending, Event, StepKind
from data.content_class import BYPASSING, CLASSES, ContentClass
from data.errors import InputError
from monitor.commands.case_common import Desk, one_of, words
from monitor.commands.case_take import Given, event, of, take, the_one

RECLASSIFY_LEAST = 40
"""Characters of a written reason for asking for the removal of what was judged fair comment."""


def classify(given: Given, *, content_class: str, lane: str | None, why: str) -> int:
    """Sets the class; of fair comment this is the reclassification, with a written reason."""
    wanted = content_class.strip().upper()
    if wanted not in CLASSES:
        raise InputError(f"{content_class}: there is no such class. They are C0 to C14: docs/cases.md")

    def made(desk: Desk, case: Case) -> Event:
        facts = {"class": wanted}
        if lane:
            facts["lane"] = one_of(lane, "--lane", BypassRoute).value
        if not case.fair or wanted == ContentClass.FAIR_COMMENT or wanted in BYPASSING:
            return event(desk, StepKind.CLASSIFIED, facts, words(why, "--why"))
        reason = words(why, "--why", RECLASSIFY_LEAST)
        return event(desk, StepKind.RECLASSIFIED, {"from": case.content_class, **facts}, reason)

    return take(given, made)


def confirm(given: Given, *, turn_down: bool, why: str) -> int:
    """A second person's word on what was proposed of criticism: that it is so, or that it is not."""
    reason = words(why, "--why")

    def made(desk: Desk, case: Case) -> Event:
        proposal = case.proposal
        if turn_down or proposal is None:
            return event(desk, StepKind.TURNED_DOWN, {}, reason)
        kind = StepKind.RECLASSIFIED if case.fair else StepKind.CLASSIFIED
        facts = {
            "class": proposal.content_class, "lane": proposal.lane or "", "proposed_by": proposal.by,
            "from": case.content_class if case.fair else "",
        }  # fmt: skip
        return event(desk, kind, facts, reason)

    return take(given, made)


def close(given: Given, *, endings: Mapping[Ending, bool], why: str) -> int:
    """Ends the case, and says how."""
    chosen = the_one({e.value: on for e, on in endings.items()}, "Say how it ended")
    return take(given, of(StepKind.CLOSED, {"ending": chosen}, words(why, "--why")))


def reopen(given: Given, *, why: str) -> int:
    """Opens a closed case again, at the rung it had reached."""
    return take(given, of(StepKind.REOPENED, {}, words(why, "--why")))
