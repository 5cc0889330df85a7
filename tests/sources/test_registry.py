"""A document that lies before us, without a configured source; the catalogue; real documents."""

import functools
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from builders.mutants import SETTINGS
from conformance import FETCHED_AT, FIXTURES
from hypothesis import given
from hypothesis import strategies as st
from support.corpus import corpus_path
from support.for_each import for_each

from data.errors import InputError
from data.types import BlockKind, Mention, Page, Source
from sources.html.markup import plain
from sources.http.profiles import is_profile
from sources.parse import mention_line, parse_document
from sources.registry import BY_LEAVE_ONLY, CATALOGUE, collector, kind_named, needs_leave, settings_of

URL = "https://site.example.org/x"


def parse(body: bytes, kind: str | None = None, url: str = URL, **more: object) -> Page:
    return parse_document(body, url, kind=kind, fetched_at=FETCHED_AT, **more)  # type: ignore[arg-type]


def fixture(path: str) -> bytes:
    return (FIXTURES / path).read_bytes()


@for_each(
    ("path", "mentions", "kind"),
    [
        ("feeds/rss2.xml", 3, "article"),
        ("feeds/feed.json", 2, "article"),
        ("reviews/jsonld.html", 2, "review"),
        ("reviews/trustpilot_list.json", 3, "review"),
        ("reviews/trustpilot_2017.html", 1, "review"),
        ("forums/phpbb/topic-1.html", 2, "post"),
    ],
)
def test_the_collector_is_recognised_from_the_document(path: str, mentions: int, kind: str) -> None:
    page = parse(fixture(path))
    assert len(page.mentions) == mentions
    assert page.mentions[0].kind == kind


def test_a_named_kind_is_used_whatever_the_document_and_needs_its_settings() -> None:
    page = parse(fixture("feeds/rss2.xml"), "reviews.schema_org")
    assert page.mentions == ()
    with pytest.raises(InputError, match=r'--kind reviews\.generic: it needs "item", "text", which'):
        parse(b"<p>x</p>", "reviews.generic")
    body = (
        b"<html><head><title>Tea</title></head><body>"
        + b"<p>We sell tea in Northvale.</p>" * 40
        + b"</body></html>"
    )
    page = parse(body)
    assert page.block is None
    assert page.mentions == ()
    assert page.warnings
    body = (
        b"<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and cookies "
        b"to continue</noscript><script>window._cf_chl_opt={}</script></body></html>"
    )
    page = parse(body)
    assert page.block.kind is BlockKind.CHALLENGE
    assert page.mentions == ()


