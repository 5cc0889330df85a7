"""What stands where the page should be: told by what it says, then by its status."""

import gzip
import json
import re
from datetime import UTC, datetime

import pytest
from conformance import FIXTURES
from support.corpus import corpus_path
from support.for_each import for_each
from support.sentences import rows, sentences

from data.types import BlockKind, Response
from sources.blocks import recognise_block

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
URL = "https://forum.example.org/thread/1"
SENTENCE = "The head wrote to all of us about parking at the gate, and most of us agree with her. "


def response(body, status=200, url=URL, kind="text/html; charset=utf-8"):
    content = body.encode() if isinstance(body, str) else body
    return Response(url, status, (("content-type", kind),), content, NOW)


def page(title, text="", head="", body=""):
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head>"
        f"<body><p>{text}</p>{body}<script src='/app.js'></script></body></html>"
    )


def kind_of(body, status=200, **kwargs):
    block = recognise_block(response(body, status, **kwargs))
    return None if block is None else block.kind


SAID = sentences("pages/walls")


def written(*parts):
    """A page of these parts, in which “+3” is the sentence three times."""
    return page(*(re.sub(r"\+(\d+)(?=<|$)", lambda n: SENTENCE * int(n[1]), part) for part in parts))


WALLS = [
    *((BlockKind[kind], written(*parts)) for kind, *parts in rows(SAID["walls"])),
    *((BlockKind[kind], written(*parts)) for kind, *parts in rows(SAID["marked walls"])),
    (BlockKind.SCRIPT_ONLY, "<html><head></head><body><a href='#main'>Skip</a></body></html>"),
]


@for_each(("kind", "body"), WALLS)
def test_a_wall_is_known_by_what_it_says_though_it_answers_200(kind, body):
    assert kind_of(body) is kind


PAGES = [*(written(*parts) for parts in rows(SAID["pages"])), *SAID["whole documents"], "", "   "]
FIXTURE_PAGES = sorted(path for room in ("forums", "reviews") for path in (FIXTURES / room).rglob("*.html"))
SCORE_ALONE = "nobodys_score.html"
WALL_WORDS = (
    "You must be logged in to view this forum.",
    "This thread has been deleted.",
    "Please enable JavaScript and cookies to continue.",
    "You must be 18 or older to view this content. Are you over 18?",
    "Are you a robot? Too many requests. Access denied.",
    "Sorry, the page you are looking for could not be found.",
)


@for_each("path", FIXTURE_PAGES)
def test_words_alone_never_convict_a_thread_a_list_of_threads_or_reviews(path):
    text = path.read_text("utf-8")
    html = text if "<body" in text else f"<body>{text}</body>"
    for words in WALL_WORDS if path.name != SCORE_ALONE else ():
        assert recognise_block(response(re.sub("(<body[^>]*>)", rf"\1<p>{words}</p>", html, count=1))) is None
    for title in ("Sorry state of the gate", "Log in", "404", "Just a moment..."):
        titled = re.sub("<title>[^<]*", f"<title>{title}", html, count=1)
        assert path.name == SCORE_ALONE or recognise_block(response(titled)) is None


@for_each("path", FIXTURE_PAGES)
def test_being_asked_to_log_in_to_reply_is_no_wall(path):
    text = path.read_text("utf-8")
    for words in ("You must be logged in to reply.", "Please log in or register to post here."):
        body = re.sub("(<body[^>]*>|^(?!.*<body))", rf"\1<p>{words}</p>", text, count=1)
        assert recognise_block(response(body)) is None
    sorry = re.sub("<title>", "<title>Sorry about the gate: ", text, count=1)
    assert recognise_block(response(sorry)) is None


def test_a_wall_is_one_on_an_empty_forum_beside_a_feed_in_plain_words_and_behind_a_redirect():
    assert kind_of(page("Forum", "You must be logged in to view this forum. Since 3 May 2026.")) is (
        BlockKind.LOG_IN
    )
    assert kind_of(page("Forum", "Please log in or register to view this thread.")) is BlockKind.LOG_IN
    assert kind_of(page("Blocked", "You have been blocked. Your IP: 10.20.30.40, then 10.20.30.41.")) is (
        BlockKind.FORBIDDEN
    )
    wall = "<html><head><title>Just a moment...</title></head><body>&lt;rss> <rss></rss></body></html>"
    assert recognise_block(response(wall)) is not None
    assert kind_of("Too Many Requests", kind="text/plain") is BlockKind.RATE_LIMITED
    assert kind_of("error code: 1020", 403, kind="text/plain") is BlockKind.FORBIDDEN
    assert kind_of("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>") is BlockKind.FORBIDDEN
    told = kind_of(page("Example", SENTENCE * 5), url="https://consent.example.org/m?continue=x")
    assert told is BlockKind.CONSENT


