"""One exchange with a host: redirects, compression, how often it may be asked, what robots.txt allows."""

import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.corpus import corpus_path
from support.for_each import for_each
from support.processor import within

from data.types import Outcome, Request, SourceState
from sources.http.connection import (
    Hop,
    HttpAnswer,
    first_step,
    follow_redirect,
)
from sources.http.content_encoding import GZIP, StreamEnd, decode_body, in_units, inflate
from sources.http.guard import FetchAborted
from sources.http.politeness import (
    CRAWL_DELAY_CAP_S,
    MAX_BYTES,
    RETRY_AFTER_CAP_S,
    RobotsCache,
    RobotsRules,
    backoff_s,
    host_interval_s,
    retry_after_s,
    robots_text,
    rules_of,
    slot,
    user_agent,
)

zipped = partial(gzip.compress, mtime=0)  # by the bytes a case is named: they are the same in each process

# ---------------- what is sent first, and what a redirect may take along


HERE = "https://forum.example.org/a/b"
NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def redirect(location, status=302):
    return HttpAnswer(HERE, status, (("location", location),), b"")


@for_each(
    ("location", "url"),
    [
        ("/c", "https://forum.example.org/c"),
        ("c?x=1#y", "https://forum.example.org/a/c?x=1"),
        ("//other.example.org/c", "https://other.example.org/c"),
        ("http://other.example.org", "http://other.example.org"),
        ("/caf\u00c3\u00a9", "https://forum.example.org/café"),
        ("/caf\u00e9", "https://forum.example.org/café"),
    ],
)
def test_an_address_is_resolved_against_where_it_stands(location, url):
    assert follow_redirect(Hop(HERE), redirect(location)).url == url


@for_each("status", [200, 300, 304, 404])
def test_only_redirects_with_an_address_are_followed(status):
    assert follow_redirect(Hop(HERE), redirect("/c", status)) is None
    assert follow_redirect(Hop(HERE), HttpAnswer(HERE, 302, (), b"")) is None


@for_each(
    ("method", "status", "becomes"),
    [
        ("POST", 301, "GET"), ("POST", 302, "GET"), ("POST", 303, "GET"), ("POST", 307, "POST"),
        ("POST", 308, "POST"), ("HEAD", 303, "HEAD"), ("GET", 307, "GET"),
    ],
)  # fmt: skip
def test_methods_change_as_browsers_change_them(method, status, becomes):
    onward = follow_redirect(Hop(HERE, method), redirect("/c", status))
    assert (onward.method, onward.body) == (becomes, None)


@for_each(
    "location",
    [
        "https://other.example.org/c",
        "https://www.forum.example.org/c",
        "https://forum.example.org:8443/c",
        "http://forum.example.org/c",
    ],
)
def test_another_host_port_or_scheme_gets_nothing_that_is_ours(location):
    step = Hop(HERE, headers=(("X-Key", "k"), ("Accept", "text/html")), credential=("Authorization", "x"))
    onward = follow_redirect(step, redirect(location))
    assert (onward.headers, onward.credential) == ((("Accept", "text/html"),), None)


def test_the_same_site_keeps_all_and_validators_go_with_reading_only():
    step = Hop(HERE, headers=(("X-Key", "k"),), credential=("Authorization", "x"))
    onward = follow_redirect(step, redirect("https://FORUM.example.org:443/c"))
    assert (onward.headers, onward.credential) == (step.headers, step.credential)
    state = SourceState("s", etag='"v1"')
    assert first_step(Request(HERE), state, NOW).conditional
    assert not first_step(Request(HERE, method="post", body=b"x"), state, NOW).conditional
    assert not first_step(Request(HERE), None, NOW).conditional


