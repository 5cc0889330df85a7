"""How much processor time a command and everything that it starts take, against the budget.

python -P benchmarks/processor.py [--most SECONDS] COMMAND…

Says it last, with the kind of processor; ends as the command does, or with 1 where it took more than
`suite_seconds` of `benchmarks/budget.toml` and 15 % (or than SECONDS). Processor time, since the clock on the
wall also counts what else the machine is doing; still, a busy machine adds to it, and an older one.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from house_parts.budget import bounds

BUDGET = Path(__file__).with_name("budget.toml")
LEEWAY = 1.15


def main() -> int:
    """Run the command, print what it took, and compare."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--most", type=float, help="Instead of the budget's seconds and 15 %%.")
    options.add_argument("command", nargs=argparse.REMAINDER)
    given = options.parse_args()
    most = agreed() * LEEWAY if given.most is None else given.most
    begun = time.monotonic()
    code = subprocess.run(given.command, check=False).returncode
    took = resource.getrusage(resource.RUSAGE_CHILDREN)  # of all that was waited for, however far down
    seconds = took.ru_utime + took.ru_stime
    print(
        f"processor time: {seconds:.1f} s ({took.ru_utime:.1f} + {took.ru_stime:.1f} of the system), at most"
        f" {most:.0f}; {time.monotonic() - begun:.0f} s by the clock; {os.cpu_count()} × {model()}"
    )
    if seconds > most:
        print(
            "That is more than was agreed to: pytest --dearest 30 names the dearest tests.", file=sys.stderr
        )
    return code or int(seconds > most)


def agreed() -> float:
    """The seconds of the budget."""
    return next(
        bound.most for bound in bounds(BUDGET.read_text(encoding="utf-8")) if bound.name == "suite_seconds"
    )


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
