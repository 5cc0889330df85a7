"""Threads: from posts to a page, from page to page; software without a collector, declared posts, guesses."""

from dataclasses import dataclass
from datetime import UTC, datetime

from conformance import FETCHED_AT, FIXTURES
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.processor import within
from support.sentences import rows, sentences

from data.types import Mention, MentionKind, Page, Response, Source
from sources.html.dom import plain_text
from sources.html.parsers import parse_html
from sources.html.sanitise import clean
from sources.parse import parse_document
from sources.registry import collector
from sources.threads import (
    NOT_FOUND,
    Thread,
    WebPost,
    board_address,
    guess_shape,
    page_of_thread,
    pageless,
    without_session,
    zone_named,
)

# --- from posts to a page: ids, titles, zones, addresses without sessions


_NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def _page(
    thread: Thread, *posts: WebPost, url: str = "https://www.town.example.org/t/12", **settings: object
) -> Page:
    response = Response(url, 200, (), b"", _NOW)
    return page_of_thread(
        thread, posts, Source("s", "forum.x", url, settings=settings), response, "local_forum"
    )


def _mentions(thread: Thread, *posts: WebPost, **settings: object) -> tuple[Mention, ...]:
    return _page(thread, *posts, **settings).mentions


_THREAD = Thread("12", "Parking", "https://town.example.org/t/12")


def test_a_post_has_an_id_of_its_own_that_stays_wherever_it_stands_and_whatever_time_is_shown() -> None:
    first, second = WebPost("1", "x"), WebPost("2", "y")
    ids = [m.id for m in _mentions(_THREAD, first, second)]
    assert _page(_THREAD, first, url="https://town.example.org/t/12").mentions[0].id == ids[0]
    later = Thread("12", "Parking", _THREAD.url, starts=False)
    assert _mentions(later, second)[0].id == ids[1]
    assert _mentions(_THREAD, WebPost("1", "edited"))[0].id == ids[0]
    same = WebPost("", "Well said", author="a")
    ids = [
        m.id for m in _mentions(Thread("", "", _THREAD.url), same, WebPost("", "Well said", author="b"), same)
    ]
    assert len(set(ids)) == 3
    page = _page(_THREAD, WebPost("1", "x"), WebPost("7", "y"), WebPost("7", "z"))
    assert len({m.id for m in page.mentions}) == 3
    assert page.warnings[0] == "Posts that share a number with another post on the page: 1."
    thread = Thread("12", "", _THREAD.url, starts=False)
    ids = {_mentions(thread, WebPost("", "Bump", time=f"2026-11-0{day}T08:00Z"))[0].id for day in (8, 9)}
    assert len(ids) == 2
    assert len({_mentions(thread, WebPost("", "Hm", time=f"{n} days ago"))[0].id for n in (3, 4)}) == 1


def test_thousands_of_posts_under_one_number_cost_little() -> None:
    with within(2):
        page = _page(_THREAD, *(WebPost("7", "x") for _ in range(10_000)))
    assert len({m.id for m in page.mentions}) == 10_000


def test_a_posts_times_are_read_in_the_pages_order_and_the_zone_of_the_settings() -> None:
    when = "2026-11-08T08:40:00Z"
    assert _mentions(_THREAD, WebPost("1", "x", time=when, edited=when))[0].edited is None
    posts = WebPost("1", "x", time="11-08-2026, 08:40 AM"), WebPost("2", "y", time="11-14-2026, 08:40 AM")
    assert _mentions(_THREAD, *posts)[0].published == datetime(2026, 11, 8, 8, 40, tzinfo=UTC)
    thread = Thread("12", "Parking", _THREAD.url, zone="America/Chicago")
    post = WebPost("1", "x", time="8 November 2026 08:40")
    assert _mentions(thread, post)[0].published == datetime(2026, 11, 8, 14, 40, tzinfo=UTC)
    assert _mentions(thread, post, zone="Europe/London")[0].published == datetime(
        2026, 11, 8, 8, 40, tzinfo=UTC
    )


def test_what_is_missing_is_said() -> None:
    page = _page(
        Thread("", "Parking", _THREAD.url, starts=False), WebPost("1", "x"), WebPost("2", "y", author="a")
    )
    assert page.warnings == (
        "No time could be read on 2 of 2 posts.",
        "No author could be read on 1 of 2 posts.",
        "The thread's number is not on the page, so its replies do not name their first post.",
    )
    assert {m.parent for m in page.mentions} == {None}


