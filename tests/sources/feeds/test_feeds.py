"""Feeds in every format, and the ways of those that publish them."""

import json
import time
from datetime import UTC, datetime
from functools import partial
from html import escape

import pytest
from conformance import FETCHED_AT, FIXTURES, CollectorConformance, Document
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.processor import within
from support.sentences import rows, sentences, yes

from classifiers.verdicts.press import is_press, read_press
from data.ids import mention_id
from data.types import Mention, MentionKind, Outcome, Page, PressEvent, Response, Source, SourceState
from sources.feed_document import FeedDocument, read_quick, read_xml
from sources.nature import Nature, nature_of_feed
from sources.parse import parse_document
from sources.registry import collector
from sources.runs import outcome_of

SAID = sentences("feeds/said")
an_xml = partial(Document, escape="xml", content_type="application/rss+xml; charset=utf-8")
REDDITS = "https://www.reddit.com/r/northvale/comments/1abcde/gate_parking/.rss"
PARENTS = "https://parent.example.org/atom.xml"
GOVERNORS = "https://governors.example.sch.uk/feed.json"
RSS2 = an_xml("feeds/rss2.xml", "https://gazette.example.org/schools/rss.xml", 3, "Neighbours ask for cones.")
RDF = an_xml("feeds/rdf.xml", "https://bulletin.example.org/rdf", 2, "Cakes, games and a raffle.")
ATOM = an_xml("feeds/atom.xml", PARENTS, 2, "Our teacher rang every week.")
ATOM2 = an_xml("feeds/atom2.xml", f"{PARENTS}?page=2", 1)
LIBRARY = "The library gets new shelves."
JSON = Document("feeds/feed.json", GOVERNORS, 2, LIBRARY, "json", content_type="application/feed+json")
ALERTS = an_xml("feeds/google_alerts.xml", "https://www.google.com/alerts/feeds/0/1", 1)
NEWS = an_xml("feeds/google_news.xml", "https://news.google.com/rss/search?q=oakfield", 1)
BING = an_xml("feeds/bing_news.xml", "https://www.bing.com/news/search?q=oakfield&format=rss", 1)
REDDIT = an_xml("feeds/reddit_thread.xml", REDDITS, 3, "Ring the council, they do answer.")
NESTED = an_xml("feeds/nested.xml", "https://burner.example.org/diary", 1)
TAGS_OF_OURS = "https://social.example.org/tags/oakfieldprimary.rss"
FLICKR = "https://www.flickr.com/services/feeds/photos_public.gne?tags=oakfieldprimary&format=rss_200"
SEARCHED = (
    "https://api.gdeltproject.org/api/v2/doc/doc?query=%22oakfield%20primary%22&mode=artlist&format=jsonfeed"
)
TOOTS = an_xml("feeds/mastodon_tag.xml", TAGS_OF_OURS, 2, "The gate was shut at ten to nine again.")
PHOTOS = an_xml("feeds/flickr_tag.xml", FLICKR, 2, "Stalls in the yard of Oakfield Primary.")
GDELT = Document("feeds/gdelt.json", SEARCHED, 2, content_type="application/json")


class TestFeed(CollectorConformance):
    kind = "feed"
    documents = (RSS2, RDF, ATOM, JSON, ALERTS, NEWS, BING, REDDIT, NESTED, TOOTS, PHOTOS, GDELT)
    pages = (ATOM, ATOM2)


def parse(body: bytes | str, url: str = "https://gazette.example.org/rss.xml", **source: str) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    response = Response(url, 200, (), raw, FETCHED_AT)
    return collector("feed").parse(Source("s", "feed", url, **source), response)  # type: ignore[arg-type]


def read(document: Document) -> tuple[Mention, ...]:
    return parse(document.body, document.url).mentions


def rss(items: str, head: str = "") -> str:
    return (
        f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Gazette</title>{head}'
        f"<link>https://gazette.example.org/</link>{items}</channel></rss>"
    )


