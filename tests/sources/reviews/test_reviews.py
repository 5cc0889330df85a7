"""Reviews: somebody’s words and score, never a score that is nobody’s."""

import json
from datetime import UTC, datetime

import pytest
from conformance import CollectorConformance, Document
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.for_each import for_each

from data.types import Aggregate, MentionKind, Page, Source
from sources.base import PageSettings, ReviewSelectors
from sources.registry import collector
from sources.reviews import (
    GenericReviews,
    bare_score,
    count_of,
    number,
    on_five,
    review_channel,
    shown_rating,
    unstated_best,
)

SITE = "https://reviews.example.org/oakfield-primary"
PILOT = "https://uk.trustpilot.com/review/oakfield.example.org"
NURSERY = "https://nurseries.example.org/oakfield"

JSON_LD = Document("reviews/jsonld.html", SITE, 2, words="The new reading corner is a joy.", escape="json")
MICRODATA = Document("reviews/microdata.html", SITE, 1, words="Lovely people in rooms too small.")
NOBODYS = Document("reviews/nobodys_score.html", SITE, 0)
TODAY_1 = Document("reviews/trustpilot_1.html", PILOT, 2, words="No answer since September.", escape="json")
TODAY_2 = Document("reviews/trustpilot_2.html", PILOT + "?page=2", 1)
OLD = Document("reviews/trustpilot_2017.html", "https://uk.trustpilot.com/reviews/bb01", 1)
LIST = Document("reviews/trustpilot_list.json", PILOT, 3, content_type="application/json")
GENERIC_1 = Document("reviews/list_1.html", NURSERY, 2, words="A gentle start for our twins.")
GENERIC_2 = Document("reviews/list_2.html", NURSERY + "?page=2", 1)
SELECTORS = {
    "item": "li.review", "text": ".body", "author": "h3", "date": ".when", "rating": ".stars",
    "link": "a.perma", "next": "a.older",
}  # fmt: skip


class TestSchemaOrgReviews(CollectorConformance):
    kind = "reviews.schema_org"
    test_a_page_made_to_exhaust_is_read_in_no_time = None  # its markup is read as forum.schema_org's
    documents = (JSON_LD, MICRODATA)


class TestTrustpilot(CollectorConformance):
    kind = "reviews.trustpilot"
    documents = (TODAY_1, OLD, LIST)
    pages = (TODAY_1, TODAY_2)


class TestGenericReviews(CollectorConformance):
    kind = "reviews.generic"
    documents = (GENERIC_1,)
    pages = (GENERIC_1, GENERIC_2)
    settings = SELECTORS
    recognised = False


def test_a_review_site_by_selectors_is_a_row_of_the_catalogue() -> None:
    site = GenericReviews("reviews.pond", selectors=SELECTORS)
    assert site.settings is PageSettings
    page = site.parse(Source("s", "reviews.pond", GENERIC_1.url), GENERIC_1.response())
    assert page.mentions == parse("reviews.generic", GENERIC_1, **SELECTORS).mentions


def parse(kind: str, document: Document, body: bytes | None = None, **settings: object) -> Page:
    source = Source("s", kind, document.url, settings=settings)
    return collector(kind).parse(source, document.response(body))


# ------------------------------------------------------------------------ schema.org
def test_reviews_are_found_in_a_graph_by_reference_and_in_place_rated_one_to_five() -> None:
    slow, joy = parse("reviews.schema_org", JSON_LD).mentions
    facts = (slow.title, slow.author, slow.text)
    assert facts == ("Slow to answer", "Wren Holloway", "Three mails, one reply.")
    assert slow.published == datetime(2026, 5, 11, 9, tzinfo=UTC)
    assert (joy.title, joy.author) == ("Oakfield Primary", "Parent / Guardian")
    assert {slow.kind, joy.kind} == {MentionKind.REVIEW}
    assert {slow.channel, joy.channel} == {"school_review_site"}
    assert slow.rating == pytest.approx(1 + 4 * 4 / 10)
    assert joy.rating == 5


def test_neither_a_score_that_is_nobodys_nor_a_claim_check_is_a_review() -> None:
    page = parse("reviews.schema_org", NOBODYS)
    assert page.mentions == ()
    assert page.aggregate == Aggregate(rating=pytest.approx(3.67), count=0)
    assert "The page has no reviews. Its score is an average, not a review." in page.warnings
    body = (
        b'<script type="application/ld+json">{"@type":"ClaimReview","author":"Desk","text":"False."}</script>'
    )
    assert parse("reviews.schema_org", JSON_LD, body).mentions == ()
    score = {"@type": "AggregateRating", "ratingValue": "4.2", "reviewCount": "1,234"}
    body = ld({"@type": "School", "name": "Oakfield", "aggregateRating": score})
    assert parse("reviews.schema_org", JSON_LD, body).aggregate == Aggregate(4.2, 1234)


