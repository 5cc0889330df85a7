"""What every collector gives can be stored: no control character, no lone surrogate."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data.types import Mention, MentionKind, Response, Source
from sources.html.sanitise import clean, cleaned
from sources.registry import collector

_NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
_BAD = "\ud800\x00\x1b[31m\x85\ufeff"
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _topic() -> str:
    post = {"id": 1, "post_number": 1, "username": f"ann{_BAD}", "cooked": f"<p>x{_BAD}</p>"}
    post["created_at"] = "2026-11-08T09:10:00Z"
    topic = {"id": 12, "slug": f"gate{_BAD}", "title": f"Gate{_BAD}"}
    return json.dumps({**topic, "post_stream": {"posts": [post], "stream": [1, 2]}})


def _review() -> str:
    review = {"@type": "Review", "author": f"ann{_BAD}", "name": f"Gate{_BAD}", "reviewBody": f"x{_BAD}"}
    return f'<script type="application/ld+json">{json.dumps(review)}</script>'


def _netmums() -> str:
    post = {"id": "1", "content": f"x{_BAD}", "user": {"userName": f"ann{_BAD}"}}
    thread = {"subject": f"Gate{_BAD}", "baseThreadSlug": f"a/3c5c944d-g{_BAD}", "pagePosts": [post]}
    state = {"initialReduxState": {"currentThread": {"currentThread": thread}}}
    data = json.dumps({"props": {"pageProps": state}})
    return f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'


def _feed() -> str:
    item = {"id": "1", "title": f"Gate{_BAD}", "content_text": f"x{_BAD}", "url": "https://a.example.org/1"}
    item["authors"] = [{"name": f"ann{_BAD}"}]  # type: ignore[assignment]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})


def _trustpilot() -> str:
    review = {"id": "1", "title": f"Gate{_BAD}", "text": f"x{_BAD}", "stars": 2}
    review["consumer"] = {"displayName": f"ann{_BAD}"}
    return json.dumps([review])


DOCUMENTS = {
    "forum.discourse": _topic(),
    "reviews.schema_org": _review(),
    "reviews.trustpilot": _trustpilot(),
    "forum.generic": _netmums(),
    "feed": _feed(),
}


def _strings(mention: Mention) -> Iterator[str]:
    yield from (mention.url, mention.title, mention.text, mention.quoted, mention.author or "")


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_whatever_a_document_holds_its_mentions_can_be_stored(kind: str) -> None:
    response = Response("https://a.example.org/t/12", 200, (), DOCUMENTS[kind].encode(), _NOW)
    page = collector(kind).parse(Source("s", kind, response.url), response)
    (mention,) = page.mentions
    assert not [text for text in _strings(mention) if _UNSTORABLE.search(text)]
    assert mention.author == "ann[31m"
    assert page.next is None or not _UNSTORABLE.search(page.next.url)


def test_line_ends_and_tabs_stay() -> None:
    assert clean("a\r\nb\rc\td\x00") == "a\nb\nc\td"


def test_an_author_of_whom_nothing_is_left_is_none() -> None:
    bare = Mention("1", "https://a.example.org", "blog", MentionKind.POST, "", "", _NOW, author="\x00 ")
    assert cleaned(bare).author is None


def test_no_post_is_longer_than_any_is() -> None:
    long = "wrd " * 1_000_000
    mention = Mention(
        "a", "https://a.example.org/", "blog", MentionKind.POST, long, long, _NOW, quoted=long, author=long
    )
    found = cleaned(mention)
    assert [len(text) for text in (found.text, found.quoted)] == [200_000, 200_000]
    assert [len(text or "") for text in (found.title, found.author)] == [1_000, 999]
    assert mention.text.startswith(found.text)


def test_a_mention_with_nothing_to_clean_is_handed_on_as_it_is() -> None:
    mention = Mention("1", "https://a.example.org/1", "blog", MentionKind.POST, "Gate", "It is shut.", _NOW)
    assert cleaned(mention) is mention
    assert cleaned(replace(mention, author="")).author is None
    assert cleaned(replace(mention, title="Gate\x01")).title == "Gate"
