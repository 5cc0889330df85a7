"""A document that lies before us, without a configured source; the catalogue."""

import gzip
import json
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as dtime
from pathlib import Path

import pytest
from builders.mutants import SETTINGS
from conformance import FETCHED_AT, FIXTURES
from hypothesis import assume, given
from hypothesis import strategies as st
from support.for_each import for_each

from data.errors import InputError
from data.register.calendar import Calendar, SchoolHours, Term
from data.types import (
    Block,
    BlockKind,
    Mention,
    MentionKind,
    Outcome,
    Page,
    PartReason,
    Response,
    Source,
    SourceState,
)
from sources.base import read_each
from sources.html.sanitise import separate
from sources.parse import mention_line, parse_document
from sources.registry import BY_LEAVE_ONLY, CATALOGUE, collector, kind_named, needs_leave, settings_of
from sources.runs import (
    LONDON,
    SourceTrouble,
    Unseen,
    detail_of,
    is_overdue,
    outcome_of,
    reasons_of,
    too_new,
    unseen,
)

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


TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
NEW = SourceState("paper")
MENTION = Mention("1" * 16, "https://paper.example.org/1", "news", MentionKind.ARTICLE, "t", "x", TUESDAY)


def blocked(kind):
    return Page(block=Block(kind, "why"))


@for_each(
    ("page", "usual", "outcome"),
    [
        (Page((MENTION,)), None, Outcome.OK),
        (Page((MENTION,), warnings=("one date was odd",)), 5, Outcome.OK),
        (Page((MENTION,), unread=("One item is too large.",)), 5, Outcome.PARTLY),
        (Page(left_out=("Replies: 2.",), unread=("Mails: 1.",)), 5, Outcome.PARTLY),
        (Page(), None, Outcome.EMPTY),
        (Page(), 0.0, Outcome.EMPTY),
        (Page(), 6.0, Outcome.SUSPICIOUS),
        (Page(warnings=("It breaks off.",)), 6.0, Outcome.MALFORMED),
        (blocked(BlockKind.CHALLENGE), 6.0, Outcome.BLOCKED),
        (blocked(BlockKind.REMOVED), 6.0, Outcome.GONE),
        (blocked(BlockKind.SOFT_404), None, Outcome.GONE),
    ],
)
def test_a_page_amounts_to_what_it_holds_and_what_it_usually_held(page, usual, outcome):
    assert outcome_of(page, SourceState("paper", usual_mentions=usual)) is outcome


@for_each(
    ("page", "said"),
    [
        (Page((MENTION,)), ""),
        (Page((MENTION,), unread=("One item is too large.",)), "One item is too large."),
        (Page(), "It holds nothing; there are usually 6 posts."),
        (Page(warnings=("It breaks off.",)), "It breaks off."),
        (blocked(BlockKind.CONSENT), "why"),
    ],
)
def test_the_outcome_comes_with_a_sentence(page, said):
    assert detail_of(page, SourceState("paper", usual_mentions=6.0)) == said


def test_all_that_was_not_read_is_said_once_and_its_reason_known_by_what_readers_say(monkeypatch):
    page = Page((MENTION,), unread=("Mails: 1.", "Items: 2.", "Mails: 1."))
    assert detail_of(page, SourceState("paper")) == "Mails: 1. Items: 2."
    nodes = list(map(str, range(6_000)))
    assert reasons_of(separate(nodes, lambda _: ())[1][0]) == (PartReason.TOO_MANY,)
    monkeypatch.setattr("sources.base._Turn.began", time.process_time() - 60)
    assert reasons_of(read_each(str, nodes, "Posts")[1][0]) == (PartReason.TOO_SLOW,)
    mails = "Mails that could not be read: look at them in the mailbox: 1. "
    mails += "Mails of which only the beginning was read: 2."
    assert reasons_of(mails) == (PartReason.TOO_LONG, PartReason.DAMAGED)


_ITEM = "<item><title>{}</title></item>"
_JSON = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_text": "x"}, {"id'


@for_each(
    ("feed", "reasons"),
    [
        (_ITEM.format("x" * 300_000) + _ITEM.format("y"), (PartReason.TOO_LONG,)),
        (_ITEM.format("x") * 6_000, (PartReason.TOO_MANY,)),
        (_ITEM.format("a & b") + "<item><b>x</b></item>", (PartReason.DAMAGED,)),
        (_ITEM.format("a & b") + "<item/>", ()),
        (_JSON, (PartReason.DAMAGED,)),
    ],
)
def test_the_reason_is_known_by_what_the_reader_of_feeds_says(feed, reasons):
    whole = feed if feed.startswith("{") else f"<rss version='2.0'><channel>{feed}</channel></rss>"
    answer = Response("https://paper.example.org/feed", 200, (), whole.encode(), TUESDAY)
    page = collector("feed").parse(Source("paper", "feed", answer.url), answer)
    assert reasons_of(detail_of(page, SourceState("paper"))) == reasons


