"""The engine of one machine: processes that are begun, lost, begun anew, and end with whoever began them."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from support import fleet_engine_works
from support.checkout import ROOT, TESTS
from support.fleet_engine_works import worker

from data.errors import SchoolgateError
from monitor.fleet.engines.base import Stage, Station, WorkerLost
from monitor.fleet.engines.local import LocalEngine

MOST_S = 60


@pytest.fixture(scope="module")
def engine():
    """One worker of fetching with two works at once, and one of linking with one."""
    made = LocalEngine({Stage.FETCH: Station(worker, at_once=2), Stage.LINK: Station(worker)})
    yield made
    made.close()


def told(engine, work, stage=Stage.LINK):
    return engine.ask(stage, 0, work).result(MOST_S)


def gone(pid):
    """Is there no such process, or is it dead and not yet taken away?"""
    with suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
        return stat.read().rpartition(")")[2].split()[0] == "Z"
    return True


def wait_until(true):
    until = time.monotonic() + MOST_S
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_work_is_done_in_another_process(engine):
    assert told(engine, "pid") not in (os.getpid(), told(engine, "pid", Stage.FETCH))


def test_a_worker_is_begun_when_it_is_first_asked():
    engine = LocalEngine({Stage.LINK: Station(worker)})
    assert engine.pids() == {}
    engine.close()


def test_a_worker_keeps_its_process_from_one_work_to_the_next(engine):
    assert told(engine, "pid") == told(engine, "pid")


def test_many_works_are_answered_each_with_its_own(engine):
    asked = [engine.ask(Stage.FETCH, 0, n) for n in range(200)]
    assert [one.result(MOST_S) for one in asked] == list(range(200))


def test_a_worker_that_is_killed_is_told_as_lost(engine):
    with pytest.raises(WorkerLost):
        told(engine, "die")


def test_all_that_waited_for_a_killed_worker_is_told(engine, tmp_path):
    works = ("meet", str(tmp_path / "one"), str(tmp_path / "never")), "pid", "pid"
    asked = [engine.ask(Stage.LINK, 0, work) for work in works]
    wait_until((tmp_path / "one").exists)
    os.kill(engine.pids()["link-0"], signal.SIGKILL)
    for one in asked:
        with pytest.raises(WorkerLost):
            one.result(MOST_S)


def test_a_lost_worker_is_begun_anew_when_it_is_asked(engine):
    before = told(engine, "pid")
    with pytest.raises(WorkerLost):
        told(engine, "die")
    assert told(engine, "pid") != before


def test_one_that_is_killed_while_it_has_nothing_to_do_is_begun_anew(engine):
    before = told(engine, "pid")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: "link-0" not in engine.pids() or gone(before))
    with suppress(WorkerLost):  # it may not have been noticed yet
        told(engine, "pid")
    assert told(engine, "pid") != before


def test_an_exception_comes_back_as_itself(engine):
    with pytest.raises(ValueError, match="so it is"):
        told(engine, "raise")


def test_an_exception_that_cannot_be_sent_comes_back_by_its_kind_alone(engine):
    with pytest.raises(SchoolgateError, match=r"^Unsendable$"):
        told(engine, "unsendable")


def test_an_exception_that_cannot_be_made_anew_comes_back_by_its_kind_alone(engine):
    with pytest.raises(SchoolgateError, match=r"^Unreadable$"):
        told(engine, "unreadable")


def test_a_panic_of_a_library_comes_back_as_a_fault(engine):
    with pytest.raises(SchoolgateError, match=r"^Panic$"):
        told(engine, "panic")


def test_an_answer_that_cannot_be_sent_comes_back_as_a_fault(engine):
    with pytest.raises((AttributeError, pickle.PicklingError)):
        told(engine, "unsendable answer")


def test_a_worker_goes_on_after_a_fault(engine):
    before = told(engine, "pid")
    with pytest.raises(ValueError, match="so it is"):
        told(engine, "raise")
    assert told(engine, "pid") == before


def test_two_works_of_one_worker_are_under_way_at_once(engine, tmp_path):
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    asked = [engine.ask(Stage.FETCH, 0, ("meet", *pair)) for pair in ((one, other), (other, one))]
    assert [answer.result(MOST_S) for answer in asked] == [True, True]


def test_to_close_it_ends_all_workers():
    engine = LocalEngine({Stage.LINK: Station(worker), Stage.SCORE: Station(worker)})
    pids = [told(engine, "pid"), told(engine, "pid", Stage.SCORE)]
    engine.close()
    assert all(map(gone, pids))


def test_a_worker_that_is_ended_is_told_as_lost_and_begun_anew(engine, tmp_path):
    before = told(engine, "pid")
    never = engine.ask(Stage.LINK, 0, ("meet", str(tmp_path / "one"), str(tmp_path / "never")))
    wait_until((tmp_path / "one").exists)
    engine.end(Stage.LINK, 0)
    with pytest.raises(WorkerLost):
        never.result(MOST_S)
    assert told(engine, "pid") != before


def test_workers_at_work_end_with_the_process_that_began_them_however_that_ends():
    with subprocess.Popen(
        [sys.executable, "-P", fleet_engine_works.__file__],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(ROOT)])},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as head:  # fmt: skip
        worker_pid = int(head.stdout.readline())
        assert not gone(worker_pid)
        head.kill()
        wait_until(lambda: gone(worker_pid))
