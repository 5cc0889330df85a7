"""Kills the service, again and again, while people publish and everything around it fails.

python -P benchmarks/soak/kill_service.py [KILLS] [--minutes M] [--seed S]

Six places publish; the service is killed 0.05 to 6 s after each start. Meanwhile alerts grow old and go to
the next person, the clock moves to the next morning every 15 rounds, a reader holds the file, the disk is
full, the mail server is away, puts off, refuses everybody, hangs up. Then one service catches up. Every
post must be stored once, every threat must have one story and one alert, everybody must have been told,
no digest may have come twice, and `schoolgate evidence verify` must find nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.siege import Account, Siege, account, besieged, verified  # noqa: E402 - the project's own folders come first


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("kills", nargs="?", type=int, default=150)
    args.add_argument("--minutes", type=float, default=60.0, help="no more rounds after so long")
    args.add_argument("--seed", type=int, default=7)
    given = args.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, besieged(Path(folder), given.seed, mount=True) as siege:
        while siege.counts["kills"] < given.kills and time.monotonic() - began < 60 * given.minutes:
            siege.kill_one()
            if siege.n % 25 == 0:
                print(f"round {siege.n}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        siege.finish(900.0)
        found = account(siege.store, siege.places.published, siege.stored, siege.office.taken)
        found.faults += siege.faults
        _verify(found, siege)
        print(_weather(siege, given.seed, time.monotonic() - began), found.table(), sep="\n")
        print(f"{len(found.faults)} faults", *found.faults, sep="\n")
        _log(Path(folder) / "log")
    return 1 if found.faults or siege.counts["kills"] < given.kills else 0


def _verify(found: Account, siege: Siege) -> None:
    code, said = verified(siege.store.home)
    found.counts["exit code of evidence verify"] = code
    if code:
        found.faults.append(f"evidence verify:\n{said}")


def _weather(siege: Siege, seed: int, took_s: float) -> str:
    told = ", ".join(f"{n} {what}" for what, n in siege.counts.items())
    return f"seed {seed}, {took_s:.0f} s, {siege.n} rounds, full by {siege.disk.way}: {told}"


def _log(path: Path) -> None:
    """What the services logged, each kind of line once: never a post's text."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    kinds = sorted({line.partition(" ")[2] for line in lines})
    print(f"{len(lines)} lines of log", *kinds[:60], sep="\n")


if __name__ == "__main__":
    sys.exit(main())
