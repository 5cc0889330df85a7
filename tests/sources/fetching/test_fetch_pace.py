"""Pace and concurrency at each host, and many requests at once."""

import threading
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from builders.fetcher import QUICK, fetch_each, fetcher_for
from support.web_server import serve

from data.types import FetchFailure, Request, Response
from sources.http.host_queue import HostJob
from sources.http.redirects import Gate

PAGE = "<p>Choir sings at the hospice, and everybody came to hear it.</p>"


class Time:
    """A timer that moves only by sleeping."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def test_a_host_is_never_asked_sooner_than_its_interval():
    moment = Time()
    starts = []
    with serve({"/a": PAGE}) as site:
        fetcher = fetcher_for(
            site, timer=moment, sleep=moment.sleep, limits=replace(QUICK, per_host_interval_s=3)
        )
        for _ in range(4):
            fetcher.fetch(Request(f"{site}/a"))
            starts.append(moment.now)
    assert moment.slept == [3.0] * 4  # robots.txt counts as a request
    assert all(later - earlier >= 3 for earlier, later in pairwise(starts))


def test_waiting_for_a_turn_does_not_eat_into_the_deadline():
    moment = Time()
    with serve({"/a": PAGE}) as site:
        limits = replace(QUICK, per_host_interval_s=100, deadline_s=5)
        fetcher = fetcher_for(site, timer=moment, sleep=moment.sleep, limits=limits)
        assert isinstance(fetcher.fetch(Request(f"{site}/a")), Response)


def test_so_many_at_a_time_to_one_host_and_no_more():
    under_way, most = [], []
    lock = threading.Lock()

    def slow(exchange):
        with lock:
            under_way.append(1)
            most.append(len(under_way))
        exchange.wait(0.03)
        with lock:
            under_way.pop()
        exchange.head(200)
        exchange.write(PAGE.encode())

    for places in (1, 2):
        most.clear()
        with serve({"/a": slow}) as site:
            fetcher = fetcher_for(site, limits=replace(QUICK, per_host_concurrency=places))
            threads = [threading.Thread(target=fetcher.fetch, args=(Request(f"{site}/a"),)) for _ in range(5)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert max(most) == places


def test_a_hold_is_told_in_seconds_and_ends():
    moment = Time()
    gate = Gate(moment, moment.sleep, 1)
    gate.hold("forum.example.org", 60)
    gate.hold("forum.example.org", 10)
    assert gate.held_s("forum.example.org") == 60
    moment.now += 61
    assert gate.held_s("forum.example.org") == 0


def test_a_short_hold_is_waited_for():
    moment = Time()
    gate = Gate(moment, moment.sleep, 1)
    gate.hold("forum.example.org", 4)
    with gate.turn("forum.example.org", 2) as waited:
        assert waited == 4


def test_many_requests_each_come_back_once_with_their_own_answer():
    with serve({f"/{n}": f"{PAGE}{n}" for n in range(20)}) as site:
        asked = [Request(f"{site}/{n}") for n in range(20)] + [
            Request("no address"),
            Request("http://10.0.0.1/"),
        ]
        results = dict(fetch_each(fetcher_for(site), asked, workers=4))
    assert set(results) == set(asked)
    assert all(results[r].body == f"{PAGE}{r.url.rsplit('/', 1)[1]}".encode() for r in asked[:20])
    assert all(isinstance(results[r], FetchFailure) for r in asked[20:])


def test_nothing_asked_gives_nothing():
    assert list(fetch_each(fetcher_for(), [])) == []


def test_any_work_can_be_spread_and_what_it_raises_is_raised():
    def fault():
        raise KeyError("a bug")

    with serve({}) as site:
        fetcher = fetcher_for(site)
        assert set(fetcher.spread([HostJob(site, lambda: 1), HostJob("", lambda: 2)], workers=1)) == {1, 2}
        with pytest.raises(KeyError):
            list(fetcher.spread([HostJob(site, fault)]))
    assert [one.path for one in site.asked] == ["/robots.txt"]


def test_one_slow_host_keeps_no_other_waiting():
    def slow(exchange):
        exchange.wait(0.5)
        exchange.head(200)
        exchange.write(PAGE.encode())

    with serve({"/a": slow}) as slow_site, serve({"/a": PAGE}, host="127.0.0.2") as quick_site:
        asked = [Request(f"{slow_site}/a")] * 3 + [Request(f"{quick_site}/a")]
        results = fetch_each(fetcher_for(slow_site, quick_site), asked, workers=2)
        began = time.monotonic()
        first, _ = next(results)
        assert first.url.startswith(quick_site)
        assert time.monotonic() - began < 0.45
        results.close()


def test_hosts_that_must_wait_are_waited_for_together():
    """Three hosts, two pages each, 0.2 s apart: about 0.4 s in all (robots.txt first), not 1.2 s."""
    with (
        serve({"/a": PAGE, "/b": PAGE}, host="127.0.0.1") as one,
        serve({"/a": PAGE, "/b": PAGE}, host="127.0.0.2") as two,
        serve({"/a": PAGE, "/b": PAGE}, host="127.0.0.3") as three,
    ):
        sites = (one, two, three)
        limits = replace(QUICK, per_host_interval_s=0.2)
        fetcher = fetcher_for(*sites, limits=limits, sleep=time.sleep)
        asked = [Request(f"{site}/{path}") for site in sites for path in "ab"]
        began = time.monotonic()
        assert len(list(fetch_each(fetcher, asked, workers=1))) == 6
        assert 0.4 <= time.monotonic() - began < 0.9