def test_microdata_gives_the_same_and_the_pages_own_score_is_kept_apart() -> None:
    page = parse("reviews.schema_org", MICRODATA)
    (review,) = page.mentions
    assert (review.title, review.author, review.rating) == ("Kind, but cramped", "Fern A.", 3.5)
    assert review.text == "Lovely people in rooms too small."
    assert review.published == datetime(2026, 10, 1, 23, tzinfo=UTC)
    assert page.next.url == SITE + "?page=2"
    page = parse("reviews.schema_org", JSON_LD)
    assert page.aggregate == Aggregate(rating=4.2, count=11)
    assert "The page says there are 11 reviews and shows 2." in page.warnings
    assert "Scores without author or words, which are not reviews: 1." in page.warnings
    assert "Blocks of JSON-LD that cannot be read: 1." in page.warnings


def test_a_review_marked_up_twice_is_read_once_and_two_under_two_addresses_are_two() -> None:
    said = review("Kit", "Twice  told.", datePublished="2026-01-02", reviewRating={"ratingValue": 4})
    (one,) = parse("reviews.schema_org", JSON_LD, ld(said) + micro("Kit", "Twice told.", "/r/5")).mentions
    assert one.url == "https://reviews.example.org/r/5"
    assert one.published == datetime(2026, 1, 2, tzinfo=UTC)
    assert one.rating == 4
    (alone,) = parse("reviews.schema_org", JSON_LD, micro("Kit", "Twice told.", "/r/5")).mentions
    assert alone.id == one.id
    body = ld(review("A parent", "Great school.")) + b"".join(
        micro("A parent", "Great school.", f"/r/{n}") for n in (5, 6)
    )
    page = parse("reviews.schema_org", JSON_LD, body)
    assert [m.url[-4:] for m in page.mentions] == ["/r/5", "/r/6"]
    body = ld(review("Kit", "")) + micro("Kit", "", "/r/5") + micro("Kit", "", "/r/6")
    assert len(parse("reviews.schema_org", JSON_LD, body).mentions) == 3
    reviews = ",".join(
        f'{{"@type":"Review","reviewBody":"Words {n}.","author":"Kit","url":"https://reviews.example.org/x"}}'
        for n in range(3)
    )
    body = f'<script type="application/ld+json">[{reviews}]</script>'.encode()
    assert len({m.id for m in parse("reviews.schema_org", JSON_LD, body).mentions}) == 3


def ld(*reviews: object) -> bytes:
    return b'<script type="application/ld+json">' + json.dumps(reviews).encode() + b"</script>"


def micro(author: str, text: str, url: str) -> bytes:
    return (
        f'<div itemscope itemtype="https://schema.org/Review"><b itemprop="author">{author}</b>'
        f'<a itemprop="url" href="{url}">link</a><p itemprop="reviewBody">{text}</p></div>'
    ).encode()


def review(author: str, text: str, **more: object) -> dict[str, object]:
    return {"@type": "Review", "author": author, "reviewBody": text, **more}


def test_scores_without_a_scale_are_read_by_one_scale_for_the_page() -> None:
    said = [review(f"P{n}", "x", reviewRating={"ratingValue": n}) for n in (9, 3)]
    said.append(review("P5", "x", reviewRating={"ratingValue": 3, "bestRating": 5}))
    ratings = [m.rating for m in parse("reviews.schema_org", JSON_LD, ld(*said)).mentions]
    assert ratings == [on_five(9, 10), on_five(3, 10), 3]
    body = b"".join(b"<li><p>Words %d</p><b>%d</b></li>" % (n, n) for n in (9, 3))
    settings = {"item": "li", "text": "p", "rating": "b"}
    shown = parse("reviews.generic", GENERIC_1, body, **settings).mentions
    assert [m.rating for m in shown] == [on_five(9, 10), on_five(3, 10)]


@for_each("huge", [10**400, "9" * 400])
def test_no_number_is_too_large_to_be_read(huge: object) -> None:
    score = {"@type": "AggregateRating", "ratingValue": huge, "reviewCount": huge}
    body = ld({"@type": "School", "aggregateRating": score})
    assert parse("reviews.schema_org", JSON_LD, body).aggregate == Aggregate(None, None)
    data = {
        "businessUnit": {"trustScore": huge, "numberOfReviews": huge},
        "reviews": [{"text": "x", "rating": huge}],
        "filters": {"pagination": {"currentPage": 1, "totalPages": huge}},
    }
    page = parse("reviews.trustpilot", TODAY_1, json.dumps(data).encode())
    assert (page.aggregate, page.mentions[0].rating) == (Aggregate(None, None), None)


