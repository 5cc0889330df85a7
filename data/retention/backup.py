"""Backups: a folder of copied files, and a manifest that names each with its SHA-256.

An encrypted one has every file in an envelope, the manifest too, but for the record of deletions, which holds
no words and is read with other backups. The hashes are of what the envelopes hold.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from data.envelope import AT_REST, HEADER_BYTES, Keyring, decrypt_parts, encrypt_parts, key_needed
from data.errors import StoreDamaged
from data.frozen import freeze
from data.store.engine.migrations import sync

FORMAT = "schoolgate-backup/1"
MANIFEST = "manifest.json"
STORE, CONFIG, KEY, DELETIONS = "schoolgate.duckdb", "schoolgate.toml", "secret.key", "deletions.log"
EVIDENCE, SPOOL, REPORTS, FILES = "evidence", "spool", "reports", "files"
LOCK = f"{STORE}.lock"
_OURS = frozenset((STORE, CONFIG, KEY, DELETIONS, AT_REST, EVIDENCE, SPOOL, REPORTS, FILES))
_NAME = re.compile(r"schoolgate-(\d{4}-\d\d-\d\dT\d{6}Z)")
_STAMP = "%Y-%m-%dT%H%M%SZ"
_CHUNK = 1 << 20
_ILL_FORMED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_Through = Callable[[IO[bytes]], Iterator[bytes]]
"""What the bytes of a file go through on their way."""


@freeze
class Manifest:
    """The contents of a backup: `files` by their path below it, with SHA-256. `migrations` are those its
    store has had; `last` is the end of its audit chain, empty if there was none; `faults` were already known
    when it was made."""

    version: str
    made_at: datetime
    migrations: tuple[str, ...]
    last: str
    files: Mapping[str, str]
    faults: tuple[str, ...] = ()


def name_for(now: datetime) -> str:
    """The folder name for a backup made now: schoolgate-2026-11-17T090000Z."""
    return f"schoolgate-{now.astimezone(UTC).strftime(_STAMP)}"


def list_backups(folder: Path) -> dict[Path, datetime]:
    """List the backups in a folder by the time in their names, oldest first."""
    found = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (match := _NAME.fullmatch(path.name)) and not path.is_symlink() and (path / MANIFEST).is_file():
            found[path] = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
    return found


def _read_chunks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(partial(file.read, _CHUNK), b"")


def _reader_of(keys: Keyring | None, name: str) -> _Through:
    """Choose how a file of a backup is read that is encrypted, or with no keys is not."""
    if keys is None or name == DELETIONS:
        return _read_chunks
    return partial(decrypt_parts, keys=keys, about=f"backup/{name}")


def _into(keys: Keyring, name: str) -> _Through:
    return _read_chunks if name == DELETIONS else partial(encrypt_parts, keys=keys, about=f"backup/{name}")


def copy_file(source: Path, target: Path, mode: int = 0o600, through: _Through = _read_chunks) -> str:
    """Copy one regular file and return the SHA-256 of what was written; that is on the disk by then. Raises
    OSError, also for a link or anything else that is not a regular file, and what `through` raises."""
    hashed = hashlib.sha256()
    with os.fdopen(os.open(source, _READ), "rb") as given:
        _folder(target.parent)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as taken:
            for chunk in through(given):
                hashed.update(chunk)
                taken.write(chunk)
            taken.flush()
            os.fsync(taken.fileno())
    target.chmod(mode)
    return hashed.hexdigest()


def _folder(path: Path) -> None:
    """Created with any missing parents, each readable by its owner only."""
    if not path.is_dir():
        _folder(path.parent)
        path.mkdir(mode=0o700)


def hash_of(path: Path, through: _Through = _read_chunks) -> str:
    """SHA-256 of a regular file's bytes. Raises OSError; a link is refused."""
    hashed = hashlib.sha256()
    with os.fdopen(os.open(path, _READ), "rb") as file:
        for chunk in through(file):
            hashed.update(chunk)
    return hashed.hexdigest()


