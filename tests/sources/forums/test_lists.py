"""Lists and articles repeat texts with an author and a time, as threads do, and hold nobody's post."""

from __future__ import annotations

import pytest
from conformance import FETCHED_AT, FIXTURES
from support.for_each import for_each

from data.types import Page
from sources.parse import parse_document

LISTS = {
    "phpbb_index": "https://town.example.org/index.php",
    "phpbb_forum": "https://town.example.org/viewforum.php?f=2",
    "xenforo_index": "https://parents.example.org/",
    "xenforo_forum": "https://parents.example.org/forums/schools.2/",
    "xenforo1_index": "https://old.example.org/",
    "vbulletin3_index": "https://anglers.example.org/index.php",
    "vbulletin3_forum": "https://anglers.example.org/forumdisplay.php?f=2",
    "vbulletin4_index": "https://rail.example.org/forum.php",
    "invision4_index": "https://moor.example.org/forums/",
    "invision5_forum": "https://moor.example.org/forum/2-schools/",
    "smf2_index": "https://weir.example.org/index.php",
    "unknown_forum": "https://pond.example.org/topics.pl",
    "blog_archive": "https://notes.example.org/",
    "news_section": "https://gazette.example.org/news/local/",
    "news_article": "https://gazette.example.org/news/local/8999.choir/",
    "news_live": "https://gazette.example.org/news/local/8998.flood/",
}
COMMENTED = "https://gazette.example.org/news/local/8999.choir/"


def read(name: str, url: str, kind: str | None) -> Page:
    body = (FIXTURES / "lists" / f"{name}.html").read_bytes()
    return parse_document(body, url, kind=kind, fetched_at=FETCHED_AT)


@for_each("kind", [None, "forum.generic", "forum.schema_org"])
@for_each("name", LISTS)
def test_a_list_and_an_article_hold_no_post(name: str, kind: str | None) -> None:
    page = read(name, LISTS[name], kind)
    assert page.mentions == ()
    assert page.warnings


@pytest.mark.parametrize(
    ("name", "threads"), [("phpbb_forum", 8), ("xenforo_forum", 8), ("vbulletin3_forum", 8)]
)
def test_a_list_of_threads_is_read_as_one_without_a_named_kind(name: str, threads: int) -> None:
    page = read(name, LISTS[name], None)
    assert len(page.follow) == threads
    assert page.warnings == (
        "The document is a list: it holds no mention itself, but names 8 pages to read.",
    )


def test_readers_comments_under_an_article_are_read_without_the_article() -> None:
    page = read("news_comments", COMMENTED, None)
    assert [m.author for m in page.mentions] == ["hollis", "gate_watcher", "mossy_boots"]
    assert page.mentions[1].text == "Shame about the parking on the way in, though."


_WHEN = '<span class="date">{0} May 2026 10:00</span>'
_TITLE = '<a class="title" href="/t/{0}/parking">Parking is bad at school {0}</a>'
ROWS = {
    "cells": (
        "<table>{}</table>",
        f'<tr class="row"><td>{_TITLE} by <a class="username" href="/u/ann{{0}}">Ann {{0}}</a></td>'
        f'<td class="last">by <a class="username" href="/u/bo{{0}}">Bo {{0}}</a> {_WHEN}</td></tr>',
    ),
    "one line": (
        "<ul>{}</ul>",
        f'<li class="row">{_TITLE} <span class="author">Ann {{0}}</span> {_WHEN}</li>',
    ),
    "name first": (
        "<ul>{}</ul>",
        f'<li class="row"><span class="author">Ann {{0}}</span> {_WHEN}<p>{_TITLE}</p></li>',
    ),
}


def _rows(whole: str, row: str) -> bytes:
    return f"<html><body>{whole.format(''.join(row.format(n) for n in range(1, 16)))}</body></html>".encode()


@pytest.mark.parametrize("layout", ROWS)
def test_rows_of_links_hold_no_post_though_a_time_stands_in_the_same_line(layout: str) -> None:
    page = parse_document(
        _rows(*ROWS[layout]), "https://pond.example.org/", kind="forum.generic", fetched_at=FETCHED_AT
    )
    assert page.mentions == ()


def test_posts_whose_line_of_number_name_and_time_links_to_a_page_of_their_own_stay() -> None:
    post = (
        '<li class="row"><a href="/post/{0}">Post number {0}</a> <span class="author">Ann {0}</span> '
        f'{_WHEN}<p class="words">The gate was shut for the {{0}}th day.</p></li>'
    )
    page = parse_document(
        _rows("<ul>{}</ul>", post), "https://pond.example.org/7", kind="forum.generic", fetched_at=FETCHED_AT
    )
    assert len(page.mentions) == 15
