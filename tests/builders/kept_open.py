"""Stores whose file is opened once for many tests, and what a test writes is taken out again."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from builders.home import a_migrated_store

from data.errors import InputError


@dataclass
class KeptOpen:
    """A store whose file is opened once; each write is a transaction of its own, as ever. Nothing is read or
    written while something else is: a real store would wait for ever."""

    home: Path
    con: Any
    in_use: str = ""

    @property
    def evidence(self):
        return self.home / "evidence"

    @property
    def path(self):
        return self.home / "schoolgate.duckdb"

    @contextmanager
    def write(self, purpose):
        assert not self.in_use, f"{purpose} would wait for {self.in_use}"
        self.in_use = purpose
        self.con.execute("BEGIN")
        try:
            yield self.con
        except BaseException:
            self.con.execute("ROLLBACK")
            raise
        else:
            self.con.execute("COMMIT")
        finally:
            self.in_use = ""

    @contextmanager
    def open_reader(self):
        assert self.in_use in ("", "read"), f"reading would wait for {self.in_use}"
        before, self.in_use = self.in_use, "read"
        try:
            yield self.con
        finally:
            self.in_use = before


@contextmanager
def kept_open(store):
    """The store opened once for a whole test: opening it costs more than most of what is done with it."""
    with store.alone("test") as con:
        yield KeptOpen(store.home, con)


@contextmanager
def emptied(opened, home):
    """The opened store for one test, empty again afterwards. Its evidence is in `home`."""
    yield KeptOpen(home, opened.con)
    filled = "SELECT table_name FROM duckdb_tables() WHERE table_name <> 'migrations' AND estimated_size > 0"
    for (table,) in opened.con.execute(filled).fetchall():
        opened.con.execute(f"DELETE FROM {table}")


@dataclass
class Undone(KeptOpen):
    """Everything of a test is one transaction, rolled back at its end: to open, commit and close takes longer
    than most of what is done. A test in which a write fails needs a store of its own."""

    judges: Any = None
    failed: str = ""

    @contextmanager
    def write(self, purpose: str) -> Iterator[Any]:
        assert not self.failed, f"what {self.failed} wrote in vain could not be taken back"
        assert not self.in_use, f"{purpose} would wait for {self.in_use}"
        self.in_use = purpose
        try:
            yield self.con
        except BaseException:
            self.failed = purpose
            raise
        finally:
            self.in_use = ""

    @contextmanager
    def open_reader(self) -> Iterator[Any]:
        assert not self.failed, f"what {self.failed} wrote in vain could not be taken back"
        with super().open_reader() as con:
            yield con


@contextmanager
def undone_in(opened: KeptOpen, home: Path) -> Iterator[Undone]:
    """The opened store for one test. Its evidence is in `home`."""
    opened.con.execute("BEGIN")
    try:
        yield Undone(home, opened.con)
    finally:
        opened.con.execute("ROLLBACK")


@pytest.fixture(scope="module")
def opened_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptOpen]:
    """An empty store, opened once for the tests of a file."""
    with kept_open(a_migrated_store(tmp_path_factory.mktemp("opened"))) as found:
        yield found


@pytest.fixture
def undone(opened_store: KeptOpen, tmp_path: Path) -> Iterator[Undone]:
    """An empty store for one test."""
    with undone_in(opened_store, tmp_path) as store:
        yield store


class _RolledBack(InputError):
    """Everything was looked at: nothing of it stays, and nothing is wrong with the file."""


@contextmanager
def rolled_back(store):
    """The connection of a store of its own, in a transaction of which nothing stays."""
    with suppress(_RolledBack), store.write("test") as con:
        yield con
        raise _RolledBack
