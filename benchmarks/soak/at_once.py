"""Twenty commands at once beside a service, on however busy a machine: does one of them fail?

python -P benchmarks/soak/at_once.py [COUNT]

COUNT times `alerts list` is begun together. A command waits for the store
for 30 s at most; before those who wait were let in by turns, five of twenty failed under load.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.at_once import all_at_once  # noqa: E402 - the project's own folders come first


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        faults = all_at_once(Path(folder), count)
    print(
        f"{count} commands at once in {time.monotonic() - began:.0f} s: {len(faults)} faults",
        *faults,
        sep="\n",
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
