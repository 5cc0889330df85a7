"""Works that are under way: what becomes of each is seen to by the thread that asked."""

from __future__ import annotations

import logging
import threading

import pytest
from builders.fleet_engine import Workers

from monitor.fleet.conducting.line import LONGEST_S, WorkLine
from monitor.fleet.engines.base import Stage


class Ending(Workers):
    """One that notes which workers were ended."""

    def __init__(self):
        super().__init__({Stage.LINK: done, Stage.SAVE: done})
        self.ended = []

    def end(self, stage, shard):
        self.ended.append((stage, shard))


def done(work):
    if isinstance(work, Exception):
        raise work
    return work


@pytest.fixture
def engine():
    return Ending()


@pytest.fixture
def line(engine):
    line = WorkLine(engine, lambda: line.now_s)
    line.now_s = 0.0
    return line


@pytest.fixture
def seen():
    return []


def ask(line, seen, work, stage=Stage.LINK, shard=0):
    line.ask(stage, shard, work, lambda a: seen.append(("then", a)), lambda e: seen.append(("failed", e)))


def test_nothing_is_seen_to_before_it_is_time(line, seen):
    ask(line, seen, 1)
    assert (seen, len(line)) == ([], 1)


def test_what_has_ended_is_seen_to_all_at_once(line, seen):
    ask(line, seen, 1)
    ask(line, seen, 2)
    assert line.see_to(0.0) == 2
    assert seen == [("then", 1), ("then", 2)]
    assert len(line) == 0


def test_a_fault_of_a_worker_is_seen_to_as_one(line, seen):
    fault = ValueError("words of a post")
    ask(line, seen, fault)
    line.see_to(0.0)
    assert seen == [("failed", fault)]


def test_a_fault_is_logged_without_its_words(line, seen, caplog):
    caplog.set_level(logging.DEBUG)
    ask(line, seen, ValueError("words of a post"))
    line.see_to(0.0)
    assert "fault=ValueError" in caplog.text
    assert "words of a post" not in caplog.text


def test_what_fails_when_it_is_seen_to_stops_nothing_else(line, seen):
    line.ask(Stage.LINK, 0, 1, lambda answer: 1 / 0, lambda error: seen.append(type(error)))
    ask(line, seen, 2)
    line.see_to(0.0)
    assert seen == [ZeroDivisionError, ("then", 2)]


def test_it_says_how_many_works_a_worker_has(line, seen, engine):
    engine.held.add(Stage.SAVE)
    for shard in (0, 0, 1):
        ask(line, seen, shard, Stage.SAVE, shard)
    assert [line.under_way(Stage.SAVE, shard) for shard in (0, 1, 2)] == [2, 1, 0]
    engine.release(Stage.SAVE)
    line.see_to(0.0)
    assert line.under_way(Stage.SAVE, 0) == 0


def test_lost_workers_are_counted_by_stage(line, seen, engine):
    engine.losing[Stage.LINK] = 2
    for n in range(3):
        ask(line, seen, n)
    line.see_to(0.0)
    assert line.restarts == {Stage.LINK: 2}


def test_it_waits_for_what_comes_from_another_thread(line, seen, engine):
    engine.held.add(Stage.LINK)
    ask(line, seen, 1)
    soon = threading.Timer(0.05, engine.release, [Stage.LINK])
    soon.start()
    assert line.see_to(30.0) == 1
    soon.join()


def test_a_worker_that_hangs_is_ended_and_no_other(line, seen, engine):
    engine.held |= {Stage.LINK, Stage.SAVE}
    ask(line, seen, 1)
    ask(line, seen, 2, Stage.SAVE)
    line.now_s = LONGEST_S[Stage.LINK] + 1
    line.end_hung()
    assert engine.ended == [(Stage.LINK, 0)]


def test_a_worker_that_was_ended_has_its_time_again(line, seen, engine):
    engine.held.add(Stage.LINK)
    ask(line, seen, 1)
    for _ in range(2):
        line.now_s += LONGEST_S[Stage.LINK] - 1
        line.end_hung()
    assert engine.ended == [(Stage.LINK, 0)]
