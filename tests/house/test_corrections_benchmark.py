"""What a correction carries over, on invented posts: with the model that ships, so a second of processor."""

from __future__ import annotations

import runpy
from pathlib import Path

from classifiers.scoring.onnx_scorer import Scorer

ROOT = Path(__file__).parents[2]


def test_the_same_false_alarm_seldom_comes_twice_and_nothing_grave_is_lowered_by_it() -> None:
    benchmark = runpy.run_path(str(ROOT / "benchmarks" / "corrections.py"))
    found = benchmark["measured"](benchmark["groups"](), Scorer(threads=1))
    for how in ("namesakes", "phrases"):
        assert found[f"{how} lowered"] == 0 < found[f"{how} grave"]
        assert found[f"{how} after"] <= found[f"{how} repeats"] / 2 != 0
