"""Discourse: the page it serves to readers without scripts, and its JSON."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from conformance import FETCHED_AT, CollectorConformance, Document

from data.types import MentionKind, Page, Source, SourceState
from sources.forums.discourse import Discourse, json_address

_JSON = "application/json; charset=utf-8"
_AT = "https://talk.example.org/t/parking-at-the-gate/12"
_SERVED = Document("forums/discourse/topic-1.html", _AT, 2, words="By whom this time?")
_SERVED_2 = Document("forums/discourse/topic-2.html", f"{_AT}?page=2", 1)
_TOPIC = Document(
    "forums/discourse/topic-1.json", f"{_AT}.json", 2, "By whom this time?", "json", content_type=_JSON
)
_TOPIC_2 = Document("forums/discourse/topic-2.json", f"{_AT}.json?page=2", 1, content_type=_JSON)
_LATEST = Document(
    "forums/discourse/latest.json", "https://talk.example.org/latest.json", 2, content_type=_JSON
)
_SEARCH = Document(
    "forums/discourse/search.json", "https://talk.example.org/search.json?q=gate", 1, content_type=_JSON
)
_OLD_SEARCH = replace(_SEARCH, path="forums/discourse/search-old.json", mentions=2)
_POSTS = Document("forums/discourse/posts.json", "https://talk.example.org/posts.json", 3, content_type=_JSON)
_LIST = Document("forums/discourse/list.html", "https://talk.example.org/latest", 0)


def _page(document: Document) -> Page:
    return Discourse().parse(Source("s", Discourse.kind, document.url), document.response())


class TestDiscourseConformance(CollectorConformance):
    kind = "forum.discourse"
    documents = (_SERVED, _TOPIC, _LATEST, _POSTS, _SEARCH)
    pages = (_SERVED, _SERVED_2)


class TestDiscourseJsonConformance(CollectorConformance):
    kind = "forum.discourse"
    documents = (_TOPIC,)
    pages = (_TOPIC, _TOPIC_2)


def test_page_and_json_tell_the_same_of_the_same_posts() -> None:
    served, loaded = _page(_SERVED).mentions, _page(_TOPIC).mentions
    for name in ("id", "url", "kind", "title", "author", "published", "edited", "text", "quoted", "parent"):
        assert [getattr(m, name) for m in served] == [getattr(m, name) for m in loaded], name


def test_quotes_are_apart_and_offsets_are_read() -> None:
    first, reply = _page(_TOPIC).mentions
    assert reply.text == "By whom this time?"
    assert reply.quoted == "gate_watcher:\nThe gate was blocked again."
    assert reply.published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)  # 04:10 at -05:00
    assert (first.edited, reply.edited) == (datetime(2026, 11, 8, 9, 5, tzinfo=UTC), None)


def test_hidden_posts_are_counted_and_small_actions_are_nothing() -> None:
    assert _page(_TOPIC).warnings == ("Posts that were deleted, hidden or ignored, and are left out: 1.",)


def test_a_later_page_names_the_first_post() -> None:
    for first, later in ((_SERVED, _SERVED_2), (_TOPIC, _TOPIC_2)):
        (reply,) = _page(later).mentions
        assert (reply.kind, reply.parent) == (MentionKind.REPLY, _page(first).mentions[0].id)
        assert reply.url in (f"{_AT}/21", f"{_AT}/5")


def test_the_latest_posts_tell_the_same_of_a_post_as_its_topic() -> None:
    page = _page(_POSTS)
    first, reply = _page(_TOPIC).mentions
    assert page.mentions[:2] == (reply, first)
    assert (page.mentions[2].kind, page.mentions[2].title) == (MentionKind.REPLY, "Half-term")
    assert page.mentions[2].url == "https://talk.example.org/t/half-term/9/4"
    assert page.next is not None
    assert page.next.url == "https://talk.example.org/posts.json?before=869"
    assert page.warnings == ("Posts that were deleted, hidden or ignored, and are left out: 1.",)


def test_a_list_tells_its_topics_and_asks_for_them() -> None:
    page = _page(_LATEST)
    assert [(m.title, m.text, m.author) for m in page.mentions] == [
        ("Parking at the gate", "The gate was blocked…", "gate_watcher"),
        ("Summer fair", "", None),
    ]
    assert {m.kind for m in page.mentions} == {MentionKind.POST}
    assert [r.url for r in page.follow] == [f"{_AT}.json", "https://talk.example.org/t/summer-fair/13.json"]
    assert page.next is not None
    assert page.next.url == "https://talk.example.org/latest.json?page=1"


def test_what_a_list_says_never_overwrites_the_post_itself() -> None:
    posts = {m.id for m in _page(_TOPIC).mentions}
    assert not posts & {m.id for m in (*_page(_LATEST).mentions, *_page(_SEARCH).mentions)}


def test_a_search_tells_the_posts_it_found() -> None:
    page = _page(_SEARCH)
    (found,) = page.mentions
    assert (found.title, found.text, found.author) == (
        "Parking at the gate",
        "By whom this time? ...",
        "mossy.boots",
    )
    assert found.url == f"{_AT}/2"
    assert [r.url for r in page.follow] == [f"{_AT}.json"]


def test_the_old_form_of_a_search_tells_its_topics() -> None:
    page = _page(_OLD_SEARCH)
    assert [m.title for m in page.mentions] == ["Parking at the gate", "Summer fair"]
    assert page.warnings == (
        "No time could be read on 2 of 2 posts.",
        "No author could be read on 2 of 2 posts.",
    )


def test_a_served_list_asks_for_its_topics_as_json() -> None:
    assert [r.url for r in _page(_LIST).follow] == [f"{_AT}.json"]


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://talk.example.org", "https://talk.example.org/latest.json"),
        ("https://talk.example.org/t/parking/12/7", "https://talk.example.org/t/parking/12.json"),
        ("https://talk.example.org/t/12", "https://talk.example.org/t/12.json"),
        ("https://talk.example.org/c/school/5", "https://talk.example.org/c/school/5.json"),
        ("https://talk.example.org/search?q=gate", "https://talk.example.org/search.json?q=gate"),
        ("https://example.org/forum/latest", "https://example.org/forum/latest.json"),
        ("https://talk.example.org/t/12.json", "https://talk.example.org/t/12.json"),
    ],
)
def test_the_json_form_of_an_address_is_asked_for(url: str, asked: str) -> None:
    source = Source("s", Discourse.kind, url)
    assert [r.url for r in Discourse().requests(source, SourceState("s"), FETCHED_AT)] == [asked]
    assert json_address(asked) == asked


def test_json_of_another_service_is_not_claimed() -> None:
    body = b'{"posts": [{"uri": "at://x", "record": {"text": "hello"}}]}'
    assert Discourse().recognises(_SEARCH.response(body)) == 0.0
    assert _page(_SEARCH).mentions
    assert Discourse().parse(Source("s", Discourse.kind, _SEARCH.url), _SEARCH.response(body)).mentions == ()


def _many(count: int) -> list[dict[str, object]]:
    return [
        {"id": n, "post_number": n, "topic_id": 9, "username": "gate_watcher", "cooked": f"<p>{n}</p>"}
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize(
    "document",
    [{"post_stream": {"posts": _many(5_100)}, "id": 9}, {"latest_posts": _many(5_100)}],
    ids=["topic", "latest"],
)
def test_of_a_document_with_more_posts_than_any_forum_shows_the_first_are_read_and_the_rest_is_told(
    document: dict[str, object],
) -> None:
    body = json.dumps(document).encode()
    began = time.process_time()
    page = Discourse().parse(Source("s", Discourse.kind, _AT), _TOPIC.response(body))
    assert time.process_time() - began < 5
    assert len(page.mentions) == 5_000
    assert "Too much to read in full: 5000 of 5100 posts or topics were read." in page.warnings