def hash_files(folder: Path) -> dict[str, str]:
    """Hash every file below a folder except the manifest, by path, with SHA-256."""
    paths = sorted(p for p in folder.rglob("*") if not p.is_dir() and p.name != MANIFEST)
    return {p.relative_to(folder).as_posix(): hash_of(p) for p in paths}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the last file of a backup: a folder without it is not a backup."""
    document = {
        "format": FORMAT, "version": manifest.version, "made_at": manifest.made_at.isoformat(),
        "migrations": list(manifest.migrations), "last": manifest.last, "faults": list(manifest.faults),
        "files": dict(manifest.files),
    }  # fmt: skip
    path = folder / MANIFEST
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(json.dumps(document, ensure_ascii=False, indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    _sync_folders(folder)


def _sync_folders(folder: Path) -> None:
    for part in (*(p for p in folder.rglob("*") if p.is_dir()), folder):
        sync(part)


def encrypt(plain: Path, manifest: Manifest, into: Path, keys: Keyring) -> None:
    """Writes a whole backup elsewhere, encrypted, and reads it. Raises StoreDamaged where it differs."""
    for name in (*manifest.files, MANIFEST):
        copy_file(plain / name, into / name, through=_into(keys, name))
    _sync_folders(into)
    for name, sha256 in read_manifest(into, keys).files.items():
        if hash_of(into / name, _reader_of(keys, name)) != sha256:
            raise StoreDamaged(f"{into / name} is not what was written there. No backup was kept.")


def encrypted_under(folder: Path) -> str:
    """The id of the key that a backup is encrypted under, "" where it is not. Raises OSError."""
    with (folder / MANIFEST).open("rb") as file:
        return key_needed(file.read(HEADER_BYTES))


def read_manifest(folder: Path, keys: Keyring | None = None) -> Manifest:
    """Raises StoreDamaged where the manifest cannot be read, KeyMissing where none of the `keys` opens it."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            given: Any = json.loads(b"".join(_reader_of(keys, MANIFEST)(file)))
        if given["format"] != FORMAT:
            raise ValueError(f"this version does not know its format, {given['format']}")
        made = datetime.fromisoformat(given["made_at"])
        files = {_safe(name): str(sha256) for name, sha256 in given["files"].items()}
        return Manifest(
            *(str(given["version"]), made.astimezone(UTC), tuple(map(str, given["migrations"]))),
            *(str(given["last"]), files, tuple(map(str, given["faults"]))),
        )
    except FileNotFoundError:
        raise StoreDamaged(f"{folder} is not a complete backup: it has no {MANIFEST}.") from None
    except StoreDamaged as error:
        raise StoreDamaged(f"{folder}: {error}") from None
    except (OSError, *_ILL_FORMED) as error:
        raise StoreDamaged(f"{path} cannot be read as a backup's manifest: {error}") from None


def _safe(name: str) -> str:
    """A path below the backup. Raises ValueError for a path that leads anywhere else."""
    parts = PurePosixPath(name).parts
    if not parts or parts[0] not in _OURS or ".." in parts or name != "/".join(parts) or "\0" in name:
        raise ValueError(f"it names {name!r}, which is none of its files")
    return name


def fetch_files(backup: Path, manifest: Manifest, target: Path, keys: Keyring | None = None) -> Iterator[str]:
    """Copy what the manifest names, each name yielded, decrypted with `keys`. Raises StoreDamaged."""
    for name, sha256 in sorted(manifest.files.items()):
        mode = 0o400 if name.startswith(f"{EVIDENCE}/") else 0o600
        try:
            # A linked folder on the way would lead out of the backup.
            for parent in (backup / name).relative_to(backup).parents:
                if (backup / parent).is_symlink() and parent != Path():
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(backup / parent))
            found = copy_file(backup / name, target / name, mode, _reader_of(keys, name))
        except StoreDamaged as error:
            raise StoreDamaged(f"{backup}: {error} {_NOT_TAKEN}") from None
        except FileNotFoundError:
            raise StoreDamaged(f"{backup / name} is missing. {_NOT_TAKEN}") from None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
                raise StoreDamaged(f"{backup / name} is not a regular file. {_NOT_TAKEN}") from None
            raise
        if found != sha256:
            raise StoreDamaged(f"{backup / name} is not as it was written: its bytes differ. {_NOT_TAKEN}")
        yield name


_NOT_TAKEN = "Nothing was restored; take an older backup."


def sum_up_faults(faults: Sequence[str]) -> str:
    """Say the first fault, and how many more there are."""
    more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
    return f"{faults[0]}{more}"
