"""How fast and how rightly mentions are folded into stories.

    python benchmarks/folding.py [--count 10000]

Invented reports, each carried once to four times: a copy as it is, one with a few words changed and a new
headline, one quoted in a post. Printed are mentions a second, at the count and at twice the count (a ratio
near 2 shows that nothing is quadratic), pairs rightly joined and pairs wrongly joined.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from classifiers.stories.folding import fold
from data.types import Match, Mention, MentionKind, Relevance

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ABOUT = (Match("900001", Relevance.ABOUT, 0.9),)
WORDS = [
    f"{head}{tail}"
    for head in ("ba", "co", "du", "fe", "gi", "la", "mo", "nu", "pe", "ri", "sa", "to", "vu", "we")
    for tail in ("rn", "lt", "sk", "mper", "nder", "ssle", "tch", "ck", "ndow", "ble", "st", "ver")
]


def reports(count: int, seed: int = 7) -> tuple[list[Mention], dict[str, int]]:
    """Mentions and, for each id, the number of the report that it tells."""
    rng = random.Random(seed)
    made: list[Mention] = []
    truth: dict[str, int] = {}
    number = 0
    while len(made) < count:
        number += 1
        words = rng.choices(WORDS, k=rng.randint(25, 60))
        seen = NOW - timedelta(hours=rng.randint(1, 200))
        for copy in range(rng.randint(1, 4)):
            mention = _copy(f"{number}-{copy}", words, copy, seen, rng)
            made.append(mention)
            truth[mention.id] = number
    return made[:count], truth


def _copy(id_: str, words: list[str], copy: int, seen: datetime, rng: random.Random) -> Mention:
    text = list(words)
    if copy == 2:
        text[rng.randrange(len(text))] = "changed"
    mention = Mention(
        id=id_,
        url=f"https://paper{copy}.example.org/{id_}",
        channel="news",
        kind=MentionKind.ARTICLE,
        title=" ".join(text[:6]) if copy != 2 else "another headline over the same report",
        text=" ".join(text),
        fetched_at=NOW,
        published=seen + timedelta(hours=copy),
    )
    if copy == 3:
        return replace(mention, kind=MentionKind.POST, title="", text="look at this", quoted=" ".join(words))
    return mention


def pairs(sizes: Iterable[int]) -> int:
    """How many pairs there are within groups of these sizes."""
    return sum(size * (size - 1) // 2 for size in sizes)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000)
    count = parser.parse_args().count
    taken = {}
    for size in (count, 2 * count):
        mentions, truth = reports(size)
        started = time.perf_counter()
        folded = fold(mentions, [ABOUT] * size, {}, NOW)
        taken[size] = time.perf_counter() - started
    told = pairs(Counter(truth[m.id] for m in mentions).values())
    joined = pairs(Counter(f.story_id for f in folded).values())
    right = pairs(Counter((f.story_id, truth[f.mention_id]) for f in folded).values())
    ratio = taken[2 * count] / taken[count]
    print(f"{count / taken[count]:,.0f} mentions a second; twice as many: {ratio:.2f} × the time")
    wrong = (joined - right) / joined
    print(f"pairs of one report joined {right / told:.2%}; joined pairs that are not {wrong:.2%}")
    print("by", dict(Counter(f.how for f in folded).most_common()))


if __name__ == "__main__":
    main()
