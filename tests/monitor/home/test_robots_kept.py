"""The robots.txt that a home keeps for a day: a second program asks no site for it again."""

import re
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from builders.mention import NOW, a_store
from support.for_each import for_each
from support.web_server import Answer, serve

from data.types import Outcome, Request
from monitor.config.load import Config
from monitor.home import wiring
from sources.http.politeness import Limits

ROBOTS, DAY = "/robots.txt", timedelta(days=1)
CLOSED = "User-agent: *\nDisallow: /closed"
PAGES = {"/open": "<p>Words.</p>", "/closed": "<p>Words.</p>"}


@contextmanager
def a_site(home, robots=CLOSED):
    """The paths that one program after another asks a site for, each so much later than NOW."""
    with serve({ROBOTS: robots, **PAGES}) as site:

        def look(*pages, later=timedelta()):
            given = {"clock": lambda: NOW + later, "limits": Limits(per_host_interval_s=0)}
            before = len(site.asked)
            with wiring.fetcher(
                Config(Path("schoolgate.toml"), ()), store=a_store(home), allow_loopback=site.allowed, **given
            ) as fetch:
                look.answers = [fetch.fetch(Request(f"{site}{page}")) for page in pages]
            return [one.path for one in site.asked[before:]]

        yield look


def test_a_second_program_asks_no_site_for_its_robots_txt_until_a_day_is_over_and_obeys_it(tmp_path):
    with a_site(tmp_path) as look:
        assert look("/open") == [ROBOTS, "/open"]
        assert look("/open", later=DAY - timedelta(seconds=1)) == ["/open"]
        assert look("/closed", later=timedelta(hours=5)) == []
        assert look.answers[0].outcome is Outcome.REFUSED_BY_ROBOTS
        assert look("/open", later=DAY) == [ROBOTS, "/open"]


def test_that_a_site_has_none_is_kept_too_and_a_clock_set_back_asks_again(tmp_path):
    with a_site(tmp_path, Answer(404)) as look:
        assert look("/closed") == [ROBOTS, "/closed"]
        assert look("/closed", later=timedelta(hours=1)) == ["/closed"]
        assert look("/closed", later=-timedelta(hours=1)) == [ROBOTS, "/closed"]


def test_a_site_in_trouble_is_asked_again_by_the_next_program(tmp_path):
    with a_site(tmp_path, Answer(503)) as look:
        assert [look("/open"), look("/open")] == [[ROBOTS], [ROBOTS]]


def test_one_too_long_to_be_kept_is_read_each_time(tmp_path):
    with a_site(tmp_path, CLOSED + "\n# a long file" * 9000) as look:
        assert [look("/closed"), look("/closed")] == [[ROBOTS], [ROBOTS]]


def test_only_its_owner_can_read_the_file(tmp_path):
    with a_site(tmp_path) as look:
        look("/open")
    assert (tmp_path / "robots.json").stat().st_mode & 0o777 == 0o600


def told_at(moment):
    """The file with its entries read at that time, whatever they say of it."""
    return lambda text: re.sub(rb'"read_at":"[^"]*"', b'"read_at":"%b"' % moment, text)


DAMAGES = [
    *(lambda text, cut=cut: text[:cut] for cut in (0, 1, 30)),
    lambda text: b"[]",
    lambda text: b"\xff\xfe" + text,
    told_at(b"2026-11-17T09:00:00"),
    told_at(b"9999-12-31T23:59:59Z"),
    told_at(b"0001-01-01T00:00:00Z"),
]


@for_each("damage", DAMAGES)
def test_a_damaged_file_counts_as_none(tmp_path, damage):
    file = tmp_path / "robots.json"
    with a_site(tmp_path) as look:
        look("/open")
        file.write_bytes(damage(file.read_bytes()))
        assert [look("/open"), look("/open")] == [[ROBOTS, "/open"], ["/open"]]


def test_a_home_that_cannot_be_written_to_stops_nothing(tmp_path):
    (tmp_path / "robots.json").mkdir()
    with a_site(tmp_path) as look:
        assert [look("/open"), look("/open")] == [[ROBOTS, "/open"], [ROBOTS, "/open"]]


def test_a_fetcher_without_a_home_keeps_nothing():
    with serve({ROBOTS: CLOSED, **PAGES}) as site:
        for _ in range(2):
            config = Config(Path("schoolgate.toml"), ())
            with wiring.fetcher(config, allow_loopback=site.allowed) as fetch:
                fetch.read_robots(f"{site}/open")
    assert [one.path for one in site.asked] == [ROBOTS, ROBOTS]
