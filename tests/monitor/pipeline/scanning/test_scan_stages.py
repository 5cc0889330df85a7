"""The stages of a scan: which goes on beside which, and what none of them may begin without."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count as count_up

import pytest
from builders.home import migrated
from builders.in_turn import NOW
from builders.judges import CALM, INSULT, Words, judges
from builders.scan_pages import pages

from data.store.engine.open import Store
from data.types import Outcome
from monitor.pipeline.scan import scan
from monitor.pipeline.scanning import stages
from monitor.pipeline.scanning.timings import STAGES, Timings


@pytest.fixture
def store(tmp_path):
    return migrated(Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None))


def scanned(store, sources, fetcher, by=judges, **given):
    ticks = count_up()
    return list(
        scan(
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
    """A model that answers for the first set when `go` is said, and notes how often it is asked."""

    def __init__(self):
        self.go, self.asked = threading.Event(), []

    def score(self, texts):
        self.asked.append(texts)
        waited = len(self.asked) > 1 or self.go.wait(20)
        assert waited, "the next set was not linked meanwhile"
        return super().score(texts)


def with_model(model):
    return lambda: replace(judges(), scorer=lambda: model)


def read_before(monkeypatch):
    """Nothing is loaded beforehand."""
    monkeypatch.setattr(stages, "warm", lambda *given: None)


def test_the_sites_are_asked_before_what_judges_is_made(store):
    sources, fetcher = pages({"a": [CALM]})
    begun = []

    def late():
        begun.append(list(fetcher.reading.jobs))
        return judges()

    scanned(store, sources, fetcher, late)
    assert [len(jobs) for jobs in begun] == [1]  # they are under way, in threads of their own in life


def test_the_next_set_is_linked_while_the_network_reads_the_one_before(store, monkeypatch):
    read_before(monkeypatch)
    model, real, begun = Slow(), stages.begin_judging, []

    def noted(readings, *rest):
        begun.append([one.source.id for one in readings])
        if len(begun) == 2:
            model.go.set()
        return real(readings, *rest)

    monkeypatch.setattr(stages, "begin_judging", noted)
    sources, fetcher = pages({"a": [CALM], "b": [f"{CALM} Anybody?"]})
    done = scanned(store, sources, fetcher, with_model(model))
    assert begun == [["a"], ["b"]]
    assert [one.batch.run.mentions_new for one in done] == [1, 1]


def test_what_replies_to_a_set_before_the_network_waits_until_that_is_decided(store, monkeypatch):
    read_before(monkeypatch)
    said, first = [], []
    real_link, real_finish, real_known = stages.begin_judging, stages.Judging.finish, stages.Stages._known

    def linked(readings, *rest):
        said.append(("linked", readings[0].source.id))
        return real_link(readings, *rest)

    def finish(judging):
        said.append(("decided", judging.readings[0].collected.source.id))
        return real_finish(judging)

    def known(self, one):
        """The second source's post replies to the first's."""
        (post,) = one.collected.mentions
        first.append(post.id)
        post = replace(post, parent=first[0] if len(first) > 1 else None)
        return real_known(self, replace(one, collected=replace(one.collected, mentions=(post,))))

    monkeypatch.setattr(stages.Judging, "finish", finish)
    monkeypatch.setattr(stages, "begin_judging", linked)
    monkeypatch.setattr(stages.Stages, "_known", known)
    sources, fetcher = pages({"a": [CALM], "b": [f"{CALM} Anybody?"]})
    scanned(store, sources, fetcher)
    assert said == [("linked", "a"), ("decided", "a"), ("linked", "b"), ("decided", "b")]


def test_a_set_that_cannot_be_decided_costs_the_next_nothing(store, monkeypatch):
    read_before(monkeypatch)
    real = stages.Judging.finish

    def broken(judging):
        if any(one.collected.source.id == "a" for one in judging.readings):
            raise KeyError(CALM)
        return real(judging)

    monkeypatch.setattr(stages.Judging, "finish", broken)
    sources, fetcher = pages({"a": [INSULT], "b": [INSULT], "c": [CALM]})
    done = {one.source.id: one for one in scanned(store, sources, fetcher)}
    assert done["a"].batch.run.outcome is Outcome.OUR_FAULT
    with store.read() as con:
        kept = con.execute("SELECT source_id FROM sightings ORDER BY 1").fetchall()
        alerts = con.execute("SELECT count(*) FROM alerts").fetchone()
    assert (kept, alerts) == ([("b",), ("c",)], (1,))  # its own post too, which the first had brought


def test_nothing_is_loaded_where_nothing_is_new(store):
    model = Slow()
    model.go.set()
    sources, fetcher = pages({"a": [CALM], "b": [INSULT]})
    scanned(store, sources, fetcher, with_model(model))
    assert model.asked
    model.asked.clear()
    scanned(store, sources, pages({"a": [CALM], "b": [INSULT]})[1], with_model(model))
    assert model.asked == []


def test_a_place_that_nobody_has_read_has_the_model_loaded_before_it_answers(store, monkeypatch):
    seen = []
    monkeypatch.setattr(stages, "warm", lambda by, now: seen.append(len(fetcher.asked)))
    sources, fetcher = pages({"a": [CALM]})
    scanned(store, sources, fetcher)
    assert seen == [0]


def test_what_cannot_be_loaded_beforehand_is_told_where_it_judges(store):
    def missing():
        raise FileNotFoundError("model.onnx")

    sources, fetcher = pages({"a": [CALM]})
    (one,) = scanned(store, sources, fetcher, lambda: replace(judges(), scorer=missing))
    assert one.batch.run.outcome is Outcome.OUR_FAULT


def test_a_scan_says_how_long_each_stage_was_at_work(store):
    clock = count_up()
    timings = Timings(lambda: float(next(clock)))
    sources, fetcher = pages({"a": [CALM]})
    scanned(store, sources, fetcher, timings=timings)
    assert set(timings.spent) == set(STAGES)
    assert timings.asked_s < timings.answered_s
    assert timings.line().startswith("Seconds: the first site asked after ")
