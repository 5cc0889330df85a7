"""Measures the whole decision (linking, signals, heads and thresholds together), and the themes.

Figures are in 0..1; higher is better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.evaluation.labelled_items import item_text, read_items
from classifiers.evaluation.metrics import f1
from classifiers.evaluation.triage_metrics import triage_metrics
from classifiers.scoring.heads import TextScorer
from classifiers.triage import triage_items
from classifiers.verdicts.themes import themes_of
from data.register.schools_json import read_schools
from data.types import THEMES

LEAST_POSITIVES = 5
"""A theme with fewer posts is left out of the mean over themes."""

BETTER_LOW = ("false_alarms", "alerts_on_irrelevant", "fair_removals", "looks")
"""Shares that should be small; their complement is measured, so that for every figure higher is better."""


def decision_figures(items: Path, schools: Path, scorer: TextScorer) -> dict[str, float]:
    """How good the answers of `schoolgate triage` are on labelled items; higher is better.

    Shares that should be small appear as `no_…`, one minus the share.
    """
    labelled = read_items(items)
    found = triage_metrics(labelled, triage_items(labelled, read_schools(schools), scorer))
    return {
        f"no_{name}" if name in BETTER_LOW else name: 1.0 - value if name in BETTER_LOW else value
        for name, value in found.items()
    }


def theme_figures(items: Sequence[Mapping[str, Any]], scorer: TextScorer) -> dict[str, float]:
    """`precision`, `recall`, `f1` over all themes named or labelled; `macro_f1` is the mean over themes.

    `quiet` is the share of the posts without a theme for which none was named.
    """
    named = name_themes(items, scorer)
    pairs = [(set(item["themes"]), set(found)) for item, found in zip(items, named, strict=True)]
    frequent = [t for t in THEMES if sum(t in labelled for labelled, _ in pairs) >= LEAST_POSITIVES]
    hits, said, labelled = (sum(counts) for counts in zip(*(_counts(pairs, t) for t in THEMES), strict=True))
    empty = [found for wanted, found in pairs if not wanted]
    return {
        "precision": hits / said if said else 1.0,
        "recall": hits / labelled if labelled else 1.0,
        "f1": f1(hits, said, labelled),
        "macro_f1": float(np.mean([f1(*_counts(pairs, theme)) for theme in frequent])) if frequent else 1.0,
        "quiet": sum(not found for found in empty) / len(empty) if empty else 1.0,
    }


def name_themes(items: Sequence[Mapping[str, Any]], scorer: TextScorer) -> list[tuple[str, ...]]:
    """The themes named for each item."""
    scores = scorer.score([item_text(item) for item in items])
    return [themes_of(scores.row(i)) for i in range(len(items))]


def _counts(pairs: Sequence[tuple[set[str], set[str]]], theme: str) -> tuple[int, int, int]:
    """(rightly named, named, labelled) for one theme."""
    return (
        sum(theme in labelled and theme in named for labelled, named in pairs),
        sum(theme in named for _, named in pairs),
        sum(theme in labelled for labelled, _ in pairs),
    )
