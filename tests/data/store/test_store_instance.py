"""One instance of DuckDB in a process: files come and go, and nothing of them is left."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest
from builders.mention import a_store

from data.errors import InputError, StoreError
from data.store.engine import connect as connecting
from data.store.engine.migrate import copy_database

ROOT = Path(__file__).resolve().parents[3]
FOREIGN = (
    "import sys, duckdb; duckdb.connect(sys.argv[1]).execute('INSERT INTO audit_notes VALUES (1, 2)').close()"
)
FORKED = """
import os, sys, time
from pathlib import Path
from data.effects import utc_now
from data.store.engine.open import Store

store = Store(Path(sys.argv[1]), clock=utc_now, sleep=time.sleep)
def save(name):
    with store.write("save") as con:
        con.execute("INSERT INTO audit_notes VALUES (?, '')", [name])

def fork():
    pid = os.fork()
    if pid:
        assert os.waitpid(pid, 0)[1] == 0
        return
    save("child")
    sys.exit(0)

save("parent before")
if sys.argv[2] == "between":
    fork()
else:
    with store.read() as con:
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        assert con.execute("SELECT 1").fetchone() == (1,)
save("parent after")
"""


def open_files(path):
    """The descriptors by which this process has the file or its log open."""
    ours = (path, path.with_name(f"{path.name}.wal"))
    fds = [fd for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()]
    return [str(fd.readlink()) for fd in fds if fd.readlink() in ours]


def attached(con):
    return con.execute("SELECT database_name FROM duckdb_databases() WHERE NOT internal").fetchall()


@pytest.mark.parametrize("how", ["read", "write"])
def test_a_file_is_let_go_at_the_end_of_each_use(store, how):
    with store.read() if how == "read" else store.write("look") as con:
        assert con.execute("SELECT count(*) FROM migrations").fetchone() != (0,)
        assert str(store.path) in open_files(store.path)
    assert open_files(store.path) == []
    subprocess.run([sys.executable, "-c", FOREIGN, str(store.path)], check=True, timeout=60)


def test_what_is_committed_is_in_the_file_and_no_log_is_left(store):
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

    with store.read() as con:
        con.execute("SELECT 1")
    before = connecting._ours._kept
    with pytest.raises(error):
        refused()
    assert open_files(store.path) == []
    with store.read() as con:
        assert con.execute("FROM audit_notes").fetchall() == []
        assert len(attached(con)) == 2
        assert (connecting._ours._kept is before) is kept


@pytest.mark.parametrize("spoil", ["SELECT no_such_column", "unfinished", "aborted", "kept"])
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
    subprocess.run([sys.executable, "-c", FOREIGN, str(store.path)], check=True, timeout=60)
    with store.read() as con:
        assert con.execute("FROM audit_notes").fetchall() == [("1", "2")]
        assert len(attached(con)) == 2


def test_readers_in_threads_share_the_file_and_the_last_lets_it_go(store):
    entered, leave = threading.Barrier(5), threading.Event()
    names: list[str] = []

    def look(which: int) -> None:
        with store.read() as con:
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
    with store.read() as con:
        with pytest.raises(duckdb.CatalogException), store.read() as other:
            other.execute("FROM no_such_table")
        with store.read() as third:
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
    with store.read() as con:
        assert con.execute("SELECT sha256 FROM audit_notes").fetchall() == [("one",)]


def test_what_does_not_fit_into_memory_goes_beside_the_file_and_is_gone_afterwards(
    store, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    spilled = store.home / "schoolgate.duckdb.tmp"
    for _ in range(2):  # what has spilled once cannot do so elsewhere
        with store.read() as con:
            con.execute("SET GLOBAL memory_limit = '60MB'")
            con.execute(
                "CREATE TEMP TABLE large AS SELECT repeat(i::VARCHAR, 9), random() FROM range(1500000) r(i)"
            )
            assert any(path.stat().st_size for path in spilled.iterdir())
        assert not spilled.exists()
    assert not (tmp_path / ".tmp").exists()
    with store.read() as con:
        assert con.execute("SELECT current_setting('memory_limit')").fetchone() != ("57.2 MiB",)


def test_a_new_file_has_small_blocks_and_an_old_one_gets_them_when_it_is_written_anew(tmp_path):
    from data.retention.purge import rewrite

    store = a_store(tmp_path / "home")
    store.home.mkdir(mode=0o700)
    duckdb.connect(str(store.path)).close()  # 256 KB a block
    store.migrate()
    assert block_size(store) == 262144
    before = store.path.stat().st_size
    rewrite(store)
    assert block_size(store) == 16384
    assert store.path.stat().st_size * 5 < before
    new = a_store(tmp_path / "new")
    new.migrate()
    assert block_size(new) == 16384


def test_a_big_file_gets_big_blocks_when_it_is_written_anew(store, monkeypatch):
    from data.retention.purge import rewrite

    monkeypatch.setattr("data.store.engine.migrate.BIG_BYTES", 1000)
    rewrite(store)
    assert block_size(store) == 65536
    monkeypatch.undo()
    rewrite(store)
    assert block_size(store) == 16384


def block_size(store):
    with store.read() as con:
        rows = con.execute(
            "SELECT block_size FROM pragma_database_size() WHERE database_name = current_database()"
        )
        return rows.fetchone()[0]


@pytest.mark.parametrize("when", ["between", "within"])
def test_a_forked_process_opens_the_file_for_itself(store, when):
    subprocess.run(
        [sys.executable, "-c", FORKED, str(store.home), when],
        check=True,
        timeout=60,
    )
    with store.read() as con:
        saved = {name for (name,) in con.execute("SELECT sha256 FROM audit_notes").fetchall()}
    assert saved == {"parent before", "parent after"} | ({"child"} if when == "between" else set())


HEAVY = """
import sys, time
from pathlib import Path
from data.effects import utc_now
from data.store.engine.open import Store

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20

