"""Plain text and quotes out of parsed HTML."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import fields
from importlib import import_module
from pkgutil import iter_modules

import pytest
from conformance import FIXTURES
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sources import forums, threads
from sources.html.dom import (
    NAMESPACES,
    at_any_depth,
    find,
    first_text,
    has_class,
    plain_text,
    split_quotes,
    take_out,
)
from sources.html.parsers import parse_html
from sources.threads.shape import Shape


def _text(markup: str) -> str:
    document = parse_html(f"<div>{markup}</div>")
    assert document is not None
    return plain_text(document)


def test_blocks_stand_on_lines_of_their_own() -> None:
    assert _text("<p>One</p><p>Two<br>Three</p><ul><li>Four</li></ul>") == "One\nTwo\nThree\nFour"


def test_words_split_by_comments_and_spans_stay_together() -> None:
    assert _text("Is<!-- --> <!-- -->it <b>so</b>ld?") == "Is it sold?"


def test_lines_of_preformatted_text_stay() -> None:
    assert _text("<pre>a\n  b</pre>") == "a\nb"


def test_scripts_forms_and_comments_are_no_words() -> None:
    assert _text("a<script>b</script><style>c</style><form>d</form><!-- e -->f") == "af"


def test_cells_of_a_row_do_not_run_together() -> None:
    assert _text("<table><tr><td>a</td><td>b</td></tr></table>") == "a b"


def test_of_nested_quotes_the_outermost_is_taken_and_the_words_around_stay() -> None:
    body = parse_html("<p>Before</p><blockquote>x<blockquote>y</blockquote></blockquote>After <sup>sig</sup>")
    assert body is not None
    assert split_quotes(body, ".//blockquote", ".//sup") == ("Before\nAfter", "x\ny", False)


def test_taking_an_element_out_keeps_what_follows_it() -> None:
    document = parse_html("<div id='d'>a<b>x</b>c<i>y</i>d</div>")
    assert document is not None
    for element in document.xpath("//b | //i"):
        take_out(element)
    assert plain_text(document).split() == ["a", "c", "d"]


def test_the_first_path_that_has_text_wins() -> None:
    document = parse_html("<i> </i><time datetime='2026'>shown</time>")
    assert document is not None
    assert first_text(document, "//i", "//time/@datetime", "//time") == "2026"
    assert first_text(document, "//i") == ""


@given(st.text(alphabet="<>/ab&;!-\"'= \n\x00\x1f", max_size=200))
def test_any_text_is_survived_and_gives_no_control_character(markup: str) -> None:
    document = parse_html(markup)
    if document is not None:
        text = plain_text(document)
        assert not any(ord(char) < 32 and char != "\n" for char in text)


def test_a_post_that_begins_with_a_quote_says_so() -> None:
    body = parse_html("<div><blockquote>They said so.</blockquote>I do not think so.</div>")
    assert body is not None
    assert split_quotes(body, ".//blockquote", "") == ("I do not think so.", "They said so.", True)


def _paths() -> list[str]:
    """Every path of every shape of a forum."""
    families = (forums, threads)
    modules = [
        import_module(f"{family.__name__}.{found.name}")
        for family in families
        for found in iter_modules(family.__path__)
    ]
    shapes = {id(x): x for m in modules for x in _shapes(list(vars(m).values()))}
    given = [getattr(shape, f.name) for shape in shapes.values() for f in fields(shape)]
    flat = [p for one in given for p in (one if isinstance(one, tuple) else (one,))]
    return sorted({p for p in flat if isinstance(p, str) and "//" in p})


def _shapes(values: Iterable[object]) -> Iterator[Shape]:
    for value in values:
        if isinstance(value, Shape):
            yield value
        elif isinstance(value, tuple | list):
            yield from _shapes(value)


def test_a_path_finds_the_same_at_any_depth_whichever_way_it_is_written():
    paths = [path for path in _paths() if at_any_depth(path) != path]
    assert len(paths) > 100
    for file in sorted((FIXTURES / "forums").rglob("*.html")):
        root = parse_html(file.read_text(encoding="utf-8", errors="replace"))
        for path in paths:
            assert find(root, path) == etree.XPath(path, namespaces=NAMESPACES)(root), (file.name, path)


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("//div[a]//p", "/descendant::div[a]/descendant::p"),
        (".//td//text()[normalize-space()][1]", "./descendant::td//text()[normalize-space()][1]"),
        ("//a[contains(.,'//b')]/@href", "/descendant::a[contains(.,'//b')]/@href"),
        ("//*/@itemtype", "/descendant::*/@itemtype"),
        ("//li[p[last()]]", "//li[p[last()]]"),
        ("//*[.//time]//a | //b", "/descendant::*[./descendant::time]/descendant::a | /descendant::b"),
    ],
)
def test_a_place_within_its_parent_is_not_a_place_in_the_document(path, same):
    assert at_any_depth(path) == same


def test_elements_within_each_other_do_not_cost_the_cube_of_their_depth():
    path = f"//div[{has_class('blockpost')}]//div[{has_class('postmsg')}]"

    def cost(depth: int) -> float:
        root = parse_html("<ul class='blockpost'>" + "<div class='blockpost'><p>x</p><p>x</p>" * depth)
        began = time.process_time()
        assert find(root, path) == []
        return time.process_time() - began

    least = min(cost(500) for _ in range(3))
    assert any(cost(2_000) < 48 * least for _ in range(8))  # others at work cost it up to twice


@pytest.mark.parametrize(
    "path", ["//i//b", ".//i//b", ".//i//u//b | .//u[.//i//b]", ".//i[1]//b", ".//i//u/b"]
)
def test_an_element_around_the_one_that_is_searched_does_not_count(path):
    root = parse_html("<i><u><b>1</b><i><b>2</b><u><b>3</b></u></i></u></i><b>4</b>")
    for element in root.iter():
        assert find(element, path) == etree.XPath(path)(element), element


@pytest.mark.parametrize("path", ["//div[@data-post]//*[@title]", ".//div[@data-post]//*[@title]"])
def test_posts_that_each_hold_the_next_are_searched_once(path):
    root = parse_html("<p>" + "<div data-post='1'><p>x</p>" * 3_000)
    began = time.process_time()
    assert find(root, path) == []
    assert time.process_time() - began < 0.2