HOURS = SchoolHours(frozenset((Calendar(),)), LONDON)
DAY = timedelta(hours=12)  # of school


def posting(*days_ago, read_for=60):
    """A place that brought something at nine on each of these days, counted back from that Tuesday."""
    news = tuple(TUESDAY - timedelta(days=n) for n in sorted(days_ago, reverse=True))
    return SourceState(
        "paper", first_run_at=TUESDAY - timedelta(days=read_for), last_new_at=news[-1], news_at=news
    )


def test_a_silence_is_news_only_where_it_is_longer_than_ever_and_long_watched():
    daily = posting(*range(5, 40))
    assert unseen(daily, TUESDAY, HOURS) == Unseen(SourceTrouble.SILENT, daily.last_new_at)
    assert unseen(posting(5, 12, 19, 26, 33), TUESDAY, HOURS) is None
    assert unseen(NEW, TUESDAY, HOURS) is None
    busy = SourceState("paper", first_run_at=TUESDAY, last_new_at=TUESDAY, news_at=(TUESDAY,))
    assert all(unseen(busy, TUESDAY + timedelta(days=n), HOURS) is None for n in range(27))
    assert unseen(posting(20, 21, 22, read_for=400), TUESDAY, HOURS) is None
    half_term = (Term(date(2026, 8, 31), date(2026, 10, 30)), Term(date(2026, 11, 16), date(2026, 12, 18)))
    daily = posting(*range(18, 60), read_for=90)
    assert unseen(daily, TUESDAY, SchoolHours(frozenset((Calendar(terms=half_term),)), LONDON)) is None
    assert unseen(daily, TUESDAY, HOURS)


def test_a_place_that_has_been_read_for_less_than_four_school_weeks_is_too_new_to_tell():
    young = posting(*range(12, 28), read_for=27)
    assert too_new(young, TUESDAY, HOURS)
    assert unseen(young, TUESDAY, HOURS) is None
    assert not too_new(young, TUESDAY + timedelta(days=2), HOURS)
    assert unseen(young, TUESDAY + timedelta(days=2), HOURS)


TERMS = st.lists(st.integers(20, 60), min_size=6, max_size=6).map(
    lambda lengths: tuple(
        Term(date(2026, 1, 5) + timedelta(days=70 * n), date(2026, 1, 5) + timedelta(days=70 * n + length))
        for n, length in enumerate(lengths)
    )
)
CALENDARS = st.builds(
    Calendar,
    nation=st.sampled_from(["england", "wales", "scotland", "northern_ireland"]),
    terms=st.just(()) | TERMS,
    closed=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=12),
)


