"""Jobs on many hosts that go on by themselves: what is begun when, what is taken, and how it ends."""

import threading
import time
from dataclasses import dataclass, field

import pytest

from sources.http.politeness import HostJob, Spread, never

SOON = 5.0
"""Longer than anything here takes."""


@dataclass
class Pace:
    """Hosts that may be asked at any time, unless `ready` says when; notes whose robots.txt was read."""

    ready: dict[str, float] = field(default_factory=dict)
    robots: list[str] = field(default_factory=list)

    def read_robots(self, url):
        self.robots.append(url)

    def ready_at_s(self, host):
        return self.ready.get(host, 0.0)


def job(host, run=None, **more):
    return HostJob(f"https://{host}/feed", run or (lambda: host), **more)


def begun(jobs, workers=4, pace=None, **more):
    return Spread(jobs, pace or Pace(), workers, time.monotonic, **more)


def all_of(reading):
    found = []
    while not reading.over:
        found += reading.take(SOON)
    return found


def counting():
    """A job, and how many of it were under way at each of its beginnings."""
    under_way, most = [], []

    def one():
        under_way.append(1)
        most.append(len(under_way))
        time.sleep(0.01)
        under_way.pop()

    return one, most


def until(true):
    ends = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.002)


def test_the_work_goes_on_while_its_owner_does_something_else():
    done = []
    with begun([job(f"h{n}", lambda n=n: done.append(n)) for n in range(20)], workers=3) as reading:
        until(lambda: len(done) == 20)
        assert len(all_of(reading)) == 20


def test_what_ended_is_taken_at_once_and_the_first_is_waited_for():
    gate = threading.Event()
    with begun([job("quick"), job("slow", lambda: gate.wait(SOON) and "slow")]) as reading:
        assert reading.take(SOON) == ["quick"]
        began = time.monotonic()
        assert reading.take(0.05) == []
        assert 0.05 <= time.monotonic() - began < 1
        assert not reading.over
        gate.set()
        assert reading.take(SOON) == ["slow"]
        assert reading.over
        assert reading.take(SOON) == []


