"""One bad entry never takes a good one with it: in whatever notation, before it or after it."""

import json
import unicodedata
from datetime import UTC, datetime

import pytest
from builders.bad_entries import KINDS, bad_html, bad_json, bad_xml, in_notation
from builders.mutants import FETCHED_AT, mutants, own, read
from conformance import FIXTURES
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.processor import within

from data.effects import here
from sources.parse import parse_document

ORDERS = ["bad first", "good first"]
_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
_TITLE, _WORDS = "The gate at Oakfield School", "Our son waited at the shut gate for an hour on Monday."

_ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
_RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
_GOOD_RSS = (
    f"<item><title>{_TITLE}</title><link>https://town.example.org/9</link><description>{_WORDS}</description>"
    "<pubDate>Mon, 16 Nov 2026 08:00:00 GMT</pubDate></item>"
)
_GOOD_ATOM = (
    f"<entry><id>tag:town.example.org,2026:9</id><title>{_TITLE}</title><link href='https://town.example.org/9'/>"
    f"<updated>2026-11-16T08:00:00Z</updated><content>{_WORDS}</content></entry>"
)
FEEDS = {
    "rss": (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>News</title>{}</channel></rss>",
        "item",
        _GOOD_RSS,
    ),
    "rdf": (f"<rdf:RDF {_RDF}><channel><title>News</title></channel>{{}}</rdf:RDF>", "item", _GOOD_RSS),
    "atom": (f"<feed {_ATOM}><title>News</title>{{}}</feed>", "entry", _GOOD_ATOM),
}


def _kept(document: str, kind: str, url: str = "https://town.example.org/feed") -> list[str]:
    """What of the good one's words was read, however much else was."""
    body = document.encode("utf-8", "surrogatepass" if kind != "feed" else "surrogateescape")
    page = parse_document(body, url, kind=kind, fetched_at=_AT)
    assert page.block is None, page.block
    return [mention.text for mention in page.mentions]


@pytest.mark.parametrize("order", ORDERS)
@for_each("notation", FEEDS)
@given(inside=bad_xml(), closed=st.sampled_from([True, True, True, False]))
def test_a_good_entry_of_a_feed_stays_beside_a_bad_one(notation, order, inside, closed):
    feed, tag, good = FEEDS[notation]
    bad = f"<{tag}>{inside}" + (f"</{tag}>" if closed else "")
    both = bad + good if order == "bad first" else good + bad
    assert _WORDS in _kept(feed.replace("{}", both), "feed")


@pytest.mark.parametrize("order", ORDERS)
@given(bad=bad_json())
def test_a_good_item_of_a_json_feed_stays_beside_a_bad_one(order: str, bad: str) -> None:
    good = json.dumps(
        {"id": "9", "title": _TITLE, "content_text": _WORDS, "date_published": "2026-11-16T08:00:00Z"}
    )
    both = [bad, good] if order == "bad first" else [good, bad]
    head = '{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": ['
    assert _WORDS in _kept(f"{head}{', '.join(both)}]}}", "feed")


FIRST, LATER = "The gate was blocked again.", "By whom this time?"
THREADS = {
    "phpbb/topic-1.html": ("forum.phpbb", "The gate was blocked by parked cars again.", "They tried cones."),
    "xenforo/xf2-1.html": ("forum.xenforo", FIRST, LATER),
    "vbulletin/vb4-1.html": ("forum.vbulletin", FIRST, LATER),
    "discourse/topic-1.json": ("forum.discourse", FIRST, LATER),
    "discourse/topic-1.html": ("forum.discourse", FIRST, LATER),
    "software/nodebb.html": ("forum.generic", FIRST, LATER),
    "generic/unknown.html": ("forum.generic", "by the same silver car", "Did anybody take its number"),
}


@pytest.mark.parametrize("order", ORDERS)
@for_each("name", THREADS)
@given(bad=bad_html())
def test_a_good_post_of_a_thread_stays_beside_a_bad_one(name: str, order: str, bad: str) -> None:
    kind, first, later = THREADS[name]
    thread = (FIXTURES / "forums" / name).read_text("utf-8")
    gone, good = (first, later) if order == "bad first" else (later, first)
    if name.endswith(".json"):
        bad = json.dumps(bad)[1:-1]
    url = "https://town.example.org/forum/viewtopic.php?t=12"
    assert any(good in text for text in _kept(thread.replace(gone, bad, 1), kind, url))


