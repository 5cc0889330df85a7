"""Is a post still there? What counts as what, and that no wall, error or redirect ever counts as gone."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from builders.fetcher import fetcher_for
from builders.letters import WAYS
from builders.thread_page import AFTER, BEFORE, INSULT, MEANT, TITLE, Posted, thread
from hypothesis import given, settings
from hypothesis import strategies as st
from support.for_each import for_each
from support.sentences import sentences
from support.web_server import Answer, serve

from data.steps.codes import Check
from data.types import FetchFailure, Outcome, Request, Response, Source
from sources.recheck import SAID, SoughtPost, choose_reader, judge_answer

TOLD = sentences("pages/notices")

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parents[2] / "fixtures"
URL = "https://town.example.org/threads/gate.12/"
ITS_OWN = URL + "post-2"
SOUGHT = SoughtPost(ITS_OWN, title=TITLE, text=INSULT, published=MEANT.at)
READ = choose_reader(None)


def page(body, status=200, url=ITS_OWN, **headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(url, status, (("content-type", "text/html; charset=utf-8"), *named), body, NOW)


def look(body, status=200, sought=SOUGHT, url=None, read=READ, **headers):
    return judge_answer(sought, page(body, status, url or sought.url, **headers), read)


def small(title, *words):
    return f"<html><head><title>{title}</title></head><body><p>{' '.join(words)}</p></body></html>".encode()


NEXT = '<link rel="next" href="/threads/gate.12/page-2" />'
PAGES = '<nav class="pageNav"><a href="/threads/gate.12/page-2">2</a></nav>'
TABLE = {
    "the words stand there": (thread(BEFORE, MEANT, AFTER), Check.PRESENT, "stands"),
    "only case and marks differ": (
        thread(BEFORE, replace(MEANT, text=INSULT.upper()), AFTER), Check.PRESENT, "stands",
    ),
    **{
        f"its letters are {way}": (
            thread(BEFORE, replace(MEANT, text=write(INSULT)), AFTER), Check.PRESENT, "stands",
        ) for way, write in WAYS.items()
    },
    "something was added below": (
        thread(BEFORE, replace(MEANT, text=INSULT + "<br>I stand by it."), AFTER), Check.PRESENT, "stands",
    ),
    "quoted by another": (
        thread(BEFORE, replace(AFTER, text=f"Somebody wrote: {INSULT}")), Check.PRESENT, "stands",
    ),
    "one word is another": (
        thread(BEFORE, replace(MEANT, text=INSULT.replace("thief", "hero")), AFTER), Check.CHANGED, "changed",
    ),
    "one word more in between": (
        thread(BEFORE, replace(MEANT, text=INSULT.replace("is a", "is not a")), AFTER),
        Check.CHANGED, "changed",
    ),
    "a name was taken out": (
        thread(BEFORE, replace(MEANT, text=INSULT.replace("Mr Larkspur", "Somebody")), AFTER),
        Check.CHANGED, "changed",
    ),
    "moved within the page and shortened": (
        thread(BEFORE, AFTER, Posted(9, INSULT[:60], "x")), Check.CHANGED, "mostly",
    ),
    "a notice in its place": (
        thread(BEFORE, replace(MEANT, text="This post has been removed by a moderator."), AFTER),
        Check.GONE, "tombstone",
    ),
    "a notice in Welsh": (
        thread(BEFORE, replace(MEANT, text="Mae'r neges hon wedi'i dileu."), AFTER), Check.GONE, "tombstone",
    ),
    "a notice, but quoted by another": (
        thread(BEFORE, replace(MEANT, text="[removed]"), replace(AFTER, text=f"“{INSULT}” Shame on you.")),
        Check.CANNOT_TELL, "partly",
    ),
    "missing between two others": (thread(BEFORE, AFTER), Check.GONE, "absent"),
    "missing at the end of the only page": (thread(BEFORE), Check.GONE, "absent"),
    "missing between two others on one page of several": (
        thread(BEFORE, AFTER, head=NEXT, pages=PAGES), Check.GONE, "absent",
    ),
    "missing at the end of one page of several": (
        thread(BEFORE, head=NEXT, pages=PAGES), Check.CANNOT_TELL, "paged",
    ),
    "the thread has another title": (
        thread(BEFORE, AFTER, title="Uniform prices"), Check.CANNOT_TELL, "other_page",
    ),
    "some posts are for members": (
        thread(BEFORE, AFTER, foot="<p>Log in to see 3 hidden posts</p>"), Check.CANNOT_TELL, "more",
    ),
    "more are to be loaded": (
        thread(BEFORE, AFTER, foot="<button>Show 4 more replies</button>"), Check.CANNOT_TELL, "more",
    ),
    "cut off": (thread(BEFORE, AFTER)[:-60], Check.CANNOT_TELL, "cut"),
    "some of its words in a quote": (
        thread(BEFORE, replace(AFTER, text="You say he takes the dinner money, and everybody disagrees.")),
        Check.CANNOT_TELL, "partly",
    ),
    "no post of the thread": (thread(foot="<p>Rules of the house. " * 20), Check.CANNOT_TELL, "unread"),
    "an article with other words": (
        small("Northvale Gazette", "The choir sang on Monday. " * 60), Check.CANNOT_TELL, "unread",
    ),
    "an empty page": (b"   ", Check.CANNOT_TELL, "empty"),
    "a page of scripts": (
        b"<html><head><script src='a.js'></script></head><body><div id='app'></div></body></html>",
        Check.CANNOT_TELL, "script",
    ),
    "a removed notice": (small("Northvale Talk", "This thread has been removed."), Check.GONE, "notice"),
    "a page that says not found with 200": (small("Page not found", "Sorry."), Check.GONE, "notice"),
    "a notice that leaves it open": (
        small("Facebook", "This content isn't available right now. Usually the owner only shared it with a "
              "small group of people, or changed who can see it."),
        Check.CANNOT_TELL, "hedged",
    ),
    "a log-in wall": (
        small("Log in", "You must log in to continue.", "<form><input type='password'></form>"),
        Check.LOG_IN_WALL, "log_in",
    ),
    "a captcha": (small("Robot check", "Please confirm you are not a robot."), Check.BLOCKED, "wall"),
    "a consent page": (small("Before you continue to the site", "We use cookies."), Check.BLOCKED, "wall"),
    "not for this country": (
        small("Sorry", "This content is not available in your country."), Check.CANNOT_TELL, "region",
    ),
}  # fmt: skip


@for_each(("body", "check", "code"), TABLE.values())
def test_what_counts_as_what(body, check, code):
    seen = look(body)
    assert (seen.check, seen.code) == (check, code)
    assert seen.reason == SAID[code]


@for_each(
    ("status", "check", "code"),
    [
        (404, Check.GONE, "status"), (410, Check.GONE, "status"), (401, Check.LOG_IN_WALL, "log_in"),
        (403, Check.BLOCKED, "wall"), (429, Check.BLOCKED, "wall"), (451, Check.CANNOT_TELL, "region"),
        (500, Check.CANNOT_TELL, "trouble"), (503, Check.CANNOT_TELL, "trouble"),
        (204, Check.CANNOT_TELL, "empty"), (400, Check.CANNOT_TELL, "trouble"),
        (304, Check.CANNOT_TELL, "trouble"),
    ],
)  # fmt: skip
def test_what_a_status_counts_as(status, check, code):
    seen = look(b"", status)
    assert (seen.check, seen.code) == (check, code)


def test_a_log_in_page_or_one_of_scripts_is_no_removal_whatever_its_status_or_its_failure():
    seen = look(TABLE["a log-in wall"][0], 404)
    assert seen.check is Check.LOG_IN_WALL
    assert counted(SHELL, 404) == (Check.CANNOT_TELL, "script")
    sent = page(TABLE["a notice that leaves it open"][0])
    failure = FetchFailure(Outcome.GONE, URL, "Gone.", NOW, 200, None, sent)
    assert judge_answer(SOUGHT, failure, READ).code == "hedged"
    hidden = f"<script>window.__DATA__ = {{'posts': ['{INSULT}']}}</script>"
    assert look(thread(BEFORE, AFTER, head=hidden)).code == "partly"
    assert counted(small("Page not found", "This post has been removed.", INSULT)) == DOUBT
    assert counted(small("Page not found", "Sorry.", f"<i data-text='{INSULT}'></i>")) == DOUBT


@for_each("to", ["https://town.example.org/", "https://town.example.org/threads/uniform.13/"])
@for_each("status", [200, 404])
def test_a_redirect_to_another_page_proves_nothing(to, status):
    assert look(thread(BEFORE, AFTER), status, url=to).check is Check.CANNOT_TELL
    assert look(small("Page not found", "Sorry."), status, url=to).code == "elsewhere"


def test_a_redirect_proves_nothing_but_where_the_words_stand_or_the_address_is_the_same():
    moved = look(thread(BEFORE, MEANT, AFTER), url="https://town.example.org/threads/the-gate.12/")
    assert moved.check is Check.PRESENT
    assert (
        look(
            thread(BEFORE, AFTER), url="http://www.town.example.org/threads/gate.12/post-2/?utm_source=x"
        ).code
        == "absent"
    )
    body = thread(BEFORE, replace(MEANT, text="This post has been removed by a moderator."), AFTER)
    ids = [m.id for m in READ(page(body)).mentions]
    seen = look(body, sought=replace(SOUGHT, mention_id=ids[1]), url="https://town.example.org/threads/x.12/")
    assert (seen.check, seen.code) == (Check.CANNOT_TELL, "elsewhere")


def test_a_post_is_sought_by_its_id_its_place_and_its_words_up_to_where_they_were_cut():
    ids = [m.id for m in READ(page(thread(BEFORE, MEANT, AFTER))).mentions]
    sought = replace(SOUGHT, url=URL, mention_id=ids[1])
    changed = thread(BEFORE, replace(MEANT, text="Something else entirely was put here instead."), AFTER)
    assert look(changed, sought=sought).code == "changed"
    bare = replace(SOUGHT, text="")
    assert look(thread(BEFORE, MEANT, AFTER), sought=bare).code == "element"
    assert look(thread(BEFORE, AFTER), sought=bare).code == "no_words"
    assert look(b"", 410, sought=bare).check is Check.GONE
    own = "This post was removed by a moderator, and I put it up again."
    sought = replace(SOUGHT, text=own)
    assert look(thread(BEFORE, replace(MEANT, text=own), AFTER), sought=sought).check is Check.PRESENT
    sought = replace(SOUGHT, text=INSULT[:50] + "…")
    assert look(thread(BEFORE, MEANT, AFTER), sought=sought).check is Check.PRESENT


@for_each(
    ("outcome", "status", "check", "code"),
    [
        (Outcome.UNREACHABLE, None, Check.CANNOT_TELL, "trouble"),
        (Outcome.TOO_LARGE, 200, Check.CANNOT_TELL, "too_large"),
        (Outcome.REFUSED_BY_ROBOTS, None, Check.BLOCKED, "robots"),
        (Outcome.MISCONFIGURED, None, Check.CANNOT_TELL, "trouble"),
        (Outcome.BLOCKED, 403, Check.BLOCKED, "wall"),
        (Outcome.BLOCKED, 401, Check.LOG_IN_WALL, "log_in"),
        (Outcome.GONE, 404, Check.GONE, "status"),
        (Outcome.GONE, 200, Check.CANNOT_TELL, "trouble"),
    ],
)
def test_what_a_failure_without_an_answer_counts_as(outcome, status, check, code):
    seen = judge_answer(SOUGHT, FetchFailure(outcome, URL, "It failed.", NOW, status), READ)
    assert (seen.check, seen.code) == (check, code)


REVIEWS = """<html><head><title>Oakfield Primary</title></head><body><script type="application/ld+json">
{"@context": "https://schema.org", "@type": "School", "name": "Oakfield Primary", "review": [%s]}</script>
<h1>Reviews</h1>%s</body></html>"""
ONE = '{"@type": "Review", "reviewBody": "%s", "datePublished": "2026-11-0%d", "author": {"name": "A"}}'


def reviews(*texts):
    data = ",".join(ONE % (text, i) for i, text in texts)
    return (REVIEWS % (data, "".join(f"<p>{text}</p>" for _, text in texts))).encode()


def test_a_review_is_missing_only_between_two_others():
    sought = SoughtPost(URL, kind="review", title="A disgrace", text="The head lies to parents, avoid it.",
                    published=datetime(2026, 11, 5, tzinfo=UTC))  # fmt: skip
    around = ((3, "Kind staff and a lovely hall."), (7, "My two are happy here every day."))
    assert look(reviews(*around), sought=sought).code == "absent"
    assert look(reviews(around[0]), sought=sought).code == "other_page"
    assert look(reviews(*around, (5, sought.text)), sought=sought).check is Check.PRESENT


def test_a_page_is_read_as_its_source_is_unless_that_is_a_feed():
    ones = "".join(
        f"<div class='one'><p class='t'>{t}</p></div>"
        for t in ("Two vans, they block it.", "Ring the wardens.")
    )
    body = f"<html><head><title>{TITLE}</title></head><body>{ones}</body></html>".encode()
    named = Source("s", "forum.generic", URL, settings={"post": ".one", "text": ".t"})
    assert len(choose_reader(named)(page(body)).mentions) == 2
    assert look(body, read=choose_reader(named)).code == "absent"
    assert choose_reader(Source("s", "feed", URL))(page(thread(BEFORE, MEANT))).mentions


DOCUMENTS = sorted(
    p
    for kind in ("forums", "reviews")
    for p in (FIXTURES / kind).rglob("*")
    if p.suffix in (".html", ".json")
)


@for_each("path", DOCUMENTS)
def test_every_post_of_every_kind_of_page_is_found_on_it(path):
    """By its id; and by its words alone, as where another source's collector gave it its id."""
    here = page(path.read_bytes(), url=URL)
    found = READ(here)
    for mention in found.mentions:
        text, times = mention.text, mention.published
        for mention_id in (mention.id, ""):
            sought = SoughtPost(URL, mention_id, mention.kind.value, mention.title, text, times)
            seen = judge_answer(sought, here, lambda _: found)
            assert seen.check is Check.PRESENT or not text, (mention_id, seen.code)
        words = text.split()
        if len(words) > 2:
            altered = " ".join([*words[:1], "zebra", *words[2:]])
            sought = SoughtPost(URL, mention.id, mention.kind.value, mention.title, altered, times)
            assert judge_answer(sought, here, lambda _: found).check is Check.CHANGED


