"""What the stories have in common."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from builders.town import a_tale


@pytest.fixture
def begins(tmp_path_factory, monkeypatch):
    """Begins a story at that moment in London, with those sources and people, in that nation."""
    with ExitStack() as stack:
        yield lambda at, *more, **set_up: stack.enter_context(
            a_tale(tmp_path_factory.mktemp("tale"), monkeypatch, at, *more, **set_up)
        )
