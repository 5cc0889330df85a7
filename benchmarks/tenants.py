"""What a mention costs in a home of 1 to 5,000 schools, by stage, and how it grows.

    python -P benchmarks/tenants.py [--sizes 1,10,100,1000,5000] [--against PYTHON] [--sources N] [--broad N]

Each size is a home of its own in a process of its own (`many_schools.py` says what is in it); the model is a
stand-in that costs nothing, so that the rest shows: the shipped one takes 2 to 3 ms a mention, whatever the
number of schools. `--against` measures the code of another environment's Python in turns: the code before; it
reads what it can within `--seconds` of processor, and broad feeds up to `--broad-most` schools. Processor is
that of all threads. The exponent is that of the fitted power of the number of schools: 0 is no growth, 1 is
as many times. It prints the rows of Markdown tables: 5 new posts of sources of one school each, the same
read again, new posts of feeds that name no school, and those read again.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SIZES = "1,10,100,1000,5000"
STAGES = ("read", "link", "signals", "decide", "fold", "save", "whole")
READINGS = {"own": "new", "again": "again", "broad": "broad, new", "broad again": "broad, again"}

Found = Mapping[str, Mapping[str, float]]


def main() -> None:
    """Measures every size, and prints."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sizes", default=SIZES)
    options.add_argument("--against", help="another environment's Python, whose code is measured in turns")
    options.add_argument("--sources", type=int, default=320)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--broad", type=int, default=160, help="how many posts of broad feeds are read")
    options.add_argument("--broad-most", type=int, default=100)
    given = options.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    codes = {"after": sys.executable} | ({"before": given.against} if given.against else {})
    found: dict[str, dict[int, Found]] = {name: {} for name in codes}
    for size in sizes:
        for name, python in codes.items():
            broad = given.broad if name == "after" or size <= given.broad_most else 0
            found[name][size] = measured(python, size, given.sources, given.seconds, broad)
    for name, by_size in found.items():
        show(name, by_size)


def measured(python: str, *given: int) -> Found:
    """What one home found."""
    command = [python, "-P", str(Path(__file__).with_name("many_schools.py")), *map(str, given)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    found: Found = json.loads(told)
    return found


def show(name: str, by_size: Mapping[int, Found]) -> None:
    row("schools", f"{name}: read", *(f"{stage} ms" for stage in STAGES), "start ms", "MB", "most MB")
    row(*("---" for _ in range(len(STAGES) + 5)))
    for reading, shown in READINGS.items():
        there = {size: found for size, found in by_size.items() if reading in found}
        for size, found in there.items():
            memory = (found["start_ms"], found["mb"], found["peak_mb"]) if reading == "own" else ()
            row(
                f"{size:,}", shown, *(f"{found[reading].get(stage, 0):.2f}" for stage in STAGES),
                *(f"{value:.0f}" for value in memory),
            )  # fmt: skip
        row(
            "exponent", shown, *(grown([f[reading].get(s, 0) for f in there.values()], there) for s in STAGES)
        )


def grown(costs: Sequence[float], sizes: Mapping[int, Found]) -> str:
    """The slope of the costs over the sizes, both in logarithms; least squares."""
    points = [(math.log(size), math.log(cost)) for size, cost in zip(sizes, costs, strict=True) if cost > 0]
    if len(points) < 2:
        return "–"
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    return f"{sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points):.2f}"


def row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
