"""Trustpilot's pages: today's data (`__NEXT_DATA__`), the markup of 2016 to 2020, and lists of reviews.

Only for pages that the site allows us to read: its terms forbid scraping (see the catalogue).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bs4 import BeautifulSoup

from data.types import Aggregate, Page, Response, Source
from sources.base import OnePage, PageSettings
from sources.html.markup import decode, plain, soup
from sources.html.parsers import json_in
from sources.html.sanitise import first_read
from sources.html.schema_org import schema_org
from sources.reviews.generic import (
    Listing,
    Review,
    count_of,
    listing_of,
    on_five,
    page_of_reviews,
    reviews_in,
)

_PAGE = re.compile(r'data-initial-state="review-info"|"businessUnit"\s*:|"businessUnitDisplayName"\s*:')
_LIST = re.compile(r'^\s*[\[{].{0,4000}?"consumer"\s*:\s*\{', re.DOTALL)

_DAMAGED = Listing(warnings=("The JSON is damaged or cut off; nothing was read.",))
Data = dict[str, Any]
"""A JSON object of Trustpilot's."""


class Trustpilot(OnePage):
    """Reads reviews from whichever form the page has; the owner's replies are only counted."""

    def recognises(self, response: Response) -> float:
        """By the data in its pages."""
        text = decode(response.body, response.header("content-type"))[0]
        if _LIST.match(text) and '"rating"' in text:
            return 0.9
        return 0.9 if "trustpilot" in text.lower() and _PAGE.search(text) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Every review in document order."""
        settings = PageSettings.model_validate(dict(source.settings))
        text, _ = decode(response.body, response.header("content-type"))
        if text.lstrip()[:1] in ("[", "{"):
            data = json_in(text)  # a saved list of review objects, or the data of a page alone
            reviews, listing = ([], _DAMAGED) if data is None else _from_data(data, response.url)
        else:
            reviews, listing = _from_page(soup(text), response)
        return page_of_reviews(reviews, listing, source, response, settings, "trustpilot")


def _from_page(tree: BeautifulSoup, response: Response) -> tuple[list[Review], Listing]:
    """The newest form that holds a review wins."""
    script = tree.select_one("script#__NEXT_DATA__")
    data = json_in(script.get_text()) if script else None
    reviews, listing = _from_data(data, response.url) if data is not None else ([], Listing())
    if reviews:
        return reviews, listing
    reviews = list(_from_articles(tree, response.url))
    found = schema_org(tree, response.url)
    declared = listing_of(found, tree, response)
    return reviews or list(reviews_in(found, response.url)), replace(
        declared, aggregate=listing.aggregate or declared.aggregate
    )


# ------------------------------------------------------------------------ today's data


def _from_data(data: Any, url: str) -> tuple[list[Review], Listing]:
    props = _dig(data, "props", "pageProps") or data
    listed = props if isinstance(props, list) else _dig(props, "reviews") or [_dig(props, "review")]
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    unit = _dig(props, "businessUnit")
    score, count = _dig(unit, "trustScore"), count_of(_dig(unit, "numberOfReviews"))
    pages = _dig(props, "filters", "pagination") or {}
    here, last = count_of(_dig(pages, "currentPage")), count_of(_dig(pages, "totalPages"))
    written = [one for one in found if one.get("text") or one.get("title")]
    read, left = first_read(written, lambda one: _text(one, "title") + _text(one, "text"), "reviews")
    listing = Listing(
        subject=_text(unit, "displayName"),
        aggregate=Aggregate(_rating(score), count) if unit else None,
        next=_next_page(url, here, last),
        sole=(last or 1) == 1,
        replies=sum(1 for one in found if one.get("reply")),
        unread=left,
    )
    return [_review(one, url) for one in read], listing


def _review(one: Data, url: str) -> Review:
    return Review(
        text=plain(_text(one, "text")),
        title=plain(_text(one, "title")),
        author=_text(_dig(one, "consumer"), "displayName"),
        published=_text(_dig(one, "dates"), "publishedDate") or _text(one, "createdAt"),
        edited=_text(_dig(one, "dates"), "updatedDate"),
        rating=_rating(one.get("rating")),
        id=_text(one, "id"),
        url=_address(_text(one, "id"), url),
    )


def _next_page(url: str, here: int | None, last: int | None) -> str | None:
    if here is None or last is None or here >= last:
        return None
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "page"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("page", here + 1)]), fragment=""))


# ---------------------------------------------------------------- pages of 2016 to 2020


def _from_articles(tree: BeautifulSoup, url: str) -> Iterator[Review]:
    """Each review is an element that holds its data in two script elements."""
    for script in tree.select('script[data-initial-state="review-info"]'):
        info = json_in(script.get_text())
        article = script.find_parent(["article", "section"]) or tree
        dated = article.select_one('script[data-initial-state="review-dates"]')
        dates = json_in(dated.get_text()) if dated else None
        if isinstance(info, dict):
            yield Review(
                text=plain(_text(info, "reviewBody")),
                title=plain(_text(info, "reviewHeader")),
                author=_text(info, "consumerName"),
                published=_text(dates, "publishedDate"),
                edited=_text(dates, "updatedDate"),
                rating=_rating(info.get("stars")),
                id=_text(info, "reviewId"),
                url=_address(_text(info, "reviewId"), url),
            )


# ------------------------------------------------------------------------------ values


def _address(review_id: str, url: str) -> str:
    host = urlsplit(url).hostname or ""
    host = host if host.endswith("trustpilot.com") else "www.trustpilot.com"
    return f"https://{host}/reviews/{review_id}" if review_id.isalnum() else ""


def _rating(value: Any) -> float | None:
    return on_five(value, 5, 1) if isinstance(value, int | float) and 1 <= value <= 5 else None


def _dig(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _text(data: Any, key: str) -> str:
    value = _dig(data, key)
    return value if isinstance(value, str) else ""
