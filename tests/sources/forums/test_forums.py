"""Each software of boards that has a collector of its own: posts, quotes, edits, times, pages, lists."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from conformance import FETCHED_AT, CollectorConformance, Document
from support.for_each import for_each
from support.processor import within
from support.sentences import rows, sentences

from data.types import MentionKind, Page, Response, Source, SourceState
from sources.base import Collector
from sources.forums import json_address
from sources.registry import collector

# --------- phpBB: prosilver, a theme that keeps nothing of it, subSilver


_AT = "https://town.example.org/forum/viewtopic.php?t=12"
_FIRST = Document("forums/phpbb/topic-1.html", _AT, 2, words="Somebody drove over them.")
_SECOND = Document("forums/phpbb/topic-2.html", f"{_AT}&start=2", 2)
_THIRD = Document("forums/phpbb/topic-3.html", f"{_AT}&start=4", 1)
_BOOTSTRAP = Document("forums/phpbb/bootstrap.html", "http://village.example.org/viewtopic.php?t=12", 2)
_SUBSILVER = Document("forums/phpbb/subsilver.html", "https://old.example.org/viewtopic.php?t=12", 2)
_FORUM = Document("forums/phpbb/forum.html", "https://town.example.org/forum/viewforum.php?f=3", 0)


OPENING = (MentionKind.POST, "gate_watcher", "The gate was blocked again.")
LEFT_OUT = "Posts that were deleted, hidden or ignored, and are left out: 1."


def _page(reader: Collector, document: Document, body: bytes | None = None) -> Page:
    return reader.parse(Source("s", reader.kind, document.url), document.response(body))


_phpbb = partial(_page, collector("forum.phpbb"))


class TestPhpBBConformance(CollectorConformance):
    kind = "forum.phpbb"
    documents = (_FIRST, _BOOTSTRAP, _SUBSILVER)
    pages = (_FIRST, _SECOND, _THIRD)


def test_posts_of_prosilver_are_told_apart_from_quotes_signatures_edits_and_sessions() -> None:
    page = _phpbb(_FIRST)
    first, reply = page.mentions
    assert (first.kind, reply.kind) == (MentionKind.POST, MentionKind.REPLY)
    assert (first.parent, reply.parent) == (None, first.id)
    assert reply.text == "They tried cones. Somebody drove over them."
    assert reply.quoted.endswith("Can the school not put cones out?")
    assert reply.author == "Mossy Boots"
    assert first.published == datetime(2026, 11, 8, 8, 40, tzinfo=UTC)
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert reply.published == datetime(2026, 11, 16, 17, 12, tzinfo=UTC)  # yesterday
    assert first.url == "https://town.example.org/forum/viewtopic.php?p=101#p101"
    assert page.next.url == f"{_AT}&start=2"
    facts = [m.title for m in _phpbb(_SECOND).mentions]
    assert facts == ["Parking at the gate", "Parking at the gate: Wardens"]
    first, reply = _phpbb(_BOOTSTRAP).mentions
    assert (first.author, first.text) == OPENING[1:]
    assert (reply.author, reply.text) == ("Mossy Boots", "By whom this time?")
    assert reply.published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)


def test_subsilver_keeps_quote_signature_and_edit_apart_and_takes_summer_time_off() -> None:
    first, reply = _phpbb(_SUBSILVER).mentions
    assert (first.author, first.text) == ("gate_watcher", "The gate was blocked again.")
    assert reply.text == "By whom this time?"
    assert reply.quoted == "gate_watcher wrote:\nThe gate was blocked again."
    assert reply.published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)
    assert reply.edited == datetime(2026, 11, 8, 9, 15, tzinfo=UTC)
    summer = b'All times are UTC [ <abbr title="Daylight Saving Time">DST</abbr> ]'
    body = _SUBSILVER.body.replace(b"All times are GMT", summer)
    page = _phpbb(_SUBSILVER, body)
    for shown, mention in zip(_phpbb(_SUBSILVER).mentions, page.mentions, strict=True):
        assert shown.published is not None
        assert mention.published == shown.published - timedelta(hours=1)


def test_a_list_of_topics_gives_requests_for_them_on_the_same_host() -> None:
    page = _phpbb(_FORUM)
    assert page.mentions == ()
    assert [request.url for request in page.follow] == [
        "https://town.example.org/forum/viewtopic.php?f=3&t=12",
        "https://town.example.org/forum/viewtopic.php?f=3&t=13",
    ]
    assert page.next.url == "https://town.example.org/forum/viewforum.php?f=3&start=25"
    links = b"".join(b'<a class="topictitle" href="viewtopic.php?t=%d">x</a>' % n for n in range(150))
    page = _phpbb(_FORUM, b"<body>" + links)
    assert len(page.follow) == 100
    assert page.warnings == ("The page lists 150 threads; the first 100 are asked for.",)
    body = _FIRST.body.replace(
        b'href="./viewtopic.php?t=12', b'href="https://elsewhere.example.net/viewtopic.php?t=12'
    )
    page = collector("forum.phpbb").parse(Source("s", "forum.phpbb", _AT), _FIRST.response(body))
    assert page.next is None


# ------------------------------------------------------- XenForo 1 and 2


_XF_AT = "https://town.example.org/threads/parking-at-the-gate.12/"
_XF_FIRST = Document("forums/xenforo/xf2-1.html", _XF_AT, 2, words="By whom this time?")
_XF_SECOND = Document("forums/xenforo/xf2-2.html", f"{_XF_AT}page-2", 1)
_XF_OLD = Document("forums/xenforo/xf1.html", _XF_AT, 2, words="By whom this time?")
_XF_FORUM = Document("forums/xenforo/forum.html", "https://town.example.org/forums/school.3/", 0)


_xenforo = partial(_page, collector("forum.xenforo"))


class TestXenForoConformance(CollectorConformance):
    kind = "forum.xenforo"
    documents = (_XF_FIRST, _XF_OLD)
    pages = (_XF_FIRST, _XF_SECOND)


def test_version_2_tells_posts_quotes_edits_and_times() -> None:
    first, reply = _xenforo(_XF_FIRST).mentions
    assert (first.kind, first.author, first.title) == (*OPENING[:2], "Parking at the gate")
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert (reply.kind, reply.parent) == (MentionKind.REPLY, first.id)
    assert reply.text == "By whom this time?"
    assert reply.quoted == "gate_watcher said:\nThe gate was blocked again."
    assert reply.published == datetime(2026, 6, 8, 8, 10, tzinfo=UTC)  # 09:10 at +01:00
    assert reply.url == f"{_XF_AT}post-702"


def test_version_1_is_read_with_its_base_address_and_its_time_wherever_it_stands() -> None:
    first, reply = _xenforo(_XF_OLD).mentions
    assert (first.text, first.url) == ("The gate was blocked again.", _XF_AT)
    assert first.published == datetime(2026, 11, 8, 8, 40, tzinfo=UTC)
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert (reply.text, reply.url) == ("By whom this time?", f"{_XF_AT}#post-802")
    assert reply.quoted == "gate_watcher said:\nThe gate was blocked again."
    assert reply.published == datetime.fromtimestamp(1794215400, UTC)
    body = _XF_OLD.body.replace(b"messageDetails", b"byline").replace(b"datePermalink", b"link")
    page = _xenforo(_XF_OLD, body)
    facts = [m.published for m in page.mentions]
    assert facts == [datetime(2026, 11, 8, 8, 40, tzinfo=UTC), datetime.fromtimestamp(1794215400, UTC)]
    assert _xenforo(_XF_OLD).mentions[0].id == _xenforo(_XF_FIRST).mentions[0].id
    page = _xenforo(_XF_FORUM)
    facts = [request.url for request in page.follow]
    assert facts == [_XF_AT, "https://town.example.org/threads/summer-fair.13/"]
    assert page.next is not None


def test_the_preview_of_a_link_is_quoted_in_whatever_software_shows_it() -> None:
    own, card = (
        b"By whom this time?",
        '<div class="{}"><a href="https://gazette.example.org/c">Jailed</a></div>',
    )
    unfurl, onebox = (card.format(name).encode() for name in ("bbCodeBlock bbCodeBlock--unfurl", "onebox"))
    served = _discourse(_SERVED, _SERVED.body.replace(own, own + onebox)).mentions
    shown = _xenforo(_XF_FIRST, _XF_FIRST.body.replace(own, own + unfurl)).mentions
    for _, reply in (served, shown):
        assert reply.text == own.decode()
        assert reply.quoted.endswith("Jailed")


# -------------------------------------------------- vBulletin 3, 4 and 5


_BASE = "https://town.example.org/forum"
_THREE = Document("forums/vbulletin/vb3.html", f"{_BASE}/showthread.php?t=12", 2, words="By whom this time?")
_FOUR = Document("forums/vbulletin/vb4-1.html", f"{_BASE}/showthread.php?12-Parking-at-the-gate", 2)
_FOUR_2 = Document("forums/vbulletin/vb4-2.html", f"{_BASE}/showthread.php?12-Parking-at-the-gate/page2", 2)
_FIVE = Document("forums/vbulletin/vb5.html", f"{_BASE}/school/12-parking-at-the-gate", 2)
_VB_FORUM = Document("forums/vbulletin/forum.html", f"{_BASE}/forumdisplay.php?3-School", 0)


_vbulletin = partial(_page, collector("forum.vbulletin"))


class TestVBulletinConformance(CollectorConformance):
    kind = "forum.vbulletin"
    documents = (_THREE, _FOUR, _FIVE)
    pages = (_FOUR, _FOUR_2)


_FRONT = "https://marketing.example.org/main-discussion/1200-parking-gate.html"
_REPLIES = "".join(
    f"""<div id="edit{n}"><div class="postdate">8th November 2026, 09:{n}</div>
    <div id="postmenu_{n}"><a class="bigusername" href="/members/m{n}.html">{who}</a></div>
    <div id="post_message_{n}">{words}</div></div>"""
    for n, who, words in ((41, "Mossy Boots", "By whom this time?"), (42, "priya_dad", "A van, I think."))
)
_OPENING = (
    '<script type="application/ld+json">{"@type": "DiscussionForumPosting",'
    ' "headline": "Parking at the gate",'
    ' "articleBody": "The gate was blocked again.", "datePublished": "2026-11-08T08:40:00Z",'
    ' "author": {"@type": "Person", "name": "gate_watcher"}}</script>'
)


def _front(declared: str, replies: str = _REPLIES, url: str = _FRONT) -> Page:
    """A front end of vBulletin's that shows the first post apart, with no number of its own."""
    body = (
        "<html><head><meta name='generator' content='vBulletin 3.8' /><title>Parking at the gate | Shops"
        f"</title>{declared}</head><body><ul><li><a class='threadtitle' href='9-x.html'>Half-term ideas</a>"
        "</li></ul><h1>Parking at the gate</h1><div class='lead'>The gate was blocked again.</div>"
        f"<div id='posts'>{replies}</div></body></html>"
    )
    response = Response(url, 200, (), body.encode(), FETCHED_AT)
    return collector("forum.vbulletin").parse(Source("s", "forum.vbulletin", url), response)


