"""The demo's documents count their times from the moment that is played."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from monitor.cli.demo.run import render

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
NAMES = sorted(p.name for p in (files("monitor.cli.demo") / "documents").iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_no_placeholder_is_left(name):
    assert b"{{" not in render(name, NOW)


def test_shown_times_are_london_times():
    assert b"Jul 01, 2026 10:00" in render("town-forum.html", NOW)
