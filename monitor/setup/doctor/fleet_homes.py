"""Checks of the homes of a fleet: each one's file, its folder, and what two of them may not share."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import Sleep
from data.errors import ConfigError, StoreError
from data.store.engine.rows import grouped
from monitor.config.home.paths import CONFIG_NAME
from monitor.config.load import TO_WRITE_ONE
from monitor.fleet.progress import FleetProgress
from monitor.fleet.settings import Fleet, FleetHome, own_folders
from monitor.setup.doctor.findings import Finding, fault, ok, warn
from monitor.setup.doctor.install import disk
from monitor.terminal.wording import some

if TYPE_CHECKING:
    from monitor.config.load import Config

MOST_TOLD = 10
"""Of so many homes each fault is told; of the rest how many there are."""
_LATELY = timedelta(minutes=40)
"""No lease is held for longer: of a store that was not written for longer none counts."""


@dataclass(frozen=True, slots=True)
class HomesRead:
    """What the homes of this machine are, by name: the configurations of those that have no fault, the faults
    of the others. `homes` are all that lie here."""

    homes: tuple[FleetHome, ...]
    configs: Mapping[str, Config]
    faults: Mapping[str, Sequence[str]]


def read(fleet: Fleet, env: Mapping[str, str]) -> HomesRead:
    """The files of all homes on this machine."""
    folders = own_folders(fleet.homes, fleet.folder)
    here = tuple(home for home in fleet.homes if not home.machine)
    configs: dict[str, Config] = {}
    faults: dict[str, Sequence[str]] = {}
    for home in here:
        try:
            configs[home.name] = folders.load(home, env)
        except ConfigError as error:
            faults[home.name] = error.faults
    return HomesRead(here, configs, faults)


def homes(
    fleet: Fleet, there: HomesRead, seen: FleetProgress | None, now: datetime, sleep: Sleep
) -> Iterator[Finding]:
    """Every finding about homes; those on other machines are named, and not looked at."""
    stale = [home.name for home in seen.homes if home.stale] if seen and seen.runs(now) else []
    yield from files(there, stale)
    yield from folders(fleet, there.homes)
    yield from twice(there.configs)
    yield from pages(there.configs)
    yield from served(there.homes, seen, now, sleep)
    away = [home.name for home in fleet.homes if home.machine]
    if away:
        yield ok("homes", f"On other machines, and not looked at from here: {some(away)}.")


def files(there: HomesRead, stale: Collection[str] = ()) -> Iterator[Finding]:
    """Homes whose own file has faults: nothing is read for them, but for the `stale`, which go on by what it
    said before."""
    by_name = {home.name: home for home in there.homes}
    for name, faults in list(there.faults.items())[:MOST_TOLD]:
        home, (said, missing, _) = by_name[name], faults[0].partition(f" {TO_WRITE_ONE}")
        more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
        fares = "goes by what its file said before" if name in stale else "is left out"
        what = f"{name} {fares}: {said}{more}"
        if missing:
            yield fault("homes", what, TO_WRITE_ONE, _typed("init", home))
        else:
            yield fault("homes", what, "Correct that; to see all of it", _typed("doctor", home))
    rest = list(there.faults)[MOST_TOLD:]
    if rest:
        what = f"Left out too, for faults in their files: {some(rest)}."
        yield fault("homes", what, "Correct them as well; each is told when others are in order.")
    if there.configs and not there.faults:
        schools = sum(len(config.proper) for config in there.configs.values())
        yield ok("homes", f"The files of {len(there.configs):,} homes, with {schools:,} schools.")


def _typed(command: str, home: FleetHome) -> str:
    own = ["--config", str(home.config)] if home.config != home.folder / CONFIG_NAME else []
    return shlex.join(["schoolgate", command, "--home", str(home.folder), *own])


def folders(fleet: Fleet, here: Sequence[FleetHome]) -> Iterator[Finding]:
    """Folders that others may look into, one that is there under two names, and room on other disks."""
    stats = {home.name: stat for home in here if (stat := _looked_at(home.folder))}
    there = {home.name: home.folder for home in here if home.name in stats}
    same = grouped(((stat.st_dev, stat.st_ino), name) for name, stat in stats.items())
    for alike in (names for names in same.values() if len(names) > 1):
        what = f"One folder under two names: {' and '.join(alike)}."
        yield fault("homes", what, "Keep it under one of them: remove the other from fleet.toml.")
    open_ = [name for name, stat in stats.items() if stat.st_mode & 0o077 and os.name == "posix"]
    if open_:
        what = f"Others on this machine may look into the folders of: {some(open_)}."
        close = shlex.join(["chmod", "700", *(str(there[name]) for name in open_[:3])])
        remedy = "Close them" if len(open_) <= 3 else "Close each, as these"
        yield warn("privacy", what, remedy, close)
    devices = {stat.st_dev: there[name] for name, stat in stats.items()}
    for device, folder in devices.items():
        if device != fleet.folder.stat().st_dev:
            yield disk(shutil.disk_usage(folder).free, folder)


def _looked_at(folder: Path) -> os.stat_result | None:
    """None where there is none, or where we may not look: the home's file has that fault already."""
    try:
        return folder.stat()
    except OSError:
        return None