def test_a_first_post_shown_apart_is_read_once_where_it_is_declared() -> None:
    first, *replies = _front(_OPENING).mentions
    assert (first.kind, first.author, first.text) == OPENING
    assert first.published == datetime(2026, 11, 8, 8, 40, tzinfo=UTC)
    facts = [(m.author, m.kind, m.parent) for m in replies]
    assert facts == [("Mossy Boots", MentionKind.REPLY, first.id), ("priya_dad", MentionKind.REPLY, first.id)]
    shown = _REPLIES.replace("By whom this time?", "The gate<br>was blocked again.")
    assert len(_front(_OPENING, shown).mentions) == 2
    other = _OPENING.replace("Parking at the gate", "Half-term ideas")
    assert [m.author for m in _front(other).mentions] == ["Mossy Boots", "priya_dad"]


def test_version_3_is_read_from_its_tables() -> None:
    first, reply = _vbulletin(_THREE).mentions
    assert (first.author, first.text, first.title) == (*OPENING[1:], "Parking at the gate")
    assert (first.kind, reply.kind, reply.parent) == (MentionKind.POST, MentionKind.REPLY, first.id)
    assert reply.text == "By whom this time?"
    assert reply.quoted == "Quote:\nOriginally Posted by gate_watcher\nThe gate was blocked again."
    assert reply.published == datetime(2026, 11, 16, 17, 12, tzinfo=UTC)  # yesterday
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert first.url == f"{_BASE}/showthread.php?t=12#post401"