@for_each(
    ("said", "zone"),
    [
        ("America/Chicago", "America/Chicago"), ("America/Los Angeles", "America/Los_Angeles"),
        ("All times are UTC-04:00", "Etc/GMT+4"),
        ("All times are GMT +1. The time now is 14:01.", "Etc/GMT-1"),
        ("All times are GMT. The time now is 12:18 PM.", "UTC"), ("UTC", "UTC"),
        ("All times are UTC [ DST ]", "Etc/GMT-1"), ("All times are UTC + 1 hour [ DST ]", "Etc/GMT-2"),
        ("All times are UTC - 1 hour [ DST ]", "UTC"), ("All times are UTC - 5 hours [ DST ]", "Etc/GMT+4"),
        ("UTC+05:30", None), ("No/Where", None), ("All times are local", None),
    ],
)  # fmt: skip
def test_a_stated_zone_is_read(said: str, zone: str | None) -> None:
    assert zone_named(said) == zone


@for_each(
    ("url", "cleaned"),
    [
        ("https://a.example/viewtopic.php?t=1&sid=0123456789abcdef0123456789abcdef", "https://a.example/viewtopic.php?t=1"),
        ("https://a.example/t.php?s=0123456789abcdef0123456789abcdef&p=5#post5", "https://a.example/t.php?p=5#post5"),
        ("https://a.example/t.php?12-Gate&s=0123456789abcdef0123456789abcdef&p=5", "https://a.example/t.php?12-Gate&p=5"),
        ("https://a.example/search?s=gate", "https://a.example/search?s=gate"),
        ("https://a.example/i.php?PHPSESSID=04de800e92cfd8c87b20137dae7f687f&topic=3.0", "https://a.example/i.php?topic=3.0"),
    ],
)  # fmt: skip
def test_session_ids_go(url: str, cleaned: str) -> None:
    assert without_session(url) == cleaned


@given(
    st.lists(
        st.builds(
            WebPost, st.text(max_size=3), st.text(max_size=5), st.text(max_size=3), st.text(max_size=20)
        )
    )
)
def test_whatever_the_posts_every_one_becomes_a_mention_with_an_id_of_its_own(posts: list[WebPost]) -> None:
    mentions = _mentions(_THREAD, *posts)
    assert [m.text for m in mentions] == [clean(p.text) for p in posts]
    assert len({m.id for m in mentions}) == len(posts)


# --- from page to page: the following one, which is the first, no id twice


_PHPBB = "https://town.example.org/forum/viewtopic.php"
_SMF = "https://smf.example.org/index.php"


def _read(kind: str, url: str, body: str) -> Page:
    response = Response(url, 200, (), body.encode(), _NOW)
    return collector(kind).parse(Source("s", kind, url), response)


def _phpbb(post: int, words: str, around: str = "") -> str:
    return (
        f'{around}<div id="p{post}" class="post"><div class="postbody"><p class="author">by <strong>'
        '<a class="username">kit</a></strong> &raquo; Sun Nov 08, 2026 8:40 am</p>'
        f'<h3><a href="#p{post}">Gate</a></h3><div class="content">{words}</div></div></div>'
    )


def _smf(around: str) -> str:
    posts = "".join(
        '<div class="windowbg"><div class="poster"><h4>kit</h4></div><div class="keyinfo">'
        f'<a class="smalltext" href="index.php?msg={n}">November 08, 2026, 08:40:00</a></div>'
        f'<div class="inner" id="msg_{n}">Words {n}.</div></div>'
        for n in (51, 52)
    )
    return f"{around}{posts}"


_OLD_PROSILVER = (
    '<a href="./viewtopic.php?t=12&amp;start=10" class="right-box right">Next</a>'
    '<div class="pagination"><a href="#">Page <strong>1</strong> of <strong>2</strong></a></div>'
)
_NUMBERS_ALONE = (
    '<div class="pagination"><span><strong>1</strong><span class="page-sep">, </span>'
    '<a href="./viewtopic.php?t=12&amp;start=10">2</a>'
    '<a href="./viewtopic.php?t=12&amp;start=20">3</a></span></div>'
)


@for_each("around", [_OLD_PROSILVER, _NUMBERS_ALONE])
def test_the_next_page_of_an_old_phpbb_is_found(around: str) -> None:
    page = _read("forum.phpbb", f"{_PHPBB}?t=12", _phpbb(101, "x", around))
    assert page.next.url == f"{_PHPBB}?t=12&start=10"