@for_each("body", PAGES)
def test_a_page_that_only_speaks_of_such_things_is_a_page(body):
    assert recognise_block(response(body)) is None


@for_each("item", SAID["items"])
@for_each(
    "feed",
    [
        '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item>{}</item></channel></rss>',
        "<!-- <html> of old --><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<item>{}</item></rdf:RDF>",
        "<?xml-stylesheet href='a.xsl'?>\n<!DOCTYPE rss PUBLIC '-//N//DTD RSS//EN' 'x'>"
        "<rss><channel><item>{}</item></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry>{}</entry></feed>",
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry>{}</a:entry></a:feed>",
    ],
)
def test_whatever_an_item_says_its_feed_is_no_wall(feed, item):
    assert recognise_block(response(feed.format(item))) is None


@for_each(("kind", "body"), rows(SAID["services"], BlockKind, str))
def test_a_service_says_it_in_json(kind, body):
    assert kind_of(body, kind="application/json") is kind


@for_each(
    ("status", "kind"),
    [
        (200, None), (304, None), (400, None), (401, BlockKind.LOG_IN), (403, BlockKind.FORBIDDEN),
        (404, BlockKind.REMOVED), (410, BlockKind.REMOVED), (429, BlockKind.RATE_LIMITED),
        (451, BlockKind.FORBIDDEN), (500, None), (503, None),
    ],
)  # fmt: skip
def test_without_a_body_the_status_speaks(status, kind):
    block = recognise_block(response(b"", status))
    assert (block.kind if block else None) is kind
    assert block is None or str(status) in block.reason


def test_what_the_page_says_comes_before_its_status_in_a_sentence_of_our_own():
    wall = page("Just a moment...", "Enable JavaScript and cookies to continue")
    assert {kind_of(wall, status) for status in (200, 403, 404, 503)} == {BlockKind.CHALLENGE}
    said = recognise_block(response(page("Just a moment...", ""))).reason
    assert said == "The site asks for proof that a browser is at work."


DISCLOSURE = "sorry but my stepdad hits me, Hexley Road"


@for_each(
    "body",
    [
        page(DISCLOSURE, "This thread has been deleted."),
        page(DISCLOSURE, "You must be logged in to view this forum."),
        page(DISCLOSURE + " - 404", ""),
        page(DISCLOSURE, "Checking your browser before accessing forum.example.org."),
        page(DISCLOSURE, body="<div id='root'></div>"),
        f"This post was removed: {DISCLOSURE}",
        json.dumps({"error": 404, "message": f"{DISCLOSURE} not found"}),
        json.dumps({"error": 403, "title": DISCLOSURE}),
    ],
)
@for_each("status", [200, 403, 404, 410])
def test_the_reason_repeats_nothing_of_the_page_because_its_title_is_what_a_poster_wrote(body, status):
    block = recognise_block(response(body, status))
    assert "stepdad" not in block.reason
    assert "Hexley" not in block.reason


# ---------------------------------------------------------------- real documents
def documents():
    """But for those whose facts are noted, which are read as no wall beside their facts."""
    for path in sorted(corpus_path("samples").glob("*/*")):
        if path.parent.name not in {"robots", "blocked"} and not (path.parent / "EXPECTED.json").exists():
            yield path


def body_of(path):
    body = path.read_bytes()
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("google-consent-wall-es.html", BlockKind.CONSENT),
        ("soft404-whoops.html", BlockKind.SOFT_404),
        ("consent-youtube-404-es.html", BlockKind.SOFT_404),
        ("tiny-774-bytes.html", BlockKind.SCRIPT_ONLY),
        ("cf-captcha-2019.html", BlockKind.CAPTCHA),
        ("cf-managed-challenge-2025-09.html", BlockKind.CHALLENGE),
        ("old-reddit-network-policy-block.html", BlockKind.FORBIDDEN),
    ],
)
def test_walls_are_told_apart(name, kind):
    assert kind_of(body_of(corpus_path("samples", "blocked", name))) is kind


@pytest.mark.corpus
def test_no_page_of_any_other_kind_is_taken_for_a_wall():
    taken = {
        f"{path.parent.name}/{path.name}": block
        for path in documents()
        if (block := recognise_block(response(body_of(path), kind="")))
    }
    assert taken == {}
