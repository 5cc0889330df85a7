"""What a home's configuration names lies in no other home's folder: not its passwords, not its letters.

One account reads for all homes of a fleet. Whoever may write one home's file could otherwise have what lies
in another's sent wherever they say.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
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
    """The homes whose folder, or whose configuration's, each folder is, by machine and real path."""

    homes: Mapping[tuple[str, Path], frozenset[str]]

    def load(self, home: FleetHome, env: Mapping[str, str]) -> Config:
        """The home's configuration. Raises ConfigError, also where it names what is another home's."""
        config = load(home.config, env, home.folder)
        named = (*config.secret_files(), *config.files())
        if strays := [path for path in named if home.name not in self._of(home, path)]:
            to_do = "lies in another home's folder. Put what is meant into a folder of this home's own."
            raise ConfigError([f"{home.config.name}: {path} {to_do}" for path in strays])
        return config

    def _of(self, home: FleetHome, path: Path) -> frozenset[str]:
        """Whose it is, by the nearest folder that is a home's."""
        real = _real(path)
        found = (self.homes.get((home.machine, folder)) for folder in (real, *real.parents))
        return next((names for names in found if names), frozenset((home.name,)))


def own_folders(homes: Iterable[FleetHome]) -> OwnFolders:
    """Those of all homes of a fleet."""
    found: dict[tuple[str, Path], set[str]] = defaultdict(set)
    for home in homes:
        for folder in (home.folder, home.config.parent):
            found[home.machine, _real(folder)].add(home.name)
    return OwnFolders({at: frozenset(names) for at, names in found.items()})


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
