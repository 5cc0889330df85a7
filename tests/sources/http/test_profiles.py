"""Whose profile an address is: never asked for. A post's own address is none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.http.profiles import is_profile

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
    "https://www.facebook.com/groups/northvale/user/100000000000001/",
    "https://www.facebook.com/ann.example.1/posts",
    "https://www.facebook.com/public/Ann-Example",
    "https://x.com/search?q=from%3Aann_example&f=live",
    "https://x.com/search?q=oakfield+from:ann_example",
    "https://x.com/i/user/123456",
    "https://xcancel.com/ann_example/rss",
    "https://www.instagram.com/stories/ann_example/",
    "https://www.threads.com/@ann.example/replies",
    "https://www.tiktok.com/@ann.example?lang=en",
    "https://old.reddit.com/u/ann_example/submitted.json",
    "https://www.reddit.com/search/?q=author%3Aann_example",
    "https://www.youtube.com/channel/UCabc/community",
    "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc",
    "https://bsky.app/profile/ann.example.org/rss",
    "https://bsky.app/search?q=from%3Aann.example.org",
    "https://public.api.example.org/xrpc/app.bsky.feed.getAuthorFeed?actor=ann.example.org",
    "https://www.flickr.com/people/kid",
    "https://www.flickr.com/photos/kid/albums/7215",
    "https://www.flickr.com/services/feeds/photos_public.gne?id=1234@N00&format=atom",
    "https://kid-of-northvale.tumblr.com/",
    "https://kid-of-northvale.tumblr.com/rss",
    "https://www.tumblr.com/kid-of-northvale",
    "https://www.twitch.tv/kid_example/clips",
    "https://steamcommunity.com/id/kid_example/",
    "https://www.roblox.com/users/1/profile",
    "https://www.roblox.com/en/users/1/profile",
    "https://vsco.co/kid_example/gallery",
    "https://t.me/kid_example",
    "https://t.me/s/kid_example",
    "https://www.pinterest.co.uk/ann_example/cakes/",
    "https://medium.com/@ann.example",
    "https://medium.com/feed/@ann.example",
    "https://www.quora.com/profile/Ann-Example-1",
    "https://stackexchange.example.org/users/12/ann",
    "https://en.wikipedia.org/wiki/User:Ann_Example",
    "https://en.wikipedia.org/wiki/User_talk:Ann_Example",
    "https://en.wikipedia.org/wiki/Special:Contributions/Ann_Example",
    "https://en.wikipedia.org/w/index.php?title=Special:Contributions&target=Ann_Example",
    "https://en.wikipedia.org/w/api.php?action=feedcontributions&user=Ann_Example",
    "https://cy.wikipedia.org/wiki/Defnyddiwr:Ann_Example",
    "https://www.thestudentroom.co.uk/member.php?u=7",
    "https://www.trustpilot.com/users/5f1234567890abcdef123456",
    "https://www.google.com/maps/contrib/1234567890/reviews",
    "https://www.tripadvisor.co.uk/Profile/ann_example",
    "https://disqus.com/by/ann_example/comments/",
    "https://gamefaqs.gamespot.com/community/kid_example",
    "https://ask.fm/kid_example",
    "https://news.example.org/author/jane-smith/feed",
    "https://news.example.org/author/jane-smith/page/2/",
    "https://blog.example.org/?author=7",
    "https://blog.example.org/feed/?author_name=ann",
    "https://forum.example.org/search.php?author=kid",
    "https://forum.example.org/forums/search.php?do=finduser&u=7",
    "https://forum.example.org/search.php?action=finduser&uid=7",
    "https://forum.example.org/search.php?action=show_user_posts&user_id=7",
    "https://forum.example.org/search/member?user_id=7",
    "https://forum.example.org/search/12/?q=*&c[users]=ann",
    "https://forum.example.org/search/?q=parking&type=forums_topic&author=ann",
    "https://forum.example.org/index.php?action=profile;area=showposts;u=7",
    "https://forum.example.org/index.php?showuser=7",
    "https://forum.example.org/forum/member/7-ann",
    "https://forum.example.org/member.php/7-ann",
    "https://forum.example.org/member.php?action=profile&uid=7",
    "https://forum.example.org/profile/7-ann/content/page/2/",
    "https://forum.example.org/profile/7/ann",
    "https://forum.example.org/profile.php?id=7",
    "https://forum.example.org/user/ann/posts",
    "https://forum.example.org/user-7.html",
    "https://forum.example.org/u/ann.json",
    "https://forum.example.org/user_actions.json?username=ann",
    "https://forum.example.org/topics/created-by/ann.json",
    "https://forum.example.org/api/posts?filter[author]=ann",
    "https://forum.example.org/?q=author%3Aann",
    "https://forum.example.org/t5/user/viewprofilepage/user-id/7",
    "https://forum.example.org//%75sers//ann",
    "https://club.example.org/members/ann/activity/",
    "https://social.example.org/@ann.rss",
    "https://social.example.org/ap/users/117020566092212359",
    "https://news.example.org/authors/s/sm-so/jane-smith/",
    "https://market.example.org/user/ann/portfolio",
    "https://social.example.org/web/@ann@other.example.org",
    "https://social.example.org/api/v1/accounts/7/statuses",
    "https://video.example.org/accounts/ann/videos",
    "https://web.archive.org/web/2026/https://x.com/ann_example",
    "https://www.google.com/url?q=https%3A%2F%2Fx.com%2Fann_example",
    "https://forum.example.org/memberlist.php?mode=viewprofile&u=7&url=https://example.org/",
    "https://forum.example.org/index.php?members/ann.7/",
    "https://forum.example.org/index.php?/profile/7-ann/content/",
    "https://forum.example.org/index.php?p=/profile/7/ann",
    "https://forum.example.org/?qa=user/ann",
    "https://forum.example.org/profile/discussions/7/ann",
    "https://forum.example.org/profile/comments/ann?page=2",
    "https://forum.example.org/search?term=oakfield&in=posts&by[]=ann",
    "https://forum.example.org/search?searchJSON=%7B%22author%22%3A%5B%22ann%22%5D%7D",
    "https://www.reddit.com/r/northvale/../../user/ann_example",
    "https://www.reddit.com/r/northvale/%2e%2E/%2e%2e/user/ann_example",
    "https://www.reddit.com/r/..%2Fuser/ann_example",
    "https://www.reddit.com/./user/ann_example/.",
    "https://www.reddit.com/user\\ann_example",
    "https://www.reddit.com/r/u_ann_example/",
    "https://www.reddit.com/r/u_ann_example/.rss",
    'https://www.reddit.com/search.json?q=author:"ann_example"',
    "https://forum.example.org/threads/x/../../members/ann.7/",
    "https://forum.example.org/index.php?members/ann.7/",
    "https://forum.example.org/?members/ann.7/",
    "https://forum.example.org/forum/index.php?/profile/7-ann/",
    "https://forum.example.org/index.php?%2Fprofile%2F7-ann/&tab=posts",
    "https://forum.example.org/u/by-external/7.json",
    "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=ann.example.org",
    "https://social.example.org/users/ann/outbox",
    "https://social.example.org/users/ann/statuses",
    "https://www.instagram.com/api/v1/users/web_profile_info/?username=ann",
    "https://fxtwitter.com/ann_example",
    "https://web.archive.org/web/2026/reddit.com/user/ann_example",
    "https://archive.ph/newest/reddit.com/user/ann_example",
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
    "https://www.reddit.com/r/u_ann_example/comments/abc/title/",
    "https://social.example.org/users/ann/statuses/117020566092212359",
    "https://forum.example.org/index.php?threads/users.7/",
    "https://forum.example.org/index.php?/topic/7-members/",
    "https://forum.example.org/threads/x/../members-only.7/",
    "https://web.archive.org/web/2026/reddit.com/r/northvale/comments/abc/title/",
    "https://www.youtube.com/watch?v=abc123",
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
    "https://forum.example.org/t/users/12",
    "https://forum.example.org/t/what-people-say-of-the-user-guide/12/3",
    "https://forum.example.org/threads/members-of-the-public-at-the-gate.12/",
    "https://forum.example.org/threads/user.12/page-2",
    "https://forum.example.org/d/12-profile-of-our-new-head",
    "https://forum.example.org/topic/12/members-evening",
    "https://forum.example.org/viewtopic.php?t=12&u=7",
    "https://forum.example.org/showthread.php?t=12&uid=3",
    "https://forum.example.org/index.php?topic=12.0;action=view",
    "https://forum.example.org/search.php?keywords=oakfield",
    "https://forum.example.org/search?q=oakfield+primary",
    "https://forum.example.org/member.php?action=login",
    "https://forum.example.org/users/sign_in",
    "https://forum.example.org/user/login",
    "https://questions.example.org/questions/12/how-do-users-report-it",
    "https://news.example.org/people/choir-sings-at-hospice-1234567",
    "https://news.example.org/local/people-profile-head-retires",
    "https://news.example.org/accounts/2026",
    "https://news.example.org/authority/plans",
    "https://news.example.org/news/local/police-want-to-talk-to-these-people-about-robbery-1-7236667",
    "https://social.example.org/users/ann/statuses/114870142137562212",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fgazette.example.org%2Fchoir",
    "https://www.facebook.com/l.php?u=https%3A%2F%2Fgazette.example.org%2Fchoir",
    "https://x.com/search?q=oakfield%20primary&f=live",
    "https://x.com/search?q=oakfield%20-from%3Aoakfieldprimary",
    "https://forum.example.org/index.php?threads/members-evening.12/",
    "https://forum.example.org/index.php?/topic/12-our-new-users/",
    "https://forum.example.org/index.php?p=/discussion/12/profile",
    "https://forum.example.org/search?searchJSON=%7B%22keywords%22%3A%22oakfield%22%7D",
    "https://forum.example.org/search?q=oakfield&by=date",
    "https://x.com/login",
    "https://help.x.com/forms",
    "https://x.com/suspended",
    "https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Dabc123",
    "https://www.youtube.com/oops",
    "https://www.youtube.com/live",
    "https://www.facebook.com/unsupportedbrowser",
    "https://www.instagram.com/challenge/?next=x",
    "https://forum.example.org/user/sso?return=x",
    "https://www.facebook.com/login/?next=x",
    "https://www.facebook.com/",
    "https://www.facebook.com/robots.txt",
    "https://www.facebook.com/photo/?fbid=12&set=a.3",
    "https://www.facebook.com/story.php?story_fbid=1&id=2",
    "https://www.instagram.com/accounts/login/?next=x",
    "https://www.instagram.com/stories/ann_example/1234567890/",
    "https://www.instagram.com/?hl=en",
    "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabc",
    "https://www.youtube.com/shorts/abc123",
    "https://www.reddit.com/u/ann_example/s/AbC123",
    "https://www.flickr.com/photos/kid/53123456789/",
    "https://www.flickr.com/services/feeds/photos_public.gne?tags=oakfield",
    "https://kid-of-northvale.tumblr.com/post/123456/the-gate",
    "https://www.tumblr.com/kid-of-northvale/123456/the-gate",
    "https://www.tumblr.com/tagged/oakfield",
    "https://www.pinterest.co.uk/pin/123456/",
    "https://medium.com/@ann.example/parking-at-the-gate-0a1b2c",
    "https://t.me/northvale_news/123",
    "https://vimeo.com/123456789",
    "https://www.twitch.tv/videos/123",
    "https://bsky.app/profile/ann.example.org/feed/northvale",
    "https://bsky.app/search?q=oakfield",
    "https://en.wikipedia.org/wiki/User_experience",
    "https://en.wikipedia.org/w/index.php?title=Oakfield&action=history",
    "https://www.google.com/maps/@51.5,-0.1,15z",
    "https://www.google.com/alerts/feeds/1/2",
    "https://uk.trustpilot.com/review/oakfield.example.org",
    "https://web.archive.org/web/2026/https://town.example.org/viewtopic.php?t=12",
    "https://www.google.com/url?q=https%3A%2F%2Ftown.example.org%2Fviewtopic.php%3Ft%3D12",
]


@pytest.mark.parametrize("url", PROFILES)
def test_a_persons_page_or_list_of_posts_is_a_profile(url: str) -> None:
    assert is_profile(url)


@pytest.mark.parametrize("url", POSTS)
def test_what_was_said_at_its_own_address_is_none(url: str) -> None:
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


def test_an_address_within_an_address_without_end_makes_it_neither_fail_nor_wait() -> None:
    assert not is_profile("https://forum.example.org/?url=" * 20_000)


@pytest.mark.parametrize("url", ["", "not an address", "http://[", "mailto:ann@example.org"])
def test_what_is_no_address_is_none(url: str) -> None:
    assert not is_profile(url)


@pytest.mark.parametrize(
    "word", ["forum", "forum/", "user/", "viewprofile/", "a", "members/posts/", "..", "%2e/"]
)
def test_a_long_address_is_judged_at_once(word: str) -> None:
    began = time.process_time()
    is_profile(f"https://town.example.org/{word * 8_000}")
    assert time.process_time() - began < 1
