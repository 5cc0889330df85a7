"""Does the time of an answer tell of a matter that its reader may not know of?

python -P benchmarks/hidden.py [--rounds 30] [--kind "allegation of the head"] [--as holt] [--desk]

Two homes hold the same but for that matter (tests/builders/two_homes.py). Each command is run in turns in
both, naming the matter as somebody would who guesses; with `--desk` the address of the matter is asked for
at its desk, and a form sent there, in turns with one of nothing; told are medians of processor time in
milliseconds. It ends with 1 where one differs by more than 5 % and more than 10 ms.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

sys.path[:0] = [str(root := Path(__file__).resolve().parents[1]), str(root / "tests")]

from builders.two_homes import (  # noqa: E402
    KINDS,
    NOTHING,
    Desk,
    Home,
    two_homes,
)

from monitor.desk import page as edge  # noqa: E402

SHARE, LEAST_MS = 0.05, 10.0
COMMANDS = (
    "alerts list", "evidence verify CASE", "status",
)  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """Medians of a command, in milliseconds, without the matter and with it."""

    line: str
    bare: float
    full: float

    @property
    def over(self) -> bool:
        return abs(self.full - self.bare) > max(SHARE * min(self.bare, self.full), LEAST_MS)

    def __str__(self) -> str:
        said = f"{self.bare:8.1f} {self.full:8.1f} {self.full - self.bare:+7.1f} {self.full / self.bare:6.3f}"
        return f"{said}  {'OVER ' if self.over else ''}{self.line}"


def compared(
    kind: str, person: str, rounds: int, lines: Iterable[str] = COMMANDS, moved: str = "worked on"
) -> list[Compared]:
    """Each line, in homes that are copied anew for each round, so that none finds what another left."""
    took: dict[str, tuple[list[float], list[float]]] = {line: ([], []) for line in lines}
    gc.freeze()  # what others left in this process is not swept in a command's time
    for n in range(-1, rounds):  # the first warms up
        with tempfile.TemporaryDirectory() as folder:
            homes = two_homes(Path(folder), kind, "handed in", moved)
            for line, times in took.items():
                words = vars(homes.hidden)
                pair = list(zip(homes.both, times, strict=True))
                for home, found in pair if n % 2 else reversed(pair):
                    cost = cost_ms(home, f"{line} --as {person}", words)
                    found[len(found) :] = [cost] if n >= 0 else []
    gc.unfreeze()
    return [Compared(line, *map(statistics.median, times)) for line, times in took.items()]


FORM = {"do": "give", "to": "ash", "note": "Please ring."}
AT_DESK = ("/m/s/{token}", "/m/{token}", "/case/{number}", "/case/{number}/{act}", "/room/{token}")


def compared_at_desk(kind: str, person: str, rounds: int, moved: str = "worked on") -> list[Compared]:
    """The addresses of the matter, in turns with those of nothing: looked at, and a form sent there."""
    asked = [(how, path) for path in AT_DESK for how in ("GET", "POST")]
    with tempfile.TemporaryDirectory() as folder:
        homes = two_homes(Path(folder), kind, "handed in", moved)
        desk, named = Desk(homes.full), (NOTHING, homes.hidden)
        edge.MOST, kept = 10**6, edge.MOST
        took: dict[tuple[str, str], tuple[list[float], list[float]]] = {one: ([], []) for one in asked}
        gc.freeze()
        for n in range(-1, rounds):
            homes.full.clock.at += timedelta(minutes=1)
            for (how, path), times in took.items():
                pair = list(zip(named, times, strict=True))
                for known, found in pair if n % 2 else reversed(pair):
                    cost = request_ms(desk, person, how, desk.address(path, known, person))
                    found[len(found) :] = [cost] if n >= 0 else []
        gc.unfreeze()
        edge.MOST = kept
    return [Compared(" ".join(of), *map(statistics.median, times)) for of, times in took.items()]


def request_ms(desk: Desk, person: str, how: str, path: str) -> float:
    began = time.process_time()
    _ = desk.get(person, path) if how == "GET" else desk.post(person, path, FORM)
    return (time.process_time() - began) * 1000


def cost_ms(home: Home, line: str, words: dict[str, str]) -> float:
    began = time.process_time()
    home.typed(line, 1, **words)
    return (time.process_time() - began) * 1000


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--kind", default="allegation of the head", choices=KINDS)
    parser.add_argument("--as", dest="person", default="holt")
    parser.add_argument("--desk", action="store_true")
    asked = parser.parse_args(given)
    print(
        f"{asked.kind}, as {asked.person}, {asked.rounds} rounds\n without     with    more  ratio  command"
    )
    found = (compared_at_desk if asked.desk else compared)(asked.kind, asked.person, asked.rounds)
    print("\n".join(map(str, found)))
    return int(any(one.over for one in found))


if __name__ == "__main__":
    sys.exit(main())
