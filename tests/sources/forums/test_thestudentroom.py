"""The Student Room: microdata, relative times shown, quotes inside the text."""

from __future__ import annotations

from datetime import UTC, datetime

from conformance import CollectorConformance, Document

from data.types import MentionKind, Page, Source
from sources.forums.thestudentroom import TheStudentRoom

_AT = "https://www.thestudentroom.co.uk/showthread.php?t=12"
_FIRST = Document("forums/thestudentroom/thread-1.html", _AT, 2, words="Better than the bus there.")
_SECOND = Document("forums/thestudentroom/thread-2.html", f"{_AT}&page=2", 1)


def _page(document: Document) -> Page:
    return TheStudentRoom().parse(Source("s", TheStudentRoom.kind, document.url), document.response())


class TestTheStudentRoomConformance(CollectorConformance):
    kind = "forum.thestudentroom"
    documents = (_FIRST,)
    pages = (_FIRST, _SECOND)
    channels = ("thestudentroom", "local_forum")


def test_the_opening_post_is_read_without_the_related_discussions() -> None:
    first = _page(_FIRST).mentions[0]
    assert (first.kind, first.author, first.text) == (
        MentionKind.POST,
        "Ada's Cat",
        "Is the sixth form any good?",
    )
    assert (first.title, first.channel) == ("Sixth form at Oakfield?", "thestudentroom")
    assert first.url == f"{_AT}#post3001"


def test_a_quote_is_neither_the_replys_words_nor_its_author() -> None:
    reply = _page(_FIRST).mentions[1]
    assert (reply.author, reply.text) == ("mossy", "Better than the bus there.")
    assert reply.quoted.endswith("Is the sixth form any good?")


def test_the_machine_date_is_read_not_the_relative_one() -> None:
    assert _page(_FIRST).mentions[1].published == datetime(2026, 6, 8, 9, 10, tzinfo=UTC)


def test_a_later_page_names_the_first_post() -> None:
    (reply,) = _page(_SECOND).mentions
    assert (reply.kind, reply.parent) == (MentionKind.REPLY, _page(_FIRST).mentions[0].id)
