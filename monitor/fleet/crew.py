"""Who belongs to a fleet, and its workers: what the four stages are made of, and which writer is whose."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING

from data.effects import Clock, utc_now
from data.errors import ConfigError
from monitor.config.load import Config, Network
from monitor.config.settings import ModelSettings
from monitor.fleet.engines.base import Engine, Stage, Station, shard_of
from monitor.fleet.engines.local import LocalEngine
from monitor.fleet.settings import Fleet, FleetHome, own_folders
from monitor.fleet.stages.linking import NationalLinker, Routing
from monitor.fleet.stages.saving import Saving
from monitor.fleet.stages.scoring import Scoring
from monitor.fleet.work import AskArticle, AskPlace, Place, places
from monitor.home import wiring
from monitor.pipeline.articles import article
from monitor.pipeline.scanning.asking import AskedSource, asked

if TYPE_CHECKING:
    from data.types import ArticleRead, School
    from sources.fetch import Fetcher
    from sources.http.politeness import Limits


@dataclass
class Fetching:
    """A worker of `Stage.FETCH`. It asks in the name of whoever answers for the fleet, and signs in nowhere.

    `limits` and `allow_loopback` are for the tests alone.
    """

    fleet: Path
    contact: str
    network: Network = field(default_factory=Network)
    limits: Limits | None = None
    allow_loopback: frozenset[tuple[str, int]] = frozenset()
    clock: Clock = utc_now
    _making: Lock = field(default_factory=Lock, init=False)

    def __call__(self, work: AskPlace | AskArticle) -> AskedSource | ArticleRead:
        """What the place or the article gave. Nothing is raised for what a site does."""
        match work:
            case AskPlace(source, state):
                return asked(source, state, self._one(), self.clock)
            case AskArticle(wanted):
                return article(wanted, self._one(), self.clock)

    def _one(self) -> Fetcher:
        """The same for all threads, for it keeps each host's pace."""
        with self._making:
            return self._fetcher

    @cached_property
    def _fetcher(self) -> Fetcher:
        config = Config(self.fleet, (), contact=self.contact, network=self.network)
        made = wiring.fetcher(
            config, clock=self.clock, limits=self.limits, allow_loopback=self.allow_loopback
        )
        return made.__enter__()  # closed with its process


log = logging.getLogger("schoolgate.fleet")

FETCHES_AT_ONCE = 32
"""So many places one fetcher asks at once, each of another host."""
SAVES_AT_ONCE = 5
"""So many homes one writer works for at once. At most two are seen to, one alert's mails are sent and one
mailbox is asked, which may all wait for slow servers: what must be saved has its turn."""


@dataclass(frozen=True)
class Members:
    """The homes that can be used, with their configurations, and their places; `faults` are those that cannot
    be, by name, with what is wrong."""

    configs: Mapping[str, Config]
    homes: tuple[FleetHome, ...]
    places: tuple[Place, ...]
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def schools(self) -> dict[str, School]:
        """Every school once, by urn, as all homes that have it describe it."""
        found: dict[str, School] = {}
        for school in (school for config in self.configs.values() for school in config.schools):
            before = found.get(school.urn)
            found[school.urn] = school if before is None else _both(before, school)
        return found

    def asks_as(self, other: Members) -> bool:
        """Are the schools, the places and who watches them the same? What else a home's file says is its
        writer's to read."""
        return self.homes == other.homes and self.places == other.places and self.schools == other.schools

    @property
    def homes_of(self) -> dict[str, tuple[str, ...]]:
        """The homes of each school, by urn."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, config in self.configs.items():
            for school in config.schools:
                found[school.urn].append(name)
        return {urn: tuple(names) for urn, names in found.items()}


def _both(one: School, other: School) -> School:
    """One school as two homes describe it: known by whatever either knows it, so that neither misses what
    names it; another's by what both say is another's.
    """
    names = dict.fromkeys((*one.aliases, *other.aliases, other.name))
    return replace(
        one,
        aliases=tuple(name for name in names if name != one.name),
        former_names=tuple(dict.fromkeys((*one.former_names, *other.former_names))),
        namesakes=tuple(each for each in one.namesakes if each in other.namesakes),
    )


def members(fleet: Fleet, known: Mapping[str, Config] = MappingProxyType({})) -> Members:
    """Reads every home's file, but of those that are `known`. One with faults is left out, and told."""
    configs: dict[str, Config] = {}
    faults: dict[str, str] = {}
    folders = own_folders(fleet.homes, fleet.folder)
    for home in fleet.homes:
        try:
            configs[home.name] = known.get(home.name) or folders.load(home, os.environ)
        except ConfigError as error:
            faults[home.name] = error.faults[0]
            log.error("home=%s is left out: its file has %d faults", home.name, len(error.faults))
    watched = {name: (config.schools, config.sources) for name, config in configs.items()}
    homes = tuple(home for home in fleet.homes if home.name in configs)
    return Members(configs, homes, places(watched, fleet.places), faults)


def writers(fleet: Fleet) -> Callable[[str], int]:
    """Which writer is a home's: one of those on the machine where its folder lies."""
    count = fleet.engine.shards[Stage.SAVE]
    machines = _machines(fleet)
    first = {machine: n * count for n, machine in enumerate(machines)}
    at = {home.name: first[home.machine] for home in fleet.homes}
    return lambda home: at[home] + shard_of(home, count)


def stations(fleet: Fleet, found: Members) -> dict[Stage, Station]:
    """The workers of each stage."""
    national = NationalLinker(tuple(found.schools.values()), fleet.register)
    shards, model = fleet.engine.shards, ModelSettings()
    writing = tuple(m for m in _machines(fleet) for _ in range(shards[Stage.SAVE]))
    return {
        Stage.FETCH: Station(
            partial(Fetching, fleet.path, fleet.contact, fleet.network),
            ("",) * shards[Stage.FETCH],
            FETCHES_AT_ONCE,
        ),
        Stage.LINK: Station(partial(Routing, national, found.homes_of), ("",) * shards[Stage.LINK]),
        Stage.SCORE: Station(partial(Scoring, model), ("",) * shards[Stage.SCORE]),
        Stage.SAVE: Station(
            partial(Saving, national, fleet.places, model, own_folders(fleet.homes, fleet.folder)),
            writing,
            SAVES_AT_ONCE,
            stays=True,
        ),
    }


def engine(fleet: Fleet, made_of: Mapping[Stage, Station]) -> Engine:
    """The fleet's engine. Raises InputError where it is not installed, SchoolgateError where it fails."""
    if fleet.engine.kind == "ray":
        from monitor.fleet.engines.over_ray import RayEngine

        return RayEngine(made_of, fleet.folder, fleet.engine.address)
    return LocalEngine(made_of)


def _machines(fleet: Fleet) -> list[str]:
    return sorted({home.machine for home in fleet.homes})
