"""Turns the reviews found by a collector into a `Page`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from data.ids import digest, mention_id, squeeze
from data.types import Aggregate, Mention, MentionKind, Page, Request, Response, Source
from data.web.channels import domains_of, host_of
from data.web.urls import canonical_url
from sources.base import PageSettings
from sources.dates import PageDates
from sources.html.markup import guess_of, left_out
from sources.html.sanitise import cleaned
from sources.reviews.ratings import Review

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
    # each with its address, unless the page itself or a review with other words shares it
    addresses = [canonical_url(review.url) if review.url else "" for review in reviews]
    words = [digest(squeeze(review.author), squeeze(review.text))[:16] for review in reviews]
    bearers: dict[str, set[str]] = {}
    for address, said in zip(addresses, words, strict=True):
        bearers.setdefault(address, set()).add(said)
    own = [a if len(bearers[a]) == 1 and a.partition("?")[0] != page else "" for a in addresses]
    for fields in zip(reviews, own, words, strict=True):
        one = _Found(*fields)
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


_LATER_PAGE = re.compile(r"(?:[?&]p(?:age|g)?=|/page[/-])0*(?:[2-9]|1\d)")
_CHANNELS = {"trustpilot.com": "trustpilot", "google.com": "google_review"}


@dataclass(frozen=True, slots=True)
class Listing:
    """What the reviews of a page share. `subject` is what is reviewed; `next` an absolute address.

    `sole` is True if no other page lists reviews of the same subject.
    """

    subject: str = ""
    aggregate: Aggregate | None = None
    next: str | None = None
    sole: bool = True
    replies: int = 0
    warnings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def page_of(
    reviews: Sequence[Review],
    listing: Listing,
    source: Source,
    response: Response,
    settings: PageSettings,
    channel: str | None = None,
) -> Page:
    """The page of reviews, in document order; duplicates are read once.

    `channel` is the collector's own; without one, it follows from the address. The source overrides both.
    """
    channel = source.channel or channel or channel_of(response.url)
    dates = PageDates.learn(settings, response.fetched_at, [review.published for review in reviews])
    mentions = []
    for key, review in each_once(reviews, response.url).items():
        published, edited = dates.read(review.published), dates.read(review.edited)
        mention = Mention(
            id=mention_id(channel, key),
            url=review.url or response.url,
            channel=channel,
            kind=MentionKind.REVIEW,
            title=squeeze(review.title) or squeeze(listing.subject),
            text=review.text,
            quoted=review.quoted,
            author=squeeze(review.author) or None,
            published=published,
            edited=edited if published and edited and edited > published else None,
            rating=review.rating,
            fetched_at=response.fetched_at,
        )
        mentions.append(cleaned(mention))
    unread = (*left_out(response), *listing.unread)
    # warnings about what could not be read
    total = listing.aggregate.count if listing.aggregate else None
    warnings = []
    if not mentions:
        average = " Its score is an average, not a review." if listing.aggregate else ""
        warnings.append(f"The page has no reviews.{average}")
    elif total is not None and total > len(mentions) and listing.sole and not listing.next:
        warnings.append(f"The page says there are {total} reviews and shows {len(mentions)}.")
    if listing.replies:
        warnings.append(f"Replies by the owner, which do not count as mentions: {listing.replies}.")
    undated = sum(m.published is None for m in mentions)
    if undated:
        warnings.append(f"{undated} of {len(mentions)} reviews have no date that can be read.")
    return Page(
        mentions=tuple(mentions),
        next=Request(listing.next) if listing.next else None,
        warnings=(*unread, *guess_of(response), *listing.warnings, *warnings),
        unread=unread,
        aggregate=listing.aggregate,
    )


def on_site(page_url: str, own_id: str) -> str:
    """A site's own number for a review, made unique on the channel; "" for none."""
    return f"{urlsplit(canonical_url(page_url)).netloc}/review/{own_id}" if own_id else ""


def channel_of(url: str) -> str:
    """The platform's own channel, else `school_review_site`."""
    sites = domains_of(host_of(url))
    return next((_CHANNELS[site] for site in sites if site in _CHANNELS), "school_review_site")


def is_sole(tree: BeautifulSoup, url: str) -> bool:
    """Is there no sign that other pages of the same list come before this one?"""
    return tree.select_one('[rel~="prev"], [rel~="previous"]') is None and not _LATER_PAGE.search(url)
