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
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError
from support.checkout import FIXTURES
from support.processor import within

from data.types import Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.web.channels import OF_SOURCES
from monitor.pipeline.collect import collect
from sources.base import Collector
from sources.registry import collector

FETCHED_AT = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
HOSTILE = (
    '<script>stolen("a")</script><img src="x" onerror="stolen()"><a href="javascript:stolen()">tap here</a>'
    "<style>.stolen{}</style><iframe src='javascript:stolen()'></iframe><svg onload='stolen()'></svg>"
    "<!-- stolen --><template>stolen</template><object data='javascript:stolen()'></object>"
)
"""Markup whose every active part says `stolen`; only `tap here` is anybody's word."""


_DOUBLING = [{"@id": f"#{n}", "@type": "Comment", "comment": [{"@id": f"#{n + 1}"}] * 2} for n in range(40)]
EXHAUSTING: Mapping[str, bytes] = {
    "blanks": b'<p>"@type":' + b" " * 30_000 + b'x "',
    "openings": b"__NEXT_DATA__" + b"<script " * 20_000,
    "json in blanks": b'<script type="application/ld+json">{"a":1' + b" " * 30_000 + b"x</script>",
    "references": b'<script type="application/ld+json">' + json.dumps(_DOUBLING).encode() + b"</script>",
    "quotes": b"<div class=content>" + b"<blockquote>x</blockquote>" * 1_500,
    "paragraphs": b"<p>a</p>" * 4_000,
    "separators": b'<a href="/?' + b"&" * 20_000 + b'x">x</a>',
}
"""Small documents that cost much where reading takes more than proportionate time."""


@dataclass(frozen=True)
class Document:
    """A fixture: its path under tests/fixtures, its address, how many mentions it holds. `words` stand in the
    text of one of its mentions, once in the file; hostile markup is put behind them, written as the document
    writes HTML there (`escape`: html, xml or json)."""

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

    def test_the_catalogue_names_it_and_it_asks_for_its_own_address_alone(self) -> None:
        found, source = self.collector(), self.source(self.documents[0])
        assert found.kind == self.kind
        asked = found.requests(source, SourceState(source.id), FETCHED_AT)
        assert asked
        assert all(urlsplit(request.url).scheme in self.schemes for request in asked)
        with pytest.raises(ValidationError):
            found.settings.model_validate({**self.settings, "nonsense": 1})

    def test_it_knows_its_own_documents_and_claims_no_ordinary_page(self) -> None:
        sure = [self.collector().recognises(d.response()) for d in self.documents if self.recognised]
        assert all(0.5 <= s <= 1 for s in sure), sure
        plain = b"<html><head><title>Tea</title></head><body><p>We sell tea.</p></body></html>"
        assert self.collector().recognises(self.documents[0].response(plain)) < 0.5

    # ------------------------------------------------------------------ mentions

    def test_every_document_holds_what_it_should_under_ids_that_stay_when_it_is_fetched_again(self) -> None:
        for document in (*self.documents, *self.pages):
            mentions = self.parse(document).mentions
            assert len(mentions) == document.mentions, document.path
            ids = [m.id for m in mentions]
            assert all(re.fullmatch(r"[0-9a-f]{16}", own) for own in ids)
            assert len(set(ids)) == len(ids)
            assert self.parse(document).mentions == mentions
            later = replace(document.response(), fetched_at=FETCHED_AT + timedelta(days=40))
            assert [m.id for m in self.collector().parse(self.source(document), later).mentions] == ids

    def test_times_addresses_channels_ratings_and_parents_are_legal(self) -> None:
        for mention in self.all_mentions():
            for moment in (mention.published, mention.edited, mention.fetched_at):
                assert moment is None or moment.utcoffset() == timedelta(0)
            parts = urlsplit(mention.url)
            assert (parts.scheme in ("http", "https"), bool(parts.hostname)) == (True, True)
            assert mention.channel in self.channels
            assert mention.rating is None or 1 <= mention.rating <= 5
            assert mention.parent is None or re.fullmatch(r"[0-9a-f]{16}", mention.parent)
            assert mention.parent != mention.id
        document = self.documents[0]
        named = replace(self.source(document), channel="local_forum")
        page = self.collector().parse(named, document.response())
        assert {m.channel for m in page.mentions} == {"local_forum"}

    # ------------------------------------------------------------------ paging

    def test_no_mention_is_lost_over_the_pages_and_later_replies_name_the_opening_post(self) -> None:
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
        for later in self.pages[1:] if self.kind.startswith("forum.") else ():
            opening = self.parse(self.pages[0]).mentions[0]
            assert opening.parent is None
            told = {(m.kind, m.parent) for m in self.parse(later).mentions}
            assert told == {(MentionKind.REPLY, opening.id)}

    # ------------------------------------------------------------------ ill-formed input

    def test_a_document_that_is_empty_cut_off_or_broken_anywhere_is_survived(self) -> None:
        for body in (b"", b"   ", b"<html></html>"):
            page = self.parse(self.documents[0], body)
            assert page.mentions == ()
            assert page.warnings
        dice = random.Random(11)
        for length in (1, 10, 100, 1000, 5000):
            assert self.parse(self.documents[0], dice.randbytes(length)).mentions == ()
        for document in self.documents:
            body = document.body
            for end in range(0, len(body), max(1, len(body) // 10)):
                assert len(self.parse(document, body[:end]).mentions) <= document.mentions
            for _ in range(5):
                broken = bytearray(body)
                for _ in range(20):
                    broken[dice.randrange(len(broken))] = dice.randrange(256)
                assert self.parse(document, bytes(broken)) is not None
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

    def test_a_page_made_to_exhaust_is_read_in_no_time(self) -> None:
        own = self.documents[0].body
        for made in EXHAUSTING.values():
            for body in (made, own + made):
                with within(1):
                    self.collector().recognises(self.documents[0].response(body))
                    self.parse(self.documents[0], body)
        deep = b"<html><body>" + b"<div><blockquote>" * 4000 + b"x"
        assert self.parse(self.documents[0], deep).mentions == ()
