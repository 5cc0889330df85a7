"""Kills whoever sends messages, again and again, and looks whether any digest was sent twice.

python -P benchmarks/soak/kill_delivery.py [N] [--seed S]

Each round puts four digests and an alert into an outbox and kills the process that hands them to a true
mail server on this machine: as it connects, after the address, before, within and after the message, or
at a random time. At the end nobody may have two digests of one day, and every alert must have arrived.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.delivery_kills import rounds  # noqa: E402 - the project's own folders come first
from support.mail_server import post_office  # noqa: E402


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("kills", nargs="?", type=int, default=200)
    args.add_argument("--seed", type=int, default=1)
    given = args.parse_args()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        post_office() as office,
        rounds(Path(folder) / "home", office, given.seed) as killing,
    ):
        office.wait_s = 0.005
        while killing.kills.total() < given.kills:
            killing.kill_one()
        killing.finish()
        faults = killing.faults()
        print(f"{killing.figures()} (seed {given.seed}, {time.monotonic() - began:.0f} s)")
        print(f"{len(faults)} faults", *faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
