"""From page to page of a thread: the following page, which page is the first, no id that comes twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.types import MentionKind, Page, Response, Source
from sources.forums.generic import GenericForum
from sources.forums.phpbb import PhpBB
from sources.forums.vbulletin import VBulletin
from sources.threads.addresses import NOT_FOUND, board_of, pageless
from sources.threads.shaped_forum import ShapedForum

_PHPBB = "https://town.example.org/forum/viewtopic.php"
_SMF = "https://smf.example.org/index.php"


def _page(reader: ShapedForum, url: str, body: str) -> Page:
    response = Response(url, 200, (), body.encode(), datetime(2026, 11, 17, 9, 0, tzinfo=UTC))
    return reader.parse(Source("s", reader.kind, url), response)


def _phpbb(post: int, words: str, around: str = "") -> str:
    return (
        f'{around}<div id="p{post}" class="post"><div class="postbody"><p class="author">by <strong>'
        '<a class="username">kit</a></strong> &raquo; Sun Nov 08, 2026 8:40 am</p>'
        f'<h3><a href="#p{post}">Gate</a></h3><div class="content">{words}</div></div></div>'
    )


def _smf(around: str) -> str:
    posts = "".join(
        '<div class="windowbg"><div class="poster"><h4>kit</h4></div><div class="keyinfo">'
        f'<a class="smalltext" href="index.php?msg={n}">November 08, 2026, 08:40:00</a></div>'
        f'<div class="inner" id="msg_{n}">Words {n}.</div></div>'
        for n in (51, 52)
    )
    return f"{around}{posts}"


_OLD_PROSILVER = (
    '<a href="./viewtopic.php?t=12&amp;start=10" class="right-box right">Next</a>'
    '<div class="pagination"><a href="#">Page <strong>1</strong> of <strong>2</strong></a></div>'
)
_NUMBERS_ALONE = (
    '<div class="pagination"><span><strong>1</strong><span class="page-sep">, </span>'
    '<a href="./viewtopic.php?t=12&amp;start=10">2</a>'
    '<a href="./viewtopic.php?t=12&amp;start=20">3</a></span></div>'
)


@pytest.mark.parametrize("around", [_OLD_PROSILVER, _NUMBERS_ALONE], ids=["button", "numbers"])
def test_the_next_page_of_an_old_phpbb_is_found(around: str) -> None:
    page = _page(PhpBB(), f"{_PHPBB}?t=12", _phpbb(101, "x", around))
    assert page.next is not None
    assert page.next.url == f"{_PHPBB}?t=12&start=10"


@pytest.mark.parametrize(
    "around",
    [
        '<div>Pages: [<strong>2</strong>] <a class="navPages" href="?topic=12.30">3</a></div>',
        '<div>Pages: <a class="navPages" href="?topic=12.0">1</a> [<b>2</b>] '
        '<a class="navPages" href="?topic=12.30">3</a></div>',
        '<div><a class="nav_page" href="?topic=12.0">1</a> <span class="current_page">2</span>'
        '<a class="nav_page" href="?topic=12.30">3</a></div>',
    ],
    ids=["2.0", "1.1", "2.1"],
)
def test_the_next_page_of_smf_is_the_number_behind_this_pages(around: str) -> None:
    page = _page(GenericForum(), f"{_SMF}?topic=12.15", _smf(around))
    assert page.next is not None
    assert page.next.url == f"{_SMF}?topic=12.30"


def test_the_last_page_has_no_next_and_nothing_to_tell() -> None:
    around = (
        '<div class="pagination"><a href="./viewtopic.php?t=12">1</a><strong>2</strong></div>'
        '<a rel="next" href="./viewtopic.php?t=12&amp;start=10">Next</a>'
    )
    page = _page(PhpBB(), f"{_PHPBB}?t=12&start=10", _phpbb(111, "x", around))
    assert (page.next, page.warnings) == (None, ())


def test_later_pages_that_are_linked_but_not_found_are_told() -> None:
    around = '<p><a href="./viewtopic.php?t=12&amp;start=10">2</a></p>'
    page = _page(PhpBB(), f"{_PHPBB}?t=12", _phpbb(101, "x", around))
    assert (page.next, page.warnings) == (None, (NOT_FOUND,))


def test_a_link_in_a_post_is_no_page_of_the_thread() -> None:
    words = 'See <a href="./viewtopic.php?t=12&amp;start=10">there</a>'
    assert _page(PhpBB(), f"{_PHPBB}?t=12", _phpbb(101, words)).warnings == ()


def test_an_address_of_a_post_does_not_show_its_page_to_be_the_first() -> None:
    (post,) = _page(PhpBB(), f"{_PHPBB}?p=111", _phpbb(111, "x")).mentions
    (again,) = _page(PhpBB(), f"{_PHPBB}?t=12&start=10", _phpbb(111, "x")).mentions
    assert (post.kind, post.id) == (MentionKind.REPLY, again.id)


def test_the_pages_own_address_shows_it_where_it_was_fetched_by_that_of_a_post() -> None:
    link = f'<link rel="canonical" href="{_PHPBB}?t=12">'
    (post,) = _page(PhpBB(), f"{_PHPBB}?p=101", _phpbb(101, "x", link)).mentions
    (again,) = _page(PhpBB(), f"{_PHPBB}?t=12", _phpbb(101, "x")).mentions
    assert (post.kind, post.id) == (MentionKind.POST, again.id)


def test_two_boards_on_one_host_share_no_id() -> None:
    boards = [
        _page(reader, f"https://town.example.org/{name}/{script}?t=12", body).mentions
        for name in ("northvale", "hexley")
        for reader, script, body in (
            (PhpBB(), "viewtopic.php", _phpbb(101, "x") + _phpbb(102, "y")),
            (VBulletin(), "showthread.php", "<p id=post_message_101>x</p><p id=post_message_102>y</p>"),
        )
    ]
    assert len({m.id for board in boards[:1] + boards[2:3] for m in board}) == 4
    assert len({m.id for board in boards[1:2] + boards[3:] for m in board}) == 4


@pytest.mark.parametrize(
    ("address", "pattern", "board"),
    [
        ("https://www.a.example/forum/viewtopic.php?t=12", r"viewtopic\.php\?t=(\d+)", "a.example/forum"),
        ("https://a.example/forum/viewtopic.php?p=99", r"viewtopic\.php\?t=(\d+)", "a.example/forum"),
        ("https://a.example/forum/gate-t12.html", r"-t(\d+)\.html", "a.example/forum"),
        ("https://a.example/town/threads/gate.12/page-2", r"/?threads/[^/]*\.(\d+)", "a.example/town"),
        ("https://a.example/town/index.php?threads/gate.12/", r"/?threads/[^/]*\.(\d+)", "a.example/town"),
        ("https://a.example/threads/gate.12/", r"/?threads/[^/]*\.(\d+)", "a.example"),
        ("https://a.example", r"/t/(\d+)", "a.example"),
    ],
)
def test_a_board_is_its_host_and_folder(address: str, pattern: str, board: str) -> None:
    assert board_of(address, pattern) == board


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example/board/12?page=2", "/board/12"),
        ("https://a.example/board/12?p=2#n81", "/board/12"),
        ("https://a.example/board/gate/page-3/", "/board/gate"),
        ("https://a.example/topic.pl?start=20&tid=12", "/topic.pl?tid=12"),
        ("https://a.example/viewtopic.php?p=99", "/viewtopic.php?p=99"),
        ("https://a.example/?page=2", "/"),
    ],
)
def test_all_pages_of_a_thread_have_one_address(url: str, path: str) -> None:
    assert pageless(url) == path
