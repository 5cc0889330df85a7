"""What each piece of evidence is worth, in log-odds, and how a sum becomes an answer.

Fitted by logistic regression on the invented training items (`benchmarks/linking.py --fit` repeats it);
codes marked “set” are too rare there and were set by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Set

from data.types import Relevance

BIAS = 0.59

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
    "source_place": 1.6,  # set
    "other_words_too": -0.5,  # set
    "danger": 0.0,  # set: it argues neither way
    "not_searched": -2.0,  # set
    "trade_hint": -0.3,  # set
    # fitted
    "head": 4.51,
    "head_surname": 4.51,
    "reported": 3.28,
    "alias": 2.80,
    "core_name": 2.75,
    "full_name": 2.75,
    "initials": 2.73,
    "place_within": 1.66,
    "place": 1.38,
    "place_name": 1.19,
    "school_words_many": 0.85,
    "listing_title": 0.80,
    "shared_name": 0.59,
    "name_within": 0.55,
    "county": 0.35,
    "school_words": 0.22,
    "school_named": -0.40,
    "title_other": -0.63,
    "unnamed": -0.79,
    "landmark": -0.80,
    "other_words_many": -1.02,
    "name_alone": -1.06,
    "elsewhere_beside": -1.08,
    "other_head": -1.13,
    "article_unnamed": -1.30,
    "elsewhere": -1.35,
    "other_county": -1.39,
    "thing_too": -1.50,
    "rival_place_too": -1.59,
    "trade_too": -1.72,
    "other_words": -1.76,
    "other_school": -1.86,
    "place_alone": -2.13,
    "abroad": -2.14,
    "spam": -2.23,
    "other_phase": -2.31,
    "other_level": -2.42,
    "named_thing": -2.58,
    "namesake_place_too": -2.86,
    "trade": -3.14,
    "estate_agent": -3.21,
    "trade_many": -3.31,
    "rival_place": -3.48,
    "namesake_named": -3.51,
    "other_phase_too": -3.59,
    "namesake_tie": -3.67,
    "namesake_place": -5.98,
    # end of the fitted ones
}

KEPT_FROM = 0.9
"""A sum below this is `not_about`: chosen on the training items so that few about the school are lost."""

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

    Doubt is kept: where nothing shows that another is meant, a text found by a search for the school
    is `unsure` though it names nobody, and so is a dangerous one that bears the name and no more.
    """
    weight = total(codes)
    if weight >= SURE_FROM:
        return Relevance.ABOUT
    return Relevance.UNSURE if weight >= KEPT_FROM or _in_doubt(codes) else Relevance.NOT_ABOUT


def _in_doubt(codes: Set[str]) -> bool:
    if _AGAINST & codes or {"unnamed", "not_searched"} <= codes:
        return False
    return "unnamed" in codes or "danger" in codes
