"""A scan in groups: what is saved together, which stage goes on beside which, whose fault costs what."""

import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count as count_up
from pathlib import Path

import pytest
from builders.fetcher import fetcher_for
from builders.home import migrated, rows_of
from builders.in_turn import NOW, Pages
from builders.judges import CALM, INSULT, Words, judges
from builders.scan_pages import Seconds, a_source, feed, pages
from support import forked
from support.web_server import serve

from classifiers.text import words as texts
from data.errors import StoreBusy, StoreFull
from data.store.engine.open import Store
from data.types import Outcome, Source
from monitor.pipeline import stages
from monitor.pipeline.scan import STAGES, Timings, scan_sources

GRAVE = "Tomorrow I will wait for Mr Thistlewood at the gate of Oakfield Primary, Northvale, with my knife."


@dataclass
class Watched:
    """A store that notes how often it was opened for what, by which threads; `busy` says when it is held."""

    store: Store
    opened: Counter = field(default_factory=Counter)
    threads: set = field(default_factory=set)
    busy: object = lambda purpose: False

    def open_reader(self):
        return self._noted("read", self.store.open_reader)

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
    return scan_sources(
        sources, store=store, fetcher=fetcher, judges=judges,
        **{"clock": lambda: NOW + timedelta(milliseconds=next(TICKS)), "timer": Seconds()} | given,
    )  # fmt: skip


TICKS = count_up()


@pytest.fixture
def groups(monkeypatch):
    """The ids of the sources of each group that was saved."""
    found, real = [], stages.keep_all

    def keep_all(con, judged, *rest):
        found.append([one.collected.source.id for one in judged])
        return real(con, judged, *rest)

    monkeypatch.setattr(stages, "keep_all", keep_all)
    return found


def fails(monkeypatch, step, source):
    """Breaks that step of a scan for whatever it is given of that source."""
    of = {
        "judge_readings": lambda readings, *_: [one.source.id for one in readings],
        "keep_all": lambda _, judged, *more: [one.collected.source.id for one in judged],
    }
    real = getattr(stages, step)

    def broken(*given):
        if source in of[step](*given):
            raise RuntimeError("a post's words")
        return real(*given)

    monkeypatch.setattr(stages, step, broken)


def test_64_sources_are_saved_in_one_transaction_and_the_rest_in_the_next(store, groups):
    sources, fetcher = pages({f"h{n}": [] for n in range(66)}, at_once=66)
    done = list(scanned(store, sources, fetcher))
    assert [len(some) for some in groups] == [64, 2]
    assert store.opened["scan"] == 2
    assert [one.source.id for one in done] == [s.id for s in sources]
    assert rows_of(store.store, "SELECT count(*) FROM source_runs WHERE outcome = 'empty'") == [(66,)]


def test_no_source_waits_longer_than_two_seconds_for_the_others(store, groups):
    timer = Seconds()
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(9)})
    real = fetcher.fetch

    def fetch(*given):
        timer.now += 0.6
        return real(*given)

    fetcher.fetch = fetch
    list(scanned(store, sources, fetcher, timer=timer))
    assert [len(some) for some in groups] == [4, 4, 1]  # the first, and those of 0.6, 1.2 and 1.8 s later
    assert max(fetcher.reading.takes) <= stages.LONGEST_S


def test_what_is_urgent_is_saved_before_more_than_what_is_ready_is_read(store, groups):
    sources, fetcher = pages({"a": [CALM], "b": [GRAVE], **{name: [CALM] for name in "cdef"}})
    under_way = scanned(store, sources, fetcher)
    first, second = next(under_way), next(under_way)
    assert [first.source.id, second.source.id] == ["a", "b"]
    assert fetcher.asked == [s.url for s in sources[:3]]  # one more is judged beside saving
    assert rows_of(store.store, "SELECT severity FROM alerts") == [(4,)]
    list(under_way)
    assert groups == [["a", "b"], ["c", "d", "e", "f"]]


def test_what_is_urgent_does_not_wait_until_all_that_is_ready_has_been_judged(store, groups, monkeypatch):
    monkeypatch.setattr(stages, "MOST_MENTIONS", 4)
    sources, fetcher = pages({"a": [GRAVE], **{f"h{n}": [CALM, INSULT] for n in range(6)}}, at_once=9)
    under_way = scanned(store, sources, fetcher)
    next(under_way)
    assert groups == [["a", "h0"]]
    list(under_way)


