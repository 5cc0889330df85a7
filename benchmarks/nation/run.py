"""One run of the slice, in a process of its own: the real conductor, engine and model, played places.

    python -P -m benchmarks.nation.run '{"engine": "local", "workers": 1, …}'

The clock stands still while a round is worked off: nothing is late, nothing sleeps. Printed is, as JSON, what
every home holds at the end and what it all cost. `slice.py` calls it.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.nation import costs, homes, played
from benchmarks.nation.compare import held
from benchmarks.nation.world import schools
from benchmarks.nation.world.places import Nation, settled
from benchmarks.nation.world.shown import World
from data.system.child_process import keep_memory_small
from monitor.fleet import crew
from monitor.fleet.conducting.conductor import Conductor
from monitor.fleet.engines.base import Engine, Stage, Station
from monitor.fleet.serve import KEEP_EVERY_S
from monitor.fleet.settings import Fleet, load
from monitor.fleet.work import Tend
from monitor.home import wiring

MIDNIGHT = datetime(2026, 11, 17, tzinfo=UTC)
"""A Tuesday in term, in winter time."""
TURN_S = 0.05
TENDED = 20
"""So many homes are seen to besides, to know what that costs."""


def main() -> None:
    """Runs, and prints. `made` is the folder that `homes.make` filled: it is copied."""
    logging.basicConfig(level=logging.ERROR, format="%(name)s %(message)s")
    keep_memory_small()
    given = json.loads(sys.argv[1])
    lists = Path(given["lists"]) if given["lists"] else None
    found = schools.of_nation(lists, given["schools"])
    nation = settled(found)
    with tempfile.TemporaryDirectory(prefix="nation-") as folder:
        fleet = Path(folder) / "fleet"
        shutil.copytree(given["made"], fleet)
        path = homes.write_fleet(fleet, found, nation, _engine(given), homes.register(lists))
        print(json.dumps(Run(path, nation, given).run()))


def _engine(given: Mapping[str, Any]) -> dict[str, object]:
    workers = dict.fromkeys(("fetchers", "linkers", "scorers", "writers"), given["workers"])
    return {"kind": given["engine"], **workers}


class Run:
    """One fleet on its day."""

    def __init__(self, path: Path, nation: Nation, given: Mapping[str, Any]) -> None:
        self._fleet: Fleet = load(path)
        self._given = given
        self._beside = path.parent.parent
        self._clock = played.PlayedClock(self._beside / "clock")
        self._clock.set(MIDNIGHT)
        self._world = World(nation, MIDNIGHT, given["thinned"])

    def run(self) -> dict[str, Any]:
        """What it came to."""
        began, given = time.perf_counter(), self._given
        before = costs.of_one(os.getpid()).seconds  # what it took to draw the nation is no part of the fleet
        members = crew.members(self._fleet)
        engine = crew.engine(self._fleet, self._stations(crew.stations(self._fleet, members)))
        try:
            store = wiring.open_store(self._fleet.folder, self._clock)
            conductor = Conductor(self._fleet, members, engine, store, self._clock, keep_every_s=KEEP_EVERY_S)
            rounds = [
                self._round(conductor, 24.0 * (n + 1) / given["rounds"]) for n in range(given["rounds"])
            ]
            saved = costs.works(self._beside / "works")
            cost = costs.of_workers(engine.pids())  # type: ignore[attr-defined]
            whole, own = costs.of_all(os.getpid()), costs.of_one(os.getpid())
            tended = self._tended(engine) if given["tend"] else []
        finally:
            engine.close()
        wall = time.perf_counter() - began
        asked = played.askings(self._beside / "asked")
        with store.read() as con:
            runs = con.execute(
                "SELECT outcome, count(*), sum(mentions_read) FROM source_runs GROUP BY 1"
            ).fetchall()
        return {
            "held": held({home.name: home.folder for home in self._fleet.homes}),
            "homes": len(members.homes), "faults": dict(members.faults), "wall": wall, "rounds": rounds,
            "workers": {name: (one.seconds, one.mb) for name, one in cost.items()},
            "whole": (whole.seconds - before, whole.mb), "conductor": (own.seconds - before, own.mb),
            "works": dict(saved), "tended": tended,
            "askings": sum(map(len, asked.values())), "hosts": len(asked),
            "busiest": max(((len(at), host) for host, at in asked.items()), default=(0, "")),
            "too_soon": played.too_soon(asked.items()),
            "outcomes": {outcome: (n, int(read or 0)) for outcome, n, read in runs},
            "restarts": dict(conductor.line.restarts),
        }  # fmt: skip

    def _stations(self, made: Mapping[Stage, Station]) -> dict[Stage, Station]:
        """The fleet's own, but that places are played and that homes have the simulated time."""
        playing = partial(played.Playing, self._world, self._clock, self._beside / "asked")
        saving = partial(made[Stage.SAVE].make, clock=self._clock)
        stations = {
            **made,
            Stage.FETCH: replace(made[Stage.FETCH], make=playing),
            Stage.SAVE: replace(made[Stage.SAVE], make=saving),
        }
        return costs.counted(stations, self._beside / "works")

    def _round(self, conductor: Conductor, hour: float) -> float:
        """Works off all that is due at that hour, but for mails and reminders; seconds by the clock."""
        began = time.perf_counter()
        self._clock.set(MIDNIGHT + timedelta(hours=hour))
        conductor.turn(0.0, tend=False)
        while not conductor.idle or conductor.asking.waiting:
            conductor.turn(TURN_S, tend=False)
        return time.perf_counter() - began

    def _tended(self, engine: Engine) -> list[float]:
        """Seconds of processor it takes to see to a home besides: the first time, and when nothing is due."""
        writer_of, now = crew.writers(self._fleet), self._clock()
        some = self._fleet.homes[:TENDED]
        found = []
        for _ in range(3):
            before = costs.works(self._beside / "works")["save.Tend.s"]
            for home in some:
                engine.ask(Stage.SAVE, writer_of(home.name), Tend(home, now, now)).result()
            found.append((costs.works(self._beside / "works")["save.Tend.s"] - before) / len(some))
        return found


if __name__ == "__main__":
    main()
