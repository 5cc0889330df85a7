"""`schoolgate restore`: puts a backup in a home's place, purged by today's date before it can be read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.effects import uptime, utc_now
from data.errors import ConfigError, InputError, StoreBusy, StoreError, StoreTooNew, refused
from monitor.cli.commands.options import HomeOptions
from monitor.config.home.paths import Paths, find
from monitor.home import wiring
from monitor.terminal.output import say, say_lines, tell

if TYPE_CHECKING:
    from data.keeping.deletion_record import Deletions
    from data.retention.backup import Manifest
    from data.retention.purge import PurgeReport


def restore(
    opts: HomeOptions,
    source: Annotated[
        Path, Argument(metavar="DIR", help="A backup; or the folder that holds them: then the newest.")
    ],
    deletions: Annotated[
        Path | None,
        Option(
            "--deletions", metavar="FILE", help="The record of deletions (deletions.log), where you have it."
        ),
    ] = None,
    key: Annotated[
        Path | None,
        Option("--key", metavar="FILE", help="The key of an encrypted backup."),
    ] = None,
    replace: Annotated[
        bool, Option("--replace", help="In the place of what is there, which is kept aside for 7 days.")
    ] = False,
) -> None:
    """Put a backup in place. What is due by today's date is deleted before anything can be read.

    \b
    Examples:
      schoolgate restore /mnt/backup/schoolgate
      schoolgate restore /mnt/backup/schoolgate/schoolgate-2026-11-17T020000Z --replace
      schoolgate restore /mnt/backup/schoolgate --deletions /mnt/other/deletions.log
    """
    # Nothing of the home is changed until the last moment. Raises InputError where it may not be, KeyMissing,
    # StoreDamaged for a backup that does not hold, StoreTooNew for one of a newer version.
    from data.keeping.envelope import keys_in
    from data.retention.backup import encrypted_under, fetched, read_manifest
    from data.store.engine.open import RESTORING
    from monitor.setup import restore as restoring

    where = find(os.environ, opts.home, opts.config)
    began, chosen = utc_now(), _chosen(source)
    place = restoring.find_key_place(where.home, chosen, key)
    keys = keys_in(place) if place and encrypted_under(chosen) else None
    manifest = read_manifest(chosen, keys)
    _refuse_unknown(chosen, manifest, began)
    _refuse_running(where, began)
    _refuse_data(where.home, replace)
    record = _record(where.home, chosen, manifest, deletions, began)
    part = where.home / RESTORING
    try:
        restoring.prepare(where.home, part)
        tell(f"copying {len(manifest.files):,} files of {chosen} …")
        for _ in fetched(chosen, manifest, part, keys):
            pass
        restoring.keep_key_place(part, where.home, place)
        gone = restoring.purged(part, where, manifest, record, began, uptime)
        tell("reading it again …")
        restoring.refuse_faults(part, manifest)
        aside = restoring.put_in_place(where.home, part, began)
    except OSError as error:
        raise StoreError(f"Nothing was restored. {refused(error)}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    say_lines(_lines(chosen, manifest, gone, aside, where.home))
    say_lines(_of_the_record(record, manifest, began))
    say("What is to be done now: schoolgate doctor, then start the service again.")


def _chosen(source: Path) -> Path:
    """The backup itself, or the newest of those in the folder. Raises InputError where there is none."""
    from data.retention import backup

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
    from data.store.engine.migrations import MIGRATIONS
    from data.store.service.clock import LEAP

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


def _refuse_running(where: Paths, now: datetime) -> None:
    """Raises InputError while a service serves the home; where its store is damaged, the service is asked."""
    from data.store.engine import leases
    from monitor.service.state.holder import complaints_of

    said = f"The service runs for {where.home}. End it first, then restore. Nothing was changed."
    if complaints_of(where.home, _health_port(where)) is not None:
        raise InputError(said)
    if not where.store.exists():
        return
    try:
        with wiring.open_store(where.home, migrate=False, wait_s=5.0).read() as con:
            lease = leases.running(con, now)
    except StoreBusy:
        raise
    except StoreError:  # damaged, or of another version: that is why it is restored
        return
    if lease is not None:
        raise InputError(f"{said} It is {lease.holder}.")


def _health_port(where: Paths) -> int:
    from monitor.config.load import load
    from monitor.config.settings import DEFAULT_HEALTH_PORT

    try:
        return load(where.config, os.environ).serve.health_port
    except ConfigError:
        return DEFAULT_HEALTH_PORT


def _refuse_data(home: Path, replace: bool) -> None:
    from data.retention import backup
    from data.retention.purge import COPIES_KEPT

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
    from data.keeping import deletion_record as deletions
    from data.keeping.deletion_record import Deletions
    from data.retention import backup
    from data.store.engine.open import ASIDE

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


def _lines(
    chosen: Path, manifest: Manifest, gone: PurgeReport, aside: Path | None, home: Path
) -> Iterator[str]:
    from data.retention.purge import COPIES_KEPT

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
    from data.keeping.deletion_record import NAME

    since = record.known_to(manifest.made_at)
    if since >= began:
        return
    yield (
        f"The record of deletions since {since:%Y-%m-%d %H:%M} UTC is missing. What was deleted then for "
        f"another reason than its age (handed over, for one) may be here again. If you have {NAME} "
        "elsewhere, restore anew with it: --deletions FILE --replace. If not, look through it, and tell your "
        "data-protection officer."
    )
