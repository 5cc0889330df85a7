"""The suite that every kind of source passes (`schoolgate.testing`), over our own fixtures and catalogue.

class TestPhpBB(CollectorConformance):
    kind = "forum.phpbb"
    documents = (Document("forums/phpbb/topic.html", "https://town.example.org/viewtopic.php?t=1", 3,
                          words="the gate was shut"),)
    pages = (Document(…page 1…), Document(…page 2…))
"""

from __future__ import annotations

from typing import ClassVar

from support.checkout import FIXTURES

from schoolgate import testing
from schoolgate.testing import FETCHED_AT
from sources.base import Collector
from sources.registry import CATALOGUE, collector

__all__ = ["FETCHED_AT", "FIXTURES", "CollectorConformance", "Document"]


class Document(testing.Document):
    """A fixture, by its path under tests/fixtures."""

    @property
    def body(self) -> bytes:
        return (FIXTURES / self.path).read_bytes()


class CollectorConformance(testing.CollectorConformance):
    """The suite for a kind that stands in the catalogue."""

    kind: ClassVar[str]

    def collector(self) -> Collector:
        return collector(self.kind)

    def test_the_catalogue_names_it(self) -> None:
        found = self.collector()
        assert found.kind == self.kind
        assert CATALOGUE[self.kind].cls == type(found).__name__
