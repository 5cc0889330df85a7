"""The shape of a thread found by what repeats: of a page's own names none is taken for a query."""

from __future__ import annotations

import time

import pytest

from sources.html.dom import plain_text
from sources.html.parsers import parse_html
from sources.threads.guessed_shape import guessed

_POST = (
    '<li><p class="author">Mari</p><p class="time">3 March 2026, 10:{2}</p>'
    "<{0}{1}>The gate was shut again.</{0}></li>"
)


def _page(tag: str, attributes: str = ' class="note"', before: str = "") -> str:
    posts = "".join(_POST.format(tag, attributes, 10 + n) for n in range(6))
    return f"<html><body>{before}<ul>{posts}</ul></body></html>"


def _bodies(markup: str) -> list[str]:
    document = parse_html(markup)
    assert document is not None
    found = guessed(document, "https://pond.example.org/12")
    return [plain_text(body) for body in found[1]] if found else []


@pytest.mark.parametrize(
    "tag", ["o:p", "my:post", "a|b", "x-post", "x|descendant::*", "x[1]", "é", "x.y", "p*"]
)
def test_whatever_a_page_calls_its_elements_its_posts_are_sought_without_a_fault(tag: str) -> None:
    _bodies(_page(tag))


def test_a_tag_name_that_is_a_query_is_not_run() -> None:
    query = "x|descendant::*[count(following::*[count(following::*[count(following::*)])])]"
    started = time.process_time()
    _bodies(_page(query, before="<i>.</i>" * 60))
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", ["it's", "[1]|//*", "post)]|//*[(", "ö"])
def test_a_class_name_is_compared_and_never_run(name: str) -> None:
    assert len(_bodies(_page("div", f' class="{name}"'))) == 6


def test_elements_of_names_with_a_colon_are_posts_like_others() -> None:
    assert len(_bodies(_page("my:post"))) == 6


def test_a_page_cannot_write_the_mark_by_which_its_posts_are_found_again() -> None:
    marks = 'xmlns:our="urn:schoolgate" our:candidate-0="" {urn:schoolgate}candidate-0="" candidate-0=""'
    document = parse_html(_page("div") + f'<html xmlns:our="urn:schoolgate"><p {marks}>Not a post.</p>')
    assert document is not None
    found = guessed(document, "https://pond.example.org/12")
    assert found is not None
    assert [plain_text(body) for body in found[1]] == ["The gate was shut again."] * 6


def test_a_signature_is_no_post_of_its_own_though_it_is_built_like_one() -> None:
    signed = '<div class="note postsignature">Tea before talk, and talk before bed.</div></li>'
    assert _bodies(_page("div").replace("</li>", signed)) == ["The gate was shut again."] * 6


def test_posts_that_lie_in_the_row_before_the_next_are_not_searched_for_each_of_them() -> None:
    """A minute of processor for 400 kB, where every row before a post held all posts above it."""

    def post(number: int) -> str:
        named = " ".join(f"c{n}" for n in range(16) if number != n + 20)
        by = '<div><a class="author">Mari</a><p class="time">3 March 2026, 10:10</p></div>'
        shown = by if number < 3 or number > 96 else ""
        return f"{shown}<div class='{named}'>The gate was shut again.{'<i class=w>w</i>' * 90}</div></div>"

    started = time.process_time()
    _bodies(f"<html><body>{'<div>' * 100}{''.join(map(post, range(100)))}</body></html>")
    assert time.process_time() - started < 2
