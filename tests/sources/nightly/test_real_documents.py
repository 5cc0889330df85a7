"""Every real document beside the project is read as it was noted, and every real feed both ways alike."""

import pytest
from builders.real_documents import FEEDS, every, faults_of
from support.corpus import corpus_path

from sources.feed_document import read_quick, read_xml
from sources.html.markup import decode


@pytest.mark.corpus
def test_a_real_document_is_read_as_it_was_noted() -> None:
    assert faults_of(every()) == {}


@pytest.mark.corpus
@pytest.mark.parametrize("family", FEEDS)
def test_real_feeds_read_the_quick_way_give_the_same_result(family: str) -> None:
    for path in sorted(corpus_path("samples", family).iterdir()):
        text, _ = decode(path.read_bytes())
        quick = read_quick(text) if path.name != "EXPECTED.json" else None
        if quick is not None:
            slow = read_xml(text)
            for name in ("title", "addresses", "entries", "next", "warnings"):
                assert getattr(quick, name) == getattr(slow, name), (path.name, name)