WALLS = [TABLE[name][0] for name in (
    "a log-in wall", "a captcha", "a consent page", "not for this country", "a page of scripts",
    "an empty page",
)]  # fmt: skip
TROUBLE = st.sampled_from([301, 302, 400, 401, 403, 408, 418, 425, 429, 451, 500, 502, 503, 504, 520])
BODIES = st.sampled_from([*WALLS, thread(BEFORE, AFTER), thread(), b"x", small("Page not found", "Sorry.")])


@settings(max_examples=120, deadline=None)
@given(
    st.tuples(st.sampled_from(WALLS), st.sampled_from([200, 201, 401, 403, 429, 503]))
    | st.tuples(BODIES, TROUBLE)
)
def test_a_wall_or_an_error_is_never_gone(answer):
    assert look(*answer).check is not Check.GONE


@settings(max_examples=60, deadline=None)
@given(BODIES, st.sampled_from([200, 403, 404, 410, 500]), st.text("abc/?=1", max_size=12))
def test_a_redirect_is_never_gone(body, status, path):
    assert look(body, status, url=f"https://town.example.org/elsewhere/{path}").check is not Check.GONE


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([200, 404, 500]))
def test_nothing_that_a_site_sends_raises(body, status):
    assert look(b"<html>" + body, status).check in Check


