"""Opens one DuckDB file for a moment, while other processes want it too.

DuckDB lets one process write or several read. A connection is therefore refused rather than queued while
somebody else has the file: `connect` raises `LockHeld`, and the caller waits.

Creating a DuckDB instance takes ten times as long as attaching a file, so a process keeps the one it has
(docs/decisions/0007-a-lock-beside-the-store.md), and, where that is wanted, the files it used last. If
anything fails or spills to the disk, the instance is discarded with them: the next file gets a new one, and
no trace of a fault remains.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import StoreDamaged, StoreError
from data.store.engine.rows import Connection as Connection
from data.store.engine.rows import duckdb, read_rows
from data.store.engine.turn import (
    MOST,
    Attached,
    LockHeld,
    Turn,
    is_queued_for,
    lock_of,
    on_refusal,
    state,
    watch,
)
from data.store.engine.turn import give_turn_back as give_back
from data.store.engine.turn import take_turn as take

_KINDS = (duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
_SAID = (
    "Corrupt database file",
    "Could not read enough bytes",
    "not a valid DuckDB database file",
    "Failed to load metadata pointer",
    "Failed to deserialize",
)
_OF_THE_MACHINE = (
    "No space left",
    "File too large",
    "Disk quota exceeded",
    "Permission denied",
    "Read-only file system",
    "Too many open files",
    "Input/output error",
)


def is_of_the_machine(error: Exception) -> bool:
    """Can DuckDB, or the system, say this of a sound file too? A full disk is fatal to a checkpoint."""
    return any(words in str(error) for words in _OF_THE_MACHINE)


def is_damage(error: duckdb.Error) -> bool:
    """Does it mean that the file is not as it was written? A block is only checked when it is read."""
    if is_of_the_machine(error):
        return False
    said = str(error)
    return isinstance(error, _KINDS) or any(words in said for words in _SAID)


def damage_error(path: Path, error: duckdb.Error) -> StoreDamaged:
    """Return the error to raise, with the way out."""
    return StoreDamaged(
        f"{path} cannot be read as a store: it was cut off, damaged, or changed by something else. "
        "Keep a copy of it as it is, stop the service, then restore a backup: "
        f"⟪restore⟫ DIR ⟨replace⟩. The reason: {str(error).splitlines()[0]}"
    )


def read_whole(con: Connection) -> int:
    """Reads every row of every table, to find what is unreadable; returns how many. Raises duckdb.Error."""
    sql = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
    tables = read_rows(con, sql)
    read = [read_rows(con, f'SELECT count(*), max(hash(t)) FROM "{name}" t') for (name,) in tables]
    return sum(rows for ((rows, _),) in read)


log = logging.getLogger("schoolgate.store")

_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_FOREIGN_S = 0.05
"""Seconds between tries where a program that does not know our lock has the file: asking takes longer."""
BLOCK_SIZE = 16384
"""Bytes in a block of a new file. With DuckDB's default of 262,144 a small store is ten times as big."""
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "default_block_size": BLOCK_SIZE,
    "checkpoint_threshold": "1TB",  # a commit is in the log; letting the file go takes it into the file
    "dynamic_or_filter_threshold": 2048,
    "index_scan_max_count": 64,
    "index_scan_percentage": 0.002,
    "disabled_optimizers": "common_subplan,redundant_order_keys",
}
"""The three of indices: ids are looked up in an index while they are fewer than a 500th of the table's rows;
then reading the table begins to be cheaper. Left alone, DuckDB reads the table for more than 50 ids, however
big it is. The two optimizers look for what no statement here has: parts that stand in it twice, and an order
by what follows from the rest of it."""
_NO_PACKING = "SET GLOBAL disabled_compression_methods = 'dict_fsst'"
"""Packing texts takes most of the time of letting a file go, so it is left to `pack_writes`."""
_LOG = 4_000_000
"""Bytes of log that a file may have while it stays attached: to take it into the file costs 12 to 50 ms, as
much for one row as for a thousand, and more in a large file."""
_SPARING = "400MB"
_BIG, _TO_CLOSE = 100_000_000, "200MB"
"""Bytes from which a file is let go in little memory: its rows are put together then, in what is allowed."""
_WORN_S = 60.0
"""After so long an instance that nobody uses makes room for a new one, in 14 ms. DuckDB 2.0.0 has buffers
that are gone, 1 MB for fifty sources asked, and keeps 1.6 kB of each file and up to 40 MB that are free."""
_GIVE_BACK_EVERY = 8
"""Files after which free memory goes back to the system; after each, it would cost more than attaching."""


