"""Processes side by side lose nothing; a killed one leaves a whole file and a source that is due.

Hundreds of kills at random moments: benchmarks/soak/kill_store.py.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import support.store_worker
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_store
from support.forked import Forked

from data.effects import utc_now
from data.errors import StoreDamaged, StoreError, StoreFull
from data.retention.purge import purge, rewrite
from data.store import owners
from data.store.engine.audit_chain import verify
from data.store.engine.damage import is_damage, read_whole
from data.store.engine.open import Store
from data.store.mentions.batch import save
from data.store.sources.source_runs import states
from data.types import Mark, Marked

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
        owners.put(con, Marked("s-old", URN, Mark.ANSWERED, "p-head", NOW))
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


# ----------------------------------------------------- a file that is cut off, torn or changed


TORN = {
    "cut to half": lambda raw, rng: raw[: len(raw) // 2],
    "cut by two kilobytes": lambda raw, rng: raw[:-2048],
    "cut in its first bytes": lambda raw, rng: raw[: rng.randrange(1, 12288)],
    "two kilobytes missing": lambda raw, rng: raw[: (at := rng.randrange(12288, 30000))] + raw[at + 2048 :],
    "a bit flipped": lambda raw, rng: (
        raw[: (at := rng.randrange(len(raw)))] + bytes([raw[at] ^ 4]) + raw[at + 1 :]
    ),
    "a page of zeros": lambda raw, rng: (
        raw[: (at := rng.randrange(12288, 60000))] + bytes(4096) + raw[at + 4096 :]
    ),
    "emptied": lambda raw, rng: b"",
    "another file": lambda raw, rng: rng.randbytes(50000),
    "the database of another program": lambda raw, rng: b"SQLite format 3\0" + bytes(8192),
}
FOUND_BY_READING = set(TORN) - {"a bit flipped", "a page of zeros", "cut by two kilobytes"}
"""Those may lie in an index, which is read when something is written, or where nothing is kept."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    store = a_store(tmp_path_factory.mktemp("whole") / "home")
    store.migrate()
    with store.write("fill") as con:
        for n in range(12):
            save(con, support.store_worker.batch(f"b{n}"), now=NOW, policy=POLICY)
    rewrite(store)  # so that no block is free: such a one is missed by nobody
    return store.home


def read(store):
    with store.read() as con:
        read_whole(con)


def write(store):
    with store.write("save") as con:
        save(con, support.store_worker.batch("new"), now=NOW, policy=POLICY)


def write_anew(store):
    purge(store, NOW, POLICY, force=True)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("how", TORN)
def test_whatever_happened_to_the_file_it_is_read_or_called_damaged(whole, tmp_path, how, seed):
    found, said = [], []
    for use in (read, write, write_anew):
        shutil.copytree(whole, tmp_path / use.__name__)
        store = a_store(tmp_path / use.__name__)
        store.path.write_bytes(TORN[how](store.path.read_bytes(), random.Random(seed)))
        try:
            use(store)
        except StoreDamaged as damaged:
            said.append(str(damaged))
            found.append(use)
    assert all("schoolgate restore" in text and "\n" not in text for text in said)
    if how in FOUND_BY_READING:
        assert read in found


def test_a_log_of_which_only_the_beginning_was_written_takes_nothing_with_it(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "home")
    store = a_store(tmp_path / "home")
    store.path.with_name("schoolgate.duckdb.wal").write_bytes(random.Random(1).randbytes(500))
    read(store)
    write(store)
    with store.read() as con:
        assert support.store_worker.whole(con) == 13


@pytest.mark.parametrize(
    ("error", "damage"),
    [
        (
            duckdb.IOException(
                'IO Error: Could not read enough bytes from file "x": attempted to read 16384'
            ),
            True,
        ),
        (duckdb.TransactionException("Failed to commit: Corrupt database file: computed checksum 1"), True),
        (
            duckdb.SerializationException("Serialization Error: Failed to deserialize: field id mismatch"),
            True,
        ),
        (duckdb.InternalException("INTERNAL Error: Attempted to access index 7"), True),
        (duckdb.FatalException("FATAL Error: database has been invalidated"), True),
        (duckdb.FatalException("FATAL Error: Checkpoint failed: No space left on device"), False),
        (duckdb.IOException('IO Error: Could not write file "x": No space left on device'), False),
        (duckdb.CatalogException("Catalog Error: Table with name x does not exist!"), False),
        (duckdb.ConstraintException("Constraint Error: Duplicate key"), False),
    ],
)
def test_a_full_disk_and_a_mistake_of_ours_are_not_called_damage(error, damage):
    assert is_damage(error) == damage


@pytest.mark.parametrize("why", ["Disk quota exceeded", "Read-only file system", "Input/output error"])
def test_what_the_machine_refuses_at_opening_is_not_called_damage_either(whole, tmp_path, monkeypatch, why):
    shutil.copytree(whole, tmp_path / "home")

    def refused(instance, path, handle, *, read_only):
        raise duckdb.IOException(f'IO Error: Could not write file "{path}": {why}')

    monkeypatch.setattr("data.store.engine.connect._Instance.attach", refused)
    with pytest.raises(StoreError, match=why) as told:
        read(a_store(tmp_path / "home"))
    assert not isinstance(told.value, StoreDamaged)


def test_after_damage_the_next_store_of_the_process_is_read(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "home")
    store = a_store(tmp_path / "home")
    kept = store.path.read_bytes()
    store.path.write_bytes(kept[: len(kept) // 2])
    with pytest.raises(StoreError):
        read(store)
    store.path.write_bytes(kept)
    read(store)
    write(store)
