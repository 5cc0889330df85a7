"""What a home's configuration names, and what its folder links to, lies in no other home's folder.

One account reads for all homes of a fleet. Whoever may write one home's file could otherwise have what lies
in another's sent wherever they say.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import ConfigError
from monitor.config.load import load
from monitor.fleet.settings import FleetHome

if TYPE_CHECKING:
    from monitor.config.load import Config


@dataclass(frozen=True, slots=True)
class OwnFolders:
    """The homes whose folder, or whose configuration's, each folder is, by machine and real path; and the
    fleet's folder."""

    homes: Mapping[tuple[str, Path], frozenset[str]]
    fleet: Path

    def load(self, home: FleetHome, env: Mapping[str, str]) -> Config:
        """The home's configuration. Raises ConfigError, also where it names what is another home's."""
        config = load(home.config, env, home.folder)
        named = [*config.secret_files(), *config.files(), *_links(home.folder)]
        if config.mail is not None and config.mail.certificate_file:
            named.append(config.near(config.mail.certificate_file))
        if strays := [path for path in named if home.name not in self._of(home, path)]:
            to_do = "is another home's, or the fleet's. Put what is meant into a folder of this home's own."
            raise ConfigError([f"{home.config.name}: {path} {to_do}" for path in strays])
        return config

    def _of(self, home: FleetHome, path: Path) -> frozenset[str]:
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


def _links(folder: Path) -> list[Path]:
    """What stands in a home's folder and lies elsewhere: its store, or its keys, may be another's."""
    with suppress(OSError):
        return [Path(entry.path) for entry in os.scandir(folder) if entry.is_symlink()]
    return []


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
