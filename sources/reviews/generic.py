"""Any list of reviews, described in the configuration by CSS selectors."""

from __future__ import annotations

from typing import ClassVar

from bs4 import BeautifulSoup
from bs4.element import Tag
from soupsieve import match as select_matches

from data.types import Page, Response, Source
from sources.base import OnePage, ReviewSelectors, SourceSettings
from sources.html.markup import (
    absolute,
    attribute,
    base_url,
    first,
    first_text,
    next_link,
    own_words,
    shown_time,
    soup,
    text_of,
)
from sources.html.sanitise import separate
from sources.reviews.ratings import Review, bare_score, shown_rating, unstated_best
from sources.reviews.review_page import Listing, is_sole, on_site, page_of


class GenericReviews(OnePage):
    """Reads reviews by the selectors of its settings."""

    kind: ClassVar[str] = "reviews.generic"
    settings: ClassVar[type[SourceSettings]] = ReviewSelectors

    def parse(self, source: Source, response: Response) -> Page:
        """Every element that the `item` selector finds."""
        css = ReviewSelectors.model_validate(dict(source.settings))
        tree = soup(response.body, response.header("content-type"))
        base = base_url(tree, response.url)
        nodes, unread = separate(tree.select(css.item), lambda node: node.parents)
        scores = [_score(node, css) for node in nodes]
        best = css.rating_best or unstated_best(filter(None, map(bare_score, scores)))
        read = [_review(node, css, base, score, best) for node, score in zip(nodes, scores, strict=True)]
        reviews = [review for review in read if review is not None]
        listing = Listing(
            subject=first_text(tree, "h1") or "",
            next=next_link(tree, response.url, *filter(None, [css.next])),
            sole=is_sole(tree, response.url),
            warnings=tuple(_unmatched(tree, nodes, reviews, css)),
            unread=unread,
        )
        return page_of(reviews, listing, source, response, css)


def _review(node: Tag, css: ReviewSelectors, base: str, score: str, best: float | None) -> Review | None:
    body = first(node, css.text)
    text, quoted = own_words(body, css.quoted, css.drop) if body else ("", "")
    author = first_text(node, css.author) or "" if css.author else ""
    if not (text or quoted or author):
        return None
    return Review(
        text=text,
        quoted=quoted,
        title=first_text(node, css.title) or "" if css.title else "",
        author=author,
        published=shown_time(node, css.date),
        rating=shown_rating(score, best, css.rating_worst) if score else None,
        id=on_site(base, attribute(node, css.id_attr) or "") if css.id_attr else "",
        url=absolute(base, attribute(first(node, css.link), "href")) or "" if css.link else "",
    )


def _score(node: Tag, css: ReviewSelectors) -> str:
    if not css.rating:
        return ""
    found = first(node, css.rating)
    if found is None and select_matches(css.rating, node):
        found = node
    if css.rating_attr or found is None:
        return attribute(found, css.rating_attr) or ""
    return text_of(found)


def _unmatched(
    tree: BeautifulSoup, nodes: list[Tag], reviews: list[Review], css: ReviewSelectors
) -> list[str]:
    """Warnings about selectors that find nothing: the site has changed, or there is a typing error."""
    if not nodes:
        return [f'The selector for one review, "{css.item}", finds nothing on the page.']
    warnings = []
    for name in ("text", "title", "author", "date", "rating"):
        selector = getattr(css, name)
        if selector and not any(select_matches(selector, node) or first(node, selector) for node in nodes):
            warnings.append(f'The selector for {name}, "{selector}", finds nothing in any review.')
    if len(reviews) < len(nodes):
        warnings.append(
            f"{len(nodes) - len(reviews)} of {len(nodes)} elements hold neither words nor an author."
        )
    return warnings
