"""One address for one document, what cannot be seen in it is marked, and one table of places."""

import base64
import re
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.web.channels import (
    CHANNELS,
    ELSEWHERE,
    OF_SOURCES,
    OPEN_TO_ALL,
    Keeping,
    PlaceKind,
    Reporter,
    channel,
    channel_at,
)
from data.web.urls import MARK, canonical_url, host_in_full, unwrap, visible
from monitor.reports.manual import fill_page

ONE = "https://gazette.example.org/schools/oakfield?id=4&page=2"


WAYS = (
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
    "\ufeffhttps://gazette.example.org/\u200bschools/oak\u00adfield?id=4&page=2\u2060",
    "https://ｇａｚｅｔｔｅ．example.org/schools/oakfield?id=4&page=2",
    "ｈｔｔｐｓ：／／gazette.example.org/schools/oakfield?id=4&page=2",
)


@pytest.mark.parametrize("seen", WAYS)
def test_all_ways_to_a_document_are_one_address(seen: str) -> None:
    assert canonical_url(seen) == ONE


@pytest.mark.parametrize("letter", ["а", "ᴀ", "🅰"])
def test_a_host_in_letters_that_only_look_alike_is_another(letter: str) -> None:
    assert canonical_url(ONE.replace("gazette", f"g{letter}zette")) != canonical_url(ONE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("t/1#post-55", "t/1#post-56"), ("t/1#p55", "t/1"), ("showthread.php?t=1", "showthread.php?t=2"),
        ("a%2Fb", "a/b"), ("Path", "path"), ("x?m=12", "x?m=13"),
        ("modules.php?name=News&sid=12", "modules.php?name=News&sid=13"),  # too short for a session
    ],
)  # fmt: skip
def test_different_documents_stay_apart(one: str, other: str) -> None:
    assert canonical_url(f"https://a.example.org/{one}") != canonical_url(f"https://a.example.org/{other}")
    assert canonical_url("https://a.example.org:8443/") != canonical_url("https://a.example.org/")


@pytest.mark.parametrize(
    ("seen", "address"),
    [
        ("https://en.m.wiki.example.org/wiki/Oakfield", "https://en.wiki.example.org/wiki/Oakfield"),
        ("https://m.co/x", "https://m.co/x"),
        *((text, text) for text in ("", "javascript:alert(1)", "tag:x,2026:1", "http://[::1", "oakfield")),
    ],
)
def test_a_mobile_label_is_folded_and_what_is_none_or_no_http_address_is_left(seen, address):
    assert canonical_url(seen) == address


def test_old_google_news_ids_are_opened_and_new_ones_left() -> None:
    raw = b"\x08\x13\x22\x1fhttps://gazette.example.org/hedge\xd2\x01"
    old = "https://news.google.com/rss/articles/" + base64.urlsafe_b64encode(raw).decode().rstrip("=")
    assert unwrap(old + "?oc=5") == "https://gazette.example.org/hedge"
    new = "https://news.google.com/rss/articles/CBMiwwFBVV95cUxQ"
    assert canonical_url(new + "?oc=5") == new


def test_forwarding_addresses_within_one_another_are_followed_twenty_deep() -> None:
    url = "https://e.test/x"
    for _ in range(20):
        url = "https://www.google.com/url?q=" + quote(url, safe="")
    assert canonical_url(url) == "https://e.test/x"
    deeper = "https://www.google.com/url?q=" + quote(url, safe="")
    assert canonical_url(deeper).startswith("https://google.com/url?q=")


