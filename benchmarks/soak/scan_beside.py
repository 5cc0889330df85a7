"""A service and two scans by hand look at the same four places: one story, one alert, whoever scans.

python -P benchmarks/soak/scan_beside.py [THREATS] [--scans N] [--seed S]

Each threat is published in all four places in the same words. However many look, each is one story and
one alert, and each of the alert's people is told once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.siege import looked_at_by_three  # noqa: E402 - the project's own folders come first


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("threats", nargs="?", type=int, default=14)
    args.add_argument("--scans", type=int, default=2)
    args.add_argument("--seed", type=int, default=7)
    given = args.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = looked_at_by_three(Path(folder), given.threats, scans=given.scans, seed=given.seed)
    print(f"{given.scans} scans beside the service, seed {given.seed}, {time.monotonic() - began:.0f} s")
    print(found.table(), f"{len(found.faults)} faults", *found.faults, sep="\n")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