def test_over_real_sockets_a_site_that_misbehaves():
    """Each address of one site, asked as a recheck asks: only the last four speak of a removal."""
    routes = {
        "/there": thread(BEFORE, MEANT, AFTER),
        "/login": Answer(302, headers={"Location": "/session/new"}),
        "/session/new": TABLE["a log-in wall"][0],
        "/home": Answer(301, headers={"Location": "/"}),
        "/": thread(BEFORE, AFTER),
        "/busy": Answer(503, b"later"),
        "/refused": Answer(403, b"Forbidden"),
        "/cut": Answer(200, thread(BEFORE, AFTER)[:400], {"Content-Length": "9000"}),
        "/missing": thread(BEFORE, AFTER),
        "/notice": small("Northvale Talk", "This thread has been removed."),
        "/gone": Answer(410, b""),
    }
    seen = {}
    with serve(routes) as site:
        fetch = fetcher_for(site)
        for path in [*routes, "/never"]:
            sought = replace(SOUGHT, url=f"{site}{path}")
            seen[path] = judge_answer(sought, fetch(Request(sought.url)), READ).check
    assert {path for path, check in seen.items() if check is Check.GONE} == {
        "/", "/missing", "/notice", "/gone", "/never",
    }  # fmt: skip
    assert seen["/login"] is Check.LOG_IN_WALL
    assert seen["/refused"] is Check.BLOCKED
    assert seen["/there"] is Check.PRESENT
    assert {seen[path] for path in ("/home", "/busy", "/cut")} == {Check.CANNOT_TELL}


