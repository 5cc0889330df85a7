"""Reviews on a page: by schema.org or by selectors, with their ratings."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bs4 import BeautifulSoup
from bs4.element import Tag
from soupsieve import match as select_matches

from data.frozen import freeze
from data.ids import digest, mention_id, squeeze
from data.types import Aggregate, MentionKind, Page, Request, Response, Source
from data.web.channels import domains_of, host_of
from data.web.urls import canonical_url
from sources.base import OnePage, PageSettings, ReviewSelectors
from sources.dates import PageDates
from sources.html.item import Item
from sources.html.markup import (
    absolute,
    attribute,
    base_url,
    decode_answer,
    first,
    first_text,
    guess_of,
    left_out,
    next_link,
    own_words,
    plain,
    shown_time,
    soup,
    text_of,
)
from sources.html.parsers import dig, json_in, text_field
from sources.html.sanitise import first_read, separate
from sources.html.schema_org import SchemaOrg, schema_org
from sources.threads import WebPost, count_undeclared

_NUMBER = r"\d+(?:[.,]\d+)?"
_OUT_OF = re.compile(rf"({_NUMBER})\s*(?:/|out of|of|von|sur|de)\s*({_NUMBER})", re.IGNORECASE)
_PERCENT = re.compile(rf"({_NUMBER})\s*%")
_ANY = re.compile(rf"-?{_NUMBER}")
_COUNT = re.compile(r"\d{1,3}(?:[.,' \u00a0\u2009\u202f]\d{3})++(?!\d)|\d++(?![.,]?\d*\s?[km]\b)", re.I)
_MOST_REVIEWS = 10**9
_TOPS = (5.0, 10.0, 100.0)
_FULL, _STARS = "★⭐", "★⭐☆"


def on_five(value: float, best: float | None = None, worst: float | None = None) -> float | None:
    """The score on 1..5; None if its scale makes no sense.

    schema.org's defaults: best 5, worst 1. A value above an unstated best is out of 10 or 100;
    `unstated_best` decides this for all of a page's scores together."""
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
    """Read a count from a number or a text such as `1,234` or `3 reviews`; None if unclear."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    found = _COUNT.search(value) if isinstance(value, str) else None
    count = int("".join(filter(str.isdigit, found[0]))[:20]) if found else value
    return count if isinstance(count, int) and 0 <= count <= _MOST_REVIEWS else None


def shown_rating(text: str, best: float | None = None, worst: float | None = None) -> float | None:
    """Read the rating that a page shows: `4 out of 5`, `Rated 8/10`, `width: 80%`, `★★★★☆`, `4`."""
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
    scaled = (_scale_rating(rating, best) for rating in item.items("reviewRating"))
    if (found := next((one for one in scaled if one is not None), None)) is not None:
        return found
    bare = number(item.text("reviewRating", "ratingValue"))
    return None if bare is None else on_five(bare, best)


def _scale_rating(rating: Item, best: float | None) -> float | None:
    shown = rating.text("ratingValue")
    pair = _OUT_OF.search(shown)
    value = number(shown)
    best = _float(pair[2]) if pair else number(rating.text("bestRating")) or best
    return None if value is None else on_five(value, best, number(rating.text("worstRating")))


def _float(text: str) -> float:
    return float(text.replace(",", "."))


# Turns the reviews found by a collector into a `Page`.

_ALIKE = 20
"""At most this many reviews with the same author and words are compared."""


@dataclass(slots=True)
class _Found:
    """A review as read so far. `address` is its own, canonical; "" if it has none."""

    review: WebPost
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
            time=mine.time or theirs.time,
            edited=mine.edited or theirs.edited,
            rating=theirs.rating if mine.rating is None else mine.rating,
        )
        self.address = self.address or other.address


def each_once(reviews: Sequence[WebPost], page_url: str) -> dict[str, WebPost]:
    """The reviews by key, in document order: id, else own address, else author and words.

    A page may mark up one review twice, as JSON-LD without an address and as microdata with one: the same
    words by the same author are one review unless their ids or addresses differ."""
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
    found: dict[str, WebPost] = {}
    for one in kept:
        found.setdefault(one.review.id or one.address or f"{page}#{one.words}", one.review)
    return found


_LATER_PAGE = re.compile(r"(?:[?&]p(?:age|g)?=|/page[/-])0*(?:[2-9]|1\d)")
_CHANNELS = {"trustpilot.com": "trustpilot", "google.com": "google_review"}


@freeze
class Listing:
    """The facts that the reviews of a page share. `subject` is what is reviewed; `next` an absolute address.
    `sole` is True if no other page lists reviews of the same subject."""

    subject: str = ""
    aggregate: Aggregate | None = None
    next: str | None = None
    sole: bool = True
    replies: int = 0
    warnings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def page_of_reviews(
    reviews: Sequence[WebPost],
    listing: Listing,
    source: Source,
    response: Response,
    settings: PageSettings,
    channel: str | None = None,
) -> Page:
    """The page of reviews, in document order; duplicates are read once. `channel` is the collector's own;
    without one, it follows from the address. The source overrides both."""
    channel = source.channel or channel or review_channel(response.url)
    dates = PageDates.learn(settings, response.fetched_at, [review.time for review in reviews])
    mentions = []
    for key, review in each_once(reviews, response.url).items():
        # an edit counts only beside the time of writing
        shown = replace(
            review,
            url=review.url or response.url,
            title=squeeze(review.title) or squeeze(listing.subject),
            author=squeeze(review.author),
            edited=review.edited if dates.read_date(review.time) else "",
        )
        mentions.append(shown.mention(mention_id(channel, key), channel, MentionKind.REVIEW, dates))
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


def review_channel(url: str) -> str:
    """The platform's own channel, else `school_review_site`."""
    sites = domains_of(host_of(url))
    return next((_CHANNELS[site] for site in sites if site in _CHANNELS), "school_review_site")


