"""`schoolgate restore`: puts a backup in a home's place, purged by today's date before it can be read."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data import backup, deletions
from data.backup import Manifest
from data.clock_trust import LEAP, Trust
from data.deletions import Deletions
from data.effects import Clock, Up, uptime, utc_now
from data.errors import ConfigError, InputError, StoreBusy, StoreDamaged, StoreError, StoreTooNew
from data.retention import COPIES_KEPT, PurgeReport, purge
from data.store import clock as clock_store
from data.store import leases
from data.store.audit import AuditEntry, append
from data.store.lock import LockHeld, give_back, take
from data.store.migrate import sync
from data.store.migrations import MIGRATIONS
from data.store.open import ASIDE, RESTORING
from data.types import Policy
from monitor import paths, wiring
from monitor.commands.backup import proved_whole
from monitor.config import load
from monitor.config_model import DEFAULT_HEALTH_PORT
from monitor.refusals import refused
from monitor.service.asking import complaints_of
from monitor.service.holder import NAME, dead

Say = Callable[[str], None]
_WAIT_S = 5.0
_REPLACED = (backup.EVIDENCE, backup.REPORTS, backup.CONFIG, backup.KEY, backup.DELETIONS)
"""What goes aside besides the store. What people handed in stays, and other files are none of ours."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: from where, with which record of deletions, in place of what is there or not."""

    source: Path
    deletions: Path | None = None
    replace: bool = False


