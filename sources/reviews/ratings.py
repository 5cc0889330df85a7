"""Every score brought to one scale: 1 (worst) to 5 (best)."""

from __future__ import annotations

import re

from data.types import Aggregate
from sources.schema_org import Item

_NUMBER = r"\d+(?:[.,]\d+)?"
_OUT_OF = re.compile(rf"({_NUMBER})\s*(?:/|out of|of|von|sur|de)\s*({_NUMBER})", re.IGNORECASE)
_PERCENT = re.compile(rf"({_NUMBER})\s*%")
_ANY = re.compile(rf"-?{_NUMBER}")
_FULL, _STARS = "★⭐", "★⭐☆"


def on_five(value: float, best: float | None = None, worst: float | None = None) -> float | None:
    """The score on 1..5; None where its scale makes no sense.

    schema.org's defaults: best 5, worst 1. A value above an unstated best is out of 10 or 100.
    """
    if best is None:
        best = next((top for top in (5.0, 10.0, 100.0) if value <= top), None)
    worst = worst if worst is not None else min(1.0, value)
    if best is None or best <= worst or not worst <= value <= best:
        return None
    return round(1 + 4 * (value - worst) / (best - worst), 2)


def number(text: str) -> float | None:
    """The first number in a text, decimal comma or point."""
    found = _ANY.search(text)
    return float(found[0].replace(",", ".")) if found else None


def shown_rating(text: str, best: float | None = None, worst: float | None = None) -> float | None:
    """What a page shows: `4 out of 5`, `Rated 8/10`, `width: 80%`, `★★★★☆`, `4`."""
    pair = _OUT_OF.search(text)
    if pair:
        return on_five(_float(pair[1]), _float(pair[2]), worst)
    share = _PERCENT.search(text)
    if share:
        # a bar of stars: 80 % of five stars are four of them
        value = _float(share[1]) / 20
        return round(max(1.0, value), 2) if value <= 5 else None
    stars = [sign for sign in text if sign in _STARS]
    if stars:
        full = sum(sign in _FULL for sign in stars)
        return on_five(full, max(len(stars), 5), 1) if full else None
    value = number(text)  # type: ignore[assignment]
    return None if value is None else on_five(value, best, worst)


def declared_rating(item: Item) -> float | None:
    """A schema.org Rating, or the bare number some pages put in its place."""
    for rating in item.items("reviewRating"):
        found = _scaled(rating)
        if found is not None:
            return found
    bare = number(item.text("reviewRating", "ratingValue"))
    return None if bare is None else on_five(bare)


def declared_aggregate(item: Item) -> Aggregate:
    """A schema.org AggregateRating: nobody's review."""
    count = number(item.text("reviewCount", "ratingCount"))
    return Aggregate(_scaled(item), None if count is None else int(count))


def _scaled(rating: Item) -> float | None:
    shown = rating.text("ratingValue")
    pair = _OUT_OF.search(shown)
    value = number(shown)
    best = _float(pair[2]) if pair else number(rating.text("bestRating"))
    return None if value is None else on_five(value, best, number(rating.text("worstRating")))


def _float(text: str) -> float:
    return float(text.replace(",", "."))
