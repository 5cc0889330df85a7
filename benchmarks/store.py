"""Saving mentions with their verdicts: how fast, and how much faster than row by row.

python -P benchmarks/store.py [--sizes 10000,100000,1000000] [--naive 500]

Each size is a new store on disk, filled through `batch.save` in batches of 20,000 mentions,
one transaction each: mention, version, sighting, match, verdict, story, sketch. Then milliseconds of
processor of what is read; the exponent is that of growth from the smallest size to the biggest. The
baseline is
`executemany` of the same mentions, versions, matches and verdicts into the same tables, at the small
size, in the same run.
"""

from __future__ import annotations

import argparse
import math
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.effects import utc_now
from data.ids import digest, text_hash
from data.keeping.periods import retain_until
from data.retention.purge import purge, rewrite
from data.store.engine.open import Store
from data.store.mentions.batch import Batch, save
from data.store.mentions.batch_rows import BatchMentions, match_rows, mention_rows, verdict_rows, version_rows
from data.store.sources.source_runs import states
from data.store.verdicts.stories import list_stories, sketches
from data.types import (
    About,
    Folded,
    Match,
    Mention,
    MentionKind,
    Outcome,
    Policy,
    Reason,
    Relevance,
    Route,
    Sentiment,
    Severity,
    Sketch,
    SourceRun,
    Story,
    Verdict,
)

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
POLICY = Policy()
BATCH = 20_000
URN = "900001"
REASON = (Reason("criticism", "It criticises a decision, names nobody and threatens nothing."),)
SCORES = tuple((f"label:{n}", n / 20) for n in range(14))
WORDS = ("parking", "at", "the", "gate", "is", "worse", "again", "nobody", "rang", "back", "about", "it")


def mention(n: int) -> Mention:
    text = " ".join(WORDS[(n * k) % len(WORDS)] for k in range(1, 40))
    return Mention(
        id=digest("bench", str(n))[:16],
        url=f"https://forum.example.org/t/{n}",
        channel="forum",
        kind=MentionKind.POST,
        title=f"Parking {n}",
        text=f"{text} {n}",
        fetched_at=NOW,
        author=f"poster{n % 5000}",
        published=NOW - timedelta(minutes=n % 100_000),
    )


def batch(start: int, size: int) -> Batch:
    """Mentions numbered from `start`, ten to a story."""
    mentions = tuple(mention(n) for n in range(start, start + size))
    at = NOW + timedelta(seconds=start)
    run = SourceRun("bench", at, at, Outcome.OK, mentions_read=size, mentions_new=size)
    ids = [m.id for m in mentions]
    stories = [f"s{n // 10:012d}" for n in range(start, start + size)]
    return Batch(
        run=run,
        source_id="bench",
        mentions=mentions,
        versions=dict.fromkeys(ids, 1),
        seen=tuple(ids),
        matches=tuple((i, 1, Match(URN, Relevance.ABOUT, 0.9, REASON)) for i in ids),
        stories=tuple(Story(s, URN, f"Parking {s}", NOW, NOW) for s in dict.fromkeys(stories)),
        folded=tuple(folded(m, s) for m, s in zip(mentions, stories, strict=True)),
        verdicts=tuple(verdict(i) for i in ids),
        alerts=(),
        outbox=(),
    )


def folded(m: Mention, story: str) -> Folded:
    """Seen on one of a hundred days."""
    seen_at = NOW - timedelta(days=int(m.id, 16) % 100)
    sketch = Sketch(m.id, story, URN, m.url, text_hash(m.title, m.text), bytes(256), seen_at)
    return Folded(m.id, story, URN, "new", sketch)


def verdict(mention_id: str) -> Verdict:
    return Verdict(
        *(mention_id, 1, URN, Relevance.ABOUT, Sentiment.NEGATIVE, (), About.SCHOOL),
        *(Severity.RESPOND, Route.RESPOND),
        reasons=REASON,
        scores=SCORES,
        model="bench",
    )


def batches(size: int) -> Iterator[Batch]:
    for start in range(0, size, BATCH):
        yield batch(start, min(BATCH, size - start))


def row_by_row(store: Store, given: Batch) -> None:
    """The same rows, the way one writes it first."""
    until = {v.mention_id: retain_until([v], NOW, POLICY) for v in given.verdicts}
    nobody: set[str] = set()
    sketches = {f.mention_id: f.sketch for f in given.folded}
    hashes = {m.id: text_hash(m.title, m.text) for m in given.mentions}
    taken = BatchMentions(given.mentions, given.versions, nobody, sketches, hashes, {})
    tables = {
        "mentions": mention_rows(taken, until, NOW),
        "mention_versions": version_rows(taken),
        "matches": match_rows(given.matches, given.folded, nobody),
        "verdicts": verdict_rows(given.verdicts, nobody, NOW),
    }
    with store.write("fill row by row") as con:
        for table, (columns, rows) in tables.items():
            marks = ", ".join("?" * len(columns))
            con.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def fresh(folder: Path) -> Store:
    store = Store(folder / "home", clock=utc_now, sleep=time.sleep)
    store.migrate()
    return store


def fill(store: Store, size: int) -> tuple[float, float]:
    """Seconds in the store alone, by the clock and of processor: making the values is not counted."""
    spent = processor = 0.0
    for given in batches(size):
        began, busy = time.perf_counter(), time.process_time()
        with store.write("fill") as con:
            save(con, given, now=NOW, policy=POLICY)
        spent += time.perf_counter() - began
        processor += time.process_time() - busy
    return spent, processor


def reads(store: Store) -> dict[str, float]:
    """Milliseconds of processor of what a scan, a rewrite and a reader ask of a store of this size."""
    took = {}

    def timed(name: str, began: float) -> None:
        took[name] = (time.process_time() - began) * 1000

    began = time.process_time()
    with store.read() as con:
        timed("open", began)
        began = time.process_time()
        sketches(con, [URN], NOW)
        timed("sketches of a day", began)
        began = time.process_time()
        list_stories(con, [URN], limit=100)
        timed("100 stories", began)
        began = time.process_time()
        states(con, ["bench"])
        timed("states", began)
    began = time.process_time()
    purge(store, NOW, POLICY)
    timed("purge of nothing", began)
    began = time.process_time()
    rewrite(store)
    timed("rewrite", began)
    return took


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--sizes", default="10000,100000,1000000")
    args.add_argument("--naive", type=int, default=500)
    given = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        row_by_row(fresh(Path(folder)), batch(0, given.naive))
        naive = given.naive / (time.perf_counter() - began)
    print(f"row by row: {given.naive:,} mentions, {naive:,.0f} a second")
    sizes = [int(size) for size in given.sizes.split(",")]
    columns = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            store = fresh(Path(folder))
            spent, processor = fill(store, size)
            megabytes = store.path.stat().st_size / 1e6
            columns.append({"insert: s": spent, "of processor": processor, "MB": megabytes} | reads(store))
        print(
            f"{size:,}: {size / spent:,.0f} a second, {size / spent / naive:.0f} times row by row", flush=True
        )
    print(f"{'':<20}" + "".join(f"{size:>12,}" for size in sizes) + f"{'exponent':>10}")
    for name in columns[0]:
        row = [column[name] for column in columns]
        growth = math.log(row[-1] / row[0]) / math.log(sizes[-1] / sizes[0]) if len(sizes) > 1 else 0.0
        print(f"{name:<20}" + "".join(f"{value:>12,.1f}" for value in row) + f"{growth:>10.2f}")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
