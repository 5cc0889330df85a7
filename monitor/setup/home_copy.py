"""A copy of a home, written while everything goes on and read again: what a backup is made of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from data import envelope, keeping
from data.effects import LEAP, Clock, ClockTrust, Up, uptime, utc_now
from data.envelope import AT_REST, KeyPlace, Keyring, keys_in, read_keys
from data.errors import (
    ConfigError,
    InputError,
    KeyMissing,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreTooNew,
    explain_refusal,
)
from data.evidence.vault import Vault
from data.frozen import freeze
from data.keeping import DeletedKind, Deletions
from data.retention import backup
from data.retention.backup import Manifest
from data.retention.deleting import COPIES_KEPT, PurgeReport, purge
from data.store import privacy as privacy_store
from data.store.engine.audit_chain import record_act
from data.store.engine.connect import read_whole
from data.store.engine.migrations import MIGRATIONS, applied_migrations, copy_database, sync
from data.store.engine.open import ASIDE, BACKING_UP, RESTORING, Store
from data.store.engine.turn import LockHeld, alone, give_lease_back, running
from data.store.evidence import all_named
from data.store.service import believe, clock_state, end_everybody
from monitor.act.proving import Proof, prove, read_evidence
from monitor.config.home import paths
from monitor.config.home.paths import Paths
from monitor.config.load import load_file
from monitor.config.model import DEFAULT_HEALTH_PORT
from monitor.home import wiring
from monitor.pipeline import supplied as spool
from monitor.reports.weekly import FOLDER as REPORTS
from monitor.service.notebook import complaints_of
from monitor.terminal.output import Say

UNFINISHED = ".unfinished-"
"""How the name of a copy begins that is not whole yet."""
_RAW = ".raw"
_NOTED = 1000
"""After so many files it says how far it has got."""
_TRIES = 3
"""So often the store is copied anew, where evidence that it names was deleted meanwhile."""


@freeze
class HomeCopy:
    """A backup that was written and read again: where it is, what is in it, how many rows."""

    folder: Path
    manifest: Manifest
    proved: Proof
    rows: int


def back_up(
    where: paths.Paths,
    into: Path,
    key: Path | None,
    keep: int | None,
    say: Say,
    note: Say,
    *,
    with_faults: bool,
) -> None:
    """Copies the home into a new folder in `into`, and says what is there; then deletes backups older than
    `keep` days. Raises InputError for a folder that cannot be meant, StoreError where it cannot be written,
    StoreDamaged where what was copied does not hold, KeyMissing where it cannot be encrypted: then none is
    kept.
    """
    if not where.store.exists():
        raise StoreError(f"There is no store at {where.store}, so there is nothing to back up.")
    store = wiring.open_store(where.home, utc_now)
    folder, key = _into(into, where.home), key and key.expanduser().resolve()
    keys = _keys(where.home, key)
    with _alone(folder):
        if not (store.home / keeping.DELETIONS_LOG).exists():
            # from the first backup on it must be known what is deleted, and nobody deletes meanwhile
            with store.write("begin the record of deletions"):
                keeping.add_deletions(store.home, utc_now(), {})
        made = copy_home(store, where, folder, note, utc_now, keys, with_faults=with_faults)
        say(
            f"{made.folder}: {made.rows:,} rows, {made.proved.rows:,} of them of the audit chain, and "
            f"{made.proved.files:,} files of evidence. Read again after writing, and whole."
        )
        if keys:
            say(f"Encrypted under the key {keys.newest}, without which nobody can restore it.")
        if key and key.stat().st_dev == folder.stat().st_dev:
            say(f"The key {key} is on the same disk as the backups: anyone who takes that has both.")
        for fault in made.manifest.faults:
            say(f"  known fault: {fault}")
        if files_named(where) is None:
            say(f"{where.config.name} has a fault, so files that it names are not in it.")
        _tidy(store, folder, made, keep, say)


def _keys(home: Path, named: Path | None) -> Keyring | None:
    """The keys in the file that was named; else those of evidence that an earlier version encrypted, where
    there is any. Raises KeyMissing, and InputError where that evidence could not be read by the keys named.
    """
    own = read_keys(home)
    if named is None:
        return own
    keys = keys_in(KeyPlace(named))
    if own and not set(own.held) <= set(keys.held):
        raise InputError(
            f"Evidence in {home} is encrypted under the key in {own.place}, which is not in {named}: nobody "
            "could read it in this backup. Name that file; see: ⟪docs⟫ "
            "encryption. Nothing was written."
        )
    return keys


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

    handle = os.open(into, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network's disk may know no locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    f"Another backup is being written into {into}. Let it finish first."
                ) from None
            for left in into.glob(f"{UNFINISHED}*"):
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(handle)


def _tidy(store: Store, into: Path, made: HomeCopy, keep: int | None, say: Say) -> None:
    """Deletes what is older than `keep` days, or says what is older than a week."""
    now = made.manifest.made_at
    days = timedelta(days=keep) if keep is not None else COPIES_KEPT
    old = [p for p, at in backup.list_backups(into).items() if now - at > days and p != made.folder]
    if not old:
        return
    if keep is None:
        say(
            f"Older than {COPIES_KEPT.days} days, and holding what has been deleted since: {len(old)} there. "
            f"To delete them each time: schoolgate backup {into} --keep {COPIES_KEPT.days}"
        )
        return
    with store.open_reader() as con:
        trust = clock_state(con, now, uptime())
    if trust.until is not None:
        say("The clock may be wrong, so no older backup was deleted. See: schoolgate doctor")
        return
    for path in old:
        shutil.rmtree(path)
    say(f"Older than {keep} days, and deleted: {len(old)}.")


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
        raise InputError(f"{folder} is there already: a backup from this second. Try again.")
    part = into / f"{UNFINISHED}{folder.name}"
    beside = partial(TemporaryDirectory, prefix=BACKING_UP, dir=where.home, ignore_cleanup_errors=True)
    try:
        part.mkdir(mode=0o700)
        with beside() if keys else nullcontext(str(part)) as place:
            work = Path(place)
            made_at = _fill_copy(work, store, where, note, clock)
            note("reading it again …")
            made = _verify_copy(work, made_at, folder, with_faults=with_faults)
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
        said = f"The backup could not be written, and nothing of it is left. {explain_refusal(error)}"
        raise StoreError(said) from error
    return made


def _fill_copy(part: Path, store: Store, where: paths.Paths, note: Say, clock: Clock) -> datetime:
    """Copies everything; gives the moment at which the store was copied.

    What people handed in comes before the store, which may have taken it in meanwhile; evidence comes before
    the rows that name it, and is deleted after them.
    """
    for path in (*spool.spooled_reports(where.home), *spool.broken_off(where.home)):
        with suppress(FileNotFoundError):  # it was taken in meanwhile
            backup.copy_file(path, part / backup.SPOOL / path.name)
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
        backup.copy_file(vault.path(name), kept.path(name), 0o400)
    except FileNotFoundError:
        return False
    return True


def _copy_store(store: Store, part: Path) -> frozenset[str]:
    """The tables and the record of deletions, of one moment; gives the evidence that they name.

    Whoever would write waits only while the file's bytes are copied. What was deleted is still among them, so
    the tables are then written anew from those.
    """
    raw, record = part / _RAW, store.home / keeping.DELETIONS_LOG
    for left in (part / backup.STORE, part / backup.DELETIONS):
        left.unlink(missing_ok=True)
    raw.mkdir(mode=0o700)
    with store.open_reader() as con:
        named = all_named(con)
        for name in (backup.STORE, f"{backup.STORE}.wal"):
            if (store.home / name).exists():
                shutil.copyfile(store.home / name, raw / name)
        if record.exists():
            backup.copy_file(record, part / backup.DELETIONS)
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
        backup.copy_file(where.config.resolve(), part / backup.CONFIG)
    for own in (backup.KEY, AT_REST):
        if (where.home / own).exists():
            backup.copy_file(where.home / own, part / own)
    for path in sorted((where.home / REPORTS).glob("*")):
        if path.is_file():
            backup.copy_file(path, part / backup.REPORTS / path.name)
    for name in files_named(where) or ():
        backup.copy_file((where.home / name).resolve(), part / backup.FILES / name)


def files_named(where: paths.Paths) -> tuple[Path, ...] | None:
    """Files below the home that the settings name, by their path there; None where these have a fault."""
    try:
        config = load_file(where.config, os.environ) if where.config.exists() else None
    except ConfigError:
        return None
    named = (*config.files(), *((config.register,) if config.register else ())) if config else ()
    home = where.home.absolute()
    files = {file for path in named for file in (path, *path.glob("*")) if file.is_file()}
    return tuple(sorted(file.relative_to(home) for file in files if file.is_relative_to(home)))


def _verify_copy(part: Path, made_at: datetime, folder: Path, *, with_faults: bool) -> HomeCopy:
    """Read what was written again. Raises StoreDamaged where it does not hold."""
    rows, proved, done = prove_whole(part)
    faults = faults_of(proved)
    if faults and not with_faults:
        raise StoreDamaged(
            f"The copy is faulty, so no backup was kept: {backup.sum_up_faults(faults)} "
            "See: schoolgate evidence verify. To keep a backup anyway: --with-faults"
        )
    manifest = Manifest(
        version("schoolgate"), made_at, done, proved.last or "", backup.hash_files(part), faults
    )
    return HomeCopy(folder, manifest, proved, rows)


def prove_whole(folder: Path) -> tuple[int, Proof, tuple[str, ...]]:
    """Count a copied home's rows; return its proof and migrations. Raises StoreError if unreadable."""
    copy = wiring.open_store(folder, migrate=False)
    vault = Vault(copy.evidence)
    present = vault.everything()
    try:
        with copy.open_reader() as con:
            rows = read_whole(con)
            done, held = applied_migrations(con), read_evidence(con)
    finally:
        for left in folder.glob(f"{backup.LOCK}*"):
            left.unlink()
    return rows, prove(held, vault, present=present), done


