"""A document that lies before us, without a configured source; the catalogue."""

import gzip
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.mutants import SETTINGS
from conformance import FETCHED_AT, FIXTURES
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from data.errors import InputError
from data.types import BlockKind, Page
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
    assert " ".join(line) == "id url channel kind title text author published rating parent"
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


def test_every_kind_passes_the_conformance_suite() -> None:
    """Subclass `CollectorConformance` with the kind and a document of it."""
    suites = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    classes = "\n".join(text for text in suites if "(CollectorConformance)" in text)
    assert set(CATALOGUE) - set(re.findall(r'^    kind = "(.+)"$', classes, flags=re.MULTILINE)) == set()


@for_each("name", CATALOGUE)
def test_every_kind_has_its_settings_a_sentence_and_terms(name: str) -> None:
    """Correct its row in sources/kinds.toml; what it must be told is in `SETTINGS` (builders/mutants.py)."""
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
