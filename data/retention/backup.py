"""What a backup is: a folder of copied files, and a manifest that names each with its SHA-256."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from data.errors import StoreDamaged
from data.store.engine.migrate import sync

FORMAT = "schoolgate-backup/1"
MANIFEST = "manifest.json"
STORE, CONFIG, KEY, DELETIONS = "schoolgate.duckdb", "schoolgate.toml", "secret.key", "deletions.log"
EVIDENCE, SPOOL, REPORTS, FILES = "evidence", "spool", "reports", "files"
LOCK = f"{STORE}.lock"
_OURS = frozenset((STORE, CONFIG, KEY, DELETIONS, EVIDENCE, SPOOL, REPORTS, FILES))
_NAME = re.compile(r"schoolgate-(\d{4}-\d\d-\d\dT\d{6}Z)")
_STAMP = "%Y-%m-%dT%H%M%SZ"
_CHUNK = 1 << 20
_ILL_FORMED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: `files` by their path below it, with SHA-256.

    `migrations` are those its store has had; `last` is the end of its audit chain, empty if there was none;
    `faults` were already known when it was made.
    """

    version: str
    made_at: datetime
    migrations: tuple[str, ...]
    last: str
    files: Mapping[str, str]
    faults: tuple[str, ...] = ()


def name_for(now: datetime) -> str:
    """The folder name for a backup made now: schoolgate-2026-11-17T090000Z."""
    return f"schoolgate-{now.astimezone(UTC).strftime(_STAMP)}"


def named(folder: Path) -> dict[Path, datetime]:
    """The backups in a folder by the time in their names, oldest first."""
    found = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (match := _NAME.fullmatch(path.name)) and not path.is_symlink() and (path / MANIFEST).is_file():
            found[path] = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
    return found


def copied(source: Path, target: Path, mode: int = 0o600) -> str:
    """Copies one regular file and returns its SHA-256; the copy is on the disk by then.

    Raises OSError, also for a link or anything else that is not a regular file.
    """
    hashed = hashlib.sha256()
    with os.fdopen(os.open(source, _READ), "rb") as given:
        _folder(target.parent)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as taken:
            while chunk := given.read(_CHUNK):
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


def hash_of(path: Path) -> str:
    """SHA-256 of a regular file's bytes. Raises OSError; a link is refused."""
    with os.fdopen(os.open(path, _READ), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listed(folder: Path) -> dict[str, str]:
    """Every file below a folder except the manifest, by path, with its SHA-256."""
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
    for part in (*(p for p in folder.rglob("*") if p.is_dir()), folder):
        sync(part)


def read_manifest(folder: Path) -> Manifest:
    """Raises StoreDamaged where the manifest is missing or cannot be read."""
    path = folder / MANIFEST
    try:
        given: Any = json.loads(path.read_bytes())
        if given["format"] != FORMAT:
            raise StoreDamaged(f"{path} has a format that this version does not know: {given['format']}.")
        made = datetime.fromisoformat(given["made_at"])
        files = {_safe(name): str(sha256) for name, sha256 in given["files"].items()}
        return Manifest(
            *(str(given["version"]), made.astimezone(UTC), tuple(map(str, given["migrations"]))),
            *(str(given["last"]), files, tuple(map(str, given["faults"]))),
        )
    except FileNotFoundError:
        raise StoreDamaged(f"{folder} is not a complete backup: it has no {MANIFEST}.") from None
    except (OSError, *_ILL_FORMED) as error:
        raise StoreDamaged(f"{path} cannot be read as a backup's manifest: {error}") from None


def _safe(name: str) -> str:
    """A path below the backup. Raises ValueError for a path that leads anywhere else."""
    parts = PurePosixPath(name).parts
    if not parts or parts[0] not in _OURS or ".." in parts or name != "/".join(parts) or "\0" in name:
        raise ValueError(f"it names {name!r}, which is none of its files")
    return name


def fetched(backup: Path, manifest: Manifest, target: Path) -> Iterator[str]:
    """Copies what the manifest names, yielding each name. Raises StoreDamaged for a file that is not as it
    says.
    """
    for name, sha256 in sorted(manifest.files.items()):
        mode = 0o400 if name.startswith(f"{EVIDENCE}/") else 0o600
        try:
            _refuse_links(backup, name)
            found = copied(backup / name, target / name, mode)
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


def _refuse_links(backup: Path, name: str) -> None:
    """A linked folder on the way would lead out of the backup."""
    for parent in (backup / name).relative_to(backup).parents:
        if (backup / parent).is_symlink() and parent != Path():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(backup / parent))


def said(faults: Sequence[str]) -> str:
    """The first fault, and how many more there are."""
    more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
    return f"{faults[0]}{more}"