def is_sole(tree: BeautifulSoup, url: str) -> bool:
    """Is there no sign that other pages of the same list come before this one?"""
    return tree.select_one('[rel~="prev"], [rel~="previous"]') is None and not _LATER_PAGE.search(url)


# Any list of reviews, described in the configuration by CSS selectors.


class GenericReviews(OnePage):
    """Reads reviews by the selectors of its kind, or of its settings."""

    def parse(self, source: Source, response: Response) -> Page:
        """Every element that the `item` selector finds."""
        css = ReviewSelectors.model_validate({**self.selectors, **source.settings})
        tree = soup(response)
        base = base_url(tree, response.url)
        nodes, unread = separate(tree.select(css.item), lambda node: node.parents)
        scores = [_score(node, css) for node in nodes]
        best = css.rating_best or unstated_best(filter(None, map(bare_score, scores)))
        read = [_review_of(node, css, base, score, best) for node, score in zip(nodes, scores, strict=True)]
        reviews = [review for review in read if review is not None]
        listing = Listing(
            subject=first_text(tree, "h1"),
            next=next_link(tree, response.url, css.next),
            sole=is_sole(tree, response.url),
            warnings=tuple(_warn_of_unmatched(tree, nodes, reviews, css)),
            unread=unread,
        )
        return page_of_reviews(reviews, listing, source, response, css)


def _review_of(node: Tag, css: ReviewSelectors, base: str, score: str, best: float | None) -> WebPost | None:
    body = first(node, css.text)
    text, quoted = own_words(body, css.quoted, css.drop) if body else ("", "")
    author = first_text(node, css.author)
    if not (text or quoted or author):
        return None
    return WebPost(
        text=text,
        quoted=quoted,
        title=first_text(node, css.title),
        author=author,
        time=shown_time(node, css.date),
        rating=shown_rating(score, best, css.rating_worst) if score else None,
        id=on_site(base, attribute(node, css.id_attr)),
        url=absolute(base, attribute(first(node, css.link), "href")) or "",
    )


def _score(node: Tag, css: ReviewSelectors) -> str:
    if not css.rating:
        return ""
    found = first(node, css.rating)
    if found is None and select_matches(css.rating, node):
        found = node
    if css.rating_attr or found is None:
        return attribute(found, css.rating_attr)
    return text_of(found)


