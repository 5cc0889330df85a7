"""What several tests of the acts begin with."""

from dataclasses import asdict

import pytest
from builders.pack_read import words_of

from monitor.act import packing


@pytest.fixture
def plainly(monkeypatch):
    """The words of the document in the place of its PDF, which takes longer than all else of a pack."""
    monkeypatch.setattr(
        packing, "render_pack", lambda document, _: " ".join(words_of(asdict(document))).encode()
    )