@for_each(
    "around",
    [
        '<div>Pages: [<strong>2</strong>] <a class="navPages" href="?topic=12.30">3</a></div>',
        '<div>Pages: <a class="navPages" href="?topic=12.0">1</a> [<b>2</b>] '
        '<a class="navPages" href="?topic=12.30">3</a></div>',
        '<div><a class="nav_page" href="?topic=12.0">1</a> <span class="current_page">2</span>'
        '<a class="nav_page" href="?topic=12.30">3</a></div>',
    ],
)
def test_the_next_page_of_smf_is_the_number_behind_this_pages(around: str) -> None:
    page = _read("forum.generic", f"{_SMF}?topic=12.15", _smf(around))
    assert page.next.url == f"{_SMF}?topic=12.30"


def test_the_last_page_has_no_next_and_later_pages_that_are_linked_but_not_found_are_told() -> None:
    around = (
        '<div class="pagination"><a href="./viewtopic.php?t=12">1</a><strong>2</strong></div>'
        '<a rel="next" href="./viewtopic.php?t=12&amp;start=10">Next</a>'
    )
    page = _read("forum.phpbb", f"{_PHPBB}?t=12&start=10", _phpbb(111, "x", around))
    assert (page.next, page.warnings) == (None, ())
    around = '<p><a href="./viewtopic.php?t=12&amp;start=10">2</a></p>'
    page = _read("forum.phpbb", f"{_PHPBB}?t=12", _phpbb(101, "x", around))
    assert (page.next, page.warnings) == (None, (NOT_FOUND,))
    words = 'See <a href="./viewtopic.php?t=12&amp;start=10">there</a>'
    assert _read("forum.phpbb", f"{_PHPBB}?t=12", _phpbb(101, words)).warnings == ()


def test_a_pages_own_address_and_not_that_of_a_post_shows_it_to_be_the_first() -> None:
    (post,) = _read("forum.phpbb", f"{_PHPBB}?p=111", _phpbb(111, "x")).mentions
    (again,) = _read("forum.phpbb", f"{_PHPBB}?t=12&start=10", _phpbb(111, "x")).mentions
    assert (post.kind, post.id) == (MentionKind.REPLY, again.id)
    link = f'<link rel="canonical" href="{_PHPBB}?t=12">'
    (post,) = _read("forum.phpbb", f"{_PHPBB}?p=101", _phpbb(101, "x", link)).mentions
    (again,) = _read("forum.phpbb", f"{_PHPBB}?t=12", _phpbb(101, "x")).mentions
    assert (post.kind, post.id) == (MentionKind.POST, again.id)


def test_two_boards_on_one_host_share_no_id() -> None:
    boards = [
        _read(kind, f"https://town.example.org/{name}/{script}?t=12", body).mentions
        for name in ("northvale", "hexley")
        for kind, script, body in (
            ("forum.phpbb", "viewtopic.php", _phpbb(101, "x") + _phpbb(102, "y")),
            ("forum.vbulletin", "showthread.php", "<p id=post_message_101>x</p><p id=post_message_102>y</p>"),
        )
    ]
    assert len({m.id for board in boards[:1] + boards[2:3] for m in board}) == 4
    assert len({m.id for board in boards[1:2] + boards[3:] for m in board}) == 4


@for_each(("address", "pattern", "board"), rows(sentences("addresses/behind")["a_board_and_its_folder"]))
def test_a_board_is_its_host_and_folder(address: str, pattern: str, board: str) -> None:
    assert board_address(address, pattern) == board


@for_each(
    ("url", "path"),
    [
        ("https://a.example/board/12?page=2", "/board/12"),
        ("https://a.example/board/12?p=2#n81", "/board/12"),
        ("https://a.example/board/gate/page-3/", "/board/gate"),
        ("https://a.example/topic.pl?start=20&tid=12", "/topic.pl?tid=12"),
        ("https://a.example/viewtopic.php?p=99", "/viewtopic.php?p=99"),
        ("https://a.example/?page=2", "/"),
    ],
)
def test_all_pages_of_a_thread_have_one_address(url: str, path: str) -> None:
    assert pageless(url) == path


# ---------------- every shape of software without a collector of its own
@dataclass(frozen=True)
class Known:
    """Where a thread of two posts was fetched, and how the address of the second ends."""

    url: str
    linked: str = ""