@for_each(
    ("etag", "changed", "sent"),
    [
        ('W/"v1"', "Mon, 16 Nov 2026 19:11:00 GMT", {"If-None-Match", "If-Modified-Since"}),
        ("v1", "Sat, 16 Nov 2041 19:11:00 GMT", {"If-None-Match"}),
        *(
            ("", odd, set())
            for odd in ("", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 16 Nov 0001 GMT")
        ),
        *((odd, "", set()) for odd in ('""', " ", 'W/""', '"v\x01"', '"v\r\nX: y"')),
    ],
)
def test_only_a_validator_that_can_be_right_is_sent_back(etag, changed, sent):
    step = first_step(Request(HERE), SourceState("s", etag=etag, last_modified=changed), NOW)
    assert {name for name, _ in step.headers} == sent


def test_once_a_week_each_place_is_read_without_conditions():
    def read_in(hours, place="s"):
        state = SourceState(place, etag='"v1"', last_ok_at=NOW + timedelta(hours=hours))
        return not first_step(Request(HERE), state, NOW + timedelta(hours=hours + 1)).conditional

    assert [sum(map(read_in, range(at, at + 168))) for at in (0, 50)] == [1, 1]
    assert len({[read_in(hour, f"place{n}") for hour in range(168)].index(True) for n in range(9)}) > 5


@given(st.text(max_size=60), st.sampled_from([301, 302, 303, 307, 308]))
def test_any_address_gives_a_web_address_or_a_known_end(location, status):
    try:
        onward = follow_redirect(Hop(HERE), redirect(location, status))
    except FetchAborted as stop:
        onward, known = None, stop.outcome in (Outcome.MISCONFIGURED, Outcome.UNREACHABLE)
    else:
        known = True
    assert known
    assert onward is None or onward.url.lower().startswith(("http://", "https://"))


# ---------------------------------- compression undone, never past a cap
def outcome(body, encodings, cap=1000):
    with pytest.raises(FetchAborted) as stop:
        decode_body(body, encodings, cap)
    return stop.value.outcome


PLAIN = st.binary(max_size=2000).filter(lambda data: data[:3] != b"\x1f\x8b\x08")  # no gzip by itself


@given(PLAIN, st.sampled_from(["gzip", "x-gzip", "deflate", "deflate, gzip", ""]))
def test_what_was_packed_comes_back(data, encodings):
    packed = data
    for name in filter(None, encodings.split(", ")):
        packed = zlib.compress(packed) if name == "deflate" else zipped(packed)
    assert decode_body(packed, encodings, 4000) == (data, True)


@given(PLAIN)
def test_a_bare_deflate_stream_is_understood(data):
    assert decode_body(zlib.compress(data)[2:-4], "deflate", 4000) == (data, True)


@for_each(
    ("packed", "data"),
    [
        (zipped(b"one ") + zipped(b"two"), b"one two"),
        (zipped(b"all") + b"\0" * 9, b"all"),
        (zipped(b"") * 20_000 + zipped(b"end"), b"end"),
    ],
)
def test_all_members_of_gzip_are_one_document(packed, data):
    assert decode_body(packed, "gzip", 100) == (data, True)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "gzip, gzip, gzip"]))
def test_any_bytes_give_at_most_the_cap_or_a_known_end(body, encodings):
    try:
        size = len(decode_body(body, encodings, 50)[0])
    except FetchAborted as stop:
        size, known = 0, stop.outcome in (Outcome.MALFORMED, Outcome.TOO_LARGE)
    else:
        known = True
    assert known
    assert size <= 50


PACKED = zipped(b"x" * 1000)
WHOLE, OTHER = zipped(b"one"), zipped(b"two" * 99)


@for_each(
    ("body", "encodings", "cap", "ends"),
    [
        # the cap is exact, and every layer and member counts to it
        (PACKED, "gzip", 999, Outcome.TOO_LARGE),
        (zipped(zipped(b"\0" * 1_000_000)), "gzip, gzip", 500_000, Outcome.TOO_LARGE),
        (zipped(b"x" * 600) * 2, "gzip", 1000, Outcome.TOO_LARGE),
        # a member that is damaged is no padding
        (WHOLE + OTHER[:10] + b"\xff" * 9, "gzip", 1000, Outcome.MALFORMED),
        *((b"junk", encoding, 1000, Outcome.MALFORMED) for encoding in ("deflate", "br", "gzip, gzip, gzip")),
        (zipped(zipped(WHOLE)), "", 1000, Outcome.MALFORMED),
    ],
)
def test_what_is_damaged_foreign_or_past_the_cap_has_a_known_end(body, encodings, cap, ends):
    assert outcome(body, encodings, cap) is ends
    assert len(decode_body(PACKED, "gzip", 1000)[0]) == 1000
    for body in (WHOLE + OTHER[:-9], zipped(b"x" * 500)[:-12]):
        assert not decode_body(body, "gzip", 1000)[1]


