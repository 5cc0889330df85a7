"""Opening: one at a time, waiting for a turn, and saying plainly why not."""

from __future__ import annotations

import fcntl
import os
import platform
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import support.store_worker
from builders.mention import Clock, a_store
from support.checkout import TESTS, paths

from data.errors import StoreBusy, StoreDamaged, StoreError, StoreHeld, StoreTooNew
from data.store.engine import leases
from data.store.engine.migrate import applied, migrate
from data.store.engine.migrations import MIGRATIONS, Migration
from data.store.engine.open import RESTORING, Store
from data.store.engine.turn import LOOK_S

pytestmark = pytest.mark.usefixtures("stores_made_anew")
HOLD = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
print("held", flush=True)
sys.stdin.readline()
"""


class Holder:
    """Another process that has the file open until told to let go, by our rules or by DuckDB's alone."""

    def __init__(self, path: Path, how: str) -> None:
        program = [sys.executable, "-c", HOLD, str(path), how]
        if how.startswith("hold"):
            program = [sys.executable, support.store_worker.__file__, str(path.parent), how, "0"]
        self.process = subprocess.Popen(
            program,
            env={**os.environ, "PYTHONPATH": paths(TESTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "held\n"

    def __enter__(self) -> Holder:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("go\n")


def test_migrating_makes_a_file_and_a_folder_that_only_the_owner_can_read(tmp_path):
    store = a_store(tmp_path / "home")
    assert store.migrate() == tuple(m.name for m in MIGRATIONS)
    assert store.path.name == "schoolgate.duckdb"
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.home.stat().st_mode & 0o777 == 0o700
    assert store.migrate() == ()


def test_a_file_left_by_a_crash_before_its_first_migration_is_closed_to_others_too(tmp_path):
    store = a_store(tmp_path / "home")
    store.home.mkdir()
    duckdb.connect(str(store.path)).close()
    store.path.chmod(0o644)
    store.migrate()
    assert store.path.stat().st_mode & 0o777 == 0o600


def test_before_the_first_migration_there_is_a_plain_sentence(tmp_path):
    store = a_store(tmp_path)
    with pytest.raises(StoreError, match="There is no store at"), store.read():
        pass
    with pytest.raises(StoreError, match="There is no store at"), store.write("save"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_our_tables_is_called_old_and_not_used(tmp_path):
    store = a_store(tmp_path)
    duckdb.connect(str(store.path)).close()
    with pytest.raises(StoreError, match=f"0 of {len(MIGRATIONS)} changes applied"), store.read():
        pass


def test_a_reader_cannot_write(store):
    with store.read() as con, pytest.raises(duckdb.InvalidInputException):
        con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")


def test_times_are_utc_whatever_the_machine_says(store):
    with store.read() as con:
        assert con.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)


@pytest.mark.parametrize("how", ["read", "write", "hold-read", "hold-write"])
def test_who_holds_the_file_past_the_deadline_is_named(store, clock, how):
    with Holder(store.path, how) as holder:
        with pytest.raises(StoreBusy) as busy, store.write("save feed:one"):
            pass
        assert "python" in str(busy.value)
        assert f"(PID {holder.process.pid})" in str(busy.value)
    assert "Waited 5 s, for: save feed:one." in str(busy.value)
    assert sum(clock.slept) == pytest.approx(5.0, abs=0.06)
    assert max(clock.slept) == (0.05 if how in ("read", "write") else LOOK_S)
    with store.write("save feed:one"):
        pass


@pytest.mark.parametrize("goes", [0.0, -1.0])
def test_a_clock_that_does_not_go_on_or_is_set_back_lets_nobody_wait_for_ever(store, clock, goes):
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        assert sum(slept) < 6, "it waits on"
        clock.at += timedelta(seconds=goes * seconds)

    waiting = Store(store.home, clock=clock, sleep=sleep, wait_s=5.0)
    with Holder(store.path, "hold-write"), pytest.raises(StoreBusy, match="Waited 5 s"), waiting.read():
        pass


def test_a_writer_gets_its_turn_when_the_holder_lets_go(store, clock):
    holder = Holder(store.path, "write")
    clock.sleep = lambda seconds: holder.__exit__()  # the wait ends as the holder lets go
    waiting = a_store(store.home, clock)
    with waiting.write("save") as con:
        con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")


@pytest.mark.parametrize("how", ["read", "hold-read"])
def test_two_readers_of_two_processes_share_the_file(store, how):
    with Holder(store.path, how), store.read() as con:
        assert con.execute("SELECT 1").fetchone() == (1,)


def test_the_file_is_not_even_opened_while_another_has_our_lock(store):
    """DuckDB reads the header before it takes its own lock, so its lock alone loses commits."""
    lock = os.open(store.home / "schoolgate.duckdb.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with pytest.raises(StoreBusy, match="is held by another"), store.read():
        pass
    fcntl.flock(lock, fcntl.LOCK_SH)
    with store.read():
        pass
    with pytest.raises(StoreBusy), store.write("save"):
        pass
    os.close(lock)
    with store.write("save"):
        pass


def test_threads_of_one_process_take_turns(store):
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with store.write("hold"):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert entered.wait(10)
    with pytest.raises(StoreBusy, match="another thread of this process"), store.read():
        pass
    leave.set()
    thread.join()
    with store.read():
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every file")
def test_a_file_we_may_not_open_is_not_called_damaged(store):
    store.path.chmod(0)
    with pytest.raises(StoreError, match="cannot be opened") as refused, store.read():
        pass
    assert not isinstance(refused.value, StoreDamaged)


def test_a_file_from_a_newer_version_is_refused_and_left_alone(store):
    with store.alone("act as a newer version") as con:
        con.execute("INSERT INTO migrations VALUES (99, 'from_the_future', now())")
    before = store.path.read_bytes()
    with pytest.raises(StoreTooNew, match="from_the_future"):
        store.migrate()
    with pytest.raises(StoreTooNew, match="from_the_future"), store.read():
        pass
    with pytest.raises(StoreTooNew, match="from_the_future"), store.write("save"):
        pass
    assert store.path.read_bytes() == before


LATEST = len(MIGRATIONS)
TWO = (*MIGRATIONS, Migration(LATEST + 1, "second", ("CREATE TABLE second (a VARCHAR)",)))
BROKEN = (*TWO, Migration(LATEST + 2, "broken", ("CREATE TABLE third (a VARCHAR)", "SELECT no_such_column")))


def test_a_copy_of_the_file_is_kept_before_each_change(store):
    with store.write("leave a mark") as con:
        con.execute("INSERT INTO audit_notes VALUES ('x', 'mark')")
    with store.alone("migrate") as con:
        assert migrate(con, store.path, TWO, Clock()()) == ("second",)
    copy = store.home / f"schoolgate.duckdb.before-{LATEST + 1:04d}"
    assert copy.stat().st_mode & 0o777 == 0o600
    with duckdb.connect(str(copy), read_only=True) as con:
        assert con.execute("FROM audit_notes").fetchall() == [("x", "mark")]
        assert applied(con) == tuple(m.name for m in MIGRATIONS)


@pytest.mark.parametrize("read_first", [True, False])
def test_an_older_file_is_migrated_when_it_is_first_used_where_that_is_wanted(tmp_path, read_first):
    old = a_store(tmp_path / "home")
    old.home.mkdir()
    with old.alone("as an older version left it", create=True) as con:
        migrate(con, old.path, MIGRATIONS[:-1], Clock()())
    with pytest.raises(StoreError, match="is from an older version"), old.read():
        pass
    store = Store(old.home, clock=Clock(), sleep=lambda _: None, upgrade=True)
    with store.read() if read_first else store.write("test") as con:
        assert len(applied(con)) == len(MIGRATIONS)
    assert (store.home / f"schoolgate.duckdb.before-{LATEST:04d}").exists()
    with old.read() as con:
        assert len(applied(con)) == len(MIGRATIONS)


def test_one_copy_is_kept_before_the_first_of_several_changes(store):
    with store.alone("migrate") as con:
        migrate(con, store.path, (*TWO, Migration(LATEST + 2, "third", ())), Clock()())
    (copy,) = store.home.glob("schoolgate.duckdb.before-*")
    assert copy.name.endswith(f"-{LATEST + 1:04d}")
    with duckdb.connect(str(copy), read_only=True) as con:
        assert applied(con) == tuple(m.name for m in MIGRATIONS)


def an_older_home(home: Path, holder: str, changes: int = LATEST - 1) -> Store:
    """As a service of an older version left it, or as it has it now."""
    old = a_store(home)
    home.mkdir()
    now = Clock()()
    with old.alone("as an older version", create=True) as con:
        migrate(con, old.path, MIGRATIONS[:changes], now)
        if changes > 1:
            leases.take(con, leases.Lease(leases.NAME, holder, now, now + timedelta(seconds=90)))
    return old


@pytest.mark.parametrize("upgrade", [True, False])
def test_a_home_that_a_service_of_another_version_holds_is_left_as_it_is(tmp_path, upgrade):
    theirs = f"PID {os.getppid()} on {platform.node()}"
    old = an_older_home(tmp_path / "home", theirs)
    before = old.path.read_bytes()
    store = Store(old.home, clock=Clock(), sleep=lambda _: None, upgrade=upgrade)
    with pytest.raises(StoreHeld) as held, store.read():
        pass
    assert f"older Schoolgate, {theirs}, since 2026-11-17 09:00 UTC" in str(held.value)
    assert f"kill {os.getppid()} and then schoolgate serve" in str(held.value)
    assert old.path.read_bytes() == before
    assert list(old.home.glob("*.before-*")) == []


@pytest.mark.parametrize(
    "holder", ["PID 999999999 on {}", f"PID {os.getpid()} on {{}}"], ids=["gone", "our own"]
)
def test_a_lease_of_a_process_that_is_gone_holds_up_no_upgrade(tmp_path, holder):
    old = an_older_home(tmp_path / "home", holder.format(platform.node()))
    assert old.migrate() == (MIGRATIONS[-1].name,)


def test_a_worker_of_a_fleet_that_is_gone_holds_up_no_upgrade(tmp_path):
    old = an_older_home(tmp_path / "home", f"PID 999999999 on {platform.node()} for the fleet /srv/fleet")
    assert old.migrate() == (MIGRATIONS[-1].name,)


def test_a_lease_that_has_ended_holds_up_no_upgrade(tmp_path):
    old = an_older_home(tmp_path / "home", "PID 7 on elsewhere")
    later = Clock()
    later.at += timedelta(seconds=90)
    assert a_store(old.home, later).migrate() == (MIGRATIONS[-1].name,)


def test_a_lease_in_a_copy_that_is_being_restored_holds_up_no_upgrade(tmp_path):
    old = an_older_home(tmp_path / RESTORING, "PID 7 on elsewhere")
    assert old.migrate() == (MIGRATIONS[-1].name,)


def test_a_home_from_before_there_was_a_service_is_upgraded(tmp_path):
    old = an_older_home(tmp_path / "home", "", changes=1)
    assert old.migrate() == tuple(m.name for m in MIGRATIONS[1:])


def test_a_change_that_fails_leaves_neither_a_table_nor_its_record(store):
    with store.alone("migrate") as con:
        with pytest.raises(duckdb.Error):
            migrate(con, store.path, BROKEN, Clock()())
        assert applied(con) == tuple(m.name for m in TWO)
        assert con.execute("FROM duckdb_tables() WHERE table_name = 'third'").fetchall() == []
        assert migrate(con, store.path, TWO, Clock()()) == ()


def test_migrations_are_numbered_from_one_without_gaps_and_named_apart():
    assert [m.n for m in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    assert len({m.name for m in MIGRATIONS}) == len(MIGRATIONS)


def test_the_home_may_have_a_quote_in_its_name(tmp_path):
    store = a_store(tmp_path / "St Mary's")
    store.migrate()
    with store.alone("migrate") as con:
        assert migrate(con, store.path, TWO, Clock()()) == ("second",)
