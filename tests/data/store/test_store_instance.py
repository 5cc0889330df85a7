"""One instance of DuckDB in a process: files come and go, and nothing of them is left."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from builders.mention import NOW, a_store
from support.checkout import TESTS, paths

from data.effects import utc_now
from data.errors import InputError, StoreBusy
from data.retention.deleting import rewrite
from data.store.engine import connect as connecting
from data.store.engine.migrations import copy_database
from data.store.engine.open import Store
from data.store.engine.turn import LOOK_S, PATIENCE_S, Lease, find_lease, renew_lease, state, turn_of
from data.store.engine.turn import give_lease_back as give_back
from data.store.engine.turn import take_lease as take


def open_files(path):
    """The descriptors by which this process has the file or its log open."""
    ours = (path, path.with_name(f"{path.name}.wal"))
    fds = [fd for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()]
    return [str(fd.readlink()) for fd in fds if fd.readlink() in ours]


def attached(con):
    return con.execute("SELECT database_name FROM duckdb_databases() WHERE NOT internal").fetchall()


def test_a_file_is_let_go_at_the_end_of_each_use_with_what_is_committed_and_no_log_is_left(store):
    for use in (store.open_reader, lambda: store.write("look")):
        with use() as con:
            assert con.execute("SELECT count(*) FROM migrations").fetchone() != (0,)
            assert str(store.path) in open_files(store.path)
        assert open_files(store.path) == []
    with store.write("save") as con:
        con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")
    assert sorted(path.name for path in store.home.glob("schoolgate.duckdb*")) == [
        "schoolgate.duckdb",
        "schoolgate.duckdb.lock",
        "schoolgate.duckdb.lock.next",
    ]
    with duckdb.connect(str(store.path), read_only=True) as con:
        assert con.execute("FROM audit_notes").fetchall() == [("x", "y")]


@pytest.mark.parametrize(("error", "kept"), [(InputError, True), (RuntimeError, False)])
def test_what_is_refused_is_undone_and_costs_no_new_instance(store, error, kept):
    def refused() -> None:
        with store.write("try") as con:
            con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")
            raise error

    with store.open_reader() as con:
        con.execute("SELECT 1")
    before = connecting._ours._kept
    with pytest.raises(error):
        refused()
    assert open_files(store.path) == []
    with store.open_reader() as con:
        assert con.execute("FROM audit_notes").fetchall() == []
        assert len(attached(con)) == 2
        assert (connecting._ours._kept is before) is kept


def test_an_instance_that_is_old_makes_room_for_a_new_one_once_nobody_uses_it(store, monkeypatch):
    def used():
        with store.open_reader() as con:
            con.execute("SELECT 1")
            return connecting._ours._kept

    with store.open_reader():
        first = used()
        monkeypatch.setattr(connecting, "_WORN_S", 0.0)
        assert used() is first
    assert used() is not first


@pytest.mark.parametrize("spoil", ["unfinished", "aborted", "kept"])
def test_a_use_that_ends_badly_lets_the_file_go_too(store, spoil):
    kept = []

    def stumble() -> None:
        with store.write("try") as con:
            con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")
            if spoil == "aborted":
                con.execute("INSERT INTO migrations VALUES (1, 'again', now())")
            if spoil == "kept":
                kept.append(con.sql("FROM migrations"))
            if spoil == "unfinished":
                con.execute("FROM range(1000000)").fetchone()
            else:
                con.execute("SELECT no_such_column")
            raise RuntimeError

    with pytest.raises((duckdb.Error, RuntimeError)):
        stumble()
    assert open_files(store.path) == []
    with duckdb.connect(str(store.path)) as con:
        con.execute("INSERT INTO audit_notes VALUES (1, 2)")
    with store.open_reader() as con:
        assert con.execute("FROM audit_notes").fetchall() == [("1", "2")]
        assert len(attached(con)) == 2


def test_readers_in_threads_share_the_file_and_the_last_lets_it_go(store):
    entered, leave = threading.Barrier(5), threading.Event()
    names: list[str] = []

    def look(which: int) -> None:
        with store.open_reader() as con:
            entered.wait(10)
            if which:
                leave.wait(10)
            names.extend(
                name for (name,) in con.execute("SELECT name FROM migrations WHERE n = 1").fetchall()
            )

    threads = [threading.Thread(target=look, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    entered.wait(10)
    threads[0].join()  # the first to go, and the one that had it opened or not
    assert open_files(store.path).count(str(store.path)) == 1
    leave.set()
    for thread in threads:
        thread.join()
    assert names == ["first_tables"] * 4
    assert open_files(store.path) == []
    with store.write("save") as con:
        con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")


def test_a_reader_that_fails_leaves_the_other_in_peace(store):
    with store.open_reader() as con:
        with pytest.raises(duckdb.CatalogException), store.open_reader() as other:
            other.execute("FROM no_such_table")
        with store.open_reader() as third:
            assert third.execute("SELECT 1").fetchone() == (1,)
        assert con.execute("SELECT count(*) FROM audit_notes").fetchone() == (0,)
    with store.write("save") as con:
        con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")


def test_two_homes_are_open_at_once_in_one_process(store, tmp_path):
    other = a_store(tmp_path / "other")
    other.migrate()
    with store.write("save") as one, other.write("save") as two:
        one.execute("INSERT INTO audit_notes VALUES ('one', '')")
        two.execute("INSERT INTO audit_notes VALUES ('two', '')")
        spills = {con.execute("SELECT current_setting('temp_directory')").fetchone() for con in (one, two)}
    assert spills == {(f"{a.path}.tmp",) for a in (store, other)}
    with store.open_reader() as con:
        assert con.execute("SELECT sha256 FROM audit_notes").fetchall() == [("one",)]


def test_what_does_not_fit_into_memory_goes_beside_the_file_and_is_gone_afterwards(
    store, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    spilled = store.home / "schoolgate.duckdb.tmp"
    for _ in range(2):  # what has spilled once cannot do so elsewhere
        with store.open_reader() as con:
            con.execute("SET GLOBAL memory_limit = '60MB'")
            con.execute(
                "CREATE TEMP TABLE large AS SELECT repeat(i::VARCHAR, 9), random() FROM range(1500000) r(i)"
            )
            assert any(path.stat().st_size for path in spilled.iterdir())
        assert not spilled.exists()
    assert not (tmp_path / ".tmp").exists()
    with store.open_reader() as con:
        assert con.execute("SELECT current_setting('memory_limit')").fetchone() != ("57.2 MiB",)


def test_a_file_has_small_blocks_or_big_ones_as_its_size_asks_once_it_is_new_or_written_anew(
    tmp_path, monkeypatch
):
    old, new = a_store(tmp_path / "home"), a_store(tmp_path / "new")
    old.home.mkdir(mode=0o700)
    duckdb.connect(str(old.path)).close()  # 256 KB a block
    for store in (old, new):
        store.migrate()
    assert (block_size(old), block_size(new)) == (262144, 16384)
    before = old.path.stat().st_size
    rewrite(old)
    assert block_size(old) == 16384
    assert old.path.stat().st_size * 4 < before
    with monkeypatch.context() as patched:
        patched.setattr("data.store.engine.migrations.BIG_BYTES", 1000)
        rewrite(old)
        assert block_size(old) == 65536
    rewrite(old)
    assert block_size(old) == 16384


def block_size(store):
    with store.open_reader() as con:
        rows = con.execute(
            "SELECT block_size FROM pragma_database_size() WHERE database_name = current_database()"
        )
        return rows.fetchone()[0]


FULL = """
import resource, sys, time
from pathlib import Path
from data.effects import utc_now
from data.store.engine.open import Store