CASES = {
    "mybb": Known("https://mybb.example.org/thread-12.html", "thread-12-post-52.html#pid52"),
    "smf2": Known("https://smf.example.org/index.php?topic=12.0", "index.php?msg=52"),
    "smf1": Known("https://smf.example.org/index.php?topic=12.0", "topic=12.msg52#msg52"),
    "invision": Known("https://ips.example.org/topic/12-parking/", "#findComment-52"),
    "vanilla": Known("https://vanilla.example.org/discussion/12/parking", "#Comment_52"),
    "nodebb": Known("https://nodebb.example.org/topic/12/parking", "/post/52"),
    "flarum": Known("https://flarum.example.org/d/12-parking"),
}


def _fixture(name: str, url: str, body: bytes = b"") -> Response:
    body = body or (FIXTURES / "forums" / "software" / f"{name}.html").read_bytes()
    return Response(url, 200, (), body, _NOW)


def _software(name: str, url: str = "", body: bytes = b"") -> Page:
    at = url or CASES[name].url
    return collector("forum.generic").parse(Source("s", "forum.generic", at), _fixture(name, at, body))


@for_each("name", CASES)
def test_a_thread_of_each_software_is_read_with_its_quotes_times_edits_and_addresses(name: str) -> None:
    assert collector("forum.generic").recognises(_fixture(name, CASES[name].url)) >= 0.8
    first, reply = _software(name).mentions
    assert (first.kind, first.author, first.text) == (
        MentionKind.POST, "gate_watcher", "The gate was blocked again.",
    )  # fmt: skip
    assert (reply.kind, reply.author, reply.text) == (MentionKind.REPLY, "Mossy Boots", "By whom this time?")
    assert reply.quoted.endswith("blocked again")
    assert (reply.parent, reply.title) == (first.id, "Parking")
    dated = name != "flarum"
    assert reply.published == (datetime(2026, 11, 8, 9, 10, tzinfo=UTC) if dated else None)
    assert reply.url.endswith(CASES[name].linked)
    edited = dated and name != "nodebb"
    assert first.edited == (datetime(2026, 11, 8, 9, 5, tzinfo=UTC) if edited else None)


def test_a_page_without_times_says_so_and_a_name_stays_as_it_is_written() -> None:
    assert _software("flarum").warnings == ("No time could be read on 2 of 2 posts.",)
    body = _fixture("mybb", "").body.replace(b"Mossy Boots", b"{Mossy Boots}")
    assert _software("mybb", body=body).mentions[1].author == "{Mossy Boots}"


def test_who_writes_on_invision_5_is_read_from_its_data_or_its_heading() -> None:
    page = _software("invision5", "https://ips.example.org/topic/12-parking/")
    assert [m.author for m in page.mentions] == ["gate_watcher", "Siôn “Mossy” Boots", "Guest Bramble"]
    assert [m.text for m in page.mentions][1:] == ["By whom this time?", "A van, I think."]
    assert page.mentions[1].published == datetime(2026, 11, 8, 9, 10, tzinfo=UTC)
    assert page.warnings == ()


# ----------------- pages that show more posts than their markup declares


BOARD = "https://boards.example.org/boards/12-northvale/7712"
GROUP = "https://www.taps.example.org/groups/northvale/parking-at-the-school-gate-t12.html"
KINDS = [None, "forum.schema_org", "forum.generic"]


def read(name: str, url: str, kind: str | None, **parts: bytes) -> Page:
    body = (FIXTURES / f"{name}.html").read_bytes()
    for old, new in parts.items():
        body = body.replace(old.encode(), new)
    return parse_document(body, url, kind=kind, fetched_at=FETCHED_AT, dates="month_first")


@for_each("kind", KINDS)
@for_each(("name", "url"), [("gamefaqs", BOARD), ("tapatalk", GROUP)])
def test_replies_that_a_page_shows_and_does_not_declare_are_read(name, url, kind):
    page = read(f"forums/declared/{name}", url, kind)
    assert len(page.mentions) == 10
    first, *replies = page.mentions
    assert (first.kind, first.author) == (MentionKind.POST, "gate_watcher")
    assert first.text == "The gate was blocked again by the same silver car this morning."
    assert {reply.parent for reply in replies} == {first.id}
    assert replies[0].author == "Mossy Boots"
    assert replies[0].text == "By whom this time? It was a van last week."
    assert all(
        m.published and m.published.date() == datetime(2026, 11, 8, tzinfo=UTC).date() for m in page.mentions
    )
    told = "Posts the page declares: 1; posts seen on it: 10. Those seen were read."
    assert (told in page.warnings) == (name == "gamefaqs")  # phpBB's shape is sure, a guess is not


