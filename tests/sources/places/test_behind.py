"""What can be watched behind an address that somebody gives, and what it is."""

import csv
import gzip
import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.corpus import corpus_path
from support.for_each import for_each
from support.sentences import rows, sentences

from data.types import Response
from sources import nature as known
from sources.html.markup import decode, soup
from sources.nature import Nature, board_of_page, nature_at, nature_of_feed, nature_of_page
from sources.propose import by_address, make_proposal, places_behind_page

SAID = sentences("addresses/behind")

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Thornbeck Echo</title></channel></rss>'
TOWN = "https://town.example.org"


def page(url, body="", head="", html="<html>", status=200):
    text = f"<!DOCTYPE html>{html}<head><title>Thornbeck</title>{head}</head><body>{body}</body></html>"
    return Response(url, status, (("content-type", "text/html; charset=utf-8"),), text.encode(), NOW)


def alternate(href, title="", kind="application/rss+xml"):
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def kinds_and_addresses(response, **said):
    return [(each.kind, each.url) for each in places_behind_page(response, **said)]


def addresses(response, **said):
    return [each.url for each in places_behind_page(response, **said)]


WORDS = "<p>The council met in Thornbeck on Tuesday about the crossing by the school gate.</p>" * 12


def test_a_feed_a_tag_or_a_thread_leads_to_its_feed_under_the_name_of_its_site():
    response = Response(f"{TOWN}/rss", 200, (("content-type", "application/rss+xml"),), RSS, NOW)
    assert kinds_and_addresses(response) == [("feed", f"{TOWN}/rss")]
    head = alternate("/feed/topic/12", "My stepdad hits me")
    assert [each.name for each in places_behind_page(page(f"{TOWN}/talk", WORDS, head))] == [
        "town.example.org"
    ]
    tag = page("https://social.example.org/tags/thornbeck", f'<div id="mastodon"></div>{WORDS}')
    assert addresses(tag) == ["https://social.example.org/tags/thornbeck.rss"]


def test_a_page_leads_to_the_feeds_it_names_and_those_of_comments_come_last():
    head = (
        alternate("/comments/feed/", "Thornbeck Echo » Comments Feed")
        + alternate("/feed/", "Thornbeck Echo")
        + alternate("/feed.json", "Thornbeck Echo", "application/feed+json")
        + alternate("/wp-json/oembed/1.0/embed?format=xml", "oEmbed", "text/xml+oembed")
    )
    facts = addresses(page(f"{TOWN}/news", WORDS, head))
    assert facts == [f"{TOWN}/feed/", f"{TOWN}/feed.json", f"{TOWN}/comments/feed/"]


@for_each(
    ("head", "feed"),
    [
        ('<meta name="generator" content="WordPress 6.8">', f"{TOWN}/feed/"),
        (f'<link rel="https://api.w.org/" href="{TOWN}/blog/wp-json/">', f"{TOWN}/blog/feed/"),
        ("<meta content='blogger' name='generator'>", f"{TOWN}/feeds/posts/default"),
    ],
)
def test_a_blog_that_names_no_feed_has_the_one_of_its_software(head, feed):
    assert addresses(page(f"{TOWN}/2026/11/fete.html", WORDS, head)) == [feed]


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


@for_each(("url", "mark", "feed"), BOARDS)
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


def test_the_list_that_a_thread_stands_in_is_asked_for_from_its_first_page():
    crumbs = '<div class="breadcrumb"><a href="/forum-2-page-3.html">Schools</a></div>'
    thread = page(f"{TOWN}/thread-12.html", f'<script>var my_post_key = "0";</script>{crumbs}{WORDS}')
    assert addresses(thread)[1] == f"{TOWN}/forum-2.html"


def test_a_page_of_reviews_is_the_schools_entry():
    review = (
        '<script type="application/ld+json">'
        '{"@context":"https://schema.org","@type":"School","name":"Fell",'
        '"review":[{"@type":"Review","author":"A parent","datePublished":"2026-11-01",'
        '"reviewRating":{"@type":"Rating","ratingValue":"4"},"reviewBody":"Happy here."}]}</script>'
    )
    (found,) = places_behind_page(page("https://reviews.example.org/fell-school", WORDS, review))
    assert (found.kind, found.listing) == ("reviews.schema_org", True)


def test_a_schools_own_page_channel_and_news_are_found():
    site = page("https://fell.example.sch.uk/news", WORDS, alternate("/news/rss", "Fell School news"))
    assert kinds_and_addresses(site, own=True) == [
        ("own.page", "https://fell.example.sch.uk/news"),
        ("feed", "https://fell.example.sch.uk/news/rss"),
    ]
    body = f'{WORDS}<a href="https://www.bbc.co.uk/news">News</a><a href="/school-news/">Latest News</a>'
    assert kinds_and_addresses(page("https://www.fell.example.sch.uk/", body), own=True) == [
        ("own.page", "https://www.fell.example.sch.uk/"),
        ("own.page", "https://www.fell.example.sch.uk/school-news/"),
    ]
    channel = "https://www.youtube.com/@fellschool"
    feed = "https://www.youtube.com/feeds/videos.xml?channel_id=UC0123"
    assert feed in addresses(page(channel, WORDS, alternate(feed, "RSS")), own=True)