def _warn_of_unmatched(
    tree: BeautifulSoup, nodes: list[Tag], reviews: list[WebPost], css: ReviewSelectors
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
        empty = len(nodes) - len(reviews)
        warnings.append(f"{empty} of {len(nodes)} elements hold neither words nor an author.")
    return warnings


# Reviews marked up with schema.org, in JSON-LD or microdata.

_REVIEW = re.compile(
    r'"@type"\s*+:\s*+(?:\[\s*+)?"(?:https?://schema\.org/)?[A-Za-z]*(?<!Claim)(?<!Media)Review"'
    r"|itemtype\s*+=\s*+[\"']https?://schema\.org/[A-Za-z]*Review[\"']"
)
_SCORE = re.compile(r"schema\.org/AggregateRating|\"@type\"\s*+:\s*+\"AggregateRating\"")
_NOT_OPINIONS = frozenset({"ClaimReview", "MediaReview"})


class SchemaOrgReviews(OnePage):
    """Reads the Review items of a page; its AggregateRating is kept separately, as the page's score."""

    def recognises(self, response: Response) -> float:
        """By a Review item; with little confidence if there is only a score."""
        text = decode_answer(response)
        if _REVIEW.search(text):
            return 0.7
        return 0.3 if _SCORE.search(text) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Every Review item in document order."""
        tree = soup(response)
        settings = PageSettings.model_validate(dict(source.settings))
        found = schema_org(tree, response.url)
        listing = listing_of(found, tree, response)
        page = page_of_reviews(tuple(reviews_in(found, response.url)), listing, source, response, settings)
        declared, seen = len(page.mentions), count_undeclared(page, response)
        if seen <= declared:
            return page
        warning = f"Reviews the page declares: {declared}; seen on it: {seen}. Those declared were read."
        return replace(page, warnings=(*page.warnings, warning))


def listing_of(found: SchemaOrg, tree: BeautifulSoup, response: Response) -> Listing:
    """The page's score, its subject, its next page, and what could not be read."""
    scored = [item for item in found.walk() if item.items("aggregateRating")]
    scores = [score for item in scored for score in item.items("aggregateRating")]
    nobodys = sum(1 for item in found.walk() if is_review(item) and not _is_somebodys(item))
    rated = (
        Aggregate(_scale_rating(s, None), count_of(s.text("reviewCount", "ratingCount"))) for s in scores
    )
    warnings = []
    if found.damaged:
        warnings.append(f"Blocks of JSON-LD that cannot be read: {found.damaged}.")
    if nobodys:
        warnings.append(f"Scores without author or words, which are not reviews: {nobodys}.")
    return Listing(
        subject=scored[0].text("name") if scored else "",
        aggregate=next(rated, None),
        next=next_link(tree, response.url),
        sole=is_sole(tree, response.url),
        warnings=tuple(warnings),
    )


def is_review(item: Item) -> bool:
    """Is it somebody's opinion, or at least marked up as one?"""
    return item.has_type("Review") and not item.types & _NOT_OPINIONS


def _is_somebodys(item: Item) -> bool:
    return bool(item.text("reviewBody", "description", "text") or item.text("author", "creator"))


def reviews_in(found: SchemaOrg, page_url: str) -> Iterator[WebPost]:
    """The reviews; one without a title gets the name of what is reviewed."""
    items = list(found.walk())
    subjects = {id(inner): item.text("name") for item in items for inner in item.items("review", "reviews")}
    written = [item for item in items if is_review(item) and _is_somebodys(item)]
    # the best score for those that do not state one
    ratings = [rating for item in written for rating in item.items("reviewRating") or [item]]
    bare = (bare_score(r.text("ratingValue", "reviewRating")) for r in ratings if not r.text("bestRating"))
    best = unstated_best(value for value in bare if value is not None)
    for item in written:
        yield _schema_org_review(item, subjects.get(id(item), ""), page_url, best)


def _schema_org_review(item: Item, subject: str, page_url: str, best: float | None) -> WebPost:
    return WebPost(
        text=plain(item.text("reviewBody", "description", "text")),
        title=plain(item.text("name", "headline") or item.text("itemReviewed") or subject),
        author=plain(item.text("author", "creator")),
        time=item.text("datePublished", "dateCreated"),
        edited=item.text("dateModified"),
        rating=declared_rating(item, best),
        id=on_site(page_url, item.text("identifier")),
        url=absolute(page_url, item.text("url") or item.id) or "",
    )


# Trustpilot: today's data (`__NEXT_DATA__`), the markup of 2016 to 2020, and lists of reviews; only pages
# that the site allows us to read: its terms forbid scraping (see the catalogue).

_PAGE = re.compile(r'data-initial-state="review-info"|"businessUnit"\s*:|"businessUnitDisplayName"\s*:')
_LIST = re.compile(r'^\s*[\[{].{0,4000}?"consumer"\s*:\s*\{', re.DOTALL)

_DAMAGED = Listing(warnings=("The JSON is damaged or cut off; nothing was read.",))
Data = dict[str, Any]
"""A JSON object of Trustpilot's."""


class Trustpilot(OnePage):
    """Reads reviews from whichever form the page has; the owner's replies are only counted."""

    def recognises(self, response: Response) -> float:
        """By the data in its pages."""
        text = decode_answer(response)
        if _LIST.match(text) and '"rating"' in text:
            return 0.9
        return 0.9 if "trustpilot" in text.lower() and _PAGE.search(text) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Every review in document order."""
        settings = PageSettings.model_validate(dict(source.settings))
        text = decode_answer(response)
        if text.lstrip()[:1] in ("[", "{"):
            data = json_in(text)  # a saved list of review objects, or the data of a page alone
            reviews, listing = ([], _DAMAGED) if data is None else _from_data(data, response.url)
        else:
            reviews, listing = _from_page(soup(text), response)
        return page_of_reviews(reviews, listing, source, response, settings, "trustpilot")


def _from_page(tree: BeautifulSoup, response: Response) -> tuple[list[WebPost], Listing]:
    """The newest form that holds a review wins."""
    script = tree.select_one("script#__NEXT_DATA__")
    data = json_in(script.get_text()) if script else None
    reviews, listing = _from_data(data, response.url) if data is not None else ([], Listing())
    if reviews:
        return reviews, listing
    reviews = list(_from_articles(tree, response.url))
    found = schema_org(tree, response.url)
    declared = listing_of(found, tree, response)
    declared = replace(declared, aggregate=listing.aggregate or declared.aggregate)
    return reviews or list(reviews_in(found, response.url)), declared


# ------------------------------------------------------------------------ today's data


def _from_data(data: Any, url: str) -> tuple[list[WebPost], Listing]:
    props = dig(data, "props", "pageProps") or data
    listed = props if isinstance(props, list) else dig(props, "reviews") or [dig(props, "review")]
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    unit = dig(props, "businessUnit")
    score, count = dig(unit, "trustScore"), count_of(dig(unit, "numberOfReviews"))
    pages = dig(props, "filters", "pagination") or {}
    here, last = count_of(dig(pages, "currentPage")), count_of(dig(pages, "totalPages"))
    written = [one for one in found if one.get("text") or one.get("title")]
    read, left = first_read(
        written, lambda one: text_field(one, "title") + text_field(one, "text"), "reviews"
    )
    listing = Listing(
        subject=text_field(unit, "displayName"),
        aggregate=Aggregate(_rating(score), count) if unit else None,
        next=_next_page(url, here, last),
        sole=(last or 1) == 1,
        replies=sum(1 for one in found if one.get("reply")),
        unread=left,
    )
    return [_review(one, url) for one in read], listing


def _review(one: Data, url: str) -> WebPost:
    return WebPost(
        text=plain(text_field(one, "text")),
        title=plain(text_field(one, "title")),
        author=text_field(one, "consumer", "displayName"),
        time=text_field(one, "dates", "publishedDate") or text_field(one, "createdAt"),
        edited=text_field(one, "dates", "updatedDate"),
        rating=_rating(one.get("rating")),
        id=text_field(one, "id"),
        url=_address(text_field(one, "id"), url),
    )


def _next_page(url: str, here: int | None, last: int | None) -> str | None:
    if here is None or last is None or here >= last:
        return None
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "page"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("page", here + 1)]), fragment=""))


# ---------------------------------------------------------------- pages of 2016 to 2020


def _from_articles(tree: BeautifulSoup, url: str) -> Iterator[WebPost]:
    """Each review is an element that holds its data in two script elements."""
    for script in tree.select('script[data-initial-state="review-info"]'):
        info = json_in(script.get_text())
        article = script.find_parent(["article", "section"]) or tree
        dated = article.select_one('script[data-initial-state="review-dates"]')
        dates = json_in(dated.get_text()) if dated else None
        if isinstance(info, dict):
            yield WebPost(
                text=plain(text_field(info, "reviewBody")),
                title=plain(text_field(info, "reviewHeader")),
                author=text_field(info, "consumerName"),
                time=text_field(dates, "publishedDate"),
                edited=text_field(dates, "updatedDate"),
                rating=_rating(info.get("stars")),
                id=text_field(info, "reviewId"),
                url=_address(text_field(info, "reviewId"), url),
            )


# ------------------------------------------------------------------------------ values


def _address(review_id: str, url: str) -> str:
    host = urlsplit(url).hostname or ""
    host = host if host.endswith("trustpilot.com") else "www.trustpilot.com"
    return f"https://{host}/reviews/{review_id}" if review_id.isalnum() else ""


def _rating(value: Any) -> float | None:
    return on_five(value, 5, 1) if isinstance(value, int | float) and 1 <= value <= 5 else None
