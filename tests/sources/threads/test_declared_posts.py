"""Pages that show more posts than their markup declares."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from conformance import FETCHED_AT, FIXTURES

from data.types import MentionKind, Page
from sources.parse import parse_document

BOARD = "https://boards.example.org/boards/12-northvale/7712"
GROUP = "https://www.taps.example.org/groups/northvale/parking-at-the-school-gate-t12.html"
KINDS = [None, "forum.schema_org", "forum.generic"]


def read(name: str, url: str, kind: str | None, **parts: bytes) -> Page:
    body = (FIXTURES / f"{name}.html").read_bytes()
    for old, new in parts.items():
        body = body.replace(old.encode(), new)
    return parse_document(body, url, kind=kind, fetched_at=FETCHED_AT, dates="month_first")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "url"), [("gamefaqs", BOARD), ("tapatalk", GROUP)])
def test_replies_that_a_page_shows_and_does_not_declare_are_read(
    name: str, url: str, kind: str | None
) -> None:
    page = read(f"forums/declared/{name}", url, kind)
    assert len(page.mentions) == 10
    first, *replies = page.mentions
    assert (first.kind, first.author) == (MentionKind.POST, "gate_watcher")
    assert first.text == "The gate was blocked again by the same silver car this morning."
    assert {reply.parent for reply in replies} == {first.id}
    assert replies[0].author == "Mossy Boots"
    assert replies[0].text == "By whom this time? It was a van last week."
    assert all(
        m.published and m.published.date() == datetime(2026, 11, 8, tzinfo=UTC).date() for m in page.mentions
    )
    told = "Posts the page declares: 1; posts seen on it: 10. Those seen were read."
    assert (told in page.warnings) == (name == "gamefaqs")  # phpBB's shape is sure, a guess is not


@pytest.mark.parametrize("kind", KINDS)
def test_an_opening_post_that_is_only_declared_comes_before_the_replies_seen(kind: str | None) -> None:
    page = read("forums/declared/opening_apart", BOARD, kind)
    assert [m.author for m in page.mentions][:3] == ["gate_watcher", "Mossy Boots", "priya_dad"]
    assert len(page.mentions) == 10
    assert page.mentions[0].kind is MentionKind.POST
    assert page.mentions[1].parent == page.mentions[0].id


@pytest.mark.parametrize("kind", KINDS)
def test_a_later_page_does_not_bring_the_opening_post_again(kind: str | None) -> None:
    url = f"{BOARD}?page=1"
    page = read(
        "forums/declared/opening_apart",
        f"{BOARD}?page=2",
        kind,
        **{f'canonical" href="{BOARD}': f'x" href="{url}'.encode()},
    )
    assert page.mentions[0].author == "Mossy Boots"
    assert {m.kind for m in page.mentions} == {MentionKind.REPLY}


@pytest.mark.parametrize("kind", KINDS)
def test_where_what_is_seen_is_something_else_the_declared_posts_are_read_and_the_rest_is_said(
    kind: str | None,
) -> None:
    page = read("forums/declared/remarks", "https://ask.example.org/questions/12/who-parks", kind)
    assert len(page.mentions) == 4
    assert all(mention.published for mention in page.mentions)
    assert "Posts the page declares: 4; posts seen on it: 12. Those declared were read." in page.warnings


def test_reviews_that_a_page_shows_and_does_not_declare_are_said() -> None:
    page = read("reviews/declared_in_part", "https://reviews.example.org/oakfield", None)
    assert len(page.mentions) == 2
    assert "Reviews the page declares: 2; seen on it: 5. Those declared were read." in page.warnings
