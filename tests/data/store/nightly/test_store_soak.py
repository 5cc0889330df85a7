"""Processes that work on one store, killed and side by side for long: nothing is lost."""

import os
import subprocess
import sys
import time

import pytest
import support.store_worker
from builders.mention import NOW, POLICY
from support.checkout import ROOT
from support.store_worker import end, start

from data.effects import utc_now
from data.retention.deleting import purge
from data.store.engine.audit_chain import verify
from data.store.engine.open import Store

SOAKS = ROOT / "benchmarks" / "soak"
WITHOUT_WORKER = """import runpy, sys, support.store_worker
support.store_worker.__file__ = "none.py"
runpy.run_path(sys.argv.pop(1), run_name="__main__")"""


def test_a_rewrite_beside_a_writer_loses_nothing(store):
    beside = Store(store.home, clock=utc_now, sleep=time.sleep)
    process = start(store, "write", 4)
    while process.poll() is None:
        purge(beside, NOW, POLICY, force=True)
    assert end(process) == 0
    with store.open_reader() as con:
        rows = con.execute("SELECT count(*) FROM mentions").fetchone()
        assert verify(con) == []
    assert rows == (4 * support.store_worker.BATCH,)


def test_killed_after_the_commit_all_is_there(store):
    step = next(n for n in range(20, 60) if _survives(store, n))
    assert step > 20


def _survives(store, step: int) -> bool:
    end(start(store, "die", step))
    with store.open_reader() as con:
        return support.store_worker.whole(con) == 1


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


HEAVY = """
import sys, time
from pathlib import Path
from data.effects import utc_now
from data.store.engine.open import Store

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20

store = Store(Path(sys.argv[1]), clock=utc_now, sleep=time.sleep)
def use(asked):
    with store.open_reader() as con:
        con.execute(asked).fetchall()

use("SELECT 1")
before = megabytes()
for _ in range(2):
    use("SELECT count(DISTINCT md5(i::VARCHAR)) FROM range(400000) r(i)")
for _ in range(8):
    use("SELECT 1")
print(megabytes() - before)
"""


def test_memory_that_was_wanted_once_is_given_back(store):
    done = subprocess.run(
        [sys.executable, "-c", HEAVY, str(store.home)], check=True, capture_output=True, timeout=60
    )
    assert int(done.stdout) < 20  # kept, it is 60 and more
