"""What robots.txt allows, how it is read, and for how long it is remembered."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.corpus import corpus_path

from data.types import Outcome
from sources.http.aborted import FetchAborted
from sources.http.exchange import HttpAnswer
from sources.http.robots import MAX_BYTES, RobotsCache, RobotsRules, robots_text, rules_of

SITE = "https://forum.example.org"
CLOSED = b"User-agent: *\nDisallow: /private\nCrawl-delay: 7\n"


def answer(status, body=b""):
    return HttpAnswer(f"{SITE}/robots.txt", status, (), body)


def test_what_is_disallowed_is_refused_and_the_rest_allowed():
    rules = rules_of(200, CLOSED)
    assert not rules.allows(f"{SITE}/private/thread")
    assert rules.allows(f"{SITE}/public/thread")
    assert rules.crawl_delay_s == 7


def test_rules_for_us_by_name_come_before_those_for_all():
    rules = rules_of(200, b"User-agent: *\nDisallow: /\n\nUser-agent: schoolgate\nAllow: /\n")
    assert rules.allows(f"{SITE}/thread")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_rules_allows_all(status):
    assert rules_of(status, b"Disallow: /").allows(f"{SITE}/thread")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_sets_no_rules(status):
    assert rules_of(status, b"") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_obstacle(encoding):
    rules = rules_of(200, "User-agent: *\nDisallow: /caf\u00e9\n".encode(encoding))
    assert not rules.allows(f"{SITE}/caf%C3%A9")
    assert rules.allows(f"{SITE}/tea")


def test_utf16_by_its_mark_in_either_order():
    text = "User-agent: *\nDisallow: /x\n"
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert robots_text(mark + text.encode(name)).lstrip("\ufeff") == text


def test_only_the_first_500_kib_are_read():
    body = b"User-agent: *\nDisallow: /early\n" + b"#" * MAX_BYTES + b"\nDisallow: /late\n"
    rules = rules_of(200, body)
    assert not rules.allows(f"{SITE}/early")
    assert rules.allows(f"{SITE}/late")


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


def test_rules_are_kept_for_a_day(clock):
    cache, robots = RobotsCache(clock), Robots(answer(200, CLOSED), answer(404))
    for _ in range(3):
        assert not cache.rules(SITE, robots).allows(f"{SITE}/private")
    clock.now += timedelta(hours=24)
    assert cache.rules(SITE, robots).allows(f"{SITE}/private")
    assert robots.asked == 2


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


def test_an_older_copy_goes_on_holding_while_the_site_is_in_trouble(clock):
    cache = RobotsCache(clock)
    robots = Robots(answer(200, CLOSED), FetchAborted(Outcome.UNREACHABLE, "Down."), answer(200, b""))
    cache.rules(SITE, robots)
    clock.now += timedelta(hours=25)
    assert not cache.rules(SITE, robots).allows(f"{SITE}/private")
    clock.now += timedelta(minutes=11)
    assert cache.rules(SITE, robots).allows(f"{SITE}/private")


def test_no_rules_allow_everything_at_our_own_pace():
    assert (RobotsRules().allows(f"{SITE}/thread"), RobotsRules().crawl_delay_s) == (True, None)


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
    began = time.process_time()
    rules = rules_of(
        200,
        f"{names}User-agent: *\n{''.join(f'Disallow: /{n:x}$' + chr(10) for n in range(15_000))}".encode(),
    )
    assert rules is not None
    assert not rules.allows("https://town.example.org/3a")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("name", ["Schoolgate", "schoolgate*", "SCHOOLGATE # us", "Schoolgate "])
@pytest.mark.parametrize("written", ["User-agent: {}", "useragent:{}", "user agent {}", "\tUser-Agent : {}"])
def test_rules_for_us_are_found_however_they_are_headed(name: str, written: str) -> None:
    others = ("User-agent: Another\nDisallow: /\n", "User-agent: *\nDisallow: /all\n")
    text = "\n".join((others[0], f"{written.format(name)}\nDisallow: /mine\n", others[1]))
    rules = rules_of(200, text.encode())
    assert rules is not None
    paths = ("mine", "all", "x")
    assert [rules.allows(f"https://town.example.org/{path}") for path in paths] == [False, True, True]
