"""What each piece of evidence is worth, in log-odds, and how a sum becomes an answer.

Fitted by logistic regression on the invented training items (`benchmarks/linking.py --fit` repeats it);
codes marked “set” are too rare there and were set by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Set

from data.types import Relevance

BIAS = 0.62

WEIGHTS: dict[str, float] = {
    # the school itself
    "urn": 6.0,  # set
    "domain": 4.0,  # set
    "listing": 3.0,  # set
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
    "danger": 0.0,  # set: it argues neither way
    "not_searched": -2.0,  # set
    "trade_hint": -0.3,  # set
    # fitted
    "head": 4.49,
    "head_surname": 4.46,
    "reported": 3.28,
    "full_name": 2.91,
    "alias": 2.86,
    "core_name": 2.80,
    "initials": 2.75,
    "place_within": 1.66,
    "place": 1.36,
    "place_name": 1.16,
    "school_words_many": 0.76,
    "shared_name": 0.62,
    "name_within": 0.53,
    "listing_title": 0.49,
    "county": 0.34,
    "school_words": 0.13,
    "title_other": -0.61,
    "landmark": -0.67,
    "unnamed": -0.75,
    "elsewhere_beside": -1.07,
    "other_head": -1.16,
    "name_alone": -1.22,
    "article_unnamed": -1.30,
    "other_county": -1.36,
    "rival_place_too": -1.49,
    "elsewhere": -1.53,
    "thing_too": -1.54,
    "other_words_many": -1.86,
    "other_school": -1.86,
    "other_words": -1.88,
    "abroad": -1.99,
    "place_alone": -2.09,
    "spam": -2.12,
    "other_phase": -2.24,
    "other_level": -2.42,
    "named_thing": -2.58,
    "namesake_place_too": -2.82,
    "trade_many": -2.91,
    "trade": -2.99,
    "estate_agent": -3.26,
    "rival_place": -3.50,
    "namesake_named": -3.55,
    "other_phase_too": -3.68,
    "namesake_tie": -3.76,
    "namesake_place": -6.04,
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
