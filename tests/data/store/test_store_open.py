"""Opening: one at a time, waiting for a turn, and saying plainly why not."""

from __future__ import annotations

import fcntl
import os
import platform
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import support.store_worker
from builders.mention import NOW, POLICY, URN, Clock, a_batch, a_mention, a_store, keep, save
from support.checkout import TESTS, paths
from support.processor import within
from support.store_worker import end, start

from data.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreHeld, StoreTooNew
from data.retention.deleting import purge, rewrite
from data.store import owners as owner_store
from data.store.engine import connect as engine_connect
from data.store.engine import open as engine_open
from data.store.engine.audit_chain import verify
from data.store.engine.connect import is_damage, read_whole
from data.store.engine.migrations import MIGRATIONS, Migration, applied_migrations, migrate
from data.store.engine.open import RESTORING, Store
from data.store.engine.turn import LOOK_S, NAME, Lease, take_lease
from data.store.mentions import find_reports
from data.store.outbox import is_in_digest, messages
from data.store.sources import states
from data.types import Mark, Marked

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
            program, env={**os.environ, "PYTHONPATH": paths(TESTS)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == "held\n"

    def __enter__(self) -> Holder:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("go\n")


def test_migrating_makes_a_file_and_a_folder_that_only_the_owner_can_read(tmp_path):
    store = a_store(tmp_path / "St Mary's")
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


def test_before_the_first_migration_there_is_a_plain_sentence_and_a_file_without_our_tables_is_old(tmp_path):
    store = a_store(tmp_path)
    for use in (store.open_reader, lambda: store.write("save")):
        with pytest.raises(StoreError, match="There is no store at"), use():
            pass
    assert list(tmp_path.iterdir()) == []
    duckdb.connect(str(store.path)).close()
    with pytest.raises(StoreError, match=f"0 of {len(MIGRATIONS)} changes applied"), store.open_reader():
        pass


def test_a_reader_cannot_write_and_times_are_utc_whatever_the_machine_says(store):
    with store.open_reader() as con:
        assert con.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)
        with pytest.raises(duckdb.InvalidInputException):
            con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")


@pytest.mark.parametrize("how", ["write", "hold-read"])
def test_who_holds_the_file_past_the_deadline_is_named(store, clock, how):
    with Holder(store.path, how) as holder:
        with pytest.raises(StoreBusy) as busy, store.write("save feed:one"):
            pass
        assert "python" in str(busy.value)
        assert f"(PID {holder.process.pid})" in str(busy.value)
    assert "Waited 5 s, for: save feed:one." in str(busy.value)
    assert sum(clock.slept) == pytest.approx(5.0, abs=0.06)
    assert max(clock.slept) == (0.05 if how == "write" else LOOK_S)
    with store.write("save feed:one"):
        pass


def test_a_clock_that_does_not_go_on_or_is_set_back_lets_nobody_wait_for_ever(store, clock):
    with Holder(store.path, "hold-write"):
        for goes in (0.0, -1.0):
            slept = []

            def sleep(seconds, goes=goes, slept=slept):
                slept.append(seconds)
                assert sum(slept) < 6, "it waits on"
                clock.at += timedelta(seconds=goes * seconds)

            waiting = Store(store.home, clock=clock, sleep=sleep, wait_s=5.0)
            with pytest.raises(StoreBusy, match="Waited 5 s"), waiting.open_reader():
                pass


def test_a_writer_gets_its_turn_when_the_holder_lets_go(store, clock):
    holder = Holder(store.path, "write")
    clock.sleep = lambda seconds: holder.__exit__()  # the wait ends as the holder lets go
    waiting = a_store(store.home, clock, sleep=clock.sleep)
    with waiting.write("save") as con:
        con.execute("INSERT INTO audit_notes VALUES ('x', 'y')")


