"""An item that takes too long is left out, and the others are read."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from data.types import Response, Source
from sources import item_time
from sources.item_time import each
from sources.parser_process import ParserProcess
from sources.registry import collector


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_time._Turn, "began", None)
    item_time.begin()


def _spun(seconds: float) -> float:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return seconds


@pytest.mark.usefixtures("timed")
def test_an_item_that_takes_too_long_is_left_out_and_counted() -> None:
    found, said = each(_spun, [0.01, 60.0, 0.02], item_s=0.05)
    assert found == [0.01, 0.02]
    assert said == ("Items that took too long to be read: 1.",)


@pytest.mark.usefixtures("timed")
def test_of_a_document_that_took_its_time_no_further_item_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_time, "_ALL_S", 0.05)
    assert each(_spun, [0.06, 0.0, 0.0]) == ([0.06], ("Items that took too long to be read: 2.",))


def test_outside_the_process_that_reads_nothing_is_timed() -> None:
    assert each(_spun, [0.02], item_s=0.01) == ([0.02], ())


_NAME = f"<author>{('A' * 499 + '<x/>') * 90}</author>"
"""Feedparser seeks an e-mail address from each letter of a name; this one is in pieces, and is not cut."""


@pytest.mark.parametrize(
    ("form", "title", "unread"),
    [("{}", "a & b", ("Items that took too long to be read: 1.",)), ("<!DOCTYPE rss>{}", "a", ())],
)
def test_an_item_that_would_take_all_time_of_its_feed_hides_no_other(
    form: str, title: str, unread: tuple[str, ...]
) -> None:
    """Takes as long as such an item is given, in a process of its own."""
    items = f"<item><title>{title}</title>{_NAME}</item><item><title>Good</title></item>"
    feed = form.replace("{}", f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>")
    answer = Response("https://e.test/feed", 200, (), feed.encode(), datetime(2026, 11, 20, tzinfo=UTC))
    apart = ParserProcess(time.monotonic)
    try:
        page = apart(collector("feed").parse, Source("s", "feed", answer.url), answer)
    finally:
        apart.let_go(0.0)
    assert "Good" in [mention.title for mention in page.mentions]
    assert page.unread == unread