@given(
    calendar=CALENDARS,
    other=st.none() | CALENDARS,
    every=st.integers(1, 5),
    hour=st.integers(7, 18),
    last=st.dates(date(2026, 9, 1), date(2026, 12, 31)),
    night=st.booleans(),
)
def test_only_what_breaks_its_pattern_of_school_days_is_silent(calendar, other, every, hour, last, night):
    """Who posts each so many school days is silent on no Monday (nor any other morning), and is called so
    once twice their usual school hours, and a day, are over."""
    hours = SchoolHours(frozenset({calendar, other or calendar}), LONDON)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range((last - date(2026, 1, 1)).days + 1)]
    at_school = [d for d in days if all(c.school_day(d) for c in hours.calendars)]
    posted = [datetime.combine(d, dtime(hour), LONDON).astimezone(UTC) for d in at_school[::-every]][::-1]
    assume(len(posted) > 4 + 20 // every)
    state = SourceState("x", first_run_at=posted[0], last_new_at=posted[-1], news_at=tuple(posted[-60:]))
    for n in range(14):
        now = datetime.combine(last + timedelta(days=n), dtime(23 if night else 7), LONDON)
        quiet = hours.between(posted[-1], now)
        if quiet <= every * DAY:
            assert unseen(state, now, hours) is None, now
        elif quiet > 2 * every * DAY + DAY:
            assert unseen(state, now, hours), now


def test_a_source_that_keeps_failing_is_news_after_its_longest_gap():
    state = SourceState("paper", last_ok_at=TUESDAY - timedelta(days=3), failures_in_a_row=3)
    assert unseen(state, TUESDAY, HOURS) == Unseen(SourceTrouble.FAILING, state.last_ok_at)
    once = SourceState("paper", last_ok_at=TUESDAY - timedelta(days=3), failures_in_a_row=1)
    assert unseen(once, TUESDAY, HOURS) is None


@given(
    calendar=CALENDARS,
    every=st.integers(1, 5),
    last=st.dates(date(2026, 9, 1), date(2026, 12, 31)),
    after=st.integers(0, 14 * 24),
)
def test_a_page_suddenly_empty_is_told_by_school_hours_and_no_weekend_tells_it(calendar, every, last, after):
    hours = SchoolHours(frozenset({calendar}), LONDON)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range((last - date(2026, 1, 1)).days + 1)]
    posted = [datetime.combine(d, dtime(12), LONDON) for d in days if calendar.school_day(d)][::-every][::-1]
    assume(len(posted) > 4 + 20 // every)
    ok = datetime.combine(last, dtime(18, 45), LONDON)
    state = SourceState(
        "x", first_run_at=posted[0], last_new_at=posted[-1], news_at=tuple(posted[-60:]), last_ok_at=ok,
        last_outcome=Outcome.SUSPICIOUS, failures_in_a_row=9, longest_gap_s=3600.0,
    )  # fmt: skip
    now = ok + timedelta(hours=after)
    found, blind = unseen(state, now, hours), hours.between(ok, now)
    if blind <= DAY:
        assert found is None or found.trouble is SourceTrouble.SILENT
    elif blind > every * DAY + DAY:
        assert found.trouble is SourceTrouble.FAILING


@for_each(("days_ago", "school_days"), [((20, 41, 60), 1), ((7, 14, 21, 28, 35), 2), ((*range(4, 40),), 1)])
def test_a_page_empty_for_two_school_days_at_most_is_told_however_seldom_it_brings_news(
    days_ago, school_days
):
    """It held posts until Friday evening; the weekend tells nothing."""
    friday = datetime(2026, 11, 13, 18, 30, tzinfo=UTC)
    bare = replace(
        posting(*days_ago, read_for=90),
        last_ok_at=friday,
        last_outcome=Outcome.SUSPICIOUS,
        failures_in_a_row=9,
    )
    told = datetime(2026, 11, 15 + school_days, 18, 0, tzinfo=UTC)
    assert unseen(bare, told, HOURS) is None
    found = unseen(bare, told + timedelta(days=1), HOURS)
    assert (found.trouble, found.since) == (SourceTrouble.FAILING, friday)


FEED = Source("paper", "feed", "https://paper.example.org/feed", interval_s=3600.0)
HOUR = timedelta(hours=1)


def asked(hours_ago, **more):
    return SourceState("paper", last_run_at=TUESDAY - hours_ago * HOUR, last_outcome=Outcome.OK, **more)


@for_each(("hours", "late"), [(0.5, False), (1.5, False), (2, True), (70, True)])
def test_a_source_that_was_not_asked_in_twice_its_time_is_behind(hours, late):
    assert is_overdue(FEED, asked(hours), TUESDAY, LONDON) is late


def test_a_source_is_not_behind_at_once_nor_while_it_is_off_or_held():
    assert not is_overdue(FEED, asked(70), TUESDAY, LONDON, since=TUESDAY - 0.5 * HOUR)
    assert is_overdue(FEED, asked(70), TUESDAY, LONDON, since=TUESDAY - HOUR)
    assert not is_overdue(FEED, NEW, TUESDAY, LONDON, since=TUESDAY - 0.5 * HOUR)
    assert is_overdue(FEED, NEW, TUESDAY, LONDON, since=TUESDAY - HOUR)
    assert not is_overdue(replace(FEED, disabled="not wanted"), asked(70), TUESDAY, LONDON)
    assert not is_overdue(FEED, asked(70, not_before=TUESDAY + HOUR), TUESDAY, LONDON)
    six = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
    forum = Source("forum", "forum.phpbb", "https://forum.example.org/")
    state = SourceState("forum", last_run_at=six - timedelta(hours=2, minutes=-5), last_outcome=Outcome.OK)
    assert not is_overdue(forum, state, six, LONDON)
    assert is_overdue(forum, state, six + 1.1 * HOUR, LONDON)