def test_an_rss_item_becomes_an_article_with_whole_links_foreign_day_names_and_no_date_it_does_not_have() -> (
    None
):
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
    second = read(RSS2)[1]
    assert second.url == "https://gazette.example.org/schools/parking-at-the-gate"
    assert second.title == "Parking at the gate & in Station Road"
    assert second.published == datetime(2026, 11, 14, 9, tzinfo=UTC)
    page = parse(RSS2.body, RSS2.url)
    assert page.mentions[2].published is None
    assert "No date could be read on 1 of 3 items." in page.warnings
    first, second = read(RDF)
    assert first.author == "R. Thatcher"
    assert second.published == datetime(2026, 10, 28, 14, 33, tzinfo=UTC)


def test_an_atom_entry_tells_its_edit_its_parent_and_the_feed_its_next_page() -> None:
    page = parse(ATOM.body, ATOM.url)
    first, second = page.mentions
    assert first.title == "Why we stayed"
    assert first.author == "Juno Marsh"
    assert first.edited == datetime(2026, 11, 15, 20, tzinfo=UTC)
    assert second.published == datetime(2026, 11, 2, 6, 15, tzinfo=UTC)
    assert second.edited is None
    assert page.next.url == "https://parent.example.org/atom.xml?page=2"
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">'
        "<entry><id>https://a.example.org/p?utm_source=x</id><title>Post</title></entry>"
        '<entry><id>https://a.example.org/r</id><title>Reply</title><thr:in-reply-to ref="https://a.example.org/p"/>'
        "</entry></feed>"
    )
    post, reply = parse(body).mentions
    assert reply.kind is MentionKind.REPLY
    assert reply.parent == post.id


def test_a_json_feed_gives_plain_text_and_authors_and_its_whole_items_where_it_breaks_off() -> None:
    first, second = read(JSON)
    assert first.author == "Ada Finch, Ben Roe"
    assert (first.text, first.quoted) == (LIBRARY, "We asked for them in May.")
    assert second.text == "Five < six, and the choir sang."
    assert second.url == "https://gazette.example.org/schools/oakfield-choir"
    items = [{"id": str(n), "content_text": f"No. {n}"} for n in range(3)]
    whole = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    page = parse(whole[:-8])
    assert [m.text for m in page.mentions] == ["No. 0", "No. 1"]
    assert any("damaged or cut off" in warning for warning in page.warnings)


ODD = "<itunes:x xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'/>"
"""With it in its head only the tolerant parser reads a feed."""
ATOM_OF = '<feed xmlns="http://www.w3.org/2005/Atom"{}>{}<entry><title>Post</title>{}</entry></feed>'


@for_each(("people", "author"), rows(SAID["authors"]))
def test_an_author_is_a_name_and_never_a_mail_address(people, author) -> None:
    for head in ("", ODD):
        found = parse(rss(f"<item><title>Cones</title>{people}</item>", head)).mentions  # by either parser
        assert [mention.author or "" for mention in found] == [author]
    name = "Wren Alder"
    person = f"<author><name>{name}</name><email>wren@example.org</email></author>"
    assert parse(ATOM_OF.format("", "", person)).mentions[0].author == name
    nobody = ATOM_OF.format(
        "", "<author><name>A board</name></author>", person.replace(f"<name>{name}</name>", "")
    )
    assert parse(nobody).mentions[0].author is None
    people = (f"{name} <wren@example.org>", "a@b.example.org", "@wren@toot.example.org")
    item = {"id": "1", "content_text": "x", "authors": [{"name": one} for one in people]}
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    assert parse(body).mentions[0].author == f"{name}, @wren@toot.example.org"


FORMS = {"atom": ATOM_OF.replace("<title>Post</title>", ""), "rss": rss("<item>{2}</item>", "{1}")}


@for_each("odd", ["", ODD])
@for_each(("form", "item", "title", "text"), rows(SAID["words in angle brackets"]))
def test_words_in_angle_brackets_stay_and_markup_goes(form, item, title, text, odd) -> None:
    (found,) = parse(FORMS[form].format("", odd, item)).mentions
    assert (found.title, found.text) == (title, text.replace("\\n", "\n"))


MARKS = st.sampled_from(["<he>", "<b>", "</b>", "<kick him>", "<br/>", "&amp;", "&", "<", ">", "one", "two"])