def test_version_4_has_month_first_its_stated_zone_quotes_apart_and_headings_of_its_own() -> None:
    first, reply = _vbulletin(_FOUR).mentions
    assert first.published == datetime(2026, 11, 8, 13, 40, tzinfo=UTC)  # 08:40 at GMT -5
    assert first.edited == datetime(2026, 11, 8, 14, 5, tzinfo=UTC)
    assert reply.published == datetime(2026, 11, 15, 2, 10, tzinfo=UTC)
    assert reply.text == "By whom this time?"
    assert "Wellies" not in reply.text + reply.quoted
    assert reply.url == f"{_BASE}/showthread.php?12-Parking-at-the-gate&p=502#post502"
    first, second = _vbulletin(_FOUR_2).mentions
    assert first.title == "Parking at the gate: So I rang the council"
    assert second.title == "Parking at the gate"
    body = _FOUR.body.replace(b"By whom this time?", b"All times are GMT +9 for me.")
    page = _vbulletin(_FOUR, body)
    assert page.mentions[0].published == datetime(2026, 11, 8, 13, 40, tzinfo=UTC)


def test_version_5_is_read_from_its_nodes_and_a_list_by_its_threads() -> None:
    first, reply = _vbulletin(_FIVE).mentions
    assert (first.author, first.text) == ("gate_watcher", "The gate was blocked again.")
    assert first.edited == datetime(2026, 11, 8, 9, 5, tzinfo=UTC)
    assert (reply.text, reply.parent) == ("By whom this time?", first.id)
    assert reply.quoted.endswith("The gate was blocked again.")
    assert reply.url.endswith("?p=602#post602")
    assert [request.url for request in _vbulletin(_VB_FORUM).follow] == [
        f"{_BASE}/showthread.php?12-Parking-at-the-gate",
        f"{_BASE}/showthread.php?13-Summer-fair",
    ]


