"""What goes wrong around a fleet holds back nothing but itself."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from builders.fleet_engine import Town
from support.fleet_engine_works import worker

from data.errors import SchoolgateError, StoreError
from data.types import Scores
from monitor.config.settings import ModelSettings
from monitor.fleet.conducting import routing
from monitor.fleet.engines.base import Stage, Station, WorkerLost
from monitor.fleet.engines.local import LocalEngine
from monitor.fleet.stages.linking import NationalLinker
from monitor.fleet.stages.scoring import GivenScores, Scoring
from monitor.fleet.work import Tend, ToScore


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    town.settle(tend=True)
    return town


def test_a_clock_that_is_set_back_stops_nothing(town):
    town.clock.at -= timedelta(hours=6)
    n = town.site.write("board", "oakfield")
    town.passes(seconds=1, tend=True)
    assert n in town.had("oakfield")


def test_homes_whose_mail_servers_do_not_answer_are_saved_for_all_the_same(town):
    town.workers.held.add(Tend)
    town.passes(minutes=2, tend=True)
    n = town.site.write("board", "oakfield")
    town.passes(hours=2, tend=True)
    assert n in town.had("oakfield")


class Failing(NationalLinker):
    """Fails on one text."""

    def link(self, mentions, source, about=()):
        if any("Roadworks" in m.text for m in mentions):
            raise ValueError
        return super().link(mentions, source, about)


def test_a_mention_on_which_the_linker_fails_keeps_no_other_from_its_home(town):
    works = town.workers.works
    works[Stage.LINK] = replace(works[Stage.LINK], national=Failing(town.saving.national.schools))
    town.site.write("board")
    n = town.site.write("board", "hexley")
    town.passes(hours=2)
    assert n in town.had("hexley")
    assert town.segments("read") == []


def test_a_segment_that_cannot_be_read_for_a_moment_stays(town, monkeypatch):
    read = routing.read_segment

    def busy(path):
        raise StoreError("too many files are open")

    monkeypatch.setattr(routing, "read_segment", busy)
    n = town.site.write("board", "oakfield")
    town.passes(hours=2)
    assert len(town.segments("read")) == 1
    assert town.conductor.routing.waits_since(town.clock()) == town.clock()
    monkeypatch.setattr(routing, "read_segment", read)
    town.passes(hours=2)
    assert n in town.had("oakfield")


def test_what_a_place_gave_that_is_out_of_the_fleet_for_a_while_waits_for_it(town):
    n = town.site.write("board", "oakfield")
    town.workers.held.add(Stage.LINK)
    town.passes(hours=2)
    town.workers.held.clear()
    town.begin()
    there = dict(town.conductor.routing.places)
    town.conductor.routing.places = {}
    town.settle(ask=False)
    assert len(town.segments("read")) == 1
    assert town.conductor.routing.waits_since(town.clock()) is None
    town.conductor.routing.places = there
    town.clock.at += routing.UNKNOWN_WAITS
    town.settle(ask=False)
    assert n in town.had("oakfield")


def test_a_fault_of_the_conductors_own_ends_no_other_work(town, monkeypatch):
    def fails(now):
        raise RuntimeError

    monkeypatch.setattr(town.conductor, "_keep", fails)
    town.conductor.turn(0.0)
    assert town.conductor.faults == 1


def test_one_text_that_cannot_be_scored_leaves_the_others_their_scores():
    def score(texts):
        if "poison" in texts:
            raise ValueError
        return Scores(("relevant",), np.ones((len(texts), 1), np.float32), (False,) * len(texts), "a")

    scoring = Scoring(ModelSettings())
    scoring.__dict__["_scorer"] = SimpleNamespace(score=score)
    texts = ("calm", "poison", "quiet")
    given = GivenScores([(texts, scoring(ToScore(texts)))])
    assert given.score(["calm", "quiet"]).values.tolist() == [[1.0], [1.0]]
    with pytest.raises(SchoolgateError):
        given.score(["poison"])


def test_a_text_that_could_not_be_scored_is_tried_again_when_it_is_next_asked():
    tries = []

    def score(texts):
        tries.extend(texts)
        if "odd" in texts and tries.count("odd") <= 2:
            raise MemoryError
        return Scores(("relevant",), np.ones((len(texts), 1), np.float32), (False,) * len(texts), "a")

    scoring = Scoring(ModelSettings())
    scoring.__dict__["_scorer"] = SimpleNamespace(score=score)
    assert np.isnan(scoring(ToScore(("odd",))).values).all()
    assert scoring(ToScore(("odd",))).values.tolist() == [[1.0]]
    scoring(ToScore(("odd",)))
    assert tries.count("odd") == 3


def test_where_the_model_cannot_be_used_no_text_is_said_to_be_scored():
    def score(texts):
        raise ValueError

    scoring = Scoring(ModelSettings())
    scoring.__dict__["_scorer"] = SimpleNamespace(score=score)
    with pytest.raises(ValueError, match=r"^$"):
        scoring(ToScore(("calm",)))


def test_work_that_cannot_be_sent_is_told_to_be_lost_and_the_next_is_done():
    engine = LocalEngine({Stage.LINK: Station(worker)})
    try:
        with pytest.raises(WorkerLost):
            engine.ask(Stage.LINK, 0, lambda: None).result(60)
        assert engine.ask(Stage.LINK, 0, "again").result(60) == "again"
    finally:
        engine.close()


def test_a_worker_that_hangs_holds_back_nobody_who_asks_it():
    engine = LocalEngine({Stage.LINK: Station(worker)})
    try:
        os.kill(engine.ask(Stage.LINK, 0, "pid").result(60), signal.SIGSTOP)
        began = time.monotonic()
        asked = engine.ask(Stage.LINK, 0, b"0" * 5_000_000)
        assert time.monotonic() - began < 5
        engine.end(Stage.LINK, 0)
        with pytest.raises(WorkerLost):
            asked.result(60)
        assert engine.ask(Stage.LINK, 0, "again").result(60) == "again"
    finally:
        engine.close()