def test_work_is_added_by_any_thread_while_it_runs_and_after_all_was_over():
    with begun([job("a", lambda: 1)]) as reading:
        assert all_of(reading) == [1]
        threads = [threading.Thread(target=reading.add, args=(job(f"b{n}", lambda: 2),)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not reading.over
        assert all_of(reading) == [2, 2, 2]


def test_what_was_added_is_done_before_what_it_was_begun_with():
    order = []

    def first():
        reading.add(job("z", lambda: order.append("added")))
        order.append("first")

    reading = begun([job("a", first), *(job(f"h{n}", lambda: order.append("later")) for n in range(5))], 1)
    with reading:
        all_of(reading)
    assert order == ["first", "added", *["later"] * 5]


def test_a_host_has_one_job_at_a_time_even_if_another_is_added():
    one, most = counting()
    with begun([job("same", one) for _ in range(4)]) as reading:
        for _ in range(4):
            reading.add(job("same", one))
        assert len(all_of(reading)) == 8
    assert max(most) == 1


def test_no_more_at_once_than_there_are_workers():
    one, most = counting()
    with begun([job(f"h{n}", one) for n in range(12)], workers=3) as reading:
        all_of(reading)
    assert max(most) == 3


def test_robots_txt_is_read_once_before_the_first_job_of_a_host_that_wants_it():
    pace, order = Pace(), []
    pace.read_robots = lambda url: order.append("robots")
    jobs = [job("a", lambda: order.append("job")), job("a", lambda: order.append("job"))]
    with begun([*jobs, job("b", robots=False)], 1, pace) as reading:
        all_of(reading)
    assert order == ["robots", "job", "job"]


def test_a_host_whose_robots_txt_was_read_goes_before_one_that_was_not_yet_asked():
    pace, order = Pace(), []
    pace.read_robots = lambda url: order.append(f"robots of {url[8]}")
    with begun([job(host, lambda host=host: order.append(host)) for host in "abc"], 1, pace) as reading:
        all_of(reading)
    assert order == ["robots of a", "a", "robots of b", "b", "robots of c", "c"]


def test_while_full_no_host_whose_robots_txt_was_read_is_asked():
    pace, held, go = Pace(), [], threading.Event()
    pace.read_robots = lambda url: go.set()
    with begun([job("a", lambda: held.append(1))], 1, pace, full=lambda: go.is_set() and not held) as reading:
        assert reading.take(0.05) == []
        assert (held, reading.over) == ([], False)
        held.append(0)  # its owner has caught up
        assert all_of(reading) == [None]


def test_a_host_that_is_not_ready_keeps_no_worker_from_another():
    pace = Pace({"later": time.monotonic() + 0.2})
    with begun([job("later"), job("now"), job("now")], 1, pace) as reading:
        began = time.monotonic()
        assert all_of(reading) == ["now", "now", "later"]
        assert time.monotonic() - began < 1


def test_a_host_whose_pace_changed_meanwhile_is_begun_when_it_is_ready():
    pace, starts = Pace(), {}

    def first():
        pace.ready["b"] = time.monotonic() + 0.1

    def noted():
        starts["b"] = time.monotonic()

    with begun([job("a", first), job("b", noted), job("c", lambda: time.sleep(0.2))], 1, pace) as reading:
        all_of(reading)
    assert starts["b"] >= pace.ready["b"]


def test_once_stopped_no_more_are_begun_and_those_under_way_are_waited_for():
    stop, done = threading.Event(), []

    def one():
        stop.set()
        time.sleep(0.02)
        done.append(1)
        return 1

    with begun([job(f"h{n}", one) for n in range(5)], 1, stopped=stop.is_set) as reading:
        assert all_of(reading) == [1]
    assert done == [1]


def test_leaving_waits_for_those_under_way_and_begins_none():
    started, done = threading.Event(), []

    def one():
        started.set()
        time.sleep(0.05)
        done.append(1)

    with begun([job(f"h{n}", one) for n in range(5)], 1):
        started.wait(SOON)
    assert done == [1]
    assert not [t for t in threading.enumerate() if t.name.startswith("collect")]


def test_what_a_job_raises_is_raised_after_what_ended_before_it():
    def fault():
        raise KeyError("a bug")

    with begun([job("a", lambda: 1), job("b", fault), job("c", lambda: 2)], 1) as reading:
        until(lambda: reading.take(0) != [])
        with pytest.raises(KeyError):
            reading.take(SOON)
        assert not reading.over
        with pytest.raises(KeyError):
            reading.take(SOON)


def test_while_so_much_is_read_that_nobody_took_no_more_is_begun_but_what_is_added():
    held = []

    def one():
        held.append(1)
        return "read"

    jobs = [job(f"h{n}", one) for n in range(40)]
    with begun(jobs, 2, full=lambda: len(held) >= 10) as reading:
        until(lambda: len(held) >= 10)
        time.sleep(0.02)
        assert len(held) < 12  # no more than what was under way when it was full
        reading.add(job("added", lambda: "added"))
        found = []
        until(lambda: found.extend(reading.take(0)) or "added" in found)
        assert len(found) < 13
        while not reading.over:
            held.clear()
            found += reading.take(SOON)
    assert sorted(found) == ["added", *["read"] * 40]


def test_where_the_machine_gives_no_more_threads_those_there_are_do_all_of_it(monkeypatch):
    real, started = threading.Thread.start, []

    def start(thread):
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with begun([job(f"h{n}") for n in range(9)], workers=8) as reading:
        reading.add(job("added"))
        assert len(all_of(reading)) == 10
    assert len(started) == 2


@pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt])
def test_what_cannot_be_begun_leaves_no_thread_behind(monkeypatch, fault):
    real, started = threading.Thread.start, []

    def start(thread):
        if len(started) == (fault is KeyboardInterrupt):
            raise fault
        started.append(thread)
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(fault), begun([job(f"h{n}") for n in range(9)]):
        pass
    until(lambda: not [t for t in threading.enumerate() if t.name.startswith("collect")])


def test_nothing_to_do_is_over_at_once():
    with begun([]) as reading:
        assert reading.over
        assert reading.take(SOON) == []
    assert never() is False