def run(
    wanted: Wanted,
    *,
    where: paths.Paths,
    say: Say,
    note: Say,
    clock: Clock = utc_now,
    up: Up = uptime,
) -> int:
    """Restores; 0 then. Nothing of the home is changed until the last moment; what was there is kept aside.

    Raises InputError where it may not be, StoreDamaged for a backup that does not hold, StoreTooNew for one
    of a newer version.
    """
    began, chosen = clock(), _chosen(wanted.source)
    manifest = backup.read_manifest(chosen)
    _refuse_unknown(chosen, manifest, began)
    _refuse_running(where, began)
    _refuse_data(where.home, wanted.replace)
    record = _record(where.home, chosen, manifest, wanted.deletions, began)
    part = where.home / RESTORING
    try:
        _prepare(where.home, part)
        note(f"copying {len(manifest.files):,} files of {chosen} …")
        for _ in backup.fetched(chosen, manifest, part):
            pass
        gone = _purged(part, where, manifest, record, began, up)
        note("reading it again …")
        _refuse_faults(part, manifest)
        aside = _put_in_place(where.home, part, began)
    except OSError as error:
        raise StoreError(f"Nothing was restored. {refused(error)}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    for line in _lines(chosen, manifest, gone, aside, where.home):
        say(line)
    for line in _of_the_record(record, manifest, began):
        say(line)
    say("What is to be done now: schoolgate doctor, then start the service again.")
    return 0


def _chosen(source: Path) -> Path:
    """The backup itself, or the newest of those in the folder. Raises InputError where there is none."""
    folder = source.expanduser().absolute()
    if (folder / backup.MANIFEST).is_file():
        return folder
    if folder.is_dir() and (held := backup.named(folder)):
        return list(held)[-1]
    if folder.is_dir() and (folder / backup.STORE).is_file():
        raise InputError(f"{folder} is no backup, or was not finished: it has no {backup.MANIFEST}.")
    raise InputError(
        f"{source} is no backup, and holds none. Backups are folders: schoolgate-2026-11-17T090000Z"
    )


def _refuse_unknown(chosen: Path, manifest: Manifest, now: datetime) -> None:
    known = tuple(m.name for m in MIGRATIONS)
    if manifest.migrations != known[: len(manifest.migrations)]:
        raise StoreTooNew(
            f"{chosen} was made by a newer Schoolgate ({manifest.version}). Install that version or a later "
            "one, then restore. Nothing was changed."
        )
    if now < manifest.made_at - LEAP:
        raise InputError(
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, but the backup is of "
            f"{manifest.made_at:%Y-%m-%d %H:%M} UTC. What is due is deleted by "
            "today's date, so set the clock first. Nothing was changed."
        )


def _refuse_running(where: paths.Paths, now: datetime) -> None:
    """Raises InputError while a service serves the home; where its store is damaged, the service is asked."""
    said = f"The service runs for {where.home}. End it first, then restore. Nothing was changed."
    if complaints_of(where.home, _health_port(where)) is not None:
        raise InputError(said)
    if not where.store.exists():
        return
    try:
        with wiring.open_store(where.home, migrate=False, wait_s=5.0).read() as con:
            lease = leases.held(con, NAME)
    except StoreBusy:
        raise
    except StoreError:  # damaged, or of another version: that is why it is restored
        return
    if lease is not None and lease.held_until > now and not dead(lease.holder):
        raise InputError(f"{said} It is {lease.holder}.")


def _health_port(where: paths.Paths) -> int:
    try:
        return load(where.config, os.environ).serve.health_port
    except ConfigError:
        return DEFAULT_HEALTH_PORT


def _refuse_data(home: Path, replace: bool) -> None:
    has = [name for name in (backup.STORE, backup.EVIDENCE) if (home / name).exists()]
    if has and not replace:
        raise InputError(
            f"{home} holds data already ({', '.join(has)}). To put the backup in its place, and keep what is "
            f"there aside for {COPIES_KEPT.days} days: --replace. Nothing was changed."
        )


def _record(home: Path, chosen: Path, manifest: Manifest, given: Path | None, now: datetime) -> Deletions:
    """All that is known of deletions: the home's record, the one given, those of the backups there.

    Where an earlier restoring broke off, the home's record lies with what was put aside.
    """
    held = [deletions.read(home / deletions.NAME, now)]
    held += [deletions.read(path / deletions.NAME, _changed(path)) for path in home.glob(f"{ASIDE}*")]
    if given is not None:
        file = given.expanduser()
        found = deletions.read(file, _changed(file)) if file.is_file() else Deletions()
        if not found.spans:
            raise InputError(f"{given} is no record of deletions. It is a file named {deletions.NAME}.")
        held.append(found)
    beside = {path: made for path, made in backup.named(chosen.parent).items() if path != chosen}
    held += [deletions.read(path / deletions.NAME, made) for path, made in beside.items()]
    held.append(deletions.read(chosen / deletions.NAME, manifest.made_at))
    return deletions.together(held)


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _prepare(home: Path, part: Path) -> None:
    if not home.exists():
        home.mkdir(mode=0o700, parents=True)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)


def _purged(
    part: Path, where: paths.Paths, manifest: Manifest, record: Deletions, now: datetime, up: Up
) -> PurgeReport:
    """Brings the copy up to date and deletes what is due by now, and what was deleted before."""
    policy = _policy(part, where)
    deletions.write(part / deletions.NAME, record.text(now))
    store = wiring.open_store(part, lambda: now)
    for copy in part.glob(f"{backup.STORE}.before-*"):
        copy.unlink()
    with store.write("record the restoring") as con:
        append(con, [AuditEntry(now, "schoolgate", "restored", "store")])
        clock_store.believe(con, Trust(now, now, None, up()))
    return purge(store, now, policy, force=True, again=record.after(manifest.made_at))


def _policy(part: Path, where: paths.Paths) -> Policy:
    """How long things are kept: by the backup's settings, else by those of the home."""
    if (part / backup.CONFIG).exists():
        return load(part / backup.CONFIG, os.environ).policy
    return load(where.config, os.environ).policy


def _refuse_faults(part: Path, manifest: Manifest) -> None:
    """What the backup itself knew of is no new fault."""
    _, proved, _ = proved_whole(part)
    faults = [f"{fault.where}. {fault.said}" for fault in proved.faults]
    new = [fault for fault in faults if fault not in manifest.faults]
    if new:
        raise StoreDamaged(f"The backup does not hold, so nothing was restored: {backup.said(new)}")


