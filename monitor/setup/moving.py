"""A home moved to where the service runs: copied, checked as the service's account, then switched.

Until the switch the old home is as it was; what fails leaves nothing of the new one.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.errors import InputError, SchoolgateError, StoreBusy, StoreOlder
from data.register.kept_register import NAME as REGISTER
from data.register.kept_register import packed
from data.register.national_lists import read_register
from data.retention import backup
from data.store.engine import leases
from data.store.engine.open import Store
from data.store.engine.turn import LockHeld, alone
from monitor.config.home.paths import CONFIG_NAME, keep
from monitor.config.toml_lines import Path as Place
from monitor.config.writing.toml_edit import NoTable, with_key
from monitor.home import wiring
from monitor.setup.home_copy import faults_of, proved_whole

HIDDEN = tuple(map(Path, ("/home", "/root", "/run/user", "/tmp", "/var/tmp")))
"""What the unit hides from the service."""
_FILES = frozenset(
    (
        "letters", "chat_file", "password_file", "secret_file", "certificate_file", "heartbeat_file",
        "timestamp_ca", "proxy_password_file", "ca_file", "register_file", "file",
    )
)  # fmt: skip
"""Keys of schoolgate.toml that name a file or a folder."""
_TAKEN_IN = "files"
_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Account:
    """Whose the service is: its name and numbers."""

    name: str
    uid: int
    gid: int


def hidden(path: Path) -> bool:
    """Would the service not see it, since the unit hides people's homes and shared temporary files?"""
    real = path.resolve()
    return any(real.is_relative_to(folder) for folder in HIDDEN)


def refuse_busy(home: Path, now: datetime) -> None:
    """Raises InputError where a service runs for that home."""
    if not (home / backup.STORE).exists():
        return
    with _locks_stay_its_own(home), suppress(StoreOlder), _store(home, now).read() as con:
        if (lease := leases.running(con, now)) is not None:
            raise InputError(
                f"A service runs for {home}: {lease.holder}. End it first (Ctrl-C where it was begun, or "
                "kill). Nothing was moved."
            )


def copied(old: Path, part: Path, now: datetime) -> None:
    """All of the home in a new folder, checked: each file against its own, the store and the evidence whole.

    Nothing is written to the old one but its lock, which stays its own account's. Raises SchoolgateError
    where it does not hold, or is in use.
    """
    part.mkdir(mode=0o700)
    with _held(old):
        shutil.copytree(old, part, symlinks=True, dirs_exist_ok=True, ignore=_left_behind)
        for file in (path for path in part.rglob("*") if path.is_file() and not path.is_symlink()):
            if not filecmp.cmp(file, old / file.relative_to(part), shallow=False):
                raise SchoolgateError(f"{file} was not copied as it is. Nothing was moved.")
    if (part / backup.STORE).exists():
        wiring.open_store(part, lambda: now)
        _, proved, _ = proved_whole(part)
        if faults := faults_of(proved):
            said = f"What is there does not hold, so nothing was moved: {backup.said(faults)} "
            raise SchoolgateError(f"{said}To see it: schoolgate evidence verify")


def _left_behind(folder: str, names: list[str]) -> set[str]:
    """Locks, which are made anew, and the demo, which is invented."""
    return {name for name in names if name == "demo" or ".lock" in name}


def taken_in(home: Path, old: Path) -> list[str]:
    """What the settings named elsewhere lies in the home then, and is named there; gives what was done.

    `old` is where the home was: what is named by its path there is named by its place in the home.
    """
    path = home / CONFIG_NAME
    text, said = path.read_text(encoding="utf-8-sig"), list[str]()
    for place, key, name in list(_named(tomllib.loads(text))):
        there = old / Path(name).expanduser()
        if there.is_relative_to(old):
            new = str(there.relative_to(old))
        elif not _may_read(old, there):
            said.append(f"{key}: whose home this is cannot read {name}, so that was left as it is.")
            continue
        else:
            new = _into(home, there, key)
            said.append(f"{key}: {there} is {new} in the home now.")
        if new != name:
            try:
                text = with_key(text, place, key, new)
            except NoTable as table:
                said_so = f"{path.name} has “{table}” written in a way that only an editor can change"
                raise InputError(f"{said_so}. Write {key} = {new!r} there, then begin again.") from None
    if text != path.read_text(encoding="utf-8-sig"):
        keep(path, text.encode())
    return said