PIECES = st.lists(
    st.sampled_from(
        [
            "https://", "http://", "www.", "m.", "amp.", "example.org", "/amp", "/x", "%2F", "%zz", "é",
            "?", "&", "a=1", "utm_x=2", "url=", "https%3A%2F%2Fe.test%2F", "google.com/url", "#p12", "#",
            ":80", "//", ".",
        ]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(st.one_of(st.text(max_size=80), PIECES, PIECES.map(lambda rest: "https://" + rest)))
@example("https://www.google.com/url?url=https://www.google.com/url%3Furl%3Dhttps%253A%252F%252Fe.test")
def test_it_is_idempotent_and_never_raises(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


# ------------------------------------------------------------------------- what cannot be seen


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a⟦U+202E⟧b"), ("pay\u200bpal", "pay⟦U+200B⟧pal"),
        ("\u202e\u2066" * 5000, "⟦U+202E ×10000⟧"), ("a\u200db", "a⟦U+200D⟧b"),
        ("\x00\x1b[2J", "⟦U+0000 ×2⟧[2J"), ("e" + "\u0301" * 90, "e" + "\u0301" * 4 + "⟦U+0301 ×86⟧"),
        ("\ufeffstart", "⟦U+FEFF⟧start"), ("tag\U000e0041\U000e0042", "tag⟦U+E0041 ×2⟧"),
        ("\u3164", "⟦U+3164⟧"), ("\ud800", "⟦U+D800⟧"),
        ("one\r\ntwo\u2028three\x85four", "one\ntwo\nthree\nfour"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_marked(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Plain words,\n\ton two lines – “quoted”.", "👩‍👩‍👧 and 👍🏽 and ❤️", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "می‌خواهم",
        "שלום عليكم", "dôl, e\u0301te\u0301",
    ],
)  # fmt: skip
def test_what_people_write_every_day_stays_as_it_is(text):
    assert visible(text) == text


STEERING = ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")


@given(
    st.text(
        st.sampled_from(
            "aA\u0301\ud800\x00\n\u2028\u200d\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        )
    )
)
def test_nothing_that_steers_is_left_and_it_never_grows_without_bound(text):
    shown = visible(text)
    assert [c for c in shown if unicodedata.bidirectional(c) in STEERING] == []
    assert len(shown) <= 16 * len(text)
    assert shown.count(MARK) <= len(text)
    shown.encode()


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("forum.example.org", "forum.example.org"),
        ("ysgol-dôl.example", "ysgol-dôl.example (xn--ysgol-dl-b4a.example)"),
        ("xn--ysgol-dl-b4a.example", "ysgol-dôl.example (xn--ysgol-dl-b4a.example)"),
        ("аррӏе.example", "аррӏе.example (xn--80ak6aa92e.example)"),
        ("a" * 64 + ".example", "a" * 64 + ".example"),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
def test_a_host_of_other_letters_bears_how_it_is_looked_up(host, shown):
    assert host_in_full(host) == shown


# ------------------------------------------------------------------------- one table of places


POLICIES_NAME = (
    "website facebook instagram x tiktok snapchat youtube whatsapp learning_platform linkedin flickr "
    "discord threads bluesky mastodon trustpilot google_review roblox minecraft other_game in_person "
    "telephone letter email news_comment petition mumsnet reddit wikipedia thestudentroom netmums "
    "blog"
)


def test_every_place_that_the_policies_name_can_be_handed_in():
    assert set(POLICIES_NAME.split()) <= set(CHANNELS)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.facebook.com/northvale/posts/1", "facebook"),
        ("https://m.facebook.com/groups/1/posts/2", "facebook"), ("https://x.com/someone/status/1", "x"),
        ("https://twitter.com/someone/status/1", "x"),
        ("https://www.tiktok.com/@someone/video/1", "tiktok"), ("https://youtu.be/abc", "youtube"),
        ("https://www.linkedin.com/feed/update/urn:li:activity:1", "linkedin"),
        ("https://www.flickr.com/photos/someone/1", "flickr"),
        ("https://discord.com/channels/1/2/3", "discord"),
        ("https://classroom.google.com/c/MTIz/p/NDU2", "learning_platform"),
        ("https://chat.whatsapp.com/abc", "whatsapp"),
        ("https://www.whatsapp.com/channel/abc", "whatsapp_channel"),
        ("https://whatsapp.com/channel/0029", "whatsapp_channel"),
        ("https://whatsapp.com/channels", "whatsapp"), ("https://maps.google.com/", "google_review"),
        ("https://www.google.co.uk/maps/place/1", "google_review"),
        ("https://www.google.co.uk/search?q=1", "google_search"),
        ("https://www.bing.com/search?q=1", "bing_search"), ("https://www.google.co.uk/", "website"),
        ("https://web.archive.org/web/2026/https://x.com/someone/status/1", "archive_org"),
        ("https://archive.ph/AbCdE", "archive_today"), ("https://toot.wales/@someone/1", "mastodon"),
        ("https://www.roblox.com/games/1", "roblox"), ("https://www.change.org/p/1", "petition"),
        ("https://someone.tumblr.com/post/1", "other_platform"), ("https://notfacebook.com/1", "website"),
        ("https://facebook.com.example.org/1", "website"), ("https://FACEBOOK.com./1", "facebook"),
        ("https://example.org/parents.html", "website"), ("http://[::1", ""), ("by the gate", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_place_is_known_by_the_address_and_an_unknown_host_is_a_website(url, key):
    assert channel_at(url) == key


def test_a_place_that_there_is_not_is_as_one_that_nobody_named():
    assert channel("village_noticeboard") is CHANNELS[ELSEWHERE]


def test_no_source_is_of_a_place_that_is_private():
    private = "whatsapp learning_platform discord facebook_group in_person letter email"
    assert not set(private.split()) & set(OF_SOURCES)


def test_what_was_said_to_somebody_has_nothing_to_report():
    for row in CHANNELS.values():
        nothing = row.place is PlaceKind.NOTHING
        assert nothing is (row.reporter is Reporter.NOBODY), row
        assert nothing is (row.keeping in (Keeping.WORDS, Keeping.FILE)), row
        assert not (nothing and (row.reports or row.has_operator or row.public)), row


def test_an_archive_and_a_search_take_requests_and_nobody_writes_there():
    for key in ("archive_org", "archive_today", "google_search", "bing_search"):
        row = channel(key)
        assert row.reports
        assert row.place in (PlaceKind.ARCHIVE, PlaceKind.SEARCH)
        assert not row.has_operator
        assert key not in (*OF_SOURCES, *OPEN_TO_ALL)


def test_the_page_on_handing_in_names_every_place():
    page = fill_page((Path(__file__).parents[2] / "docs" / "handing-in.md").read_text(encoding="utf-8"))
    rows = page.partition("| where | evidence |")[2].partition("|---|---|---|\n")[2].partition("\n\n")[0]
    named = [word for row in rows.splitlines() for word in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted(CHANNELS)