MANY = {"signs": "<" * 60_000, "tags": "<a" * 30_000, "references": "&#60;" * 12_000}
"""As long as a forum lets one post be."""


@for_each("said", MANY)
@pytest.mark.parametrize("name", THREADS)
def test_a_post_of_many_signs_hides_none_behind_it(name: str, said: str) -> None:
    kind, first, later = THREADS[name]
    thread = (FIXTURES / "forums" / name).read_text("utf-8")
    bad = MANY[said].replace("&", "&amp;").replace("<", "&lt;")
    url = "https://town.example.org/forum/viewtopic.php?t=12"
    assert any(later in text for text in _kept(thread.replace(first, bad, 1), kind, url))


@for_each("written", ["escaped", "section", "twice escaped"])
@for_each("said", MANY)
@pytest.mark.parametrize("notation", FEEDS)
def test_an_entry_of_many_signs_hides_none_behind_it(notation: str, said: str, written: str) -> None:
    feed, tag, good = FEEDS[notation]
    escaped = MANY[said].replace("&", "&amp;").replace("<", "&lt;")
    inside = {
        "escaped": escaped,
        "section": f"<![CDATA[{MANY[said]}]]>",
        "twice escaped": escaped.replace("&", "&amp;"),
    }
    bad = f"<{tag}><title>x</title><description>{inside[written]}</description></{tag}>"
    assert _WORDS in _kept(feed.replace("{}", bad * 3 + good), "feed")


@for_each("said", MANY)
def test_an_item_of_json_of_many_signs_hides_none_behind_it(said: str) -> None:
    good = {"id": "9", "title": _TITLE, "content_text": _WORDS}
    items = [*({"id": str(n), "content_html": MANY[said]} for n in range(3)), good]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items}
    assert _WORDS in _kept(json.dumps(feed), "feed")


LARGE = [kind for kind, bad in KINDS.items() if len(bad) > 50_000]
"""Read in one order in each notation and in the other in the next: they take most of the time."""


def _kinds(order: str, place: int) -> list[str]:
    large = LARGE[(ORDERS.index(order) + place) % 2 :: 2]
    return [kind for kind in KINDS if kind not in LARGE or kind in large]


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("notation", [*FEEDS, "json"])
def test_no_kind_of_bad_entry_hides_a_good_one(notation: str, order: str) -> None:
    """Takes half a minute: some of the kinds are of several megabytes."""
    lost = []
    for kind in _kinds(order, [*FEEDS, "json"].index(notation)):
        bad = in_notation(kind, notation)
        if notation == "json":
            good = json.dumps({"id": "9", "title": _TITLE, "content_text": _WORDS})
            feed, join = '{"version": "https://jsonfeed.org/version/1.1", "items": [{}]}', ", "
        else:
            (feed, _, good), join = FEEDS[notation], ""
        both = [bad, good] if order == "bad first" else [good, bad]
        if _WORDS not in _kept(feed.replace("{}", join.join(both)), "feed"):
            lost.append(kind)
    assert lost == []


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", THREADS)
def test_no_kind_of_bad_post_hides_a_good_one(name: str, order: str) -> None:
    kind, first, later = THREADS[name]
    thread = (FIXTURES / "forums" / name).read_text("utf-8")
    gone, good = (first, later) if order == "bad first" else (later, first)
    url = "https://town.example.org/forum/viewtopic.php?t=12"
    as_json = name.endswith(".json")
    lost = []
    for bad in _kinds(order, [*THREADS].index(name)):
        said = json.dumps(KINDS[bad])[1:-1] if as_json else KINDS[bad]
        if not any(good in text for text in _kept(thread.replace(gone, said, 1), kind, url)):
            lost.append(bad)
    assert lost == []


# --- a short form of `benchmarks/mutants.py`: nothing is raised, nothing odd comes out


MUTANTS = 100


@pytest.fixture(scope="module")
def damaged():
    return list(mutants(MUTANTS, 1, own(), most_bytes=60_000))


@for_each("n", range(MUTANTS))
def test_a_damaged_document_gives_what_can_be_saved(damaged, n):
    mutant = damaged[n]
    with within(5):
        page = read(mutant, here)
    for mention in page.mentions:
        said = f"{mention.title}{mention.text}{mention.author or ''}{mention.url}"
        assert not [c for c in said if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"], (
            mutant.name
        )
        assert mention.published is None or mention.published <= FETCHED_AT
        assert mention.url.startswith(("http://", "https://"))
