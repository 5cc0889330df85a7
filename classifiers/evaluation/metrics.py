"""Figures of quality, each in 0..1, higher is better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def auc(scores: NDArray[np.floating], truth: NDArray[np.bool_]) -> float:
    """Area under the ROC curve; ties count half. NaN unless there are both positives and negatives."""
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    ranks = (last - (counts - 1) / 2.0)[inverse]
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def recall_at(scores: NDArray[np.floating], truth: NDArray[np.bool_], false_alarms: float) -> float:
    """Share of the positives above the threshold that `false_alarms` of the negatives exceed."""
    negatives = np.sort(scores[~truth])[::-1]
    if not len(negatives) or not truth.any():
        return float("nan")
    threshold = negatives[min(int(len(negatives) * false_alarms), len(negatives) - 1)]
    return float((scores[truth] > threshold).mean())


def macro_recall(guesses: Sequence[str], truth: Sequence[str]) -> float:
    """Mean over the true classes of the share guessed correctly."""
    return float(np.mean([_recall(guesses, truth, label) for label in sorted(set(truth))]))


def macro_f1(guesses: Sequence[str], truth: Sequence[str]) -> float:
    """Mean over the true classes of F1."""
    return float(np.mean([_f1_of(guesses, truth, label) for label in sorted(set(truth))]))


def f1(hits: int, named: int, labelled: int) -> float:
    """F1 from counts: rightly named, named at all, and labelled; 0 where there are none of either."""
    return 2 * hits / (named + labelled) if named + labelled else 0.0


def _hits(guesses: Sequence[str], truth: Sequence[str], label: str) -> int:
    return sum(guess == label == true for guess, true in zip(guesses, truth, strict=True))


def _recall(guesses: Sequence[str], truth: Sequence[str], label: str) -> float:
    return _hits(guesses, truth, label) / sum(true == label for true in truth)


def _f1_of(guesses: Sequence[str], truth: Sequence[str], label: str) -> float:
    named, labelled = (sum(one == label for one in side) for side in (guesses, truth))
    return f1(_hits(guesses, truth, label), named, labelled)