def _put_in_place(home: Path, part: Path, now: datetime) -> Path | None:
    """Changes the old for the new while nobody can open the store; gives where the old lies, if any.

    The old store goes first and the new one comes last: should we be ended between, there is none, and
    whoever would open it is told what to do.
    """
    aside = home / f"{ASIDE}{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    with _locked(home):
        old = [
            path
            for path in (*sorted(home.glob(f"{backup.STORE}*")), *(home / name for name in _REPLACED))
            if path.exists() and not path.name.startswith(backup.LOCK)
        ]
        if old:
            aside.mkdir(mode=0o700)
        _keep_what_waits(home / backup.SPOOL, part / backup.SPOOL)
        missing = _missing(home, part / backup.FILES)
        new = [p for p in part.iterdir() if p.name != backup.FILES]
        new.sort(key=lambda p: p.name == backup.STORE)
        _renamed([*((p, aside / p.name) for p in old), *missing, *((p, home / p.name) for p in new)])
        if old:
            os.utime(aside, (now.timestamp(), now.timestamp()))
        sync(home)
    home.chmod(0o700)
    return aside if old else None


def _missing(home: Path, held: Path) -> list[tuple[Path, Path]]:
    """Files that the settings name, to where none is: one that is there may be newer, and stays."""
    places = [(p, home / p.relative_to(held)) for p in sorted(held.rglob("*")) if p.is_file()]
    moves = [(file, place) for file, place in places if not place.exists()]
    for _, place in moves:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return moves


def _renamed(moves: Sequence[tuple[Path, Path]]) -> None:
    """All of them, or none."""
    done: list[tuple[Path, Path]] = []
    try:
        for old, new in moves:
            old.rename(new)
            done.append((old, new))
    except BaseException:
        for old, new in reversed(done):
            new.rename(old)
        raise


def _keep_what_waits(there: Path, new: Path) -> None:
    """What people handed in since stays, beside what the backup holds."""
    if not there.is_dir():
        return
    for path in sorted(new.glob("*")):
        if not (there / path.name).exists():
            path.rename(there / path.name)
    shutil.rmtree(new, ignore_errors=True)


def _taken(lock: Path) -> int:
    """The store's lock: a command that looks something up has it for some milliseconds."""
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            return take(lock, shared=False)
        except LockHeld as held:
            if time.monotonic() > until:
                raise StoreBusy(
                    f"{lock.parent} is in use by {held.holder}. Let it end, then restore. "
                    "Nothing was changed."
                ) from None
        time.sleep(0.01)


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    handle = _taken(home / backup.LOCK)
    try:
        yield
    finally:
        give_back(handle)


def _lines(
    chosen: Path, manifest: Manifest, gone: PurgeReport, aside: Path | None, home: Path
) -> Iterator[str]:
    yield f"Restored to {home}: {chosen}, as it was on {manifest.made_at:%Y-%m-%d at %H:%M} UTC."
    due = gone.deleted + gone.stubs
    yield f"Deleted before it could be read: posts {due:,}, cases {gone.cases:,} (due, or deleted before)."
    for fault in manifest.faults:
        yield f"  known fault: {fault}"
    if aside is not None:
        yield f"What was there lies in {aside}; it is deleted after {COPIES_KEPT.days} days."
    yield "What was done since then (cases, acknowledgments, settings) is not in it."


def _of_the_record(record: Deletions, manifest: Manifest, began: datetime) -> Iterator[str]:
    """Where it cannot be known what was deleted since the backup was made, it is said."""
    since = record.known_to(manifest.made_at)
    if since >= began:
        return
    yield (
        f"The record of deletions since {since:%Y-%m-%d %H:%M} UTC is missing. What was deleted then for "
        f"another reason than its age (handed over, for one) may be here again. If you have {deletions.NAME} "
        "elsewhere, restore anew with it: --deletions FILE --replace. If not, look through it, and tell your "
        "data-protection officer."
    )
