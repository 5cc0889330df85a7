"""Whose profile an address is: never asked for. A post's own address is none."""

from __future__ import annotations

import pytest

from sources.profiles import is_profile

PROFILES = [
    "https://www.facebook.com/profile.php?id=100000000000001",
    "https://www.facebook.com/people/Ann-Example/100000000000001/",
    "https://www.facebook.com/ann.example.1",
    "https://m.facebook.com/ann.example.1/photos?ref=x",
    "https://www.instagram.com/ann_example/",
    "https://www.instagram.com/ann_example/?hl=en",
    "https://x.com/ann_example",
    "https://x.com/pauline_example",
    "https://bsky.app/profile/ann.example.org/likes",
    "https://x.com/ann_example/with_replies",
    "https://twitter.com/ann_example?lang=en",
    "https://www.tiktok.com/@ann.example",
    "https://www.threads.net/@ann.example",
    "https://www.linkedin.com/in/ann-example-1/",
    "https://www.reddit.com/user/ann_example/",
    "https://www.reddit.com/user/ann_example/.rss",
    "https://www.snapchat.com/add/annexample",
    "https://www.youtube.com/@annexample/videos",
    "https://bsky.app/profile/ann.example.org",
    "https://social.example.org/@ann",
    "https://social.example.org/users/ann",
    "https://forum.example.org/memberlist.php?mode=viewprofile&u=7",
    "https://forum.example.org/search.php?author_id=7&sr=posts",
    "https://forum.example.org/member.php?u=7",
    "https://forum.example.org/index.php?action=profile;u=7",
    "https://forum.example.org/members/ann.7/",
    "https://forum.example.org/u/ann/summary",
]

POSTS = [
    "https://www.facebook.com/groups/northvale/posts/123/",
    "https://www.facebook.com/permalink.php?story_fbid=1&id=2",
    "https://www.facebook.com/ann.example.1/posts/pfbid0123",
    "https://www.instagram.com/p/Cabc123/",
    "https://x.com/ann_example/status/1234567890",
    "https://x.com/i/web/status/1234567890",
    "https://www.tiktok.com/@ann.example/video/7123",
    "https://www.threads.net/@ann.example/post/Cabc",
    "https://www.linkedin.com/posts/ann-example_activity-1",
    "https://www.reddit.com/r/northvale/comments/abc/title/",
    "https://www.reddit.com/user/ann_example/comments/abc/title/",
    "https://www.reddit.com/r/northvale/.rss",
    "https://www.youtube.com/watch?v=abc123",
    "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc",
    "https://bsky.app/profile/ann.example.org/post/3kabc",
    "https://social.example.org/@ann/112233445566",
    "https://social.example.org/users/ann/statuses/112233",
    "https://forum.example.org/viewtopic.php?t=12&p=345",
    "https://forum.example.org/threads/parking.12/post-345",
    "https://forum.example.org/t/parking/12/3",
    "https://www.mumsnet.com/talk/local/12-school-gate-parking",
    "https://www.google.com/maps/place/Oakfield",
    "https://example.org/feed.xml",
    "https://example.org/",
]


@pytest.mark.parametrize("url", PROFILES)
def test_a_persons_page_or_list_of_posts_is_a_profile(url: str) -> None:
    assert is_profile(url)


@pytest.mark.parametrize("url", POSTS)
def test_what_was_said_at_its_own_address_is_none(url: str) -> None:
    assert not is_profile(url)


@pytest.mark.parametrize("url", ["", "not an address", "http://[", "mailto:ann@example.org"])
def test_what_is_no_address_is_none(url: str) -> None:
    assert not is_profile(url)