# --- Discourse: the page it serves to readers without scripts, and its JSON


_JSON = "application/json; charset=utf-8"
_TALK = "https://talk.example.org/t/parking-at-the-gate/12"
_SERVED = Document("forums/discourse/topic-1.html", _TALK, 2, words="By whom this time?")
_SERVED_2 = Document("forums/discourse/topic-2.html", f"{_TALK}?page=2", 1)
_TOPIC = Document(
    "forums/discourse/topic-1.json", f"{_TALK}.json", 2, "By whom this time?", "json", content_type=_JSON
)
_TOPIC_2 = Document("forums/discourse/topic-2.json", f"{_TALK}.json?page=2", 1, content_type=_JSON)
_LATEST = Document(
    "forums/discourse/latest.json", "https://talk.example.org/latest.json", 2, content_type=_JSON
)
_SEARCH = Document(
    "forums/discourse/search.json", "https://talk.example.org/search.json?q=gate", 1, content_type=_JSON
)
_OLD_SEARCH = replace(_SEARCH, path="forums/discourse/search-old.json", mentions=2)
_POSTS = Document("forums/discourse/posts.json", "https://talk.example.org/posts.json", 3, content_type=_JSON)
_SERVED_LIST = Document("forums/discourse/list.html", "https://talk.example.org/latest", 0)


_discourse = partial(_page, collector("forum.discourse"))


class TestDiscourseConformance(CollectorConformance):
    kind = "forum.discourse"
    documents = (_SERVED, _TOPIC, _LATEST, _POSTS, _SEARCH)
    pages = (_SERVED, _SERVED_2)


class TestDiscourseJsonConformance(CollectorConformance):
    kind = "forum.discourse"
    test_a_page_made_to_exhaust_is_read_in_no_time = None  # as the others of its kind
    documents = (_TOPIC,)
    pages = (_TOPIC, _TOPIC_2)


def test_page_and_json_tell_the_same_of_the_same_posts() -> None:
    served, loaded = _discourse(_SERVED).mentions, _discourse(_TOPIC).mentions
    for name in ("id", "url", "kind", "title", "author", "published", "edited", "text", "quoted", "parent"):
        assert [getattr(m, name) for m in served] == [getattr(m, name) for m in loaded], name
    first, reply = _discourse(_TOPIC).mentions
    assert reply.text == "By whom this time?"
    assert reply.quoted == "gate_watcher:\nThe gate was blocked again."
    assert reply.published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)  # 04:10 at -05:00
    assert (first.edited, reply.edited) == (datetime(2026, 11, 8, 9, 5, tzinfo=UTC), None)
    for later in (_SERVED_2, _TOPIC_2):
        (reply,) = _discourse(later).mentions
        assert reply.url in (f"{_TALK}/21", f"{_TALK}/5")


