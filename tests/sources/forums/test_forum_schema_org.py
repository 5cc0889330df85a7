"""Threads declared by schema.org, as JSON-LD and as microdata."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from conformance import CollectorConformance, Document

from data.types import MentionKind, Page, Source
from sources.forums.generic import SchemaOrgForum

_JSONLD = Document(
    "forums/schema_org/jsonld.html",
    "https://board.example.org/topic/12-parking/",
    3,
    words="By whom this time?",
    escape="json",
)
_QUESTION = Document("forums/schema_org/question.html", "https://ask.example.org/questions/12", 3)
_MICRODATA = Document("forums/schema_org/microdata.html", "https://board.example.org/threads/parking.12/", 3)


def _page(document: Document) -> Page:
    return SchemaOrgForum().parse(Source("s", SchemaOrgForum.kind, document.url), document.response())


class TestSchemaOrgForumConformance(CollectorConformance):
    kind = "forum.schema_org"
    documents = (_JSONLD, _QUESTION, _MICRODATA)


def test_a_posting_and_its_comments_at_any_depth() -> None:
    page = _page(_JSONLD)
    first, reply, nested = page.mentions
    assert (first.kind, first.author, first.text) == (
        MentionKind.POST,
        "gate_watcher",
        "The gate was blocked again.",
    )
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert [(m.author, m.text, m.parent) for m in (reply, nested)] == [
        ("Mossy Boots", "By whom this time?", first.id),
        ("priya_dad", "A silver one.", first.id),
    ]
    assert {m.title for m in page.mentions} == {"Parking at the gate"}
    assert page.next is not None
    assert page.next.url == "https://board.example.org/topic/12-parking/?page=2"


def test_damaged_json_is_told() -> None:
    assert _page(_JSONLD).warnings == ("JSON-LD blocks on the page that could not be read: 1.",)


def test_a_question_and_its_answers() -> None:
    question, accepted, other = _page(_QUESTION).mentions
    assert (question.title, question.text) == ("Which uniform shop?", "The list names two shops.")
    assert (accepted.author, accepted.kind) == ("oldhand", MentionKind.REPLY)
    assert (other.text, other.parent) == ("Neither, buy second-hand.", question.id)
    assert other.url == "https://ask.example.org/questions/12#answer-78"


def test_microdata_keeps_quotes_apart() -> None:
    first, reply, last = _page(_MICRODATA).mentions
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
    page = SchemaOrgForum().parse(
        Source("s", SchemaOrgForum.kind, _JSONLD.url), _JSONLD.response(body.encode())
    )
    assert [(m.kind, m.author) for m in page.mentions] == [
        (MentionKind.POST, "gate_watcher"),
        (MentionKind.REPLY, "Mossy Boots"),
    ]