@given(st.lists(MARKS, min_size=1, max_size=6).map(" ".join))
def test_what_atom_and_json_declare_as_plain_text_comes_back_as_it_was(words: str) -> None:
    atom = FORMS["atom"].format("", "", f"<content type='text'>{escape(words)}</content>")
    item = {"id": "1", "title": words, "content_text": words}
    listed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    assert [m.text for body in (atom, listed) for m in parse(body).mentions] == [words, words]
    assert parse(listed).mentions[0].title == words


@for_each("odd", ["", ODD])
@for_each(("author", "form", "feed", "item"), rows(SAID["whose feed it is"]))
def test_an_item_without_an_author_has_that_of_its_feed(author, form, feed, item, odd) -> None:
    (found,) = parse(FORMS[form].format("", odd + feed, f"<title>Post</title>{item}")).mentions
    assert (found.author or "") == author


WREN, DAN = {"name": "Wren Alder"}, {"name": "Dan P"}


@for_each(
    ("author", "feed", "item"),
    [
        ("Wren Alder", {"authors": [WREN]}, {}),
        ("Wren Alder", {"author": WREN}, {}),
        ("Wren Alder, Dan P", {"authors": [WREN, DAN], "author": WREN}, {}),
        ("Dan P", {"authors": [WREN]}, {"authors": [DAN]}),
        ("Dan P", {"author": WREN}, {"author": "Dan P"}),
        ("Wren Alder", {"authors": [WREN]}, {"authors": []}),
        ("Dan P", {"authors": [WREN]}, {"authors": [], "author": DAN}),
        (None, {"authors": [WREN]}, {"authors": [{"url": "https://dan.example.org/"}]}),
    ],
)
def test_an_item_of_json_without_an_author_has_that_of_its_feed_though_this_breaks_off(
    author, feed, item
) -> None:
    items = [{"id": str(n), "content_text": f"No. {n}", **item} for n in range(2)]
    whole = json.dumps({"version": "https://jsonfeed.org/version/1.1", **feed, "items": items})
    assert [m.author for m in parse(whole).mentions] == [author, author]
    assert [m.author for m in parse(whole[:-8]).mentions] == [author]


@for_each(("url", "feed", "entry", "root"), rows(SAID["links"]))
def test_a_link_is_the_page_people_read_and_relative_to_the_feeds_own(url, feed, entry, root) -> None:
    there = "https://feeds.example.net/gazette"
    assert parse(ATOM_OF.format(root, feed, entry), there).mentions[0].url == url
    (found,) = parse(rss("<item><link>/news/1</link></item>"), there).mentions
    assert found.url == "https://gazette.example.org/news/1"


@for_each(("title", "body"), rows(SAID["faults"]))
def test_an_item_that_tells_of_a_failure_of_the_feed_is_no_find_but_a_fault_of_the_place(title, body) -> None:
    item = f"<item><title>{title}</title><description>{body * 20}</description></item>"
    page = parse(rss(item))
    assert (page.mentions, outcome_of(page, SourceState("s"))) == ((), Outcome.MALFORMED)
    page = parse(rss(f"<item><title>{title}</title></item><item><title>Cones</title></item>"))
    assert [m.title for m in page.mentions] == ["Cones"]
    assert outcome_of(page, SourceState("s")) is Outcome.PARTLY


@for_each("title", SAID["headlines"])
def test_a_headline_with_such_words_stays_a_find(title) -> None:
    assert [m.title for m in parse(rss(f"<item><title>{title}</title></item>")).mentions] == [title]


def test_a_feed_is_read_though_a_program_complains_before_and_a_counter_stands_after_it() -> None:
    complaint = "<br />\n<b>Warning</b>: Undefined variable $x in <b>/srv/feed.php</b> on line 3<br />\n"
    feed = rss("<item><title>Cones</title></item>")
    page = parse(f"{complaint}<?xml version='1.0'?>{feed}<!-- 9 ms --><i>9</i>")
    assert ([m.title for m in page.mentions], page.unread) == (["Cones"], ())
    assert any("passed over" in warning for warning in page.warnings)


