"""A store whose file is opened once for many tests: what a test writes is undone at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from builders.digest import KeptOpen, kept_open
from builders.home import a_migrated_store


@dataclass
class Undone(KeptOpen):
    """Everything of a test is one transaction, rolled back at its end: to open, commit and close takes longer
    than most of what is done. A test in which a write fails needs a store of its own.
    """

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
    def read(self) -> Iterator[Any]:
        assert not self.failed, f"what {self.failed} wrote in vain could not be taken back"
        with super().read() as con:
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