def test_the_latest_posts_tell_the_same_as_their_topic_and_json_of_another_service_is_not_claimed() -> None:
    page = _discourse(_POSTS)
    first, reply = _discourse(_TOPIC).mentions
    assert page.mentions[:2] == (reply, first)
    assert (page.mentions[2].kind, page.mentions[2].title) == (MentionKind.REPLY, "Half-term")
    assert page.mentions[2].url == "https://talk.example.org/t/half-term/9/4"
    assert page.next.url == "https://talk.example.org/posts.json?before=869"
    assert page.warnings == (LEFT_OUT,)
    body = b'{"posts": [{"uri": "at://x", "record": {"text": "hello"}}]}'
    assert collector("forum.discourse").recognises(_SEARCH.response(body)) == 0.0
    assert _discourse(_SEARCH).mentions
    assert _discourse(_SEARCH, body).mentions == ()


def test_a_list_tells_its_topics_asks_for_them_and_never_overwrites_the_posts() -> None:
    page = _discourse(_LATEST)
    assert [(m.title, m.text, m.author) for m in page.mentions] == [
        ("Parking at the gate", "The gate was blocked…", "gate_watcher"),
        ("Summer fair", "", None),
    ]
    assert {m.kind for m in page.mentions} == {MentionKind.POST}
    assert [r.url for r in page.follow] == [f"{_TALK}.json", "https://talk.example.org/t/summer-fair/13.json"]
    assert page.next.url == "https://talk.example.org/latest.json?page=1"
    posts = {m.id for m in _discourse(_TOPIC).mentions}
    assert not posts & {m.id for m in (*_discourse(_LATEST).mentions, *_discourse(_SEARCH).mentions)}
    assert [r.url for r in _discourse(_SERVED_LIST).follow] == [f"{_TALK}.json"]


def test_a_search_tells_the_posts_it_found_in_its_old_form_too() -> None:
    page = _discourse(_SEARCH)
    (found,) = page.mentions
    facts = (found.title, found.text, found.author)
    assert facts == ("Parking at the gate", "By whom this time? ...", "mossy.boots")
    assert found.url == f"{_TALK}/2"
    assert [r.url for r in page.follow] == [f"{_TALK}.json"]
    page = _discourse(_OLD_SEARCH)
    assert [m.title for m in page.mentions] == ["Parking at the gate", "Summer fair"]
    facts = page.warnings
    assert facts == ("No time could be read on 2 of 2 posts.", "No author could be read on 2 of 2 posts.")


@for_each(("url", "asked"), rows(sentences("addresses/behind")["the_json_form"]))
def test_the_json_form_of_an_address_is_asked_for(url: str, asked: str) -> None:
    source = Source("s", "forum.discourse", url)
    assert [r.url for r in collector("forum.discourse").requests(source, SourceState("s"), FETCHED_AT)] == [
        asked
    ]
    assert json_address(asked) == asked


def _many(count: int) -> list[dict[str, object]]:
    return [
        {"id": n, "post_number": n, "topic_id": 9, "username": "gate_watcher", "cooked": f"<p>{n}</p>"}
        for n in range(1, count + 1)
    ]


@for_each("document", [{"post_stream": {"posts": _many(5_100)}, "id": 9}, {"latest_posts": _many(5_100)}])
def test_of_a_document_with_more_posts_than_any_forum_shows_the_first_are_read_and_the_rest_is_told(document):
    body = json.dumps(document).encode()
    with within(5):
        page = collector("forum.discourse").parse(
            Source("s", "forum.discourse", _TALK), _TOPIC.response(body)
        )
    assert len(page.mentions) == 5_000
    assert "Too much to read in full: 5000 of 5100 posts or topics were read." in page.warnings


# ------------------------------------------ Mumsnet Talk in both markups


_MUMSNET = "https://www.mumsnet.com/talk/primary/12-parking-at-the-school-gate"
_NOW_1 = Document("forums/mumsnet/now-1.html", _MUMSNET, 2, words="By whom this time?")
_NOW_2 = Document("forums/mumsnet/now-2.html", f"{_MUMSNET}?page=2", 1)
_THEN = Document(
    "forums/mumsnet/then.html",
    "https://www.mumsnet.com/Talk/primary/13-School-run",
    2,
    words="Did you take its number?",
)


_mumsnet = partial(_page, collector("forum.mumsnet"))


class TestMumsnetConformance(CollectorConformance):
    kind = "forum.mumsnet"
    documents = (_NOW_1, _THEN)
    pages = (_NOW_1, _NOW_2)
    channels = ("mumsnet", "local_forum")