def test_what_is_urgent_does_not_wait_for_a_group_of_those_before_it(store, groups):
    said = {f"h{n}": [] for n in range(63)} | {"a": [CALM], "b": [GRAVE], "c": [CALM]}
    list(scanned(store, *pages(said, at_once=65)))
    assert [len(some) for some in groups] == [65, 1]


def test_reading_goes_on_while_a_group_is_judged_slowly(store, monkeypatch):
    real, all_asked = stages.judge_readings, threading.Event()
    waited = []

    def slow(*given):
        waited.append(all_asked.wait(10))
        return real(*given)

    monkeypatch.setattr(stages, "judge_readings", slow)
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


def test_a_fault_in_judging_one_is_its_own_and_the_others_of_the_set_are_judged(store, monkeypatch, groups):
    fails(monkeypatch, "judge_readings", "b")
    sources, fetcher = pages({name: [CALM] for name in "abc"}, at_once=3)
    done = list(scanned(store, sources, fetcher))
    assert groups == [["a", "b", "c"]]  # the fault is recorded with the others
    assert [(one.batch.run.outcome, one.failed and one.failed.work) for one in done] == [
        (Outcome.OK, None), (Outcome.OUR_FAULT, "judge"), (Outcome.OK, None),
    ]  # fmt: skip
    assert dict(rows_of(store.store, "SELECT source_id, outcome FROM source_runs")) == {
        "a": "ok", "b": "our_fault", "c": "ok",
    }  # fmt: skip


def test_a_fault_in_saving_one_is_its_own_and_the_others_of_the_group_are_saved(store, monkeypatch, caplog):
    real = stages.keep_all

    def keep_all(con, judged, *rest):
        kept = real(con, judged, *rest)
        if any(one.collected.source.id == "b" for one in judged):
            raise RuntimeError("a post's words")
        return kept

    monkeypatch.setattr(stages, "keep_all", keep_all)
    sources, fetcher = pages({"a": [CALM], "b": [INSULT], "c": [CALM + " c"]}, at_once=3)
    done = list(scanned(store, sources, fetcher))
    assert [one.source.id for one in done if one.failed] == ["b"]
    assert (done[1].failed.work, done[1].failed.saved) == ("save", True)
    assert rows_of(store.store, "SELECT count(*) FROM mentions") == [(2,)]
    assert rows_of(store.store, "SELECT count(*) FROM alerts") == [(0,)]
    assert dict(rows_of(store.store, "SELECT source_id, outcome FROM source_runs"))["b"] == "our_fault"
    assert "a post's words" not in caplog.text


def test_a_disk_that_is_too_full_for_one_is_tried_again_only_for_what_is_urgent(store, monkeypatch):
    tried = []

    def keep_all(con, judged, *rest):
        tried.append([one.collected.source.id for one in judged])
        raise StoreFull("no space left")

    monkeypatch.setattr(stages, "keep_all", keep_all)
    said = {f"h{n}": [CALM] for n in range(4)} | {"h2": [GRAVE]}
    sources, fetcher = pages(said, at_once=4)
    done = list(scanned(store, sources, fetcher))
    assert tried == [[f"h{n}" for n in range(4)], ["h0"], ["h2"]]
    assert [one.source.id for one in done if one.failed.urgent] == ["h2"]
    assert rows_of(store.store, "SELECT count(*) FROM source_runs WHERE outcome = 'our_fault'") == [(4,)]


def test_a_disk_too_full_to_say_whose_runs_it_ended_is_tried_twice_and_no_more(store, monkeypatch):
    def full(*_given):
        raise StoreFull("no space left")

    monkeypatch.setattr(stages, "keep_all", full)
    monkeypatch.setattr(stages.source_store, "record_runs", full)
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(4)}, at_once=4)
    assert {one.failed.saved for one in scanned(store, sources, fetcher)} == {False}
    assert store.opened["scan"] == 4


@pytest.mark.parametrize(("held", "work", "saved"), [("scan", "save", False), ("read", "save", True)])
def test_a_store_that_is_held_is_waited_for_once_by_a_group_and_once_to_record_it(store, held, work, saved):
    """Where it can be: what could not be judged for want of the store is written with the group."""
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(4)}, at_once=4)
    store.busy = lambda purpose: purpose == held and (held == "scan" or store.opened["read"] > 1)
    done = list(scanned(store, sources, fetcher))
    assert store.opened[held] == 2
    assert {(one.failed.work, one.failed.kind, one.failed.saved) for one in done} == {
        (work, "StoreBusy", saved)
    }
    store.busy = lambda purpose: False
    recorded = "SELECT count(*) FROM source_runs WHERE outcome = 'our_fault'"
    assert rows_of(store.store, recorded) == [(4 * saved,)]


