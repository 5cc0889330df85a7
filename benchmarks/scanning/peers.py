"""What others take for the documents of `benchmarks/scan.py`: obsei, and feedparser with two torch pipelines.

obsei is run by the Python of its own environment: its RSS source reads the feeds from the same server, its
redaction (patterns for personal data) is what analyses, its DuckDB store keeps, and no sink is asked. Nothing
is classified (its classifiers are a language model of the user's, or a zero-shot model of 560 million
parameters whose weights it fetches), nobody is told, nothing is sealed; it asks no robots.txt, and one feed
after another.

The pipelines are of RoBERTa-base size, for sentiment and toxicity, with random weights: only their speed
counts, and only their verdicts are measured, no store.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scanning.documents import feeds, held

HERE = Path(__file__).parent
Serving = Callable[[Sequence[bytes]], AbstractContextManager[int]]


def show(obsei: str | None, torch: int, serving: Serving) -> None:
    """Runs the peers that are there, says which are not, and prints a row each."""
    print("\n| peer | wall s | items/s | processor s | ms an item | MB |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    documents = feeds(100, 5, datetime.now(UTC).replace(microsecond=0))
    if obsei is None:
        print("obsei: not measured, since --obsei names no Python that has it")
    else:
        _obsei(obsei, documents, serving)
    if not torch:
        print("two torch pipelines: not measured, since --torch says so")
    elif find_spec("torch") is None or find_spec("transformers") is None:
        print("two torch pipelines: not measured, since the extra `hub` is not installed")
    else:
        _pipelines(documents, torch)


def _obsei(python: str, documents: Sequence[bytes], serving: Serving) -> None:
    with serving(documents) as port, tempfile.TemporaryDirectory() as folder:
        told = json.dumps({"port": port, "feeds": len(documents), "folder": folder})
        for row in _run([python, "-P", str(HERE / "run_obsei.py"), told]):
            _row(row, held(documents))


def _pipelines(documents: Sequence[bytes], count: int) -> None:
    given = pickle.dumps((list(documents), count))
    for row in _run([sys.executable, "-P", str(HERE / "run_pipelines.py")], given):
        _row(row, count)


def _run(command: Sequence[str], given: bytes = b"") -> list[dict[str, object]]:
    ran = subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith(b"{")]


def _row(row: dict[str, object], count: int) -> None:
    wall, worked = float(str(row["wall"])), float(str(row["worked"]))
    print(
        f"| {row['name']} | {wall:.2f} | {count / wall:.1f} | {worked:.2f} | {1000 * worked / count:.2f} "
        f"| {row['mb']} |",
        flush=True,
    )