def test_of_what_is_damaged_or_cut_what_came_before_is_given():
    text = b" ".join(b"%d" % (n * n) for n in range(50_000))
    packed = zipped(text)
    broken = packed[:-2000] + b"\xff" * 2000
    part, ending = inflate(broken, GZIP, 1_000_000)
    assert ending is StreamEnd.DAMAGED
    assert len(part) > 100_000
    assert text.startswith(part[:100_000])
    text = b"".join(b"line %d\n" % n for n in range(5000))
    packed = zipped(text)
    part, whole = decode_body(packed[: len(packed) // 2], "gzip", 100_000, cut=True)
    assert text.startswith(part)
    assert (bool(part), whole) == (True, False)
    assert decode_body(packed, "gzip", 100, cut=True) == (text[:100], False)


FEED = b"<rss><channel/></rss>"


@for_each(
    ("body", "encodings"),
    [
        *((FEED, said) for said in ("utf-8", "none", "gzip", "br", "x-gzip, utf-8", "deflate")),
        *((zipped(FEED), said) for said in ("", "none", "deflate", "br", "gzip, gzip")),
        *((zipped(zipped(FEED)), said) for said in ("", "gzip", "gzip, utf-8, gzip")),
        *((zlib.compress(FEED)[part], "deflate") for part in (slice(None), slice(2, -4))),
    ],
)
def test_the_first_bytes_say_how_a_body_is_compressed_whatever_its_header_says(body, encodings):
    assert decode_body(body, encodings, 1000) == (FEED, True)


# ----------------------------- how often a host may be asked: arithmetic


@for_each(
    ("value", "seconds"),
    [
        (None, None), ("", None), ("soon", None), ("-5", None), ("1.5", None), ("²", None), ("0", 0),
        (" 120 ", 120), ("99999999999", RETRY_AFTER_CAP_S), ("Tue, 17 Nov 2026 09:10:00 GMT", 600),
        ("Tue, 17 Nov 2026 09:10:00 -0000", 600), ("Tuesday, 17-Nov-26 09:10:00 GMT", 600),
        ("Tue, 17 Nov 2026 08:00:00 GMT", 0), ("Fri, 17 Nov 2028 09:10:00 GMT", RETRY_AFTER_CAP_S),
        ("Tue, 17 Nov 2026 09:10:00 +99999999999999", None), ("Tue, 17 Nov 99999999 09:10:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(value, seconds):
    assert retry_after_s(value, NOW) == seconds


@given(st.text(max_size=40))
def test_whatever_stands_there_retry_after_is_none_or_within_its_cap(value):
    seconds = retry_after_s(value, NOW)
    assert seconds is None or 0 <= seconds <= RETRY_AFTER_CAP_S


@given(st.integers(0, 4_000_000_000))
def test_every_http_date_is_read(seconds):
    moment = datetime.fromtimestamp(seconds, UTC)
    assert retry_after_s(format_datetime(moment, usegmt=True), NOW) is not None


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0, 60))
def test_two_slots_are_never_closer_than_the_interval(gaps, every):
    now, free, starts = 0.0, 0.0, []
    for gap in gaps:
        now += gap
        start, free = slot(free, now, every)
        assert start >= now
        starts.append(start)
    assert all(later - earlier >= every - 1e-6 for earlier, later in pairwise(starts))


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_a_backoff_never_passes_its_cap_and_never_shrinks(failures, jitter):
    wait = backoff_s(failures, 60, 86400, jitter)
    assert 0.8 * 60 <= wait <= 86400
    assert backoff_s(failures + 1, 60, 86400, jitter) >= wait


def test_the_agent_and_sizes_are_said_in_plain_characters_and_a_crawl_delay_up_to_the_cap():
    assert (
        user_agent("0.1.0", "office@oakfield.example.sch.uk")
        == "Schoolgate/0.1.0 (+office@oakfield.example.sch.uk)"
    )
    assert user_agent("0.1.0", "Ysgol y Bont – tŷ\r\n") == "Schoolgate/0.1.0 (+Ysgol y Bont ? t???)"
    assert [in_units(n) for n in (90, 512 * 1024, 10 * 1024 * 1024)] == ["90 bytes", "512 kB", "10 MB"]
    assert host_interval_s(2, None) == 2
    assert host_interval_s(2, 1) == 2
    assert host_interval_s(2, 10) == 10
    assert host_interval_s(2, 86400) == CRAWL_DELAY_CAP_S


# --- what robots.txt allows, how it is read, and for how long it is remembered


SITE = "https://forum.example.org"
CLOSED = b"User-agent: *\nDisallow: /private\nCrawl-delay: 7\n"


def answer(status, body=b""):
    return HttpAnswer(f"{SITE}/robots.txt", status, (), body)


def test_what_robots_txt_disallows_is_refused_by_name_first_and_no_rules_allow_all():
    rules = rules_of(200, CLOSED)
    assert not rules.allows(f"{SITE}/private/thread")
    assert rules.allows(f"{SITE}/public/thread")
    assert rules.crawl_delay_s == 7
    rules = rules_of(200, b"User-agent: *\nDisallow: /\n\nUser-agent: schoolgate\nAllow: /\n")
    assert rules.allows(f"{SITE}/thread")
    assert (RobotsRules().allows(f"{SITE}/thread"), RobotsRules().crawl_delay_s) == (True, None)
    body = b"User-agent: *\nDisallow: /early\n" + b"#" * MAX_BYTES + b"\nDisallow: /late\n"
    rules = rules_of(200, body)
    assert not rules.allows(f"{SITE}/early")
    assert rules.allows(f"{SITE}/late")
    text = "User-agent: *\nDisallow: /x\n"
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert robots_text(mark + text.encode(name)).lstrip("\ufeff") == text


@for_each(
    ("status", "allows"),
    [
        *((status, True) for status in (400, 401, 403, 404, 410)),
        *((status, None) for status in (429, 500, 503)),
    ],
)
def test_a_site_without_rules_allows_all_and_a_server_in_trouble_sets_none(status, allows):
    rules = rules_of(status, b"Disallow: /")
    assert (rules and rules.allows(f"{SITE}/thread")) is allows


@for_each("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_obstacle(encoding):
    rules = rules_of(200, "User-agent: *\nDisallow: /caf\u00e9\n".encode(encoding))
    assert not rules.allows(f"{SITE}/caf%C3%A9")
    assert rules.allows(f"{SITE}/tea")


@given(st.binary(max_size=400), st.text(max_size=40))
def test_no_file_and_no_address_makes_it_fail(body, path):
    assert rules_of(200, body).allows(f"{SITE}/{path}") in (True, False)


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


class Robots:
    """Answers in turn, and counts how often it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    def __call__(self):
        self.asked += 1
        given = self.answers.pop(0)
        if isinstance(given, FetchAborted):
            raise given
        return given


def test_rules_are_kept_for_a_day_and_an_older_copy_while_the_site_is_in_trouble(clock):
    cache = RobotsCache(clock)
    robots = Robots(answer(200, CLOSED), FetchAborted(Outcome.UNREACHABLE, "Down."), answer(404))
    for _ in range(3):
        assert not cache.rules(SITE, robots).allows(f"{SITE}/private")
    assert robots.asked == 1
    clock.now += timedelta(hours=24)
    assert not cache.rules(SITE, robots).allows(f"{SITE}/private")
    clock.now += timedelta(minutes=11)
    assert cache.rules(SITE, robots).allows(f"{SITE}/private")
    assert robots.asked == 3


def test_a_site_whose_rules_cannot_be_read_is_closed_for_ten_minutes(clock):
    cache = RobotsCache(clock)
    robots = Robots(answer(503), answer(404))
    rules = cache.rules(SITE, robots)
    assert not rules.allows(f"{SITE}/thread")
    assert (rules.failure.outcome, rules.failure.status) == (Outcome.UNREACHABLE, 503)
    clock.now += timedelta(minutes=9)
    assert cache.rules(SITE, robots) == rules
    clock.now += timedelta(minutes=1)
    assert cache.rules(SITE, robots).allows(f"{SITE}/thread")


@pytest.mark.corpus
def test_the_robots_files_of_known_sites_are_read():
    folder = corpus_path("samples", "robots")
    expected = json.loads((folder / "EXPECTED.json").read_text())
    for name, facts in expected.items():
        if name.startswith("_"):
            continue
        rules = rules_of(200, (folder / name).read_bytes())
        lines = robots_text((folder / name).read_bytes()).lower().splitlines()
        closed = [line for line in lines if line.strip().startswith("disallow:")]
        assert len(closed) == facts["disallow_lines"], name
        known = list(rules.parsed.sitemaps)
        assert known[: len(facts["sitemaps"])] == facts["sitemaps"], name
    reddit = rules_of(200, (folder / "reddit.txt").read_bytes())
    assert not reddit.allows("https://www.reddit.com/r/example/new.rss")


def test_many_names_before_many_rules_take_no_more_than_one() -> None:
    names = "".join(f"User-agent: a{n:x}\n" for n in range(15_000))
    with within(2):
        barred = "".join(f"Disallow: /{n:x}$\n" for n in range(15_000))
        rules = rules_of(200, f"{names}User-agent: *\n{barred}".encode())
        assert not rules.allows("https://town.example.org/3a")


@for_each("name", ["Schoolgate", "schoolgate*", "SCHOOLGATE # us", "Schoolgate "])
@for_each("written", ["User-agent: {}", "useragent:{}", "user agent {}", "\tUser-Agent : {}"])
def test_rules_for_us_are_found_however_they_are_headed(name: str, written: str) -> None:
    others = ("User-agent: Another\nDisallow: /\n", "User-agent: *\nDisallow: /all\n")
    text = "\n".join((others[0], f"{written.format(name)}\nDisallow: /mine\n", others[1]))
    rules = rules_of(200, text.encode())
    paths = ("mine", "all", "x")
    assert [rules.allows(f"https://town.example.org/{path}") for path in paths] == [False, True, True]
