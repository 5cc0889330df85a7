"""Measuring the themes on labelled posts. Figures are in 0..1, higher is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from classifiers.splits import item_text
from classifiers.themes import themes_of
from data.types import THEMES, Scores

LEAST_POSITIVES = 5
"""A theme with fewer posts is left out of the mean over themes."""


class Scoring(Protocol):
    """Whatever gives probabilities for texts."""

    def score(self, texts: Sequence[str]) -> Scores: ...


def theme_figures(items: Sequence[Mapping[str, Any]], scorer: Scoring) -> dict[str, float]:
    """`precision`, `recall`, `f1` over all themes named or labelled; `macro_f1` is the mean over themes.

    `quiet` is the share of the posts about nothing of which nothing is named.
    """
    named = name_themes(items, scorer)
    pairs = [(set(item["themes"]), set(found)) for item, found in zip(items, named, strict=True)]
    frequent = [t for t in THEMES if sum(t in labelled for labelled, _ in pairs) >= LEAST_POSITIVES]
    hits, said, labelled = (sum(counts) for counts in zip(*(_counts(pairs, t) for t in THEMES), strict=True))
    empty = [found for wanted, found in pairs if not wanted]
    return {
        "precision": hits / said if said else 1.0,
        "recall": hits / labelled if labelled else 1.0,
        "f1": _f1(hits, said, labelled),
        "macro_f1": float(np.mean([_f1(*_counts(pairs, theme)) for theme in frequent])) if frequent else 1.0,
        "quiet": sum(not found for found in empty) / len(empty) if empty else 1.0,
    }


def name_themes(items: Sequence[Mapping[str, Any]], scorer: Scoring) -> list[tuple[str, ...]]:
    """What is named of each item."""
    scores = scorer.score([item_text(item) for item in items])
    return [themes_of(scores.row(i)) for i in range(len(items))]


def _counts(pairs: Sequence[tuple[set[str], set[str]]], theme: str) -> tuple[int, int, int]:
    """(right, named, labelled) of one theme."""
    return (
        sum(theme in labelled and theme in named for labelled, named in pairs),
        sum(theme in named for _, named in pairs),
        sum(theme in labelled for labelled, _ in pairs),
    )


def _f1(hits: int, named: int, labelled: int) -> float:
    return 2 * hits / (named + labelled) if named + labelled else 0.0
