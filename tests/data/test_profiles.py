"""Whose profile an address is: never asked for. A post's own address is none."""

from hypothesis import given
from hypothesis import strategies as st
from support.checkout import FIXTURES
from support.for_each import for_each
from support.processor import within

from data.web.urls import is_profile

_LISTS = (FIXTURES / "addresses" / "profiles.txt").read_text(encoding="utf-8").strip().split("\n\n")
PROFILES, POSTS = (part.split("\n")[1:] for part in _LISTS)
"""Whose page or list of posts it is, in each spelling and at each front by which one was once reached; and
addresses of posts, threads, tags and searches: each has to pass."""


@for_each("url", PROFILES)
def test_a_persons_page_or_list_of_posts_is_a_profile(url: str) -> None:
    assert is_profile(url)


NO_ADDRESSES = [
    "", "not an address", "http://[", "mailto:ann@example.org", "https://forum.example.org/?url=" * 20_000,
]  # fmt: skip


@for_each("url", [*POSTS, *NO_ADDRESSES])
def test_what_was_said_at_its_own_address_or_is_no_address_is_none(url: str) -> None:
    assert not is_profile(url)


@given(st.sampled_from(POSTS), st.sampled_from(["utm_source=x", "page=2", "sort=new", "ref=user"]))
def test_what_only_tells_where_a_reader_came_from_makes_no_profile_of_a_post(url: str, more: str) -> None:
    assert not is_profile(f"{url}{'&' if '?' in url else '?'}{more}")


@given(
    st.sampled_from(["t", "threads", "topic", "d", "viewtopic", "r/northvale/comments", "questions"]),
    st.sampled_from(["user", "users", "people", "member", "members", "profile", "author", "u"]),
    st.integers(1, 10**9),
)
def test_a_thread_may_be_called_as_it_likes(before: str, word: str, number: int) -> None:
    assert not is_profile(f"https://forum.example.org/{before}/{word}/{number}")
    assert not is_profile(f"https://forum.example.org/{before}/{word}.{number}/")
    assert not is_profile(f"https://forum.example.org/{before}/{number}-{word}")


@given(st.text(max_size=80), st.text(max_size=40))
def test_no_address_makes_it_fail(path: str, query: str) -> None:
    assert is_profile(f"https://forum.example.org/{path}?{query}") in (True, False)


@for_each("word", ["forum", "forum/", "user/", "viewprofile/", "a", "members/posts/", "..", "%2e/"])
def test_a_long_address_is_judged_at_once(word: str) -> None:
    with within(1):
        is_profile(f"https://town.example.org/{word * 8_000}")
