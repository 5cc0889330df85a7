"""`schoolgate fleet serve`: puts the fleet together, listens for signals, and ends it in order."""

from __future__ import annotations

import logging
import os
import platform
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from data.effects import Clock, uptime_beside, utc_now
from data.errors import SchoolgateError, StoreTooNew
from data.store.engine import leases
from data.store.engine.leases import Lease
from data.store.engine.open import Store
from data.system.child_process import keep_memory_small
from data.types import Outcome
from monitor.config.home.paths import changed_at
from monitor.config.settings import Secret
from monitor.fleet import crew, progress
from monitor.fleet.conducting.conductor import Conductor
from monitor.fleet.engines.base import Engine
from monitor.fleet.settings import Fleet, load
from monitor.home import wiring
from monitor.service.serve import signals
from monitor.service.state import holder
from monitor.service.state.health import due
from monitor.service.state.heartbeat import EVERY, beat, beating

log = logging.getLogger("schoolgate.fleet")

TURN_S = 0.5
KEEP_EVERY_S = 0.25
HELD_FOR = timedelta(minutes=10)
"""So long the fleet is held: to read the files of thousands of homes anew takes minutes."""
TELL_EVERY_S = 10.0
"""How often the book of progress is written, the lease renewed, and the files looked at for a change."""
SETTLED = timedelta(minutes=5)
"""So long must it have run without a fault of its own before somebody elsewhere is told that it does."""
MOST_FILES = 65_536
ENDS_WITHIN_S = 20.0
"""So long what is under way may take where we are told to end; what is left lies in segments."""


def serve(path: Path, *, say: Callable[[str], None], clock: Clock = utc_now) -> int:
    """Runs until SIGTERM or SIGINT; 0 then, 1 where another process took the fleet over.

    Raises SchoolgateError where another one serves this fleet, or nothing of it can be used; StoreTooNew,
    also later, where a newer version has its store.
    """
    keep_memory_small()
    _may_open(MOST_FILES)
    fleet = load(path)
    store = wiring.open_store(fleet.folder, clock)
    lease = holder.take(store, clock(), HELD_FOR, fleet.folder)
    ending = threading.Event()
    try:
        # a terminal that is closed does not end it, and files are looked at anyhow: SIGHUP says nothing
        with signals(ending, signal.SIG_IGN):
            return int(_Serving(fleet, store, lease, ending, say, clock).run())
    finally:
        with suppress(SchoolgateError), store.write("give back") as con:
            leases.give_back(con, lease)


@dataclass
class _Serving:
    """One fleet at work; made up anew where its file, or a home's, has changed."""

    fleet: Fleet
    store: Store
    lease: Lease
    ending: threading.Event
    say: Callable[[str], None]
    clock: Clock
    stamps: dict[Path, int] = field(default_factory=dict)
    looked_at: dict[Path, int] = field(default_factory=dict)
    tell_at_s: float = 0.0
    lost: bool = False
    before: Conductor | None = None

    def __post_init__(self) -> None:
        self.started_at = self.clock()
        self.heart = FleetHeart(self.clock)

    def run(self) -> bool:
        """Until it is to end; says whether another has taken over."""
        while not self.ending.is_set():
            self.stamps = _stamps(self.fleet)
            found = crew.members(self.fleet)
            if not found.homes:
                raise SchoolgateError("No home of this fleet can be used: ⟪fleet doctor⟫ says why.")
            engine = crew.engine(self.fleet, crew.stations(self.fleet, found))
            try:
                self._conduct(self._conductor(found, engine), engine)
            finally:
                engine.close()
        return self.lost

    def _conductor(self, found: crew.Members, engine: Engine) -> Conductor:
        up = uptime_beside(self.clock)
        made = Conductor(self.fleet, found, engine, self.store, self.clock, up, KEEP_EVERY_S)
        if self.before is not None:
            made.take_over(self.before)
        self.before = made
        return made

    def _conduct(self, conductor: Conductor, engine: Engine) -> None:
        """Until it is to end, or a file has changed."""
        members = conductor.members
        self.say(
            f"Schoolgate serves {len(members.homes)} homes and {len(members.places)} places by the engine "
            f"“{self.fleet.engine.kind}”. To end it: Ctrl-C, or SIGTERM."
        )
        while not self.ending.is_set():
            conductor.turn(TURN_S)
            if time.monotonic() >= self.tell_at_s:
                self.tell_at_s = time.monotonic() + TELL_EVERY_S
                if self._told(conductor) and self._changed(conductor):
                    break
        self._wind_up(conductor)

    def _wind_up(self, conductor: Conductor) -> None:
        """What is under way is finished, nothing is begun."""
        if self.ending.is_set():
            self.say("Ending: what is under way is finished, or taken up at the next start.")
        until_s = time.monotonic() + ENDS_WITHIN_S
        while len(conductor.line) and time.monotonic() < until_s:
            conductor.line.see_to(TURN_S)
            conductor.asking.keep(self.clock())
        self._told(conductor)

    def _told(self, conductor: Conductor) -> bool:
        """Writes how it fares; whether that could be done. What could not is tried again in seconds."""
        try:
            self._tell(conductor, self.clock())
        except StoreTooNew:
            raise
        except Exception as error:  # noqa: BLE001 - an edge: what cannot be told must not end the fleet
            conductor.fault(error)
            return False
        return True

    def _tell(self, conductor: Conductor, now: datetime) -> None:
        renewed = holder.renew(self.store, self.lease, now, HELD_FOR)
        if renewed is None:
            log.error("another process has taken this fleet over; this one ends")
            self.lost = True
            self.ending.set()
            return
        self.lease = renewed
        found = _progress(conductor, self.started_at, now)
        progress.write(self.fleet.folder, found)
        self.heart.tick(self.fleet, found)

    def _changed(self, conductor: Conductor) -> bool:
        """Must all be made up anew, by the files as they are now? Where one has new faults none is taken, and
        what is in use stays; all that changed is looked at again when one of them changes once more."""
        now = _stamps(self.fleet)
        changed = {path for path, at in now.items() if self.stamps.get(path) != at}
        if not changed or now == self.looked_at:
            return False
        self.looked_at = now
        try:
            fleet = load(self.fleet.path)
        except SchoolgateError as error:
            log.error("fleet.toml is not taken: %s", type(error).__name__)
            return False
        members = conductor.members
        same = {h.name for h in self.fleet.homes if h in fleet.homes and h.config not in changed}
        found = crew.members(fleet, {name: c for name, c in members.configs.items() if name in same})
        worse = found.faults.keys() - members.faults.keys()
        conductor.homes.not_taken(worse)
        if worse:
            return False
        self.stamps = now
        if fleet == self.fleet and found.asks_as(members):
            return False
        self.fleet = fleet
        return True


