"""Mumsnet Talk in both markups."""

from __future__ import annotations

from datetime import UTC, datetime

from conformance import CollectorConformance, Document

from data.types import MentionKind, Page, Source
from sources.forums.mumsnet import Mumsnet

_AT = "https://www.mumsnet.com/talk/primary/12-parking-at-the-school-gate"
_NOW = Document("forums/mumsnet/now-1.html", _AT, 2, words="By whom this time?")
_NOW_2 = Document("forums/mumsnet/now-2.html", f"{_AT}?page=2", 1)
_THEN = Document(
    "forums/mumsnet/then.html",
    "https://www.mumsnet.com/Talk/primary/13-School-run",
    2,
    words="Did you take its number?",
)


def _page(document: Document) -> Page:
    return Mumsnet().parse(Source("s", Mumsnet.kind, document.url), document.response())


class TestMumsnetConformance(CollectorConformance):
    kind = "forum.mumsnet"
    documents = (_NOW, _THEN)
    pages = (_NOW, _NOW_2)
    channels = ("mumsnet", "local_forum")


def test_the_opening_post_and_a_reply_with_its_quote() -> None:
    first, reply = _page(_NOW).mentions
    assert (first.kind, first.author, first.channel) == (MentionKind.POST, "gatewatcher", "mumsnet")
    assert first.text == "The gate was blocked again.\nAIBU to want cones?"
    assert (reply.author, reply.text) == ("mossyboots", "By whom this time?")
    assert (reply.quoted, reply.parent) == ("The gate was blocked again.", first.id)
    assert reply.url == f"{_AT}#1001"


def test_times_are_local_to_the_site() -> None:
    assert _page(_NOW).mentions[0].published == datetime(2026, 7, 8, 7, 40, tzinfo=UTC)
    assert _page(_THEN).mentions[0].published == datetime(2020, 6, 16, 15, 12, 14, tzinfo=UTC)


def test_day_comes_first_though_the_page_does_not_show_it() -> None:
    assert _page(_NOW).mentions[1].published == datetime(2026, 7, 8, 8, 10, tzinfo=UTC)


def test_a_later_page_names_the_first_post() -> None:
    (reply,) = _page(_NOW_2).mentions
    assert (reply.kind, reply.parent) == (MentionKind.REPLY, _page(_NOW).mentions[0].id)


def test_deleted_and_withdrawn_posts_are_nobodys_words() -> None:
    for document in (_NOW, _THEN):
        assert "Posts that were deleted, hidden or ignored, and are left out: 1." in _page(document).warnings


def test_old_bold_repetition_of_an_earlier_post_is_a_quote() -> None:
    reply = _page(_THEN).mentions[1]
    assert reply.text == "Did you take its number?"
    assert reply.quoted == "The gate was blocked again by the same silver car."


def test_plain_repetition_of_an_earlier_post_is_the_posters_own() -> None:
    body = _THEN.body.replace(b"<strong>", b"<em>").replace(b"</strong>", b"</em>")
    page = Mumsnet().parse(Source("s", Mumsnet.kind, _THEN.url), _THEN.response(body))
    assert page.mentions[1].text.startswith("The gate was blocked again by the same silver car.")


_LIST = (
    b'<html><head><link rel="canonical" href="https://www.mumsnet.com/talk/primary"></head><body>'
    b'<a href="/talk/primary/12-parking">Parking</a> <a href="/talk/primary/12-parking?page=2">2</a> '
    b'<a href="https://www.mumsnet.com/talk/primary/13-fair">Fair</a> <a href="/talk/secondary">Secondary</a>'
)


def test_a_board_gives_one_request_for_each_of_its_threads() -> None:
    url = "https://www.mumsnet.com/talk/primary"
    response = Document("", url, 0).response(_LIST)
    page = Mumsnet().parse(Source("s", Mumsnet.kind, url), response)
    assert [r.url for r in page.follow] == [f"{url}/12-parking", f"{url}/13-fair"]


def test_a_thread_whose_posts_cannot_be_found_asks_for_no_similar_thread() -> None:
    page = Mumsnet().parse(Source("s", Mumsnet.kind, _NOW.url), _NOW.response(_LIST))
    assert (page.mentions, page.follow) == ((), ())
    assert page.warnings == ("No posts and no list of threads were found on the page.",)