def test_only_a_page_that_stands_alone_is_compared_with_its_count() -> None:
    told = parse("reviews.trustpilot", TODAY_2).warnings
    assert not any("The page counts" in line for line in told)
    score = {"@type": "AggregateRating", "ratingValue": 4, "reviewCount": 9}
    body = ld({"@type": "School", "aggregateRating": score, "review": review("Kit", "Fine.")})
    counted = "The page says there are 9 reviews and shows 1."
    assert counted in parse("reviews.schema_org", JSON_LD, body).warnings
    second = Document(JSON_LD.path, SITE + "?page=2", 1)
    assert counted not in parse("reviews.schema_org", second, body).warnings
    assert (
        counted not in parse("reviews.schema_org", JSON_LD, body + b'<a rel="prev" href="/">b</a>').warnings
    )


def test_of_a_page_too_large_the_beginning_is_read_and_the_rest_is_said() -> None:
    page = parse("reviews.schema_org", JSON_LD, JSON_LD.body + b"<p>a</p>" * 30_000)
    assert len(page.mentions) == 2
    assert any(line.startswith("The document is too large to read in full") for line in page.warnings)
    many = [{"consumer": {"displayName": "Kit"}, "text": f"{n}" + "<p>a</p>" * 5000} for n in range(14)]
    listed = parse("reviews.trustpilot", LIST, json.dumps(many).encode())
    assert len(listed.mentions) == 9
    assert "Too much to read in full: 9 of 14 reviews were read." in listed.warnings


def test_a_review_item_is_recognised_however_many_blanks_a_page_holds() -> None:
    blanks = b'"@type"' + b" " * 200_000
    assert collector("reviews.schema_org").recognises(JSON_LD.response(blanks * 4)) == 0.0


# ------------------------------------------------------------------------ Trustpilot
def test_todays_pages_give_reviews_score_and_next_page_and_count_the_owner_s_reply() -> None:
    page = parse("reviews.trustpilot", TODAY_1)
    first, second = page.mentions
    assert (first.title, first.author, first.rating) == ("They pick up", "Sorrel Vane", 5)
    assert first.url == "https://uk.trustpilot.com/reviews/aa01"
    assert second.edited == datetime(2026, 10, 5, 10, tzinfo=UTC)
    assert first.channel == "trustpilot"
    assert page.aggregate == Aggregate(rating=3.2, count=3)
    assert page.next.url == PILOT + "?page=2"
    assert "Replies by the owner, which do not count as mentions: 1." in page.warnings
    assert not any("Thank you." in m.text for m in page.mentions)


def test_trustpilots_pages_of_today_of_2017_its_list_and_its_json_ld_are_read_as_the_same() -> None:
    listed = [m.id for m in parse("reviews.trustpilot", LIST).mentions]
    paged = [m.id for d in (TODAY_1, TODAY_2) for m in parse("reviews.trustpilot", d).mentions]
    assert listed == paged
    (review,) = parse("reviews.trustpilot", OLD).mentions
    assert review.text == "The breakfast club is a 'rescue' for us."
    assert (review.author, review.rating) == ("Ms L Brook", 5)
    assert review.published == datetime(2016, 11, 4, 20, 37, 27, tzinfo=UTC)
    (slow, joy) = parse("reviews.trustpilot", TODAY_1, JSON_LD.body).mentions
    assert {slow.channel, joy.channel} == {"trustpilot"}
    page = parse("reviews.trustpilot", LIST, LIST.body[:300])
    assert "The JSON is damaged or cut off; nothing was read." in page.warnings


# --------------------------------------------------------------------------- generic
def test_selectors_describe_a_list() -> None:
    page = parse("reviews.generic", GENERIC_1, **SELECTORS)
    rose, kit = page.mentions
    assert (rose.author, rose.rating, rose.text) == ("Rose T.", 4, "A gentle start for our twins.")
    assert rose.published == datetime(2026, 10, 12, 23, tzinfo=UTC)
    assert rose.url == "https://nurseries.example.org/oakfield/reviews/81"
    assert rose.title == "Oakfield Nursery"
    facts = (kit.text, kit.quoted, kit.rating)
    assert facts == ("Fees went up twice.\nThat was the promise.", "No rise this year.", 2)


def test_a_selector_that_finds_nothing_is_named_and_a_broken_one_refused() -> None:
    page = parse("reviews.generic", GENERIC_1, **{**SELECTORS, "author": ".by"})
    assert 'The selector for author, ".by", finds nothing in any review.' in page.warnings
    gone = parse("reviews.generic", GENERIC_1, **{**SELECTORS, "item": "li.gone"})
    assert gone.warnings[0] == 'The selector for one review, "li.gone", finds nothing on the page.'
    with pytest.raises(ValidationError, match="is not a CSS selector"):
        ReviewSelectors(item="li[", text=".body")