@for_each(
    "profile",
    [
        "https://www.facebook.com/sam.example",
        "https://www.youtube.com/@samexample",
        f"{TOWN}/memberlist.php?mode=viewprofile&u=3",
        "https://www.reddit.com/user/samexample",
    ],
)
def test_somebodys_profile_leads_nowhere(profile):
    assert (
        places_behind_page(page(profile, WORDS, alternate("/feeds/videos.xml?channel_id=UC1", "RSS"))) == ()
    )
    assert by_address(profile) == ()


def test_a_wall_leads_nowhere_an_article_to_itself_and_a_site_whose_terms_forbid_it_is_off():
    wall = page(
        "https://forum.example.org/t/12", "<h1>Just a moment...</h1>", alternate("/rss", "x"), status=403
    )
    assert places_behind_page(wall) == ()
    recent = alternate("/w/index.php?title=Special:RecentChanges&feed=atom", "Wikipedia Atom feed")
    article = page("https://cy.wikipedia.org/wiki/Ysgol_Bro_Las", WORDS, recent)
    assert addresses(article) == ["https://cy.wikipedia.org/wiki/Ysgol_Bro_Las"]
    thread = page(
        "https://www.netmums.com/coffeehouse/other-chat-514/12", WORDS, alternate("/feed", "Netmums")
    )
    found = places_behind_page(thread)
    assert found
    assert all(each.why_off for each in found)
    assert make_proposal(found[0], "netmums").source.disabled == found[0].why_off
    body = "<html " * 20_000 + "<body " * 20_000 + 'baseURL: "//' * 10_000 + "powered by <a " * 10_000
    assert places_behind_page(page(f"{TOWN}/topic/1-a/", body)) == ()


@for_each(("address", "kind", "feed"), rows(SAID["some_addresses_say_enough_by_themselves"]))
def test_some_addresses_say_enough_by_themselves(address, kind, feed):
    (found,) = by_address(address)
    assert (found.kind, found.url) == (kind, feed)
    assert bool(found.why_off) == ("reddit" in address)


@for_each("address", SAID["an_inspectorates_page_of_one_school"])
def test_an_inspectorates_page_of_one_school_is_known_by_its_address(address):
    (found,) = by_address(address)
    assert (found.kind, found.listing) == ("inspection", True)
    place = make_proposal(found, "inspectorate", ("900001",))
    assert (place.source.kind, place.source.url, place.source.disabled) == ("inspection", address, None)
    assert "Open Government Licence" in place.terms


@for_each(
    "address",
    [
        *("", "mailto:a@example.org", "https://[", f"{TOWN}/{'x' * 5000}", f"{TOWN}/news"),
        "https://reports.ofsted.gov.uk/search?q=fell",
        "https://www.etini.gov.uk/publications/type/inspection-reports",
        "https://www.careinspectorate.com/index.php/care-services",
        "https://www.isi.net/school-search",
    ],
)
def test_an_address_that_says_nothing_or_is_an_inspectorates_search_leads_nowhere(address):
    assert by_address(address) == ()


@given(st.text(alphabet="htps:/.?&=[]%#@wikipedaorgrctflyubm01 \x00é", max_size=60))
def test_no_address_makes_it_fail(address):
    by_address(address)
    by_address(f"https://en.wikipedia.org/wiki/{address}")


# --------------- what a place is, by its address, its page and its words


ROOT = Path(__file__).parents[3]
PAGES = ROOT / "tests" / "fixtures" / "outlets" / "front_pages.jsonl"


def of_page(url: str, html: str) -> Nature | None:
    return nature_of_page(url, soup(html), html, board_of_page(html))


@cache
def front_pages():
    """The host of each, its nature, and what is read of its page."""
    found = []
    for row in map(json.loads, PAGES.read_text("utf-8").splitlines()):
        html = f"<!doctype html><html>{row['head']}<body>{row['body']}{row['foot']}</body></html>"
        found.append((row["host"], row["nature"], (soup(html), html, board_of_page(html))))
    return found


@pytest.mark.parametrize(("listed", "least"), [(True, 0.97), (False, 0.85)], ids=["list", "without it"])
def test_front_pages_of_outlets_are_taken_for_the_press_and_others_are_not(monkeypatch, listed, least):
    if not listed:
        monkeypatch.setattr(known, "press_hosts", frozenset)
    found = [(host, of, nature_of_page(f"https://{host}/", *read)) for host, of, read in front_pages()]
    outlets = {host: nature is Nature.PAPER for host, of, nature in found if of == "paper"}
    others = {host: nature is Nature.PAPER for host, of, nature in found if of != "paper"}
    assert sum(outlets.values()) / len(outlets) >= least, [h for h, yes in outlets.items() if not yes]
    assert sum(others.values()) / len(others) <= 0.02, [h for h, yes in others.items() if yes]


