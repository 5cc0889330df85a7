"""What it costs to hand readings from one stage of a fleet to the next.

    python -P benchmarks/segments.py [--readings 64] [--mentions 30] [--times 15] [--folder DIR]

Invented readings, sixty words a mention, an article behind a headline of every fourth. Printed are
milliseconds for writing a segment (until it is on the disk) and for reading it, the least and the median, the
least of processor time, and the file's size. What is read is compared with what was written.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data.store.segments import HandedReading, read_segment, write_segment
from data.types import Aggregate, ArticleRead, Mention, MentionKind, Outcome, SourceRun

NOW = datetime(2026, 11, 20, 9, 30, 15, 123456, tzinfo=UTC)
TEXT = "the school gate parking again this morning and nobody answers calls concert lovely"
WORDS = TEXT.split()


def readings(count: int, mentions: int) -> list[HandedReading]:
    """So many, always the same."""
    rng = random.Random(7)
    return [reading(rng, n, mentions) for n in range(count)]


def reading(rng: random.Random, n: int, mentions: int) -> HandedReading:
    said = tuple(mention(rng, n, m) for m in range(mentions))
    run = SourceRun(
        f"feed-{n}", NOW, NOW, Outcome.OK, etag="x", aggregate=Aggregate(4.5, n) if n % 3 else None
    )
    text = " ".join(rng.choices(WORDS, k=600))
    article = ArticleRead("key", said[0].id, NOW, Outcome.OK, text) if said and n % 4 == 0 else None
    return HandedReading(run, said, {said[0].id: article} if article else {})


def mention(rng: random.Random, n: int, m: int) -> Mention:
    return Mention(
        id=f"{rng.getrandbits(128):032x}",
        url=f"https://example.org/thread/{n}/{m}",
        channel="local_forum",
        kind=MentionKind.POST,
        title=f"Thread {n}",
        text=" ".join(rng.choices(WORDS, k=60)),
        fetched_at=NOW,
        author=f"poster-{rng.randrange(999)}",
        published=NOW,
    )


def timed(work: Callable[[], object], times: int) -> str:
    took, used = [], []
    for _ in range(times):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - wall) * 1000)
        used.append((time.process_time() - processor) * 1000)
    return f"{min(took):6.1f} at least, {median(took):6.1f} mostly, {min(used):6.1f} of processor"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--readings", type=int, default=64)
    asked.add_argument("--mentions", type=int, default=30)
    asked.add_argument("--times", type=int, default=15)
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args()
    made = readings(given.readings, given.mentions)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / "one.parquet"
        write_segment(path, made)
        assert read_segment(path) == made
        print(f"write  {timed(lambda: write_segment(path, made), given.times)}")
        print(f"read   {timed(lambda: read_segment(path), given.times)}")
        print(f"size   {path.stat().st_size:,} bytes of {given.readings} readings of {given.mentions}")


if __name__ == "__main__":
    main()
