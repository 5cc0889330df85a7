"""What a run costs: processor and memory of each process, and how much of each work was done.

Processor is that of all threads, user and system, as /proc has it; a worker's includes the process in which
it has documents read. Ray's own processes are told apart. Memory is the most that each held.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from monitor.fleet.engines.base import Stage, Station, Work

_FEW = 20
_TICK = float(os.sysconf("SC_CLK_TCK"))


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor, and megabytes at most."""

    seconds: float
    mb: float


def counted(stations: Mapping[Stage, Station], folder: Path) -> dict[Stage, Station]:
    """The same stations; each worker writes down into `folder` what it was asked."""
    folder.mkdir(parents=True, exist_ok=True)
    return {
        stage: replace(station, make=partial(_Counting, station.make, stage.value, folder))
        for stage, station in stations.items()
    }


def works(folder: Path) -> Counter[str]:
    """Of each stage and kind of work: how often, how much was in it, seconds of its thread's processor."""
    found: Counter[str] = Counter()
    for path in folder.glob("works-*.json"):
        found.update(json.loads(path.read_text(encoding="utf-8")))
    return found


def of_workers(pids: Mapping[str, int]) -> dict[str, Cost]:
    """What each worker has cost up to now, with the processes it has begun."""
    return {name: _together(pid, _begun_by()) for name, pid in pids.items()}


def of_all(pid: int) -> Cost:
    """What a process and all that it has begun have cost up to now; what has ended counts by its parent."""
    return _together(pid, _begun_by())


def of_one(pid: int) -> Cost:
    """What a process has cost by itself."""
    return _one(pid)


class _Counting:
    """A worker that counts. Its file is written after each work."""

    def __init__(self, make: Callable[[], Work], stage: str, folder: Path) -> None:
        self._work = make()
        self._stage = stage
        self._path = folder / f"works-{stage}-{os.getpid()}.json"
        self._told: Counter[str] = Counter()
        self._homes: set[str] = set()

    def __call__(self, work: Any) -> Any:
        began = time.thread_time()
        answer = self._work(work)
        name = f"{self._stage}.{type(work).__name__}"
        if type(answer).__name__ == "ScoresWanted":
            name += ".wanted"
        self._told[f"{name}.n"] += 1
        size, spent = _size(work, answer), time.thread_time() - began
        for key, more in {"of": size, "s": spent, "of_of": size * size, "of_s": size * spent}.items():
            self._told[f"{name}.{key}"] += more  # type: ignore[assignment]
        self._remember(work)
        self._path.write_text(json.dumps(self._told), encoding="utf-8")
        return answer

    def _remember(self, work: Any) -> None:
        """What memory a writer has by how many homes it knows."""
        home = getattr(work, "home", None)
        if home is None or home.name in self._homes:
            return
        self._homes.add(home.name)
        if len(self._homes) in (_FEW, *range(2 * _FEW, 10_000, _FEW)):
            key = "few" if len(self._homes) == _FEW else "many"
            self._told[f"memory.{key}.homes"], self._told[f"memory.{key}.mb"] = len(self._homes), _held_mb()


def _size(work: Any, answer: Any) -> int:
    """How many mentions or texts are in it."""
    if hasattr(work, "texts"):
        return len(work.texts)
    if hasattr(work, "readings"):
        return sum(len(one[1].mentions if isinstance(one, tuple) else one.mentions) for one in work.readings)
    collected = getattr(answer, "collected", None)
    return len(collected.mentions) if collected is not None else 0


def _held_mb() -> int:
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


def _together(pid: int, children: Mapping[int, list[int]]) -> Cost:
    whole = _one(pid)
    for child in children.get(pid, ()):
        part = _together(child, children)
        whole = Cost(whole.seconds + part.seconds, whole.mb + part.mb)
    return whole


def _one(pid: int) -> Cost:
    with suppress(OSError, IndexError, ValueError):
        words = (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        most = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)
        return Cost(sum(map(int, words[11:15])) / _TICK, most / 1024)
    return Cost(0.0, 0.0)


def _begun_by() -> dict[int, list[int]]:
    """The processes of this machine by who began them."""
    found: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError, ValueError):
            parent = int(path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1])
            found.setdefault(parent, []).append(int(path.parent.name))
    return found
