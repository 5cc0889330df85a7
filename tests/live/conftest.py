"""What the stories have in common."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from builders.town import a_tale


@pytest.fixture(scope="module")
def _the_weightiest_part_is_not_sought():
    """It takes a third of the judging, and decides nothing of who is told."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("monitor.pipeline.judge.with_weightiest", lambda fresh, verdicts, judge: verdicts)
        yield


@pytest.fixture
def begins(tmp_path_factory, monkeypatch):
    """Begins a story at that moment in London, with those sources and people, in that nation."""
    with ExitStack() as stack:
        yield lambda at, *more, **set_up: stack.enter_context(
            a_tale(tmp_path_factory.mktemp("tale"), monkeypatch, at, *more, **set_up)
        )
