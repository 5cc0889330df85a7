"""Forums without a collector of their own: known software, data in the page, selectors, a guess; lists."""

import json
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from conformance import FETCHED_AT, FIXTURES, CollectorConformance, Document
from pydantic import ValidationError
from support.for_each import for_each

from data.types import MentionKind, Page, Source
from sources.base import PostSelectors
from sources.parse import parse_document
from sources.registry import collector
from sources.threads import NOT_FOUND

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
OPENING = (MentionKind.POST, "gate_watcher", "The gate was blocked again.")
_CSS = {
    "post": "section.note", "text": ".b", "author": ".w", "time": "time", "quote": "q", "drop": "small",
    "title": "h2.t", "next": "a.more",
}  # fmt: skip


def _page(document, settings=None, body=None):
    source = Source("s", "forum.generic", document.url, settings=settings or {})
    return collector("forum.generic").parse(source, document.response(body))


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
    test_a_page_made_to_exhaust_is_read_in_no_time = None  # as the others of its kind
    documents = (_NUMBERED[0],)
    pages = _NUMBERED
    recognised = False


class TestSelectorsOverPagesConformance(CollectorConformance):
    kind = "forum.generic"
    test_a_page_made_to_exhaust_is_read_in_no_time = None  # as the others of its kind
    documents = (_NUMBERED[0],)
    pages = _NUMBERED
    settings: ClassVar[dict[str, object]] = {
        "post": ".entry", "text": ".words", "author": ".author", "time": ".date"
    }  # fmt: skip
    recognised = False


def test_known_software_is_read_by_its_shape_without_signatures() -> None:
    first, reply = _page(_FLUXBB).mentions
    assert (first.kind, first.author, first.text) == OPENING
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert (reply.text, reply.parent) == ("By whom this time?", first.id)
    assert reply.published == datetime(2026, 11, 16, 17, 12, tzinfo=UTC)
    assert [m.parent for m in _page(_FLUXBB_2).mentions] == [first.id]
    sign = b'</div><div class="postsignature postmsg"><hr />Tea before talk</div>'
    body = _FLUXBB.body.replace(b"<p>By whom this time?</p></div>", b"<p>By whom this time?</p>" + sign)
    said = [m.text for m in _page(_FLUXBB, body=body).mentions]
    assert said == ["The gate was blocked again.", "By whom this time?"]


def test_netmums_is_read_from_the_data_in_the_page() -> None:
    page = _page(_NETMUMS)
    first, reply = page.mentions
    assert (first.author, first.text, first.edited) == ("Gate W", "The gate was blocked again.", None)
    assert (reply.author, reply.parent) == ("Mossy B(12)", first.id)
    assert reply.edited == datetime(2026, 11, 8, 9, 15, tzinfo=UTC)
    assert reply.url.endswith("3c5c944d-parking-at-the-school-gate.html#01KBBBBBBBBBBBBBBBBBBBBBBB")
    assert page.warnings == ("Posts that were deleted, hidden or ignored, and are left out: 1.",)


def test_posts_of_unknown_software_are_found_by_what_repeats_with_little_confidence() -> None:
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
    assert 0 < collector("forum.generic").recognises(_UNKNOWN.response()) < 0.5


def test_selectors_of_the_configuration_are_followed() -> None:
    page = _page(_SELECTED, _CSS)
    first, second = page.mentions
    facts = (first.author, first.text, first.title)
    assert facts == ("gate_watcher", "The gate was blocked again.", "Parking at the gate")
    assert (second.text, second.quoted) == ("By whom this time?", "blocked again")
    assert second.published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)
    assert second.url == "https://village.example.org/board/12#n82"
    assert page.next.url == "https://village.example.org/board/12?page=2"


def test_a_posts_own_link_is_its_number_unless_all_share_it() -> None:
    post = '<div class="p"><a class="l" href="/note/{}">#</a><p class="b">{}</p></div>'
    linked = {"post": ".p", "text": ".b", "link": "a.l"}
    before, after = (
        _page(_SELECTED, linked, (post.format(81, "One") + post.format(82, words)).encode()).mentions[1]
        for words in ("Two", "Two, edited")
    )
    assert before.id == after.id
    post = '<div class="p"><a href="/board/12">#</a><p>{}</p></div>'
    body = "".join(map(post.format, ("One", "Two"))).encode()
    page = _page(_SELECTED, {"post": ".p", "text": "p", "link": "a"}, body)
    assert len({m.id for m in page.mentions}) == 2
    assert not [told for told in page.warnings if "number" in told]


