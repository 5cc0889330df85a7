"""Does the time of an answer tell of a matter that its reader may not know of?

python -P benchmarks/hidden.py [--rounds 30] [--kind "allegation of the head"] [--as holt]

Two homes hold the same but for that matter (tests/builders/two_homes.py). Each command is run in turns in
both, naming the matter as somebody would who guesses; told are medians of processor time in milliseconds. It
ends with 1 where one differs by more than 5 % and more than 10 ms.
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
from pathlib import Path

sys.path[:0] = [str(root := Path(__file__).resolve().parents[1]), str(root / "tests")]

from builders.two_homes import KINDS, Home, two_homes  # noqa: E402 - the project's own folders first

SHARE, LEAST_MS = 0.05, 10.0
COMMANDS = (
    "alerts list --all", "alerts show ALERT", "alerts show CASE", "story list --all", "story show STORY",
    "story search - < WORDS", "case list --all", "case show CASE", "evidence verify CASE", "status",
    "report-in --text - --url URL --channel local_forum --school SCHOOL < WORDS",
    "report-in --state POST --school SCHOOL",
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
                words = {**vars(homes.hidden), "SCHOOL": KINDS[kind].urn}
                command, given, said = line.partition(" < ")
                pair = list(zip(homes.both, times, strict=True))
                for home, found in pair if n % 2 else reversed(pair):
                    cost = cost_ms(home, f"{command} --as {person}{given}{said}", words)
                    found[len(found) :] = [cost] if n >= 0 else []
    gc.unfreeze()
    return [Compared(line, *map(statistics.median, times)) for line, times in took.items()]


def cost_ms(home: Home, line: str, words: dict[str, str]) -> float:
    began = time.process_time()
    home.typed(line, 1, **words)
    return (time.process_time() - began) * 1000


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--kind", default="allegation of the head", choices=KINDS)
    parser.add_argument("--as", dest="person", default="holt")
    asked = parser.parse_args(given)
    print(
        f"{asked.kind}, as {asked.person}, {asked.rounds} rounds\n without     with    more  ratio  command"
    )
    found = compared(asked.kind, asked.person, asked.rounds)
    print("\n".join(map(str, found)))
    return int(any(one.over for one in found))


if __name__ == "__main__":
    sys.exit(main())
