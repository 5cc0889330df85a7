"""What each piece of evidence is worth, in log-odds, and how a sum becomes an answer.

Fitted by logistic regression on the invented training items (`benchmarks/fit_linking.py` repeats it);
codes marked “set” are too rare there and were set by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Set

from data.types import Relevance

BIAS = 0.41

WEIGHTS: dict[str, float] = {
    # the school itself
    "urn": 6.0,  # set
    "domain": 4.0,  # set
    "listing": 4.0,  # set
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
    "danger": 0.0,  # set: it argues neither way
    "not_searched": -2.0,  # set
    "trade_hint": -0.3,  # set
    "other_of_yours": -1.9,  # set: as another school
    # fitted
    "head_surname": 4.50,
    "head": 4.43,
    "reported": 3.32,
    "alias": 2.94,
    "core_name": 2.92,
    "initials": 2.88,
    "full_name": 2.45,
    "place_within": 1.66,
    "place": 1.40,
    "place_name": 1.32,
    "school_words_many": 0.87,
    "listing_title": 0.85,
    "shared_name": 0.75,
    "name_within": 0.72,
    "county": 0.44,
    "school_words": 0.23,
    "school_named": -0.06,
    "unnamed": -0.63,
    "title_other": -0.63,
    "landmark": -0.75,
    "other_words_many": -0.94,
    "name_alone": -1.05,
    "elsewhere_beside": -1.08,
    "other_head": -1.21,
    "article_unnamed": -1.28,
    "other_county": -1.35,
    "rival_place_too": -1.52,
    "elsewhere": -1.54,
    "trade_too": -1.58,
    "thing_too": -1.64,
    "other_words": -1.85,
    "other_school": -1.86,
    "place_alone": -2.09,
    "other_phase": -2.14,
    "abroad": -2.15,
    "spam": -2.44,
    "named_thing": -2.44,
    "other_level": -2.45,
    "namesake_place_too": -2.89,
    "trade": -3.24,
    "estate_agent": -3.33,
    "namesake_named": -3.44,
    "namesake_school": -3.44,
    "trade_many": -3.46,
    "rival_place": -3.47,
    "other_phase_too": -3.49,
    "namesake_tie": -3.65,
    "namesake_place": -5.95,
    # end of the fitted ones
}

KEPT_FROM = 1.5
"""A sum below this is `not_about` where something shows another; chosen on the training items."""

SURE_FROM = 2.5
"""A sum from here on is `about`; there, 98 in 100 of the training items were."""

_NO_DISPROOF = frozenset(
    (
        "unnamed",
        "not_searched",
        "name_alone",
        "place_alone",
        "place_name",
        "shared_name",
        "name_within",
        "trade_hint",
        "trade_too",
        "other_words_too",
        "school_named",
    )
)
_AGAINST = frozenset(code for code, weight in WEIGHTS.items() if weight < 0) - _NO_DISPROOF


def total(codes: Iterable[str]) -> float:
    """The sum for the codes found."""
    return BIAS + sum(WEIGHTS[code] for code in codes)


def score(weight: float) -> float:
    """The log-odds as a probability, 0..1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, weight))))


def relevance(codes: Set[str]) -> Relevance:
    """The answer that goes with the codes found.

    Doubt is kept: a text found by a search for the school is `not_about` only where something shows that
    another is meant. In a general feed it must bear a name that is heard as a school's, or a danger.
    """
    weight = total(codes)
    if weight >= SURE_FROM:
        return Relevance.ABOUT
    return Relevance.UNSURE if weight >= KEPT_FROM or _in_doubt(codes) else Relevance.NOT_ABOUT


def _in_doubt(codes: Set[str]) -> bool:
    if _AGAINST & codes:
        return False
    return "not_searched" not in codes or (
        "unnamed" not in codes and bool({"school_named", "danger"} & codes)
    )
