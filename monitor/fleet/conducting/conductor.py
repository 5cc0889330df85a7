"""The one process that knows the whole fleet: what is asked next, where what came is, whose turn it is.

All that it must not lose lies in segments or in a store; a start takes up what lies there.
"""

from __future__ import annotations

import logging
import math
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from data.effects import Clock, Up, no_uptime
from data.errors import StoreError
from data.ids import digest
from data.store.engine.open import Store
from data.store.engine.parquet import PART
from data.store.mentions.articles import forget_article_reads
from data.store.segments import HandedReading, read_segment
from data.store.service import clock as clock_store
from data.store.shelf import SegmentShelf
from data.store.sources.source_runs import forget_runs
from data.types import Outcome, Source, SourceRun
from monitor.fleet.conducting.asking import PlacesToAsk
from monitor.fleet.conducting.desks import HomeDesk
from monitor.fleet.conducting.homes import Handing
from monitor.fleet.conducting.line import WorkLine
from monitor.fleet.conducting.routing import HandingOut
from monitor.fleet.crew import Members, writers
from monitor.fleet.engines.base import Engine, Stage
from monitor.fleet.progress import HomeProgress
from monitor.fleet.settings import Fleet, FleetHome
from monitor.fleet.work import SHARED, Place, lent
from monitor.pipeline.scanning.asking import told_of
from monitor.service.step import FIRST_READING

log = logging.getLogger("schoolgate.fleet")

SEGMENTS, READ, HOMES = "segments", "read", "homes"
AT = "@"
MOST_READ = 64
"""Where so many segments wait to be linked nothing more is asked: what came must be handed over first."""
MOST_WAITING = 4000
"""Where so many segments wait for homes nothing more is asked either."""
REMEMBERED = timedelta(days=7)
"""So long the fleet's own store knows how a place fared."""
CLEARED_EVERY = timedelta(minutes=1)
_BACK = timedelta(seconds=2)
SLEPT = timedelta(minutes=10)
"""Turns that are further apart tell of a sleep: of thousands of homes one takes long."""


