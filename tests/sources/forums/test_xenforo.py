"""XenForo 1 and 2, and lists of threads."""

from __future__ import annotations

from datetime import UTC, datetime

from conformance import CollectorConformance, Document

from data.types import MentionKind, Page, Source
from sources.forums.xenforo import XenForo

_AT = "https://town.example.org/threads/parking-at-the-gate.12/"
_FIRST = Document("forums/xenforo/xf2-1.html", _AT, 2, words="By whom this time?")
_SECOND = Document("forums/xenforo/xf2-2.html", f"{_AT}page-2", 1)
_OLD = Document("forums/xenforo/xf1.html", _AT, 2, words="By whom this time?")
_FORUM = Document("forums/xenforo/forum.html", "https://town.example.org/forums/school.3/", 0)


def _page(document: Document) -> Page:
    return XenForo().parse(Source("s", XenForo.kind, document.url), document.response())


class TestXenForoConformance(CollectorConformance):
    kind = "forum.xenforo"
    documents = (_FIRST, _OLD)
    pages = (_FIRST, _SECOND)


def test_version_2_tells_posts_quotes_edits_and_times() -> None:
    first, reply = _page(_FIRST).mentions
    assert (first.kind, first.author, first.title) == (
        MentionKind.POST,
        "gate_watcher",
        "Parking at the gate",
    )
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert (reply.kind, reply.parent) == (MentionKind.REPLY, first.id)
    assert reply.text == "By whom this time?"
    assert reply.quoted == "gate_watcher said:\nThe gate was blocked again."
    assert reply.published == datetime(2026, 6, 8, 8, 10, tzinfo=UTC)  # 09:10 at +01:00
    assert reply.url == f"{_AT}post-702"


def test_deleted_posts_are_counted() -> None:
    assert _page(_FIRST).warnings == ("Posts that were deleted, hidden or ignored, and are left out: 1.",)


def test_a_reply_on_page_2_names_the_first_post() -> None:
    (reply,) = _page(_SECOND).mentions
    assert (reply.kind, reply.parent) == (MentionKind.REPLY, _page(_FIRST).mentions[0].id)


def test_a_theme_of_version_1_may_put_the_time_beside_the_post() -> None:
    body = _OLD.body.replace(b"messageDetails", b"byline").replace(b"datePermalink", b"link")
    page = XenForo().parse(Source("s", XenForo.kind, _OLD.url), _OLD.response(body))
    assert [m.published for m in page.mentions] == [
        datetime(2026, 11, 8, 8, 40, tzinfo=UTC),
        datetime.fromtimestamp(1794215400, UTC),
    ]


def test_version_1_is_read_with_its_base_address() -> None:
    first, reply = _page(_OLD).mentions
    assert (first.text, first.url) == ("The gate was blocked again.", _AT)
    assert first.published == datetime(2026, 11, 8, 8, 40, tzinfo=UTC)
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert (reply.text, reply.url) == ("By whom this time?", f"{_AT}#post-802")
    assert reply.quoted == "gate_watcher said:\nThe gate was blocked again."
    assert reply.published == datetime.fromtimestamp(1794215400, UTC)


def test_both_versions_give_a_thread_the_same_id() -> None:
    assert _page(_OLD).mentions[0].id == _page(_FIRST).mentions[0].id


def test_a_list_of_threads_gives_requests_for_them() -> None:
    page = _page(_FORUM)
    assert [request.url for request in page.follow] == [
        _AT,
        "https://town.example.org/threads/summer-fair.13/",
    ]
    assert page.next is not None