class Full(Store):
    def _commit(self, con, purpose):
        super()._commit(con, purpose)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))

for _ in range(2):
    with Full(Path(sys.argv[1]), clock=utc_now, sleep=time.sleep).write("save") as con:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        con.execute("INSERT INTO audit_notes SELECT uuid()::VARCHAR, 'x' FROM range(100)")
"""


def test_what_is_committed_while_the_file_takes_no_more_stays_in_the_log(store):
    subprocess.run([sys.executable, "-c", FULL, str(store.home)], check=True, timeout=60)
    log = store.path.with_name("schoolgate.duckdb.wal")
    assert log.stat().st_mode & 0o777 == 0o600
    for how in (store.open_reader, lambda: store.write("look"), store.open_reader):
        with how() as con:
            assert con.execute("SELECT count(*) FROM audit_notes").fetchone() == (200,)
    assert not log.exists()


def packed_texts(con):
    found = con.execute("SELECT DISTINCT compression FROM pragma_storage_info('audit_notes')").fetchall()
    return ("DICT_FSST",) in found


def noted(store, words=3_000):
    with store.write("test") as con:
        con.execute(
            "INSERT INTO audit_notes SELECT md5(i::VARCHAR), 'said at the gate ' || i FROM range($n) r(i)",
            {"n": words},
        )


def test_texts_are_packed_in_a_copy_and_not_each_time_the_file_is_let_go(store, tmp_path):
    noted(store)
    copy = tmp_path / "copy.duckdb"
    with store.alone("copy") as con:
        assert not packed_texts(con)
        copy_database(con, copy)
    with duckdb.connect(str(copy), read_only=True) as con:
        assert packed_texts(con)
    noted_again = "INSERT INTO audit_notes SELECT sha256(i::VARCHAR), 'and again ' || i FROM range(3000) r(i)"
    with store.write("test") as con:
        con.execute(noted_again)
    with store.open_reader() as con:
        assert not packed_texts(con)


def test_a_big_file_is_let_go_in_little_memory_and_used_in_all_of_it(store, monkeypatch):
    with store.open_reader() as con:
        (before,) = con.execute("SELECT current_setting('memory_limit')").fetchone()
    monkeypatch.setattr(connecting, "_BIG", 0)
    limits, limit = [], connecting._Instance._limit
    monkeypatch.setattr(
        connecting._Instance, "_limit", lambda self, memory: (limits.append(memory), limit(self, memory))
    )
    noted(store)
    assert limits[0] == connecting._TO_CLOSE
    with store.open_reader() as con:
        assert con.execute("SELECT current_setting('memory_limit')").fetchone() == (before,)
        assert con.execute("SELECT count(*) FROM audit_notes").fetchone() == (3_000,)


# --------------------------------------------------------------------------------- whose turn it is


@contextmanager
def holding(store, which):
    handle = os.open(store.home / f"schoolgate.duckdb.lock{which}", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def coming_again_at_once(home, how):
    """A writer or reader that holds the file for 30 ms, and comes again as soon as it has let go."""
    store, ended, turns = Store(home, clock=utc_now, sleep=time.sleep), threading.Event(), []

    def again() -> None:
        while not ended.is_set():
            with store.write("again") if how == "write" else store.open_reader():
                time.sleep(0.03)
            turns.append(1)

    threads = [threading.Thread(target=again) for _ in range(1 if how == "write" else 3)]
    for thread in threads:
        thread.start()
    try:
        yield turns
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize(("theirs", "ours"), [("write", "read"), ("write", "write"), ("read", "write")])
def test_who_waits_is_let_in_before_one_that_comes_again(store, theirs, ours):
    waiting = Store(store.home, clock=utc_now, sleep=time.sleep)
    with coming_again_at_once(store.home, theirs) as turns:
        while not turns:
            time.sleep(LOOK_S)
        for _ in range(4):
            before = len(turns)
            with waiting.open_reader() if ours == "read" else waiting.write("our turn"):
                after = len(turns)
            assert after - before <= (2 if theirs == "write" else 6)  # those that were in, or nearly


def test_while_another_is_next_nobody_else_looks_at_the_file(store, clock):
    with holding(store, ".next"):
        clock.sleep = lambda seconds: clock.slept.append(seconds)  # time stands still
        waiting = a_store(store.home, clock, wait_s=0, sleep=clock.sleep)
        with pytest.raises(StoreBusy), waiting.open_reader():
            pass


def test_one_that_is_next_and_was_stopped_keeps_nobody_out_for_long_and_looks_every_two_milliseconds(
    store, clock
):
    with holding(store, ".next"), store.open_reader() as con:
        assert con.execute("SELECT 1").fetchone() == (1,)
    assert sum(clock.slept) == pytest.approx(PATIENCE_S, abs=0.1)
    clock.slept.clear()
    with holding(store, ""), pytest.raises(StoreBusy), store.open_reader():
        pass
    assert set(clock.slept) == {LOOK_S} == {0.002}


def test_a_program_killed_while_it_waits_leaves_its_place(store):
    with holding(store, ""):
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                Store(store.home, clock=utc_now, sleep=time.sleep).open_reader().__enter__()
            os._exit(1)
        time.sleep(0.3)
        os.kill(child, 9)
        os.waitpid(child, 0)
    with a_store(store.home).open_reader() as con:
        assert con.execute("SELECT 1").fetchone() == (1,)


# ---------------------------------------------------------------- one turn at writing the file


def write_in_turn(store, statement="SELECT 1"):
    with store.write("test") as con:
        con.execute(statement)
        return turn_of(con)


CHANGE = "INSERT INTO people VALUES (uuid()::VARCHAR, 'n', [], NULL, [])"


def test_a_turn_follows_the_last_one_only_and_one_that_has_ended(store):
    one = write_in_turn(store, CHANGE)
    with store.open_reader() as con:
        assert turn_of(con) is None, "reading is none, and comes between none"
    with store.write("test") as con:
        two = turn_of(con)
        con.execute(CHANGE)
        assert (two.committed, two.follows(two)) == (False, False)
    assert (two.committed, two.follows(one)) == (True, True)
    assert not write_in_turn(store, CHANGE).follows(one)


def failing(store, seen):
    with store.write("test") as con:
        seen.append(turn_of(con))
        con.execute(CHANGE)
        raise ZeroDivisionError


def test_a_turn_that_is_rolled_back_leaves_what_it_found(store):
    seen: list = []
    with pytest.raises(ZeroDivisionError):
        failing(store, seen)
    assert not seen[0].committed
    assert write_in_turn(store).follows(seen[0])


def test_two_writes_at_one_time_are_told_apart(store):
    write_in_turn(store, CHANGE)
    was, of = state(store.path), store.path.stat()
    write_in_turn(store, "UPDATE people SET name = 'm'")
    os.utime(store.path, ns=(of.st_atime_ns, of.st_mtime_ns))
    changed = [i for i, (a, b) in enumerate(zip(was, state(store.path), strict=True)) if a != b]
    assert set(changed) & {4, 5}, "neither header of the file has changed"


# -------------------------------------------------------------------------------------- leases


MINE = Lease("service", "PID 1 on here", NOW, NOW + timedelta(seconds=90))
LATER = NOW + timedelta(seconds=30)
THEIRS = Lease("service", "PID 2 on there", LATER, LATER + timedelta(seconds=90))


def test_a_lease_is_its_holders_alone_until_it_ends_is_given_back_or_its_holder_is_gone(store):
    with store.write("test") as con:
        assert find_lease(con, "service") is None
        assert take(con, MINE) == MINE == find_lease(con, "service")
        assert take(con, THEIRS) == MINE == find_lease(con, "service")
        assert not renew_lease(con, THEIRS)
        longer = replace(MINE, held_until=LATER + timedelta(hours=1))
        assert renew_lease(con, longer)
        assert find_lease(con, "service") == longer
        give_back(con, longer)
        assert find_lease(con, "service") is None
        take(con, replace(MINE, held_until=LATER))
        assert take(con, THEIRS) == THEIRS == find_lease(con, "service"), "it had ended"
        assert take(con, MINE, gone=lambda holder: holder == THEIRS.holder) == MINE


def test_a_home_on_a_read_only_disk_can_be_read(store):
    read = (
        "import sys; from pathlib import Path; from builders.mention import a_store\n"
        "store = a_store(Path(sys.argv[1]), wait_s=0)\n"
        "with store.open_reader() as con: print(*con.execute('FROM audit_notes').fetchone())\n"
        "try: store.write('try').__enter__()\n"
        "except Exception as error: print(type(error).__name__)"
    )
    with store.write("save") as con:
        con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")
    mounted = 'mount --bind -o ro "$1" "$1" && exec "$2" -P -c "$3" "$1"'
    command = ["unshare", "-rm", "sh", "-c", mounted, "sh", store.home, sys.executable, read]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths(TESTS)}
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("this machine lets nobody mount a folder read-only")
    assert done.stdout.split() == ["x", "y", "StoreError"], done.stderr
