"""A page of the school's own: its notice and its posts."""

from __future__ import annotations

from contextlib import closing

import pytest
from builders.fetcher import NOW, fetcher_for
from conformance import CollectorConformance, Document
from support.web_server import Site, serve

from data.types import MentionKind, Outcome, Page, Response, Source, SourceState
from monitor.pipeline.collect import Collected, collect
from sources.blocks.recognise import recognise
from sources.own.own_page import channel_of
from sources.registry import collector

SITE = "https://oakfield.example.sch.uk/news"
NEWS = Document("own/news.html", SITE, 3, words="Thank you for the tins and jars")
ACCOUNT = Document(
    "own/account.html", "https://social.example.org/oakfield", 3, "Book fair in the hall", "json"
)
ENTRIES = Document(
    "own/entries.html", "https://fedi.example.org/@oakfield", 2, words="Choir sang at the hospice."
)
LOG_IN = (
    b"<html><head><title>Log in to Exampletown</title></head><body><form><input name='u'>"
    b"<input type='password' name='p'></form><p>You must log in to continue.</p></body></html>"
)


class TestOwnPage(CollectorConformance):
    kind = "own.page"
    documents = (NEWS, ACCOUNT, ENTRIES)
    recognised = False


def read(document: Document, body: bytes | None = None, **fields: object) -> Page:
    source = Source("own", "own.page", document.url, own=True, **fields)  # type: ignore[arg-type]
    return collector("own.page").parse(source, document.response(body))


def without_notice(document: Document) -> bytes:
    return document.body.replace("aren’t".encode(), b"are")


def test_a_page_that_says_it_is_not_watched_has_its_notice() -> None:
    assert read(NEWS).notice is True


def test_the_profile_of_an_account_counts_as_well() -> None:
    assert read(ACCOUNT).notice is True


def test_a_page_without_the_notice_lacks_it() -> None:
    assert read(NEWS, without_notice(NEWS)).notice is False


def test_a_page_with_next_to_no_words_says_nothing_of_its_notice() -> None:
    assert read(NEWS, b"<html><body><p>Loading</p></body></html>").notice is None


WORDS = "The choir sang and everybody who came was given a biscuit. " * 8
WALLED = Document("own/facebook.html", "https://www.facebook.com/oakfieldprimary", 0)


def a_page(words: str, title: str = "News") -> bytes:
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><p>{words}</p></body></html>".encode()
    )


def answered(body: bytes, content_type: str, url: str = SITE) -> bool | None:
    response = Response(url, 200, (("content-type", content_type),), body, NOW)
    return collector("own.page").parse(Source("own", "own.page", url, own=True), response).notice


def test_a_platform_that_shows_a_part_to_a_visitor_may_show_the_notice_but_not_lack_it() -> None:
    assert recognise(WALLED.response(WALLED.body)) is None
    assert read(WALLED).notice is None
    assert read(WALLED, WALLED.body.replace(b"Larch Road", b"This page is not monitored 24/7")).notice is True
    assert answered(a_page(WORDS), "text/html", "https://www.youtube.com/@oakfield") is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7\n" + WORDS.encode(), "application/pdf"),
        (f'{{"posts": ["{WORDS}"]}}'.encode(), "application/json"),
        (
            f"<rss><channel><item><title>{WORDS}</title></item></channel></rss>".encode(),
            "application/rss+xml",
        ),
        (a_page(WORDS + " " * 4_000_000), "text/html"),
    ],
    ids=["pdf", "json", "feed", "too large"],
)
def test_what_is_no_web_page_or_was_read_in_part_does_not_lack_it(body: bytes, content_type: str) -> None:
    assert answered(body, content_type) is None


@pytest.mark.parametrize(
    "words",
    [
        "Website under maintenance. Our site will be available soon.",
        "There has been a critical error on this website. Please check your site admin email inbox.",
        "Our new website is coming soon.",
    ],
)
def test_a_page_of_works_on_the_site_does_not_lack_it(words: str) -> None:
    filling = " Please ring the office if there is anything you need in the meantime and thank you." * 2
    assert answered(a_page(words + filling), "text/html; charset=utf-8") is None


def test_news_of_works_on_a_page_that_is_there_does_not_hide_that_it_lacks_it() -> None:
    assert answered(a_page(f"{WORDS} The pool is shut for maintenance."), "text/html") is False


def test_a_notice_in_a_picture_counts_where_it_is_read_out() -> None:
    picture = b'<img src="/b.png" alt="This page is not monitored 24/7."></body>'
    assert read(NEWS, without_notice(NEWS).replace(b"</body>", picture)).notice is True


def test_the_configured_words_count_and_no_others() -> None:
    assert read(NEWS, notice="Concerns: the  school OFFICE").notice is True
    assert read(NEWS, notice="Nobody reads this at night").notice is False


def test_a_comment_names_the_post_it_stands_under() -> None:
    post, comment, tag = read(ACCOUNT).mentions
    assert (post.kind, post.parent) == (MentionKind.POST, None)
    assert (comment.kind, comment.parent, comment.author) == (MentionKind.COMMENT, post.id, "Robin T")
    assert (tag.parent, tag.author) == (None, "Sam W")


def test_the_platform_names_the_channel() -> None:
    assert channel_of("https://www.facebook.com/oakfield") == "facebook"
    assert channel_of("https://notfacebook.com/oakfield") == "blog"


def test_a_page_without_posts_is_no_fault() -> None:
    page = read(NEWS, b"<html><body><p>" + b"words of the school " * 20 + b"</p></body></html>")
    assert page.mentions == ()
    assert page.warnings == ()


def collected(site: Site, path: str) -> Collected:
    source = Source("own", "own.page", f"{site}{path}", own=True)
    with closing(fetcher_for(site)) as fetcher:
        return collect(source, SourceState("own"), collector("own.page"), fetcher.fetch, lambda: NOW)


def test_over_the_wire_the_run_carries_the_notice() -> None:
    with serve({"/news": NEWS.body, "/old": without_notice(NEWS), "/account": LOG_IN}) as site:
        there = collected(site, "/news")
        missing = collected(site, "/old")
        walled = collected(site, "/account")
    assert (there.run.outcome, there.run.notice, len(there.mentions)) == (Outcome.OK, True, 3)
    assert (missing.run.outcome, missing.run.notice) == (Outcome.OK, False)
    assert (walled.run.outcome, walled.run.notice) == (Outcome.BLOCKED, None)