class FleetHeart:
    """A sign to a service elsewhere that the fleet fares well: where it stays away, they tell somebody. As a
    home's own it says nothing, and is sent only while it is true.

    For one thread. `tick` is called every few seconds; what it asks is asked in a thread of its own, since
    the conductor waits for nobody. `asking` is the last of those."""

    def __init__(self, clock: Clock) -> None:
        self.asking: threading.Thread | None = None
        self._clock = clock
        self._beat_at: datetime | None = None
        self._faults = 0
        self._failed_at: datetime | None = None

    def tick(self, fleet: Fleet, found: progress.FleetProgress) -> None:
        """Beats where that is due, the fleet collects, and nothing of its own has failed for as long."""
        if found.faults > self._faults:
            self._failed_at = found.at
        self._faults = found.faults
        settled = found.at - (self._failed_at or found.started_at) >= SETTLED
        if fleet.heartbeat is None or not settled or not found.collects(found.at):
            return
        if not due(self._beat_at, found.at, EVERY):
            return
        if self.asking is None or not self.asking.is_alive():
            self._beat_at = found.at
            self.asking = threading.Thread(
                target=_beat, args=(fleet.heartbeat, fleet, self._clock), name="heartbeat", daemon=True
            )
            self.asking.start()


def _beat(address: Secret, fleet: Fleet, clock: Clock) -> None:
    with beating(address, clock, fleet.network) as fetch:
        beat(address, fetch)


def _stamps(fleet: Fleet) -> dict[Path, int]:
    return {path: changed_at(path) for path in (fleet.path, *(home.config for home in fleet.homes))}


def _may_open(most: int) -> None:
    """Each home's pages and each site take some of the files that a process may have open. Workers inherit
    it; where the machine has no such limit there is nothing to do."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def _progress(conductor: Conductor, started_at: datetime, now: datetime) -> progress.FleetProgress:
    asking = conductor.asking
    return progress.FleetProgress(
        pid=os.getpid(),
        machine=platform.node(),
        started_at=started_at,
        at=now,
        engine=conductor.fleet.engine.kind,
        places=progress.PlacesProgress(
            all=len(asking.places),
            due=asking.waiting,
            under_way=asking.under_way,
            blocked=sum(outcome is Outcome.BLOCKED for outcome in asking.failing.values()),
            failing=sum(outcome is not Outcome.BLOCKED for outcome in asking.failing.values()),
        ),
        homes=conductor.told(now),
        restarts=dict(conductor.line.restarts),
        delay_s=conductor.homes.delay_s,
        faults=conductor.all_faults,
        unrouted_since=conductor.routing.waits_since(now),
    )