def test_what_no_selector_finds_is_told() -> None:
    body = b'<div class="p"><p>One</p></div><a href="?page=2">2</a>'
    page = _page(_SELECTED, {"post": ".p", "text": "p"}, body)
    assert [told for told in page.warnings if told.startswith(NOT_FOUND)]
    page = _page(_SELECTED, {**_CSS, "post": "li.post"})
    assert page.warnings == ('The selector "li.post" finds no post on the page.',)


@for_each("settings", [{"post": "li["}, {"post": "li.post"}])
def test_selectors_that_cannot_work_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PostSelectors.model_validate(settings)


# ------------------- declared by schema.org, as JSON-LD and as microdata


_JSONLD = Document(
    "forums/schema_org/jsonld.html",
    "https://board.example.org/topic/12-parking/",
    3,
    words="By whom this time?",
    escape="json",
)
_QUESTION = Document("forums/schema_org/question.html", "https://ask.example.org/questions/12", 3)
_MICRODATA = Document("forums/schema_org/microdata.html", "https://board.example.org/threads/parking.12/", 3)


def _declared(document: Document) -> Page:
    return collector("forum.schema_org").parse(
        Source("s", "forum.schema_org", document.url), document.response()
    )


class TestSchemaOrgForumConformance(CollectorConformance):
    kind = "forum.schema_org"
    documents = (_JSONLD, _QUESTION, _MICRODATA)


def test_a_posting_and_its_comments_at_any_depth_are_read_and_damaged_json_is_told() -> None:
    page = _declared(_JSONLD)
    first, reply, nested = page.mentions
    assert (first.kind, first.author, first.text) == OPENING
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert [(m.author, m.text, m.parent) for m in (reply, nested)] == [
        ("Mossy Boots", "By whom this time?", first.id),
        ("priya_dad", "A silver one.", first.id),
    ]
    assert {m.title for m in page.mentions} == {"Parking at the gate"}
    assert page.next.url == "https://board.example.org/topic/12-parking/?page=2"
    assert _declared(_JSONLD).warnings == ("JSON-LD blocks on the page that could not be read: 1.",)


def test_questions_answers_and_microdata_are_read_with_their_quotes_apart() -> None:
    question, accepted, other = _declared(_QUESTION).mentions
    assert (question.title, question.text) == ("Which uniform shop?", "The list names two shops.")
    assert (accepted.author, accepted.kind) == ("oldhand", MentionKind.REPLY)
    assert (other.text, other.parent) == ("Neither, buy second-hand.", question.id)
    assert other.url == "https://ask.example.org/questions/12#answer-78"
    first, reply, last = _declared(_MICRODATA).mentions
    assert (first.author, first.published) == ("gate_watcher", datetime(2026, 11, 8, 8, 40, tzinfo=UTC))
    assert (reply.text, reply.quoted) == ("By whom this time?", "The gate was blocked again.")
    assert (last.author, last.parent) == ("priya_dad", first.id)
    assert reply.url == "https://board.example.org/threads/parking.12/post-61"


def test_a_first_post_declared_twice_over_is_read_once() -> None:
    """Once as the thread without an author, once as its first comment."""
    said = {"text": "The gate was blocked again.", "datePublished": "2026-11-08T08:40:00Z"}
    first = {"@type": "Comment", "author": {"name": "gate_watcher"}, **said}
    reply = {"@type": "Comment", "author": {"name": "Mossy Boots"}, "text": "By whom this time?"}
    thread = {"@type": "DiscussionForumPosting", "headline": "Parking", "comment": [first, reply], **said}
    body = f'<html><body><script type="application/ld+json">{json.dumps(thread)}</script></body></html>'
    page = collector("forum.schema_org").parse(
        Source("s", "forum.schema_org", _JSONLD.url), _JSONLD.response(body.encode())
    )
    facts = [(m.kind, m.author) for m in page.mentions]
    assert facts == [(MentionKind.POST, "gate_watcher"), (MentionKind.REPLY, "Mossy Boots")]


# --- lists and articles repeat texts with an author and a time, and hold no post


