"""What is written for one reader: digests, reports, letters."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


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
