"""The cost of scoring: the word pieces, the session alone, the scorer whole, one text, the start.

    python -P benchmarks/model.py [--texts 1000] [--rounds 3]

Texts are the held-out posts of the project up to 40 tokens, repeated with a number so that
none is remembered. Each figure is the best of the rounds; ratios are of one run.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from classifiers.scoring.network import tokenise
from classifiers.scoring.onnx_scorer import Scorer
from research.evaluation.labelled_items import item_text, read_items

POSTS = Path(__file__).parents[1] / "tests" / "fixtures" / "triage" / "holdout.jsonl"
SHORT = 40


def texts(count: int, scorer: Scorer, first: int) -> list[str]:
    """Invented posts of at most 40 tokens, no two alike; `first` sets one round apart from the next."""
    pieces, _ = scorer._load()
    posts = [item_text(item) for item in read_items(POSTS)]
    sizes = [len(context) + len(words) for context, words in tokenise(pieces, posts)]
    short = [post for post, size in zip(posts, sizes, strict=True) if size <= SHORT - 5]
    return [f"{short[i % len(short)]} {first + i}" for i in range(count)]


def best(rounds: int, work: Callable[[int], int]) -> float:
    """The most items a second over the rounds; `work` does round n and gives how many it did."""
    rates: list[float] = []
    for n in range(rounds):
        began = time.perf_counter()
        done = work(n)
        rates.append(done / (time.perf_counter() - began))
    return max(rates)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    began = time.perf_counter()
    scorer = Scorer()
    scorer.score(["warm"])
    start = time.perf_counter() - began
    pieces, session = scorer._load()
    rounds = [texts(chosen.texts, scorer, n * chosen.texts) for n in range(chosen.rounds)]
    windows = scorer._windows(rounds[0])
    rows = [np.asarray([row], dtype=np.int64) for row in windows.ids]
    feed = [{"input_ids": row, "attention_mask": np.ones_like(row)} for row in rows]

    def alone(_: int) -> int:
        with ThreadPoolExecutor(2) as pool:
            deque(pool.map(lambda row: session.run(None, row), feed), maxlen=0)
        return len(feed)

    one = best(3, lambda n: len([session.run(None, row) for row in feed[:200]]))
    cutting = best(chosen.rounds, lambda n: len(tokenise(pieces, rounds[n])))
    bare = best(chosen.rounds, alone)
    whole = best(chosen.rounds, lambda n: len(scorer.score(rounds[n]).values))
    again = best(1, lambda n: len(scorer.score(rounds[0]).values))
    print(f"mean tokens                {sum(len(row) for row in windows.ids) / len(windows.ids):10.1f}")
    print(f"start, first text          {start:10.2f} s")
    print(f"one text after another     {1000 / one:10.2f} ms")
    print(f"word pieces alone          {cutting:10.0f} texts/s")
    print(f"session alone, two threads {bare:10.0f} texts/s")
    print(f"scorer                     {whole:10.0f} texts/s, {whole / bare:.2f} of the session")
    print(f"scorer, texts seen before  {again:10.0f} texts/s")


if __name__ == "__main__":
    main()