def faults_of(proved: Proof) -> tuple[str, ...]:
    """List what does not hold, a sentence each."""
    return tuple(f"{fault.where}. {fault.said}" for fault in proved.faults)


_WAIT_S = 5.0
_REPLACED = (backup.EVIDENCE, backup.REPORTS, backup.CONFIG, backup.KEY, backup.DELETIONS, AT_REST)
"""What is put aside with the store. What people handed in stays, and other files are none of ours."""


def restore_home(
    where: Paths, source: Path, record: Path | None, key: Path | None, say: Say, note: Say, *, replaces: bool
) -> None:
    """Puts a backup, or the newest of a folder of them, in the home's place, and says what it held.

    Nothing of the home is changed until the last moment. Raises InputError where it may not be, KeyMissing,
    StoreDamaged for a backup that does not hold, StoreTooNew for one of a newer version.
    """
    began, chosen = utc_now(), _choose_backup(source)
    place = find_key_place(where.home, chosen, key)
    keys = envelope.keys_in(place) if place and backup.encrypted_under(chosen) else None
    manifest = backup.read_manifest(chosen, keys)
    _refuse_unknown(chosen, manifest, began)
    _refuse_running(where, began)
    _refuse_data(where.home, replaces)
    deleted = _record(where.home, chosen, manifest, record, began)
    part = where.home / RESTORING
    try:
        where.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        note(f"copying {len(manifest.files):,} files of {chosen} …")
        for _ in backup.fetch_files(chosen, manifest, part, keys):
            pass
        # the key that is there, not that of the backup; only where evidence may be encrypted
        if place and ((part / AT_REST).exists() or (where.home / AT_REST).exists()):
            paths.write_private(part / AT_REST, place.text())
        gone = purge_copy(part, where, manifest, deleted, began, uptime)
        note("reading it again …")
        if new := [fault for fault in faults_of(prove_whole(part)[1]) if fault not in manifest.faults]:
            raise StoreDamaged(f"The backup is faulty, so nothing was restored: {backup.sum_up_faults(new)}")
        aside = put_in_place(where.home, part, began)
    except OSError as error:
        raise StoreError(f"Nothing was restored. {explain_refusal(error)}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    for line in (
        *_lines(chosen, manifest, gone, aside, where.home),
        *_doubts_of_record(deleted, manifest, began),
    ):
        say(line)


