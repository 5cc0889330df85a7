"""Damaged and swollen documents through every kind's reader: what raises, what takes long, what memory.

python -P benchmarks/mutants.py [COUNT] [--seed S]

The documents begin as the project's own, and as the real ones beside it where SCHOOLGATE_CORPUS has any. They
are read as a scan reads them, in the process that is made for it, with wider bounds than a scan's. Told are
those that raised, those over 5 seconds of processor, and the most memory the process ever held.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from builders.mutants import Mutant, mutants, own, read, real  # noqa: E402 - the project's own folders come first

from data.errors import Unreadable  # noqa: E402
from sources.parser_process import Bounds, ParserProcess  # noqa: E402

LONG_S = 5.0
WIDE = Bounds(work_s=60.0, whole_s=600.0, memory_mb=600)
_TICKS_S = 1 / os.sysconf("SC_CLK_TCK")


def worked_s(reader: ParserProcess) -> float:
    """The processor time of all its processes until now."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    live = _proc(reader, "stat").rpartition(")")[2].split()
    return ended.ru_utime + ended.ru_stime + sum(map(int, live[11:13])) * _TICKS_S


class Watched:
    """The most memory that the reader's process holds, looked at every 5 ms for as long as this lives.

    What the system tells of a process that has ended is no use: it counts what was held by whoever began it.
    """

    def __init__(self, reader: ParserProcess) -> None:
        self.most_kb = 0
        self._reader = reader
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            with suppress(OSError):  # it has just ended
                told = _proc(self._reader, "status").splitlines()
                self.most_kb = max(
                    [self.most_kb, *(int(n.split()[1]) for n in told if n.startswith("VmHWM"))]
                )
            time.sleep(0.005)


def _proc(reader: ParserProcess, name: str) -> str:
    return Path(f"/proc/{reader.pid}/{name}").read_text(encoding="ascii") if reader.pid else ""


def main() -> int:
    """Reads them all, prints what was found; 1 where something was."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("count", nargs="?", type=int, default=3000)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    files = (*own(), *real())
    reader, ended, slow = ParserProcess(time.monotonic, WIDE), Counter[str](), list[tuple[float, str]]()
    watched = Watched(reader)
    for mutant in mutants(given.count, given.seed, files):
        before = worked_s(reader)
        how = _how(mutant, reader)
        ended[how.partition(":")[0]] += 1
        took_s = worked_s(reader) - before
        slow.append((took_s, mutant.name))
        if took_s > LONG_S or how.startswith(("raised", "ended")):
            print(f"{how}, {took_s:.1f} s, {len(mutant.body)} bytes: {mutant.name}", flush=True)
    over = sum(took_s > LONG_S for took_s, _ in slow)
    ways: dict[str, list[float]] = {}
    for took_s, name in slow:
        for way in name.split()[2].split("+"):
            ways.setdefault(way, []).append(took_s)
    for way, took in sorted(ways.items(), key=lambda found: -max(found[1])):
        print(f"{way}: {len(took)}, {sum(took) / len(took):.2f} s each, {max(took):.1f} at most")
    print(f"{given.count} documents from {len(files)} files: {dict(ended)}")
    print(f"over {LONG_S:g} s of processor: {over}; the slowest {max(slow)}")
    print(f"most memory {watched.most_kb / 1024:.0f} MB")
    return int(bool(over or ended["raised"] or ended["ended"]))


def _how(mutant: Mutant, reader: ParserProcess) -> str:
    try:
        page = read(mutant, reader)
    except Unreadable as error:
        return f"ended: {error}"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"raised: {type(error).__name__} {error}"
    return "read" if page.mentions else "nothing read"


if __name__ == "__main__":
    sys.exit(main())