def test_the_file_is_not_even_opened_while_another_has_our_lock(store):
    """DuckDB reads the header before it takes its own lock, so its lock alone loses commits."""
    lock = os.open(store.home / "schoolgate.duckdb.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with pytest.raises(StoreBusy, match="is held by another"), store.open_reader():
        pass
    fcntl.flock(lock, fcntl.LOCK_SH)
    with store.open_reader():
        pass
    with pytest.raises(StoreBusy), store.write("save"):
        pass
    os.close(lock)
    with store.write("save"):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every file")
def test_a_file_we_may_not_open_is_not_called_damaged(store):
    store.path.chmod(0)
    with pytest.raises(StoreError, match="cannot be opened") as refused, store.open_reader():
        pass
    assert not isinstance(refused.value, StoreDamaged)


def test_a_file_from_a_newer_version_is_refused_and_left_alone(store):
    with store.alone("act as a newer version") as con:
        con.execute("INSERT INTO migrations VALUES (99, 'from_the_future', now())")
    before = store.path.read_bytes()
    with pytest.raises(StoreTooNew, match="from_the_future"):
        store.migrate()
    for use in (store.open_reader, lambda: store.write("save")):
        with pytest.raises(StoreTooNew, match="from_the_future"), use():
            pass
    assert store.path.read_bytes() == before


LATEST = len(MIGRATIONS)
TWO = (*MIGRATIONS, Migration(LATEST + 1, "second", ("CREATE TABLE second (a VARCHAR)",)))
BROKEN = (*TWO, Migration(LATEST + 2, "broken", ("CREATE TABLE third (a VARCHAR)", "SELECT no_such_column")))


def test_a_copy_of_the_file_is_kept_before_the_first_of_several_changes(store):
    with store.write("leave a mark") as con:
        con.execute("INSERT INTO audit_notes VALUES ('x', 'mark')")
    with store.alone("migrate") as con:
        three = (*TWO, Migration(LATEST + 2, "third", ()))
        assert migrate(con, store.path, three, Clock()()) == ("second", "third")
    (copy,) = store.home.glob("schoolgate.duckdb.before-*")
    assert copy.name.endswith(f"-{LATEST + 1:04d}")
    assert copy.stat().st_mode & 0o777 == 0o600
    with duckdb.connect(str(copy), read_only=True) as con:
        assert con.execute("FROM audit_notes").fetchall() == [("x", "mark")]
        assert applied_migrations(con) == tuple(m.name for m in MIGRATIONS)


def test_an_older_file_is_migrated_when_it_is_first_used_where_that_is_wanted(tmp_path):
    old = a_store(tmp_path / "home")
    old.home.mkdir()
    with old.alone("as an older version left it", create=True) as con:
        migrate(con, old.path, MIGRATIONS[:-1], Clock()())
    with pytest.raises(StoreError, match="is from an older version"), old.open_reader():
        pass
    store = Store(old.home, clock=Clock(), sleep=lambda _: None, upgrade=True)
    with store.open_reader() as con:
        assert len(applied_migrations(con)) == len(MIGRATIONS)
    assert (store.home / f"schoolgate.duckdb.before-{LATEST:04d}").exists()
    with old.open_reader() as con:
        assert len(applied_migrations(con)) == len(MIGRATIONS)


NOTE_OF_BEFORE = """INSERT INTO notes (id, story_id, urn, person_id, note, written_at)
    VALUES ('n1', 's-old', $urn, 'p-head', 'Statement to parents: It is open.', $now)"""
DIGEST_OF_BEFORE = """INSERT INTO outbox (key, urn, person_id, kind, subject, body, due_at, expires_at,
    written_at, sent_at, attempts)
    VALUES ('d1', $urn, 'p-head', 'digest', 'Today', 'Open 894434', $now, $now, $now, $now, 1)"""


def test_a_note_from_before_deeds_were_stored_is_of_none_and_a_digest_of_then_names_nothing(tmp_path):
    old = a_store(tmp_path / "home")
    old.home.mkdir()
    before = next(m.n for m in MIGRATIONS if m.name == "deeds_and_numbers_of_digests")
    with old.alone("as an older version left it", create=True) as con:
        migrate(con, old.path, MIGRATIONS[: before - 1], NOW)
        con.execute(NOTE_OF_BEFORE, {"urn": URN, "now": NOW})
        con.execute(DIGEST_OF_BEFORE, {"urn": URN, "now": NOW})
    old.migrate()
    with old.open_reader() as con:
        (note,) = owner_store.notes_of(con, "s-old", URN)
        (digest,) = messages(con, ["d1"])
        assert not is_in_digest(con, "894434", "p-head", NOW)
    assert (note.note, note.deed) == ("Statement to parents: It is open.", None)
    assert digest.numbers == ()


def an_older_home(home: Path, holder: str) -> Store:
    """As a service of an older version left it, or as it has it now."""
    old = a_store(home)
    home.mkdir()
    now = Clock()()
    with old.alone("as an older version", create=True) as con:
        migrate(con, old.path, MIGRATIONS[:-1], now)
        take_lease(con, Lease(NAME, holder, now, now + timedelta(seconds=90)))
    return old


def test_a_home_that_a_service_of_another_version_holds_is_left_as_it_is(tmp_path):
    theirs = f"PID {os.getppid()} on {platform.node()}"
    old = an_older_home(tmp_path / "home", theirs)
    before = old.path.read_bytes()
    for upgrade in (True, False):
        store = Store(old.home, clock=Clock(), sleep=lambda _: None, upgrade=upgrade)
        with pytest.raises(StoreHeld) as held, store.open_reader():
            pass
        assert f"older Schoolgate, {theirs}, since 2026-11-17 09:00 UTC" in str(held.value)
        assert f"kill {os.getppid()} and then schoolgate serve" in str(held.value)
        assert old.path.read_bytes() == before
    assert list(old.home.glob("*.before-*")) == []


GONE, HERE = f"PID 999999999 on {platform.node()}", f"on {platform.node()}"


@pytest.mark.parametrize(
    ("holder", "folder", "seconds"),
    [
        (GONE, "home", 0), (f"{GONE} for the fleet /srv/fleet", "home", 0),
        (f"PID {os.getpid()} {HERE}", "home", 0), ("PID 7 on elsewhere", "home", 90),
        ("PID 7 on elsewhere", RESTORING, 0),
    ],
    ids=["gone", "of a fleet", "our own", "ended", "in a copy that is being restored"],
)  # fmt: skip
def test_such_a_lease_holds_up_no_upgrade(tmp_path, holder, folder, seconds):
    later = Clock()
    later.at += timedelta(seconds=seconds)
    home = an_older_home(tmp_path / folder, holder).home
    assert a_store(home, later).migrate() == (MIGRATIONS[-1].name,)


def test_a_home_older_than_the_first_tables_of_this_version_is_refused_and_left_as_it_is(tmp_path):
    old = a_store(tmp_path)
    with duckdb.connect(str(old.path)) as con:
        con.execute("CREATE TABLE migrations AS SELECT 1 AS n, 'first_tables' AS name, now() AS applied_at")
    with pytest.raises(StoreError, match="before 25 November 2026"):
        old.migrate()
    assert list(tmp_path.glob("*.before-*")) == []


def test_a_change_that_fails_leaves_neither_a_table_nor_its_record(store):
    with store.alone("migrate") as con:
        with pytest.raises(duckdb.Error):
            migrate(con, store.path, BROKEN, Clock()())
        assert applied_migrations(con) == tuple(m.name for m in TWO)
        assert con.execute("FROM duckdb_tables() WHERE table_name = 'third'").fetchall() == []
        assert migrate(con, store.path, TWO, Clock()()) == ()


def test_migrations_are_numbered_from_one_without_gaps_and_named_apart():
    assert [m.n for m in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    assert len({m.name for m in MIGRATIONS}) == len(MIGRATIONS)


# -------------------------------------------------------------- processes side by side lose nothing


def test_two_writers_and_a_reader_side_by_side_lose_nothing(store):
    processes = [start(store, "write", 6), start(store, "write", 6), start(store, "read", 12)]
    assert [end(p) for p in processes] == [0, 0, 0]
    with store.open_reader() as con:
        assert support.store_worker.whole(con) == 12
        assert verify(con) == []


@pytest.mark.parametrize("step", [8, 20])
def test_killed_between_two_statements_of_a_save_all_is_there_or_nothing(store, step):
    assert end(start(store, "die", step)) == -signal.SIGKILL
    with store.open_reader() as con:
        there = support.store_worker.whole(con)
        assert (states(con, ["feed:dying"])["feed:dying"].last_run_at is None) == (there == 0)
    keep(store, support.store_worker.batch("dying"))
    with store.open_reader() as con:
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


@pytest.mark.parametrize("room", [5_000, 200_000])
def test_a_rewrite_without_room_leaves_the_file_as_it_was_and_nothing_beside_it(store, room):
    keep(store, support.store_worker.batch("before"))
    with full_at(room), pytest.raises(StoreError, match="could not be written"):
        purge(store, NOW, POLICY, force=True)
    with store.open_reader() as con:
        assert support.store_worker.whole(con) == 1
    assert not list(store.home.glob("*.unfinished*"))
    assert purge(store, NOW, POLICY, force=True).rewritten


def test_on_a_full_disk_nothing_is_kept_and_nothing_is_lost(store):
    keep(store, support.store_worker.batch("before"))
    big = a_batch(*(a_mention(f"{n}", text=f"{n} " * 800) for n in range(200)), story_id="s-big")
    with full_at(100_000), pytest.raises(StoreFull, match=r"could not be written \(save test batches\)"):
        keep(store, big)
    with store.open_reader() as con:
        assert support.store_worker.whole(con) == 1
    keep(store, big)


@pytest.mark.parametrize("step", [13, 36])
def test_killed_in_a_purge_or_a_rewrite_the_next_one_ends_the_work(store, step):
    with store.write("save") as con:
        save(con, support.store_worker.batch("old"), now=NOW, policy=POLICY)
        owner_store.record_mark(con, Marked("s-old", URN, Mark.ANSWERED, "p-head", NOW))
    end(start(store, "purge-die", step))
    later = NOW + timedelta(days=31)
    purge(store, later, POLICY)
    with store.open_reader() as con:
        assert con.execute("SELECT count(*) FROM mentions").fetchone() == (0,)
        assert verify(con) == []
    text = b"mentioned here as old-0"
    assert not [p for p in store.home.rglob("*") if p.is_file() and text in p.read_bytes()]


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


@pytest.fixture
def copied(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "home")
    return a_store(tmp_path / "home")


def read(store):
    with store.open_reader() as con:
        read_whole(con)


def write(store):
    keep(store, support.store_worker.batch("new"))


def write_anew(store):
    purge(store, NOW, POLICY, force=True)


@pytest.mark.parametrize("how", TORN)
def test_whatever_happened_to_the_file_it_is_read_or_called_damaged(whole, tmp_path, how):
    found, said = [], []
    for use in (read, write, write_anew):
        shutil.copytree(whole, tmp_path / use.__name__)
        store = a_store(tmp_path / use.__name__)
        store.path.write_bytes(TORN[how](store.path.read_bytes(), random.Random(1)))
        try:
            use(store)
        except StoreDamaged as damaged:
            said.append(str(damaged))
            found.append(use)
    assert all("schoolgate restore" in text and "\n" not in text for text in said)
    if how in FOUND_BY_READING:
        assert read in found


def test_a_log_of_which_only_the_beginning_was_written_takes_nothing_with_it(copied):
    copied.path.with_name("schoolgate.duckdb.wal").write_bytes(random.Random(1).randbytes(500))
    read(copied)
    write(copied)
    with copied.open_reader() as con:
        assert support.store_worker.whole(con) == 13


def test_a_full_disk_and_a_mistake_of_ours_are_not_called_damage():
    full = "No space left on device"
    damage = (
        duckdb.IOException('IO Error: Could not read enough bytes from file "x": attempted to read 16384'),
        duckdb.TransactionException("Failed to commit: Corrupt database file: computed checksum 1"),
        duckdb.SerializationException("Serialization Error: Failed to deserialize: field id mismatch"),
        duckdb.InternalException("INTERNAL Error: Attempted to access index 7"),
        duckdb.FatalException("FATAL Error: database has been invalidated"),
    )
    none = (
        duckdb.FatalException(f"FATAL Error: Checkpoint failed: {full}"),
        duckdb.IOException(f'IO Error: Could not write file "x": {full}'),
        duckdb.CatalogException("Catalog Error: Table with name x does not exist!"),
        duckdb.ConstraintException("Constraint Error: Duplicate key"),
    )
    assert [is_damage(error) for error in (*damage, *none)] == [True] * 5 + [False] * 4


@pytest.mark.parametrize(
    ("within", "begun", "said"),
    [(engine_open, "migrate", "is gone: its folder"), (engine_connect, "state", "cannot be opened")],
)
def test_a_home_that_is_deleted_while_it_is_in_use_is_plainly_said_to_be_gone(
    tmp_path, monkeypatch, within, begun, said
):
    home, begin = tmp_path / "home", getattr(within, begun)

    def delete_first(*given):
        shutil.rmtree(home)
        return begin(*given)

    monkeypatch.setattr(within, begun, delete_first)
    with pytest.raises(StoreError, match=said) as refused:
        Store(home, clock=lambda: NOW, sleep=lambda _: None).migrate()
    assert not isinstance(refused.value, StoreDamaged)


def test_what_the_machine_refuses_at_opening_is_not_called_damage_either(copied, monkeypatch):
    def refused(instance, path, handle, *, read_only):
        raise duckdb.IOException(f'IO Error: Could not write file "{path}": Disk quota exceeded')

    monkeypatch.setattr("data.store.engine.connect._Instance.attach", refused)
    with pytest.raises(StoreError, match="Disk quota") as told:
        read(copied)
    assert not isinstance(told.value, StoreDamaged)


def test_a_disk_that_fills_at_the_commit_is_said_with_what_to_do(copied):
    full = 'TransactionContext Error: Failed to commit: Could not write file "x": No space left on device'
    with pytest.raises(StoreFull, match="Make room, and begin again"), copied.open_reader():
        raise duckdb.TransactionException(full)


def test_after_damage_the_next_store_of_the_process_is_read(copied):
    kept = copied.path.read_bytes()
    copied.path.write_bytes(kept[: len(kept) // 2])
    with pytest.raises(StoreError):
        read(copied)
    copied.path.write_bytes(kept)
    read(copied)
    write(copied)


def test_who_brought_many_posts_is_found_without_asking_each_report_for_each_note(store):
    with store.write("test") as con:
        con.execute("""INSERT INTO audit SELECT 1000 + i, now(), 'report-in', 'reported_in', 'post ' || i,
            '1', ['number:' || i, 'note:' || i], '', '' FROM range(10000) r(i)""")
        con.execute("INSERT INTO audit_notes SELECT CAST(i AS VARCHAR), 'Office ' || i FROM range(4000) r(i)")
        with within(0.2):
            found = find_reports(con, [f"post {i}" for i in range(50)])
    assert [found[f"post {i}"][0].seen_by for i in (0, 49)] == ["Office 0", "Office 49"]
