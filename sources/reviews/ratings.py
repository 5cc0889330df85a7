"""Converts every score to one scale: 1 (worst) to 5 (best)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.types import Aggregate
from sources.html.schema_org import Item


@dataclass(frozen=True, slots=True)
class Review:
    """One review, with times as written in the document.

    `id` is unique on its channel, "" if unknown; `url` is absolute, "" if the review has none of its own.
    """

    text: str
    title: str = ""
    author: str = ""
    published: str = ""
    edited: str = ""
    rating: float | None = None
    id: str = ""
    url: str = ""
    quoted: str = ""


_NUMBER = r"\d+(?:[.,]\d+)?"
_OUT_OF = re.compile(rf"({_NUMBER})\s*(?:/|out of|of|von|sur|de)\s*({_NUMBER})", re.IGNORECASE)
_PERCENT = re.compile(rf"({_NUMBER})\s*%")
_ANY = re.compile(rf"-?{_NUMBER}")
_COUNT = re.compile(
    r"\d{1,3}(?:[.,' \u00a0\u2009\u202f]\d{3})++(?!\d)|\d++(?![.,]?\d*\s?[km]\b)", re.IGNORECASE
)
_MOST_REVIEWS = 10**9
_TOPS = (5.0, 10.0, 100.0)
_FULL, _STARS = "★⭐", "★⭐☆"


def on_five(value: float, best: float | None = None, worst: float | None = None) -> float | None:
    """The score on 1..5; None if its scale makes no sense.

    schema.org's defaults: best 5, worst 1. A value above an unstated best is out of 10 or 100;
    `unstated_best` decides this for all of a page's scores together.
    """
    best = unstated_best([value]) if best is None else best
    worst = worst if worst is not None else min(1.0, value)
    if best is None or best <= worst or not worst <= value <= best < math.inf:
        return None
    return round(1 + 4 * (value - worst) / (best - worst), 2)


def unstated_best(values: Iterable[float]) -> float | None:
    """The best score of one scale that holds all these values: 5, 10 or 100; None without values."""
    highest = max(values, default=math.inf)
    return next((top for top in _TOPS if highest <= top), None)


def number(text: str) -> float | None:
    """The first number in a text, decimal comma or point; None for one too large to be a score."""
    found = _ANY.search(text)
    value = _float(found[0]) if found else math.inf
    return value if math.isfinite(value) else None


def count_of(value: object) -> int | None:
    """How many there are, from a number or a text such as `1,234` or `3 reviews`; None if unclear."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    found = _COUNT.search(value) if isinstance(value, str) else None
    count = int("".join(filter(str.isdigit, found[0]))[:20]) if found else value
    return count if isinstance(count, int) and 0 <= count <= _MOST_REVIEWS else None


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


def bare_score(text: str) -> float | None:
    """A score shown without its scale: `4`, `3.5 stars`."""
    scaled = _OUT_OF.search(text) or _PERCENT.search(text) or any(sign in text for sign in _STARS)
    return None if scaled else number(text)


def declared_rating(item: Item, best: float | None = None) -> float | None:
    """A schema.org Rating, or the bare number some pages give instead; `best` applies if it names none."""
    for rating in item.items("reviewRating"):
        found = _scaled(rating, best)
        if found is not None:
            return found
    bare = number(item.text("reviewRating", "ratingValue"))
    return None if bare is None else on_five(bare, best)


def declared_best(items: Iterable[Item]) -> float | None:
    """The best score for those of a page's reviews that do not state one."""
    ratings = [rating for item in items for rating in item.items("reviewRating") or [item]]
    bare = (bare_score(r.text("ratingValue", "reviewRating")) for r in ratings if not r.text("bestRating"))
    return unstated_best(value for value in bare if value is not None)


def declared_aggregate(item: Item) -> Aggregate:
    """A schema.org AggregateRating, which is not anyone's review."""
    return Aggregate(_scaled(item, None), count_of(item.text("reviewCount", "ratingCount")))


def _scaled(rating: Item, best: float | None) -> float | None:
    shown = rating.text("ratingValue")
    pair = _OUT_OF.search(shown)
    value = number(shown)
    best = _float(pair[2]) if pair else number(rating.text("bestRating")) or best
    return None if value is None else on_five(value, best, number(rating.text("worstRating")))


def _float(text: str) -> float:
    return float(text.replace(",", "."))
