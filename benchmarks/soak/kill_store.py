"""Kills processes that work on one store, again and again, and looks whether anything is lost.

python -P benchmarks/soak/kill_store.py [N] [--seed S]

Each of N rounds starts two processes that save batches and rewrite the file, and kills both with
SIGKILL after random times. Then the file must open, every batch must be there whole or not at all,
every batch that a process said was saved must be there, and the audit chain must hold.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
sys.path[:0] = [str(ROOT), str(TESTS)]

from support import store_worker  # noqa: E402 - the project's own folders come first

from data.effects import utc_now  # noqa: E402
from data.store.engine.audit_chain import verify  # noqa: E402
from data.store.engine.open import Store  # noqa: E402

START_S = (0.5, 3.0)
"""Seconds from start to kill: importing takes the first half second."""


def start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(store_worker.__file__), str(home), "rewrite", "1000000"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(ROOT)])},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_two(home: Path, chance: random.Random) -> tuple[int, list[str]]:
    """Runs two processes and kills both; how many batches they said were saved, and which were not killed."""
    began = time.monotonic()
    waits = [(chance.uniform(*START_S), start(home)) for _ in range(2)]
    said, faults = 0, []
    for wait_s, process in sorted(waits, key=lambda pair: pair[0]):
        time.sleep(max(0.0, began + wait_s - time.monotonic()))
        process.kill()
        told, _ = process.communicate()
        said += told.count("saved\n")
        if process.returncode != -signal.SIGKILL:
            faults.append(f"a process ended by itself: exit {process.returncode}")
    return said, faults


def look(store: Store) -> tuple[int, list[str]]:
    """How many batches are there, and what is wrong."""
    with store.open_reader() as con:
        faults = verify(con)
        try:
            return store_worker.whole(con), faults
        except AssertionError as half:
            return 0, [*faults, f"half a batch: {half}"]


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("rounds", nargs="?", type=int, default=200)
    args.add_argument("--seed", type=int, default=1)
    given = args.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "home", clock=utc_now, sleep=time.sleep)
        store.migrate()
        had, logs, unfinished, faults = 0, 0, 0, []
        for n in range(1, given.rounds + 1):
            said, ended = kill_two(store.home, chance)
            logs += store.path.with_name(store.path.name + ".wal").exists()
            unfinished += any(store.home.glob("*.unfinished"))
            there, wrong = look(store)
            if not had + said <= there <= had + said + 2:
                wrong = [*wrong, f"{had} batches and {said} more said, but {there} there"]
            faults += [f"round {n}: {fault}" for fault in (*ended, *wrong)]
            had = there
        print(
            f"{2 * given.rounds} kills (seed {given.seed}): {had} batches saved; {logs} times a log was left,"
        )
        print(f"{unfinished} times a half rewrite; {len(faults)} faults", *faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
