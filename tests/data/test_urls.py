"""One address for one document."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.web.urls import canonical_url, unwrapped

ONE = "https://gazette.example.org/schools/oakfield?id=4&page=2"


@pytest.mark.parametrize(
    "seen",
    [
        "http://gazette.example.org/schools/oakfield?id=4&page=2",
        "HTTPS://WWW.Gazette.Example.org:443/schools/oakfield/?page=2&id=4",
        "https://m.gazette.example.org/schools/oakfield?id=4&page=2#comments",
        "https://amp.gazette.example.org/schools/oakfield/amp?id=4&page=2&amp=1",
        "https://gazette.example.org/amp/schools/oakfield?id=4&page=2",
        "https://gazette.example.org/schools/oakfield/amp.html?id=4&page=2",
        "https://user:word@gazette.example.org:80/schools/oakfield?id=4&page=2",
        "https://gazette.example.org/schools/oakfield?utm_source=x&id=4&fbclid=1&page=2&utm_medium=rss&gclid=3",
        "https://gazette.example.org/schools/%6fakfield?id=4&page=2&at_medium=social&sid=0123456789abcdef",
        "https://www.google.com/url?rct=j&sa=t&url="
        "https%3A%2F%2Fgazette.example.org%2Fschools%2Foakfield%3Fid%3D4%26page%3D2&ct=ga",
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url="
        "https%3a%2f%2fgazette.example.org%2fschools%2foakfield%3fpage%3d2%26id%3d4&c=1",
        "https://gazette-example-org.cdn.ampproject.org/c/s/gazette.example.org/schools/oakfield?id=4&page=2",
        " https://gazette.example.org/schools/oakfield?id=4&page=2\n",
        "https://gazette.example.org/news/../schools/./%2e/x/..//../oakfield?id=4&page=2",
    ],
)
def test_all_ways_to_a_document_are_one_address(seen: str) -> None:
    assert canonical_url(seen) == ONE


def test_a_sid_too_short_for_a_session_is_the_number_of_a_story() -> None:
    stories = {canonical_url(f"https://news.example.org/modules.php?name=News&sid={n}") for n in (12, 13)}
    assert len(stories) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example.org/t/1#post-55", "https://a.example.org/t/1#post-56"),
        ("https://a.example.org/t/1#p55", "https://a.example.org/t/1"),
        ("https://a.example.org/showthread.php?t=1", "https://a.example.org/showthread.php?t=2"),
        ("https://a.example.org/a%2Fb", "https://a.example.org/a/b"),
        ("https://a.example.org:8443/", "https://a.example.org/"),
        ("https://a.example.org/Path", "https://a.example.org/path"),
        ("https://a.example.org/x?m=12", "https://a.example.org/x?m=13"),
    ],
)
def test_different_documents_stay_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_a_mobile_label_inside_the_host_is_folded() -> None:
    assert canonical_url("https://en.m.wiki.example.org/wiki/Oakfield") == (
        "https://en.wiki.example.org/wiki/Oakfield"
    )


def test_a_host_that_is_only_called_like_a_prefix_stays() -> None:
    assert canonical_url("https://m.co/x") == "https://m.co/x"


def test_old_google_news_ids_are_opened_and_new_ones_left() -> None:
    raw = b"\x08\x13\x22\x1fhttps://gazette.example.org/hedge\xd2\x01"
    old = "https://news.google.com/rss/articles/" + base64.urlsafe_b64encode(raw).decode().rstrip("=")
    assert unwrapped(old + "?oc=5") == "https://gazette.example.org/hedge"
    new = "https://news.google.com/rss/articles/CBMiwwFBVV95cUxQ"
    assert canonical_url(new + "?oc=5") == new


def test_what_is_no_http_address_is_left_as_it_is() -> None:
    for text in ("", "javascript:alert(1)", "tag:x,2026:1", "http://[::1", "oakfield"):
        assert canonical_url(text) == text


def forwarded(url: str, times: int) -> str:
    """The address behind so many forwarding addresses, one inside the other."""
    for _ in range(times):
        url = "https://www.google.com/url?q=" + quote(url, safe="")
    return url


def test_forwarding_addresses_within_one_another_are_followed_twenty_deep() -> None:
    assert canonical_url(forwarded("https://e.test/x", 20)) == "https://e.test/x"
    assert canonical_url(forwarded("https://e.test/x", 21)).startswith("https://google.com/url?q=")


PIECES = st.lists(
    st.sampled_from(
        [
            "https://",
            "http://",
            "www.",
            "m.",
            "amp.",
            "example.org",
            "/amp",
            "/x",
            "%2F",
            "%zz",
            "é",
            "?",
            "&",
            "a=1",
            "utm_x=2",
            "url=",
            "https%3A%2F%2Fe.test%2F",
            "google.com/url",
            "#p12",
            "#",
            ":80",
            "//",
            ".",
        ]
    ),
    max_size=14,
).map("".join)


@given(st.one_of(st.text(max_size=80), PIECES, PIECES.map(lambda rest: "https://" + rest)))
@example("https://www.google.com/url?url=https://www.google.com/url%3Furl%3Dhttps%253A%252F%252Fe.test")
def test_it_is_idempotent_and_never_raises(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once