def _choose_backup(source: Path) -> Path:
    """The backup itself, or the newest of those in the folder. Raises InputError where there is none."""
    folder = source.expanduser().absolute()
    if (folder / backup.MANIFEST).is_file():
        return folder
    if folder.is_dir() and (held := backup.list_backups(folder)):
        return list(held)[-1]
    if folder.is_dir() and (folder / backup.STORE).is_file():
        raise InputError(f"{folder} is not a backup, or not finished: it has no {backup.MANIFEST}.")
    raise InputError(
        f"{source} is not a backup, and contains none. Backups are folders: schoolgate-2026-11-17T090000Z"
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


def _refuse_running(where: Paths, now: datetime) -> None:
    """Raises InputError while a service serves the home; where its store is damaged, the service is asked."""
    said = f"The service runs for {where.home}. Stop it first, then restore. Nothing was changed."
    try:
        port = load_file(where.config, os.environ).serve.health_port
    except ConfigError:
        port = DEFAULT_HEALTH_PORT
    if complaints_of(where.home, port) is not None:
        raise InputError(said)
    if not where.store.exists():
        return
    try:
        with wiring.open_store(where.home, migrate=False, wait_s=5.0).open_reader() as con:
            lease = running(con, now)
    except StoreBusy:
        raise
    except StoreError:  # damaged, or of another version: that is why it is restored
        return
    if lease is not None:
        raise InputError(f"{said} It is {lease.holder}.")


def _refuse_data(home: Path, replace: bool) -> None:
    has = [name for name in (backup.STORE, backup.EVIDENCE) if (home / name).exists()]
    if has and not replace:
        raise InputError(
            f"{home} holds data already ({', '.join(has)}). To put the backup in its place, and keep what is "
            f"there aside for {COPIES_KEPT.days} days: --replace. Nothing was changed."
        )


def _record(home: Path, chosen: Path, manifest: Manifest, given: Path | None, now: datetime) -> Deletions:
    """All that is known of deletions: of the home, put aside, given, and of the backups there."""
    held = [keeping.read_deletions(home / keeping.DELETIONS_LOG, now)]
    held += [
        keeping.read_deletions(path / keeping.DELETIONS_LOG, _changed_at(path))
        for path in home.glob(f"{ASIDE}*")
    ]
    if given is not None:
        file = given.expanduser()
        found = keeping.read_deletions(file, _changed_at(file)) if file.is_file() else Deletions()
        if not found.spans:
            raise InputError(
                f"{given} is not a record of deletions. That is a file named {keeping.DELETIONS_LOG}."
            )
        held.append(found)
    beside = {path: made for path, made in backup.list_backups(chosen.parent).items() if path != chosen}
    held += [keeping.read_deletions(path / keeping.DELETIONS_LOG, made) for path, made in beside.items()]
    held.append(keeping.read_deletions(chosen / keeping.DELETIONS_LOG, manifest.made_at))
    return keeping.join_deletions(held)


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _lines(
    chosen: Path, manifest: Manifest, gone: PurgeReport, aside: Path | None, home: Path
) -> Iterator[str]:
    yield f"Restored to {home}: {chosen}, as it was on {manifest.made_at:%Y-%m-%d at %H:%M} UTC."
    due = gone.deleted + gone.stubs
    yield f"Deleted before it could be read: posts {due:,}, cases {gone.cases:,} (due, or deleted before)."
    for fault in manifest.faults:
        yield f"  known fault: {fault}"
    if aside is not None:
        yield f"The previous data is in {aside}; it is deleted after {COPIES_KEPT.days} days."
    yield "What was done since then (cases, acknowledgments, settings) is not in it."


def _doubts_of_record(record: Deletions, manifest: Manifest, began: datetime) -> Iterator[str]:
    """Say where it cannot be known what was deleted since the backup was made."""
    since = record.known_to(manifest.made_at)
    if since >= began:
        return
    yield (
        f"The record of deletions since {since:%Y-%m-%d %H:%M} UTC is missing. What was deleted then for "
        "another reason than its age (handed over, for one) may be here again. If you have "
        f"{keeping.DELETIONS_LOG} elsewhere, restore again with it: --deletions FILE --replace. If not, look "
        "through it, and tell your data protection officer."
    )


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


def purge_copy(
    part: Path, where: Paths, manifest: Manifest, record: Deletions, now: datetime, up: Up
) -> PurgeReport:
    """Bring the copy up to date; delete what is due or was deleted. What was erased is not read again."""
    given = part / backup.CONFIG  # how long things are kept, the backup's settings say first
    policy = load_file(given if given.exists() else where.config, os.environ).policy
    keeping.write_lines(part / keeping.DELETIONS_LOG, record.text(now))
    store = wiring.open_store(part, lambda: now)
    for copy in part.glob(f"{backup.STORE}.before-*"):
        copy.unlink()
    again = record.after(manifest.made_at)
    with store.write("record the restoring") as con:
        record_act(con, now, "schoolgate", "restored", "store")
        believe(con, ClockTrust(now, now, None, up()))
        end_everybody(con)
        if lease := running(con, now):  # for the home that was copied
            give_lease_back(con, lease)
        keys = sorted(again.hashes.get(DeletedKind.SUPPRESSED, ()))
        restored = privacy_store.Suppression.RESTORED
        privacy_store.add_suppressions(con, [(restored, key) for key in keys], None, now)
    return purge(store, now, policy, force=True, again=again)


def put_in_place(home: Path, part: Path, now: datetime) -> Path | None:
    """Changes the old for the new while nobody can open the store; gives where the old lies, if any.

    The old store goes first and the new one comes last: should we be ended between, there is none, and
    whoever would open it is told what to do.
    """
    aside = home / f"{ASIDE}{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    with hold_lock(home, _WAIT_S, "restore. Nothing was changed"):
        old = [
            path
            for path in (*sorted(home.glob(f"{backup.STORE}*")), *(home / name for name in _REPLACED))
            if path.exists() and not path.name.startswith(backup.LOCK)
        ]
        if old:
            aside.mkdir(mode=0o700)
        _keep_spooled(home / backup.SPOOL, part / backup.SPOOL)
        # files that the settings name, to where none is: one that is there may be newer, and stays
        held = part / backup.FILES
        places = [(p, home / p.relative_to(held)) for p in sorted(held.rglob("*")) if p.is_file()]
        missing = [(file, place) for file, place in places if not place.exists()]
        for _, place in missing:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = [p for p in part.iterdir() if p.name != backup.FILES]
        new.sort(key=lambda p: p.name == backup.STORE)
        _rename_all([*((p, aside / p.name) for p in old), *missing, *((p, home / p.name) for p in new)])
        if old:
            os.utime(aside, (now.timestamp(), now.timestamp()))
        sync(home)
    home.chmod(0o700)
    return aside if old else None


def _rename_all(moves: Sequence[tuple[Path, Path]]) -> None:
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


def _keep_spooled(there: Path, new: Path) -> None:
    """Keep what people handed in since, beside what the backup holds."""
    if not there.is_dir():
        return
    for path in sorted(new.glob("*")):
        if not (there / path.name).exists():
            path.rename(there / path.name)
    shutil.rmtree(new, ignore_errors=True)


@contextmanager
def hold_lock(home: Path, wait_s: float, then: str) -> Iterator[None]:
    """With the store's lock, so that nobody writes meanwhile. Raises StoreBusy, with what to do then."""
    try:
        with alone(home / backup.LOCK, wait_s):
            yield
    except LockHeld as held:
        raise StoreBusy(f"{home} is in use by {held.holder}. Let it end, then {then}.") from None
