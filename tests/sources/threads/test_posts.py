"""From posts to a page: ids, titles, zones, addresses without sessions."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.types import Mention, Page, Response, Source
from sources.html.sanitise import clean
from sources.threads.addresses import without_session
from sources.threads.posts import ForumPost, Thread, page_of, zone_named

_AT = "https://www.town.example.org/t/12"
_NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def _page(
    thread: Thread, *posts: ForumPost, url: str = "https://www.town.example.org/t/12", **settings: object
) -> Page:
    response = Response(url, 200, (), b"", _NOW)
    return page_of(thread, posts, Source("s", "forum.x", url, settings=settings), response, "local_forum")


def _mentions(thread: Thread, *posts: ForumPost, **settings: object) -> tuple[Mention, ...]:
    return _page(thread, *posts, **settings).mentions


_THREAD = Thread("12", "Parking", "https://town.example.org/t/12")


def test_ids_do_not_depend_on_www() -> None:
    post = ForumPost("1", "x")
    with_www = _page(_THREAD, post, url="https://www.town.example.org/t/12").mentions[0].id
    assert _page(_THREAD, post, url="https://town.example.org/t/12").mentions[0].id == with_www


def test_the_same_post_has_the_same_id_on_every_page_it_stands_on() -> None:
    first, second = ForumPost("1", "x"), ForumPost("2", "y")
    later = Thread("12", "Parking", _THREAD.url, starts=False)
    assert _mentions(_THREAD, first, second)[1].id == _mentions(later, second)[0].id


def test_an_edit_keeps_the_id() -> None:
    assert _mentions(_THREAD, ForumPost("1", "x"))[0].id == _mentions(_THREAD, ForumPost("1", "y"))[0].id


def test_posts_without_a_number_are_told_apart_by_author_and_words() -> None:
    same = ForumPost("", "Well said", author="a")
    ids = [
        m.id
        for m in _mentions(Thread("", "", _THREAD.url), same, ForumPost("", "Well said", author="b"), same)
    ]
    assert len(set(ids)) == 3


def test_one_number_on_two_different_posts_is_told_and_loses_neither() -> None:
    page = _page(_THREAD, ForumPost("1", "x"), ForumPost("7", "y"), ForumPost("7", "z"))
    assert len({m.id for m in page.mentions}) == 3
    assert page.warnings[0] == "Posts that share a number with another post on the page: 1."


def test_the_same_words_at_another_moment_are_another_post() -> None:
    thread = Thread("12", "", _THREAD.url, starts=False)
    ids = {_mentions(thread, ForumPost("", "Bump", time=f"2026-11-0{day}T08:00Z"))[0].id for day in (8, 9)}
    assert len(ids) == 2


def test_a_shown_time_that_changes_from_day_to_day_does_not_change_the_id() -> None:
    thread = Thread("12", "", _THREAD.url, starts=False)
    assert len({_mentions(thread, ForumPost("", "Hm", time=f"{n} days ago"))[0].id for n in (3, 4)}) == 1


def test_thousands_of_posts_under_one_number_cost_little() -> None:
    started = time.process_time()
    page = _page(_THREAD, *(ForumPost("7", "x") for _ in range(10_000)))
    assert time.process_time() - started < 2
    assert len({m.id for m in page.mentions}) == 10_000


def test_the_time_of_a_post_never_edited_is_no_edit() -> None:
    when = "2026-11-08T08:40:00Z"
    assert _mentions(_THREAD, ForumPost("1", "x", time=when, edited=when))[0].edited is None


def test_month_first_is_learnt_from_the_other_posts_of_the_page() -> None:
    posts = ForumPost("1", "x", time="11-08-2026, 08:40 AM"), ForumPost("2", "y", time="11-14-2026, 08:40 AM")
    assert _mentions(_THREAD, *posts)[0].published == datetime(2026, 11, 8, 8, 40, tzinfo=UTC)


def test_a_zone_of_the_configuration_is_stronger_than_the_pages() -> None:
    thread = Thread("12", "Parking", _THREAD.url, zone="America/Chicago")
    post = ForumPost("1", "x", time="8 November 2026 08:40")
    assert _mentions(thread, post)[0].published == datetime(2026, 11, 8, 14, 40, tzinfo=UTC)
    assert _mentions(thread, post, zone="Europe/London")[0].published == datetime(
        2026, 11, 8, 8, 40, tzinfo=UTC
    )


def test_what_is_missing_is_said() -> None:
    page = _page(
        Thread("", "Parking", _THREAD.url, starts=False), ForumPost("1", "x"), ForumPost("2", "y", author="a")
    )
    assert page.warnings == (
        "No time could be read on 2 of 2 posts.",
        "No author could be read on 1 of 2 posts.",
        "The thread's number is not on the page, so its replies do not name their first post.",
    )
    assert {m.parent for m in page.mentions} == {None}


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("America/Chicago", "America/Chicago"),
        ("America/Los Angeles", "America/Los_Angeles"),
        ("All times are UTC-04:00", "Etc/GMT+4"),
        ("All times are GMT +1. The time now is 14:01.", "Etc/GMT-1"),
        ("All times are GMT. The time now is 12:18 PM.", "UTC"),
        ("UTC", "UTC"),
        ("All times are UTC [ DST ]", "Etc/GMT-1"),
        ("All times are UTC + 1 hour [ DST ]", "Etc/GMT-2"),
        ("All times are UTC - 1 hour [ DST ]", "UTC"),
        ("All times are UTC - 5 hours [ DST ]", "Etc/GMT+4"),
        ("UTC+05:30", None),
        ("No/Where", None),
        ("All times are local", None),
    ],
)
def test_a_stated_zone_is_read(said: str, zone: str | None) -> None:
    assert zone_named(said) == zone


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://a.example/viewtopic.php?t=1&sid=0123456789abcdef0123456789abcdef", "https://a.example/viewtopic.php?t=1"),
        ("https://a.example/t.php?s=0123456789abcdef0123456789abcdef&p=5#post5", "https://a.example/t.php?p=5#post5"),
        ("https://a.example/t.php?12-Gate&s=0123456789abcdef0123456789abcdef&p=5", "https://a.example/t.php?12-Gate&p=5"),
        ("https://a.example/search?s=gate", "https://a.example/search?s=gate"),
        ("https://a.example/i.php?PHPSESSID=04de800e92cfd8c87b20137dae7f687f&topic=3.0", "https://a.example/i.php?topic=3.0"),
    ],
)  # fmt: skip
def test_session_ids_go(url: str, cleaned: str) -> None:
    assert without_session(url) == cleaned


@given(
    st.lists(
        st.builds(
            ForumPost, st.text(max_size=3), st.text(max_size=5), st.text(max_size=3), st.text(max_size=20)
        )
    )
)
def test_whatever_the_posts_every_one_becomes_a_mention_with_an_id_of_its_own(posts: list[ForumPost]) -> None:
    mentions = _mentions(_THREAD, *posts)
    assert [m.text for m in mentions] == [clean(p.text) for p in posts]
    assert len({m.id for m in mentions}) == len(posts)
