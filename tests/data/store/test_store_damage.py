"""A file that is cut off, torn or changed is called so, with the way out, however DuckDB says it."""

from __future__ import annotations

import random
import shutil

import duckdb
import pytest
import support.store_worker
from builders.mention import NOW, POLICY, a_store

from data.errors import StoreDamaged, StoreError
from data.retention.purge import purge, rewrite
from data.store.engine.damage import is_damage, read_whole
from data.store.mentions.batch import save

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
