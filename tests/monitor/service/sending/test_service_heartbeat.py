"""The sign to somebody elsewhere that posts are read and judged."""

import logging
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from builders.judges import OAKFIELD
from builders.mention import NOW, Clock, a_store
from support.web_server import Answer, serve

from data.errors import ModelMissing, RegisterError, SchoolgateError
from data.types import Scores
from monitor.config.load import Config
from monitor.config.settings import Secret
from monitor.home import wiring
from monitor.service.serve import Settings, cannot
from monitor.service.state import heartbeat
from monitor.service.state.health import STALE, Health
from monitor.service.state.heartbeat import SENTENCE, Heart

PATH = "/hush-hush-token"


class Model:
    """A scorer that says what it was asked, and may fail."""

    def __init__(self):
        self.asked, self.loaded, self.let_go_after, self.fault, self.value = [], False, [], None, 0.5

    def score(self, texts):
        self.asked += texts
        if self.fault:
            raise self.fault
        return Scores(("a",), np.full((len(texts), 1), self.value, np.float32), (False,) * len(texts), "m")

    def let_go(self, idle_s):
        self.let_go_after.append(idle_s)
        return True


class Beating:
    def __init__(self, site, fetch, address=True):
        self.site, self.clock, self.model = site, Clock(), Model()
        self.health, self.unheard = Health(NOW), False
        self.heart = Heart(
            self.health, self.model, self.clock, fetch=fetch, unheard=lambda: self.unheard,
            address=Secret(f"{site}{PATH}") if address else None,
        )  # fmt: skip

    def minutes(self, n, *, judged=False, fails=()):
        for _ in range(n * 4):
            for work in (*STALE, "save"):
                if work not in fails:
                    self.health.ended(work, self.clock())
            for work in fails:
                self.health.failed(work, self.clock(), "OSError")
            if judged:
                self.health.ended("judge", self.clock())
            self.heart.tick()
            self.clock.at += timedelta(seconds=15)
        return len(self.site.paths)


@pytest.fixture
def answer():
    return {PATH: b"OK"}


@pytest.fixture
def beating(answer):
    with serve(answer) as site, heartbeat.beating(Secret(f"{site}{PATH}"), sleep=lambda _: None) as fetch:
        yield Beating(site, fetch)


def test_it_beats_every_five_minutes_and_says_nothing_of_us(beating):
    assert beating.minutes(21, judged=True) == 5
    for asked in beating.site.asked:
        assert (asked.method, asked.path, asked.body) == ("GET", PATH, b"")
        assert asked.headers["user-agent"] == "Schoolgate"
    assert beating.model.asked == []


def test_where_nothing_was_judged_a_sentence_of_ours_is_and_the_model_let_go(beating):
    assert beating.minutes(11) == 3
    assert beating.model.asked == [SENTENCE] * 3
    assert beating.model.let_go_after == [0.0] * 3
    assert beating.health.last["judge"] > NOW


def test_a_model_that_was_in_use_is_not_let_go(beating):
    beating.model.loaded = True
    beating.minutes(1)
    assert beating.model.let_go_after == []


@pytest.mark.parametrize("fault", [SchoolgateError("The model's process ended"), OSError(), KeyError()])
def test_while_the_model_fails_it_does_not_beat_and_that_is_a_trouble(beating, fault):
    beating.model.fault = fault
    assert beating.minutes(11) == 0
    assert [t.work for t in beating.health.troubles(beating.clock())] == ["judge"]
    assert len(beating.model.asked) == 3
    beating.model.fault = None
    assert beating.minutes(6) == 1
    assert beating.health.troubles(beating.clock()) == ()


def test_scores_that_are_no_numbers_prove_nothing(beating):
    beating.model.value = float("nan")
    assert beating.minutes(1) == 0


@pytest.mark.parametrize("work", ["save", "beat", "tend", "collect"])
def test_while_something_is_not_done_it_does_not_beat(beating, work):
    assert beating.minutes(11, judged=True, fails=[work]) == 0


@pytest.mark.parametrize("work", ["mail", "config", "purge", "place"])
def test_what_does_not_stop_judging_does_not_stop_it(beating, work):
    assert beating.minutes(11, judged=True, fails=[work]) == 3