@for_each(("body", "title", "text", "more"), rows(SAID["pictures"], *[str] * 4))
def test_what_describes_a_picture_is_words_and_marked_as_a_pictures(body, title, text, more) -> None:
    said = f"<title>{title}</title><description><![CDATA[{body}]]></description>{more}"
    found = parse(rss(f"<item>{said}</item>"))
    assert found.mentions[0].text == text.replace("./", ".\n")


@for_each("newest", ["first", "last"])
def test_of_a_hundred_thousand_alike_items_the_newest_are_read_in_the_time_of_five_thousand(newest) -> None:
    def feed(count: int) -> str:
        days = [f"2026-10-{1 + n * 30 // count:02}T08:00:00Z" for n in range(count)]
        item = "<item><title>{}</title><pubDate>{}</pubDate></item>"
        return "".join(map(item.format, range(count), days if newest == "last" else days[::-1]))

    took = {}
    for count in (5_000, 100_000):
        body = rss(feed(count))
        began = time.process_time()
        page = parse(body)
        took[count] = time.process_time() - began
    assert any(f"of {count} items" in warning for warning in page.unread)
    near = sum(int(m.title) < 10_000 for m in page.mentions) / len(page.mentions)
    assert near > 0.8 if newest == "first" else near < 0.2
    assert took[100_000] < 3 * took[5_000]


def test_alerts_and_news_searches_are_unwrapped_and_stand_where_their_links_lead() -> None:
    (alert,) = read(ALERTS)
    assert alert.url == "https://gazette.example.org/hedge?id=4"
    assert alert.title == "Oakfield Primary pupils plant a hedge"
    assert alert.author is None
    (item,) = read(NEWS)
    assert item.title == "Oakfield pupils plant a hedge - Northvale Gazette"
    assert item.text == ""
    assert item.author is None
    (item,) = read(BING)
    assert item.url == "https://gazette.example.org/hedge/"
    assert item.author == "Northvale Gazette"
    body = ALERTS.body.replace(
        b"https://gazette.example.org/hedge%3Fid%3D4", b"https://www.mumsnet.com/talk/12-hedge"
    )
    (alert,) = parse(body, ALERTS.url).mentions
    assert (alert.channel, alert.kind) == ("mumsnet", MentionKind.POST)


def test_a_reddit_thread_gives_the_post_and_its_replies() -> None:
    post, reply, link = read(REDDIT)
    assert (post.kind, reply.kind) == (MentionKind.POST, MentionKind.REPLY)
    assert post.text == "Cars on the zigzags again this morning."
    assert (reply.text, reply.quoted) == ("Ring the council, they do answer.", "Cars on the zigzags")
    assert reply.parent == post.id
    assert reply.published == datetime(2026, 11, 14, 20, tzinfo=UTC)
    assert link.text == ""


def test_an_item_nested_in_an_item_or_given_twice_is_read_once() -> None:
    (found,) = read(NESTED)
    assert found.url == "https://burner.example.org/~r/diary/1"
    assert found.published == datetime(2026, 11, 11, 20, 50, tzinfo=UTC)
    page = parse(rss("<item><guid>a</guid><title>One</title></item>" * 2))
    assert len(page.mentions) == 1
    assert "Duplicate items, read once: 1." in page.warnings


_ELSEWHERE = (
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/' "
    "xmlns:itunes='http://www.itunes.com/DTDs/PodCast-1.0.dtd' xmlns:dcterms='http://purl.org/dc/terms/' "
    "xmlns:a='http://www.w3.org/2005/Atom'"
)


@for_each(("dated", "item", "title", "text"), rows(SAID["other formats"], yes, str, str, str))
def test_what_an_item_says_in_the_words_of_other_formats_is_read(dated, item, title, text):
    page = parse(f"<rss version='2.0' {_ELSEWHERE}><channel><item>{item}</item></channel></rss>")
    assert [(m.title, m.text, m.published is not None) for m in page.mentions] == [(title, text, dated)]


@for_each("broken", SAID["broken"])
def test_beside_a_broken_item_all_others_are_whole_and_the_damage_is_said(broken: str) -> None:
    good = (
        "<item><title>{0}</title><link>https://a.example.org/{0}</link><description>{0}.</description></item>"
    )
    page = parse(rss(good.format("One") + broken + good.format("Three") + good.format("Four")))
    whole = [(m.title, m.url.rpartition("/")[2], m.text) for m in page.mentions if m.text]
    assert [row for row in whole if row[0] != "Two"] == [(n, n, f"{n}.") for n in ("One", "Three", "Four")]
    assert any("damaged" in warning for warning in page.warnings)