# ----------------------------- what looks like a removal and may be none


SHELL = (
    b"<html><head><title>Northvale Talk</title><script src='a.js'></script></head>"
    b"<body><div id='root'></div></body></html>"
)


def counted(body, status=200, sought=SOUGHT):
    seen = look(body, status, sought)
    return seen.check, seen.code


DOUBT = (Check.CANNOT_TELL, "partly")


@for_each("status", [404, 410])
def test_a_page_that_shows_the_words_is_not_gone_whatever_its_status(status):
    assert counted(thread(BEFORE, MEANT, AFTER), status) == DOUBT
    told = f"<script>{{'text': '{INSULT}'}}</script></body>".encode()
    assert counted(SHELL.replace(b"</body>", told), status)[0] is Check.CANNOT_TELL


@for_each("said", TOLD["trouble_of_the_site_or_of"])
def test_trouble_of_the_site_or_of_its_author_is_no_removal(said):
    assert counted(small(said, "x"))[0] is Check.CANNOT_TELL
    assert counted(small("Northvale Talk", said))[0] is Check.CANNOT_TELL


@for_each("said", TOLD["a_notice_that_leaves_nothing_open"])
def test_a_notice_that_leaves_nothing_open_is_a_removal(said):
    assert counted(small(said, "It is told in the forum's rules why.")) == (Check.GONE, "notice")


