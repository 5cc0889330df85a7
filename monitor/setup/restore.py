"""A backup on its way into a home: purged by today's date, proved whole, then put in place in one move."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from data.effects import Up
from data.errors import InputError, KeyMissing, StoreBusy, StoreDamaged
from data.keeping import deletion_record, envelope
from data.keeping.deletion_record import DeletedKind, Deletions
from data.keeping.envelope import AT_REST, KeyPlace
from data.retention import backup
from data.retention.backup import Manifest
from data.retention.purge import PurgeReport, purge
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.migrate import sync
from data.store.engine.open import ASIDE
from data.store.engine.turn import LockHeld, alone
from data.store.privacy import suppressions
from data.store.service import clock as clock_store
from data.store.service import sessions
from data.store.service.clock import Trust
from monitor.config.home.paths import Paths, keep
from monitor.config.load import load
from monitor.home import wiring
from monitor.setup.home_copy import faults_of, proved_whole

_WAIT_S = 5.0
_REPLACED = (backup.EVIDENCE, backup.REPORTS, backup.CONFIG, backup.KEY, backup.DELETIONS, AT_REST)
"""What is put aside with the store. What people handed in stays, and other files are none of ours."""


def prepare(home: Path, part: Path) -> None:
    """An empty folder `part` in the home, to restore into."""
    if not home.exists():
        home.mkdir(mode=0o700, parents=True)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)


def find_key_place(home: Path, chosen: Path, key_file: Path | None) -> KeyPlace | None:
    """Place of the key of a backup: the one given, else the home's own, else systemd's.

    None where it needs none, and the home has none. Raises KeyMissing where it does,
    InputError for a key and a backup that is not encrypted.
    """
    needs = backup.encrypted_under(chosen)
    if key_file is not None and not needs:
        raise InputError(
            f"{chosen} is not encrypted. If your backups are, somebody put another in its place; if not, "
            "restore it without ⟨key⟩. Nothing was changed."
        )
    if key_file is not None:
        return KeyPlace(key_file.expanduser().resolve())
    own = envelope.read_key_place(home)
    if own is not None or not needs:
        return own
    if envelope.given_by_systemd():
        return KeyPlace(None)
    raise KeyMissing(
        f"{chosen} is encrypted, under the key {needs}. Name the file that holds it: ⟨key⟩ FILE. Without "
        "that key nobody can restore it. Nothing was changed."
    )


def keep_key_place(part: Path, home: Path, place: KeyPlace | None) -> None:
    """Names the key that is there, not the one of the machine that the backup comes from; only where evidence
    may be encrypted.
    """
    if place and ((part / AT_REST).exists() or (home / AT_REST).exists()):
        keep(part / AT_REST, place.text())


def purged(
    part: Path, where: Paths, manifest: Manifest, record: Deletions, now: datetime, up: Up
) -> PurgeReport:
    """Brings the copy up to date and deletes what is due by now, and what was deleted before.

    What was erased since the backup is not read again either.
    """
    given = part / backup.CONFIG  # how long things are kept, the backup's settings say first
    policy = load(given if given.exists() else where.config, os.environ).policy
    deletion_record.write(part / deletion_record.NAME, record.text(now))
    store = wiring.open_store(part, lambda: now)
    for copy in part.glob(f"{backup.STORE}.before-*"):
        copy.unlink()
    again = record.after(manifest.made_at)
    with store.write("record the restoring") as con:
        append(con, [AuditEntry(now, "schoolgate", "restored", "store")])
        clock_store.believe(con, Trust(now, now, None, up()))
        sessions.end_everybody(con)
        suppressions.put_back(con, again.hashes.get(DeletedKind.SUPPRESSED, ()), now)
    return purge(store, now, policy, force=True, again=again)


def refuse_faults(part: Path, manifest: Manifest) -> None:
    """Raises StoreDamaged for a fault that the backup itself did not know of."""
    _, proved, _ = proved_whole(part)
    new = [fault for fault in faults_of(proved) if fault not in manifest.faults]
    if new:
        raise StoreDamaged(f"The backup does not hold, so nothing was restored: {backup.said(new)}")


def put_in_place(home: Path, part: Path, now: datetime) -> Path | None:
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
        # files that the settings name, to where none is: one that is there may be newer, and stays
        held = part / backup.FILES
        places = [(p, home / p.relative_to(held)) for p in sorted(held.rglob("*")) if p.is_file()]
        missing = [(file, place) for file, place in places if not place.exists()]
        for _, place in missing:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = [p for p in part.iterdir() if p.name != backup.FILES]
        new.sort(key=lambda p: p.name == backup.STORE)
        _renamed([*((p, aside / p.name) for p in old), *missing, *((p, home / p.name) for p in new)])
        if old:
            os.utime(aside, (now.timestamp(), now.timestamp()))
        sync(home)
    home.chmod(0o700)
    return aside if old else None


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


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """With the store's lock, which a command that looks something up has for some milliseconds."""
    try:
        with alone(home / backup.LOCK, _WAIT_S):
            yield
    except LockHeld as held:
        raise StoreBusy(
            f"{home} is in use by {held.holder}. Let it end, then restore. Nothing was changed."
        ) from None