def test_what_an_item_says_of_markup_and_entities_is_forgiven_and_never_opened() -> None:
    said = "<![CDATA[How feeds are made: <item><title>x</title></item>, and so on.]]>"
    page = parse(rss(f"<item><title>One & only</title><description>{said}</description></item>"))
    assert [m.title for m in page.mentions] == ["One & only"]
    assert "and so on." in page.mentions[0].text
    page = parse(
        rss("<item><link>https://a.example.org/x?a=1&b=2</link></item><item><title>After</title></item>")
    )
    assert page.mentions[0].url == "https://a.example.org/x?a=1&b=2"
    assert len(page.mentions) == 2
    body = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + rss(
        "<item><title>A &x; B</title></item>"
    )
    assert all("A" in m.title and len(m.title) < 8 for m in parse(body).mentions)


def test_a_feed_of_nothing_but_open_sections_is_soon_given_up() -> None:
    for opening in ("<item><![CDATA[", "<item><!--", "<item>&", "<item>"):
        with within(0.5):
            parse(rss(opening * 2_000))


def test_an_items_id_is_of_its_site_and_its_address_but_for_what_tracks() -> None:
    items = "".join(
        f"<item><guid>https://gazette.example.org/day#{part}</guid><description>{part}</description></item>"
        for part in ("morning", "evening")
    )
    assert len({m.id for m in parse(rss(items)).mentions}) == 2
    body = rss("<item><guid>7</guid><title>One</title></item>")
    other = parse(body, "https://other.example.org/rss.xml")
    assert parse(body).mentions[0].id != other.mentions[0].id
    ids = {
        parse(rss(f"<item><link>https://gazette.example.org/a?utm_source={n}</link></item>")).mentions[0].id
        for n in (1, 2)
    }
    assert len(ids) == 1
    page = parse(
        rss("<item><guid>a</guid><title>One</title></item><item><guid>a</guid><title>Two</title></item>")
    )
    assert [m.title for m in page.mentions] == ["One", "Two"]
    assert len({m.id for m in page.mentions}) == 2
    body = rss(
        "<item><link>https://burner.example.org/1</link><f:origLink>https://a.example.org/x</f:origLink></item>"
    )
    named = body.replace("<rss ", '<rss xmlns:f="http://rssnamespace.org/feedburner/ext/1.0" ')
    assert parse(named).mentions[0].url == "https://a.example.org/x"


def test_a_feed_in_gb18030_is_read() -> None:
    body = '<?xml version="1.0" encoding="GB18030"?>' + rss(
        "<item><title>学校</title><pubDate>2020/1/10 14:33:00</pubDate></item>"
    )
    (item,) = parse(body.encode("gb18030")).mentions
    assert item.title == "学校"
    assert item.published == datetime(2020, 1, 10, 14, 33, tzinfo=UTC)


@for_each(
    ("body", "titles", "said"),
    [
        (rss("<item><title>Whole</title></item><item><title>Hal").split("</channel>")[0], "Whole", "damaged"),
        (
            '<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title><!-- exception -->',
            "",
            "damaged",
        ),
        (rss("<item><title>Whole</title></item>").split("nnel></rss>")[0], "Whole", "breaks off"),
        (JSON.body[:400], "", "character"),
    ],
)
def test_of_a_feed_cut_off_what_came_is_kept_and_it_is_said(body, titles, said):
    page = parse(body)
    assert [m.title for m in page.mentions[:1]] == ([titles] if titles else [])
    assert any(said in told for told in page.warnings)
    assert outcome_of(page, SourceState("s")) is not Outcome.OK


@for_each("body", ["[]", '{"items": 3}', '{"items": [1, null, "x"]}', "[" * 100_000])
def test_json_that_is_no_feed_gives_a_warning(body: str) -> None:
    page = parse(body)
    assert page.mentions == ()
    assert page.warnings


