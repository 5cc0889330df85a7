"""What a home's own service would do besides collecting: its mails, reminders, cases, purges, its pages."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import Clock, uptime_beside
from data.errors import ConfigError, SchoolgateError, StoreError
from data.store.engine import leases
from data.store.engine.leases import Lease
from data.store.sources import source_runs as source_store
from data.types import Match, Mention, Source, Via
from monitor.act.casework.from_alert import judging
from monitor.config.home import paths as served_by
from monitor.fleet.settings import FleetHome, OwnFolders, SharedPlace
from monitor.fleet.stages.linking import NationalLinker
from monitor.fleet.work import lent
from monitor.home import wiring
from monitor.pipeline.judges import Judges
from monitor.service.delivery import Delivered, deliver
from monitor.service.notices import Notices
from monitor.service.scoring import AwayScorer
from monitor.service.serve import PERIODIC_TASKS, page_web
from monitor.service.state import holder
from monitor.service.state.health import SILENT, STALE, Health, due
from monitor.service.state.status import figures
from monitor.service.step import Service

if TYPE_CHECKING:
    from classifiers.scoring.heads import TextScorer
    from data.store.engine.open import Store
    from monitor.config.home.context import Context
    from monitor.service.web import Web
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
        self.read_at = own.changed_at()

    @property
    def changed(self) -> bool:
        """Has its file changed, or one of its secrets?"""
        return self.config.changed_at() != self.read_at

    def taken(self) -> None:
        """Its file has faults: it is not read again until it changes."""
        self.read_at = self.config.changed_at()
        self.stale = True

    @cached_property
    def own_scorer(self) -> AwayScorer | None:
        """The model of its own that its file names, if it does."""
        return AwayScorer(self.config.model, time.monotonic) if self.config.model.name else None

    @cached_property
    def fetcher(self) -> Fetcher:
        """For what is the home's alone: its mailboxes, and the posts of its cases."""
        return wiring.fetcher(self.config, clock=self._clock).__enter__()  # closed with its process


HELD_FOR = timedelta(minutes=40)
"""So long a home is held from one look to the next: a fleet of thousands comes round to each in minutes."""
SENDS_FOR_S = 120.0
"""After so many seconds of sending for a home it is the others' turn; the rest goes at the next."""
LIMITS = {work: max(limit, timedelta(hours=3)) for work, limit in STALE.items()}
"""So old may the last good end of each kind of work be, for the same reason."""
STAMPED_EVERY = timedelta(hours=1)
COUNTED_EVERY = timedelta(minutes=10)
"""How often it is counted what could not be seen: that takes longer than all else."""


class Tending:
    """One home of the fleet in that folder. `scorer` judges what people hand in."""

    def __init__(self, desk: Desk, scorer: TextScorer, clock: Clock, fleet: Path) -> None:
        self._desk = desk
        self._fleet = fleet
        self._clock = clock
        self._context = wiring.context(desk.config, desk.home.folder)
        self._health = Health(clock(), LIMITS)
        self._service = Service(
            store=desk.store, context=self._context, fetcher=desk.fetcher, deliver=_deliver,
            judges=lambda: replace(desk.judges, scorer=lambda: desk.own_scorer or scorer),
            tasks=PERIODIC_TASKS, clock=clock, health=self._health,
            uptime=uptime_beside(clock),
        )  # fmt: skip
        home, ways = desk.home.folder, self._service.ways
        self._notices = Notices(home, self._health, lambda: desk.config, clock, ways, asleep=HELD_FOR)
        self._lease: Lease | None = None
        self._counted_at: datetime | None = None
        self._stamped_at: datetime | None = None
        self._pages: Web | None = None

    def tend(self, read_at: datetime | None, first_by: datetime | None = None) -> Mapping[str, str]:
        """Does what is due, and gives what fails, by the work. Places were last asked well at `read_at`;
        `first_by` is as `Context.read_at`.

        Raises Taken where a service of its own runs for the home, StoreError where it cannot be written.
        """
        self._service.context = replace(self._context, read_at=first_by)
        if read_at is not None:
            self._health.ended("collect", read_at)
        if self._desk.stale:
            self._health.failed("config", self._clock(), ConfigError.__name__)
        else:
            self._health.ended("config", self._clock())
        try:
            # no other service may run for this home
            now = self._clock()
            renewed = self._lease and holder.renew(self._desk.store, self._lease, now, HELD_FOR)
            self._lease = renewed or holder.take(self._desk.store, now, HELD_FOR, self._fleet)
            self._see_to_all()
        except StoreError as error:  # not that the home is Taken
            self._service.fault("beat", error)
            raise
        finally:
            self._notices.look()  # past the store, which may be what fails
        return {t.work: t.why for t in self._health.troubles(self._clock()) if t.why != SILENT}

    def _see_to_all(self) -> None:
        self._serve_pages()
        self._service.keep_house()
        self._service.run_tasks()
        self.send()
        self._service.recheck()
        now = self._clock()
        if due(self._stamped_at, now, STAMPED_EVERY):
            self._stamped_at = now
            self._service.stamp()
        self._count()

    def send(self) -> None:
        """Hands over the messages that are due."""
        self._service.deliver()

    def close(self) -> None:
        """Its pages answer nobody any more, and a service of its own may run for it."""
        if self._pages is not None:
            self._pages.stop()
        lease, self._lease = self._lease, None
        if lease is not None:
            served_by.unmark(self._desk.home.folder)
            with suppress(StoreError), self._desk.store.write("give back") as con:
                leases.give_back(con, lease)

    def _count(self) -> None:
        """What could not be seen through a fault of ours, so that its people are told."""
        now = self._clock()
        if due(self._counted_at, now, COUNTED_EVERY):
            config = self._desk.config
            with self._desk.store.read() as con:
                states = source_store.states(con, [s.id for s in config.sources])
                self._health.tell(figures(con, config, states, now, self._health.started_at))
            self._counted_at = now
            served_by.mark(self._desk.home.folder, self._fleet)
        self._health.ended("beat", now)

    def _serve_pages(self) -> None:
        """The pages behind links in its mails, at the address that its own file names."""
        if self._desk.config.base_url is None or self._pages is not None:
            return
        try:
            self._pages = page_web(self._desk.store, lambda: self._context, self._clock)
        except SchoolgateError as error:  # another home's may have the address: nothing else waits for it
            self._service.fault("pages", error)
            return
        self._pages.start()
        self._health.ended("pages", self._clock())


def _deliver(store: Store, context: Context, clock: Clock, ways: Sequence[Via]) -> Delivered:
    until_s = time.monotonic() + SENDS_FOR_S
    return deliver(store, context, clock=clock, ways=ways, stop=lambda: time.monotonic() > until_s)
