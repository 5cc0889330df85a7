"""A process that serves a fleet as `schoolgate fleet serve` does, and may ask places on this machine.

python fleet_worker.py FOLDER PORT EVERY_S

Each place is asked every EVERY_S seconds, which no configuration may say, at the site on PORT. While it works
it writes the numbers of its workers into FOLDER/pids.json.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import sources.due
from monitor.fleet import crew, serve
from monitor.fleet.crew import Fetching
from monitor.fleet.engines.base import Engine, Stage, Station
from monitor.fleet.settings import Fleet
from monitor.terminal import output
from sources.http.politeness import Limits


def main(folder: Path, port: int, every_s: float) -> None:
    sources.due.interval_s = lambda *given: every_s
    made_of, begun = crew.stations, crew.engine

    def stations(fleet: Fleet, found: crew.Members) -> dict[Stage, Station]:
        asks = partial(
            Fetching,
            fleet.path,
            fleet.contact,
            fleet.network,
            replace(Limits(), per_host_interval_s=0.0),
            frozenset({("127.0.0.1", port)}),
        )
        made = made_of(fleet, found)
        return made | {Stage.FETCH: replace(made[Stage.FETCH], make=asks)}

    def engine(fleet: Fleet, made: Mapping[Stage, Station]) -> Engine:
        found = begun(fleet, made)
        threading.Thread(target=tell, args=(folder, found), daemon=True).start()
        return found

    crew.stations, crew.engine = stations, engine
    output.set_up_log(verbose=False)
    serve.TURN_S, serve.TELL_EVERY_S, serve.SETTLED = 0.1, 0.5, timedelta(0)
    sys.exit(serve.serve(folder / "fleet.toml", say=print))


def tell(folder: Path, engine: Engine) -> None:
    """The workers' numbers, again and again."""
    wait = threading.Event()
    while not wait.wait(0.3):
        draft = folder / ".pids"
        try:
            draft.write_text(json.dumps(engine.pids()))  # type: ignore[attr-defined]
        except Exception:  # noqa: BLE001 - one of them is gone; it is begun anew
            continue
        draft.replace(folder / "pids.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