def test_each_outlet_of_the_list_has_a_host_a_page_and_a_day():
    rows = list(csv.DictReader((ROOT / "data/outlets/uk.csv").read_text("utf-8").splitlines()))
    assert len(rows) >= 400
    assert len({row["host"] for row in rows}) == len(rows)
    for row in rows:
        assert row["page"].startswith("https://"), row
        assert date.fromisoformat(row["seen"]) <= date(2026, 11, 30), row
        assert nature_at(f"https://www.{row['host']}/news/a") is Nature.PAPER, row


@for_each(("url", "nature"), rows(SAID["what_an_address_alone_says"]))
def test_what_an_address_alone_says(url, nature):
    assert getattr(nature_at(url), "name", "") == nature


PHPBB = '<body id="phpbb" class="nojs"><p>Talk of the town</p><a href="./viewtopic.php?t=12">Gate</a>'


@for_each("html", [PHPBB, '<meta name="generator" content="Discourse 3.4"><p>Talk of the town</p>'])
@for_each("path", ["/", "/viewtopic.php?t=12", "/t/school-gate/12"])
def test_whatever_is_behind_a_boards_page_is_a_local_forum(html, path):
    head = '<link rel="alternate" type="application/rss+xml" title="All" href="/posts">'
    for said in (html, head + html):
        response = Response(f"https://town.example.org{path}", 200, (), said.encode(), NOW)
        feeds = [
            make_proposal(each, "board").source
            for each in places_behind_page(response)
            if each.kind == "feed"
        ]
        assert {feed.channel for feed in feeds} == {"local_forum"}


@for_each(
    ("title", "url"),
    [
        ("Town talk: latest topics", "https://town.example.org/forum-old/latest.rss"),
        ("Posts", "https://town.example.org/app.php/feed"),
        ("Northvale community forum", "https://town.example.org/feed"),
    ],
)
def test_a_boards_feed_that_was_set_up_before_is_known_by_its_address_or_its_title(title, url):
    assert nature_of_feed(title, url) is Nature.BOARD


def test_a_paper_by_its_page_is_news_and_what_its_readers_write_below_is_not():
    head = (
        '<link rel="alternate" type="application/rss+xml" title="Feed" href="/feed">'
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">'
    )
    foot = "<footer>We are members of the Independent Press Standards Organisation.</footer>"
    page = Response("https://lookout.example.org/", 200, (), f"{head}<p>Today</p>{foot}".encode(), NOW)
    found = {each.url: make_proposal(each, "a").source.channel for each in places_behind_page(page)}
    assert found == {
        "https://lookout.example.org/feed": "news",
        "https://lookout.example.org/comments/feed": None,
    }


@for_each(
    ("url", "channel"), [("https://lookout.example.org/", None), ("https://wren.wordpress.com/", "blog")]
)
def test_what_only_looks_like_a_blog_is_not_written_down_as_one(url, channel):
    head = '<meta name="generator" content="WordPress.com">'
    head += '<link rel="alternate" type="application/rss+xml" href="/feed">'
    page = Response(url, 200, (), f"{head}<p>My diary of Northvale</p>".encode(), NOW)
    assert {make_proposal(each, "a").source.channel for each in places_behind_page(page)} == {channel}


@for_each(
    ("foot", "nature"),
    [
        ("Regulated by Impress.", Nature.PAPER),
        ("We are not a member of IPSO.", None),
        ("No newspaper: neither Ofcom nor anybody else reads this.", None),
        ("Parochial church council of Northvale. Complaints go to IPSO.", Nature.PAPER),
    ],
)
def test_who_regulates_it_stands_at_the_foot(foot, nature):
    assert of_page("https://lookout.example.org/", f"<p>Hello</p><footer>{foot}</footer>") is nature


# --- real forum pages: each is known by its software


SOFTWARE = {
    "discourse": "Discourse", "flarum": "Flarum", "fluxbb": "FluxBB", "invision": "Invision Community",
    "mybb": "MyBB", "nodebb": "NodeBB", "phpbb": "phpBB", "simplemachines": "Simple Machines",
    "vanilla": "Vanilla", "vbulletin": "vBulletin", "xenforo2": "XenForo",
}  # fmt: skip
BUILT_ON = {"collegeconfidential-2184314.html": "Vanilla", "watchuseek-fora-5542550.html.gz": "XenForo"}
"""Among the forums of other kinds, those on known software under another name."""


@cache
def pages():
    """Every sample that is a page with an address: its family, its file's name, the response."""
    with corpus_path("samples", "INDEX.tsv").open(encoding="utf-8") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = []
    for row in rows:
        if row["url"] and ".html" in row["file"]:
            raw = corpus_path("samples", row["kind"], row["file"]).read_bytes()
            body = gzip.decompress(raw) if row["file"].endswith(".gz") else raw
            found.append((row["kind"], row["file"], Response(row["url"], 200, (), body, NOW)))
    return found


@pytest.mark.corpus
def test_every_boards_software_is_known_and_no_other_page_is_taken_for_a_board():
    wrong = {}
    for family, file, response in pages():
        found = board_of_page(decode(response.body)[0])
        name, expected = found.name if found else None, SOFTWARE.get(family) or BUILT_ON.get(file)
        if name != expected:
            wrong[file] = (name, expected)
    assert wrong == {}