@dataclass(slots=True, eq=False)
class OpenFile:
    """An attached file under our lock. `con` is its connection, times are in UTC; other readers in this
    process share the file, but not `con`. With `keep` it may stay attached after its last use."""

    con: ParsedOnce
    file: Attached
    instance: _Instance
    reading: bool
    keep: bool = False

    def close(self, *, failed: bool = False) -> None:
        """Closes the file, unless others in this process still read it, then releases the lock. `failed` says
        that something went wrong with the file. Changes that cannot be moved from the log to the file now
        stay in the log and are not lost."""
        try:
            self.con.close()
        finally:
            with _ours.lock:
                if not self.instance.leave(self, keep=self.keep and not failed) or failed:
                    _ours.let_go(self.instance)


def connect(path: Path, *, read_only: bool) -> OpenFile:
    """Opens the file, or creates one to write to; the caller must close it. Raises LockHeld while another
    process or thread has the file, OSError where its lock cannot be taken, StoreError where it may not be
    opened, StoreDamaged where it is not a readable database."""
    with _ours.lock:
        opened = _ours.beside(path).again(path, read_only=read_only)
    if opened is not None:
        opened.con.turn = None if read_only else Turn(state(path, opened.file.look))
        return opened
    handle = take(lock_of(path), shared=read_only)
    try:
        turn = None if read_only else Turn(state(path))
        with _ours.lock:
            opened = _ours.beside(path).attach(path, handle, read_only=read_only)
    except duckdb.Error as error:
        give_back(handle)
        raise _explain_error(path, error) from error
    opened.con.turn = turn
    return opened


def _explain_error(path: Path, error: duckdb.Error) -> Exception:
    """Turn DuckDB's message on a file that is damaged, or held by a program without our lock, into ours."""
    message = str(error)
    if holder := _HOLDER.search(message):
        return LockHeld(f"{Path(holder['program']).name} (PID {holder['pid']})", _FOREIGN_S)
    if "Could not set lock" in message:
        return LockHeld("another process", _FOREIGN_S)
    if is_of_the_machine(error) or not path.exists():
        return StoreError(f"{path} cannot be opened: {message}")
    return damage_error(path, error)


@contextmanager
def sparing(con: Connection) -> Iterator[None]:
    """Within it great reads take less memory, and may be slower: DuckDB keeps what it read while it may."""
    with suppress(duckdb.Error):  # somebody else in this process needs more just now
        con.execute(f"SET GLOBAL memory_limit = '{_SPARING}'")
    try:
        yield
    finally:
        con.execute(f"SET GLOBAL memory_limit = '{_SETTINGS['memory_limit']}'")


def quote_path(path: Path) -> str:
    """Quote it for a statement that takes no parameters."""
    return str(path).replace("'", "''")


@contextmanager
def pack_writes(con: Connection) -> Iterator[None]:
    """Pack what is written to any file of this process meanwhile, texts too: a half of the size."""
    con.execute("SET GLOBAL disabled_compression_methods = ''")
    try:
        yield
    finally:
        con.execute(_NO_PACKING)


@dataclass(slots=True, eq=False)
class ParsedOnce:
    """A connection for which each statement is parsed once a process: a fifth of the time of a small one.
    What is parsed belongs to no connection; each run binds and plans a copy of it."""

    con: Connection
    close: Callable[[], None]
    file: Attached
    turn: Turn | None = None

    def execute(self, query: str, parameters: object = None) -> Connection:
        """Execute it as the connection itself does; the rows are fetched from what it returns."""
        if isinstance(parameters, dict) and "= ANY($" in query:
            ones = (n for n, value in parameters.items() if isinstance(value, list) and len(value) == 1)
            query = _query_for_one(query, tuple(ones))
        parsed = _parsed.get(query)
        if parsed is None and query.lstrip().startswith(_PARSED_ONCE):
            parsed = self._parse(query)
        return self.con.execute(parsed or query, parameters)

    def _parse(self, query: str) -> duckdb.Statement | None:
        first, *more = self.con.extract_statements(query)
        if more:
            return None
        if len(_parsed) >= _MOST_PARSED:
            _parsed.clear()
        _parsed[query] = first
        return first

    def __getattr__(self, name: str) -> Any:
        return getattr(self.con, name)