def test_gzip_is_undone_member_by_member_as_far_as_it_goes_and_up_to_a_cap() -> None:
    assert len(parse(gzip.compress(fixture("feeds/rss2.xml"))).mentions) == 3
    document = fixture("feeds/rss2.xml")
    packed = gzip.compress(document[:400]) + gzip.compress(document[400:])
    page = parse(packed)
    assert len(page.mentions) == 3
    assert not any("gzip" in told for told in page.warnings)
    packed = gzip.compress(fixture("feeds/rss2.xml"))
    page = parse(packed[: len(packed) * 9 // 10])
    assert len(page.mentions) >= 1
    assert "The gzip data is cut off; the part that is there was read." in page.warnings
    page = parse(b"\x1f\x8b" + b"\xff" * 50)
    assert page.mentions == ()
    assert "The gzip data is damaged; what came before the damage was read." in page.warnings
    page = parse(gzip.compress(b"a" * 5_000_000), "feed", max_bytes=1_000_000)
    assert page.mentions == ()
    assert page.warnings[0] == "Unpacked, it is over 1000000 bytes; the rest was left out."


def dated(text: str) -> bytes:
    item = f"<item><title>x</title><pubDate>{text}</pubDate></item>"
    return f"<rss version='2.0'><channel>{item}</channel></rss>".encode()


@for_each(("dates", "day", "month"), [("day_first", 3, 4), ("month_first", 4, 3)])
def test_the_order_of_day_and_month_may_be_given(dates: str, day: int, month: int) -> None:
    (item,) = parse(dated("03/04/2026 12:00 UTC"), dates=dates).mentions
    assert item.published == datetime(2026, month, day, 12, tzinfo=UTC)


def test_a_line_has_the_keys_of_the_contract_in_their_order_and_a_missing_time_is_null() -> None:
    line = mention_line(parse(fixture("reviews/trustpilot_list.json")).mentions[0])
    assert list(line) == [
        "id",
        "url",
        "channel",
        "kind",
        "title",
        "text",
        "author",
        "published",
        "rating",
        "parent",
    ]
    assert line["published"] == "2026-11-03T10:00:00Z"
    assert line["kind"] == "review"
    json.dumps(line)
    assert mention_line(parse(fixture("feeds/rss2.xml")).mentions[2])["published"] is None
    assert parse(dated("3 days ago")).mentions[0].published == datetime(2026, 11, 14, 9, tzinfo=UTC)


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    page = parse(body)
    assert page.mentions or page.warnings or page.block


# --------------------------------------------------------- the catalogue


EXAMPLES: Mapping[str, str] = {
    "feed": "https://gazette.example.org/news/rss.xml",
    "forum.schema_org": "https://forum.example.org/threads/school-gate-parking.12",
    "forum.discourse": "https://talk.example.org/t/school-gate-parking/12.json",
    "forum.phpbb": "https://town.example.org/viewtopic.php?t=12",
    "forum.vbulletin": "https://town.example.org/showthread.php?t=12",
    "forum.xenforo": "https://town.example.org/threads/school-gate-parking.12/",
    "forum.mumsnet": "https://www.mumsnet.com/talk/local/12-school-gate-parking",
    "forum.thestudentroom": "https://www.thestudentroom.co.uk/showthread.php?t=12",
    "forum.generic": "https://village.example.org/board/12",
    "reviews.schema_org": "https://reviews.example.org/oakfield-primary",
    "reviews.trustpilot": "https://uk.trustpilot.com/review/oakfield.example.org",
    "reviews.generic": "https://nurseries.example.org/oakfield",
    "wikipedia": "https://en.wikipedia.org/wiki/Oakfield_Primary_School",
    "inspection": "https://reports.ofsted.gov.uk/provider/21/900001",
    "own.page": "https://oakfield.example.sch.uk/news",
    "mailbox": "imaps://imap.example.org/INBOX",
}
"""The address of a source of each kind as it would appear in the configuration."""


def test_every_kind_passes_the_conformance_suite() -> None:
    suites = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    classes = "\n".join(text for text in suites if "(CollectorConformance)" in text)
    assert set(CATALOGUE) <= set(re.findall(r'^    kind = "(.+)"$', classes, flags=re.MULTILINE))


@for_each("name", CATALOGUE)
def test_every_kind_has_an_example_its_settings_a_sentence_and_terms(name: str) -> None:
    listing = name.startswith("reviews.") or name in ("wikipedia", "inspection")
    Source("example", name, EXAMPLES[name], listing=listing, own=name == "own.page")
    settings_of(name).model_validate(dict(SETTINGS.get(name, {})))
    assert settings_of(name) is collector(name).settings
    kind = CATALOGUE[name]
    assert kind.what.endswith(".")
    assert kind.terms.endswith(".")
    assert kind.default_interval_s >= (300 if name == "mailbox" else 600)


def test_an_unknown_kind_is_refused_with_the_nearest_name() -> None:
    for refuse in (kind_named, lambda kind: parse(b"x", kind)):
        with pytest.raises(InputError, match=r'"forum\.phpb".* Did you mean "?forum\.phpbb"?\?'):
            refuse("forum.phpb")


def test_listing_the_catalogue_imports_no_collector() -> None:
    program = (
        "import sys, sources.registry; print([m for m in sys.modules if m.startswith("
        "('sources.feeds', 'sources.forums', 'sources.threads', 'sources.reviews', 'sources.html', "
        "'bs4', 'feedparser', 'lxml'))])"
    )
    told = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@for_each("site", BY_LEAVE_ONLY)
@for_each("kind", [name for name in CATALOGUE if name.startswith(("forum.", "reviews."))])
def test_a_site_whose_terms_forbid_it_is_read_by_leave_alone_whatever_the_page_is_called(site, kind):
    assert needs_leave(kind, f"https://{site}/threads/12")
    assert needs_leave(kind, f"https://www.{site.upper()}/threads/12")


@for_each(
    ("kind", "url"),
    [
        ("forum.generic", "https://village.example.org/board/12"),
        ("forum.generic", "https://notnetmums.com/board/12"),
        ("feed", "https://www.netmums.com/coffeehouse/rss.xml"),
        ("own.page", "https://www.facebook.com/oakfieldprimary"),
    ],
)
def test_other_sites_feeds_and_pages_of_ones_own_need_none(kind: str, url: str) -> None:
    assert not needs_leave(kind, url)


# --- real documents beside the project, each against the facts noted of it


SAMPLED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FEEDS = (
    "atom", "rdf", "rss2", "rss_odd", "jsonfeed", "google_alerts", "google_news", "bing_news", "reddit_rss",
)  # fmt: skip
REVIEWS = ("trustpilot", "school_reviews")
FORUMS = (
    "discourse", "discourse_api", "phpbb", "vbulletin", "xenforo2", "mumsnet", "thestudentroom",
    "forum_other", "netmums", "invision", "flarum", "fluxbb", "mybb", "nodebb", "simplemachines", "vanilla",
)  # fmt: skip
WHOLE_BEFORE_THE_DAMAGE = {"jsonfeed/allthis-partial.json": 2}
"""Items of a document that breaks off."""
OPENING_POST_NOT_COUNTED = frozenset({"forum_other/lemmy-21018364.html.gz"})
"""The facts count the comments alone; the post they answer is a mention too, and comes first."""
_COUNTS = (
    "items", "posts_on_page", "reviews_in_jsonld", "reviews", "posts", "topics", "results", "post_divs",
)  # fmt: skip
_TIMES = ("published", "date_published", "date_shown", "date_machine", "datePublished", "created_at")
_STARTS = {"text_start": "text", "title": "title"}
_AUTHORS = ("author", "consumer", "username")


def _root() -> Path:
    default = Path(__file__).resolve().parents[3] / "shared"
    return Path(os.environ.get("SCHOOLGATE_CORPUS") or default) / "samples"


def _files(*families: str) -> list[str]:
    """The names to run over; one stand-in where there is no corpus, so that the skip is seen."""
    found = [
        f"{family}/{name}"
        for family in families
        if (_root() / family / "EXPECTED.json").exists()
        for name in json.loads((_root() / family / "EXPECTED.json").read_text("utf-8"))
        if not name.startswith("_")
    ]
    return found or ["none"]


def _facts(name: str) -> dict[str, Any]:
    family, _, file = name.partition("/")
    facts = dict(json.loads(corpus_path("samples", family, "EXPECTED.json").read_text("utf-8"))[file])
    if "op_author" in facts:  # the script that took the facts could not read the others' names
        facts["first"]["author"] = facts["op_author"]
        del facts["last"]["author"]
    return facts


@functools.cache
def _addresses() -> dict[str, str]:
    lines = (_root() / "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {f"{row[0]}/{row[1]}": row[4] for row in rows if len(row) > 4 and row[4].startswith("http")}


@functools.cache
def _page(name: str) -> Page:
    """As read; two tests ask for each page of a forum."""
    url = _addresses().get(name, "https://site.example.org/page")
    body = corpus_path("samples", *name.split("/")).read_bytes()
    return parse_document(body, url, kind=None, fetched_at=SAMPLED_AT)


def _squeezed(text: str | None) -> str:
    return re.sub(r"\s+|<\w*$", "", plain(text or ""))


def _ends(facts: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What is noted of the first item and of the last; a page of one review notes it at the top."""
    listed = facts.get("reviews")
    if isinstance(listed, list):
        return listed[0], listed[-1]
    alone = facts if "consumer" in facts else None
    return facts.get("first") or facts.get("op") or alone, facts.get("last") or facts.get(
        "last_reply"
    ) or alone


def _differences(mention: Mention, facts: dict[str, Any]) -> list[str]:
    told = []
    printed = mention_line(mention)
    for fact, key in _STARTS.items():
        start, said = facts.get(fact), str(printed[key])
        if start and not _squeezed(said).startswith(_squeezed(start)):
            told.append(f"its {key} starts {start!r}, not {said[:80]!r}")
    for key in _AUTHORS:
        if key in facts and _squeezed(facts[key]) != _squeezed(mention.author):
            told.append(f"is by {facts[key]!r}, not {mention.author!r}")
    times = [facts[key] for key in _TIMES if key in facts]
    if times and any(times) != (mention.published is not None):
        told.append(f"has the time {times}, not {mention.published}")
    return told


@pytest.mark.corpus
@pytest.mark.parametrize("name", _files(*FEEDS, *REVIEWS, *FORUMS))
def test_a_real_document_equals_its_facts(name: str) -> None:
    corpus_path("samples")
    facts, page = _facts(name), _page(name)
    assert page.block is None
    if "error" in facts.get("expect", ""):
        assert len(page.mentions) == WHOLE_BEFORE_THE_DAMAGE.get(name, 0)
        assert page.warnings
        return
    count = next((facts[key] for key in _COUNTS if isinstance(facts.get(key), int)), None)
    mentions = page.mentions[1:] if name in OPENING_POST_NOT_COUNTED else page.mentions
    assert count is None or len(mentions) == count
    first, last = _ends(facts)
    assert not first or _differences(mentions[0], first) == []
    assert not last or _differences(mentions[-1], last) == []


@pytest.mark.corpus
@pytest.mark.parametrize("name", _files(*FORUMS))
def test_no_post_of_a_real_thread_nor_its_next_page_is_taken_for_a_profile(name: str) -> None:
    corpus_path("samples")
    page = _page(name)
    asked = [request.url for request in (*page.follow, *([page.next] if page.next else []))]
    urls = [*(m.url for m in page.mentions), *asked, *_addresses().get(name, "").split()]
    assert [url for url in urls if is_profile(url)] == []


@pytest.mark.corpus
@pytest.mark.parametrize("name", _files("blocked"))
def test_a_wall_is_called_a_wall_and_holds_no_mention(name: str) -> None:
    corpus_path("samples")
    page = _page(name)
    assert page.mentions == ()
    assert (page.block is None) == _facts(name)["expect"].startswith("NOT")
