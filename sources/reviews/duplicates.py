"""Which reviews on a page are the same one, and the key that identifies each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.ids import digest, squeeze
from data.web.urls import canonical_url
from sources.reviews.review import Review

_ALIKE = 20
"""At most this many reviews with the same author and words are compared."""


@dataclass(slots=True)
class _Found:
    """A review as read so far. `address` is its own, canonical; "" if it has none."""

    review: Review
    address: str
    words: str

    def may_be(self, other: _Found) -> bool:
        """True if nothing distinguishes them; never without words, which alone show they are the same."""
        ids = (self.review.id, other.review.id)
        addresses = (self.address, other.address)
        return bool(self.review.text) and all(not a or not b or a == b for a, b in (ids, addresses))

    def join(self, other: _Found) -> None:
        """Fill in from the second form what the first leaves out."""
        mine, theirs = self.review, other.review
        self.review = replace(
            mine,
            id=mine.id or theirs.id,
            url=mine.url if self.address or not other.address else theirs.url,
            title=mine.title or theirs.title,
            published=mine.published or theirs.published,
            edited=mine.edited or theirs.edited,
            rating=theirs.rating if mine.rating is None else mine.rating,
        )
        self.address = self.address or other.address


def each_once(reviews: Sequence[Review], page_url: str) -> dict[str, Review]:
    """The reviews by key, in document order: id, else own address, else author and words.

    A page may mark up one review twice, as JSON-LD without an address and as microdata with one: the
    same words by the same author are one review unless their ids or addresses differ.
    """
    page = canonical_url(page_url).partition("?")[0]
    alike: dict[str, list[_Found]] = {}
    kept: list[_Found] = []
    for one in _with_addresses(reviews, page):
        group = alike.setdefault(one.words, [])
        same = next((other for other in group[:_ALIKE] if other.may_be(one)), None)
        if same is not None:
            same.join(one)
            continue
        group.append(one)
        kept.append(one)
    found: dict[str, Review] = {}
    for one in kept:
        found.setdefault(one.review.id or one.address or f"{page}#{one.words}", one.review)
    return found


def _with_addresses(reviews: Sequence[Review], page: str) -> list[_Found]:
    """Each with its address, unless the page itself or a review with other words shares it."""
    addresses = [canonical_url(review.url) if review.url else "" for review in reviews]
    words = [digest(squeeze(review.author), squeeze(review.text))[:16] for review in reviews]
    bearers: dict[str, set[str]] = {}
    for address, said in zip(addresses, words, strict=True):
        bearers.setdefault(address, set()).add(said)
    own = [a if len(bearers[a]) == 1 and a.partition("?")[0] != page else "" for a in addresses]
    return [_Found(*one) for one in zip(reviews, own, words, strict=True)]
