"""A school's stream from the feed to the verdict: how fast, what linking rules out, how much memory.

    python -P benchmarks/stream.py [--corpus DIR] [--mentions 2000] [--ours 0.4] [--torch 64] [--memory]

Drawn, seeded, from the posts held out of training (with --corpus also from dev.jsonl): --ours of them are
about the school that is watched, in SHARES by severity, the rest are not. They come as feeds, are parsed,
linked, searched for signals, scored, decided and folded for schools with eight people each, as in the
service; each bears a number, so that none is remembered. Two torch pipelines (extra `hub`) read some of the
same feeds in the same run. It also says what linking spares the network, and how much of that was grave.
`--memory` also looks every 50 ms at all processes of `scan --demo`, and runs benchmarks/idle.py.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import islice
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from held import held_mb

from classifiers.linking.linker import Linker
from classifiers.scoring.onnx_scorer import MODEL_DIR, Scorer
from classifiers.signals.catalogue import find_signals
from classifiers.stories import fold
from classifiers.text.model_text import mention_text
from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import read_thresholds
from classifiers.verdicts.whose import worth_scoring
from data.register.national_lists import read_schools
from data.types import Match, Mention, Person, Response, Role, School, Severity, Source
from research.evaluation.labelled_items import read_items
from sources.registry import collector

ROOT = Path(__file__).parents[1]
HELD_OUT = ROOT / "tests" / "fixtures" / "triage"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PER_FEED = 50
PEOPLE = tuple(
    Person(f"p{n}", f"M{n} Invented{n}", (role,), f"p{n}@oakfield.example.org")
    for n, role in enumerate(
        (
            Role.HEAD, Role.DEPUTY_HEAD, Role.DSL, Role.DEPUTY_DSL,
            Role.CHAIR, Role.VICE_CHAIR, Role.IT_LEAD, Role.STAFF,
        )
    )
)  # fmt: skip
SEED = 1
SHARES = {1: 0.7, 2: 0.27, 3: 0.025, 4: 0.005}
"""How the posts about the school divide by severity: mostly news and thanks, then complaints."""

SCAN = (
    "import sys; from monitor.cli.app import main; "
    "sys.argv = ['schoolgate', 'scan', '--demo']; sys.exit(main())"
)

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Feed:
    """A document and where it came from; each item's address ends in its place among those drawn."""

    source: Source
    school: School
    body: bytes


@dataclass(frozen=True, slots=True)
class Linked:
    """A feed that was parsed and linked; `asked` are the places of the mentions that the models read."""

    school: School
    mentions: Sequence[Mention]
    matches: Sequence[tuple[Match, ...]]
    asked: Sequence[int]


@dataclass
class Told:
    """What became of the items: read by the models, or kept from them by linking."""

    count: int = 0
    asked: list[tuple[str, Item]] = field(default_factory=list)
    ruled_out: list[Item] = field(default_factory=list)


def draw(items: Sequence[Item], count: int, ours: float, seed: int = SEED) -> list[Item]:
    """`count` items: the share `ours` about a school, by severity as in SHARES; with repeats."""
    rng = random.Random(seed)
    kinds: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        kinds[max(int(item["severity"]), 1) if item["relevant"] else 0].append(item)
    wanted = [0, *SHARES]
    weights = [1.0 - ours, *(ours * share for share in SHARES.values())]
    return [rng.choice(kinds[kind]) for kind in rng.choices(wanted, weights, k=count)]


def feeds(drawn: Sequence[Item], schools: Mapping[str, School]) -> list[Feed]:
    """RSS documents of at most 50 items, each of one channel and one school."""
    groups: dict[tuple[str, str], list[tuple[int, Item]]] = defaultdict(list)
    for n, item in enumerate(drawn):
        groups[str(item["school"]), str(item["channel"])].append((n, item))
    return [
        _feed(schools[school], channel, rows[start : start + PER_FEED])
        for (school, channel), rows in groups.items()
        for start in range(0, len(rows), PER_FEED)
    ]


def _feed(school: School, channel: str, rows: Sequence[tuple[int, Item]]) -> Feed:
    body = "".join(
        f"<item><title>{escape(str(item.get('title') or ''))}</title><link>https://gazette.example.org/{n}</link>"
        f"<guid>{n}</guid><pubDate>{format_datetime(NOW)}</pubDate>"
        f"<description>{escape(escape(str(item['text'])))} {n}</description></item>"
        for n, item in rows
    )
    url = "https://gazette.example.org/feed.xml"
    source = Source(f"{channel}:{school.urn}", "feed", url, (school.urn,), channel=channel, surfaced=True)
    whole = f'<?xml version="1.0"?><rss version="2.0"><channel>{body}</channel></rss>'.encode()
    return Feed(source, school, whole)


def judge(given: Sequence[Feed], drawn: Sequence[Item], linker: Linker, scorer: Scorer) -> Told:
    """Every step from the bytes of a feed to its stories; no store. About 50 posts are scored together."""
    told, waiting = Told(), list[Linked]()
    for feed in given:
        waiting.append(_linked(feed, linker))
        told.count += len(waiting[-1].mentions)
        if sum(len(linked.asked) for linked in waiting) >= PER_FEED:
            _decide(waiting, drawn, scorer, told)
            waiting = []
    _decide(waiting, drawn, scorer, told)
    return told


