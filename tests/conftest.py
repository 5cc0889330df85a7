"""The demo, played once: a home folder with everything in it that may happen to a school."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime

import pytest

DEMO_NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """(folder, summary, config) of a demo played at a fixed moment. Not to be written to."""
    from monitor.demo.run import play
    from monitor.progress import Progress

    folder = tmp_path_factory.mktemp("home") / "demo"
    summary, config = play(folder, lambda: DEMO_NOW, Progress(io.StringIO(), quiet=True))
    return folder, summary, config


@pytest.fixture
def home(played, tmp_path):
    """A copy of the played demo's folder that a test may write to."""
    folder = tmp_path / "demo"
    shutil.copytree(played[0], folder)
    return folder
