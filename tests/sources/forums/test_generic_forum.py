"""Forums without a collector of their own: known software, data in the page, selectors, a guess."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

import pytest
from conformance import CollectorConformance, Document
from pydantic import ValidationError

from data.types import MentionKind, Page, Source
from sources.base import PostSelectors
from sources.forums.generic import GenericForum
from sources.threads.addresses import NOT_FOUND

_AT = "https://village.example.org/viewtopic.php?id=12"
_FLUXBB = Document("forums/generic/fluxbb-1.html", _AT, 2, words="By whom this time?")
_FLUXBB_2 = Document("forums/generic/fluxbb-2.html", f"{_AT}&p=2", 1)
_NETMUMS = Document(
    "forums/generic/netmums.html",
    "https://www.netmums.com/coffeehouse/schools-7/primary-8/3c5c944d-parking-at-the-school-gate.html",
    2,
    words="By whom this time?",
    escape="json",
)
_UNKNOWN = Document("forums/generic/unknown.html", "https://pond.example.org/topic_show.pl?tid=12", 3)
_SELECTED = Document(
    "forums/generic/selectors.html", "https://village.example.org/board/12", 2, words="By whom this time?"
)
_BOARD = "https://village.example.org/board/12"
_NUMBERED = (
    Document("forums/generic/numbered-1.html", _BOARD, 2, words="Did anybody take its number this time?"),
    Document("forums/generic/numbered-2.html", f"{_BOARD}?page=2", 2),
    Document("forums/generic/numbered-3.html", f"{_BOARD}?page=3", 2),
)
_CSS = {
    "post": "section.note",
    "text": ".b",
    "author": ".w",
    "time": "time",
    "quote": "q",
    "drop": "small",
    "title": "h2.t",
    "next": "a.more",
}


def _page(document: Document, settings: dict[str, str] | None = None) -> Page:
    source = Source("s", GenericForum.kind, document.url, settings=settings or {})
    return GenericForum().parse(source, document.response())


class TestGenericForumConformance(CollectorConformance):
    kind = "forum.generic"
    documents = (_FLUXBB, _NETMUMS)
    pages = (_FLUXBB, _FLUXBB_2)


class TestSelectorsConformance(CollectorConformance):
    kind = "forum.generic"
    documents = (_SELECTED,)
    settings: ClassVar[dict[str, object]] = dict(_CSS)
    recognised = False


class TestGuessConformance(CollectorConformance):
    """Element ids that begin anew on every page are no numbers of posts."""

    kind = "forum.generic"
    documents = (_NUMBERED[0],)
    pages = _NUMBERED
    recognised = False


class TestSelectorsOverPagesConformance(CollectorConformance):
    kind = "forum.generic"
    documents = (_NUMBERED[0],)
    pages = _NUMBERED
    settings: ClassVar[dict[str, object]] = {
        "post": ".entry", "text": ".words", "author": ".author", "time": ".date"
    }  # fmt: skip
    recognised = False


def test_known_software_is_read_by_its_shape() -> None:
    first, reply = _page(_FLUXBB).mentions
    assert (first.kind, first.author, first.text) == (
        MentionKind.POST,
        "gate_watcher",
        "The gate was blocked again.",
    )
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert (reply.text, reply.parent) == ("By whom this time?", first.id)
    assert reply.published == datetime(2026, 11, 16, 17, 12, tzinfo=UTC)
    assert [m.parent for m in _page(_FLUXBB_2).mentions] == [first.id]


def test_a_fluxbb_signature_is_no_post() -> None:
    sign = b'</div><div class="postsignature postmsg"><hr />Tea before talk</div>'
    body = _FLUXBB.body.replace(b"<p>By whom this time?</p></div>", b"<p>By whom this time?</p>" + sign)
    page = GenericForum().parse(Source("s", GenericForum.kind, _FLUXBB.url), _FLUXBB.response(body))
    assert [m.text for m in page.mentions] == ["The gate was blocked again.", "By whom this time?"]


def test_netmums_is_read_from_the_data_in_the_page() -> None:
    page = _page(_NETMUMS)
    first, reply = page.mentions
    assert (first.author, first.text, first.edited) == ("Gate W", "The gate was blocked again.", None)
    assert (reply.author, reply.parent) == ("Mossy B(12)", first.id)
    assert reply.edited == datetime(2026, 11, 8, 9, 15, tzinfo=UTC)
    assert reply.url.endswith("3c5c944d-parking-at-the-school-gate.html#01KBBBBBBBBBBBBBBBBBBBBBBB")
    assert page.warnings == ("Posts that were deleted, hidden or ignored, and are left out: 1.",)


def test_posts_of_unknown_software_are_found_by_what_repeats() -> None:
    page = _page(_UNKNOWN)
    assert [(m.author, m.text) for m in page.mentions] == [
        ("gate_watcher", "The gate was blocked again by the same silver car."),
        ("Mossy Boots", "Did anybody take its number this time?"),
        ("priya_dad", "The wardens come on Tuesdays, so wait for Tuesday."),
    ]
    assert page.mentions[0].published == datetime(2026, 11, 8, 8, 40, tzinfo=UTC)
    assert page.mentions[1].quoted == "blocked again"
    assert page.mentions[1].url.endswith("topic_show.pl?tid=12#pid72")
    assert page.warnings[-1].startswith("The forum's software is not known")


def test_a_guess_is_claimed_with_little_confidence() -> None:
    assert 0 < GenericForum().recognises(_UNKNOWN.response()) < 0.5


def test_selectors_of_the_configuration_are_followed() -> None:
    page = _page(_SELECTED, _CSS)
    first, second = page.mentions
    assert (first.author, first.text, first.title) == (
        "gate_watcher",
        "The gate was blocked again.",
        "Parking at the gate",
    )
    assert (second.text, second.quoted) == ("By whom this time?", "blocked again")
    assert second.published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)
    assert second.url == "https://village.example.org/board/12#n82"
    assert page.next is not None
    assert page.next.url == "https://village.example.org/board/12?page=2"


def test_a_posts_own_link_is_its_number_so_an_edit_keeps_it() -> None:
    body = (
        '<div class="p"><a class="l" href="/note/81">#</a><p class="b">One</p></div>'
        '<div class="p"><a class="l" href="/note/82">#</a><p class="b">{}</p></div>'
    )
    source = Source(
        "s", GenericForum.kind, _SELECTED.url, settings={"post": ".p", "text": ".b", "link": "a.l"}
    )
    before, after = (
        GenericForum().parse(source, _SELECTED.response(body.format(words).encode())).mentions[1]
        for words in ("Two", "Two, edited")
    )
    assert before.id == after.id


def test_a_link_that_all_posts_share_tells_none_apart() -> None:
    post = '<div class="p"><a href="/board/12">#</a><p>{}</p></div>'
    body = "".join(map(post.format, ("One", "Two"))).encode()
    source = Source("s", GenericForum.kind, _SELECTED.url, settings={"post": ".p", "text": "p", "link": "a"})
    page = GenericForum().parse(source, _SELECTED.response(body))
    assert len({m.id for m in page.mentions}) == 2
    assert not [told for told in page.warnings if "number" in told]


def test_later_pages_that_no_selector_finds_are_told() -> None:
    body = b'<div class="p"><p>One</p></div><a href="?page=2">2</a>'
    source = Source("s", GenericForum.kind, _SELECTED.url, settings={"post": ".p", "text": "p"})
    page = GenericForum().parse(source, _SELECTED.response(body))
    assert [told for told in page.warnings if told.startswith(NOT_FOUND)]


def test_a_selector_that_finds_nothing_is_told() -> None:
    page = _page(_SELECTED, {**_CSS, "post": "li.post"})
    assert page.warnings == ('The selector "li.post" finds no post on the page.',)


@pytest.mark.parametrize("settings", [{"post": "li["}, {"post": "li.post"}])
def test_selectors_that_cannot_work_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PostSelectors.model_validate(settings)
