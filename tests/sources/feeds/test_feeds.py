"""Feeds in every format, and the ways of those that publish them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from conformance import FETCHED_AT, CollectorConformance, Document
from hypothesis import given
from hypothesis import strategies as st

from data.types import Mention, MentionKind, Page, Response, Source
from sources.feeds.collector import Feed
from sources.parse import parse_document

XML = "application/rss+xml; charset=utf-8"
RSS2 = Document(
    "feeds/rss2.xml",
    "https://gazette.example.org/schools/rss.xml",
    3,
    words="Neighbours ask for cones.",
    escape="xml",
    content_type=XML,
)
RDF = Document(
    "feeds/rdf.xml",
    "https://bulletin.example.org/rdf",
    2,
    words="Cakes, games and a raffle.",
    escape="xml",
    content_type=XML,
)
ATOM = Document(
    "feeds/atom.xml",
    "https://parent.example.org/atom.xml",
    2,
    words="Our teacher rang every week.",
    escape="xml",
    content_type=XML,
)
ATOM2 = Document("feeds/atom2.xml", "https://parent.example.org/atom.xml?page=2", 1, content_type=XML)
JSON = Document(
    "feeds/feed.json",
    "https://governors.example.sch.uk/feed.json",
    2,
    words="The library gets new shelves.",
    escape="json",
    content_type="application/feed+json",
)
ALERTS = Document("feeds/google_alerts.xml", "https://www.google.com/alerts/feeds/0/1", 1, content_type=XML)
NEWS = Document("feeds/google_news.xml", "https://news.google.com/rss/search?q=oakfield", 1, content_type=XML)
BING = Document(
    "feeds/bing_news.xml", "https://www.bing.com/news/search?q=oakfield&format=rss", 1, content_type=XML
)
REDDIT = Document(
    "feeds/reddit_thread.xml",
    "https://www.reddit.com/r/northvale/comments/1abcde/gate_parking/.rss",
    3,
    words="Ring the council, they do answer.",
    escape="xml",
    content_type=XML,
)
NESTED = Document("feeds/nested.xml", "https://burner.example.org/diary", 1, content_type=XML)


class TestFeed(CollectorConformance):
    kind = "feed"
    documents = (RSS2, RDF, ATOM, JSON, ALERTS, NEWS, BING, REDDIT, NESTED)
    pages = (ATOM, ATOM2)


def parse(body: bytes | str, url: str = "https://gazette.example.org/rss.xml", **source: str) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    response = Response(url, 200, (), raw, FETCHED_AT)
    return Feed().parse(Source("s", "feed", url, **source), response)  # type: ignore[arg-type]


def read(document: Document) -> tuple[Mention, ...]:
    return parse(document.body, document.url).mentions


def rss(items: str, head: str = "") -> str:
    return (
        f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Gazette</title>{head}'
        f"<link>https://gazette.example.org/</link>{items}</channel></rss>"
    )


def test_an_rss_item_becomes_an_article() -> None:
    first = read(RSS2)[0]
    assert first.kind is MentionKind.ARTICLE
    assert first.channel == "news"
    assert first.title == "Oakfield choir brings tears and smiles to hospice"
    assert first.text == (
        "Thirty pupils of Oakfield Primary sang for the patients on Monday.\nThey will be back at Easter."
    )
    assert first.quoted == "It was the best hour of my year."
    assert first.author == "Petra Quill"
    assert first.published == datetime(2026, 11, 16, 17, 5, tzinfo=UTC)


def test_relative_links_are_resolved_and_foreign_day_names_read() -> None:
    second = read(RSS2)[1]
    assert second.url == "https://gazette.example.org/schools/parking-at-the-gate"
    assert second.title == "Parking at the gate & in Station Road"
    assert second.published == datetime(2026, 11, 14, 9, tzinfo=UTC)


def test_an_item_without_a_date_has_none_and_the_page_says_so() -> None:
    page = parse(RSS2.body, RSS2.url)
    assert page.mentions[2].published is None
    assert "No date could be read on 1 of 3 items." in page.warnings


def test_an_rdf_item_keeps_its_creator_and_reads_a_naive_time_in_the_page_s_zone() -> None:
    first, second = read(RDF)
    assert first.author == "R. Thatcher"
    assert second.published == datetime(2026, 10, 28, 14, 33, tzinfo=UTC)


def test_an_atom_entry_tells_its_edit_and_the_feed_its_next_page() -> None:
    page = parse(ATOM.body, ATOM.url)
    first, second = page.mentions
    assert first.title == "Why we stayed"
    assert first.author == "Juno Marsh"
    assert first.edited == datetime(2026, 11, 15, 20, tzinfo=UTC)
    assert second.published == datetime(2026, 11, 2, 6, 15, tzinfo=UTC)
    assert second.edited is None
    assert page.next is not None
    assert page.next.url == "https://parent.example.org/atom.xml?page=2"


def test_a_json_feed_gives_authors_and_plain_text_as_it_is() -> None:
    first, second = read(JSON)
    assert first.author == "Ada Finch, Ben Roe"
    assert (first.text, first.quoted) == ("The library gets new shelves.", "We asked for them in May.")
    assert second.text == "Five < six, and the choir sang."
    assert second.url == "https://gazette.example.org/schools/oakfield-choir"


def test_an_alert_s_link_is_unwrapped_and_its_title_has_no_markup() -> None:
    (alert,) = read(ALERTS)
    assert alert.channel == "google_news"
    assert alert.url == "https://gazette.example.org/hedge?id=4"
    assert alert.title == "Oakfield Primary pupils plant a hedge"
    assert alert.author is None


def test_a_google_news_item_keeps_its_title_and_not_other_papers_headlines() -> None:
    (item,) = read(NEWS)
    assert item.title == "Oakfield pupils plant a hedge - Northvale Gazette"
    assert item.text == ""
    assert item.author is None


def test_a_bing_item_is_unwrapped_and_signed_by_its_outlet() -> None:
    (item,) = read(BING)
    assert item.url == "https://gazette.example.org/hedge/"
    assert item.author == "Northvale Gazette"
    assert item.channel == "bing_news"


def test_an_alert_about_a_platform_s_post_stands_on_that_platform() -> None:
    body = ALERTS.body.replace(
        b"https://gazette.example.org/hedge%3Fid%3D4", b"https://www.mumsnet.com/talk/12-hedge"
    )
    (alert,) = parse(body, ALERTS.url).mentions
    assert (alert.channel, alert.kind) == ("mumsnet", MentionKind.POST)


def test_an_atom_reply_names_its_parent_as_the_parent_is_named() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">'
        "<entry><id>https://a.example.org/p?utm_source=x</id><title>Post</title></entry>"
        '<entry><id>https://a.example.org/r</id><title>Reply</title><thr:in-reply-to ref="https://a.example.org/p"/>'
        "</entry></feed>"
    )
    post, reply = parse(body).mentions
    assert reply.kind is MentionKind.REPLY
    assert reply.parent == post.id


def test_a_reddit_thread_gives_the_post_and_its_replies() -> None:
    post, reply, link = read(REDDIT)
    assert (post.kind, reply.kind) == (MentionKind.POST, MentionKind.REPLY)
    assert post.text == "Cars on the zigzags again this morning."
    assert (reply.text, reply.quoted) == ("Ring the council, they do answer.", "Cars on the zigzags")
    assert reply.parent == post.id
    assert reply.published == datetime(2026, 11, 14, 20, tzinfo=UTC)
    assert link.text == ""


def test_an_item_nested_in_an_item_is_read_once() -> None:
    page = parse(NESTED.body, NESTED.url)
    assert [m.url for m in page.mentions] == ["https://burner.example.org/~r/diary/1"]
    assert page.mentions[0].published == datetime(2026, 11, 11, 20, 50, tzinfo=UTC)


def test_an_item_given_twice_is_read_once_and_the_page_says_so() -> None:
    page = parse(rss("<item><guid>a</guid><title>One</title></item>" * 2))
    assert len(page.mentions) == 1
    assert "Duplicate items, read once: 1." in page.warnings


_ELSEWHERE = (
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/' "
    "xmlns:itunes='http://www.itunes.com/DTDs/PodCast-1.0.dtd' xmlns:dcterms='http://purl.org/dc/terms/' "
    "xmlns:a='http://www.w3.org/2005/Atom'"
)


@pytest.mark.parametrize(
    ("item", "title", "text", "dated"),
    [
        ("<dc:title>Gate</dc:title>", "Gate", "", False),
        ("<media:title>Gate</media:title>", "Gate", "", False),
        ("<dc:description>Shut.</dc:description>", "", "Shut.", False),
        ("<itunes:summary>Shut.</itunes:summary>", "", "Shut.", False),
        ("<title>Gate</title><dcterms:issued>2026-11-16T08:00:00Z</dcterms:issued>", "Gate", "", True),
        ("<title>Gate</title><a:published>2026-11-16T08:00:00Z</a:published>", "Gate", "", True),
        ("<title>Gate</title><updated>2026-11-16T08:00:00Z</updated>", "Gate", "", True),
        ("<title>Gate</title><dc:date>20261116T08:00:00</dc:date>", "Gate", "", True),
    ],
)
def test_what_an_item_says_in_the_words_of_other_formats_is_read(
    item: str, title: str, text: str, dated: bool
) -> None:
    page = parse(f"<rss version='2.0' {_ELSEWHERE}><channel><item>{item}</item></channel></rss>")
    assert [(m.title, m.text, m.published is not None) for m in page.mentions] == [(title, text, dated)]


_BROKEN = {
    "an open section": "<item><title><![CDATA[Never closed</title></item>",
    "an open comment": "<item><!-- never closed<title>Two</title></item>",
    "an open item": "<item><title>Two",
    "an ended feed": "<item><title>Two</title></item></channel></rss>",
    "a bare ampersand": "<item><title>Two & two</title></item>",
    "an entity of nobody's": "<item><title>Two &nosuch; two</title></item>",
}


@pytest.mark.parametrize("name", _BROKEN)
def test_beside_a_broken_item_all_others_are_whole_and_the_damage_is_said(name: str) -> None:
    good = (
        "<item><title>{0}</title><link>https://a.example.org/{0}</link><description>{0}.</description></item>"
    )
    page = parse(rss(good.format("One") + _BROKEN[name] + good.format("Three") + good.format("Four")))
    whole = [(m.title, m.url.rpartition("/")[2], m.text) for m in page.mentions if m.text]
    assert [row for row in whole if row[0] != "Two"] == [(n, n, f"{n}.") for n in ("One", "Three", "Four")]
    assert any("damaged" in warning for warning in page.warnings)


def test_a_section_that_holds_an_item_s_markup_is_that_item_s_words() -> None:
    said = "<![CDATA[How feeds are made: <item><title>x</title></item>, and so on.]]>"
    page = parse(rss(f"<item><title>One & only</title><description>{said}</description></item>"))
    assert [m.title for m in page.mentions] == ["One & only"]
    assert "and so on." in page.mentions[0].text


def test_a_feed_of_nothing_but_open_sections_is_soon_given_up() -> None:
    for opening in ("<item><![CDATA[", "<item><!--", "<item>&", "<item>"):
        started = time.process_time()
        parse(rss(opening * 24_000))
        assert time.process_time() - started < 4


def test_of_a_json_feed_that_breaks_off_the_whole_items_are_kept() -> None:
    items = [{"id": str(n), "content_text": f"No. {n}"} for n in range(3)]
    whole = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    page = parse(whole[:-8])
    assert [m.text for m in page.mentions] == ["No. 0", "No. 1"]
    assert any("damaged or cut off" in warning for warning in page.warnings)


def test_feedburner_s_link_gives_way_to_the_true_one() -> None:
    body = rss(
        "<item><link>https://burner.example.org/1</link><f:origLink>https://a.example.org/x</f:origLink></item>"
    )
    named = body.replace("<rss ", '<rss xmlns:f="http://rssnamespace.org/feedburner/ext/1.0" ')
    assert parse(named).mentions[0].url == "https://a.example.org/x"


def test_two_different_items_under_one_id_are_both_kept() -> None:
    page = parse(
        rss("<item><guid>a</guid><title>One</title></item><item><guid>a</guid><title>Two</title></item>")
    )
    assert [m.title for m in page.mentions] == ["One", "Two"]
    assert len({m.id for m in page.mentions}) == 2


def test_ids_that_differ_in_the_fragment_alone_are_different() -> None:
    items = "".join(
        f"<item><guid>https://gazette.example.org/day#{part}</guid><description>{part}</description></item>"
        for part in ("morning", "evening")
    )
    assert len({m.id for m in parse(rss(items)).mentions}) == 2


def test_an_item_s_number_means_nothing_on_another_site() -> None:
    body = rss("<item><guid>7</guid><title>One</title></item>")
    other = parse(body, "https://other.example.org/rss.xml")
    assert parse(body).mentions[0].id != other.mentions[0].id


def test_a_moved_tracking_parameter_does_not_make_a_new_item() -> None:
    ids = {
        parse(rss(f"<item><link>https://gazette.example.org/a?utm_source={n}</link></item>")).mentions[0].id
        for n in (1, 2)
    }
    assert len(ids) == 1


def test_a_feed_in_gb18030_is_read() -> None:
    body = '<?xml version="1.0" encoding="GB18030"?>' + rss(
        "<item><title>学校</title><pubDate>2020/1/10 14:33:00</pubDate></item>"
    )
    (item,) = parse(body.encode("gb18030")).mentions
    assert item.title == "学校"
    assert item.published == datetime(2020, 1, 10, 14, 33, tzinfo=UTC)


def test_a_feed_cut_off_keeps_what_came_and_says_so() -> None:
    page = parse(rss("<item><title>Whole</title></item><item><title>Hal").split("</channel>")[0])
    assert page.mentions[0].title == "Whole"
    assert any("damaged" in told for told in page.warnings)


def test_a_feed_cut_off_before_any_item_is_an_error() -> None:
    page = parse('<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title><!-- exception -->')
    assert page.mentions == ()
    assert any("damaged" in told for told in page.warnings)


def test_json_cut_off_is_an_error_that_says_where() -> None:
    page = parse(JSON.body[:400])
    assert page.mentions == ()
    assert any("cut off" in told and "character" in told for told in page.warnings)


@pytest.mark.parametrize("body", ["[]", '{"items": 3}', '{"items": [1, null, "x"]}', "[" * 100_000])
def test_json_that_is_no_feed_gives_a_warning(body: str) -> None:
    page = parse(body)
    assert page.mentions == ()
    assert page.warnings


def test_a_web_page_is_no_feed_and_its_feeds_are_named() -> None:
    page = parse('<html><link rel="alternate" type="application/rss+xml" href="/rss"><body>x</body></html>')
    assert page.warnings == ("This is not a feed. The page names these: https://gazette.example.org/rss",)


def test_an_unescaped_ampersand_is_forgiven() -> None:
    page = parse(
        rss("<item><link>https://a.example.org/x?a=1&b=2</link></item><item><title>After</title></item>")
    )
    assert page.mentions[0].url == "https://a.example.org/x?a=1&b=2"
    assert len(page.mentions) == 2


def test_an_external_entity_is_never_opened() -> None:
    body = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + rss(
        "<item><title>A &x; B</title></item>"
    )
    assert all("A" in m.title and len(m.title) < 8 for m in parse(body).mentions)


def test_a_comments_feed_gives_comments() -> None:
    body = rss("<item><title>By: Kit</title></item>").replace("Gazette", "Comments on: Parking")
    assert parse(body).mentions[0].kind is MentionKind.COMMENT


def test_the_source_names_the_channel() -> None:
    assert parse(RSS2.body, RSS2.url, channel="local_forum").mentions[0].channel == "local_forum"


def test_a_feed_inside_a_page_is_still_recognised() -> None:
    body = b'<html><body><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed></body></html>'
    assert Feed().recognises(Response("https://a.example.org/", 200, (), body, FETCHED_AT)) > 0.9


TAGS = st.sampled_from(
    [
        "<rss>",
        "<channel>",
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<link/>",
        "<![CDATA[",
        "]]>",
        "<!",
        "<!DOCTYPE",
        "&",
        "&#0;",
        "&#xD800;",
        "<?xml",
        "?>",
        "<feed>",
        "<entry>",
        "x",
        "\x00",
        "<content type='xhtml'>",
        "<![if",
    ]
)


@given(st.lists(TAGS, max_size=25).map("".join))
def test_no_markup_makes_it_raise(body: str) -> None:
    assert isinstance(parse("<rss version='2.0'>" + body), Page)


def test_a_whole_feed_without_items_is_no_fault() -> None:
    page = parse(rss(""))
    assert page.mentions == ()
    assert page.warnings == ()


@pytest.mark.parametrize(
    "body",
    [
        "<p>a</p>" * 100,
        "<!DOCTYPE html><html><body><p>a</p></body></html>",
        "<html><body><code>&lt;rss> <rss></rss></code></body></html>",
        "words alone",
        "",
    ],
)
def test_what_is_no_feed_never_comes_to_feedparser(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedparser.parse", None)
    page = parse(body)
    assert page.mentions == ()
    assert page.warnings == ("This is not a feed.",)


def test_of_a_feed_too_large_the_beginning_is_read_and_the_rest_is_said() -> None:
    items = "".join(
        f"<item><title>No. {n}</title><description>{'&lt;p>a&lt;/p>' * 100}</description></item>"
        for n in range(1000)
    )
    page = parse(rss(items))
    assert 200 < len(page.mentions) < 300
    assert f"Too much to read in full: {len(page.mentions)} of 1000 items were read." in page.warnings
    assert not any("damaged" in line for line in page.warnings)
    cut = parse(rss("<item><title>x</title></item>" * 40_000))
    assert "Too much to read in full: 5000 of 40000 items were read." in cut.warnings
    assert cut.unread == ("Too much to read in full: 5000 of 40000 items were read.",)
    assert not any("damaged" in line for line in cut.warnings)


def test_of_too_many_items_the_first_and_the_last_are_read_for_the_newest_may_stand_at_either_end() -> None:
    items = "".join(f"<item><title>No. {n}</title></item>" for n in range(20_000))
    titles = {mention.title for mention in parse(rss(items)).mentions}
    assert {"No. 0", "No. 19999"} <= titles


def test_of_an_item_too_large_the_beginning_is_read_and_all_of_the_others() -> None:
    large = f"<item><title>Large</title><description>{'word ' * 900_000}</description></item>"
    page = parse(
        rss(f"{large}<item><title>Small</title><pubDate>Mon, 16 Nov 2026 08:00 GMT</pubDate></item>")
    )
    assert [(mention.title, len(mention.text) > 100_000) for mention in page.mentions] == [
        ("Large", True),
        ("Small", False),
    ]
    assert page.unread == ("Items of which only the beginning was read: 1.",)


@pytest.mark.parametrize("sign", ["<", "&lt;"])
def test_a_picture_written_out_in_an_item_costs_it_nothing(sign: str) -> None:
    picture = f'{sign}img src="data:image/png;base64,{"QUJD" * 1_100_000}">'
    written = f"<![CDATA[{picture}]]>" if sign == "<" else picture
    page = parse(rss(f"<item><title>a</title><description>{written}Words.</description></item>"))
    assert [mention.text for mention in page.mentions] == ["Words."]
    assert page.unread == ()


@pytest.mark.parametrize("name", ["author", "dc:creator", "itunes:author", "category"])
@pytest.mark.parametrize("said", ["<!DOCTYPE rss>{}", "{}&"])
def test_a_name_of_forty_thousand_letters_takes_no_time(name: str, said: str) -> None:
    feed = rss(f"<item><title>x</title><{name}>{'A' * 40_000}</{name}></item><item><title>y</title></item>")
    began = time.process_time()
    assert [mention.title for mention in parse(said.replace("{}", feed)).mentions] == ["x", "y"]
    assert time.process_time() - began < 0.2


def test_of_a_json_feed_too_large_the_first_items_are_read_and_the_rest_is_said() -> None:
    items = [{"id": str(n), "content_html": "<p>a</p>" * 5000} for n in range(14)]
    page = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    assert len(page.mentions) == 9
    assert "Too much to read in full: 9 of 14 items were read." in page.warnings


def test_of_a_json_feed_with_more_items_than_any_feed_has_the_first_are_read_and_the_rest_is_said() -> None:
    items = [{"id": str(n), "content_text": "a"} for n in range(5_100)]
    page = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    assert len(page.mentions) == 5_000
    assert "Too much to read in full: 5000 of 5100 items were read." in page.warnings


OWN_IDS = {
    "guid": "<guid>https://town.example.org/post/1</guid>",
    "link": "<link>https://www.town.example.org/post/1/</link>",
    "atom": "<guid isPermaLink='false'>tag:town.example.org,2026:1</guid>",
    "number": "<guid isPermaLink='false'>1</guid>",
}


@pytest.mark.parametrize("written", OWN_IDS)
def test_no_feed_puts_its_words_in_the_place_of_another_sites_post(written: str) -> None:
    def at(url: str, claims: str = "") -> str:
        item = f"<item><title>Oakfield</title>{OWN_IDS[written]}<description>Words.</description></item>"
        body = rss(item, claims).encode()
        return parse_document(body, url, kind="feed", fetched_at=FETCHED_AT).mentions[0].id

    own = at("https://town.example.org/feed")
    assert own == at("http://www.town.example.org/category/schools/feed")
    strangers = {at("https://foe.example.org/feed"), at("https://town.example.org.foe.example/feed")}
    strangers.add(at("https://foe.example.org/feed", "<link>https://town.example.org/</link>"))
    assert own not in strangers
    assert len(strangers) == 2


@pytest.mark.parametrize(
    ("own_id", "home"), [("t3_abc12", "www.reddit.com"), ("yt:video:abc", "www.youtube.com")]
)
def test_a_platforms_number_is_its_own_from_the_platform_alone(own_id: str, home: str) -> None:
    def at(host: str) -> str:
        item = f"<item><title>Oakfield</title><guid isPermaLink='false'>{own_id}</guid></item>"
        body = rss(item, f"<link>https://{home}/</link>").encode()
        return parse_document(body, f"https://{host}/feed", kind="feed", fetched_at=FETCHED_AT).mentions[0].id

    assert at(home) == at(home.removeprefix("www.")) != at("foe.example.org")


@pytest.mark.parametrize("address", ["http://[::1", "https://", "https://[x]/", "http://a b/"])
def test_an_item_whose_id_is_no_address_is_read(address: str) -> None:
    assert len(parse(rss(f"<item><title>Oakfield</title><guid>{address}</guid></item>")).mentions) == 1


def test_an_endless_address_is_none() -> None:
    item = f"<item><title>Oakfield</title><link>https://town.example.org/{'a' * 100_000}</link></item>"
    assert [mention.url for mention in parse(rss(item)).mentions] == ["https://gazette.example.org/"]