def test_while_a_trouble_can_be_told_to_nobody_it_stays_away(beating):
    beating.unheard = True
    assert beating.minutes(11, judged=True, fails=["mail"]) == 0


def test_a_fault_that_has_passed_costs_seconds_and_not_a_beat(beating):
    beating.minutes(1, judged=True, fails=["tend"])
    assert beating.minutes(1, judged=True) == 1


def test_a_beat_that_fails_is_counted_and_logged_without_the_address(beating, answer, caplog):
    answer[PATH] = Answer(500, b"no")
    with caplog.at_level(logging.DEBUG, "schoolgate"):
        beating.minutes(6, judged=True)
    assert beating.health.faults == {"heartbeat": 2}
    assert beating.health.troubles(beating.clock()) == ()
    assert "in=heartbeat why=" in caplog.text
    assert PATH.strip("/") not in caplog.text


def test_a_beat_that_breaks_is_counted_and_the_next_one_goes_out(beating, monkeypatch):
    def broken(request):
        raise RuntimeError(request.url)

    monkeypatch.setattr(beating.heart, "fetch", broken)
    beating.minutes(1, judged=True)
    monkeypatch.undo()
    assert beating.health.faults == {"heartbeat": 1}
    assert beating.minutes(6, judged=True) == 1


def test_an_address_of_another_private_network_is_never_asked(caplog):
    address = Secret("https://192.168.7.7/hush-hush-token")
    with heartbeat.beating(address) as fetch, serve({}) as site, caplog.at_level(logging.DEBUG, "schoolgate"):
        one = Beating(site, fetch)
        one.heart.address = address
        one.minutes(1, judged=True)
    assert one.health.faults == {"heartbeat": 1}
    assert "misconfigured" in caplog.text
    assert "hush" not in caplog.text


def test_without_an_address_nothing_is_asked_and_nothing_judged():
    with serve({}) as site, heartbeat.beating(None) as fetch:
        one = Beating(site, fetch, address=False)
        assert one.minutes(11) == 0
        assert one.model.asked == []


def test_without_an_address_a_model_that_failed_is_tried_again_too():
    with serve({}) as site, heartbeat.beating(None) as fetch:
        one = Beating(site, fetch, address=False)
        one.health.failed("judge", NOW, "OSError")
        one.minutes(1)
        assert one.model.asked == [SENTENCE]
        assert one.health.troubles(one.clock()) == ()


def test_with_nothing_to_judge_by_it_is_not_well_from_the_start_and_beats_once_that_is_mended(beating):
    beating.heart.lacks = lambda: beating.lack
    beating.lack = RegisterError("/home/alex/gias.csv: cannot be read, it is not there.")
    assert beating.heart.begin() is beating.lack
    assert beating.health.complaints(NOW) == [
        "since 2026-11-17 09:00 UTC, nothing that we read could be judged (judge: RegisterError)"
    ]
    assert (beating.minutes(16), beating.model.asked) == (0, [])
    beating.lack = None
    assert beating.minutes(6) == 1
    assert beating.health.complaints(beating.clock()) == []


def test_what_a_service_cannot_do_is_said_with_what_would_let_it():
    lack = RegisterError("gias.csv: cannot be read, it is not there.")
    said = list(cannot(Config(Path("schoolgate.toml"), (OAKFIELD,)), lack))
    assert [line.split()[1] for line in said] == ["IS", "mail", "pages:"]
    assert all("⟪" in line for line in said[1:])


def test_a_register_that_is_gone_is_noticed_and_that_it_is_back(tmp_path):
    store, file = a_store(tmp_path), tmp_path / "gias.csv"
    settings = Settings(
        Config(tmp_path / "schoolgate.toml", (OAKFIELD,), register=file), tmp_path, store, Clock()
    )
    assert isinstance(settings.lacks(), RegisterError)
    file.write_text("URN,EstablishmentName\n900001,Oakfield Primary School\n")
    assert settings.lacks() is None
    file.unlink()
    assert isinstance(settings.lacks(), RegisterError)


def test_a_model_that_is_not_whole_keeps_all_from_being_judged(tmp_path, monkeypatch):
    monkeypatch.setattr("classifiers.scoring.model_card.MODEL_DIR", tmp_path)
    assert isinstance(wiring.lacking(Config(tmp_path / "schoolgate.toml", (OAKFIELD,))), ModelMissing)
