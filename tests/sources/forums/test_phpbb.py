"""phpBB: prosilver, a theme that keeps nothing of it, subSilver, and lists of topics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from conformance import CollectorConformance, Document

from data.types import MentionKind, Page, Source
from sources.forums.phpbb import PhpBB

_AT = "https://town.example.org/forum/viewtopic.php?t=12"
_FIRST = Document("forums/phpbb/topic-1.html", _AT, 2, words="Somebody drove over them.")
_SECOND = Document("forums/phpbb/topic-2.html", f"{_AT}&start=2", 2)
_THIRD = Document("forums/phpbb/topic-3.html", f"{_AT}&start=4", 1)
_BOOTSTRAP = Document("forums/phpbb/bootstrap.html", "http://village.example.org/viewtopic.php?t=12", 2)
_SUBSILVER = Document("forums/phpbb/subsilver.html", "https://old.example.org/viewtopic.php?t=12", 2)
_FORUM = Document("forums/phpbb/forum.html", "https://town.example.org/forum/viewforum.php?f=3", 0)


def _page(document: Document) -> Page:
    return PhpBB().parse(Source("s", PhpBB.kind, document.url), document.response())


class TestPhpBBConformance(CollectorConformance):
    kind = "forum.phpbb"
    documents = (_FIRST, _BOOTSTRAP, _SUBSILVER)
    pages = (_FIRST, _SECOND, _THIRD)


def test_the_first_post_opens_the_thread_and_replies_name_it() -> None:
    first, reply = _page(_FIRST).mentions
    assert (first.kind, reply.kind) == (MentionKind.POST, MentionKind.REPLY)
    assert (first.parent, reply.parent) == (None, first.id)


def test_an_hour_of_summer_time_that_the_foot_adds_is_taken_off() -> None:
    summer = b'All times are UTC [ <abbr title="Daylight Saving Time">DST</abbr> ]'
    body = _SUBSILVER.body.replace(b"All times are GMT", summer)
    page = PhpBB().parse(Source("s", PhpBB.kind, _SUBSILVER.url), _SUBSILVER.response(body))
    for shown, mention in zip(_page(_SUBSILVER).mentions, page.mentions, strict=True):
        assert shown.published is not None
        assert mention.published == shown.published - timedelta(hours=1)


def test_a_reply_on_a_later_page_knows_the_threads_first_post() -> None:
    opening = _page(_FIRST).mentions[0].id
    assert [m.parent for m in _page(_SECOND).mentions] == [opening, opening]
    assert {m.kind for m in _page(_SECOND).mentions} == {MentionKind.REPLY}


def test_quotes_and_signatures_are_not_the_posters_words() -> None:
    reply = _page(_FIRST).mentions[1]
    assert reply.text == "They tried cones. Somebody drove over them."
    assert reply.quoted.endswith("Can the school not put cones out?")
    assert reply.author == "Mossy Boots"


def test_times_are_read_and_the_edit_is_told_apart() -> None:
    first, reply = _page(_FIRST).mentions
    assert first.published == datetime(2026, 11, 8, 8, 40, tzinfo=UTC)
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert reply.published == datetime(2026, 11, 16, 17, 12, tzinfo=UTC)  # yesterday


def test_a_visitors_session_is_in_no_address() -> None:
    page = _page(_FIRST)
    assert page.mentions[0].url == "https://town.example.org/forum/viewtopic.php?p=101#p101"
    assert page.next is not None
    assert page.next.url == f"{_AT}&start=2"


def test_posts_of_ignored_people_are_counted_not_read() -> None:
    assert _page(_FIRST).warnings == ("Posts that were deleted, hidden or ignored, and are left out: 1.",)


def test_a_posts_own_heading_is_not_lost() -> None:
    assert [m.title for m in _page(_SECOND).mentions] == [
        "Parking at the gate",
        "Parking at the gate: Wardens",
    ]


def test_a_theme_without_prosilvers_frame_is_read() -> None:
    first, reply = _page(_BOOTSTRAP).mentions
    assert (first.author, first.text) == ("gate_watcher", "The gate was blocked again.")
    assert (reply.author, reply.text) == ("Mossy Boots", "By whom this time?")
    assert reply.published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)


def test_subsilver_keeps_quote_signature_and_edit_apart() -> None:
    first, reply = _page(_SUBSILVER).mentions
    assert (first.author, first.text) == ("gate_watcher", "The gate was blocked again.")
    assert reply.text == "By whom this time?"
    assert reply.quoted == "gate_watcher wrote:\nThe gate was blocked again."
    assert reply.published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)
    assert reply.edited == datetime(2026, 11, 8, 9, 15, tzinfo=UTC)


def test_a_list_of_topics_gives_requests_for_them_on_the_same_host() -> None:
    page = _page(_FORUM)
    assert page.mentions == ()
    assert [request.url for request in page.follow] == [
        "https://town.example.org/forum/viewtopic.php?f=3&t=12",
        "https://town.example.org/forum/viewtopic.php?f=3&t=13",
    ]
    assert page.next is not None
    assert page.next.url == "https://town.example.org/forum/viewforum.php?f=3&start=25"


def test_a_list_too_long_to_follow_whole_says_so() -> None:
    links = b"".join(b'<a class="topictitle" href="viewtopic.php?t=%d">x</a>' % n for n in range(150))
    page = PhpBB().parse(Source("s", PhpBB.kind, _FORUM.url), _FORUM.response(b"<body>" + links))
    assert len(page.follow) == 100
    assert page.warnings == ("The page lists 150 threads; the first 100 are asked for.",)


def test_neither_threads_nor_pages_of_other_hosts_are_asked_for() -> None:
    body = _FIRST.body.replace(
        b'href="./viewtopic.php?t=12', b'href="https://elsewhere.example.net/viewtopic.php?t=12'
    )
    page = PhpBB().parse(Source("s", PhpBB.kind, _AT), _FIRST.response(body))
    assert page.next is None
