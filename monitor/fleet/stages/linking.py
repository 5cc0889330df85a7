"""Whose is what a place gave: each mention goes to the homes whose schools it may be about. Pure."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock

from classifiers.linking.linker import Linker
from data.store.segments import HandedReading
from data.types import Match, Mention, Relevance, School, Source
from data.web.urls import article_key
from monitor.fleet.work import Place, Routed, ToRoute, Watch, is_private
from monitor.pipeline.articles import MOST_A_RUN, WantedArticle, headlines
from monitor.pipeline.collect import Collected
from monitor.pipeline.judges import Linking
from monitor.pipeline.own_accounts import as_linked
from monitor.pipeline.scanning.asking import told_of

log = logging.getLogger("schoolgate.fleet")


@dataclass
class NationalLinker:
    """All schools of all homes, and the register; made where it is first used, once in a process."""

    schools: tuple[School, ...]
    register: Path | None = None
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def __reduce__(self) -> tuple[type[NationalLinker], tuple[tuple[School, ...], Path | None]]:
        """Sent to another process without what was made of it."""
        return NationalLinker, (self.schools, self.register)

    def link(
        self, mentions: Sequence[Mention], source: Source, about: Collection[tuple[str, str]] = ()
    ) -> list[tuple[Match, ...]]:
        """As the linker does; one thread at a time."""
        with self._lock:
            return self._linker.link(mentions, source, about)

    @cached_property
    def _linker(self) -> Linker:
        """Raises RegisterError where the register cannot be read."""
        from data.register.national_lists import read_register

        return Linker(self.schools, read_register(self.register) if self.register else ())


@dataclass(frozen=True)
class Routing:
    """A worker of `Stage.LINK`. `homes` has each school's homes, by urn."""

    national: NationalLinker
    homes: Mapping[str, tuple[str, ...]]

    def __call__(self, work: ToRoute) -> tuple[Routed, ...]:
        """Whose each reading's mentions are. What cannot be linked goes to each home that names its place."""
        return tuple(self._routed(place, reading, work.now) for place, reading in work.readings)

    def _routed(self, place: Place, reading: HandedReading, now: datetime) -> Routed:
        try:
            return route(place, reading, self.national, self.homes, now)
        except Exception as error:  # noqa: BLE001 - one mention must not keep others from their homes
            log.error("in=link place=%s fault=%s at=%s", place.source.id, *told_of(error))
        to: dict[str, list[int]] = defaultdict(list)
        for i, mention in enumerate(reading.mentions):
            for home in self._one(place, replace(reading, mentions=(mention,)), now):
                to[home].append(i)
        return Routed({home: tuple(some) for home, some in to.items()})

    def _one(self, place: Place, reading: HandedReading, now: datetime) -> Collection[str]:
        try:
            return route(place, reading, self.national, self.homes, now).to
        except Exception as error:  # noqa: BLE001 - as above
            log.error("in=link mention=%s fault=%s", reading.mentions[0].id, type(error).__name__)
            return () if place.shared else {watch.home for watch in place.watches}


def route(
    place: Place,
    reading: HandedReading,
    linker: Linking,
    homes: Mapping[str, tuple[str, ...]],
    now: datetime,
) -> Routed:
    """By home the mentions that are handed to it: those that may be about one of its schools.

    Of a place that a home names itself it is also handed what is about nobody in the fleet, as if it had read
    the place alone; never what is about others' schools and not about its own. What names a school is handed
    to that school's home though it does not watch the place, unless the place is read for its own home alone.
    """
    meant = _meant(place, reading.mentions, linker, homes)
    to: dict[str, list[int]] = defaultdict(list)
    for i, by in enumerate(meant):
        for home in sorted(by):
            to[home].append(i)
    for watch in place.watches if not place.shared else ():
        to[watch.home] = [i for i, by in enumerate(meant) if not by or watch.home in by]
    return Routed(
        {home: tuple(some) for home, some in to.items() if some}, _wanted(place, reading, meant, now)
    )


def _meant(
    place: Place, mentions: Sequence[Mention], linker: Linking, homes: Mapping[str, tuple[str, ...]]
) -> list[set[str]]:
    """For each mention the homes with a school that it may be about."""
    meant: list[set[str]] = [set() for _ in mentions]
    own = {w.home for w in place.watches} if is_private(place.source) else None
    for source in _views(place.watches):
        for by, matches in zip(meant, linker.link(mentions, as_linked(source)), strict=True):
            urns = [m.urn for m in matches if m.relevance is not Relevance.NOT_ABOUT]
            by.update(home for urn in urns for home in homes.get(urn, ()) if own is None or home in own)
    return meant


def _views(watches: Iterable[Watch]) -> list[Source]:
    """The place as it is watched, once for all who watch it in the same way."""
    alike: dict[tuple[bool, bool], list[Source]] = defaultdict(list)
    for watch in watches:
        alike[watch.source.listing, watch.source.surfaced].append(watch.source)
    return [
        replace(some[0], urns=tuple(dict.fromkeys(u for s in some for u in s.urns)))
        for some in alike.values()
    ]


def _wanted(
    place: Place, reading: HandedReading, meant: Sequence[set[str]], now: datetime
) -> tuple[WantedArticle, ...]:
    """The articles behind headlines that may be about somebody's school, the newest first."""
    ours = {m.id for m, by in zip(reading.mentions, meant, strict=True) if by}
    read = Collected(place.source, reading.run, reading.mentions)
    heads = [m for m in headlines(read, now) if m.id in ours]
    heads.sort(key=lambda m: m.published or now, reverse=True)
    return tuple(WantedArticle(m, article_key(m.url)) for m in heads[:MOST_A_RUN])
