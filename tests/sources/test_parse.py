"""A document that lies before us, without a configured source."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from conformance import FETCHED_AT, FIXTURES
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.types import BlockKind, Page
from sources.parse import mention_line, parse_document

URL = "https://site.example.org/x"


def parse(body: bytes, kind: str | None = None, url: str = URL, **more: object) -> Page:
    return parse_document(body, url, kind=kind, fetched_at=FETCHED_AT, **more)  # type: ignore[arg-type]


def fixture(path: str) -> bytes:
    return (FIXTURES / path).read_bytes()


@pytest.mark.parametrize(
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


def test_a_named_kind_is_used_whatever_the_document_looks_like() -> None:
    page = parse(fixture("feeds/rss2.xml"), "reviews.schema_org")
    assert page.mentions == ()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError, match="Did you mean"):
        parse(b"x", "fed")


def test_a_kind_that_cannot_do_without_settings_is_refused() -> None:
    with pytest.raises(InputError, match=r'--kind reviews\.generic: it needs "item", "text", which'):
        parse(b"<p>x</p>", "reviews.generic")


def test_gzip_is_undone() -> None:
    assert len(parse(gzip.compress(fixture("feeds/rss2.xml"))).mentions) == 3


def test_every_member_of_a_gzip_file_is_read() -> None:
    document = fixture("feeds/rss2.xml")
    packed = gzip.compress(document[:400]) + gzip.compress(document[400:])
    page = parse(packed)
    assert len(page.mentions) == 3
    assert not any("gzip" in told for told in page.warnings)


def test_cut_off_gzip_gives_what_there_is_and_says_so() -> None:
    packed = gzip.compress(fixture("feeds/rss2.xml"))
    page = parse(packed[: len(packed) * 9 // 10])
    assert len(page.mentions) >= 1
    assert "The gzip data is cut off; the part that is there was read." in page.warnings


def test_damaged_gzip_says_so() -> None:
    page = parse(b"\x1f\x8b" + b"\xff" * 50)
    assert page.mentions == ()
    assert "The gzip data is damaged; what came before the damage was read." in page.warnings


def test_a_gzip_bomb_is_cut_at_the_cap() -> None:
    page = parse(gzip.compress(b"a" * 5_000_000), "feed", max_bytes=1_000_000)
    assert page.mentions == ()
    assert page.warnings[0] == "Unpacked, it is over 1000000 bytes; the rest was left out."


def test_a_wall_gives_a_block_and_no_mention() -> None:
    body = (
        b"<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and cookies "
        b"to continue</noscript><script>window._cf_chl_opt={}</script></body></html>"
    )
    page = parse(body)
    assert page.block is not None
    assert page.block.kind is BlockKind.CHALLENGE
    assert page.mentions == ()


def test_an_unknown_document_says_what_to_do() -> None:
    body = (
        b"<html><head><title>Tea</title></head><body>"
        + b"<p>We sell tea in Northvale.</p>" * 40
        + b"</body></html>"
    )
    page = parse(body)
    assert page.block is None
    assert page.mentions == ()
    assert page.warnings


def dated(text: str) -> bytes:
    item = f"<item><title>x</title><pubDate>{text}</pubDate></item>"
    return f"<rss version='2.0'><channel>{item}</channel></rss>".encode()


@pytest.mark.parametrize(("dates", "day", "month"), [("day_first", 3, 4), ("month_first", 4, 3)])
def test_the_order_of_day_and_month_may_be_given(dates: str, day: int, month: int) -> None:
    (item,) = parse(dated("03/04/2026 12:00 UTC"), dates=dates).mentions
    assert item.published == datetime(2026, month, day, 12, tzinfo=UTC)


def test_relative_times_are_told_from_the_fetch() -> None:
    assert parse(dated("3 days ago")).mentions[0].published == datetime(2026, 11, 14, 9, tzinfo=UTC)


def test_a_line_has_the_keys_of_the_contract_in_their_order() -> None:
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


def test_a_missing_time_is_null() -> None:
    assert mention_line(parse(fixture("feeds/rss2.xml")).mentions[2])["published"] is None


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    page = parse(body)
    assert page.mentions or page.warnings or page.block
