"""A home whose evidence and backups are encrypted."""

from __future__ import annotations

from pathlib import Path

from data.keeping import at_rest
from data.keeping.at_rest import AtRest


def a_key_file(path: Path, *keys: bytes) -> Path:
    """A file with these keys, the first of which encrypts, for its owner alone."""
    path.write_bytes(at_rest.key_text(keys))
    path.chmod(0o600)
    return path


def encrypting(home: Path, key_file: Path | None) -> None:
    """The home has its keys there from now on; None: the systemd credential."""
    (home / at_rest.NAME).write_bytes(AtRest(key_file).text())