def _linked(feed: Feed, linker: Linker) -> Linked:
    kind = (("content-type", "application/rss+xml"),)
    response = Response(feed.source.url, 200, kind, feed.body, NOW)
    mentions = collector("feed").parse(feed.source, response).mentions
    matches = linker.link(mentions, feed.source)
    asked = [i for i, found in enumerate(matches) if any(map(worth_scoring, found))]
    return Linked(feed.school, mentions, matches, asked)


def _decide(read: Sequence[Linked], drawn: Sequence[Item], scorer: Scorer, told: Told) -> None:
    inputs = [mention_text(m) for linked in read for m in (linked.mentions[i] for i in linked.asked)]
    scores, thresholds = scorer.score(inputs), read_thresholds()
    rows = iter(range(len(inputs)))
    for linked in read:
        row_of = {i: next(rows) for i in linked.asked}
        for i, mention in enumerate(linked.mentions):
            item = drawn[int(mention.url.rpartition("/")[2])]
            row = scores.row(row_of[i]) if i in row_of else {}
            signals = find_signals(mention, linked.school, PEOPLE)
            match = next(match for match in linked.matches[i] if match.urn == linked.school.urn)
            decide(read_post(mention, match, row, signals, linked.school, PEOPLE, thresholds))
            if i in row_of:
                told.asked.append((inputs[row_of[i]], item))
            else:
                told.ruled_out.append(item)
        fold(linked.mentions, linked.matches, {}, NOW)


def grave(items: Sequence[Item]) -> int:
    """How many are about the school and of severity 3 or more."""
    return sum(bool(item["relevant"]) and item["severity"] >= Severity.TODAY for item in items)


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

    from classifiers.scoring.onnx_scorer import TOKENIZER_FILE

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


def scan_mb() -> int:
    """The most that all processes of a first `scan --demo` hold together."""
    with tempfile.TemporaryDirectory() as folder:
        scan = subprocess.Popen(
            [sys.executable, "-P", "-c", SCAN],
            env={**os.environ, "SCHOOLGATE_HOME": folder},
            stdout=subprocess.DEVNULL,
        )
        most = 0
        while scan.poll() is None:
            most = max(most, held_mb(scan.pid))
            time.sleep(0.05)
        if scan.returncode:
            sys.exit(f"scan --demo ended with {scan.returncode}")
    return most


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, help="a folder with triage/dev.jsonl and its schools.json")
    parser.add_argument("--mentions", type=int, default=2000)
    parser.add_argument("--ours", type=float, default=0.4, help="share of posts that are about the school")
    parser.add_argument("--torch", type=int, default=64, help="how many of them the two pipelines read")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="a scan's and an idle service's too")
    chosen = parser.parse_args()
    items, schools = read_items(HELD_OUT / "holdout.jsonl"), read_schools(HELD_OUT / "holdout_schools.json")
    if chosen.corpus:
        items += read_items(chosen.corpus / "triage" / "dev.jsonl")
        schools |= read_schools(chosen.corpus / "triage" / "schools.json")
    drawn = draw(items, chosen.mentions, chosen.ours)
    given = feeds(drawn, schools)
    speed = measure(given, drawn, schools, chosen.rounds)
    slow = torch_pipelines([feed.body for feed in given], chosen.torch)
    if slow is None:
        print("two torch pipelines   not measured: the extra `hub` is not installed")
    else:
        print(f"two torch pipelines   {slow:8.1f} mentions/s")
        print(f"times as fast         {speed / slow:8.0f}   (budget: 60 or more)")
    if chosen.memory:
        print(f"scan --demo, at most  {scan_mb():8} MB   (budget: 400)", flush=True)
        subprocess.run([sys.executable, "-P", str(Path(__file__).with_name("idle.py"))], check=True)


def measure(
    given: Sequence[Feed], drawn: Sequence[Item], schools: Mapping[str, School], rounds: int
) -> float:
    """Prints what became of the stream; the median of the rounds, in mentions a second."""
    linker, speeds = Linker(list(schools.values())), []
    for _ in range(rounds):
        scorer = Scorer(threads=os.cpu_count() or 1)
        scorer.score(["warm"])
        began = time.perf_counter()
        told = judge(given, drawn, linker, scorer)
        speeds.append(told.count / (time.perf_counter() - began))
    speed, those = float(np.median(speeds)), told.ruled_out
    ours = sum(bool(item["relevant"]) for item in drawn)
    print(f"mentions              {told.count:8}   ({ours} about the school, {grave(drawn)} of these grave)")
    low, high = min(speeds), max(speeds)
    print(f"collect to verdict    {speed:8.0f} mentions/s   ({low:.0f} to {high:.0f}; budget: 350)")
    kept, share = sum(bool(item["relevant"]) for item in those), len(those) / told.count
    ruled_out = f"({len(those)}: {kept} about the school, {grave(those)} grave)"
    print(f"ruled out by linking  {share:8.3f}   {ruled_out}")
    return speed


if __name__ == "__main__":
    main()
