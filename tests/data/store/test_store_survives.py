"""Processes side by side lose nothing; a killed one leaves a whole file and a source that is due.

Hundreds of kills at random moments: benchmarks/soak/kill_store.py.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import support.store_worker
from builders.mention import NOW, POLICY, a_batch, a_mention
from support.forked import Forked

from data.effects import utc_now
from data.errors import StoreError, StoreFull
from data.retention.purge import purge
from data.store.engine.audit_chain import verify
from data.store.engine.open import Store
from data.store.mentions.batch import save
from data.store.sources.source_runs import states

SOAKS = Path(__file__).parents[3] / "benchmarks" / "soak"
WITHOUT_WORKER = """import runpy, sys, support.store_worker
support.store_worker.__file__ = "none.py"
runpy.run_path(sys.argv.pop(1), run_name="__main__")"""
WORKER = support.store_worker.__name__
WORK = f"import runpy; runpy.run_module({WORKER!r}, run_name='__main__')"


def start(store, what: str, number: int) -> Forked:
    return Forked(WORK, store.home, what, number)


def end(process: Forked) -> int:
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode


def test_two_writers_and_a_reader_side_by_side_lose_nothing(store):
    processes = [start(store, "write", 6), start(store, "write", 6), start(store, "read", 12)]
    assert [end(p) for p in processes] == [0, 0, 0]
    with store.read() as con:
        assert support.store_worker.whole(con) == 12
        assert verify(con) == []


def test_a_rewrite_beside_a_writer_loses_nothing(store):
    beside = Store(store.home, clock=utc_now, sleep=time.sleep)
    process = start(store, "write", 4)
    while process.poll() is None:
        purge(beside, NOW, POLICY, force=True)
    assert end(process) == 0
    with store.read() as con:
        rows = con.execute("SELECT count(*) FROM mentions").fetchone()
        assert verify(con) == []
    assert rows == (4 * support.store_worker.BATCH,)


@pytest.mark.parametrize("step", [0, 1, 4, 8, 12, 16, 20, 24])
def test_killed_between_two_statements_of_a_save_all_is_there_or_nothing(store, step):
    assert end(start(store, "die", step)) == -signal.SIGKILL
    with store.read() as con:
        there = support.store_worker.whole(con)
        assert (states(con, ["feed:dying"])["feed:dying"].last_run_at is None) == (there == 0)
    with store.write("save it again") as con:
        save(con, support.store_worker.batch("dying"), now=NOW, policy=POLICY)
    with store.read() as con:
        assert support.store_worker.whole(con) == 1


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes, as on a full disk."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, unlimited[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)


@pytest.mark.parametrize("room", [5_000, 100_000, 200_000])
def test_a_rewrite_without_room_leaves_the_file_as_it_was_and_nothing_beside_it(store, room):
    with store.write("save") as con:
        save(con, support.store_worker.batch("before"), now=NOW, policy=POLICY)
    with full_at(room), pytest.raises(StoreError, match="could not be written"):
        purge(store, NOW, POLICY, force=True)
    with store.read() as con:
        assert support.store_worker.whole(con) == 1
    assert not list(store.home.glob("*.unfinished*"))
    assert purge(store, NOW, POLICY, force=True).rewritten


def test_on_a_full_disk_nothing_is_kept_and_nothing_is_lost(store):
    with store.write("save") as con:
        save(con, support.store_worker.batch("before"), now=NOW, policy=POLICY)
    big = a_batch(*(a_mention(f"{n}", text=f"{n} " * 800) for n in range(200)), story_id="s-big")

    def save_big() -> None:
        with store.write("save feed:big") as con:
            save(con, big, now=NOW, policy=POLICY)

    with full_at(100_000), pytest.raises(StoreFull, match=r"could not be written \(save feed:big\)"):
        save_big()
    with store.read() as con:
        assert support.store_worker.whole(con) == 1
    save_big()


def test_killed_after_the_commit_all_is_there(store):
    step = next(n for n in range(20, 60) if _survives(store, n))
    assert step > 20


def _survives(store, step: int) -> bool:
    end(start(store, "die", step))
    with store.read() as con:
        return support.store_worker.whole(con) == 1


@pytest.mark.parametrize("step", [2, 13, 24, 26, 33, 36, 38, 44])
def test_killed_in_a_purge_or_a_rewrite_the_next_one_ends_the_work(store, step):
    with store.write("save") as con:
        save(con, support.store_worker.batch("old"), now=NOW, policy=POLICY)
    end(start(store, "purge-die", step))
    later = NOW + timedelta(days=31)
    purge(store, later, POLICY)
    with store.read() as con:
        assert con.execute("SELECT count(*) FROM mentions").fetchone() == (0,)
        assert verify(con) == []
    text = b"mentioned here as old-0"
    assert not [p for p in store.home.rglob("*") if p.is_file() and text in p.read_bytes()]


@pytest.mark.parametrize("soak", ["kill_store.py 1", "side_by_side.py 1 --writers 1"])
def test_the_long_runs_work_on_the_store_and_find_no_fault_in_one_round(soak: str) -> None:
    name, *options = soak.split()
    ran = subprocess.run([sys.executable, "-P", SOAKS / name, *options], check=False, capture_output=True)
    assert (ran.returncode, ran.stderr) == (0, b""), ran.stdout


def test_a_long_run_whose_processes_end_by_themselves_is_a_fault() -> None:
    run = [sys.executable, "-c", WITHOUT_WORKER, SOAKS / "kill_store.py", "1"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(run, check=False, capture_output=True, env=env)
    assert (ran.returncode, b"a process ended by itself: exit 2" in ran.stdout) == (1, True)
