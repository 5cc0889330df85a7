"""vBulletin 3, 4 and 5, and lists of threads."""

from __future__ import annotations

from datetime import UTC, datetime

from conformance import FETCHED_AT, CollectorConformance, Document

from data.types import MentionKind, Page, Response, Source
from sources.forums.vbulletin import VBulletin

_BASE = "https://town.example.org/forum"
_THREE = Document("forums/vbulletin/vb3.html", f"{_BASE}/showthread.php?t=12", 2, words="By whom this time?")
_FOUR = Document("forums/vbulletin/vb4-1.html", f"{_BASE}/showthread.php?12-Parking-at-the-gate", 2)
_FOUR_2 = Document("forums/vbulletin/vb4-2.html", f"{_BASE}/showthread.php?12-Parking-at-the-gate/page2", 2)
_FIVE = Document("forums/vbulletin/vb5.html", f"{_BASE}/school/12-parking-at-the-gate", 2)
_FORUM = Document("forums/vbulletin/forum.html", f"{_BASE}/forumdisplay.php?3-School", 0)


def _page(document: Document) -> Page:
    return VBulletin().parse(Source("s", VBulletin.kind, document.url), document.response())


class TestVBulletinConformance(CollectorConformance):
    kind = "forum.vbulletin"
    documents = (_THREE, _FOUR, _FIVE)
    pages = (_FOUR, _FOUR_2)


_FRONT = "https://marketing.example.org/main-discussion/1200-parking-gate.html"
_REPLIES = "".join(
    f"""<div id="edit{n}"><div class="postdate">8th November 2026, 09:{n}</div>
    <div id="postmenu_{n}"><a class="bigusername" href="/members/m{n}.html">{who}</a></div>
    <div id="post_message_{n}">{words}</div></div>"""
    for n, who, words in (
        (41, "Mossy Boots", "By whom this time?"),
        (42, "priya_dad", "A van, I think."),
    )
)
_OPENING = (
    '<script type="application/ld+json">{"@type": "DiscussionForumPosting",'
    ' "headline": "Parking at the gate",'
    ' "articleBody": "The gate was blocked again.", "datePublished": "2026-11-08T08:40:00Z",'
    ' "author": {"@type": "Person", "name": "gate_watcher"}}</script>'
)


def _front(declared: str, replies: str = _REPLIES, url: str = _FRONT) -> Page:
    """A front end of vBulletin's that shows the first post apart, with no number of its own."""
    body = (
        "<html><head><meta name='generator' content='vBulletin 3.8' /><title>Parking at the gate | Shops"
        f"</title>{declared}</head><body><ul><li><a class='threadtitle' href='9-x.html'>Half-term ideas</a>"
        "</li></ul><h1>Parking at the gate</h1><div class='lead'>The gate was blocked again.</div>"
        f"<div id='posts'>{replies}</div></body></html>"
    )
    response = Response(url, 200, (), body.encode(), FETCHED_AT)
    return VBulletin().parse(Source("s", VBulletin.kind, url), response)


def test_a_similar_thread_s_link_does_not_name_the_thread() -> None:
    assert {m.title for m in _front("").mentions} == {"Parking at the gate"}


def test_a_first_post_shown_apart_is_read_where_it_is_declared() -> None:
    first, *replies = _front(_OPENING).mentions
    assert (first.kind, first.author, first.text) == (
        MentionKind.POST,
        "gate_watcher",
        "The gate was blocked again.",
    )
    assert first.published == datetime(2026, 11, 8, 8, 40, tzinfo=UTC)
    assert [(m.author, m.kind, m.parent) for m in replies] == [
        ("Mossy Boots", MentionKind.REPLY, first.id),
        ("priya_dad", MentionKind.REPLY, first.id),
    ]


def test_a_first_post_that_is_declared_and_shown_is_read_once() -> None:
    shown = _REPLIES.replace("By whom this time?", "The gate<br>was blocked again.")
    assert len(_front(_OPENING, shown).mentions) == 2


def test_another_thread_that_is_declared_is_not_this_thread_s_first_post() -> None:
    other = _OPENING.replace("Parking at the gate", "Half-term ideas")
    assert [m.author for m in _front(other).mentions] == ["Mossy Boots", "priya_dad"]


def test_version_3_is_read_from_its_tables() -> None:
    first, reply = _page(_THREE).mentions
    assert (first.author, first.text, first.title) == (
        "gate_watcher",
        "The gate was blocked again.",
        "Parking at the gate",
    )
    assert (first.kind, reply.kind, reply.parent) == (MentionKind.POST, MentionKind.REPLY, first.id)
    assert reply.text == "By whom this time?"
    assert reply.quoted == "Quote:\nOriginally Posted by gate_watcher\nThe gate was blocked again."
    assert reply.published == datetime(2026, 11, 16, 17, 12, tzinfo=UTC)  # yesterday
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert first.url == f"{_BASE}/showthread.php?t=12#post401"


def test_month_first_is_learnt_and_the_stated_zone_is_used() -> None:
    first, reply = _page(_FOUR).mentions
    assert first.published == datetime(2026, 11, 8, 13, 40, tzinfo=UTC)  # 08:40 at GMT -5
    assert first.edited == datetime(2026, 11, 8, 14, 5, tzinfo=UTC)
    assert reply.published == datetime(2026, 11, 15, 2, 10, tzinfo=UTC)


def test_version_4_leaves_quotes_and_signatures_out_of_the_words() -> None:
    reply = _page(_FOUR).mentions[1]
    assert reply.text == "By whom this time?"
    assert "Wellies" not in reply.text + reply.quoted
    assert reply.url == f"{_BASE}/showthread.php?12-Parking-at-the-gate&p=502#post502"


def test_a_later_page_names_the_first_post_and_keeps_own_headings() -> None:
    first, second = _page(_FOUR_2).mentions
    assert first.parent == second.parent == _page(_FOUR).mentions[0].id
    assert first.title == "Parking at the gate: So I rang the council"
    assert second.title == "Parking at the gate"


def test_deleted_posts_are_counted() -> None:
    assert _page(_FOUR).warnings == ("Posts that were deleted, hidden or ignored, and are left out: 1.",)


def test_version_5_is_read_from_its_nodes() -> None:
    first, reply = _page(_FIVE).mentions
    assert (first.author, first.text) == ("gate_watcher", "The gate was blocked again.")
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert (reply.text, reply.parent) == ("By whom this time?", first.id)
    assert reply.quoted.endswith("The gate was blocked again.")
    assert reply.url.endswith("?p=602#post602")


def test_a_list_of_threads_gives_requests_for_them() -> None:
    assert [request.url for request in _page(_FORUM).follow] == [
        f"{_BASE}/showthread.php?12-Parking-at-the-gate",
        f"{_BASE}/showthread.php?13-Summer-fair",
    ]


def test_a_posters_words_do_not_set_the_pages_zone() -> None:
    body = _FOUR.body.replace(b"By whom this time?", b"All times are GMT +9 for me.")
    page = VBulletin().parse(Source("s", VBulletin.kind, _FOUR.url), _FOUR.response(body))
    assert page.mentions[0].published == datetime(2026, 11, 8, 13, 40, tzinfo=UTC)
