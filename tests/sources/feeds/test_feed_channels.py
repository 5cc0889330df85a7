"""What is read as a feed stands on the channel where it was published, and keeps its id."""

from __future__ import annotations

import pytest
from conformance import FETCHED_AT, CollectorConformance, Document

from data.types import Mention, MentionKind, Response, Source
from sources.feeds.collector import Feed

XML = "application/xml"
TOOTS = Document(
    "feeds/mastodon_tag.xml",
    "https://social.example.org/tags/oakfieldprimary.rss",
    2,
    words="The gate was shut at ten to nine again.",
    escape="xml",
    content_type=XML,
)
PHOTOS = Document(
    "feeds/flickr_tag.xml",
    "https://www.flickr.com/services/feeds/photos_public.gne?tags=oakfieldprimary&format=rss_200",
    2,
    words="Stalls in the yard of Oakfield Primary.",
    escape="xml",
    content_type=XML,
)
GDELT = Document(
    "feeds/gdelt.json",
    "https://api.gdeltproject.org/api/v2/doc/doc?query=%22oakfield%20primary%22&mode=artlist&format=jsonfeed",
    2,
    content_type="application/json",
)
BING = Document("feeds/bing_news.xml", "https://www.bing.com/news/search?q=oakfield&format=rss", 1)
GOOGLE = Document("feeds/google_news.xml", "https://news.google.com/rss/search?q=oakfield", 1)
ALERTS = Document("feeds/google_alerts.xml", "https://www.google.com/alerts/feeds/1/2", 1)
PAPER = Document("feeds/rss2.xml", "https://gazette.example.org/rss.xml", 3)


class TestFeedsOfTagsAndSearches(CollectorConformance):
    kind = "feed"
    documents = (TOOTS, PHOTOS, GDELT)


def read(document: Document, url: str = "") -> tuple[Mention, ...]:
    at = url or document.url
    return Feed().parse(Source("s", "feed", at), Response(at, 200, (), document.body, FETCHED_AT)).mentions


@pytest.mark.parametrize(
    ("document", "channel", "kind"),
    [
        (TOOTS, "mastodon", MentionKind.POST),
        (PHOTOS, "flickr", MentionKind.POST),
        (GDELT, "gdelt", MentionKind.ARTICLE),
        (BING, "bing_news", MentionKind.ARTICLE),
        (GOOGLE, "google_news", MentionKind.ARTICLE),
        (PAPER, "news", MentionKind.ARTICLE),
    ],
)
def test_an_item_stands_on_its_own_channel(document: Document, channel: str, kind: MentionKind) -> None:
    assert {(m.channel, m.kind) for m in read(document)} == {(channel, kind)}


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        (TOOTS, ["fe90e6e1ea212920", "2cadde285e421faf"]),
        (PHOTOS, ["bf4249d30f432615", "21af83e38d94a0fb"]),
        (GDELT, ["0bf91208547b9333", "1771188733adec53"]),
        (BING, ["bdb02f9b20938fd3"]),
        (GOOGLE, ["fbf7800425248937"]),
        (ALERTS, ["3571465afd46f390"]),
        (PAPER, ["75171ba8f7c2f890", "e2ef7deb3d196557", "0fbaa89ad5e8e880"]),
    ],
)
def test_an_item_keeps_the_id_under_which_it_was_stored_before_its_channel_had_a_name(
    document: Document, ids: list[str]
) -> None:
    assert [m.id for m in read(document)] == ids


def test_a_bing_item_about_a_platforms_post_keeps_that_platforms_id() -> None:
    body = BING.body.replace(
        b"https%3a%2f%2fgazette.example.org%2fhedge%2f", b"https%3a%2f%2fwww.reddit.com%2fr%2fx%2f1"
    )
    response = Response(BING.url, 200, (), body, FETCHED_AT)
    (item,) = Feed().parse(Source("s", "feed", BING.url), response).mentions
    assert (item.channel, item.kind) == ("reddit", MentionKind.POST)
    assert item.id == "32a30b0c3f696c41"


def test_a_post_on_mastodon_is_signed_by_its_account() -> None:
    assert [m.author for m in read(TOOTS)] == [
        "@petraquill@social.example.org",
        "@junomarsh@other.example.org",
    ]


def test_a_photo_is_signed_by_its_photographer_and_says_what_they_wrote() -> None:
    assert [(m.author, m.title, m.text) for m in read(PHOTOS)] == [
        ("Ben Roe", "Summer fair 2026", "Stalls in the yard of Oakfield Primary."),
        ("Ada Finch", "The gate", ""),
    ]


def test_a_blogs_page_of_a_tag_is_no_mastodon() -> None:
    body = PAPER.body
    url = "https://blog.example.org/tags/oakfield.rss"
    items = Feed().parse(Source("s", "feed", url), Response(url, 200, (), body, FETCHED_AT)).mentions
    assert "mastodon" not in {m.channel for m in items}


def test_a_blog_whose_first_item_links_to_a_photo_is_no_flickr() -> None:
    body = (
        b"<rss version='2.0'><channel><title>My diary</title><link>https://diary.example.org/</link>"
        b"<item><title>A</title><link>https://www.flickr.com/photos/benroe/1/</link></item></channel></rss>"
    )
    url = "https://diary.example.org/feed"
    items = Feed().parse(Source("s", "feed", url), Response(url, 200, (), body, FETCHED_AT)).mentions
    assert [m.channel for m in items] == ["blog"]


def test_a_feed_that_says_nothing_of_itself_is_what_its_place_is_known_as_and_keeps_its_ids() -> None:
    body = PAPER.body.replace(b"Gazette", b"Life").replace(b"gazette.", b"life.")
    at = "https://life.example.org/rss.xml"
    named, club, plain = (
        Feed().parse(Source("s", "feed", at, name=each), Response(at, 200, (), body, FETCHED_AT)).mentions
        for each in ("Northvale Gazette", "life.example.org: Northvale Runners ’ News", "")
    )
    assert [{m.channel for m in some} for some in (named, club, plain)] == [{"news"}, {"blog"}, {"blog"}]
    assert [m.id for m in named] == [m.id for m in plain]