@for_each("text", TOLD["what_an_author_writes_in_its"])
def test_what_an_author_writes_in_its_place_or_is_hidden_only_is_no_notice(text):
    assert counted(thread(BEFORE, replace(MEANT, text=text), AFTER))[0] is not Check.GONE


@for_each("text", TOLD["the_notices_of_sites_are_known"])
def test_the_notices_of_sites_are_known(text):
    assert counted(thread(BEFORE, replace(MEANT, text=text), AFTER)) == (Check.GONE, "tombstone")


@for_each("foot", TOLD["a_page_that_keeps_posts_back"])
def test_a_page_that_keeps_posts_back_proves_nothing(foot):
    assert counted(thread(BEFORE, AFTER, foot=f"<p>{foot}</p>")) == (Check.CANNOT_TELL, "more")


def test_stars_are_no_count_of_posts_and_on_a_page_that_is_one_of_several_the_post_may_stand_on_another():
    assert counted(thread(BEFORE, AFTER, foot="<p>4 out of 5</p>")) == (Check.GONE, "absent")
    later = Posted(4, "The vans belong to the builders.")
    assert counted(thread(BEFORE, AFTER, later, pages=PAGES)) == (Check.GONE, "absent")
    assert counted(thread(AFTER, BEFORE, later, pages=PAGES)) == (Check.CANNOT_TELL, "paged")
    back = '<link rel="prev" href="/threads/gate.12/">'
    assert counted(thread(BEFORE, AFTER, head=back)) == (Check.CANNOT_TELL, "paged")
    first = Posted(0, "It is always the same with parking here.")
    assert counted(thread(first, BEFORE, AFTER, head=back)) == (Check.GONE, "absent")
    assert counted(thread(BEFORE, foot="<p>Page 1 of 3</p>"))[0] is Check.CANNOT_TELL


@for_each("link", ["<a href='?page=2'>2</a>", "<a href='/threads/gate.12/page-2'>Next</a>"])
def test_pages_are_known_by_links_to_numbered_addresses(link):
    assert counted(thread(BEFORE, foot=link)) == (Check.CANNOT_TELL, "paged")


@for_each("now", ["Larkspur is still a thief", "A thief, that is what he is: Larkspur"])
def test_a_short_post_that_was_changed_is_not_missing(now):
    short = replace(SOUGHT, text="Larkspur is a thief", url=ITS_OWN[:-6])
    check, _ = counted(thread(BEFORE, replace(MEANT, text=now), AFTER), sought=short)
    assert check in {Check.CHANGED, Check.CANNOT_TELL}