LISTS = {
    "phpbb_index": "https://town.example.org/index.php",
    "phpbb_forum": "https://town.example.org/viewforum.php?f=2",
    "xenforo_index": "https://parents.example.org/",
    "xenforo_forum": "https://parents.example.org/forums/schools.2/",
    "xenforo1_index": "https://old.example.org/",
    "vbulletin3_index": "https://anglers.example.org/index.php",
    "vbulletin3_forum": "https://anglers.example.org/forumdisplay.php?f=2",
    "vbulletin4_index": "https://rail.example.org/forum.php",
    "invision4_index": "https://moor.example.org/forums/",
    "invision5_forum": "https://moor.example.org/forum/2-schools/",
    "smf2_index": "https://weir.example.org/index.php",
    "unknown_forum": "https://pond.example.org/topics.pl",
    "blog_archive": "https://notes.example.org/",
    "news_section": "https://gazette.example.org/news/local/",
    "news_article": "https://gazette.example.org/news/local/8999.choir/",
    "news_live": "https://gazette.example.org/news/local/8998.flood/",
}


def read(name: str, url: str, kind: str | None) -> Page:
    body = (FIXTURES / "lists" / f"{name}.html").read_bytes()
    return parse_document(body, url, kind=kind, fetched_at=FETCHED_AT)


@for_each("kind", [None, "forum.generic"])
@for_each("name", LISTS)
def test_a_list_and_an_article_hold_no_post(name: str, kind: str | None) -> None:
    page = read(name, LISTS[name], kind)
    assert page.mentions == ()
    assert page.warnings


@for_each(("name", "threads"), [("phpbb_forum", 8), ("xenforo_forum", 8), ("vbulletin3_forum", 8)])
def test_a_list_of_threads_is_read_as_one_without_a_named_kind(name: str, threads: int) -> None:
    page = read(name, LISTS[name], None)
    assert len(page.follow) == threads
    assert page.warnings == (
        "The document is a list: it holds no mention itself, but names 8 pages to read.",
    )


def test_readers_comments_under_an_article_are_read_without_the_article() -> None:
    page = read("news_comments", "https://gazette.example.org/news/local/8999.choir/", None)
    assert [m.author for m in page.mentions] == ["hollis", "gate_watcher", "mossy_boots"]
    assert page.mentions[1].text == "Shame about the parking on the way in, though."


_WHEN = '<span class="date">{0} May 2026 10:00</span>'
_TITLE = '<a class="title" href="/t/{0}/parking">Parking is bad at school {0}</a>'
ROWS = {
    "cells": (
        "<table>{}</table>",
        f'<tr class="row"><td>{_TITLE} by <a class="username" href="/u/ann{{0}}">Ann {{0}}</a></td>'
        f'<td class="last">by <a class="username" href="/u/bo{{0}}">Bo {{0}}</a> {_WHEN}</td></tr>',
    ),
    "one line": (
        "<ul>{}</ul>",
        f'<li class="row">{_TITLE} <span class="author">Ann {{0}}</span> {_WHEN}</li>',
    ),
    "name first": (
        "<ul>{}</ul>",
        f'<li class="row"><span class="author">Ann {{0}}</span> {_WHEN}<p>{_TITLE}</p></li>',
    ),
}


def _rows(whole: str, row: str) -> bytes:
    return f"<html><body>{whole.format(''.join(row.format(n) for n in range(1, 16)))}</body></html>".encode()


@for_each("layout", ROWS)
def test_rows_of_links_hold_no_post_though_a_time_stands_in_the_same_line(layout: str) -> None:
    page = parse_document(
        _rows(*ROWS[layout]), "https://pond.example.org/", kind="forum.generic", fetched_at=FETCHED_AT
    )
    assert page.mentions == ()


def test_posts_whose_line_of_number_name_and_time_links_to_a_page_of_their_own_stay() -> None:
    post = (
        '<li class="row"><a href="/post/{0}">Post number {0}</a> <span class="author">Ann {0}</span> '
        f'{_WHEN}<p class="words">The gate was shut for the {{0}}th day.</p></li>'
    )
    page = parse_document(
        _rows("<ul>{}</ul>", post), "https://pond.example.org/7", kind="forum.generic", fetched_at=FETCHED_AT
    )
    assert len(page.mentions) == 15
