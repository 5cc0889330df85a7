"""A copy of a home, written while everything goes on and read again: what a backup is made of."""

from __future__ import annotations

import os
import shutil
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from data.effects import Clock
from data.errors import ConfigError, InputError, StoreDamaged, StoreError, refused
from data.evidence.vault import Vault
from data.keeping import deletion_record
from data.keeping.envelope import AT_REST, Keyring
from data.retention import backup
from data.retention.backup import Manifest
from data.store.cases.evidence_files import all_named
from data.store.engine.damage import read_whole
from data.store.engine.migrate import applied, copy_database, sync
from data.store.engine.open import BACKING_UP, Store
from monitor.act.casework.evidence.proving import Proof, prove, read_evidence
from monitor.config.home import paths
from monitor.config.load import load
from monitor.home import wiring
from monitor.pipeline import spool
from monitor.reports.weekly import FOLDER as REPORTS
from monitor.terminal.output import Say

UNFINISHED = ".unfinished-"
"""How the name of a copy begins that is not whole yet."""
_RAW = ".raw"
_NOTED = 1000
"""After so many files it says how far it has got."""
_TRIES = 3
"""So often the store is copied anew, where evidence that it names was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class HomeCopy:
    """A backup that was written and read again: where it is, what is in it, how many rows."""

    folder: Path
    manifest: Manifest
    proved: Proof
    rows: int


def copy_home(
    store: Store,
    where: paths.Paths,
    into: Path,
    note: Say,
    clock: Clock,
    keys: Keyring | None,
    *,
    with_faults: bool,
) -> HomeCopy:
    """A new folder in `into` with all that is in the home; nothing is left where it could not be written.

    With `keys` the copy is made beside the store, which is not encrypted either, and only what is comes into
    the folder. Raises InputError where one of this second is there, StoreError where it cannot
    be written, StoreDamaged where what was copied does not hold and that is not wanted (`with_faults`),
    KeyMissing.
    """
    now = clock()
    folder = into / backup.name_for(now)
    if folder.exists():
        raise InputError(f"{folder} is there already: a backup of this second. Begin again.")
    part = into / f"{UNFINISHED}{folder.name}"
    beside = partial(TemporaryDirectory, prefix=BACKING_UP, dir=where.home, ignore_cleanup_errors=True)
    try:
        part.mkdir(mode=0o700)
        with beside() if keys else nullcontext(str(part)) as place:
            work = Path(place)
            made_at = _filled(work, store, where, note, clock)
            note("reading it again …")
            made = _verified(work, made_at, folder, with_faults=with_faults)
            backup.write_manifest(work, made.manifest)
            if keys:
                note("encrypting it …")
                backup.encrypt(work, made.manifest, part, keys)
        part.rename(folder)
        sync(into)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        said = f"The backup could not be written, and nothing of it is left. {refused(error)}"
        raise StoreError(said) from error
    return made


def _filled(part: Path, store: Store, where: paths.Paths, note: Say, clock: Clock) -> datetime:
    """Copies everything; gives the moment at which the store was copied.

    What people handed in comes before the store, which may have taken it in meanwhile; evidence comes before
    the rows that name it, and is deleted after them.
    """
    for path in (*spool.waiting(where.home), *spool.broken_off(where.home)):
        with suppress(FileNotFoundError):  # it was taken in meanwhile
            backup.copied(path, part / backup.SPOOL / path.name)
    vault, kept = Vault(store.evidence), Vault(part / backup.EVIDENCE)
    names = vault.names()
    for n, name in enumerate(names):
        if n % _NOTED == 0:
            note(f"copying evidence: {n:,} of {len(names):,} files …")
        _copy_evidence(vault, kept, name)
    note("copying the store …")
    for _ in range(_TRIES):
        made_at = clock()
        wanted = _copy_store(store, part)
        if all([_copy_evidence(vault, kept, name) for name in sorted(wanted - set(kept.names()))]):
            break
    for name in set(kept.names()) - wanted:
        kept.remove(name)
    _copy_beside(part, where)
    return made_at


def _copy_evidence(vault: Vault, kept: Vault, name: str) -> bool:
    """Was it there to be copied?"""
    try:
        backup.copied(vault.path(name), kept.path(name), 0o400)
    except FileNotFoundError:
        return False
    return True


def _copy_store(store: Store, part: Path) -> frozenset[str]:
    """The tables and the record of deletions, of one moment; gives the evidence that they name.

    Whoever would write waits only while the file's bytes are copied. What was deleted is still among them, so
    the tables are then written anew from those.
    """
    raw, record = part / _RAW, store.home / deletion_record.NAME
    for left in (part / backup.STORE, part / backup.DELETIONS):
        left.unlink(missing_ok=True)
    raw.mkdir(mode=0o700)
    with store.read() as con:
        named = all_named(con)
        for name in (backup.STORE, f"{backup.STORE}.wal"):
            if (store.home / name).exists():
                shutil.copyfile(store.home / name, raw / name)
        if record.exists():
            backup.copied(record, part / backup.DELETIONS)
    try:
        with wiring.open_store(raw, migrate=False).alone("back up") as con:
            copy_database(con, part / backup.STORE)
    except StoreDamaged as error:  # it is the store that does not hold, not the copy of its bytes
        said = str(error).replace(str(raw / backup.STORE), str(store.path))
        raise StoreDamaged(said) from error
    shutil.rmtree(raw)
    return named


def _copy_beside(part: Path, where: paths.Paths) -> None:
    if where.config.exists():
        backup.copied(where.config.resolve(), part / backup.CONFIG)
    for own in (backup.KEY, AT_REST):
        if (where.home / own).exists():
            backup.copied(where.home / own, part / own)
    for path in sorted((where.home / REPORTS).glob("*")):
        if path.is_file():
            backup.copied(path, part / backup.REPORTS / path.name)
    for name in files_named(where) or ():
        backup.copied((where.home / name).resolve(), part / backup.FILES / name)


def files_named(where: paths.Paths) -> tuple[Path, ...] | None:
    """Files below the home that the settings name, by their path there; None where these have a fault."""
    try:
        config = load(where.config, os.environ) if where.config.exists() else None
    except ConfigError:
        return None
    named = (*config.files(), *((config.register,) if config.register else ())) if config else ()
    home = where.home.absolute()
    files = {file for path in named for file in (path, *path.glob("*")) if file.is_file()}
    return tuple(sorted(file.relative_to(home) for file in files if file.is_relative_to(home)))


def _verified(part: Path, made_at: datetime, folder: Path, *, with_faults: bool) -> HomeCopy:
    """What was written, read again. Raises StoreDamaged where it does not hold."""
    rows, proved, done = proved_whole(part)
    faults = faults_of(proved)
    if faults and not with_faults:
        raise StoreDamaged(
            f"What was copied does not hold, so no backup was kept: {backup.said(faults)} See: schoolgate "
            "evidence verify. To keep a backup all the same: --with-faults"
        )
    manifest = Manifest(version("schoolgate"), made_at, done, proved.last or "", backup.listed(part), faults)
    return HomeCopy(folder, manifest, proved, rows)


def proved_whole(folder: Path) -> tuple[int, Proof, tuple[str, ...]]:
    """How many rows a copied home has, what proves it, and the migrations it has had; every table is read.

    Raises StoreError where it cannot be.
    """
    copy = wiring.open_store(folder, migrate=False)
    vault = Vault(copy.evidence)
    present = vault.everything()
    try:
        with copy.read() as con:
            rows = read_whole(con)
            done, held = applied(con), read_evidence(con)
    finally:
        for left in folder.glob(f"{backup.LOCK}*"):
            left.unlink()
    return rows, prove(held, vault, present=present), done


def faults_of(proved: Proof) -> tuple[str, ...]:
    """What does not hold, a sentence each."""
    return tuple(f"{fault.where}. {fault.said}" for fault in proved.faults)
