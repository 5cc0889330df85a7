"""A page too large is read from its beginning, and the rest is said."""

from __future__ import annotations

import pytest
from conformance import Document

from data.types import Source
from sources.registry import collector

_URL = "https://town.example.org/threads/parking-at-the-gate.12/"
_THREAD = Document("forums/xenforo/xf2-1.html", _URL, 2)
_MARKED_UP = Document("forums/schema_org/microdata.html", _URL, 2)
_LIST = Document("forums/xenforo/forum.html", "https://town.example.org/forums/school.3/", 0)


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("forum.xenforo", _THREAD),
        ("forum.generic", _THREAD),
        ("forum.schema_org", _MARKED_UP),
        ("forum.xenforo", _LIST),
        ("forum.phpbb", _THREAD),
    ],
)
def test_of_a_page_too_large_the_beginning_is_read_and_the_rest_is_said(
    kind: str, document: Document
) -> None:
    reader, source = collector(kind), Source("s", kind, document.url)
    whole = reader.parse(source, document.response())
    body = document.body.replace(b"</body>", b"<p>a</p>" * 100_000 + b"</body>")
    read = reader.parse(source, document.response(body))
    said = [line for line in read.warnings if line.startswith("The document is too large to read in full")]
    assert len(said) == 1
    assert len(read.mentions) == len(whole.mentions)
