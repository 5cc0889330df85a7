"""The suite that every kind of source passes. Subclass it with a fixture or two.

class TestPhpBB(CollectorConformance):
    kind = "forum.phpbb"
    documents = (Document("forums/phpbb/topic.html", "https://town.example.org/viewtopic.php?t=1", 3,
                          words="the gate was shut"),)
    pages = (Document(…page 1…), Document(…page 2…))
"""

import html
import json
import random
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError
from support.checkout import FIXTURES

from data.types import Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.web.channels import OF_SOURCES
from monitor.pipeline.collect import collect
from sources.base import Collector
from sources.registry import CATALOGUE, collector

FETCHED_AT = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
HOSTILE = (
    '<script>stolen("a")</script><img src="x" onerror="stolen()"><a href="javascript:stolen()">tap here</a>'
    "<style>.stolen{}</style><iframe src='javascript:stolen()'></iframe><svg onload='stolen()'></svg>"
    "<!-- stolen --><template>stolen</template><object data='javascript:stolen()'></object>"
)
"""Markup whose every active part says `stolen`; only `tap here` is anybody's word."""


_DOUBLING = [{"@id": f"#{n}", "@type": "Comment", "comment": [{"@id": f"#{n + 1}"}] * 2} for n in range(40)]
EXHAUSTING: Mapping[str, bytes] = {
    "blanks": b'<p>"@type":' + b" " * 60_000 + b'x "',
    "openings": b"__NEXT_DATA__" + b"<script " * 40_000,
    "json in blanks": b'<script type="application/ld+json">{"a":1' + b" " * 60_000 + b"x</script>",
    "references": b'<script type="application/ld+json">' + json.dumps(_DOUBLING).encode() + b"</script>",
    "quotes": b"<div class=content>" + b"<blockquote>x</blockquote>" * 1_500,
    "paragraphs": b"<p>a</p>" * 8_000,
    "separators": b'<a href="/?' + b"&" * 40_000 + b'x">x</a>',
}
"""Small documents that cost much where reading takes more than proportionate time."""


@dataclass(frozen=True)
class Document:
    """A fixture: its path under tests/fixtures, its address, how many mentions it holds.

    `words` stand in the text of one of its mentions, once in the file; hostile markup is put behind
    them, written as the document writes HTML there (`escape`: html, xml or json).
    """

    path: str
    url: str
    mentions: int
    words: str = ""
    escape: str = "html"
    content_type: str = "text/html; charset=utf-8"

    @property
    def body(self) -> bytes:
        """The bytes of the file."""
        return (FIXTURES / self.path).read_bytes()

    def response(self, body: bytes | None = None) -> Response:
        """The document as fetched; `body` in its stead where given."""
        headers = (("content-type", self.content_type),)
        return Response(self.url, 200, headers, self.body if body is None else body, FETCHED_AT)

    def hostile(self) -> bytes:
        """The document with hostile markup among its words."""
        text = self.body.decode("utf-8")
        assert text.count(self.words) == 1, f"{self.path}: {self.words!r} must stand in it exactly once"
        written = {"html": HOSTILE, "xml": html.escape(HOSTILE), "json": _json_in_html(HOSTILE)}[self.escape]
        return text.replace(self.words, f"{self.words} {written}").encode()


def _json_in_html(text: str) -> str:
    """The inside of a JSON string as sites write it into a script element."""
    return json.dumps(text)[1:-1].replace("<", "\\u003c")


