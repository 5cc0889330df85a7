"""How much processor time a command and everything that it starts take.

    python -P benchmarks/processor.py COMMAND…

Prints it last, beside what `gate.toml` says that it was, and ends as the command does. Processor time, since
the clock on the wall also counts what else the machine is doing. A busy machine adds to it, and an older one:
so a known piece of work is timed beside the command, and the seconds are also given as those of a machine
that takes `KNOWN_S` for it.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

GATE = Path(__file__).with_name("gate.toml")
KNOWN_S = 0.0288
"""Seconds of the known work beside the suite on the machine whose seconds `gate.toml` counts: two virtual
cores of an AMD EPYC with AVX-512 (25 November 2026)."""
EVERY_S = 10.0


def main() -> int:
    """Run the command and print what it took, beside what it was; end as the command does."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("command", nargs=argparse.REMAINDER)
    given = options.parse_args()
    was = tomllib.loads(GATE.read_text(encoding="utf-8"))["suite_seconds"]
    begun, known, over = time.monotonic(), [known_work_s()], threading.Event()
    threading.Thread(target=time_known_work, args=(known, over), daemon=True).start()
    code = subprocess.run(given.command, check=False).returncode
    over.set()
    took = resource.getrusage(resource.RUSAGE_CHILDREN)  # of all that was waited for, however far down
    seconds = took.ru_utime + took.ru_stime
    slower = statistics.median(known) / KNOWN_S
    print(
        f"reported: {Path(given.command[0]).name} {seconds:.1f} s of processor, {took.ru_stime:.1f} of them"
        f" of the system; {seconds / slower:.1f} s where the known work takes {KNOWN_S} s, was {was}"
        f" (here {slower:.2f} times as long); {time.monotonic() - begun:.0f} s by the clock"
    )
    return code


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


if __name__ == "__main__":
    sys.exit(main())