def test_the_opening_post_a_reply_its_quote_and_the_sites_local_times_are_read() -> None:
    first, reply = _mumsnet(_NOW_1).mentions
    assert (first.kind, first.author, first.channel) == (MentionKind.POST, "gatewatcher", "mumsnet")
    assert first.text == "The gate was blocked again.\nAIBU to want cones?"
    assert (reply.author, reply.text) == ("mossyboots", "By whom this time?")
    assert (reply.quoted, reply.parent) == ("The gate was blocked again.", first.id)
    assert reply.url == f"{_MUMSNET}#1001"
    assert first.published == datetime(2026, 7, 8, 7, 40, tzinfo=UTC)
    assert reply.published == datetime(2026, 7, 8, 8, 10, tzinfo=UTC)
    assert _mumsnet(_THEN).mentions[0].published == datetime(2020, 6, 16, 15, 12, 14, tzinfo=UTC)


def test_old_bold_repetition_of_an_earlier_post_is_a_quote_and_a_plain_one_the_posters_own() -> None:
    reply = _mumsnet(_THEN).mentions[1]
    assert reply.text == "Did you take its number?"
    assert reply.quoted == "The gate was blocked again by the same silver car."
    plain = _THEN.body.replace(b"<strong>", b"<em>").replace(b"</strong>", b"</em>")
    assert _mumsnet(_THEN, plain).mentions[1].text.startswith(reply.quoted)


_MUMSNET_BOARD = (
    b'<html><head><link rel="canonical" href="https://www.mumsnet.com/talk/primary"></head><body>'
    b'<a href="/talk/primary/12-parking">Parking</a> <a href="/talk/primary/12-parking?page=2">2</a> '
    b'<a href="https://www.mumsnet.com/talk/primary/13-fair">Fair</a> <a href="/talk/secondary">Secondary</a>'
)


def test_a_board_gives_one_request_a_thread_and_a_thread_without_posts_none() -> None:
    url = "https://www.mumsnet.com/talk/primary"
    response = Document("", url, 0).response(_MUMSNET_BOARD)
    page = collector("forum.mumsnet").parse(Source("s", "forum.mumsnet", url), response)
    assert [r.url for r in page.follow] == [f"{url}/12-parking", f"{url}/13-fair"]
    page = _mumsnet(_NOW_1, _MUMSNET_BOARD)
    assert (page.mentions, page.follow) == ((), ())
    assert page.warnings == ("No posts and no list of threads were found on the page.",)


# --- The Student Room: microdata, relative times shown, quotes inside the text


_TSR = "https://www.thestudentroom.co.uk/showthread.php?t=12"
_TSR_FIRST = Document("forums/thestudentroom/thread-1.html", _TSR, 2, words="Better than the bus there.")
_TSR_SECOND = Document("forums/thestudentroom/thread-2.html", f"{_TSR}&page=2", 1)


_tsr = partial(_page, collector("forum.thestudentroom"))


class TestTheStudentRoomConformance(CollectorConformance):
    kind = "forum.thestudentroom"
    documents = (_TSR_FIRST,)
    pages = (_TSR_FIRST, _TSR_SECOND)
    channels = ("thestudentroom", "local_forum")


def test_the_student_rooms_posts_are_read_without_related_discussions_and_quotes() -> None:
    first = _tsr(_TSR_FIRST).mentions[0]
    facts = (first.kind, first.author, first.text)
    assert facts == (MentionKind.POST, "Ada's Cat", "Is the sixth form any good?")
    assert (first.title, first.channel) == ("Sixth form at Oakfield?", "thestudentroom")
    assert first.url == f"{_TSR}#post3001"
    reply = _tsr(_TSR_FIRST).mentions[1]
    assert (reply.author, reply.text) == ("mossy", "Better than the bus there.")
    assert reply.quoted.endswith("Is the sixth form any good?")
    assert reply.published == datetime(2026, 6, 8, 9, 10, tzinfo=UTC)


# ------------------------------------------------------------------ all of them
@for_each(
    ("read", "document"),
    [(_phpbb, _FIRST), (_xenforo, _XF_FIRST), (_vbulletin, _FOUR), (_discourse, _TOPIC), (_mumsnet, _NOW_1),
     (_mumsnet, _THEN)],
)  # fmt: skip
def test_deleted_hidden_and_ignored_posts_are_counted_and_not_read(read, document):
    assert read(document).warnings == (LEFT_OUT,)
