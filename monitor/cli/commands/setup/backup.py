"""`schoolgate backup`: a copy of the home that can be restored, while everything goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.effects import uptime, utc_now
from data.errors import InputError, StoreError
from monitor.cli.commands.options import HomeOptions
from monitor.config.home.paths import find
from monitor.home import wiring
from monitor.terminal.output import say, tell

if TYPE_CHECKING:
    from data.keeping.envelope import Keyring
    from data.store.engine.open import Store
    from monitor.setup.home_copy import HomeCopy


def backup(
    opts: HomeOptions,
    into: Annotated[Path, Argument(metavar="DIR", help="The folder that holds your backups.")],
    keep: Annotated[
        int | None,
        Option("--keep", metavar="DAYS", min=1, help="Then delete backups older than so many days."),
    ] = None,
    with_faults: Annotated[
        bool,
        Option("--with-faults", help="Keep it even where evidence verify finds faults in what is there."),
    ] = False,
    key: Annotated[
        Path | None,
        Option("--key", metavar="FILE", help="Encrypt it under the first key in this file."),
    ] = None,
) -> None:
    """Copy everything into a new folder in DIR, while the service goes on; read again after writing.

    \b
    Examples:
      schoolgate backup /mnt/backup/schoolgate
      schoolgate backup /mnt/backup/schoolgate --keep 7
      schoolgate backup /mnt/backup/schoolgate --key /etc/schoolgate/backup.key
    """
    # Raises InputError for a folder that cannot be meant, StoreError where it cannot be written, StoreDamaged
    # where what was copied does not hold, KeyMissing where it cannot be encrypted: then none is kept.
    from monitor.setup.home_copy import copy_home, files_named

    where = find(os.environ, opts.home, opts.config)
    if not where.store.exists():
        raise StoreError(f"There is no store at {where.store}, so there is nothing to back up.")
    store = wiring.open_store(where.home, utc_now)
    folder, key = _into(into, where.home), key and key.expanduser().resolve()
    keys = _keys(where.home, key)
    with _alone(folder):
        _begin_the_record(store)
        made = copy_home(store, where, folder, tell, utc_now, keys, with_faults=with_faults)
        say(
            f"{made.folder}: {made.rows:,} rows, {made.proved.rows:,} of them of the audit chain, and "
            f"{made.proved.files:,} files of evidence. Read again after writing, and whole."
        )
        if keys:
            say(f"Encrypted under the key {keys.newest}, without which nobody can restore it.")
        if key and key.stat().st_dev == folder.stat().st_dev:
            say(f"The key {key} lies on the disk of the backups: whoever takes that has both.")
        for fault in made.manifest.faults:
            say(f"  known fault: {fault}")
        if files_named(where) is None:
            say(f"{where.config.name} has a fault, so files that it names are not in it.")
        _tidy(store, folder, made, keep)


def _keys(home: Path, named: Path | None) -> Keyring | None:
    """The keys in the file that was named; else those of evidence that an earlier version encrypted, where
    there is any. Raises KeyMissing, and InputError where that evidence could not be read by the keys named.
    """
    from data.keeping.envelope import KeyPlace, keys_in, keys_of

    own = keys_of(home)
    if named is None:
        return own
    keys = keys_in(KeyPlace(named))
    if own and not set(own.held) <= set(keys.held):
        raise InputError(
            f"Evidence in {home} is encrypted under the key in {own.place}, which is not in {named}: nobody "
            "could read it in this backup. Name that file, or decrypt the evidence first: schoolgate docs "
            "encryption. Nothing was written."
        )
    return keys


def _begin_the_record(store: Store) -> None:
    """From the first backup on it must be known what is deleted."""
    from data.keeping import deletion_record

    if not (store.home / deletion_record.NAME).exists():
        with store.write("begin the record of deletions"):  # nobody deletes meanwhile
            deletion_record.add(store.home, utc_now(), {})


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
    import fcntl

    from monitor.setup.home_copy import UNFINISHED

    handle = os.open(into, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network's disk may know no locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"Another backup is being written into {into}. Let it end first.") from None
            for left in into.glob(f"{UNFINISHED}*"):
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(handle)


def _tidy(store: Store, into: Path, made: HomeCopy, keep: int | None) -> None:
    """Deletes what is older than `keep` days, or says what is older than a week."""
    from data.retention.backup import named
    from data.retention.purge import COPIES_KEPT
    from data.store.service import clock as clock_store

    now = made.manifest.made_at
    days = timedelta(days=keep) if keep is not None else COPIES_KEPT
    old = [p for p, at in named(into).items() if now - at > days and p != made.folder]
    if not old:
        return
    if keep is None:
        say(
            f"Older than {COPIES_KEPT.days} days, and holding what has been deleted since: {len(old)} there. "
            f"To delete them each time: schoolgate backup {into} --keep {COPIES_KEPT.days}"
        )
        return
    with store.read() as con:
        trust = clock_store.seen(con, now, uptime())
    if trust.until is not None:
        say("The clock is not where it must be, so no older backup was deleted. See: schoolgate doctor")
        return
    for path in old:
        shutil.rmtree(path)
    say(f"Older than {keep} days, and deleted: {len(old)}.")
