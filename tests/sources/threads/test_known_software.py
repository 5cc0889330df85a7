"""Every shape of software without a collector of its own, on a thread of two posts in its markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from conformance import FIXTURES

from data.types import MentionKind, Page, Response, Source
from sources.forums.generic import GenericForum


@dataclass(frozen=True)
class Case:
    """Where a thread of two posts was fetched, and how the address of the second ends."""

    url: str
    linked: str = ""


_FETCHED = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
CASES = {
    "mybb": Case("https://mybb.example.org/thread-12.html", "thread-12-post-52.html#pid52"),
    "smf2": Case("https://smf.example.org/index.php?topic=12.0", "index.php?msg=52"),
    "smf1": Case("https://smf.example.org/index.php?topic=12.0", "topic=12.msg52#msg52"),
    "invision": Case("https://ips.example.org/topic/12-parking/", "#findComment-52"),
    "vanilla": Case("https://vanilla.example.org/discussion/12/parking", "#Comment_52"),
    "nodebb": Case("https://nodebb.example.org/topic/12/parking", "/post/52"),
    "flarum": Case("https://flarum.example.org/d/12-parking"),
}


def _response(name: str) -> Response:
    body = (FIXTURES / "forums" / "software" / f"{name}.html").read_bytes()
    return Response(CASES[name].url, 200, (), body, _FETCHED)


def _page(name: str) -> Page:
    return GenericForum().parse(Source("s", GenericForum.kind, CASES[name].url), _response(name))


@pytest.mark.parametrize("name", CASES)
def test_posts_authors_and_quotes_are_told_apart(name: str) -> None:
    first, reply = _page(name).mentions
    assert (first.kind, first.author) == (MentionKind.POST, "gate_watcher")
    assert first.text == "The gate was blocked again."
    assert (reply.kind, reply.author, reply.text) == (MentionKind.REPLY, "Mossy Boots", "By whom this time?")
    assert reply.quoted.endswith("blocked again")
    assert (reply.parent, reply.title) == (first.id, "Parking")


@pytest.mark.parametrize("name", [name for name in CASES if name != "flarum"])
def test_times_and_addresses_are_read(name: str) -> None:
    reply = _page(name).mentions[1]
    assert reply.published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)
    assert reply.url.endswith(CASES[name].linked)


def test_a_page_that_shows_no_time_says_so() -> None:
    assert _page("flarum").warnings == ("No time could be read on 2 of 2 posts.",)


@pytest.mark.parametrize("name", ["mybb", "smf2", "smf1", "invision", "vanilla"])
def test_an_edit_is_told(name: str) -> None:
    assert _page(name).mentions[0].edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)


def test_an_edit_without_a_legible_time_is_none() -> None:
    assert _page("nodebb").mentions[0].edited is None


def test_who_writes_on_invision_5_is_read_from_its_data_or_its_heading() -> None:
    body = (FIXTURES / "forums" / "software" / "invision5.html").read_bytes()
    url = "https://ips.example.org/topic/12-parking/"
    page = GenericForum().parse(Source("s", GenericForum.kind, url), Response(url, 200, (), body, _FETCHED))
    assert [m.author for m in page.mentions] == ["gate_watcher", "Siôn “Mossy” Boots", "Guest Bramble"]
    assert [m.text for m in page.mentions][1:] == ["By whom this time?", "A van, I think."]
    assert page.mentions[1].published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)
    assert page.warnings == ()


def test_what_only_looks_like_invision_s_data_is_a_name() -> None:
    body = (
        (FIXTURES / "forums" / "software" / "mybb.html")
        .read_bytes()
        .replace(b"Mossy Boots", b"{Mossy Boots}")
    )
    page = GenericForum().parse(
        Source("s", GenericForum.kind, CASES["mybb"].url),
        Response(CASES["mybb"].url, 200, (), body, _FETCHED),
    )
    assert page.mentions[1].author == "{Mossy Boots}"


@pytest.mark.parametrize("name", CASES)
def test_the_software_is_recognised_by_a_mark(name: str) -> None:
    assert GenericForum().recognises(_response(name)) >= 0.8
