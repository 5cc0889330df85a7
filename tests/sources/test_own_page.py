"""A page of the school's own: its notice and its posts."""

from __future__ import annotations

from contextlib import closing

from conformance import CollectorConformance, Document
from fetching import NOW, fetcher_for
from servers import Site, serve

from data.types import MentionKind, Outcome, Page, Source, SourceState
from monitor.collect import Collected, collect
from sources.own.page import channel_of
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
