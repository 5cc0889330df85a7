"""A page of the school’s own: its notice, in the wordings schools use, and its posts."""

from contextlib import closing

from builders.fetcher import NOW, fetcher_for
from builders.letters import CAPITALS, WAYS
from conformance import CollectorConformance, Document
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.sentences import sentences
from support.web_server import Site, serve

from data.types import MentionKind, Outcome, Page, Response, Source, SourceState
from monitor.pipeline.collect import Collected, collect
from sources.blocks import recognise_block
from sources.own import has_notice, is_the_notice, own_channel
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


PICTURE = b'<img src="/b.png" alt="This page is not monitored 24/7."></body>'
NOTICES = {
    "it says that it is not watched": (NEWS, None, True),
    "the profile of an account says so": (ACCOUNT, None, True),
    "a picture says so that is read out": (NEWS, without_notice(NEWS).replace(b"</body>", PICTURE), True),
    "it does not say so": (NEWS, without_notice(NEWS), False),
    "it has next to no words": (NEWS, b"<html><body><p>Loading</p></body></html>", None),
}


@for_each(("document", "body", "notice"), NOTICES.values())
def test_whether_a_page_has_its_notice(document, body, notice):
    assert read(document, body).notice is notice


WORDS = "The choir sang and everybody who came was given a biscuit. " * 8
WALLED = Document("own/facebook.html", "https://www.facebook.com/oakfieldprimary", 0)


def a_page(words: str, title: str = "News") -> bytes:
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><p>{words}</p></body></html>".encode()
    )


def answered(body: bytes, content_type: str, url: str = SITE) -> bool | None:
    response = Response(url, 200, (("content-type", content_type),), body, NOW)
    return collector("own.page").parse(Source("own", "own.page", url, own=True), response).notice


def test_a_platform_or_news_of_works_may_show_the_notice_and_only_a_whole_page_lacks_it() -> None:
    assert recognise_block(WALLED.response(WALLED.body)) is None
    assert read(WALLED).notice is None
    assert read(WALLED, WALLED.body.replace(b"Larch Road", b"This page is not monitored 24/7")).notice is True
    assert answered(a_page(WORDS), "text/html", "https://www.youtube.com/@oakfield") is None
    assert answered(a_page(f"{WORDS} The pool is shut for maintenance."), "text/html") is False


@for_each(
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
)
def test_what_is_no_web_page_or_was_read_in_part_does_not_lack_it(body: bytes, content_type: str) -> None:
    assert answered(body, content_type) is None


@for_each(
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


def test_a_comment_names_its_post_the_platform_its_channel_and_a_page_without_posts_is_no_fault() -> None:
    post, comment, tag = read(ACCOUNT).mentions
    assert (post.kind, post.parent) == (MentionKind.POST, None)
    assert (comment.kind, comment.parent, comment.author) == (MentionKind.COMMENT, post.id, "Robin T")
    assert (tag.parent, tag.author) == (None, "Sam W")
    assert own_channel("https://www.facebook.com/oakfield") == "facebook"
    assert own_channel("https://notfacebook.com/oakfield") == "blog"
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


# ------------ the notice that an account is not watched around the clock


SAID = sentences("own/notices")


@for_each("text", SAID["stands"])
def test_a_usual_wording_is_found(text: str) -> None:
    assert has_notice(text)


@for_each("write", [*WAYS.values(), *CAPITALS.values()])
def test_a_notice_is_read_whatever_letters_it_is_in(write) -> None:
    assert has_notice(write("This account is not monitored at weekends."))
    assert has_notice(write("The office reads it on weekdays."), "The office reads it on weekdays.")


@for_each("text", ["", *SAID["lacks"]])
def test_what_says_something_else_is_not_taken_for_it(text: str) -> None:
    assert not has_notice(text)


def test_configured_words_count_alone_where_they_have_a_letter() -> None:
    assert has_notice("The office reads this on weekdays.", "the office reads this ON WEEKDAYS")
    assert not has_notice("This account is not monitored 24/7.", "The office reads this on weekdays.")
    assert not has_notice("unreadable", "read")
    assert has_notice("This account is not monitored 24/7.", " … ")
    ours = "The office reads this on weekdays. Write to the school with concerns."
    assert is_the_notice("The office reads this on weekdays.\nWrite to the school with concerns.", ours)
    assert not is_the_notice(f"{ours} Somebody hurts me.", ours)
    assert read(NEWS, notice="Concerns: the  school OFFICE").notice is True
    assert read(NEWS, notice="Nobody reads this at night").notice is False


@given(
    text=st.sampled_from(SAID["stands"]),
    blanks=st.sampled_from([" ", "\n", "\u00a0", "\t \n"]),
    case=st.sampled_from([str.upper, str.lower, str.title]),
)
def test_blanks_and_capitals_make_no_difference(text: str, blanks: str, case: object) -> None:
    assert has_notice(blanks.join(case(text).split()))  # type: ignore[operator]


@for_each(
    "text",
    [
        "This page is not watched around the clock. In danger ring 999.",
        "This account is not monitored 24/7.\nIf a child is in danger call 999!",
        "Nid yw'r dudalen hon yn cael ei monitro ddydd a nos. Mewn perygl, ffoniwch 999.",
    ],
)
def test_a_text_that_is_the_notice_and_nothing_else_is_told(text: str) -> None:
    assert is_the_notice(text)


@for_each(
    "text",
    [
        "This page is not watched around the clock. I will burn the school down tonight.",
        "This page is not watched around the clock, and I am in danger at home.\nPlease help me.",
        "In danger ring 999.",
        "You will need to ring 999 when I am done. This account is not monitored 24/7.",
    ],
)
def test_the_notice_beside_other_words_is_not(text: str) -> None:
    assert not is_the_notice(text)
