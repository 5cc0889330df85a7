"""What each piece of evidence is worth, in log-odds, and how a sum becomes an answer.

Fitted by logistic regression on the invented training items (`benchmarks/linking.py --fit` repeats it);
codes marked “set” are too rare there and were set by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from data.types import Relevance

BIAS = 1.27

WEIGHTS: dict[str, float] = {
    # the school itself
    "urn": 6.0,  # set
    "domain": 4.0,  # set
    "listing": 3.0,  # set
    "review": 1.0,  # set
    "postcode": 4.0,  # set
    "street": 1.8,  # set
    "district": 1.0,  # set
    "thread": 1.5,  # set
    # fitted
    "head_surname": 4.68,
    "head": 4.57,
    "reported": 3.36,
    "initials": 1.80,
    "place_within": 1.66,
    "school_words_many": 1.51,
    "alias_handle": 1.46,
    "former_name": 1.33,
    "full_name": 1.26,
    "core_name": 1.23,
    "alias": 1.20,
    "name_disguised": 1.14,
    "place": 1.12,
    "trust": 1.03,
    "listing_title": 0.88,
    "school_words": 0.86,
    "other_school_too": 0.64,
    "county": 0.34,
    "name_misspelt": 0.31,
    "short_name": 0.09,
    "title_other": -0.17,
    "name_alone": -0.23,
    "name_within": -0.33,
    "place_name": -0.64,
    "landmark": -0.73,
    "elsewhere_beside": -0.85,
    "spam": -0.91,
    "other_words": -0.92,
    "shared_name": -0.95,
    "other_county": -1.22,
    "other_head": -1.23,
    "article_unnamed": -1.34,
    "elsewhere": -1.42,
    "thing_too": -1.73,
    "unnamed": -1.83,
    "trade": -1.87,
    "other_level": -1.93,
    "rival_place_too": -1.94,
    "other_school": -1.98,
    "not_searched": -2.06,
    "estate_agent": -2.06,
    "abroad": -2.09,
    "other_phase": -2.18,
    "namesake_place_too": -2.49,
    "other_words_many": -2.52,
    "trade_many": -2.60,
    "namesake_named": -2.79,
    "named_thing": -3.38,
    "other_phase_too": -3.46,
    "rival_place": -3.55,
    "namesake_tie": -3.75,
    "namesake_place": -6.06,
    # end of the fitted ones
}

KEPT_FROM = -0.25
"""A sum below this is `not_about`: chosen so that hardly anything about the school is lost."""

SURE_FROM = 1.8
"""A sum from here on is `about`; between the two it is `unsure`."""


def total(codes: Iterable[str]) -> float:
    """The sum for the codes found."""
    return BIAS + sum(WEIGHTS[code] for code in codes)


def score(weight: float) -> float:
    """The log-odds as a probability, 0..1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, weight))))


def relevance(weight: float) -> Relevance:
    """The answer that goes with a sum."""
    if weight < KEPT_FROM:
        return Relevance.NOT_ABOUT
    return Relevance.ABOUT if weight >= SURE_FROM else Relevance.UNSURE
