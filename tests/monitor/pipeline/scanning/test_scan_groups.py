"""A scan in groups: what is saved together and when, and whose fault costs whom what."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count as count_up
from pathlib import Path

import pytest
from builders.fetcher import fetcher_for
from builders.home import migrated
from builders.in_turn import NOW, Pages
from builders.judges import CALM, INSULT, judges
from builders.scan_pages import a_source, feed, pages
from support import forked
from support.web_server import serve

from data.errors import StoreBusy, StoreError, StoreFull
from data.store.engine.open import Store
from data.types import Outcome
from monitor.pipeline.scan import scan
from monitor.pipeline.scanning import group, stages

GRAVE = "Tomorrow I will wait for Mr Thistlewood at the gate of Oakfield Primary, Northvale, with my knife."


@dataclass
class Seconds:
    """A timer that goes on by `step` at each asking, and when told."""

    step: float = 0.0
    now: float = 100.0

    def __call__(self):
        self.now += self.step
        return self.now


@dataclass
class Watched:
    """A store that notes how often it was opened for what, by which threads; `busy` says when it is held."""

    store: Store
    opened: Counter = field(default_factory=Counter)
    threads: set = field(default_factory=set)
    busy: object = lambda purpose: False

    def read(self):
        return self._noted("read", self.store.read)

    def write(self, purpose):
        return self._noted(purpose, lambda: self.store.write(purpose))

    @contextmanager
    def _noted(self, purpose, opens):
        self.opened[purpose] += 1
        self.threads.add(threading.current_thread())
        if self.busy(purpose):
            raise StoreBusy("held by python")
        with opens() as con:
            yield con


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None)
    return Watched(migrated(store))


def scanned(store, sources, fetcher, **given):
    return scan(
        sources, store=store, fetcher=fetcher, judges=judges,
        **{"clock": ticking, "timer": Seconds()} | given,
    )  # fmt: skip


TICKS = count_up()


def ticking():
    return NOW + timedelta(milliseconds=next(TICKS))


def rows(store, sql):
    with store.store.read() as con:
        return con.execute(sql).fetchall()


@pytest.fixture
def groups(monkeypatch):
    """The ids of the sources of each group that was saved."""
    found, real = [], group.keep_all

    def keep_all(con, judged, *rest):
        found.append([one.collected.source.id for one in judged])
        return real(con, judged, *rest)

    monkeypatch.setattr(group, "keep_all", keep_all)
    return found


def test_64_sources_are_saved_in_one_transaction_and_the_rest_in_the_next(store, groups):
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(70)}, at_once=70)
    done = list(scanned(store, sources, fetcher))
    assert [len(some) for some in groups] == [64, 6]
    assert store.opened["scan"] == 2
    assert [one.source.id for one in done] == [s.id for s in sources]
    assert rows(store, "SELECT count(*) FROM source_runs WHERE outcome = 'ok'") == [(70,)]


def test_no_source_waits_longer_than_two_seconds_for_the_others(store, groups):
    timer = Seconds()
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(9)})
    real = fetcher.fetch

    def fetch(*given):
        timer.now += 0.6
        return real(*given)

    fetcher.fetch = fetch
    list(scanned(store, sources, fetcher, timer=timer))
    assert [len(some) for some in groups] == [5, 4]  # the first, and those of 0.6, 1.2, 1.8 and 2.4 s later
    assert max(fetcher.reading.takes) <= group.LONGEST_S


def test_what_is_ready_is_looked_at_with_one_opening_and_saved_with_one(store):
    sources, fetcher = pages({f"h{n}": [f"{CALM} {n}"] for n in range(30)}, at_once=30)
    list(scanned(store, sources, fetcher))
    assert store.opened == {"read": 2, "scan": 1}  # the sources' states, then all thirty


def test_what_is_urgent_is_saved_before_more_than_what_is_ready_is_read(store, groups):
    sources, fetcher = pages({"a": [CALM], "b": [GRAVE], **{name: [CALM] for name in "cdef"}})
    under_way = scanned(store, sources, fetcher)
    first, second = next(under_way), next(under_way)
    assert [first.source.id, second.source.id] == ["a", "b"]
    assert fetcher.asked == [s.url for s in sources[:4]]  # two more are before the network beside saving
    assert rows(store, "SELECT severity FROM alerts") == [(4,)]
    list(under_way)
    assert groups == [["a", "b"], ["c", "d", "e", "f"]]


def test_what_is_urgent_does_not_wait_until_all_that_is_ready_has_been_judged(store, groups, monkeypatch):
    monkeypatch.setattr(stages, "MOST_MENTIONS", 4)
    sources, fetcher = pages({"a": [GRAVE], **{f"h{n}": [CALM, INSULT] for n in range(6)}}, at_once=9)
    under_way = scanned(store, sources, fetcher)
    next(under_way)
    assert groups == [["a", "h0"]]
    list(under_way)


def test_reading_goes_on_while_a_group_is_judged_slowly(store, monkeypatch):
    real, all_asked = stages.begin_judging, threading.Event()
    waited = []

    def slow(*given):
        waited.append(all_asked.wait(10))
        return real(*given)

    monkeypatch.setattr(stages, "begin_judging", slow)
    hosts = [f"127.0.0.{n}" for n in range(2, 8)]
    with contextmanagers([serve({"/feed": feed(CALM)}, host=host) for host in hosts]) as sites:
        fetcher = fetcher_for(*sites)
        real_fetch, asked = fetcher.fetch, []

        def fetch(*given):
            answer = real_fetch(*given)
            asked.append(1)
            if len(asked) == len(sites):
                all_asked.set()
            return answer

        monkeypatch.setattr(fetcher, "fetch", fetch)
        sources = [a_source(f"h{n}", f"{site}/feed") for n, site in enumerate(sites)]
        done = list(scanned(store, sources, fetcher, timer=time.monotonic))
        fetcher.close()
    assert len(done) == 6
    assert waited[0]  # the last was asked before the first was judged


@contextmanager
def contextmanagers(many):
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield [stack.enter_context(one) for one in many]


def test_no_thread_that_reads_opens_the_store(store):
    with serve({"/feed": feed(CALM)}) as site:
        headline = a_source("a", f"{site}/feed", articles=True)
        fetcher = fetcher_for(site)
        list(scanned(store, [headline], fetcher))
        fetcher.close()
    names = {thread.name.partition("_")[0] for thread in store.threads}
    assert names == {threading.current_thread().name, "saving"}


def test_a_fault_in_judging_one_is_its_own_and_the_others_of_the_set_are_judged(store, monkeypatch, groups):
    real = stages.begin_judging

    def begin_judging(readings, *rest):
        if any(one.source.id == "b" for one in readings):
            raise RuntimeError("a post's words")
        return real(readings, *rest)

    monkeypatch.setattr(stages, "begin_judging", begin_judging)
    sources, fetcher = pages({name: [CALM] for name in "abc"}, at_once=3)
    done = list(scanned(store, sources, fetcher))
    assert groups == [["a", "b", "c"]]  # the fault is recorded with the others
    assert [(one.batch.run.outcome, one.failed and one.failed.work) for one in done] == [
        (Outcome.OK, None), (Outcome.OUR_FAULT, "judge"), (Outcome.OK, None),
    ]  # fmt: skip
    assert dict(rows(store, "SELECT source_id, outcome FROM source_runs")) == {
        "a": "ok", "b": "our_fault", "c": "ok",
    }  # fmt: skip


def test_a_fault_in_saving_one_is_its_own_and_the_others_of_the_group_are_saved(store, monkeypatch, caplog):
    real = group.keep_all

    def keep_all(con, judged, *rest):
        kept = real(con, judged, *rest)
        if any(one.collected.source.id == "b" for one in judged):
            raise RuntimeError("a post's words")
        return kept

    monkeypatch.setattr(group, "keep_all", keep_all)
    sources, fetcher = pages({"a": [CALM], "b": [INSULT], "c": [CALM + " c"]}, at_once=3)
    done = list(scanned(store, sources, fetcher))
    assert [one.source.id for one in done if one.failed] == ["b"]
    assert (done[1].failed.work, done[1].failed.saved) == ("save", True)
    assert rows(store, "SELECT count(*) FROM mentions") == [(2,)]
    assert rows(store, "SELECT count(*) FROM alerts") == [(0,)]
    assert dict(rows(store, "SELECT source_id, outcome FROM source_runs"))["b"] == "our_fault"
    assert "a post's words" not in caplog.text


def test_a_full_disk_is_the_fault_of_whom_it_hits(store, monkeypatch):
    real = group.keep_all

    def keep_all(con, judged, *rest):
        if len(judged) > 1:
            raise StoreError("no space left")
        return real(con, judged, *rest)

    monkeypatch.setattr(group, "keep_all", keep_all)
    sources, fetcher = pages({name: [CALM] for name in "ab"}, at_once=2)
    assert [one.failed for one in scanned(store, sources, fetcher)] == [None, None]


def test_a_disk_that_is_too_full_for_one_is_tried_again_only_for_what_is_urgent(store, monkeypatch):
    tried = []

    def keep_all(con, judged, *rest):
        tried.append([one.collected.source.id for one in judged])
        raise StoreFull("no space left")

    monkeypatch.setattr(group, "keep_all", keep_all)
    said = {f"h{n}": [CALM] for n in range(20)} | {"h13": [GRAVE]}
    sources, fetcher = pages(said, at_once=20)
    done = list(scanned(store, sources, fetcher))
    assert tried == [[f"h{n}" for n in range(20)], ["h0"], ["h13"]]
    assert [one.source.id for one in done if one.failed.urgent] == ["h13"]
    assert rows(store, "SELECT count(*) FROM source_runs WHERE outcome = 'our_fault'") == [(20,)]


def test_a_disk_too_full_to_say_whose_runs_it_ended_is_tried_twice_and_no_more(store, monkeypatch):
    def full(*_given):
        raise StoreFull("no space left")

    monkeypatch.setattr(group, "keep_all", full)
    monkeypatch.setattr(group.source_store, "record_runs", full)
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(20)}, at_once=20)
    assert {one.failed.saved for one in scanned(store, sources, fetcher)} == {False}
    assert store.opened["scan"] == 4


def test_a_store_that_is_held_is_waited_for_once_by_a_group_and_once_to_record_it(store):
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(20)}, at_once=20)
    store.busy = lambda purpose: purpose == "scan"
    done = list(scanned(store, sources, fetcher))
    assert store.opened["scan"] == 2
    assert {(one.failed.work, one.failed.kind, one.failed.saved) for one in done} == {
        ("save", "StoreBusy", False)
    }
    store.busy = lambda purpose: False
    assert rows(store, "SELECT count(*) FROM source_runs") == [(0,)]


def test_a_store_that_is_held_when_a_set_is_judged_is_waited_for_once_and_recorded(store):
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(20)}, at_once=20)
    store.busy = lambda purpose: purpose == "read" and store.opened["read"] > 1
    done = list(scanned(store, sources, fetcher))
    assert store.opened["read"] == 2
    assert {(one.failed.work, one.failed.saved) for one in done} == {("save", True)}
    store.busy = lambda purpose: False
    assert rows(store, "SELECT count(*) FROM source_runs WHERE outcome = 'our_fault'") == [(20,)]


def test_runs_without_news_are_recorded_with_their_group_and_open_nothing_else(store, groups):
    sources, fetcher = pages({f"h{n}": [] for n in range(20)}, at_once=20)
    done = list(scanned(store, sources, fetcher))
    assert store.opened == {"read": 1, "scan": 1}
    assert {one.batch.run.outcome for one in done} == {Outcome.EMPTY}
    assert rows(store, "SELECT count(*) FROM source_runs") == [(20,)]


def test_one_mention_that_two_sources_of_a_group_bring_is_one_with_two_sightings(store, groups):
    bodies = {f"https://talk.example.org/{name}.xml": feed(INSULT) for name in "ab"}
    sources = [a_source(name, url) for name, url in zip("ab", bodies, strict=True)]
    done = list(scanned(store, sources, Pages(bodies, at_once=2)))
    assert groups == [["a", "b"]]
    assert [one.batch.run.mentions_new for one in done] == [1, 0]
    assert rows(store, "SELECT count(*) FROM mentions") == [(1,)]
    assert rows(store, "SELECT source_id FROM sightings ORDER BY 1") == [("a",), ("b",)]
    assert rows(store, "SELECT count(*) FROM alerts") == [(1,)]


def test_once_stopped_no_source_is_begun_and_what_was_read_is_saved(store):
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(9)})
    done = list(scanned(store, sources, fetcher, stopped=lambda: len(fetcher.asked) >= 3))
    assert [one.source.id for one in done] == ["h0", "h1", "h2"]
    assert rows(store, "SELECT count(*) FROM source_runs") == [(3,)]


def test_an_interruption_leaves_what_is_saved_and_the_rest_is_due_again(store, monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    sources, fetcher = pages({"a": [GRAVE], **{name: [CALM] for name in "bcdef"}})
    under_way = scanned(store, sources, fetcher)
    next(under_way)
    monkeypatch.setattr(stages, "begin_judging", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(under_way)
    assert rows(store, "SELECT source_id FROM source_runs") == [("a",)]


def test_while_too_much_is_unsaved_no_source_is_begun(store, monkeypatch):
    monkeypatch.setattr("monitor.pipeline.scan.MOST_UNSAVED", 6)
    sources, fetcher = pages({f"h{n}": [f"{CALM} {k}" for k in range(3)] for n in range(6)}, at_once=6)
    most = []
    real = stages.begin_judging

    def begin_judging(readings, *rest):
        most.append(sum(len(one.mentions) for one in readings))
        return real(readings, *rest)

    monkeypatch.setattr(stages, "begin_judging", begin_judging)
    timer = Seconds(step=0.3)
    assert len(list(scanned(store, sources, fetcher, timer=timer))) == 6
    assert max(most) == 6


KILLED = """
import os, signal, sys
sys.path.append({here!r})
from pathlib import Path
from builders.in_turn import NOW
from builders.judges import INSULT
from data.store.engine.open import Store
from test_scan_groups import group, pages, scanned
group.keep_all = lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL)
store = Store(Path({home!r}), clock=lambda: NOW, sleep=lambda s: None)
list(scanned(store, *pages({{"a": [INSULT], "b": [INSULT]}}, at_once=2)))
"""


def test_a_kill_between_judging_and_saving_loses_what_is_not_saved_and_it_is_due_again(store):
    work = KILLED.format(home=str(store.store.home), here=str(Path(__file__).parent))
    assert forked.run(work).returncode == -signal.SIGKILL
    assert [rows(store, f"SELECT count(*) FROM {table}") for table in ("source_runs", "mentions")] == [
        [(0,)], [(0,)],
    ]  # fmt: skip
    list(scanned(store, *pages({"a": [INSULT], "b": [INSULT]}, at_once=2)))
    assert rows(store, "SELECT count(*) FROM alerts") == [(1,)]
