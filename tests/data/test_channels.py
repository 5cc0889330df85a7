"""One table of places: what an address is of, what a source may say, who reports what."""

import re
from pathlib import Path

import pytest
from support.for_each import for_each

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

POLICIES_NAME = [
    "website",
    "facebook",
    "instagram",
    "x",
    "tiktok",
    "snapchat",
    "youtube",
    "whatsapp",
    "learning_platform",
    "linkedin",
    "flickr",
    "discord",
    "threads",
    "bluesky",
    "mastodon",
    "trustpilot",
    "google_review",
    "roblox",
    "minecraft",
    "other_game",
    "in_person",
    "telephone",
    "letter",
    "email",
    "news_comment",
    "petition",
    "mumsnet",
    "reddit",
    "wikipedia",
    "thestudentroom",
    "netmums",
    "blog",
]


@for_each("key", POLICIES_NAME)
def test_every_place_that_the_policies_name_can_be_handed_in(key):
    assert key in CHANNELS


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.facebook.com/northvale/posts/1", "facebook"),
        ("https://m.facebook.com/groups/1/posts/2", "facebook"),
        ("https://x.com/someone/status/1", "x"),
        ("https://twitter.com/someone/status/1", "x"),
        ("https://www.tiktok.com/@someone/video/1", "tiktok"),
        ("https://youtu.be/abc", "youtube"),
        ("https://www.linkedin.com/feed/update/urn:li:activity:1", "linkedin"),
        ("https://www.flickr.com/photos/someone/1", "flickr"),
        ("https://discord.com/channels/1/2/3", "discord"),
        ("https://classroom.google.com/c/MTIz/p/NDU2", "learning_platform"),
        ("https://chat.whatsapp.com/abc", "whatsapp"),
        ("https://www.whatsapp.com/channel/abc", "whatsapp_channel"),
        ("https://www.google.co.uk/maps/place/1", "google_review"),
        ("https://www.google.co.uk/search?q=1", "google_search"),
        ("https://www.bing.com/search?q=1", "bing_search"),
        ("https://www.google.co.uk/", "website"),
        ("https://web.archive.org/web/2026/https://x.com/someone/status/1", "archive_org"),
        ("https://archive.ph/AbCdE", "archive_today"),
        ("https://toot.wales/@someone/1", "mastodon"),
        ("https://www.roblox.com/games/1", "roblox"),
        ("https://www.change.org/p/1", "petition"),
        ("https://someone.tumblr.com/post/1", "other_platform"),
        ("https://notfacebook.com/1", "website"),
        ("https://facebook.com.example.org/1", "website"),
        ("https://FACEBOOK.com./1", "facebook"),
        ("https://example.org/parents.html", "website"),
        ("http://[::1", ""),
        ("by the gate", ""),
        ("", ""),
    ],
)
def test_the_place_is_known_by_the_address_and_an_unknown_host_is_a_website(url, key):
    assert channel_at(url) == key


def test_a_place_that_there_is_not_is_as_one_that_nobody_named():
    assert channel("village_noticeboard") is CHANNELS[ELSEWHERE]


@pytest.mark.parametrize(
    "key", ["whatsapp", "learning_platform", "discord", "facebook_group", "in_person", "letter", "email"]
)
def test_no_source_is_of_a_place_that_is_private(key):
    assert key not in OF_SOURCES


@for_each("row", CHANNELS.values())
def test_what_was_said_to_somebody_has_nothing_to_report(row):
    nothing = row.place is PlaceKind.NOTHING
    assert nothing is (row.reporter is Reporter.NOBODY)
    assert nothing is (row.keeping in (Keeping.WORDS, Keeping.FILE))
    assert not (nothing and (row.reports or row.operated or row.public))


@pytest.mark.parametrize("key", ["archive_org", "archive_today", "google_search", "bing_search"])
def test_an_archive_and_a_search_take_requests_and_nobody_writes_there(key):
    row = channel(key)
    assert row.reports
    assert row.place in (PlaceKind.ARCHIVE, PlaceKind.SEARCH)
    assert not row.operated
    assert key not in (*OF_SOURCES, *OPEN_TO_ALL)


def test_the_page_on_handing_in_names_every_place():
    page = (Path(__file__).parents[2] / "docs" / "handing-in.md").read_text(encoding="utf-8")
    rows = (
        page.partition("| `--channel` |")[2].partition("|---|---|---|\n")[2].partition("\n\n")[0].splitlines()
    )
    named = [word for row in rows for word in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted(CHANNELS)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://whatsapp.com/channel/0029", "whatsapp_channel"),
        ("https://whatsapp.com/channels", "whatsapp"),
        ("https://www.google.co.uk/maps/place/1", "google_review"),
        ("https://maps.google.com/", "google_review"),
        ("https://notfacebook.com/a", "website"),
    ],
)
def test_of_two_places_at_one_address_the_narrower_is_meant(url, key):
    assert channel_at(url) == key