def test_a_feed_in_a_page_of_comments_or_without_items_is_known_and_a_web_page_names_its_feeds() -> None:
    page = parse('<html><link rel="alternate" type="application/rss+xml" href="/rss"><body>x</body></html>')
    assert page.warnings == ("This is not a feed. The page names these: https://gazette.example.org/rss",)
    body = rss("<item><title>By: Kit</title></item>").replace("Gazette", "Comments on: Parking")
    assert parse(body).mentions[0].kind is MentionKind.COMMENT
    body = b'<html><body><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed></body></html>'
    assert collector("feed").recognises(Response("https://a.example.org/", 200, (), body, FETCHED_AT)) > 0.9
    page = parse(rss(""))
    assert page.mentions == ()
    assert page.warnings == ()


TAGS = st.sampled_from(
    [
        "<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link/>", "<![CDATA[", "]]>",
        "<!", "<!DOCTYPE", "&", "&#0;", "&#xD800;", "<?xml", "?>", "<feed>", "<entry>", "x", "\x00",
        "<content type='xhtml'>", "<![if",
    ]
)  # fmt: skip


@given(st.lists(TAGS, max_size=25).map("".join))
def test_no_markup_makes_it_raise(body: str) -> None:
    assert isinstance(parse("<rss version='2.0'>" + body), Page)


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
    cut = parse(rss("".join(f"<item><title>No. {n}</title></item>" for n in range(5_500))))
    assert "Too much to read in full: 5000 of 5500 items were read." in cut.warnings
    assert cut.unread == ("Too much to read in full: 5000 of 5500 items were read.",)
    assert not any("damaged" in line for line in cut.warnings)
    assert {"No. 0", "No. 5499"} <= {mention.title for mention in cut.mentions}  # the newest stand at an end


def test_of_an_item_too_large_the_beginning_is_read_and_all_of_the_others() -> None:
    large = f"<item><title>Large</title><description>{'word ' * 900_000}</description></item>"
    page = parse(
        rss(f"{large}<item><title>Small</title><pubDate>Mon, 16 Nov 2026 08:00 GMT</pubDate></item>")
    )
    facts = [(mention.title, len(mention.text) > 100_000) for mention in page.mentions]
    assert facts == [("Large", True), ("Small", False)]
    assert page.unread == ("Items of which only the beginning was read: 1.",)


@for_each("sign", ["<", "&lt;"])
def test_a_picture_written_out_in_an_item_costs_it_nothing(sign: str) -> None:
    picture = f'{sign}img src="data:image/png;base64,{"QUJD" * 1_100_000}">'
    written = f"<![CDATA[{picture}]]>" if sign == "<" else picture
    page = parse(rss(f"<item><title>a</title><description>{written}Words.</description></item>"))
    assert [mention.text for mention in page.mentions] == ["Words."]
    assert page.unread == ()


@for_each("name", ["author", "dc:creator", "itunes:author", "category"])
@for_each("said", ["<!DOCTYPE rss>{}", "{}&"])
def test_a_name_of_forty_thousand_letters_takes_no_time(name: str, said: str) -> None:
    feed = rss(f"<item><title>x</title><{name}>{'A' * 40_000}</{name}></item><item><title>y</title></item>")
    with within(0.2):
        assert [mention.title for mention in parse(said.replace("{}", feed)).mentions] == ["x", "y"]


@for_each(
    ("items", "words", "read"),
    [(14, {"content_html": "<p>a</p>" * 5000}, 9), (5_100, {"content_text": "a"}, 5_000)],
)
def test_of_a_json_feed_too_large_the_first_items_are_read_and_the_rest_is_said(items, words, read):
    held = [{"id": str(n), **words} for n in range(items)]
    page = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": held}))
    assert len(page.mentions) == read
    assert f"Too much to read in full: {read} of {items} items were read." in page.warnings


OWN_IDS = {
    "guid": "<guid>https://town.example.org/post/1</guid>",
    "link": "<link>https://www.town.example.org/post/1/</link>",
    "atom": "<guid isPermaLink='false'>tag:town.example.org,2026:1</guid>",
    "number": "<guid isPermaLink='false'>1</guid>",
}


@for_each("written", OWN_IDS)
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


