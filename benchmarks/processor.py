"""How much processor time a command and everything that it starts take, against `suite_seconds`.

python -P benchmarks/processor.py COMMAND…

Prints it last, with the kind of processor; ends as the command does, or with 1 where it took more than
`suite_seconds` of `benchmarks/ceilings.toml` and 15 %. Processor time, since the clock on the wall also
counts what else the machine is doing. A busy machine adds to it, and an older one: so a known piece of work
is timed beside the command, and the seconds that are held against the ceiling are those of a machine that
takes `KNOWN_S` for it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

CEILINGS = Path(__file__).with_name("ceilings.toml")
LEEWAY = 1.15
KNOWN_S = 0.0288
"""Seconds of the known work beside the suite on the machine whose seconds the ceiling counts: two virtual
cores of an AMD EPYC with AVX-512 (25 November 2026)."""
EVERY_S = 10.0


def main() -> int:
    """Run the command, print what it took, and compare."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("command", nargs=argparse.REMAINDER)
    given = options.parse_args()
    ceiling = tomllib.loads(CEILINGS.read_text(encoding="utf-8"))["suite_seconds"]
    begun, known, over = time.monotonic(), [known_work_s()], threading.Event()
    threading.Thread(target=time_known_work, args=(known, over), daemon=True).start()
    code = subprocess.run(given.command, check=False).returncode
    over.set()
    took = resource.getrusage(resource.RUSAGE_CHILDREN)  # of all that was waited for, however far down
    seconds = took.ru_utime + took.ru_stime
    slower = statistics.median(known) / KNOWN_S
    counted, most = seconds / slower, ceiling * LEEWAY
    print(
        f"processor time: {seconds:.1f} s ({took.ru_utime:.1f} + {took.ru_stime:.1f} of the system);"
        f" {counted:.1f} s of the ceiling's machine ({slower:.2f} times as fast), at most {most:.0f};"
        f" {time.monotonic() - begun:.0f} s by the clock; {os.cpu_count()} × {model()}"
    )
    if counted > most:
        print(
            f"suite_seconds is {counted:.0f}, more than 15 % above its ceiling of {ceiling}. "
            "`pytest --dearest 30` names the dearest tests. A ceiling may only be lowered, but for N/250 "
            "seconds for N more lines of product (python -P benchmarks/house.py --allow N).",
            file=sys.stderr,
        )
    return code or int(counted > most)


def time_known_work(known: list[float], over: threading.Event) -> None:
    """Adds what the known work takes, every `EVERY_S`, until it is over."""
    while not over.wait(EVERY_S):
        known.append(known_work_s())


def known_work_s() -> float:
    """Seconds of processor that Python takes for a known piece of work."""
    began = time.thread_time()
    rows = [{"id": f"m{n}", "text": "the choir was lovely " * (n % 7), "n": n} for n in range(12_000)]
    for row in json.loads(json.dumps(rows)):
        re.sub(r"l\w+y", "good", row["text"]).split()
    return time.thread_time() - began


def model() -> str:
    """The processor's own name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


if __name__ == "__main__":
    sys.exit(main())