store = Store(Path(sys.argv[1]), clock=utc_now, sleep=time.sleep)
def use(asked):
    with store.read() as con:
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
        [sys.executable, "-c", HEAVY, str(store.home)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert int(done.stdout) < 20  # kept, it is 60 and more


def test_a_file_that_is_away_is_a_plain_sentence_and_no_new_file(store):
    store.path.unlink()
    with pytest.raises(StoreError, match="There is no store at"), store.read():
        pass
    assert not store.path.exists()


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
    subprocess.run(
        [sys.executable, "-c", FULL, str(store.home)],
        check=True,
        timeout=60,
    )
    log = store.path.with_name("schoolgate.duckdb.wal")
    assert log.stat().st_mode & 0o777 == 0o600
    for how in (store.read, lambda: store.write("look"), store.read):
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
    with store.read() as con:
        assert not packed_texts(con)


def test_a_big_file_is_let_go_in_little_memory_and_used_in_all_of_it(store, monkeypatch):
    with store.read() as con:
        (before,) = con.execute("SELECT current_setting('memory_limit')").fetchone()
    monkeypatch.setattr(connecting, "_BIG", 0)
    limits, limit = [], connecting._Instance._limit
    monkeypatch.setattr(
        connecting._Instance, "_limit", lambda self, memory: (limits.append(memory), limit(self, memory))
    )
    noted(store)
    assert limits[0] == connecting._TO_CLOSE
    with store.read() as con:
        assert con.execute("SELECT current_setting('memory_limit')").fetchone() == (before,)
        assert con.execute("SELECT count(*) FROM audit_notes").fetchone() == (3_000,)


def test_a_statement_is_parsed_once_and_runs_with_what_is_given_each_time(tmp_path, monkeypatch):
    parsed = []
    real = connecting.ParsedOnce._parse
    monkeypatch.setattr(
        connecting.ParsedOnce, "_parse", lambda con, sql: parsed.append(sql) or real(con, sql)
    )
    monkeypatch.setattr(connecting, "_parsed", {})
    for name, given in (("a", 1), ("b", 2)):
        file = connecting.connect(tmp_path / f"{name}.duckdb", read_only=False)
        found = file.con.execute("SELECT $n + 1", {"n": given}).fetchall()
        file.close()
        assert found == [(given + 1,)]
    assert parsed == ["SELECT $n + 1"]


def test_two_statements_in_one_run_one_after_the_other(tmp_path):
    file = connecting.connect(tmp_path / "x.duckdb", read_only=False)
    assert file.con.execute("SELECT 1; SELECT 2").fetchall() == [(2,)]
    file.close()


def test_so_many_parsed_statements_are_kept_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(connecting, "_parsed", {})
    monkeypatch.setattr(connecting, "_MOST_PARSED", 3)
    file = connecting.connect(tmp_path / "x.duckdb", read_only=False)
    found = [file.con.execute(f"SELECT {n}").fetchall() for n in range(10)]
    file.close()
    assert found == [[(n,)] for n in range(10)]
    assert 0 < len(connecting._parsed) <= 3