def test_once_stopped_no_source_is_begun_and_what_was_read_is_saved(store):
    sources, fetcher = pages({f"h{n}": [CALM] for n in range(9)})
    done = list(scanned(store, sources, fetcher, stopped=lambda: len(fetcher.asked) >= 3))
    assert [one.source.id for one in done] == ["h0", "h1", "h2"]
    assert rows_of(store.store, "SELECT count(*) FROM source_runs") == [(3,)]


def test_an_interruption_leaves_what_is_saved_and_the_rest_is_due_again(store, monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    sources, fetcher = pages({"a": [GRAVE], **{name: [CALM] for name in "bcdef"}})
    under_way = scanned(store, sources, fetcher)
    next(under_way)
    monkeypatch.setattr(stages, "judge_readings", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(under_way)
    assert rows_of(store.store, "SELECT source_id FROM source_runs") == [("a",)]


def test_while_too_much_is_unsaved_no_source_is_begun(store, monkeypatch):
    monkeypatch.setattr("monitor.pipeline.scan.MOST_UNSAVED", 6)
    sources, fetcher = pages({f"h{n}": [f"{CALM} {k}" for k in range(3)] for n in range(6)}, at_once=6)
    most = []
    real = stages.judge_readings

    def judge_readings(readings, *rest):
        most.append(sum(len(one.mentions) for one in readings))
        return real(readings, *rest)

    monkeypatch.setattr(stages, "judge_readings", judge_readings)
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
from test_scan_groups import pages, scanned, stages
stages.keep_all = lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL)
store = Store(Path({home!r}), clock=lambda: NOW, sleep=lambda s: None)
list(scanned(store, *pages({{"a": [INSULT], "b": [INSULT]}}, at_once=2)))
"""


def test_a_kill_between_judging_and_saving_loses_what_is_not_saved_and_it_is_due_again(store):
    work = KILLED.format(home=str(store.store.home), here=str(Path(__file__).parent))
    assert forked.run(work).returncode == -signal.SIGKILL
    counts = "SELECT (SELECT count(*) FROM source_runs), (SELECT count(*) FROM mentions)"
    assert rows_of(store.store, counts) == [(0, 0)]
    list(scanned(store, *pages({"a": [INSULT], "b": [INSULT]}, at_once=2)))
    assert rows_of(store.store, "SELECT count(*) FROM alerts") == [(1,)]


# ----------------- sources one after another, of one scan or of two: each as if those before it were saved


ANSWER = "That man who runs the stall is an ugly, stupid creep, laugh at him all of you."


def reddit(*posts):
    """Posts of (platform's id, words), all of one thread."""
    rows = "".join(
        f"<entry><id>{n}</id><link href='https://www.reddit.com/r/northvale/comments/1abc/of_it/{n}/'/>"
        f"<updated>{(NOW - timedelta(hours=1)).isoformat()}</updated><title>On it</title>"
        f"<content type='html'>{words}</content></entry>"
        for n, words in posts
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Northvale</title>{rows}</feed>".encode()


BODIES = {
    "https://www.reddit.com/r/northvale/new/.rss": reddit(("t3_1abc", CALM)),
    "https://www.reddit.com/r/northvale/comments/.rss": reddit(("t1_2", ANSWER)),
    "https://www.reddit.com/r/hexley/new/.rss": reddit(("t3_3", INSULT)),
}
SOURCES = [Source(name, "feed", url, urns=("900001",)) for name, url in zip("abc", BODIES, strict=True)]


@pytest.fixture
def plain_store(tmp_path):
    return migrated(Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None))


def scanned_apart(store, pages, sources=SOURCES):
    return list(
        scan_sources(
            sources, store=store, fetcher=pages, judges=judges, clock=lambda: NOW, timer=lambda: 100.0
        )
    )


def told(store):
    """What is told of the answer: each alert's severity."""
    sql = """SELECT a.severity FROM alerts a JOIN matches x ON x.story_id = a.story_id
        JOIN mentions m ON m.id = x.mention_id WHERE m.parent IS NOT NULL"""
    return rows_of(store, sql)


@pytest.mark.parametrize("at_once", [1, 3])
def test_an_insult_in_a_reply_is_told_whether_the_post_came_with_it_or_just_before(plain_store, at_once):
    scanned_apart(plain_store, Pages(BODIES, at_once=at_once))
    assert told(plain_store) == [(3,)]


def test_an_insult_in_a_reply_is_told_where_another_source_could_not_be_judged(plain_store, monkeypatch):
    fails(monkeypatch, "judge_readings", "c")
    scanned_apart(plain_store, Pages(BODIES, at_once=3))
    assert told(plain_store) == [(3,)]


def test_what_another_scan_saves_between_judging_and_saving_is_told_once(plain_store, monkeypatch):
    real, others = stages.save_sources, []

    def saved(*given):
        if not others:
            others.append("begun")
            others.extend(scanned_apart(plain_store, Pages(BODIES), SOURCES[::-1]))
        return real(*given)

    monkeypatch.setattr(stages, "save_sources", saved)
    done = scanned_apart(plain_store, Pages(BODIES, at_once=3))
    assert sum(one.batch.run.mentions_new for one in others[1:]) == 3
    assert [(one.batch.run.outcome, one.batch.run.mentions_new) for one in done] == [(Outcome.OK, 0)] * 3
    with plain_store.open_reader() as con:
        counts = [
            con.execute(f"SELECT count(*) FROM {t}").fetchone() for t in ("mentions", "alerts", "sightings")
        ]
        waiting = con.execute("SELECT count(*), count(DISTINCT (alert_id, person_id)) FROM outbox").fetchone()
    assert counts == [(3,), (1,), (3,)]
    assert waiting[0] == waiting[1] > 0


@pytest.fixture
def each_a_group(monkeypatch):
    """Each source is saved by itself, beside judging the next."""
    monkeypatch.setattr(stages, "MOST_SOURCES", 1)


def test_every_group_is_saved_in_one_thread_and_a_reply_is_told_whose_post_is_saved_meanwhile(
    plain_store, monkeypatch, each_a_group
):
    real, threads = stages.keep_all, []
    monkeypatch.setattr(
        stages, "keep_all", lambda *given: threads.append(threading.current_thread()) or real(*given)
    )
    scanned_apart(plain_store, Pages(BODIES))
    assert len(threads) == len(SOURCES)
    assert set(threads) - {threading.current_thread()} == {threads[0]}
    assert told(plain_store) == [(3,)]


def test_a_group_is_saved_while_the_next_is_judged(plain_store, monkeypatch, each_a_group):
    saving, judging = threading.Event(), threading.Event()
    real_keep, real_judge = stages.keep_all, stages.judge_readings
    met = []

    def keep_all(con, judged, *rest):
        if judged[0].collected.source.id == "a":
            saving.set()
            met.append(judging.wait(20))
        return real_keep(con, judged, *rest)

    def judge_readings(readings, *rest):
        if readings[0].source.id == "b":
            judging.set()
            met.append(saving.wait(20))
        return real_judge(readings, *rest)

    monkeypatch.setattr(stages, "keep_all", keep_all)
    monkeypatch.setattr(stages, "judge_readings", judge_readings)
    scanned_apart(plain_store, Pages(BODIES))
    assert met == [True, True]


@pytest.mark.parametrize(("step", "source"), [("keep_all", "a"), ("judge_readings", "b")])
def test_a_fault_in_saving_or_judging_beside_the_other_is_of_that_group_alone(
    plain_store, monkeypatch, each_a_group, step, source
):
    fails(monkeypatch, step, source)
    done = scanned_apart(plain_store, Pages(BODIES))
    assert {one.source.id: one.batch.run.outcome for one in done} == dict.fromkeys("abc", Outcome.OK) | {
        source: Outcome.OUR_FAULT
    }


# ------------------------- the stages: which goes on beside which, and what none of them may begin without


def scanned_by(store, sources, fetcher, by=judges, **given):
    ticks = count_up()
    return list(
        scan_sources(
            sources,
            store=store,
            fetcher=fetcher,
            judges=by,
            clock=lambda: NOW,
            timer=lambda: float(next(ticks)) / 1e6,
            **given,
        )
    )


class Slow(Words):
    """A model that answers for the second set when `go` is said, and notes how often it is asked."""

    def __init__(self):
        self.go, self.asked = threading.Event(), []

    def score(self, texts):
        self.asked.append(texts)
        waited = len(self.asked) != 2 or self.go.wait(20)
        assert waited, "the set before was not saved meanwhile"
        return super().score(texts)


def with_model(model):
    return lambda: replace(judges(), scorer=lambda: model)


def read_before(monkeypatch):
    """Nothing is loaded beforehand."""
    monkeypatch.setattr(stages, "warm", lambda *given: None)


def test_the_sites_are_asked_before_what_judges_is_made_and_for_a_new_place_the_model_loaded(
    plain_store, monkeypatch
):
    sources, fetcher = pages({"a": [CALM]})
    begun, seen = [], []
    monkeypatch.setattr(stages, "warm", lambda by, now: seen.append(len(fetcher.asked)))

    def late():
        begun.append(list(fetcher.reading.jobs))
        return judges()

    scanned_by(plain_store, sources, fetcher, late)
    assert [len(jobs) for jobs in begun] == [1]  # they are under way, in threads of their own in life
    assert seen == [0], "before it answers"


def test_a_group_is_saved_while_the_model_reads_the_next(plain_store, monkeypatch, each_a_group):
    read_before(monkeypatch)
    model, real = Slow(), stages.keep_all

    def keep_all(*given):
        kept = real(*given)
        model.go.set()
        return kept

    monkeypatch.setattr(stages, "keep_all", keep_all)
    sources, fetcher = pages({"a": [CALM], "b": [f"{CALM} Anybody?"]})
    done = scanned_by(plain_store, sources, fetcher, with_model(model))
    assert [one.batch.run.mentions_new for one in done] == [1, 1]
    assert len(model.asked) == 2


def test_a_set_that_cannot_be_judged_costs_the_next_nothing(plain_store, monkeypatch):
    read_before(monkeypatch)
    fails(monkeypatch, "judge_readings", "a")
    sources, fetcher = pages({"a": [INSULT], "b": [INSULT], "c": [CALM]})
    done = {one.source.id: one for one in scanned_by(plain_store, sources, fetcher)}
    assert done["a"].batch.run.outcome is Outcome.OUR_FAULT
    with plain_store.open_reader() as con:
        kept = con.execute("SELECT source_id FROM sightings ORDER BY 1").fetchall()
        alerts = con.execute("SELECT count(*) FROM alerts").fetchone()
    assert (kept, alerts) == ([("b",), ("c",)], (1,))  # its own post too, which the first had brought


def test_nothing_is_loaded_where_nothing_is_new(plain_store):
    model = Slow()
    model.go.set()
    sources, fetcher = pages({"a": [CALM], "b": [INSULT]})
    scanned_by(plain_store, sources, fetcher, with_model(model))
    assert model.asked
    model.asked.clear()
    scanned_by(plain_store, sources, pages({"a": [CALM], "b": [INSULT]})[1], with_model(model))
    assert model.asked == []


def test_what_cannot_be_loaded_beforehand_is_told_where_it_judges(plain_store):
    def missing():
        raise FileNotFoundError("model.onnx")

    sources, fetcher = pages({"a": [CALM]})
    (one,) = scanned_by(plain_store, sources, fetcher, lambda: replace(judges(), scorer=missing))
    assert one.batch.run.outcome is Outcome.OUR_FAULT


class ReadTwice(Words):
    """A model with a second reader beside it."""

    reader = Words()


def test_a_scan_says_how_long_each_stage_was_at_work(plain_store):
    clock = count_up()
    timings = Timings(lambda: float(next(clock)))
    sources, fetcher = pages({"a": [CALM]})
    scanned_by(plain_store, sources, fetcher, lambda: replace(judges(), scorer=ReadTwice), timings=timings)
    assert set(timings.spent) == set(STAGES)
    assert timings.asked_s < timings.answered_s
    assert timings.line().startswith("Seconds: the first site asked after ")
    sources, fetcher = pages({"b": [CALM]})
    left = scan_sources(sources, store=plain_store, fetcher=fetcher, judges=judges, clock=lambda: NOW)
    next(left)
    assert texts._remembered.cache_info().currsize
    left.close()  # by somebody who waits no longer
    assert texts._remembered.cache_info().currsize == 0, "words of posts stay in memory"
