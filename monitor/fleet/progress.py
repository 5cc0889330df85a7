"""How a fleet fares, home by home: `progress.json` in its folder, written by what serves it.

For its owner alone, whole or not at all. It holds counts, times, names of homes and kinds of faults: never a
text, an author or an address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, fields
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any

from data.frozen import dataclass
from data.store.engine.leases import dead
from monitor.config.home.paths import keep
from monitor.fleet.engines.base import Stage

NAME = "progress.json"
SILENT_AFTER = timedelta(minutes=2)
"""What has written nothing for so long is taken not to run."""
WAITS_LONG = timedelta(minutes=15)
"""A home whose segments wait for longer does not fare well."""


@dataclass(frozen=True, slots=True)
class PlacesProgress:
    """How many places there are, each counted once for all who watch it; and of those: due and not asked
    yet, being asked, kept out by the site, failing."""

    all: int = 0
    due: int = 0
    under_way: int = 0
    blocked: int = 0
    failing: int = 0


@dataclass(frozen=True, slots=True)
class HomeProgress:
    """One home. `waiting_segments` are handed to it and not saved; `faults` counts those of today by what was
    being done (save, tend, mail, …), `last_fault` is the newest one's kind. `held_by` is a service of its own
    that runs for it. One that is `left_out` is not read: its file has faults; one that is
    `stale` is read by what its file said before it had them; of one that is `unusable` the last look failed,
    for its store, say. The days of `new_today` and
    `alerts_today` are those of the fleet's zone."""

    name: str
    waiting_segments: int = 0
    oldest_waiting_at: datetime | None = None
    last_handed_at: datetime | None = None
    last_saved_at: datetime | None = None
    last_tended_at: datetime | None = None
    new_today: int = 0
    alerts_today: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)
    held_by: str = ""
    last_fault: str = ""
    left_out: bool = False
    stale: bool = False
    unusable: bool = False

    def waits_long(self, now: datetime) -> bool:
        """Has a segment waited for longer than it should?"""
        return _long(self.oldest_waiting_at, now)


@dataclass(frozen=True, slots=True)
class FleetProgress:
    """The fleet at that moment (`at`), as the process that serves it saw it; `machine` is that one's name.

    `restarts` counts workers that had to be begun anew, by stage, since `started_at`. `delay_s` are seconds
    from a post's own time to its being saved, of the last thousands: the median and the 95th percentile; None
    where none is known. `faults` counts those of its own since it started, of no home and no place;
    `unrouted_since` is when the oldest reading came that is handed to no home yet, None where there is none.
    """

    pid: int
    machine: str
    started_at: datetime
    at: datetime
    engine: str
    places: PlacesProgress = field(default_factory=PlacesProgress)
    homes: tuple[HomeProgress, ...] = ()
    restarts: Mapping[Stage, int] = field(default_factory=dict)
    delay_s: tuple[float, float] | None = None
    faults: int = 0
    unrouted_since: datetime | None = None

    def unrouted_long(self, now: datetime) -> bool:
        """Has what is handed to no home yet waited for longer than it should?"""
        return _long(self.unrouted_since, now)

    def waits_long(self, now: datetime) -> bool:
        """Has that, or a home's segment?"""
        return self.unrouted_long(now) or any(home.waits_long(now) for home in self.homes)

    def well(self, now: datetime) -> bool:
        """Does nothing wait for long, and is no home left out, unusable, or by what its file said before?"""
        ill = any(home.left_out or home.stale or home.unusable for home in self.homes)
        return not self.waits_long(now) and not ill

    def collects(self, now: datetime) -> bool:
        """Is what is read handed over and, but for one home in ten at most, saved; and is there a place that
        can be read?"""
        late = sum(home.waits_long(now) for home in self.homes)
        blind = 0 < self.places.all <= self.places.failing + self.places.blocked
        return not self.unrouted_long(now) and 10 * late <= len(self.homes) and not blind

    def runs(self, now: datetime) -> bool:
        """Does what wrote this still live, and has it written lately?"""
        return now - self.at <= SILENT_AFTER and not dead(f"PID {self.pid} on {self.machine}")


def _long(since: datetime | None, now: datetime) -> bool:
    return since is not None and now - since > WAITS_LONG


def _names(of: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(of))


_WHOLE, _PLACES, _HOME = _names(FleetProgress), _names(PlacesProgress), _names(HomeProgress)
"""The facts in their order, without their names: of thousands of homes those would be most of the file."""


def write(folder: Path, progress: FleetProgress) -> None:
    """Keep it in the fleet's folder, in place of what was there."""
    said = {name: getattr(progress, name) for name in _WHOLE}
    of_home = attrgetter(*_HOME)
    said |= {"places": attrgetter(*_PLACES)(progress.places), "homes": list(map(of_home, progress.homes))}
    kept = json.dumps(said, default=datetime.isoformat, ensure_ascii=False, separators=(",", ":"))
    keep(folder / NAME, kept.encode())


def read(folder: Path) -> FleetProgress | None:
    """What was kept there last; None where there is nothing, or nothing that this version understands."""
    try:
        said: dict[str, Any] = json.loads((folder / NAME).read_bytes())
        facts = {name: said[name] for name in _WHOLE}
        delay = facts["delay_s"]
        facts |= {
            "places": PlacesProgress(*map(int, facts["places"])),
            "homes": tuple(_home(row) for row in facts["homes"]),
            "restarts": {Stage(stage): int(n) for stage, n in facts["restarts"].items()},
            "faults": int(facts["faults"]),
            "delay_s": None if delay is None else (float(delay[0]), float(delay[1])),
        }
        return FleetProgress(**facts | _moments(facts, "started_at", "at", "unrouted_since"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _home(row: list[Any]) -> HomeProgress:
    facts = dict(zip(_HOME, row, strict=True))
    times = (name for name in _HOME if name.endswith("_at"))
    return HomeProgress(**facts | _moments(facts, *times) | {"faults": dict(facts["faults"])})


def _moments(facts: Mapping[str, Any], *names: str) -> dict[str, datetime]:
    """Those of the facts that are there, as moments."""
    return {name: datetime.fromisoformat(facts[name]) for name in names if facts[name]}
