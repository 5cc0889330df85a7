"""Was a post judged, or must a person read it? One rule, for everything that says what should happen to a
post.

A model of this size cannot read everything: another language, a word or two, a text longer than its windows.
It still guesses a route, but nobody relies on that guess: it is not shown as a judgement, and no case is
opened as fair comment because of it. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from data.content_class import ContentClass
from data.types import Reason, Relevance, Route, Sentiment, Severity, Verdict

A_PERSON_DECIDES = "a_person_decides"
"""The code of the reason for which something grave has no way of acting yet."""

PRESS_OVER = "press_over"
"""The code of the reason that an article tells of something that is over, or was nothing."""

UNREAD = frozenset(
    ("language_cy", "language_other", "too_few_words", "not_read_whole", "worth_a_look", A_PERSON_DECIDES)
)
"""Codes of the reasons why a person has to read it: its route is only a guess."""
TONELESS = ("language_cy", "language_other", "too_few_words")
"""Codes of the reasons for which nothing could tell its tone."""
_NOT_READ_WHOLE = Reason("not_read_whole", "Not all of so long a text was read: please read it yourself.")
_MOST = 5
_OF_ROUTES = frozenset(f"route_{route.value}" for route in Route)


def was_judged(verdict: Verdict) -> bool:
    """Was the kind of matter recognised? For anything grave enough to be raised, its class decides.

    A matter that was raised without a class is for a person to decide, and so is anything that nothing could
    read.
    """
    if verdict.route.urgent:
        return True
    if verdict.severity >= Severity.TODAY and verdict.route.removal:
        return verdict.content_class != ContentClass.FAIR_COMMENT
    if verdict.relevance is Relevance.NOT_ABOUT:
        return True
    return not (verdict.look or UNREAD & {reason.code for reason in verdict.reasons} or _by_no_model(verdict))


def unplaced(verdict: Verdict) -> bool:
    """Is it grave, while what becomes of it is for a person to say?"""
    return any(reason.code == A_PERSON_DECIDES for reason in verdict.reasons)


def is_over(verdict: Verdict) -> bool:
    """Does an article tell that something is over, came to nothing, or was only practised?"""
    return any(reason.code == PRESS_OVER for reason in verdict.reasons)


def in_another_language(verdict: Verdict) -> bool:
    """Is it in a language that the model does not know well enough to judge it?"""
    return any(reason.code.startswith("language_") for reason in verdict.reasons)


def tone_of(verdict: Verdict) -> Sentiment | None:
    """Its tone as it may be shown; None where nothing could tell it."""
    unread = any(reason.code in TONELESS for reason in verdict.reasons)
    return None if unread else verdict.sentiment


def beyond_cap(verdict: Verdict) -> bool:
    """Does it keep its look whatever else asks for one: may it be severity 4, or did nobody judge it?"""
    return maybe_grave(verdict) or in_another_language(verdict)


def maybe_grave(verdict: Verdict) -> bool:
    """May what we cannot tell be severity 4?"""
    return verdict.look and verdict.look_rank >= 1.0


def _by_no_model(verdict: Verdict) -> bool:
    """Are the signals' numbers the only ones behind it, because no model was there to read it?"""
    return bool(verdict.scores) and all(label.startswith("weighed:") for label, _ in verdict.scores)


def reasons_of(verdict: Verdict) -> tuple[Reason, ...]:
    """Its reasons as they may be shown: without the meaning of its route where that is only a guess."""
    if was_judged(verdict):
        return verdict.reasons
    return tuple(reason for reason in verdict.reasons if reason.code not in _OF_ROUTES)


def not_read_whole(verdict: Verdict) -> Verdict:
    """The verdict on a text that was not read to its end, with a reason that says so."""
    if verdict.relevance is Relevance.NOT_ABOUT:
        return verdict
    reasons = (*verdict.reasons[:2], _NOT_READ_WHOLE, *verdict.reasons[2:])[:_MOST]
    return replace(verdict, reasons=reasons)