class Conductor:
    """What goes on in a fleet. For one thread; `turn` does what can be done and waits so long for more.

    `engine` has the workers of `crew.stations`. Raises StoreError where the fleet's own store cannot be read.
    """

    def __init__(
        self,
        fleet: Fleet,
        members: Members,
        engine: Engine,
        store: Store,
        clock: Clock,
        uptime: Up = no_uptime,
        keep_every_s: float = 0.0,
    ) -> None:
        """What comes is kept together for so long as more is under way: each keeping opens a store."""
        self._uptime = uptime
        self._keep_every_s = keep_every_s
        self._kept_at_s = -math.inf
        self.fleet = fleet
        self.members = members
        self.line = WorkLine(engine)
        self._clock = clock
        self._store = store
        self._places = {place.source.id: place for place in members.places}
        self._watched: dict[str, list[str]] = defaultdict(list)
        for place in members.places:
            for home_name in {watch.home for watch in place.watches}:
                self._watched[home_name].append(place.source.id)
        self._schools = {home: tuple(c.schools) for home, c in members.configs.items()}
        self._read = SegmentShelf(fleet.folder / SEGMENTS / READ)
        writer_of, shards = writers(fleet), fleet.engine.shards
        now, homes = clock(), fleet.folder / SEGMENTS / HOMES
        desks = {
            home.name: HomeDesk(
                home,
                writer_of(home.name),
                SegmentShelf(homes / shelf_of(home)),
                now,
                now,
                now + FIRST_READING,
            )
            for home in members.homes
        }
        self.homes = Handing(
            desks, self.line, shards[Stage.SCORE], clock, self._lent, self._spoilt, self._unread
        )
        self.asking = PlacesToAsk(
            self._places, store, self._read, self.line, shards[Stage.FETCH], writer_of,
            {h.name: h for h in members.homes}, fleet.zone, clock, self._told,
        )  # fmt: skip
        self.routing = HandingOut(
            self._places, self._read, self.line, store, shards[Stage.LINK], shards[Stage.FETCH], clock,
            self.homes.hand_over, self._told, lambda: self.asking.forget(list(self._places)),
        )  # fmt: skip
        for part in (fleet.folder / SEGMENTS).rglob(f"*{PART}"):
            part.unlink(missing_ok=True)  # half written by a process that was killed: nobody else writes here
        self.faults = 0
        self._clear_at = self._seen_at = now
        self._day = now.astimezone(fleet.zone).date()

    @property
    def idle(self) -> bool:
        """Is nothing under way, and nothing waiting that could be done now?"""
        return not (len(self.line) or self.routing.waiting or self.homes.at_work)

    @property
    def all_faults(self) -> int:
        """Those of its own, which concern no home alone."""
        return self.faults + self.line.faults + self.routing.faults + self.asking.faults

    def take_over(self, before: Conductor) -> None:
        """What was counted by the one that conducted until now goes on."""
        self.homes.take_over(before.homes)
        self.line.restarts += before.line.restarts
        self.faults += before.all_faults

    def turn(self, wait_s: float, *, ask: bool = True, tend: bool = True) -> None:
        """Sees to what has ended, and begins what can be begun. Without `ask` no place is asked, without
        `tend` no home is seen to."""
        self.line.see_to(wait_s)
        now = self._clock()
        self._set_right(now)
        work: list[Callable[[datetime], object]] = [self._keep, self.routing.begin]
        work.append(partial(self.homes.begin, tend=tend))
        if ask:
            work.append(self._ask)
        for each in (*work, self._new_day, self._clear):
            try:
                each(now)
            except Exception as error:  # noqa: BLE001 - an edge: one kind of work must not end the others
                self.fault(error)

    def fault(self, error: Exception) -> None:
        """Something of the conductor's own failed: it is counted, and tried again at its next turn."""
        self.faults += 1
        log.error("in=conductor fault=%s at=%s", *told_of(error))

    def _keep(self, now: datetime) -> None:
        at_s = time.monotonic()
        if len(self.line) and at_s - self._kept_at_s < self._keep_every_s:
            return
        self._kept_at_s = at_s
        if self.asking.keep(now):
            self.homes.read_at = now

    def _ask(self, now: datetime) -> None:
        if self.routing.waiting < MOST_READ and self.homes.waiting < MOST_WAITING:
            self.asking.begin(now)

    def _set_right(self, now: datetime) -> None:
        """Where the clock was set back, what was to happen later is looked at now."""
        before, self._seen_at = self._seen_at, now
        if now - before > SLEPT:
            self.asking.wake(now)
            self.homes.wake(now)
        if now - before < -_BACK:
            log.warning("the clock was set back: all is looked at anew")
            for each in (self.asking, self.routing, self.homes):
                each.look_anew(now)
            self._clear_at = now

    def told(self, now: datetime) -> tuple[HomeProgress, ...]:
        """How each home fares, and those that cannot be used."""
        left_out = [HomeProgress(name, left_out=True) for name in sorted(self.members.faults)]
        return (*self.homes.told(now), *left_out)

    def _new_day(self, now: datetime) -> None:
        """What is counted is counted by days."""
        day, self._day = self._day, now.astimezone(self.fleet.zone).date()
        if day != self._day:
            try:  # how places fared that long ago says nothing of when they are to be asked next
                with self._store.write("fleet") as con:
                    forget_runs(con, now - REMEMBERED)
                    forget_article_reads(con, now - REMEMBERED)
            except StoreError as error:
                log.error("in=forget fault=%s", type(error).__name__)
            for desk in self.homes.desks.values():
                desk.tell(new_today=0, alerts_today=0, faults={})

    def _told(self, place: Place, run: SourceRun, to: Collection[str] = ()) -> None:
        """How a place fared is told to each that watches it and had nothing of what it brought (`to` did)."""
        now = self._clock()
        for watch in place.watches:
            if watch.home in self.homes.desks and watch.home not in to:
                self.homes.tell(watch.home, replace(run, source_id=watch.source.id), now)

    def _lent(self, home: str, source_id: str) -> Source | None:
        """A source that the home does not watch, by its id there."""
        place = self._places.get(source_id.removeprefix(SHARED))
        if not source_id.startswith(SHARED) or place is None:
            return None
        return lent(place.source, self._schools[home])

    def _unread(self, home: str) -> bool:
        """Is something that the home watches still to be read since a start or a sleep, or on its way?"""
        return bool(self.routing.waiting) or not self.asking.unread.isdisjoint(self._watched.get(home, ()))

    def _spoilt(self, home: str) -> None:
        """What was handed to a home cannot be read: all that it watches is asked for whole."""
        self.asking.forget(self._watched.get(home, ()))

    def _clear(self, now: datetime) -> None:
        """Each minute, what is a day old goes, whatever kept it: its places are asked for it again, its homes
        are told."""
        if now < self._clear_at:
            return
        self._clear_at = now + CLEARED_EVERY
        self.line.end_hung()
        expired = {desk.home.name: desk.shelf.expired(now) for desk in self.homes.desks.values()}
        others = [(shelf, path) for shelf in self._of_no_home() for path in shelf.expired(now)]
        read = self._read.expired(now)
        if self._doubted(now):
            return
        for path in read:
            self.asking.forget([r.run.source_id for r in _readings(path)])
            self._drop(self._read, path)
        for desk in self.homes.desks.values():
            for path in expired[desk.home.name] if not desk.busy else ():
                lost = _readings(path)
                self._spoilt(desk.home.name)
                desk.runs.extend(_as_lost(lost, now))
                desk.forget(path)
                self._drop(desk.shelf, path)
        for shelf, path in others:
            self._drop(shelf, path)

    def _doubted(self, now: datetime) -> bool:
        """Is the clock not to be believed, by the machine's own counting? Then nothing is a day old."""
        up = self._uptime()
        if up is None:
            return False
        with self._store.write("fleet") as con:
            return bool(clock_store.look(con, now, up).doubted)

    def _of_no_home(self) -> list[SegmentShelf]:
        """Of homes that were taken out of the fleet, or cannot be used now."""
        folder = self.fleet.folder / SEGMENTS / HOMES
        there = folder.iterdir() if folder.exists() else ()
        known = {desk.shelf.folder for desk in self.homes.desks.values()}
        return [SegmentShelf(path) for path in there if path not in known]

    def _drop(self, shelf: SegmentShelf, path: Path) -> None:
        log.error("in=clear segment=%s: older than a day, and deleted", path.name)
        shelf.drop(path)


def shelf_of(home: FleetHome) -> str:
    """The folder of what waits for a home: another that is given its name has another."""
    return f"{home.name}{AT}{digest('home', home.machine, str(home.folder))[:8]}"


def _readings(path: Path) -> Sequence[HandedReading]:
    try:
        return read_segment(path)
    except StoreError:
        return ()


def _as_lost(readings: Iterable[HandedReading], now: datetime) -> list[HandedReading]:
    """What the home is told of readings that it never had."""
    said = "it could not be saved for a day, and was deleted; it is asked for again"
    return [
        HandedReading(SourceRun(r.run.source_id, r.run.started_at, now, Outcome.OUR_FAULT, detail=said))
        for r in readings
    ]
