"""What a heartbeat costs on a quiet night: the model is begun, judges one sentence, and is let go.

python -P benchmarks/heartbeat.py
"""

from __future__ import annotations

import resource
import time
from pathlib import Path

from monitor.config.model import ModelSettings
from monitor.service.heartbeat import SENTENCE
from monitor.service.scoring import AwayScorer


def main() -> None:
    """Prints time, processor time and the child's memory, three times."""
    scorer = AwayScorer(ModelSettings(threads=1), time.monotonic)
    for _ in range(3):
        before, began = _processor_s(), time.monotonic()
        scorer.score([SENTENCE])
        child = next(iter(Path("/proc/self/task").glob("*/children"))).read_text().split()[0]
        pages = int(Path(f"/proc/{child}/statm").read_text().split()[1])
        scorer.let_go(0.0)
        took, used = time.monotonic() - began, _processor_s() - before
        print(f"{took:.1f} s, {used:.1f} s of processor, {pages * resource.getpagesize() / 1e6:.0f} MB")


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
