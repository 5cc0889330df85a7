"""Collect → verdict, against the bare ONNX session and against two torch pipelines, in one run.

    python -P benchmarks/verdicts.py [--mentions 2000] [--torch 64]

Ours: feeds as bytes are parsed, linked, scored, decided and folded, for a school with eight people. Bare:
the same model's ONNX session alone over the same token rows, already cut. Torch (only with the extra
`torch`): feedparser,
then two transformers text-classification pipelines of RoBERTa-base size with random weights (only speed
counts), over --torch of the same mentions.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from classifiers.linking.linker import Linker
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.signals.find import find_signals
from classifiers.stories.folding import fold
from classifiers.text.model_text import mention_text
from classifiers.verdicts.decide import decide
from classifiers.verdicts.relevance import worth_scoring
from classifiers.verdicts.thresholds import read_thresholds
from data.types import Person, Policy, Response, Role, School, Source
from sources.registry import collector

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SCHOOL = School(
    urn="900001", name="Oakfield Primary School", aliases=("Oakfield Primary",), locality="Northvale",
    county="Northshire", postcode="ZZ4 1AA", domain="oakfield.example.org",
)  # fmt: skip
PEOPLE = tuple(
    Person(f"p{n}", f"M{n} Invented{n}", (role,), f"p{n}@oakfield.example.org")
    for n, role in enumerate(
        (
            Role.HEAD,
            Role.DEPUTY_HEAD,
            Role.DSL,
            Role.DEPUTY_DSL,
            Role.CHAIR,
            Role.VICE_CHAIR,
            Role.IT_LEAD,
            Role.STAFF,
        )
    )
)
SOURCE = Source("bench", "feed", "https://gazette.example.org/feed.xml", urns=("900001",))
PER_FEED = 50


def texts(count: int) -> list[str]:
    """Short invented posts, each naming the school; none twice."""
    folder = Path(__file__).resolve().parents[1] / "research" / "training" / "data"
    rows = [json.loads(line) for f in sorted(folder.glob("?.jsonl")) for line in f.open(encoding="utf-8")]
    short = sorted({r["text"] for r in rows if 30 < len(r["text"]) < 160})
    random.Random(7).shuffle(short)
    return [f"{short[i % len(short)]} Oakfield Primary, Northvale {i}" for i in range(count)]


def feeds(posts: list[str]) -> list[bytes]:
    """RSS documents of 50 items."""
    documents = []
    for start in range(0, len(posts), PER_FEED):
        items = "".join(
            f"<item><title>Post {start + n}</title><link>https://gazette.example.org/{start + n}</link>"
            f"<guid>{start + n}</guid><pubDate>{format_datetime(NOW)}</pubDate>"
            f"<description>{escape(text)}</description></item>"
            for n, text in enumerate(posts[start : start + PER_FEED])
        )
        documents.append(f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode())
    return documents


def ours(documents: list[bytes], scorer: Scorer) -> tuple[int, list[str]]:
    """Mentions judged, and the texts the model saw."""
    linker, thresholds, policy = Linker([SCHOOL]), read_thresholds(), Policy()
    feed = collector("feed")
    seen: list[str] = []
    count = 0

    for body in documents:
        kind = (("content-type", "application/rss+xml"),)
        mentions = feed.parse(SOURCE, Response(SOURCE.url, 200, kind, body, NOW)).mentions
        matches = linker.link(mentions, SOURCE)
        asked = [i for i, ms in enumerate(matches) if any(map(worth_scoring, ms))]
        inputs = [mention_text(mentions[i]) for i in asked]
        seen.extend(inputs)
        scores = scorer.score(inputs)
        for n, i in enumerate(asked):
            signals = find_signals(mentions[i], SCHOOL, PEOPLE)
            decide(mentions[i], 1, matches[i][0], scores.row(n), signals, policy, SCHOOL, PEOPLE, thresholds)
        fold(mentions, matches, {}, NOW)
        count += len(mentions)
    return count, seen


def bare(inputs: list[str], scorer: Scorer, threads: int = 2) -> float:
    """Seconds the session alone needs for rows already cut, each run by itself on two threads."""
    windows = scorer._windows(inputs)
    _, session = scorer._load()
    tokens = [np.asarray([row], dtype=np.int64) for row in windows.ids]
    feed = [{"input_ids": row, "attention_mask": np.ones_like(row)} for row in tokens]
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        deque(pool.map(lambda row: session.run(None, row), feed), maxlen=0)
    return time.perf_counter() - began


def torch_pipelines(documents: list[bytes], count: int) -> float | None:
    """Mentions a second of feedparser and two RoBERTa-base pipelines; None without torch."""
    try:
        import torch
    except ImportError:
        return None
    import feedparser
    from transformers import (
        PreTrainedTokenizerFast,
        RobertaConfig,
        RobertaForSequenceClassification,
        pipeline,
    )

    from classifiers.scoring.model_card import MODEL_DIR, TOKENIZER_FILE

    torch.set_num_threads(os.cpu_count() or 1)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(MODEL_DIR / TOKENIZER_FILE), pad_token="[PAD]", model_max_length=512
    )
    config = RobertaConfig(vocab_size=50265, num_labels=3, max_position_embeddings=514, type_vocab_size=1)
    models = [
        pipeline(
            "text-classification", model=RobertaForSequenceClassification(config).eval(), tokenizer=tokenizer
        )
        for _ in range(2)
    ]
    began = time.perf_counter()
    read = list(islice((e.summary for body in documents for e in feedparser.parse(body).entries), count))
    for model in models:
        model(read, batch_size=16, truncation=True)
    return len(read) / (time.perf_counter() - began)


def main() -> None:
    """Print one table: figures a second, and the ratios that the budgets speak of."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--mentions", type=int, default=2000)
    arguments.add_argument("--torch", type=int, default=64)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    documents = feeds(texts(given.mentions))
    threads = os.cpu_count() or 1
    ours(documents[:1], Scorer(threads=threads))
    ratios, speeds, alone = [], [], []
    for _ in range(given.rounds):
        scorer = Scorer(threads=threads)
        scorer.score(["warm"])
        began = time.perf_counter()
        count, inputs = ours(documents, scorer)
        mine = time.perf_counter() - began
        session = bare(inputs, scorer)
        speeds.append(count / mine)
        alone.append(len(inputs) / session)
        ratios.append((count / mine) / (len(inputs) / session))
    speed, ratio = float(np.median(speeds)), float(np.median(ratios))
    print(f"collect to verdict   {speed:8.0f} mentions/s   (median of {given.rounds})")
    print(f"ONNX session alone   {float(np.median(alone)):8.0f} texts/s")
    print(f"ratio                {ratio:8.2f}              (budget: 0.80 or more)")
    slow = torch_pipelines(documents, given.torch)
    if slow is None:
        print("torch pipelines      not measured: the extra `hub` is not installed")
    else:
        print(f"two torch pipelines  {slow:8.1f} mentions/s")
        print(f"times as fast        {speed / slow:8.0f}              (budget: 60 or more)")


if __name__ == "__main__":
    main()
