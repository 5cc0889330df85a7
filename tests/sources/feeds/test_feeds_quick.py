"""The quick way through a feed and the tolerant one give the same."""

from __future__ import annotations

import pytest
from conformance import FIXTURES
from support.corpus import corpus_path

from sources.feeds.damaged_feed import read_xml
from sources.feeds.entries import FeedDocument
from sources.feeds.quick_xml import read_quick
from sources.html.markup import decode

ORDINARY = ("rss2", "rdf", "atom", "google_alerts", "google_news", "bing_news", "reddit_thread")
FAMILIES = ("atom", "rdf", "rss2", "rss_odd", "google_alerts", "google_news", "bing_news", "reddit_rss")


def told(feed: FeedDocument) -> tuple[object, ...]:
    return (feed.title, feed.addresses, feed.entries, feed.next, feed.warnings)


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_feed_is_read_the_quick_way_with_the_same_result(name: str) -> None:
    text = (FIXTURES / "feeds" / f"{name}.xml").read_text("utf-8")
    quick = read_quick(text)
    assert quick is not None
    assert told(quick) == told(read_xml(text))


@pytest.mark.corpus
@pytest.mark.parametrize("family", FAMILIES)
def test_real_feeds_read_the_quick_way_give_the_same_result(family: str) -> None:
    for path in sorted(corpus_path("samples", family).iterdir()):
        text, _ = decode(path.read_bytes())
        quick = read_quick(text) if path.name != "EXPECTED.json" else None
        if quick is not None:
            assert told(quick) == told(read_xml(text)), path.name


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<rss>",
        "<html><body/></html>",
        "<rss version='2.0'/>",
        "<rss><channel><item><item/></item></channel></rss>",
        "<rss><channel><item><author>A</author><author>B</author></item></channel></rss>",
        "<!DOCTYPE rss [<!ENTITY x 'y'>]><rss><channel><item><title>&x;</title></item></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://a.example.org/'/>",
        "<feed xmlns='http://purl.org/atom/ns#'><entry/></feed>",
    ],
)
def test_what_is_not_ordinary_is_left_to_the_tolerant_way(body: str) -> None:
    assert read_quick(body) is None
