"""Evidence: bytes stored under their own SHA-256, written once."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from data.errors import StoreDamaged, StoreError
from data.store.engine.migrate import sync

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Vault:
    """A folder of read-only files (0400) in a folder of its own (0700); the first two digits name the
    subfolder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Stores the bytes and returns their SHA-256, 64 hex digits; they are on the disk by then."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if target.exists():
            self.get(sha256)
            os.utime(target)  # stored again: its age as an unclaimed file counts from now
            return sha256
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        _write(content, target)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises StoreError where there are none of that name, StoreDamaged where they differ."""
        path = self.path(sha256)
        if not path.exists():
            raise StoreError(f"The vault holds nothing under {sha256}.")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreDamaged(f"{path} is not what was stored under that name: its bytes were changed.")
        return content

    def names(self) -> list[str]:
        """The SHA-256 names of everything stored, in order."""
        return sorted(p.name for p in self.folder.glob("??/*") if _SHA256.fullmatch(p.name))

    def content(self, sha256: str) -> bytes | None:
        """The bytes under that name, whether or not they still match it; None where there are none."""
        path = self.path(sha256) if _SHA256.fullmatch(sha256) else None
        return path.read_bytes() if path is not None and path.is_file() else None

    def everything(self) -> list[str]:
        """The names of all files below the folder, in order; foreign files by their path."""
        found = (p for p in self.folder.rglob("*") if not p.is_dir())
        return sorted(p.name if self._own(p) else p.relative_to(self.folder).as_posix() for p in found)

    def _own(self, path: Path) -> bool:
        own = _SHA256.fullmatch(path.name) is not None
        return own and path == self.path(path.name)

    def kept_since(self, sha256: str) -> datetime:
        """When the bytes were last put, aware UTC. Raises FileNotFoundError where there are none."""
        return datetime.fromtimestamp(self.path(sha256).stat().st_mtime, UTC)

    def remove(self, sha256: str) -> None:
        """Deletes the bytes; does nothing where there are none."""
        self.path(sha256).unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the bytes of that name are, or would be. Raises StoreError if the name is not a SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise StoreError(f"“{sha256}” is not a SHA-256, which has 64 digits 0-9 and a-f.")
        return self.folder / sha256[:2] / sha256


def _write(content: bytes, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix="unfinished-")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o400)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    sync(target.parent)
