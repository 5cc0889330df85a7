"""One home at its writer: its configuration, its store, and what judges for it."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from data.effects import Clock
from data.types import Match, Mention, Source
from monitor.act.casework.from_alert import judging
from monitor.config.home.paths import changed_at
from monitor.fleet.places import lent
from monitor.fleet.settings import FleetHome, OwnFolders, SharedPlace
from monitor.fleet.stages.linking import NationalLinker
from monitor.home import wiring
from monitor.pipeline.judges import Judges
from monitor.service.scoring import AwayScorer

if TYPE_CHECKING:
    from data.store.engine.open import Store
    from monitor.config.load import Config
    from sources.fetch import Fetcher


@dataclass
class HomesLinker:
    """The national linker as one home asks it: what others' schools are meant by it is not told."""

    national: NationalLinker
    urns: frozenset[str]

    def link(
        self, mentions: Sequence[Mention], source: Source, about: Collection[tuple[str, str]] = ()
    ) -> list[tuple[Match, ...]]:
        """As the linker does, of this home's schools alone."""
        view = source if source.urns else replace(source, urns=tuple(sorted(self.urns)))
        found = self.national.link(mentions, view, about)
        return [tuple(match for match in some if match.urn in self.urns) for some in found]


class Desk:
    """What is kept of a home between two works for it. `shared` are the fleet's own places.

    Raises SchoolgateError where its configuration or its store cannot be used.
    """

    def __init__(
        self,
        home: FleetHome,
        shared: Sequence[SharedPlace],
        national: NationalLinker,
        folders: OwnFolders,
        clock: Clock,
    ) -> None:
        self.home = home
        self.stale = False
        self._clock = clock
        own = folders.load(home, os.environ)
        theirs = [lent(p.source, own.schools) for p in shared if not p.homes or home.name in p.homes]
        self.config = replace(own, sources=(*own.sources, *theirs))
        self.sources: Mapping[str, Source] = {s.id: s for s in self.config.sources}
        self.store: Store = wiring.open_store(home.folder, clock)
        wiring.remember_config(self.store, self.config)
        linker = HomesLinker(national, frozenset(s.urn for s in own.schools))
        self.judges: Judges = judging(self.config, home.folder, linker)
        self.read_at: tuple[int, ...] = _changed_at(own)

    @property
    def changed(self) -> bool:
        """Has its file changed, or one of its secrets?"""
        return _changed_at(self.config) != self.read_at

    def taken(self) -> None:
        """Its file has faults: it is not read again until it changes."""
        self.read_at = _changed_at(self.config)
        self.stale = True

    @cached_property
    def own_scorer(self) -> AwayScorer | None:
        """The model of its own that its file names, if it does."""
        return AwayScorer(self.config.model, time.monotonic) if self.config.model.name else None

    @cached_property
    def fetcher(self) -> Fetcher:
        """For what is the home's alone: its mailboxes, and the posts of its cases."""
        return wiring.fetcher(self.config, clock=self._clock).__enter__()  # closed with its process


def _changed_at(config: Config) -> tuple[int, ...]:
    paths = (config.path, *config.secret_files())
    return tuple(map(changed_at, paths))
