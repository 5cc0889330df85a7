"""`schoolgate backup`: a copy of the home that can be restored, while everything goes on."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from data import backup, deletions
from data.backup import Manifest
from data.effects import Clock, Up, uptime, utc_now
from data.errors import ConfigError, InputError, StoreDamaged, StoreError
from data.retention import COPIES_KEPT
from data.store import clock as clock_store
from data.store.damage import read_whole
from data.store.evidence import all_named
from data.store.migrate import applied, copy_database, sync
from data.store.open import Store
from data.vault import Vault
from monitor import paths, spool, wiring
from monitor.casework.proving import Proved, hold, prove
from monitor.config import load
from monitor.refusals import refused
from monitor.secret_key import NAME as KEY
from monitor.weekly_signing import FOLDER as REPORTS

Say = Callable[[str], None]
_UNFINISHED, _RAW = ".unfinished-", ".raw"
_NOTED = 1000
"""After so many files it says how far it has got."""
_TRIES = 3
"""So often the store is copied anew, where evidence that it names was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: where to, for how many days older ones are kept, whether with faults."""

    into: Path
    keep: int | None = None
    with_faults: bool = False


def run(
    wanted: Wanted,
    *,
    where: paths.Paths,
    say: Say,
    note: Say,
    clock: Clock = utc_now,
    up: Up = uptime,
) -> int:
    """Makes a backup, looks whether it holds, and deletes older ones that are overdue; 0 then.

    Raises InputError for a folder that cannot be meant, StoreError where it cannot be written, StoreDamaged
    where what was copied does not hold: then none is kept.
    """
    if not where.store.exists():
        raise StoreError(f"There is no store at {where.store}, so there is nothing to back up.")
    store = wiring.open_store(where.home, clock)
    into = _into(wanted.into, where.home)
    with _alone(into):
        _begin_the_record(store, clock())
        made = _made(store, where, into, wanted, note, clock)
        say(f"{made.folder}: {_counted(made)}.")
        for fault in made.manifest.faults:
            say(f"  known fault: {fault}")
        if _named(where) is None:
            say(f"{where.config.name} has a fault, so files that it names are not in it.")
        _tidy(store, into, made, wanted.keep, say, up)
    return 0


def _begin_the_record(store: Store, now: datetime) -> None:
    """From the first backup on it must be known what is deleted."""
    if not (store.home / deletions.NAME).exists():
        with store.write("begin the record of deletions"):  # nobody deletes meanwhile
            deletions.add(store.home, now, {})


@dataclass(frozen=True, slots=True)
class _Made:
    folder: Path
    manifest: Manifest
    proved: Proved
    rows: int


def _counted(made: _Made) -> str:
    return (
        f"{made.rows:,} rows, {made.proved.rows:,} of them of the audit chain, and {made.proved.files:,} "
        "files of evidence. Read again after writing, and whole"
    )


def _into(folder: Path, home: Path) -> Path:
    """The folder that holds backups. Raises InputError where it is not there: its disk may not be mounted."""
    target = folder.expanduser().resolve()
    if target.is_relative_to(home.resolve()):
        raise InputError(
            f"{folder} lies within {home}, which is what is backed up. Name a folder elsewhere, best on "
            "another disk."
        )
    if target.exists() and not target.is_dir():
        raise InputError(f"{folder} is a file. Name a folder to put the backup into.")
    if not target.exists():
        raise InputError(
            f"{target} is not there. Is its disk mounted? If it is, make the folder, as the account that "
            f"runs this: mkdir -m 700 {target}. Nothing was written."
        )
    if not os.access(target, os.W_OK | os.X_OK):
        raise InputError(
            f"This account may not write into {target}. Give it the folder (chown), or look whether its disk "
            "can be written. Nothing was written."
        )
    return target


@contextmanager
def _alone(into: Path) -> Iterator[None]:
    """One backup at a time in a folder; what an earlier one left unfinished is deleted."""
    handle = os.open(into, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network's disk may know no locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"Another backup is being written into {into}. Let it end first.") from None
            for left in into.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(handle)


def _made(store: Store, where: paths.Paths, into: Path, wanted: Wanted, note: Say, clock: Clock) -> _Made:
    now = clock()
    folder = into / backup.name_for(now)
    if folder.exists():
        raise InputError(f"{folder} is there already: a backup of this second. Begin again.")
    part = into / f"{_UNFINISHED}{folder.name}"
    try:
        part.mkdir(mode=0o700)
        made_at = _filled(part, store, where, note, clock)
        note("reading it again …")
        made = _verified(part, made_at, wanted, folder)
        backup.write_manifest(part, made.manifest)
        part.rename(folder)
        sync(into)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise StoreError(
            f"The backup could not be written, and nothing of it is left. {refused(error)}"
        ) from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
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
    raw, record = part / _RAW, store.home / deletions.NAME
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
    if (where.home / KEY).exists():
        backup.copied(where.home / KEY, part / backup.KEY)
    for path in sorted((where.home / REPORTS).glob("*")):
        if path.is_file():
            backup.copied(path, part / backup.REPORTS / path.name)
    for name in _named(where) or ():
        backup.copied((where.home / name).resolve(), part / backup.FILES / name)


def _named(where: paths.Paths) -> tuple[Path, ...] | None:
    """Files below the home that the settings name, by their path there; None where these have a fault."""
    try:
        named = load(where.config, os.environ).files() if where.config.exists() else ()
    except ConfigError:
        return None
    home = where.home.absolute()
    files = {file for path in named for file in (path, *path.glob("*")) if file.is_file()}
    return tuple(sorted(file.relative_to(home) for file in files if file.is_relative_to(home)))


def _verified(part: Path, made_at: datetime, wanted: Wanted, folder: Path) -> _Made:
    """What was written, read again. Raises StoreDamaged where it does not hold."""
    rows, proved, done = proved_whole(part)
    faults = tuple(f"{fault.where}. {fault.said}" for fault in proved.faults)
    if faults and not wanted.with_faults:
        raise StoreDamaged(
            f"What was copied does not hold, so no backup was kept: {backup.said(faults)} See: schoolgate "
            "evidence verify. To keep a backup all the same: --with-faults"
        )
    manifest = Manifest(version("schoolgate"), made_at, done, proved.last or "", backup.listed(part), faults)
    return _Made(folder, manifest, proved, rows)


def proved_whole(folder: Path) -> tuple[int, Proved, tuple[str, ...]]:
    """How many rows a copied home has, what proves it, and the migrations it has had; every table is read.

    Raises StoreError where it cannot be.
    """
    copy = wiring.open_store(folder, migrate=False)
    vault = Vault(copy.evidence)
    present = vault.everything()
    try:
        with copy.read() as con:
            rows = read_whole(con)
            done, held = applied(con), hold(con)
    finally:
        for left in folder.glob(f"{backup.LOCK}*"):
            left.unlink()
    return rows, prove(held, vault, present=present), done


def _tidy(store: Store, into: Path, made: _Made, keep: int | None, say: Say, up: Up) -> None:
    """Deletes what is older than `keep` days, or says what is older than a week."""
    now = made.manifest.made_at
    days = timedelta(days=keep) if keep is not None else COPIES_KEPT
    old = [p for p, at in backup.named(into).items() if now - at > days and p != made.folder]
    if not old:
        return
    if keep is None:
        say(
            f"Older than {COPIES_KEPT.days} days, and holding what has been deleted since: {len(old)} there. "
            f"To delete them each time: schoolgate backup {into} --keep {COPIES_KEPT.days}"
        )
        return
    with store.read() as con:
        trust = clock_store.seen(con, now, up())
    if trust.until is not None:
        say("The clock is not where it must be, so no older backup was deleted. See: schoolgate doctor")
        return
    for path in old:
        shutil.rmtree(path)
    say(f"Older than {keep} days, and deleted: {len(old)}.")