def test_a_rating_may_stand_in_an_attribute_and_a_number_make_the_id() -> None:
    body = b'<ul><li class="review" data-score="8"><div class="body">Good.</div></li></ul>'
    settings = {"item": "li", "text": ".body", "rating": "li", "rating_attr": "data-score", "rating_best": 10}
    (review,) = parse("reviews.generic", GENERIC_1, body, **settings).mentions
    assert review.rating == pytest.approx(1 + 4 * 7 / 9, abs=0.01)
    numbered = {**SELECTORS, "id_attr": "data-id"}
    edited = GENERIC_1.body.replace(b"A gentle start", b"Edited: a gentle start")
    before = [m.id for m in parse("reviews.generic", GENERIC_1, **numbered).mentions]
    assert [m.id for m in parse("reviews.generic", GENERIC_1, edited, **numbered).mentions] == before


@for_each(
    ("url", "channel"),
    [
        ("https://uk.trustpilot.com/review/x", "trustpilot"),
        ("https://www.google.com/maps/place/x", "google_review"),
        ("https://reviews.example.org/", "school_review_site"),
        ("http://[::1", "school_review_site"),
    ],
)
def test_the_address_tells_the_channel(url: str, channel: str) -> None:
    assert review_channel(url) == channel


# -------------------------------------- every score brought to one scale
@for_each(
    ("value", "best", "worst", "rating"),
    [
        (5, None, None, 5.0), (3.5, 5, 1, 3.5), (1, 5, 1, 1.0), (10, 10, 1, 5.0), (7, 10, 1, 3.67),
        (7, None, None, 3.67), (80, None, None, 4.19), (0, 10, 0, 1.0), (0, 5, None, 1.0), (6, 5, 1, None),
        (101, None, None, None), (3, 1, 5, None), (-1, 5, 0, None),
    ],
)  # fmt: skip
def test_a_score_is_normalised_or_refused(value, best, worst, rating):
    assert on_five(value, best, worst) == rating


@for_each(
    ("text", "rating"),
    [
        ("4 out of 5", 4.0), ("Rated 8/10", 4.11), ("4,5 / 5", 4.5), ("width: 80%", 4.0), ("width:0%", 1.0),
        ("★★★★☆", 4.0), ("⭐⭐⭐", 3.0), ("☆☆☆☆☆", None), ("3.5 stars", 3.5), ("none given", None),
        ("7/5", None),
    ],
)  # fmt: skip
def test_what_a_page_shows_is_understood(text: str, rating: float | None) -> None:
    assert shown_rating(text) == rating


@for_each(
    ("shown", "count"),
    [
        ("1,234", 1234), ("1.234.567", 1_234_567), ("12 345 reviews", 12345), ("11.0", 11), ("1,5", 1),
        ("3 mums", 3), (7, 7), ("1.2k", None), ("2 k", None), ("none", None), ("", None), (-1, None),
        (True, None), (4.5, None), ("9" * 400, None), (10**400, None),
    ],
)  # fmt: skip
def test_a_count_is_a_whole_number_or_unknown(shown: object, count: int | None) -> None:
    assert count_of(shown) == count


@for_each("text", ["9" * 400, f"4/{'9' * 400}", f"4 out of {'9' * 400}", f"{'9' * 400}%"])
def test_no_number_is_too_long_and_one_that_no_score_reaches_is_none(text: str) -> None:
    assert shown_rating(text) is None
    assert number("9" * 400) is None
    assert number("4,5 of them") == 4.5


def test_one_scale_holds_all_bare_scores_of_a_page() -> None:
    assert unstated_best([3, 9]) == 10
    assert unstated_best([3, 4.5]) == 5
    assert unstated_best([88, 3]) == 100
    assert unstated_best([]) is None
    assert unstated_best([101]) is None
    assert [bare_score(t) for t in ("9", "3.5 stars", "9/10", "80%", "★★★☆☆")] == [9, 3.5, None, None, None]


NUMBERS = st.none() | st.floats(-1e6, 1e6)


@given(st.floats(-1e6, 1e6), NUMBERS, NUMBERS)
def test_a_rating_is_in_one_to_five_or_missing(value: float, best: float | None, worst: float | None) -> None:
    rating = on_five(value, best, worst)
    assert rating is None or 1 <= rating <= 5


@given(st.text(st.sampled_from("0123456789/.,% outofwidth:★☆-"), max_size=20))
def test_no_shown_score_makes_it_raise(text: str) -> None:
    rating = shown_rating(text)
    assert rating is None or 1 <= rating <= 5