def _may_read(home: Path, path: Path) -> bool:
    """May the home's own account? Root brings nothing into it that was never that account's to read."""
    owner = home.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return os.access(path, os.R_OK)
    asks = ["test", "-r", str(path)]
    return (
        subprocess.run(asks, user=owner.st_uid, group=owner.st_gid, extra_groups=(), check=False).returncode
        == 0
    )


def _into(home: Path, there: Path, key: str) -> str:
    """A file or folder from outside, copied into the home; of a register what is read of it."""
    if key == "register_file":
        keep(home / REGISTER, packed(read_register(there), there))
        return REGISTER
    place = home / _TAKEN_IN / there.name
    while place.exists():
        place = place.with_name(f"_{place.name}")
    place.parent.mkdir(mode=0o700, exist_ok=True)
    if there.is_dir():
        shutil.copytree(there, place)
    else:
        shutil.copyfile(there, place)
    return str(place.relative_to(home))


def _named(table: Mapping[str, Any], at: Place = ()) -> Iterator[tuple[Place, str, str]]:
    """Each file that the settings name: its table, its key, its name."""
    for key, value in table.items():
        if key in _FILES and isinstance(value, str) and value.strip():
            yield at, key, value
        elif isinstance(value, dict):
            yield from _named(value, (*at, key))
        elif isinstance(value, list):
            for n, row in enumerate(value):
                yield from _named(row, (*at, key, n)) if isinstance(row, dict) else ()


def variables(home: Path) -> tuple[str, ...]:
    """Variables of the environment that hold what the settings do not: the service has none of them."""

    def named(table: Mapping[str, Any]) -> Iterator[str]:
        for key, value in table.items():
            if key.endswith("_env") and isinstance(value, str):
                yield value
            for row in value if isinstance(value, list) else [value]:
                yield from named(row) if isinstance(row, dict) else ()

    return tuple(dict.fromkeys(named(tomllib.loads((home / CONFIG_NAME).read_text(encoding="utf-8-sig")))))


def given(home: Path, to: Account) -> None:
    """All in the folder is that account's, and nobody else's to read."""
    for path in (*home.rglob("*"), home):
        with suppress(FileNotFoundError):  # a service that runs there makes files and deletes them
            os.chown(path, to.uid, to.gid, follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & 0o700)


def switched(old: Path, part: Path, new: Path, aside: Path) -> None:
    """The copy takes its place, and the old home steps aside, a link to the new one in its own; or nothing
    is changed.
    """
    owner = old.lstat()
    if new.exists():
        new.rmdir()
    part.rename(new)
    try:
        old.rename(aside)
        try:
            old.symlink_to(new)
            os.chown(old, owner.st_uid, owner.st_gid, follow_symlinks=False)
        except BaseException:
            old.unlink(missing_ok=True)
            aside.rename(old)
            raise
    except BaseException:
        new.rename(part)
        raise


@contextmanager
def _held(home: Path) -> Iterator[None]:
    """With the store's lock, so that nobody writes meanwhile."""
    try:
        with alone(home / backup.LOCK, _WAIT_S), _locks_stay_its_own(home):
            yield
    except LockHeld as held:
        raise StoreBusy(f"{home} is in use by {held.holder}. Let it end, then begin again.") from None


@contextmanager
def _locks_stay_its_own(home: Path) -> Iterator[None]:
    """The files of locks, made before or meanwhile, are given to the account whose home it is."""
    _give_locks(home)
    try:
        yield
    finally:
        _give_locks(home)


def _give_locks(home: Path) -> None:
    owner = home.stat()
    for path in home.glob(f"{backup.LOCK}*"):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _store(home: Path, now: datetime) -> Store:
    return Store(home, clock=lambda: now, sleep=lambda _: None, wait_s=_WAIT_S)
