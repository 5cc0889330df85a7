"""How fast and how well texts are linked to schools.

    python benchmarks/linking.py --register FILE [FILE …]   speed and memory over a whole register
    python benchmarks/linking.py --quality DIR               figures on labelled items

Speed: 40,000 short invented texts, one in fifty of which names a school of the register with its town.
Printed are texts a second on one core for the whole of `Linker.scan`, for the automaton alone, and
memory that both take. Quality: every item is linked to the school under which it was found.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from classifiers.linking.linker import Linker
from data.register.national_lists import read_register, read_schools
from data.register.school_names import normalise_all
from data.types import Mention, MentionKind, Relevance, School, Source

COUNT = 40_000
ONE_IN = 50
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PHRASES = (
    "the bus was late again and nobody said a word about it all morning",
    "anyone know a good plumber, ours has gone on holiday until after the weekend",
    "lovely sunset over the canal tonight, took the dog out twice just to see it",
    "that second half was a disgrace, they should hang their heads walking off like that",
    "just made the soup everyone keeps going on about and honestly it is only soup",
    "roadworks by the station until Friday, allow ten more minutes each way",
    "happy birthday to my little brother who is now taller than me and will not stop saying so",
    "does the chemist on the corner still open on Sundays or has that stopped as well",
)


def texts(schools: Sequence[School], seed: int = 20261120) -> list[str]:
    """The invented texts, the same each time; about 75 letters each."""
    rng = random.Random(seed)
    made = []
    for i in range(COUNT):
        if i % ONE_IN == 0:
            school = rng.choice(schools)
            made.append(f"So proud of the children at {school.name} in {school.town}, wonderful concert")
        else:
            made.append(f"{rng.choice(PHRASES)} {rng.randint(1, 999)}")
    return made


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The best of three runs."""
    best = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def resident_mb() -> float:
    """The memory the process holds now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def speed(files: Sequence[Path]) -> None:
    """Print what the whole register costs."""
    schools = [school for file in files for school in read_register(file)]
    batch = texts(schools)
    gc.collect()
    before = resident_mb()
    started = time.perf_counter()
    linker = Linker([], schools)
    linker.scan(["a first text builds the automaton"])
    built = time.perf_counter() - started
    found = linker.scan(batch)
    taken = resident_mb() - before
    whole = seconds(lambda: linker.scan(batch))
    padded = [f" {text} " for text in normalise_all(batch)]
    alone = seconds(lambda: [linker.candidates(text) for text in padded])
    named = {i for i, _ in found}
    right = sum(i in named for i in range(0, COUNT, ONE_IN)) / (COUNT // ONE_IN)
    print(f"schools {len(schools):,}; built in {built:.1f} s; memory {taken:.0f} MB")
    print(f"scan {COUNT / whole:,.0f} texts a second; candidates alone {COUNT / alone:,.0f}")
    print(f"named texts found {right:.1%}; others taken for one {sum(i % ONE_IN > 0 for i in named):,}")


def quality(folder: Path) -> None:
    """Print recall and the share of others dropped for each labelled file."""
    for file in sorted(folder.glob("*.jsonl")):
        beside = [file.with_name(f"{file.stem}_schools.json"), file.with_name("schools.json")]
        schools = read_schools(next(path for path in beside if path.exists()))
        print(f"{file.stem}: {figures(file, schools)}")


def figures(file: Path, schools: dict[str, School]) -> str:
    """The figures of one file, as a line."""
    linker = Linker(tuple(schools.values()))
    answers: list[tuple[dict[str, object], Relevance]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        urn = schools[item["school"]].urn
        mention = Mention(item["id"], "", item["channel"], MentionKind.POST, item["title"], item["text"], NOW)
        (matches,) = linker.link([mention], Source("search", "search", "", urns=(urn,), surfaced=True))
        answers.append((item, next(m.relevance for m in matches if m.urn == urn)))
    kept = [(item, answer is not Relevance.NOT_ABOUT) for item, answer in answers]
    ours = [keep for item, keep in kept if item["relevant"]]
    others = [not keep for item, keep in kept if not item["relevant"]]
    grave = [keep for item, keep in kept if item["relevant"] and item["severity"] == 4]
    about = [bool(item["relevant"]) for item, answer in answers if answer is Relevance.ABOUT]
    unsure = sum(answer is Relevance.UNSURE for _, answer in answers)
    return (
        f"kept of ours {share(ours)}, dropped of others {share(others)}, severity 4 kept {share(grave)}, "
        f"right where sure {share(about)}, unsure {unsure} of {len(answers)}"
    )


def share(right: Sequence[bool]) -> str:
    """“97.1 % of 450”."""
    return f"{sum(right) / len(right):.1%} of {len(right)}" if right else "none"


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--register", nargs="+", type=Path, default=[])
    parser.add_argument("--quality", type=Path)
    given = parser.parse_args()
    if given.register:
        speed(given.register)
    if given.quality:
        quality(given.quality)


if __name__ == "__main__":
    main()