class CollectorConformance:
    """The suite. `pages` are the pages of one list in their order, each of whose `next` is the following."""

    kind: ClassVar[str]
    documents: ClassVar[tuple[Document, ...]]
    pages: ClassVar[tuple[Document, ...]] = ()
    settings: ClassVar[Mapping[str, object]] = {}
    channels: ClassVar[tuple[str, ...]] = OF_SOURCES
    recognised: ClassVar[bool] = True
    """False for kinds that must be named: a page does not show that it is theirs."""
    schemes: ClassVar[tuple[str, ...]] = ("http", "https")
    """How its addresses begin."""

    @pytest.fixture(autouse=True)
    def _no_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("a collector opened a socket")

        monkeypatch.setattr(socket, "socket", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)

    def collector(self) -> Collector:
        """One that has read nothing yet."""
        return collector(self.kind)

    def source(self, document: Document) -> Source:
        """A source of this kind at the document's address."""
        return Source("conformance", self.kind, document.url, settings=self.settings)

    def parse(self, document: Document, body: bytes | None = None) -> Page:
        """What is read of a document, or of `body` in its stead."""
        return self.collector().parse(self.source(document), document.response(body))

    def all_mentions(self) -> list[Mention]:
        """Those of every document and page."""
        return [m for document in (*self.documents, *self.pages) for m in self.parse(document).mentions]

    # ------------------------------------------------------------------ shape

    def test_the_catalogue_names_it(self) -> None:
        found = self.collector()
        assert found.kind == self.kind
        assert CATALOGUE[self.kind].cls == type(found).__name__

    def test_it_asks_for_its_own_address(self) -> None:
        source = self.source(self.documents[0])
        asked = self.collector().requests(source, SourceState(source.id), FETCHED_AT)
        assert asked
        assert all(urlsplit(request.url).scheme in self.schemes for request in asked)

    def test_settings_it_does_not_know_are_refused(self) -> None:
        with pytest.raises(ValidationError):
            self.collector().settings.model_validate({**self.settings, "nonsense": 1})

    def test_every_document_holds_what_it_should(self) -> None:
        held = {d.path: len(self.parse(d).mentions) for d in (*self.documents, *self.pages)}
        assert held == {d.path: d.mentions for d in (*self.documents, *self.pages)}

    def test_it_knows_its_own_documents(self) -> None:
        if self.recognised:
            sure = [self.collector().recognises(d.response()) for d in self.documents]
            assert all(0.5 <= s <= 1 for s in sure), sure

    def test_it_does_not_claim_an_ordinary_page(self) -> None:
        plain = b"<html><head><title>Tea</title></head><body><p>We sell tea.</p></body></html>"
        assert self.collector().recognises(self.documents[0].response(plain)) < 0.5

    # ------------------------------------------------------------------ mentions

    def test_parsing_is_pure(self) -> None:
        for document in self.documents:
            assert self.parse(document) == self.parse(document)

    def test_ids_stay_when_the_page_is_fetched_again_later(self) -> None:
        for document in self.documents:
            later = replace(document.response(), fetched_at=FETCHED_AT + timedelta(days=40))
            again = self.collector().parse(self.source(document), later)
            assert [m.id for m in again.mentions] == [m.id for m in self.parse(document).mentions]

    def test_ids_are_sixteen_hex_digits_and_one_mention_each(self) -> None:
        for document in self.documents:
            ids = [m.id for m in self.parse(document).mentions]
            assert all(re.fullmatch(r"[0-9a-f]{16}", own) for own in ids)
            assert len(set(ids)) == len(ids)

    def test_times_are_aware_and_in_utc(self) -> None:
        for mention in self.all_mentions():
            for moment in (mention.published, mention.edited, mention.fetched_at):
                assert moment is None or moment.utcoffset() == timedelta(0)

    def test_addresses_are_whole(self) -> None:
        for mention in self.all_mentions():
            parts = urlsplit(mention.url)
            assert parts.scheme in ("http", "https")
            assert parts.hostname

    def test_channel_and_rating_are_legal(self) -> None:
        for mention in self.all_mentions():
            assert mention.channel in self.channels
            assert mention.rating is None or 1 <= mention.rating <= 5

    def test_the_source_may_name_the_channel(self) -> None:
        document = self.documents[0]
        source = replace(self.source(document), channel="local_forum")
        page = self.collector().parse(source, document.response())
        assert {m.channel for m in page.mentions} == {"local_forum"}

    def test_a_parent_is_never_the_mention_itself(self) -> None:
        for mention in self.all_mentions():
            assert mention.parent is None or re.fullmatch(r"[0-9a-f]{16}", mention.parent)
            assert mention.parent != mention.id

    # ------------------------------------------------------------------ paging

    def test_no_mention_is_lost_over_the_pages(self) -> None:
        if not self.pages:
            pytest.skip("none of its documents has a following page")
        asked: list[str] = []

        def fetch(request: Request, _: SourceState | None) -> Response:
            asked.append(request.url)
            return self.pages[len(asked) - 1].response()

        source = replace(self.source(self.pages[0]), max_pages=len(self.pages) + 1)
        state = SourceState(source.id)
        collected = collect(source, state, self.collector(), fetch, lambda: FETCHED_AT)
        assert asked[1:] == [d.url for d in self.pages[1:]]
        assert len(collected.mentions) == sum(d.mentions for d in self.pages)

    def test_replies_on_a_later_page_name_the_opening_post_of_the_first(self) -> None:
        if not self.pages or not self.kind.startswith("forum."):
            pytest.skip("none of its documents is a later page of a thread")
        opening = self.parse(self.pages[0]).mentions[0]
        assert opening.parent is None
        for later in self.pages[1:]:
            told = {(m.kind, m.parent) for m in self.parse(later).mentions}
            assert told == {(MentionKind.REPLY, opening.id)}

    # ------------------------------------------------------------------ ill-formed input

    def test_an_empty_document_gives_nothing_and_says_so(self) -> None:
        for body in (b"", b"   ", b"<html></html>"):
            page = self.parse(self.documents[0], body)
            assert page.mentions == ()
            assert page.warnings

    def test_a_document_cut_off_anywhere_is_survived(self) -> None:
        for document in self.documents:
            body = document.body
            for end in range(0, len(body), max(1, len(body) // 25)):
                assert len(self.parse(document, body[:end]).mentions) <= document.mentions

    def test_random_bytes_are_survived(self) -> None:
        dice = random.Random(7)
        for length in (1, 10, 100, 1000, 5000):
            assert self.parse(self.documents[0], dice.randbytes(length)).mentions == ()

    def test_bytes_broken_at_random_are_survived(self) -> None:
        dice = random.Random(11)
        for document in self.documents:
            for _ in range(15):
                body = bytearray(document.body)
                for _ in range(20):
                    body[dice.randrange(len(body))] = dice.randrange(256)
                assert self.parse(document, bytes(body)) is not None

    def test_a_wrong_charset_is_survived(self) -> None:
        for charset in ("utf-16", "no-such-charset", "hex", "shift_jis", "idna"):
            document = replace(self.documents[0], content_type=f"text/html; charset={charset}")
            assert self.parse(document).mentions

    def test_hostile_markup_is_neutralised(self) -> None:
        for document in (d for d in self.documents if d.words):
            page = self.parse(document, document.hostile())
            assert len(page.mentions) == document.mentions
            said = [f"{m.url} {m.title} {m.text} {m.quoted} {m.author}" for m in page.mentions]
            assert not [text for text in said if "stolen" in text or "javascript:" in text]
            assert any(document.words.split()[0] in text for text in said)

    @pytest.mark.parametrize("name", EXHAUSTING)
    def test_a_page_made_to_exhaust_is_read_in_no_time(self, name: str) -> None:
        own = self.documents[0].body
        for body in (EXHAUSTING[name], own + EXHAUSTING[name]):
            started = time.process_time()
            self.collector().recognises(self.documents[0].response(body))
            self.parse(self.documents[0], body)
            assert time.process_time() - started < 2

    def test_deep_nesting_is_survived(self) -> None:
        deep = b"<html><body>" + b"<div><blockquote>" * 4000 + b"x"
        assert self.parse(self.documents[0], deep).mentions == ()
