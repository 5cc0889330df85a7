"""Applies pending migrations: numbered, atomic, recorded, forward only, one copy kept before the first."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from data.errors import StoreError, StoreHeld, StoreTooNew
from data.store.engine import leases
from data.store.engine.connect import BLOCK_SIZE, is_damage, packed, quoted
from data.store.engine.duck import duckdb
from data.store.engine.migrations import Migration
from data.store.engine.rows import Connection, read_rows

_RECORD = (
    "CREATE TABLE IF NOT EXISTS migrations (n INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMPTZ)"
)
BIG_BYTES, BIG_BLOCKS = 128 * 2**20, 65536
"""A file of so many bytes gets such blocks when it is copied: of 1 GB in small ones, opening and closing
takes 35 ms of processor, in these 10; in bigger ones rows are found more slowly (decision 0048).
"""
_SIZE = "SELECT used_blocks * block_size FROM pragma_database_size() WHERE database_name = current_database()"


def applied(con: Connection) -> tuple[str, ...]:
    """Names of the migrations this file has had, in order; empty for a new file."""
    try:
        rows = read_rows(con, "SELECT n, name FROM migrations")  # sorted there it takes twice as long
    except duckdb.CatalogException:  # asking the catalogue first would cost 6 ms at every opening
        return ()
    return tuple(name for _, name in sorted(rows))


def refuse_newer(done: Sequence[str], known: Sequence[Migration], path: Path) -> None:
    """Raises StoreTooNew where the file has had a migration this version does not know."""
    names = [m.name for m in known]
    unknown = [name for n, name in enumerate(done) if names[n : n + 1] != [name]]
    if unknown:
        raise StoreTooNew(
            f"{path} was written by a newer Schoolgate (it has had the change “{unknown[0]}”, which this "
            "version does not know). Install that version again; nothing was changed."
        )


def refuse_held(con: Connection, path: Path, now: datetime) -> None:
    """Raises StoreHeld where a service runs for a file with changes to come: it is of another version."""
    try:
        lease = leases.held(con, leases.NAME)
    except duckdb.CatalogException:  # it is older than the first service
        return
    if lease is None or lease.held_until <= now or leases.gone(lease.holder):
        return
    number, _, machine = lease.holder.removeprefix("PID ").partition(" on ")
    raise StoreHeld(
        f"{path.parent} is held by a service of an older Schoolgate, {lease.holder}, since "
        f"{lease.taken_at:%Y-%m-%d %H:%M} UTC. The store is not changed under it. End "
        f"it on {machine}, and begin the service of this version: sudo systemctl restart schoolgate, or "
        f"kill {number} and then ⟪serve⟫"
    )


def migrate(con: Connection, path: Path, migrations: Sequence[Migration], now: datetime) -> tuple[str, ...]:
    """Applies what is pending and returns its names. `con` holds the file and is in no transaction.

    Each migration commits together with its row in `migrations`; a failed one leaves neither.
    """
    done = applied(con)
    refuse_newer(done, migrations, path)
    pending = migrations[len(done) :]
    if done and pending:  # a new file holds nothing yet
        _keep_copy(con, copy_path(path, pending[0]), now)
    for migration in pending:
        con.execute("BEGIN")
        try:
            con.execute(_RECORD)
            for statement in migration.statements:
                con.execute(statement)
            con.execute("INSERT INTO migrations VALUES (?, ?, ?)", [migration.n, migration.name, now])
        except duckdb.Error:
            con.execute("ROLLBACK")
            raise
        con.execute("COMMIT")
    return tuple(m.name for m in pending)


def _keep_copy(con: Connection, path: Path, now: datetime) -> None:
    """The copy's name holds the time from which its retention is counted."""
    copy_database(con, path)
    os.utime(path, (now.timestamp(), now.timestamp()))


def copy_path(path: Path, migration: Migration) -> Path:
    """Where the copy made before this migration, and those that follow at once, is kept."""
    return path.with_name(f"{path.name}.before-{migration.n:04d}")


def copy_database(con: Connection, target: Path) -> None:
    """Copies every table with its keys into a new file (0600), which is complete once it has its name.

    A copy holds what is in the tables now and nothing that was deleted before. Raises StoreError where it
    cannot be written, duckdb.Error where the original is damaged; `target` is then unchanged.
    """
    unfinished = target.with_name(target.name + ".unfinished")
    _discard(unfinished)
    try:
        _fill(con, unfinished)
    except duckdb.Error as error:
        _discard(unfinished)
        if is_damage(error):
            raise
        raise StoreError(
            f"{target} could not be written. Is there room for a second copy? The reason: {error}"
        ) from error
    sync(unfinished)
    unfinished.replace(target)
    sync(target.parent)


def _discard(path: Path) -> None:
    """Deletes a file and its log: either may contain texts."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _fill(con: Connection, path: Path) -> None:
    (name,) = read_rows(con, "SELECT current_database()")[0]
    con.execute(f"ATTACH '{quoted(path)}' AS copy_of_store (BLOCK_SIZE {_block_size(con)})")
    try:
        path.chmod(0o600)
        with packed(con):
            con.execute(f'COPY FROM DATABASE "{name}" TO copy_of_store')
            con.execute("CHECKPOINT copy_of_store")
    finally:
        con.execute("DETACH copy_of_store")


def _block_size(con: Connection) -> int:
    """Small ones for a small file; opening a big one takes the longer the more blocks it has."""
    (size,) = read_rows(con, _SIZE)[0]
    return BIG_BLOCKS if size > BIG_BYTES else BLOCK_SIZE


def sync(path: Path) -> None:
    """Returns when the file, or the folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
