"""What the stories have in common."""

from contextlib import ExitStack

import pytest
from builders.served import chromium
from builders.town import a_tale


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def begins(tmp_path_factory, monkeypatch):
    """Begins a story at that moment in London, with those sources and people, in that nation."""
    with ExitStack() as stack:
        yield lambda at, *more, **set_up: stack.enter_context(
            a_tale(tmp_path_factory.mktemp("tale"), monkeypatch, at, *more, **set_up)
        )