@for_each("kind", KINDS)
def test_an_opening_post_that_is_only_declared_comes_once_before_the_replies_seen(kind: str | None) -> None:
    page = read("forums/declared/opening_apart", BOARD, kind)
    assert [m.author for m in page.mentions][:3] == ["gate_watcher", "Mossy Boots", "priya_dad"]
    assert len(page.mentions) == 10
    assert page.mentions[0].kind is MentionKind.POST
    assert page.mentions[1].parent == page.mentions[0].id
    later = {f'canonical" href="{BOARD}': f'x" href="{BOARD}?page=1'.encode()}
    page = read("forums/declared/opening_apart", f"{BOARD}?page=2", kind, **later)
    assert page.mentions[0].author == "Mossy Boots"
    assert {m.kind for m in page.mentions} == {MentionKind.REPLY}


@for_each("kind", KINDS)
def test_where_what_is_seen_is_something_else_the_declared_posts_are_read_and_the_rest_is_said(kind):
    page = read("forums/declared/remarks", "https://ask.example.org/questions/12/who-parks", kind)
    assert len(page.mentions) == 4
    assert all(mention.published for mention in page.mentions)
    assert "Posts the page declares: 4; posts seen on it: 12. Those declared were read." in page.warnings


def test_reviews_that_a_page_shows_and_does_not_declare_are_said() -> None:
    page = read("reviews/declared_in_part", "https://reviews.example.org/oakfield", None)
    assert len(page.mentions) == 2
    assert "Reviews the page declares: 2; seen on it: 5. Those declared were read." in page.warnings


# --- the shape found by what repeats: no name of a page is taken for a query


_REPEATED = (
    '<li><p class="author">Mari</p><p class="time">3 March 2026, 10:{2}</p>'
    "<{0}{1}>The gate was shut again.</{0}></li>"
)


def _markup(tag: str, attributes: str = ' class="note"', before: str = "") -> str:
    posts = "".join(_REPEATED.format(tag, attributes, 10 + n) for n in range(6))
    return f"<html><body>{before}<ul>{posts}</ul></body></html>"


def _bodies(markup: str) -> list[str]:
    document = parse_html(markup)
    assert document is not None
    found = guess_shape(document, "https://pond.example.org/12")
    return [plain_text(body) for body in found[1]] if found else []


@for_each("tag", ["o:p", "my:post", "a|b", "x-post", "x|descendant::*", "x[1]", "é", "x.y", "p*"])
def test_whatever_a_page_calls_its_elements_its_posts_are_sought_without_a_fault(tag: str) -> None:
    _bodies(_markup(tag))


@for_each("name", ["it's", "[1]|//*", "post)]|//*[(", "ö"])
def test_a_class_name_is_compared_and_never_run(name: str) -> None:
    assert len(_bodies(_markup("div", f' class="{name}"'))) == 6


def test_names_marks_and_signatures_that_a_page_writes_are_no_queries_and_no_posts() -> None:
    assert len(_bodies(_markup("my:post"))) == 6
    query = "x|descendant::*[count(following::*[count(following::*[count(following::*)])])]"
    with within(2):
        _bodies(_markup(query, before="<i>.</i>" * 60))
    marks = 'xmlns:our="urn:schoolgate" our:candidate-0="" {urn:schoolgate}candidate-0="" candidate-0=""'
    document = parse_html(_markup("div") + f'<html xmlns:our="urn:schoolgate"><p {marks}>Not a post.</p>')
    assert document is not None
    found = guess_shape(document, "https://pond.example.org/12")
    assert [plain_text(body) for body in found[1]] == ["The gate was shut again."] * 6
    signed = '<div class="note postsignature">Tea before talk, and talk before bed.</div></li>'
    assert _bodies(_markup("div").replace("</li>", signed)) == ["The gate was shut again."] * 6


def test_posts_that_lie_in_the_row_before_the_next_are_not_searched_for_each_of_them() -> None:
    """A minute of processor for 400 kB, where every row before a post held all posts above it."""

    def post(number: int) -> str:
        named = " ".join(f"c{n}" for n in range(16) if number != n + 20)
        by = '<div><a class="author">Mari</a><p class="time">3 March 2026, 10:10</p></div>'
        shown = by if number < 3 or number > 96 else ""
        return f"{shown}<div class='{named}'>The gate was shut again.{'<i class=w>w</i>' * 90}</div></div>"

    with within(2):
        _bodies(f"<html><body>{'<div>' * 100}{''.join(map(post, range(100)))}</body></html>")