def twice(configs: Mapping[str, Config]) -> Iterator[Finding]:
    """A school in two homes is told of twice, and each has a store of what was said about it."""
    has = grouped(
        (urn, name)
        for name, config in configs.items()
        for urn in dict.fromkeys(n for s in config.schools for n in (s.urn, *s.members))
    )
    told = list(grouped((tuple(alike), urn) for urn, alike in has.items() if len(alike) > 1).items())
    for names, urns in told[:MOST_TOLD]:
        what = f"URN {some(urns)}: in several homes, which are all told ({some(names)})."
        yield warn("homes", what, "Keep each school in one home: remove it from the other's schoolgate.toml.")
    if len(told) > MOST_TOLD:
        what = f"Schools that are in several homes, besides: {sum(len(u) for _, u in told[MOST_TOLD:])}."
        yield warn("homes", what, "Keep each school in one home.")


def pages(configs: Mapping[str, Config]) -> Iterator[Finding]:
    """The pages behind links are served at an address that no other home has."""
    at = grouped((config.serve.listen, name) for name, config in configs.items() if config.base_url)
    clashing = [(listen, names) for listen, names in at.items() if len(names) > 1]
    for listen, names in clashing[:MOST_TOLD]:
        what = f"The pages of {some(names)} are all to be served at {listen}, which only one can have."
        remedy = "Give each an address of its own in its schoolgate.toml: [serve] “listen”."
        yield fault("pages", what, remedy)
    if len(clashing) > MOST_TOLD:
        what = f"Addresses that several homes want for their pages, besides: {len(clashing) - MOST_TOLD}."
        yield fault("pages", what, "Give each home an address of its own.")


def served(
    here: Sequence[FleetHome], seen: FleetProgress | None, now: datetime, sleep: Sleep
) -> Iterator[Finding]:
    """Homes for which a service of their own runs: their places are asked twice, their mails left to it."""
    if seen is not None and seen.runs(now):
        by_itself = {home.name: home.held_by for home in seen.homes if home.held_by}
    else:
        by_itself = dict(_held(here, now, sleep))
    if len(by_itself) == 1:
        ((name, by),) = by_itself.items()
        what = f"A service of its own runs for {name} ({by}): it asks the same places, and sends the mails."
        yield warn("homes", what, "End the service of that home, or take it out of fleet.toml.")
    elif by_itself:
        names = some(list(by_itself))
        what = f"Services of their own run for {names}: they ask the same places, and send the mails."
        yield warn("homes", what, "End the services of those homes, or take them out of fleet.toml.")


def _held(here: Iterable[FleetHome], now: datetime, sleep: Sleep) -> Iterator[tuple[str, str]]:
    """By home who holds it. Only stores that were written lately are opened."""
    from data.store.engine import leases
    from data.store.engine.open import Store

    for home in here:
        if not _written_lately(home.folder, now):
            continue
        door = Store(home.folder, clock=lambda: now, sleep=sleep, wait_s=2.0, upgrade=False)
        try:
            with door.read() as con:
                lease = leases.running(con, now)
        except StoreError:
            continue  # the home's own doctor says so
        if lease is not None:
            yield home.name, lease.holder


def _written_lately(folder: Path, now: datetime) -> bool:
    seen = (_looked_at(folder / name) for name in ("schoolgate.duckdb", "schoolgate.duckdb.wal"))
    last = max((stat.st_mtime for stat in seen if stat), default=0.0)
    return now - datetime.fromtimestamp(last, UTC) < _LATELY
