"""Parquet files by DuckDB, written whole or not at all. No other library is needed for them."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from data.store.engine.connect import quoted
from data.store.engine.duck import duckdb
from data.store.engine.migrate import sync
from data.store.engine.rows import Connection

PART = ".part"
"""What the name of a file ends with until it is whole."""
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "1GB",
    "temp_directory": "",  # words of posts are spilled nowhere
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def connection() -> Connection:
    """To no store: for reading and writing files of their own."""
    return _instance(os.getpid()).cursor()


@functools.cache
def _instance(_process: int) -> Connection:
    """One in a process: what was forked has its own."""
    return duckdb.connect(":memory:", config=_SETTINGS)


def copy_out(rows: str, given: Mapping[str, object], to: Path) -> None:
    """Writes what this query gives into a file that is there. Raises duckdb.Error."""
    connection().execute(
        f"COPY ({rows}) TO '{quoted(to)}' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)", given
    )


@contextmanager
def whole(path: Path, mode: int = 0o600, *, over: bool = True) -> Iterator[Path]:
    """A file of our own (0600) to be written within. Then it has this name and mode, and is on the disk.

    Nothing of it stays where that fails. Without `over`, raises FileExistsError where there is one of that
    name already.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=PART)
    part = Path(name)
    try:
        yield part
        os.fchmod(handle, mode)
        os.fsync(handle)
        if over:
            part.rename(path)
        else:
            path.hardlink_to(part)
        sync(path.parent)
    finally:
        os.close(handle)
        part.unlink(missing_ok=True)
