"""What is written for one reader: digests, reports, letters."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

_WORK_TAKES = timedelta(hours=1)


def keep(path: Path, held: bytes) -> None:
    """Writes a file for its owner alone (0600), whole or not at all; a link of that name is replaced."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(held)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def drop_unfinished(folder: Path, pattern: str, now: datetime) -> None:
    """Deletes what commands that were killed left there, once nobody can be at work on it any more."""
    for path in folder.glob(pattern):
        if now - datetime.fromtimestamp(path.lstat().st_mtime, UTC) < _WORK_TAKES:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