@for_each(("own_id", "home"), [("t3_abc12", "www.reddit.com"), ("yt:video:abc", "www.youtube.com")])
def test_a_platforms_number_is_its_own_from_the_platform_alone(own_id: str, home: str) -> None:
    def at(host: str) -> str:
        item = f"<item><title>Oakfield</title><guid isPermaLink='false'>{own_id}</guid></item>"
        body = rss(item, f"<link>https://{home}/</link>").encode()
        return parse_document(body, f"https://{host}/feed", kind="feed", fetched_at=FETCHED_AT).mentions[0].id

    assert at(home) == at(home.removeprefix("www.")) != at("foe.example.org")


@for_each("address", ["http://[::1", "https://", "https://[x]/", "http://a b/", "https://a:99999/100%"])
def test_an_item_whose_id_is_no_address_is_read(address: str) -> None:
    assert len(parse(rss(f"<item><title>Oakfield</title><guid>{address}</guid></item>")).mentions) == 1


def test_an_endless_address_is_none() -> None:
    item = f"<item><title>Oakfield</title><link>https://town.example.org/{'a' * 100_000}</link></item>"
    assert [mention.url for mention in parse(rss(item)).mentions] == ["https://gazette.example.org/"]


# --- an item stands on the channel where it was published, and keeps its id


GAZETTE = Document("feeds/rss2.xml", "https://gazette.example.org/rss.xml", 3)


@for_each(
    ("document", "channel", "kind", "ids"),
    [
        (TOOTS, "mastodon", MentionKind.POST, ["fe90e6e1ea212920", "2cadde285e421faf"]),
        (PHOTOS, "flickr", MentionKind.POST, ["bf4249d30f432615", "21af83e38d94a0fb"]),
        (GDELT, "gdelt", MentionKind.ARTICLE, ["0bf91208547b9333", "1771188733adec53"]),
        (BING, "bing_news", MentionKind.ARTICLE, ["bdb02f9b20938fd3"]),
        (NEWS, "google_news", MentionKind.ARTICLE, ["fbf7800425248937"]),
        (ALERTS, "google_news", MentionKind.ARTICLE, ["3571465afd46f390"]),
        (
            GAZETTE, "news", MentionKind.ARTICLE,
            ["75171ba8f7c2f890", "e2ef7deb3d196557", "0fbaa89ad5e8e880"],
        ),
    ],
)  # fmt: skip
def test_an_item_stands_on_its_own_channel_with_the_id_from_before_that_had_a_name(
    document, channel, kind, ids
):
    assert {(m.channel, m.kind) for m in read(document)} == {(channel, kind)}
    assert [m.id for m in read(document)] == ids


def test_a_post_on_mastodon_and_a_photo_are_signed_by_whose_they_are() -> None:
    facts = [m.author for m in read(TOOTS)]
    assert facts == ["@petraquill@social.example.org", "@junomarsh@other.example.org"]
    assert [(m.author, m.title, m.text) for m in read(PHOTOS)] == [
        ("Ben Roe", "Summer fair 2026", "Stalls in the yard of Oakfield Primary."),
        ("Ada Finch", "The gate", ""),
    ]


def test_a_blogs_tag_is_no_mastodon_and_a_bing_item_about_a_platforms_post_keeps_its_id() -> None:
    tagged = parse(GAZETTE.body, "https://blog.example.org/tags/oakfield.rss").mentions
    assert "mastodon" not in {m.channel for m in tagged}
    diary = (
        b"<rss version='2.0'><channel><title>My diary</title><link>https://diary.example.org/</link>"
        b"<item><title>A</title><link>https://www.flickr.com/photos/benroe/1/</link></item></channel></rss>"
    )
    assert [m.channel for m in parse(diary, "https://diary.example.org/feed").mentions] == ["blog"]
    body = BING.body.replace(
        b"https%3a%2f%2fgazette.example.org%2fhedge%2f", b"https%3a%2f%2fwww.reddit.com%2fr%2fx%2f1"
    )
    (item,) = parse(body, BING.url).mentions
    assert (item.channel, item.kind) == ("reddit", MentionKind.POST)
    assert item.id == "32a30b0c3f696c41"


