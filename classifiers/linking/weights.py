"""What each piece of evidence is worth, in log-odds, and how a total becomes an answer.

Fitted by logistic regression on the invented items the model is trained on, none of them held out
(`benchmarks/fit_linking.py` repeats it). Codes marked “set” are too rare there and were set by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Set

from data.types import Relevance

BIAS = 0.42

WEIGHTS: dict[str, float] = {
    # the school itself
    "urn": 6.0,  # set
    "domain": 4.0,  # set
    "listing": 4.0,  # set
    "handed_in": 4.0,  # set
    "handed_in_named": 4.0,  # set
    "review": 1.0,  # set
    "postcode": 4.0,  # set
    "street": 1.8,  # set
    "district": 1.0,  # set
    "thread": 2.5,  # set
    "short_name": 2.8,  # set
    "alias_handle": 3.0,  # set
    "former_name": 2.5,  # set
    "trust": 1.5,  # set
    "name_disguised": 2.0,  # set
    "name_misspelt": 1.5,  # set
    "other_school_too": 0.0,  # set
    "school_and_place": 0.6,  # set
    "source_place": 2.0,  # set
    "other_words_too": -0.5,  # set
    "danger": 0.0,  # set: neither for nor against
    "untied": 0.0,  # set: the evidence against it is counted already
    "not_searched": -2.0,  # set
    "trade_hint": -0.3,  # set
    "other_of_yours": -1.9,  # set: like another school
    # fitted
    "head_surname": 4.45,
    "head": 4.23,
    "reported": 3.27,
    "core_name": 2.89,
    "alias": 2.81,
    "initials": 2.73,
    "full_name": 2.24,
    "place_within": 1.69,
    "place": 1.42,
    "place_name": 1.27,
    "listing_title": 0.93,
    "school_words_many": 0.92,
    "name_within": 0.82,
    "shared_name": 0.71,
    "county": 0.41,
    "school_words": 0.29,
    "school_named": -0.03,
    "title_other": -0.41,
    "unnamed": -0.68,
    "thing_too": -0.69,
    "landmark": -0.92,
    "other_words_many": -0.94,
    "name_alone": -1.03,
    "elsewhere_beside": -1.07,
    "rival_place_too": -1.16,
    "other_head": -1.16,
    "article_unnamed": -1.28,
    "other_county": -1.35,
    "elsewhere": -1.56,
    "trade_too": -1.62,
    "other_school": -1.77,
    "other_words": -1.88,
    "place_alone": -1.99,
    "abroad": -2.07,
    "namesake_school": -2.15,
    "other_phase_too": -2.31,
    "spam": -2.40,
    "other_level": -2.42,
    "other_phase": -2.46,
    "named_thing": -2.58,
    "namesake_place_too": -2.75,
    "rival_place": -3.22,
    "trade": -3.35,
    "trade_many": -3.61,
    "namesake_tie": -3.64,
    "estate_agent": -3.68,
    "namesake_named": -4.13,
    "namesake_place": -5.72,
    "only_bearer": 0.3,
    "few_bearers": -0.5,
    "many_bearers": -1.0,
    "school_hint": 0.1,
    "school_there": 0.0,
    "elsewhere_too": -1.0,
    "other_place": -1.0,
    "namesake_named_too": -0.7,
    # end of the fitted ones
}

KEPT_FROM = 1.6
"""A sum below this is `not_about` where something points to another. Of the training items found by a search,
this keeps 98 in 100 about the school and drops 80 in 100 of the others; half a point more or less changes
either by no more than one."""

SURE_FROM = 2.35
"""A sum from here on is `about`, as 99 in 100 of the training items there were."""

_NO_DISPROOF = frozenset(
    (
        "unnamed",
        "not_searched",
        "name_alone",
        "place_alone",
        "place_name",
        "shared_name",
        "name_within",
        "few_bearers",
        "many_bearers",
        "trade_hint",
        "trade_too",
        "other_words_too",
        "school_named",
    )
)
_AGAINST = frozenset(code for code, weight in WEIGHTS.items() if weight < 0) - _NO_DISPROOF


TIES = frozenset(
    (
        "urn",
        "domain",
        "listing",
        "handed_in",
        "handed_in_named",
        "reported",
        "postcode",
        "street",
        "thread",
        "alias_handle",
        "former_name",
        "trust",
        "source_place",
        "head",
        "head_surname",
    )
)
"""What points to one school even where others bear its name. A place does where no other of them is there."""

_HANDED_IN = frozenset(("handed_in", "handed_in_named", "reported"))
_SHARED = frozenset(("few_bearers", "many_bearers", "name_alone", "unnamed"))


def total(codes: Iterable[str]) -> float:
    """The sum over the codes found."""
    return BIAS + sum(WEIGHTS[code] for code in codes)


def score(weight: float) -> float:
    """The log-odds as a probability, 0..1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, weight))))


def relevance(codes: Set[str]) -> Relevance:
    """The answer for the codes found.

    A name placed in another town is another's, whatever else is there, unless something ties the text to us.
    Doubt is kept, and so is what a person handed in: a text found by a search for the school is `not_about` only where something shows that
    another is meant. In a general feed it must contain a name that sounds like a school's, or a danger.
    """
    weight = total(codes)
    if "elsewhere" in codes and not TIES & codes:
        return Relevance.NOT_ABOUT
    if weight >= SURE_FROM:
        return Relevance.UNSURE if _of_several(codes) else Relevance.ABOUT
    kept = weight >= KEPT_FROM or _HANDED_IN & codes or _in_doubt(codes)
    return Relevance.UNSURE if kept else Relevance.NOT_ABOUT


def _of_several(codes: Set[str]) -> bool:
    """Is a name that several schools bear, or a bare name that may be no school's, all that points to us?"""
    return bool(_SHARED & codes) and not TIES & codes


def _in_doubt(codes: Set[str]) -> bool:
    if _AGAINST & codes:
        return False
    return "not_searched" not in codes or (
        "unnamed" not in codes and bool({"school_named", "danger"} & codes)
    )
