"""Causes each fault of our own for real, and tells who was told of it, by which way, after how many minutes.

python -P benchmarks/soak/faults.py [--speed 20] [--only "store held"] [--again]

A true service for each: the model's process killed again and again, the disk full, the store held by another
program or damaged, mail down or refusing everybody, settings that have a fault. Its clock runs faster than
ours, nothing else is changed. With --again the fault is mended and word that it works again waited for.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.troubles import AGAIN, FAULTS, Service, Told, a_service  # noqa: E402

PATIENCE = 60
"""Minutes, by the service's clock, in which somebody must be told."""


def list_told(told: list[Told]) -> str:
    """Name who was told, how and when: “head by mail at 15, it by mail at 15”."""
    return ", ".join(f"{t.who} by {t.by} at {t.minute:.0f}" for t in told)


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--speed", type=float, default=20)
    args.add_argument("--only", choices=FAULTS)
    args.add_argument("--again", action="store_true")
    given = args.parse_args()
    print("| fault | told, by, after minutes | healthz not ok after | status | beats after | works again |")
    print("|---|---|---|---|---|---|")
    missing = 0
    for fault in [given.only] if given.only else FAULTS:
        with (
            tempfile.TemporaryDirectory() as folder,
            a_service(Path(folder) / "home", _port(), given.speed) as service,
        ):
            missing += not _one(service, fault, given.again)
    return 1 if missing else 0


def _one(service: Service, fault: str, again: bool) -> bool:
    """One line of the table; was anybody told?"""
    seconds = 60 / service.speed
    service.settle()
    service.cause(fault)
    service.until(lambda: not service.healthy(), PATIENCE * seconds)
    unwell = service.minute()
    service.until(service.told, PATIENCE * seconds - service.minute() * seconds)
    service.until(lambda: False, 5 * seconds)
    told = service.told()
    code, took, said = service.status()
    beats = sum(at > service.since + 3 * seconds for at in service.beats)
    service.mend()
    over = ""
    if again:
        mended = service.minute()
        service.until(lambda: service.told(AGAIN), 120 * seconds)
        over = f"mended at {mended:.0f}: {list_told(service.told(AGAIN))}"
    shown = f"exit {code} in {took:.1f} s: {' '.join(said.split())[:60]}…"
    row = (fault, list_told(told) or "nobody", f"{unwell:.0f}", shown, str(beats), over)
    print(f"| {' | '.join(row)} |", flush=True)
    return bool(told)


def _port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(code)
