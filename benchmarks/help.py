"""How long `schoolgate --help` takes, beside a Python that does nothing.

python -P benchmarks/help.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path


def seconds(command: list[str], runs: int = 15) -> float:
    """The median of whole-process times."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Print both times and their ratio."""
    command = [str(Path(sys.executable).with_name("schoolgate")), "--help"]
    ours, nothing = seconds(command), seconds([sys.executable, "-c", ""])
    print(f"schoolgate --help  {ours:.3f} s   (budget: under 0.25)")
    print(f"python -c ''       {nothing:.3f} s   ({ours / nothing:.1f} times)")


if __name__ == "__main__":
    main()
