"""Posts within posts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from data.types import Response, Source
from sources.html.dom import find
from sources.html.parsers import parse_html
from sources.html.sanitise import separate
from sources.registry import collector


def _parents(node: Any) -> Iterator[Any]:
    yield from node.iterancestors()


def _nodes(markup: str) -> list[Any]:
    return find(parse_html(markup), "//b")


def test_posts_beside_one_another_are_all_read() -> None:
    nodes = _nodes("<p><b>1</b><b>2</b></p><b>3</b>")
    assert separate(nodes, _parents) == (nodes, ())


def test_what_stands_inside_five_posts_is_not_read_again() -> None:
    nodes = _nodes("<div><b>" * 7 + "x" + "</b></div>" * 7 + "<b>y</b>")
    assert separate(nodes, _parents)[0] == [*nodes[:5], nodes[7]]


def test_of_far_too_many_the_first_are_read_and_it_is_said() -> None:
    nodes = _nodes("<p>" + "<b>x</b>" * 6_000)
    kept, told = separate(nodes, _parents)
    assert kept == nodes[:5_000]
    assert told == ("Of 6000 posts or reviews on the page the first 5000 are read.",)


_POSTS = {
    "forum.phpbb": ('<div class="postbody"><div class="content">', {}),
    "forum.vbulletin": ('<div id="post_message_1">', {}),
    "forum.schema_org": ('<div itemtype="/Comment"><div itemprop="text">', {}),
    "forum.generic": ('<div class="p">', {"post": ".p", "text": ".p"}),
    "reviews.generic": ('<div class="p"><b>x</b>', {"item": ".p", "text": "b"}),
}


@pytest.mark.parametrize("kind", _POSTS)
def test_posts_nested_at_will_cost_little(kind: str) -> None:
    opening, settings = _POSTS[kind]
    url = "https://town.example.org/viewtopic.php?t=12"
    response = Response(url, 200, (), (opening * 2_000 + "x").encode(), datetime(2026, 11, 17, tzinfo=UTC))
    started = time.process_time()
    collector(kind).parse(Source("s", kind, url, settings=settings), response)
    assert time.process_time() - started < 2


def test_what_is_nested_deeper_than_a_browser_would_stands_in_its_order() -> None:
    root = parse_html("<div>" * 254 + "a<b>1<i>2<u>3</u>4</i><!--c-->5<s>6</s>7</b>8")
    assert [element.tag for element in root.iter("*")][-5:] == ["div", "b", "i", "u", "s"]
    assert {element.getparent().tag for element in root.iter("i", "u", "s")} == {"div"}
    assert root.text_content() == "a12345678"


def test_a_thread_of_posts_that_each_hold_the_next_is_read_in_time() -> None:
    post = (
        '<div class="blockpost"><h2>x</h2><div class="a"><p>y</p><p>z</p><div class="postmsg">The gate</div>'
    )
    url = "https://town.example.org/viewtopic.php?id=12"
    response = Response(url, 200, (), (post * 3_000).encode(), datetime(2026, 11, 17, tzinfo=UTC))
    started = time.process_time()
    collector("forum.generic").parse(Source("s", "forum.generic", url), response)
    assert time.process_time() - started < 4
