"""What can be watched behind an address that somebody gives."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.types import Response
from sources.places.behind import as_proposal, behind
from sources.places.by_address import by_address

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Thornbeck Echo</title></channel></rss>'
TOWN = "https://town.example.org"


def page(url, body="", head="", html="<html>", status=200):
    text = f"<!DOCTYPE html>{html}<head><title>Thornbeck</title>{head}</head><body>{body}</body></html>"
    return Response(url, status, (("content-type", "text/html; charset=utf-8"),), text.encode(), NOW)


def alternate(href, title="", kind="application/rss+xml"):
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def kinds_and_addresses(response, **said):
    return [(each.kind, each.url) for each in behind(response, **said)]


def addresses(response, **said):
    return [each.url for each in behind(response, **said)]


WORDS = "<p>The council met in Thornbeck on Tuesday about the crossing by the school gate.</p>" * 12


def test_a_feed_is_itself():
    response = Response(f"{TOWN}/rss", 200, (("content-type", "application/rss+xml"),), RSS, NOW)
    assert kinds_and_addresses(response) == [("feed", f"{TOWN}/rss")]


def test_a_page_leads_to_the_feeds_it_names_and_those_of_comments_come_last():
    head = (
        alternate("/comments/feed/", "Thornbeck Echo » Comments Feed")
        + alternate("/feed/", "Thornbeck Echo")
        + alternate("/feed.json", "Thornbeck Echo", "application/feed+json")
        + alternate("/wp-json/oembed/1.0/embed?format=xml", "oEmbed", "text/xml+oembed")
    )
    assert addresses(page(f"{TOWN}/news", WORDS, head)) == [
        f"{TOWN}/feed/",
        f"{TOWN}/feed.json",
        f"{TOWN}/comments/feed/",
    ]


def test_the_feed_of_one_thread_is_named_after_its_site():
    head = alternate("/feed/topic/12", "My stepdad hits me")
    assert [each.name for each in behind(page(f"{TOWN}/talk", WORDS, head))] == ["town.example.org"]


@pytest.mark.parametrize(
    ("head", "feed"),
    [
        ('<meta name="generator" content="WordPress 6.8">', f"{TOWN}/feed/"),
        (f'<link rel="https://api.w.org/" href="{TOWN}/blog/wp-json/">', f"{TOWN}/blog/feed/"),
        ("<meta content='blogger' name='generator'>", f"{TOWN}/feeds/posts/default"),
    ],
)
def test_a_blog_that_names_no_feed_has_the_one_of_its_software(head, feed):
    assert addresses(page(f"{TOWN}/2026/11/fete.html", WORDS, head)) == [feed]


def test_a_mastodon_tag_on_any_server_leads_to_its_feed():
    tag = page("https://social.example.org/tags/thornbeck", f'<div id="mastodon"></div>{WORDS}')
    assert addresses(tag) == ["https://social.example.org/tags/thornbeck.rss"]


BOARDS = [
    (f"{TOWN}/board/viewtopic.php?t=12", '<body id="phpbb" class="nojs">', "/board/feed.php"),
    (f"{TOWN}/t/parking/12", '<meta name="generator" content="Discourse 3.5">', "/posts.rss"),
    (f"{TOWN}/threads/parking.12/", '<html id="XF" lang="en-GB">', "/forums/-/index.rss"),
    (f"{TOWN}/vb/showthread.php?t=12", '<div id="post_message_3">', "/vb/external.php?type=RSS2"),
    (
        f"{TOWN}/thread-12.html",
        '<script>var my_post_key = "0";</script>',
        "/syndication.php?type=atom1.0&limit=50",
    ),
    (
        f"{TOWN}/smf/index.php?topic=12.0",
        '<script>var smf_theme_url = "";</script>',
        "/smf/index.php?action=.xml;type=atom;sa=recent;limit=50",
    ),
    (f"{TOWN}/topic/12-parking/", "<article data-commentapp='forums'>", "/discover/all.xml"),
    (f"{TOWN}/discussion/12/parking", "<script>gdn.meta = {};</script>", "/discussions/feed.rss"),
    (f"{TOWN}/topic/12/parking", '<li component="topic/header">', "/recentposts.rss"),
    (f"{TOWN}/d/12-parking", '<div id="flarum-content">', "/atom/discussions"),
    (
        f"{TOWN}/viewtopic.php?id=12",
        '<div id="punviewtopic" class="pun">',
        "/extern.php?action=feed&type=atom",
    ),
]


@pytest.mark.parametrize(("url", "mark", "feed"), BOARDS, ids=[feed for _, _, feed in BOARDS])
def test_a_board_is_known_by_its_software_and_leads_to_the_boards_own_feed(url, mark, feed):
    body = mark + WORDS
    assert f"{TOWN}{feed}" in addresses(page(url, body))[:2]


def test_a_board_in_a_folder_that_looks_like_a_page_is_found_by_what_its_page_says():
    told = '<script>baseURL: "//town.example.org/forum/"</script>'
    body = f'<article data-commentapp="forums">{WORDS}</article>{told}'
    assert addresses(page(f"{TOWN}/forum/topic/12-parking/", body))[0] == f"{TOWN}/forum/discover/all.xml"


SID = "sid=0123456789abcdef0123456789abcdef"
PHPBB_THREAD = (
    f'<div id="phpbb"><ul class="breadcrumbs"><li><a href="./index.php?{SID}">Board</a>'
    f'<li><a href="./viewforum.php?f=2&amp;{SID}">Schools</a></ul>'
    '<a href="./viewforum.php?f=9">Jump</a>'
    '<h2 class="topic-title"><a href="./viewtopic.php?t=12">Parking</a></h2>'
    '<div id="p5" class="post"><p class="author"><a class="username">Ash</a>'
    '<time datetime="2026-11-16T18:02:00+00:00">Mon</time></p><div id="post_content5" class="postbody">'
    '<div class="content">Double parked again by the gate this morning.</div></div></div></div>'
)


def test_a_thread_leads_to_the_boards_feed_then_its_list_then_itself():
    head = alternate(f"/app.php/feed?{SID}", "Feed - Thornbeck", "application/atom+xml")
    head += alternate("/app.php/feed/topic/12", "Feed - Topic - Parking", "application/atom+xml")
    thread = page(f"{TOWN}/viewtopic.php?t=12", f"{PHPBB_THREAD}{WORDS}", head, html="<html>")
    body = thread.body.replace(b"<body>", b'<body id="phpbb">')
    assert kinds_and_addresses(Response(thread.url, 200, thread.headers, body, NOW)) == [
        ("feed", f"{TOWN}/app.php/feed"),
        ("forum.phpbb", f"{TOWN}/viewforum.php?f=2"),
        ("forum.phpbb", f"{TOWN}/viewtopic.php?t=12"),
        ("feed", f"{TOWN}/app.php/feed/topic/12"),
    ]


def test_a_page_of_reviews_is_the_schools_entry():
    review = (
        '<script type="application/ld+json">'
        '{"@context":"https://schema.org","@type":"School","name":"Fell",'
        '"review":[{"@type":"Review","author":"A parent","datePublished":"2026-11-01",'
        '"reviewRating":{"@type":"Rating","ratingValue":"4"},"reviewBody":"Happy here."}]}</script>'
    )
    (found,) = behind(page("https://reviews.example.org/fell-school", WORDS, review))
    assert (found.kind, found.listing) == ("reviews.schema_org", True)


def test_a_schools_own_page_is_its_page_and_its_feed():
    site = page("https://fell.example.sch.uk/news", WORDS, alternate("/news/rss", "Fell School news"))
    assert kinds_and_addresses(site, own=True) == [
        ("own.page", "https://fell.example.sch.uk/news"),
        ("feed", "https://fell.example.sch.uk/news/rss"),
    ]


def test_a_schools_front_page_leads_to_its_page_of_news():
    body = f'{WORDS}<a href="https://www.bbc.co.uk/news">News</a><a href="/school-news/">Latest News</a>'
    assert kinds_and_addresses(page("https://www.fell.example.sch.uk/", body), own=True) == [
        ("own.page", "https://www.fell.example.sch.uk/"),
        ("own.page", "https://www.fell.example.sch.uk/school-news/"),
    ]


def test_a_site_whose_terms_forbid_it_is_found_but_off():
    thread = page(
        "https://www.netmums.com/coffeehouse/other-chat-514/12", WORDS, alternate("/feed", "Netmums")
    )
    found = behind(thread)
    assert found
    assert all(each.why_off for each in found)
    assert as_proposal(found[0], "netmums").source.disabled == found[0].why_off


@pytest.mark.parametrize(
    "profile",
    [
        "https://www.facebook.com/sam.example",
        "https://www.youtube.com/@samexample",
        f"{TOWN}/memberlist.php?mode=viewprofile&u=3",
        "https://www.reddit.com/user/samexample",
    ],
)
def test_somebodys_profile_leads_nowhere(profile):
    assert behind(page(profile, WORDS, alternate("/feeds/videos.xml?channel_id=UC1", "RSS"))) == ()
    assert by_address(profile) == ()


def test_the_schools_own_channel_leads_to_its_feed():
    channel = "https://www.youtube.com/@fellschool"
    feed = "https://www.youtube.com/feeds/videos.xml?channel_id=UC0123"
    assert feed in addresses(page(channel, WORDS, alternate(feed, "RSS")), own=True)


def test_a_wall_leads_only_to_what_the_address_says():
    wall = page(
        "https://forum.example.org/t/12", "<h1>Just a moment...</h1>", alternate("/rss", "x"), status=403
    )
    assert behind(wall) == ()


def test_an_article_of_wikipedia_leads_to_itself_and_its_edits_alone():
    recent = alternate("/w/index.php?title=Special:RecentChanges&feed=atom", "Wikipedia Atom feed")
    article = page("https://cy.wikipedia.org/wiki/Ysgol_Bro_Las", WORDS, recent)
    assert addresses(article) == ["https://cy.wikipedia.org/wiki/Ysgol_Bro_Las"]


@pytest.mark.parametrize(
    ("address", "kind", "feed"),
    [
        (
            "https://en.wikipedia.org/wiki/Fell_School?useskin=vector", "wikipedia",
            "https://en.wikipedia.org/wiki/Fell_School",
        ),
        ("https://old.reddit.com/r/thornbeck/top/", "feed", "https://www.reddit.com/r/thornbeck/new/.rss"),
        (
            "https://www.reddit.com/r/thornbeck/comments/1abc2d/parking/", "feed",
            "https://www.reddit.com/r/thornbeck/comments/1abc2d/.rss",
        ),
        ("https://toot.wales/tags/maesteg", "feed", "https://toot.wales/tags/maesteg.rss"),
        (
            "https://www.flickr.com/photos/tags/fellschool/", "feed",
            "https://api.flickr.com/services/feeds/photos_public.gne?tags=fellschool&format=atom",
        ),
        (
            "https://www.youtube.com/playlist?list=PL0123", "feed",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PL0123",
        ),
        (
            "https://news.google.com/search?q=%22Fell+School%22&hl=en-GB", "feed",
            "https://news.google.com/rss/search?q=%22Fell+School%22&hl=en-GB&gl=GB&ceid=GB%3Aen",
        ),
        (
            "https://www.bing.com/news/search?q=fell+school", "feed",
            "https://www.bing.com/news/search?q=fell+school&format=rss&mkt=en-GB",
        ),
        ("https://fellnews.blogspot.com/", "feed", "https://fellnews.blogspot.com/feeds/posts/default"),
    ],
)  # fmt: skip
def test_some_addresses_say_enough_by_themselves(address, kind, feed):
    (found,) = by_address(address)
    assert (found.kind, found.url) == (kind, feed)
    assert bool(found.why_off) == ("reddit" in address)


@pytest.mark.parametrize(
    "address", ["", "mailto:a@example.org", "https://[", f"{TOWN}/{'x' * 5000}", f"{TOWN}/news"]
)
def test_an_address_that_says_nothing_leads_nowhere(address):
    assert by_address(address) == ()


def test_hostile_markup_is_read_in_no_time():
    body = "<html " * 20_000 + "<body " * 20_000 + 'baseURL: "//' * 10_000 + "powered by <a " * 10_000
    assert behind(page(f"{TOWN}/topic/1-a/", body)) == ()


@pytest.mark.parametrize(
    "address",
    [
        "https://reports.ofsted.gov.uk/provider/21/900001",
        "https://www.estyn.gov.wales/provider/9000001",
        "https://education.gov.scot/inspection-and-review/find-an-inspection-report/report?id=12",
        "https://www.etini.gov.uk/publications/primary-inspection-fell-primary-school",
        "https://www.isi.net/school/fell-school-6100",
        "https://www.careinspectorate.com/index.php/care-services?detail=CS2003000001",
        "https://digital.careinspectorate.wales/directory/service/SIN-00000001",
    ],
)
def test_an_inspectorates_page_of_one_school_is_known_by_its_address(address):
    (found,) = by_address(address)
    assert (found.kind, found.listing) == ("inspection", True)
    place = as_proposal(found, "inspectorate", ("900001",))
    assert (place.source.kind, place.source.url, place.source.disabled) == ("inspection", address, None)
    assert "Open Government Licence" in place.terms


@pytest.mark.parametrize(
    "address",
    [
        "https://reports.ofsted.gov.uk/search?q=fell",
        "https://www.etini.gov.uk/publications/type/inspection-reports",
        "https://www.careinspectorate.com/index.php/care-services",
        "https://www.isi.net/school-search",
    ],
)
def test_an_inspectorates_search_is_nobodys_page(address):
    assert by_address(address) == ()


@given(st.text(alphabet="htps:/.?&=[]%#@wikipedaorgrctflyubm01 \x00é", max_size=60))
def test_no_address_makes_it_fail(address):
    by_address(address)
    by_address(f"https://en.wikipedia.org/wiki/{address}")
