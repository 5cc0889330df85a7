"""Reviews marked up with schema.org, in JSON-LD or microdata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from bs4 import BeautifulSoup

from data.types import Page, Response, Source
from sources.base import OnePage, PageSettings
from sources.html.markup import absolute, decode, next_link, plain, soup
from sources.html.schema_org import Item, SchemaOrg, schema_org
from sources.reviews.ratings import Review, declared_aggregate, declared_best, declared_rating
from sources.reviews.review_page import Listing, is_sole, on_site, page_of
from sources.threads.guessed_shape import seen_beside

_REVIEW = re.compile(
    r'"@type"\s*+:\s*+(?:\[\s*+)?"(?:https?://schema\.org/)?[A-Za-z]*(?<!Claim)(?<!Media)Review"'
    r"|itemtype\s*+=\s*+[\"']https?://schema\.org/[A-Za-z]*Review[\"']"
)
_SCORE = re.compile(r"schema\.org/AggregateRating|\"@type\"\s*+:\s*+\"AggregateRating\"")
_NOT_OPINIONS = frozenset({"ClaimReview", "MediaReview"})


class SchemaOrgReviews(OnePage):
    """Reads the Review items of a page; its AggregateRating is kept separately, as the page's score."""

    kind: ClassVar[str] = "reviews.schema_org"

    def recognises(self, response: Response) -> float:
        """By a Review item; with little confidence if there is only a score."""
        text = decode(response.body, response.header("content-type"))[0]
        if _REVIEW.search(text):
            return 0.7
        return 0.3 if _SCORE.search(text) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Every Review item in document order."""
        tree = soup(response.body, response.header("content-type"))
        settings = PageSettings.model_validate(dict(source.settings))
        found = schema_org(tree, response.url)
        page = page_of(
            tuple(reviews_in(found, response.url)),
            listing_of(found, tree, response),
            source,
            response,
            settings,
        )
        declared, seen = len(page.mentions), seen_beside(page, response)
        if seen <= declared:
            return page
        warning = f"Reviews the page declares: {declared}; seen on it: {seen}. Those declared were read."
        return replace(page, warnings=(*page.warnings, warning))


def listing_of(found: SchemaOrg, tree: BeautifulSoup, response: Response) -> Listing:
    """The page's score, its subject, its next page, and what could not be read."""
    scored = [item for item in found.walk() if item.items("aggregateRating")]
    scores = [score for item in scored for score in item.items("aggregateRating")]
    nobodys = sum(1 for item in found.walk() if is_review(item) and not _somebodys(item))
    warnings = []
    if found.damaged:
        warnings.append(f"Blocks of JSON-LD that cannot be read: {found.damaged}.")
    if nobodys:
        warnings.append(f"Scores without author or words, which are not reviews: {nobodys}.")
    return Listing(
        subject=scored[0].text("name") if scored else "",
        aggregate=declared_aggregate(scores[0]) if scores else None,
        next=next_link(tree, response.url),
        sole=is_sole(tree, response.url),
        warnings=tuple(warnings),
    )


def is_review(item: Item) -> bool:
    """Is it somebody's opinion, or at least marked up as one?"""
    return item.named("Review") and not item.types & _NOT_OPINIONS


def _somebodys(item: Item) -> bool:
    return bool(item.text("reviewBody", "description", "text") or item.text("author", "creator"))


def reviews_in(found: SchemaOrg, page_url: str) -> Iterator[Review]:
    """The reviews; one without a title gets the name of what is reviewed."""
    items = list(found.walk())
    subjects = {id(inner): item.text("name") for item in items for inner in item.items("review", "reviews")}
    written = [item for item in items if is_review(item) and _somebodys(item)]
    best = declared_best(written)
    for item in written:
        yield _review(item, subjects.get(id(item), ""), page_url, best)


def _review(item: Item, subject: str, page_url: str, best: float | None) -> Review:
    return Review(
        text=plain(item.text("reviewBody", "description", "text")),
        title=plain(item.text("name", "headline") or item.text("itemReviewed") or subject),
        author=plain(item.text("author", "creator")),
        published=item.text("datePublished", "dateCreated"),
        edited=item.text("dateModified"),
        rating=declared_rating(item, best),
        id=on_site(page_url, item.text("identifier")),
        url=absolute(page_url, item.text("url") or item.id) or "",
    )
