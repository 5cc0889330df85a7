"""Was a post judged, or is it for a person to read? One rule, asked by whoever says what is to become of it.

A model of this size cannot read everything: another language, a word or two, what is longer than its
windows. It guesses a route all the same, and that guess is nobody's judgement: it is not told as one, and no
case is opened as fair comment on it. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from data.content_class import ContentClass
from data.types import Reason, Relevance, Route, Severity, Verdict

UNREAD = frozenset(("language_cy", "language_other", "too_few_words", "not_read_whole", "worth_a_look"))
"""Codes of the reasons why a person has to read it: its route is merely guessed."""
_NOT_READ_WHOLE = Reason("not_read_whole", "Not all of so long a text was read: please read it yourself.")
_MOST = 5
_OF_ROUTES = frozenset(f"route_{route.value}" for route in Route)


def was_judged(verdict: Verdict) -> bool:
    """Did something tell what kind of matter it is? Of what is grave enough to be raised, its class does.

    What is raised and has no class is for a person to decide, and so is all that nothing has read.
    """
    if verdict.route.urgent:
        return True
    if verdict.severity >= Severity.TODAY and verdict.route.removal:
        return verdict.content_class != ContentClass.FAIR_COMMENT
    if verdict.relevance is Relevance.NOT_ABOUT:
        return True
    return not (verdict.look or UNREAD & {reason.code for reason in verdict.reasons} or _by_no_model(verdict))


def _by_no_model(verdict: Verdict) -> bool:
    """Are the only numbers that led here those of the signals: was no model there to read it?"""
    return bool(verdict.scores) and all(label.startswith("weighed:") for label, _ in verdict.scores)


def reasons_of(verdict: Verdict) -> tuple[Reason, ...]:
    """Its reasons as they may be told: without what its route means, where that is a guess."""
    if was_judged(verdict):
        return verdict.reasons
    return tuple(reason for reason in verdict.reasons if reason.code not in _OF_ROUTES)


def not_read_whole(verdict: Verdict) -> Verdict:
    """The verdict on a text of which not all was read, which says so."""
    if verdict.relevance is Relevance.NOT_ABOUT:
        return verdict
    reasons = (*verdict.reasons[:2], _NOT_READ_WHOLE, *verdict.reasons[2:])[:_MOST]
    return replace(verdict, reasons=reasons)