def test_a_feed_that_says_nothing_of_itself_is_what_its_place_is_known_as_and_keeps_its_ids() -> None:
    body = GAZETTE.body.replace(b"Gazette", b"Life").replace(b"gazette.", b"life.")
    at = "https://life.example.org/rss.xml"
    named, club, plain = (
        parse(body, at, name=each).mentions
        for each in ("Northvale Gazette", "life.example.org: Northvale Runners ’ News", "")
    )
    assert [{m.channel for m in some} for some in (named, club, plain)] == [{"news"}, {"blog"}, {"blog"}]
    assert [m.id for m in named] == [m.id for m in plain]


# ------------- a newspaper by its title or host; else people’s own words


HEADLINES = {
    "Oakfield Primary placed in special measures": (PressEvent.INSPECTION, True),
    "Oakfield teaching assistant charged with assault": (PressEvent.STAFF, True),
    "Oakfield teacher cleared of assault": (PressEvent.STAFF, False),
    "Oakfield Primary evacuated in fire drill": (PressEvent.WEAPON, False),
}
PAPER = "https://paper.example.org/rss.xml"


def items(title: str, url: str = PAPER, **source: object) -> tuple[Mention, ...]:
    posts = "".join(
        f"<item><title>{said}</title><guid>{n}</guid><link>{url}/{n}</link></item>"
        for n, said in enumerate(HEADLINES)
    )
    body = f'<rss version="2.0"><channel><title>{title}</title><link>{url}</link>{posts}</channel></rss>'
    return parse(body, url, **source).mentions  # type: ignore[arg-type]


def test_a_gazettes_feed_is_the_press_and_the_schools_own_is_not() -> None:
    found = items("Northvale Gazette | Schools")
    assert {m.channel for m in found} == {"news"}
    read = {m.title: read_press(m) for m in found}
    assert {title: (r.event, r.adverse) for title, r in read.items() if r} == HEADLINES
    assert {m.channel for m in items("Oakfield Gazette", own=True)} == {"website"}
    paper, other = items("Northvale Gazette"), items("Posts")
    assert [m.id for m in paper] == [m.id for m in other]
    assert paper[0].id == mention_id("blog", "paper.example.org/0")


@for_each(("title", "url"), rows(SAID["people's"]))
def test_a_blogs_and_a_forums_feed_stay_peoples_own_words(title: str, url: str) -> None:
    found = items(title, url or PAPER)
    assert not any(map(is_press, found))
    assert not any(map(read_press, found))


def test_the_section_that_a_board_writes_before_a_title_is_nobodys_words() -> None:
    url = "https://board.example.org/app.php/feed"
    item = f"<item><title>Schools • Bins</title><link>{url}/1</link></item>"
    body = f"<rss version='2.0'><channel><title>Board</title>{item}</channel></rss>"
    assert [m.title for m in parse(body, url).mentions] == ["Bins"]


@for_each(("paper", "title", "url"), rows(SAID["papers"], yes, str, str))
def test_the_trades_words_name_a_paper(title: str, url: str, paper: bool) -> None:
    assert (nature_of_feed(title, url or PAPER) is Nature.PAPER) is paper


@for_each("channel", ["blog", "news"])
def test_what_the_settings_say_of_the_place_goes_before_the_title(channel: str) -> None:
    titles = ("Northvale Gazette", "Posts")
    assert {m.channel for title in titles for m in items(title, channel=channel)} == {channel}


# ---------------------- the quick way and the tolerant one give the same


ORDINARY = ("rss2", "rdf", "atom", "google_alerts", "google_news", "bing_news", "reddit_thread")


def told(feed: FeedDocument) -> tuple[object, ...]:
    return (feed.title, feed.addresses, feed.entries, feed.next, feed.warnings)


@for_each("name", ORDINARY)
def test_an_ordinary_feed_is_read_the_quick_way_with_the_same_result(name: str) -> None:
    text = (FIXTURES / "feeds" / f"{name}.xml").read_text("utf-8")
    quick = read_quick(text)
    assert quick is not None
    assert told(quick) == told(read_xml(text))


@for_each("body", ["", *SAID["not ordinary"]])
def test_what_is_not_ordinary_is_left_to_the_tolerant_way(body: str) -> None:
    assert read_quick(body) is None
