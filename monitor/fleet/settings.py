"""`fleet.toml` → what the fleet needs: its homes, the places they share, the engine."""

from __future__ import annotations

import os
import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.errors import ConfigError, InputError
from data.types import Source
from monitor.config.home.paths import CONFIG_NAME
from monitor.config.load import Network, heartbeat, network, read
from monitor.config.load import load as load_home
from monitor.config.settings import Secret
from monitor.fleet.engines.base import Stage

if TYPE_CHECKING:
    from monitor.config.load import Config
    from monitor.fleet.checks import FleetFile


@dataclass(frozen=True, slots=True)
class OwnFolders:
    """The homes whose folder, or whose configuration's, each folder is, by machine and real path; and the
    fleet's folder."""

    homes: Mapping[tuple[str, Path], frozenset[str]]
    fleet: Path

    def load(self, home: FleetHome, env: Mapping[str, str]) -> Config:
        """The home's configuration. Raises ConfigError, also where it names what is another home's."""
        config = load_home(home.config, env, home.folder)
        named = [*config.secret_files(), *config.files()]
        with suppress(OSError):  # its store, or its keys, may be another's
            named += [Path(entry.path) for entry in os.scandir(home.folder) if entry.is_symlink()]
        if config.mail is not None and config.mail.certificate_file:
            named.append(config.near(config.mail.certificate_file))
        if strays := [path for path in named if home.name not in self._whose(home, path)]:
            to_do = "is another home's, or the fleet's. Put what is meant into a folder of this home's own."
            raise ConfigError([f"{home.config.name}: {path} {to_do}" for path in strays])
        return config

    def _whose(self, home: FleetHome, path: Path) -> frozenset[str]:
        """Whose it is, by the nearest folder that is somebody's."""
        real = _real(path)
        found = (self.homes.get((home.machine, folder)) for folder in (real, *real.parents))
        return next((names for names in found if names is not None), frozenset((home.name,)))


def own_folders(homes: Iterable[FleetHome], fleet: Path) -> OwnFolders:
    """Those of all homes of a fleet; what lies in its own folder, and in none of theirs, is nobody's."""
    found: dict[tuple[str, Path], set[str]] = defaultdict(set, {("", _real(fleet)): set()})
    for home in homes:
        for folder in (home.folder, home.config.parent):
            found[home.machine, _real(folder)].add(home.name)
    return OwnFolders({at: frozenset(names) for at, names in found.items()}, fleet)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


FLEET_NAME = "fleet.toml"
FLEET_VARIABLE = "SCHOOLGATE_FLEET"
MADE_BY = "⟪fleet add⟫ FOLDER"


@dataclass(frozen=True, slots=True)
class FleetHome:
    """One home: its name, folder and configuration file, absolute. `machine` is where its folder lies, ""
    for this one; only the engine `ray` has others."""

    name: str
    folder: Path
    config: Path
    machine: str = ""


@dataclass(frozen=True, slots=True)
class SharedPlace:
    """A place of the fleet's own; `homes` are those it is watched for, all of them where empty.

    `source.urns` are empty: which schools those are, their own files say.
    """

    source: Source
    homes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """`kind` is local or ray; `shards` how many workers each stage has; `address` the cluster to join
    (host:port), "" for one of our own on this machine."""

    kind: str
    shards: Mapping[Stage, int]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Fleet:
    """A checked fleet.toml. `folder` is where it stands, and where the fleet keeps its own things.

    `heartbeat` is where it is told that the fleet fares well; `heartbeat_elsewhere`: a variable or a file
    should hold that.
    """

    path: Path
    homes: tuple[FleetHome, ...]
    places: tuple[SharedPlace, ...]
    engine: EngineSettings
    zone: ZoneInfo
    contact: str = ""
    register: Path | None = None
    network: Network = field(default_factory=Network)
    heartbeat: Secret | None = None
    heartbeat_elsewhere: bool = False

    @property
    def folder(self) -> Path:
        """Where the fleet keeps its own store, its segments and its book of progress."""
        return self.path.parent


def find(env: Mapping[str, str], folder: Path | None = None) -> Path:
    """Where a fleet's file is: in `--fleet`, else in $SCHOOLGATE_FLEET. Raises InputError without both."""
    named = env.get(FLEET_VARIABLE, "").strip()
    found = folder or (Path(named) if named else None)
    if found is None:
        raise InputError(
            f"Say which fleet: ⟨fleet⟩ DIR, the folder of its {FLEET_NAME}; or set {FLEET_VARIABLE}."
        )
    return found.expanduser().absolute() / FLEET_NAME


def typed(command: str, folder: Path, env: Mapping[str, str]) -> str:
    """A command of the fleet as it is to be typed here: with its folder, unless the variable names that."""
    with suppress(InputError):
        if find(env).parent == folder:
            return command
    return f"{command} {shlex.join(['--fleet', str(folder)])}"


def load(path: Path) -> Fleet:
    """Read and check a fleet.toml. Raises ConfigError with every fault that can be found at once.

    Opens no home's folder: it may lie on another machine.
    """
    return from_text(path, read(path, MADE_BY))


def from_text(path: Path, text: str) -> Fleet:
    """The fleet that this text makes at that place. Raises as `load` does."""
    from monitor.config.examine import checked_by
    from monitor.fleet.checks import examined

    path = path.absolute()
    file = checked_by(partial(examined, path.parent), path.name, text)
    return _fleet(path, file)


def _fleet(path: Path, file: FleetFile) -> Fleet:
    from monitor.config.plain import source_row
    from monitor.fleet.checks import absolute

    engine = file.engine
    workers = (engine.fetchers, engine.linkers, engine.scorers, engine.writers)
    shards = dict(zip((Stage.FETCH, Stage.LINK, Stage.SCORE, Stage.SAVE), workers, strict=True))
    beat = (file.heartbeat_url, file.heartbeat_env, file.heartbeat_file)
    return Fleet(
        path=path,
        homes=tuple(
            FleetHome(
                table.name,
                folder := absolute(path.parent, table.folder),
                absolute(path.parent, table.config) if table.config else folder / CONFIG_NAME,
                table.machine or "",
            )
            for table in file.homes
        ),
        places=tuple(SharedPlace(Source(*source_row(table, ())), table.homes) for table in file.places),
        engine=EngineSettings(engine.kind, shards, engine.address or ""),
        zone=ZoneInfo(file.zone),
        contact=file.contact or "",
        register=absolute(path.parent, file.register_file) if file.register_file else None,
        network=network(path, file.network.model_dump(exclude_none=True), os.environ),
        heartbeat=heartbeat(path, *beat, os.environ),
        heartbeat_elsewhere=any(beat[1:]),
    )