@functools.lru_cache(maxsize=1024)
def _query_for_one(query: str, names: tuple[str, ...]) -> str:
    """Return the query for lists of these names that hold one value each: to plan a search for any of a list
    takes half as long again as one for a value, though it is one."""
    for name in names:
        query = re.sub(rf"= ANY\((\${name}(::\w+\[\])?)\)", r"= (\1)[1]", query)
    return query


_PARSED_ONCE = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
_MOST_PARSED = 400
"""A parsed statement that writes all of a table's columns holds some 35 kB, one that reads 5."""
_parsed: dict[str, duckdb.Statement] = {}


class _Instance:
    """Everything except the use of its connections happens in one thread at a time."""

    def __init__(self) -> None:
        self._root = duckdb.connect(":memory:", config=_SETTINGS)
        self._root.execute("SET GLOBAL TimeZone = 'UTC'")
        self._root.execute(_NO_PACKING)
        self._files, self._made_at = 0, time.monotonic()
        self._users: list[OpenFile] = []
        self.idle: list[Attached] = []
        self._kept = True
        self._spill = Path()

    def serves(self, path: Path) -> bool:
        """Is it not worn, and this file's folder where it spills what does not fit into memory?"""
        if not self._users and time.monotonic() > self._made_at + _WORN_S:
            return False
        spill = path.with_name(path.name + ".tmp")
        if spill != self._spill and not self._users:
            self._root.execute(f"SET GLOBAL temp_directory = '{quote_path(spill)}'")
            self._spill = spill
        return spill == self._spill

    def again(self, path: Path, *, read_only: bool) -> OpenFile | None:
        """The file as it is attached already: by others that read it, or since its last use."""
        real = os.path.realpath(path)
        for user in self._users:
            if user.file.path == real and read_only and user.reading:
                return self._use(user.file, read_only=True)
        for file in [file for file in self.idle if file.path == real]:
            self.idle.remove(file)
            if file.left == state(path, file.look) and (read_only or not file.read_only):
                file.left = ()
                return self._use(file, read_only=read_only)
            if not self._end(file):
                _ours.let_go(self)
        return None

    def attach(self, path: Path, handle: int, *, read_only: bool) -> OpenFile:
        """The file, whose lock is `handle`, attached here. Raises duckdb.Error."""
        self._files += 1
        name = f"store_{self._files}"
        access = ", READ_ONLY" if read_only else ""
        try:
            self._root.execute(f"ATTACH '{quote_path(path)}' AS {name} (TYPE duckdb{access})")
            file = Attached(os.path.realpath(path), name, handle, read_only, path.stat().st_ino)
            return self._use(file, read_only=read_only)
        except duckdb.IOException:  # nothing is attached, and nothing has happened
            raise
        except duckdb.Error:
            _ours.let_go(self)
            raise

    def _use(self, file: Attached, *, read_only: bool) -> OpenFile:
        cursor = self._root.cursor()
        cursor.execute(f"USE {file.name}")
        if read_only and not file.read_only:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
        opened = OpenFile(ParsedOnce(cursor, cursor.close, file), file, self, read_only)
        self._users.append(opened)
        return opened

    def leave(self, opened: OpenFile, *, keep: bool) -> bool:
        """Closes the file where nobody else reads it, or keeps it; is the instance as good as new?"""
        self._users.remove(opened)
        file = opened.file
        if any(user.file is file for user in self._users):
            return True
        file.turn = opened.con.turn or file.turn
        if not (keep and self._stays(opened)):
            return self._end(file)
        if file.turn is not None:
            file.turn.left = file.left
        self.idle.append(file)
        _ours.watched = _ours.watched or watch(_ours.look_after)
        return len(self.idle) <= MOST or self._end(self.idle.pop(0))

    def _stays(self, opened: OpenFile) -> bool:
        """May it stay attached? What was written is in the log or in the file; how both are left is noted."""
        file, path = opened.file, Path(opened.file.path)
        if not self._kept or self._spill.exists() or is_queued_for(f"{file.path}.lock"):
            return False
        try:
            if not opened.reading:
                if path.stat().st_size > _BIG:
                    return False
                if _size_bytes(f"{file.path}.wal") > _LOG:
                    self._root.execute(f"CHECKPOINT {file.name}")
            if file.look is None:
                file.look = os.open(path, os.O_RDONLY)
            with suppress(FileNotFoundError):
                path.with_name(f"{path.name}.wal").chmod(0o600)
            file.left, file.since = state(path, file.look), time.monotonic()
            return file.left[1] == file.inode
        except (duckdb.Error, OSError, IndexError):  # taken away meanwhile, or there is no handle left
            return False

    def _end(self, file: Attached) -> bool:
        """Take what is in the log into the file, unless that is another's by now."""
        over = file.is_written_over()
        try:
            if over:
                log.warning(
                    "%s was written over while it was in use: what was put in its place counts", file.path
                )
                self._root.execute("PRAGMA disable_checkpoint_on_shutdown")
            return self._detach(file)
        finally:
            if over:
                with suppress(duckdb.Error):  # the instance may have ended with it
                    self._root.execute("PRAGMA enable_checkpoint_on_shutdown")
                Path(f"{file.path}.wal").unlink(missing_ok=True)  # it belongs to what is gone
            with suppress(OSError):  # a log that stays, as on a full disk, is for nobody else
                Path(f"{file.path}.wal").chmod(0o600)
            if file.look is not None:
                os.close(file.look)
            if file.turn is not None:
                file.turn.left = state(Path(file.path))
            give_back(file.handle)

    def _detach(self, file: Attached) -> bool:
        """Closes the file; is the instance as good as new? DuckDB keeps what memory it once had while the
        instance lives; setting the limit frees the rest."""
        big = _size_bytes(file.path) > _BIG
        try:
            if big and not self._users:
                self._limit(_TO_CLOSE)
            self._root.execute(f"DETACH {file.name}")
            if big or self._files % _GIVE_BACK_EVERY == 0:
                self._limit(_SETTINGS["memory_limit"])
        except duckdb.Error:
            return False
        finally:
            if not self._kept and not self._users:
                self._root.close()
        return not self._spill.exists()

    def give_up(self, which: Callable[[Attached], bool]) -> bool:
        over = [file for file in self.idle if which(file)]
        self.idle = [file for file in self.idle if file not in over]
        if not all([self._end(file) for file in over]):
            _ours.let_go(self)
        return bool(over)

    def _limit(self, memory: object) -> None:
        self._root.execute(f"SET GLOBAL memory_limit = '{memory}'")

    def let_go(self) -> None:
        """Ends the instance once nobody uses it."""
        self.give_up(lambda _: True)
        self._kept = False
        if not self._users:
            self._root.close()


