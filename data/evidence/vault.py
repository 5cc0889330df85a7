"""Evidence: bytes stored under their own SHA-256, written once. An earlier version may have encrypted it."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from data.envelope import HEADER_BYTES, Keyring, decrypt_parts, key_needed, read_keys
from data.errors import KeyMissing, StoreDamaged, StoreError
from data.store.engine.migrations import sync

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Vault:
    """A folder of read-only files (0400) in a folder of its own (0700); the first two digits name the
    subfolder. The name is the hash of what was put, whatever the file holds. Files that are encrypted are
    read by the key that the home around the folder names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store_bytes(self, content: bytes) -> str:
        """Store the bytes and return their SHA-256, 64 hex digits; they are on the disk by then."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if target.exists() and not self.why_locked(sha256):
            self.get(sha256)
            os.utime(target)  # stored again: its age as an unclaimed file counts from now
            return sha256
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        _write(content, target)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises StoreError where there are none, StoreDamaged where they differ, KeyMissing."""
        path = self.path(sha256)
        if not path.exists():
            raise StoreError(f"The vault holds nothing under {sha256}.")
        content = self._plain(path)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreDamaged(f"{path} is not what was stored under that name: its bytes were changed.")
        return content

    def _plain(self, path: Path) -> bytes:
        if not self.encrypted_under(path.name):
            return path.read_bytes()
        with path.open("rb") as file:
            return b"".join(decrypt_parts(file, self._keys(), f"evidence/{path.name}"))

    def _keys(self) -> Keyring:
        home = self.folder.parent
        return read_keys(home) or Keyring(f"{home}, which names no key file,", ())

    def encrypted_under(self, sha256: str) -> str:
        """The id of the key that a file is encrypted under; "" where it is not, or is not there."""
        if (path := self._there(sha256)) is None:
            return ""
        with path.open("rb") as file:
            if not (needs := key_needed(file.read(HEADER_BYTES))):
                return ""
            file.seek(0)  # what somebody handed in may itself look like an envelope
            return "" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else needs

    def list_encrypted(self) -> list[str]:
        return [name for name in self.names() if self.encrypted_under(name)]

    def why_locked(self, sha256: str) -> str:
        """Say why the bytes cannot be decrypted, a sentence: their key is missing. "" where it is not."""
        if needs := self.encrypted_under(sha256):
            try:
                self._keys().find_key(needs)
            except KeyMissing as error:
                return error.text
        return ""

    def names(self) -> list[str]:
        """The SHA-256 names of everything stored, in order."""
        return sorted(p.name for p in self.folder.glob("??/*") if _SHA256.fullmatch(p.name))

    def content(self, sha256: str) -> bytes | None:
        """The bytes under that name, whether or not they still match it; None where there are none. Raises
        KeyMissing. What was encrypted and cannot be decrypted with its key is given as it is."""
        if (path := self._there(sha256)) is None:
            return None
        try:
            return self._plain(path)
        except StoreDamaged:
            return path.read_bytes()

    def _there(self, sha256: str) -> Path | None:
        path = self.path(sha256) if _SHA256.fullmatch(sha256) else None
        return path if path is not None and path.is_file() else None

    def everything(self) -> list[str]:
        """The names of all files below the folder, in order; foreign files by their path."""
        found = (p for p in self.folder.rglob("*") if not p.is_dir())
        return sorted(p.name if self._own(p) else p.relative_to(self.folder).as_posix() for p in found)

    def _own(self, path: Path) -> bool:
        own = _SHA256.fullmatch(path.name) is not None
        return own and path == self.path(path.name)

    def drop_unfinished(self, before: datetime) -> None:
        """Deletes what a crash left of writing, unless it was written later than that."""
        for path in self.folder.glob("??/unfinished-*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()

    def kept_since(self, sha256: str) -> datetime:
        """When the bytes were last put, aware UTC. Raises FileNotFoundError where there are none."""
        return datetime.fromtimestamp(self.path(sha256).stat().st_mtime, UTC)

    def remove(self, sha256: str) -> None:
        """Deletes the bytes, and what a crash left of writing them; does nothing where there are none."""
        path = self.path(sha256)
        path.unlink(missing_ok=True)
        for left in path.parent.glob(f"unfinished-{path.name}-*"):
            left.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Return where the bytes of that name are, or would be. Raises StoreError where it is no SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise StoreError(f"“{sha256}” is not a SHA-256, which has 64 digits 0-9 and a-f.")
        return self.folder / sha256[:2] / sha256


def _write(content: bytes, target: Path) -> None:
    """Whole or not at all."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"unfinished-{target.name}-")
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
