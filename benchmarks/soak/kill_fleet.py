"""Kills the workers of a local fleet, its head, and all of it, again and again, while people write.

python -P benchmarks/soak/kill_fleet.py [KILLS] [--seed S]

Three homes, one worker of each kind. Some workers are stopped for a while instead, and some kills come in the
middle of a start. After the last one it is measured how long what was written takes to be in its homes, with
nothing left on its way. Every post must be there once and nowhere else, every threat be told once, and
`schoolgate evidence verify` must find nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "live")]

import test_fleet_killed as live  # noqa: E402 - the project's own folders come first

WORKERS = ("score-0", "fetch-0", "link-0", "save-0")
WAYS = (*WORKERS, "score-0", "fetch-0", "save-0", "head", "all", "stop")
THREATENED = ("oakfield", "larch", "", "")
MOST_S = 600.0
"""So long what waits is looked for; how long it took is told."""


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("kills", nargs="?", type=int, default=60)
    args.add_argument("--seed", type=int, default=7)
    given = args.parse_args()
    live.MOST_S = MOST_S
    chance, done, began = random.Random(given.seed), Counter[str](), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, live.besieged(Path(folder)) as fleet:
        fleet.chance = chance
        fleet.write()
        fleet.begin()
        while done.total() - done["stop"] < given.kills:
            fleet.write(chance.choice(THREATENED))
            time.sleep(chance.uniform(0.05, 2.5))
            way = chance.choice(WAYS)
            with suppress(OSError, KeyError, ValueError):  # it had ended, and is not begun anew yet
                harm(fleet, way, chance)
                done[way] += 1
            assert fleet.process is not None
            if fleet.process.poll() is not None:
                raise SystemExit(f"the fleet ended by itself: {fleet.said}")
        fleet.write()
        storm_s, quiet = time.monotonic() - began, time.monotonic()
        fleet.wait(fleet.all_there)
        print(f"seed {given.seed}: {done.total()} in {storm_s:.0f} s, {dict(done)}", flush=True)
        print(f"all there {time.monotonic() - quiet:.0f} s after the last, load {os.getloadavg()[0]:.1f}")
        assert fleet.end() == 0, fleet.said
        live.judged(fleet)
        posts = {home: len(fleet.had(home)) for home in live.SCHOOLS}
        print(f"posts {posts}, threats {sum(map(len, fleet.threats.values()))}, 0 faults")
    return 0


def harm(fleet: live.Besieged, way: str, chance: random.Random) -> None:
    if way == "all":
        fleet.kill_all()
        fleet.write()
        fleet.begin()
    elif way == "head":
        assert fleet.process is not None
        os.kill(fleet.process.pid, signal.SIGKILL)
        time.sleep(chance.uniform(0, 3))  # its workers end by themselves
        fleet.kill_all()
        fleet.write()  # a linker and a scorer are begun when there is something for them
        fleet.begin()
    elif way == "stop":
        pid = fleet.pid(chance.choice(WORKERS))
        os.kill(pid, signal.SIGSTOP)
        time.sleep(chance.uniform(1, 6))
        os.kill(pid, signal.SIGCONT)
    else:
        os.kill(fleet.pid(way), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
