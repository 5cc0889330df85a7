"""A file that stays attached for a moment after its last use: nobody else notices."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from builders.mention import a_store

from data.effects import utc_now
from data.errors import StoreBusy, StoreDamaged, StoreError
from data.retention.deleting import rewrite
from data.store.engine import connect as connecting
from data.store.engine import turn
from data.store.engine.open import Store
from data.store.engine.turn import give_turn_back as give_back
from data.store.engine.turn import is_queued_for, leave_queue, lock_of, queue_up, turn_of
from data.store.engine.turn import take_turn as take

BESIDE = """
import os, sys, time
from pathlib import Path
from data.effects import utc_now
from data.store.engine.open import Store

store = Store(Path(sys.argv[1]), clock=utc_now, sleep=time.sleep, keep=sys.argv[2] != "let go")
began = time.monotonic()
with store.write("beside") as con:
    con.execute("INSERT INTO audit_notes VALUES ('beside', '')")
if sys.argv[2] == "killed":
    os.kill(os.getpid(), 9)
print(time.monotonic() - began)
"""


@pytest.fixture
def store(store):
    yield Store(store.home, clock=utc_now, sleep=time.sleep, keep=True)
    connecting._ours.give_up(lambda _: True)


@pytest.fixture(autouse=True)
def kept_long(monkeypatch):
    monkeypatch.setattr(turn, "KEPT_S", 600.0)


def beside(store, how="let go"):
    return subprocess.run(
        [sys.executable, "-c", BESIDE, str(store.home), how],
        check=how != "killed", capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def note(store, name):
    with store.write("note") as con:
        con.execute("INSERT INTO audit_notes VALUES ($name, '')", {"name": name})
        return turn_of(con)


def noted(store):
    with store.open_reader() as con:
        return {name for (name,) in con.execute("SELECT sha256 FROM audit_notes").fetchall()}


def attached():
    return [Path(file.path) for file in connecting._ours._kept.idle] if connecting._ours._kept else []


@pytest.fixture
def attaching(monkeypatch):
    """The files that were attached, and no longer were before."""
    made, real = [], connecting._Instance.attach
    monkeypatch.setattr(
        connecting._Instance, "attach", lambda *a, **k: made.append(str(a[1])) or real(*a, **k)
    )
    return made


def test_it_is_attached_once_for_many_uses(store, attaching):
    for n in range(5):
        note(store, str(n))
        assert noted(store) == set(map(str, range(n + 1)))
    assert len(attaching) == 1


def test_what_is_committed_is_in_the_log_and_in_the_file_once_that_is_let_go(store):
    log = store.path.with_name("schoolgate.duckdb.wal")
    note(store, "x")
    assert (attached(), log.exists()) == ([store.path], True)
    connecting._ours.give_up(lambda _: True)
    assert not log.exists()
    shutil.copy(store.path, copy := store.home / "copy")
    with duckdb.connect(str(copy), read_only=True) as con:
        assert con.execute("SELECT sha256 FROM audit_notes").fetchall() == [("x",)]


def test_a_long_log_is_taken_into_the_file_while_that_stays_attached(store, monkeypatch):
    monkeypatch.setattr(connecting, "_LOG", 1_000)
    log = store.path.with_name("schoolgate.duckdb.wal")
    for n in range(60):
        note(store, f"{n} {'x' * 100}")
        assert not log.exists() or log.stat().st_size <= 2_000
    assert attached() == [store.path]


def test_a_process_that_is_killed_while_it_stays_attached_loses_nothing(store):
    note(store, "mine")
    assert beside(store, "killed").returncode == -signal.SIGKILL
    assert store.path.with_name("schoolgate.duckdb.wal").exists()
    assert noted(store) == {"mine", "beside"}


def test_another_process_gets_its_turn_at_once(store):
    """By Popen the tests let go of everything: so it is begun before."""
    began = subprocess.Popen(
        [sys.executable, "-c", "input()\n" + BESIDE, str(store.home), "let go"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    for use in (note, lambda store, _: noted(store)):
        use(store, "mine")
        assert attached() == [store.path]
    waited_s, _ = began.communicate("go\n", timeout=60)
    assert float(waited_s) < 5
    assert attached() == []
    assert noted(store) == {"mine", "beside"}


def test_who_looks_whether_anybody_waits_is_in_nobodys_way(tmp_path, monkeypatch):
    lock, came = tmp_path / "schoolgate.duckdb.lock", []
    leave_queue(queue_up(lock))
    with monkeypatch.context() as looking:

        def come_meanwhile(handle):
            looking.undo()
            came.append(place := queue_up(lock))
            leave_queue(place)
            return turn._read_holder(handle)

        looking.setattr(turn, "_read_holder", come_meanwhile)
        assert not is_queued_for(str(lock))
    assert len(came) == 1


def test_another_process_waits_until_it_has_had_its_place_and_no_longer(store):
    note(store, "mine")
    lock = lock_of(store.path)
    with (store.home / "schoolgate.duckdb.lock.next").open("r+") as place:
        place.write("python 1")
        place.flush()
        assert is_queued_for(str(lock))
        let_go_by_itself()
    beside(store)
    assert not is_queued_for(str(lock))
    note(store, "again")
    assert attached() == [store.path]


def let_go_by_itself():
    until = time.monotonic() + 20
    while attached() and time.monotonic() < until:
        time.sleep(0.01)
    assert attached() == []


def test_it_is_let_go_by_itself(store, monkeypatch):
    monkeypatch.setattr(turn, "KEPT_S", 0.05)
    note(store, "x")
    let_go_by_itself()
    note(store, "y")  # and what looks after it begins anew
    assert attached() == [store.path]


def test_whoever_takes_the_lock_in_this_process_gets_it(store):
    note(store, "x")
    give_back(take(lock_of(store.path), shared=False))
    assert attached() == []
    with store.write("hold"), pytest.raises(StoreBusy, match="another thread of this process"):
        a_store(store.home, wait_s=0).open_reader().__enter__()


def test_a_folder_that_was_moved_is_used_where_it_is(store, attaching):
    note(store, "x")
    moved = Store(store.home.rename(store.home.with_name("moved")), clock=utc_now, sleep=time.sleep)
    assert noted(moved) == {"x"}
    assert attached() == []
    with pytest.raises(StoreError, match="There is no store at"):
        noted(store)


@pytest.mark.parametrize("how", ["replaced", "written over"])
def test_what_was_put_in_its_place_is_used(store, tmp_path, how):
    copy = tmp_path / "copy"
    shutil.copy(store.path, copy)
    note(store, "x")
    if how == "replaced":
        copy.rename(store.path)
    else:
        with store.path.open("r+b") as file:
            file.write(copy.read_bytes())
            file.truncate()
    put, there = copy if copy.exists() else store.path, store.path
    assert noted(store) == set()
    assert there.read_bytes() == put.read_bytes()


def test_what_was_spoiled_meanwhile_is_called_damaged(store):
    note(store, "x")
    store.path.write_bytes(b"not a database " * 1000)
    with pytest.raises(StoreDamaged):
        noted(store)
    assert store.path.read_bytes() == b"not a database " * 1000


def test_a_reader_of_a_file_that_was_written_to_cannot_write(store):
    note(store, "x")
    with store.open_reader() as con, pytest.raises(duckdb.Error, match="read-only"):
        con.execute("INSERT INTO audit_notes VALUES ('y', '')")
    assert noted(store) == {"x"}


def test_readers_share_it_and_a_writer_waits_for_them(store):
    note(store, "x")
    waiting = a_store(store.home, wait_s=0.1)
    with store.open_reader() as one, store.open_reader() as two:
        assert [con.execute("SELECT count(*) FROM audit_notes").fetchone() for con in (one, two)] == [
            (1,)
        ] * 2
        with pytest.raises(StoreBusy):
            waiting.write("beside").__enter__()
    assert attached() == [store.path]
    note(waiting, "y")
    assert attached() == []  # a store that keeps nothing lets go of what others kept


def test_a_turn_follows_the_one_before_it_unless_somebody_came_between(store):
    one = note(store, "1")
    connecting._ours.give_up(lambda _: True)  # the log is taken into the file between
    two = note(store, "2")
    assert two.follows(one)
    beside(store)
    assert not note(store, "3").follows(two)


def test_a_rewrite_leaves_the_new_file(store):
    note(store, "x")
    before = store.path.stat().st_ino
    rewrite(store)
    assert store.path.stat().st_ino != before
    note(store, "y")
    assert noted(store) == {"x", "y"}


def test_so_many_stay_attached_and_no_more(store, tmp_path):
    homes = [shutil.copytree(store.home, tmp_path / str(n)) for n in range(turn.MOST + 2)]
    for home in homes:
        note(Store(home, clock=utc_now, sleep=time.sleep, keep=True), "x")
    assert attached() == [home / "schoolgate.duckdb" for home in homes[2:]]
    locks = [take(lock_of(home / "schoolgate.duckdb"), shared=False) for home in homes]
    assert attached() == []
    for lock in locks:
        give_back(lock)


def test_where_the_queue_is_taken_away_it_is_let_go_and_none_is_made(store):
    note(store, "x")
    queue = store.path.with_name("schoolgate.duckdb.lock.next")
    queue.unlink()
    let_go_by_itself()
    assert not queue.exists()


def test_a_forked_process_opens_it_for_itself(store):
    note(store, "parent")
    child = os.fork()
    if child == 0:
        note(store, "child")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert noted(store) == {"parent", "child"}


def test_after_a_use_that_failed_or_had_it_alone_nothing_stays(store):
    note(store, "x")
    with pytest.raises(duckdb.CatalogException), store.open_reader() as con:
        con.execute("FROM no_such_table")
    assert attached() == []
    assert noted(store) == {"x"}
    with store.alone("rewrite") as con:
        con.execute("CHECKPOINT")
    assert attached() == []


def test_a_program_that_kept_one_ends_at_once_and_in_silence(store):
    done = beside(store, "keep")
    assert done.stderr == ""
    assert not store.path.with_name("schoolgate.duckdb.wal").exists()
    note(store, "mine")
    assert noted(store) == {"beside", "mine"}


def test_a_file_that_is_taken_away_while_it_is_read_is_let_go_with_its_lock(store):
    file = store.home / "schoolgate.duckdb"
    with store.open_reader() as con:
        con.execute("SELECT 1").fetchall()
        file.rename(file.with_suffix(".away"))
    file.with_suffix(".away").rename(file)
    with store.write("again") as con:
        con.execute("INSERT INTO audit_notes VALUES ('again', '')")


def test_what_looks_after_kept_files_can_be_ended_after_a_fault_of_its_own():
    ended = threading.Event()

    def look() -> bool:
        ended.set()
        raise SystemExit  # what ends a thread without a word

    stop = turn.watch(look)
    assert ended.wait(10)
    ending = threading.Thread(target=stop, daemon=True)
    ending.start()
    ending.join(10)
    assert not ending.is_alive()


def test_where_it_cannot_be_seen_whether_it_was_written_over_its_log_is_kept(store, monkeypatch):
    def unreadable(handle):
        raise OSError(5, "Input/output error")

    note(store, "x")
    with monkeypatch.context() as broken:
        broken.setattr(turn, "headers_of", unreadable)
        connecting._ours.give_up(lambda _: True)
    assert noted(store) == {"x"}
