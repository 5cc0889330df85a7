"""What one post leaves open hides no other, and an ordinary page is left as it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from data.types import Page, Response, Source
from sources.html.unclosed import closed
from sources.registry import collector

_POST = "<div class='postbody'><p><a class='username'>Jo</a></p><div class='content'>{}</div></div>"
_OPEN = {
    "comment": "<!-- x",
    "comment before another": "<!-- x <!-- y",
    "title": "<title>x",
    "text area": "<TEXTAREA rows=2>x",
    "script": "<script>x",
    "value": "<a href='x>y</a>",
    "value in other quotes": '<a href="x>y</a>',
}
_SELECTORS = {"post": ".postbody", "text": ".content", "author": ".username"}


def _page(kind: str, bad: str, settings: dict[str, object]) -> Page:
    posts = "".join(map(_POST.format, (bad, "The gate was shut.", "For an hour.")))
    body = f"<html><body>{posts}<!-- end --></body></html>"
    url = "https://town.example.org/viewtopic.php?t=12"
    response = Response(url, 200, (), body.encode(), datetime(2026, 11, 17, tzinfo=UTC))
    return collector(kind).parse(Source("s", kind, url, settings=settings), response)


@pytest.mark.parametrize(("kind", "settings"), [("forum.phpbb", {}), ("forum.generic", _SELECTORS)])
@pytest.mark.parametrize("bad", _OPEN)
def test_what_a_post_leaves_open_hides_no_other(bad: str, kind: str, settings: dict[str, object]) -> None:
    said = [mention.text for mention in _page(kind, _OPEN[bad], settings).mentions]
    assert len(said) == 3
    assert said[1:] == ["The gate was shut.", "For an hour."]


def test_the_end_of_a_page_is_words_where_more_of_it_follows() -> None:
    page = "<div>x</body></html></div><div>y</div></body></html>"
    assert closed(page) == "<div>x&lt;/body>&lt;/html></div><div>y</div></body></html>"


@pytest.mark.parametrize(
    "page",
    [
        "<div><!-- </div><div class='old'> --><p>x</p></div>",
        "<div><!--[if IE]><!--><p>x</p><!--<![endif]--></div>",
        "<div data-shown='<div><b>x</b></div><div>y</div>'>z</div>",
        "<script>w('<!-- <script></div><div>')</script><div>x</div>",
        "<svg><title>Close</title></svg><div><title>Menu</title></div><div>x</div>",
        "<div>x</div></body></html><!-- took 3 ms -->",
    ],
)
def test_an_ordinary_page_is_left_as_it_is(page: str) -> None:
    assert closed(page) == page


@pytest.mark.parametrize(
    "flood", ["<!--", "<title>", "</html>", "<a b='<", "<a b='</div><div>", "<!-- </div><div>"]
)
def test_openings_without_end_cost_little(flood: str) -> None:
    page = flood * (1_000_000 // len(flood))
    began = time.process_time()
    closed(page)
    assert time.process_time() - began < 1