def _size_bytes(path: str) -> int:
    """0 where the file is gone."""
    with suppress(OSError):
        return Path(path).stat().st_size
    return 0


class _Ours:
    """The instance this process keeps, if any; whoever asks for it must hold `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._kept: _Instance | None = None
        self.watched: Callable[[], None] | None = None

    def beside(self, path: Path) -> _Instance:
        if self._kept is not None and not self._kept.serves(path):
            self.let_go(self._kept)
        if self._kept is None:
            self._kept = _Instance()
            self._kept.serves(path)
        return self._kept

    def let_go(self, instance: _Instance) -> None:
        if instance is self._kept:
            self._kept = None
        instance.let_go()

    def give_up(self, which: Callable[[Attached], bool]) -> bool:
        """Lets go of those of the files that stay attached; were there any?"""
        with self.lock:
            return self._kept is not None and self._kept.give_up(which)

    def look_after(self) -> bool:
        """Gives up what was kept for long enough, or is waited for; is there anything left?"""
        with self.lock:
            self.give_up(Attached.is_over)
            if self._kept is None or not self._kept.idle:
                self.watched = None
            return self.watched is not None

    def lock_up(self) -> None:
        self.lock.acquire()
        if self._kept is not None:
            self.let_go(self._kept)

    def unlock_in_child(self) -> None:
        self.watched = None
        self.lock.release()

    def end(self) -> None:
        """Take logs into their files as the process ends; what stays attached without one goes with it."""
        if (stop := self.watched) is not None:
            stop()
        self.give_up(lambda file: _size_bytes(f"{file.path}.wal") > 0)


_ours = _Ours()
on_refusal.append(lambda lock: _ours.give_up(lambda file: os.path.sameopenfile(file.handle, lock)))
atexit.register(_ours.end)


# An instance's threads do not exist in a forked process, so parent and child each create a new one.
os.register_at_fork(
    before=_ours.lock_up, after_in_parent=_ours.lock.release, after_in_child=_ours.unlock_in_child
)
