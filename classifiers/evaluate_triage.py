"""Measuring the whole decision: linking, signals, heads and thresholds together."""

from __future__ import annotations

from pathlib import Path

from classifiers.splits import read_items
from classifiers.triage import Scoring, triage_items
from classifiers.triage_metrics import triage_metrics
from data.schools_json import read_schools

BETTER_LOW = ("false_alarms", "alerts_on_irrelevant", "fair_removals", "looks")
"""Shares that ought to be small; their complement is measured, so that every figure may only rise."""


def decision_figures(items: Path, schools: Path, scorer: Scoring) -> dict[str, float]:
    """What the answers of `schoolgate triage` are worth on labelled items; higher is better.

    Shares that ought to be small come as `no_…`, one less the share.
    """
    labelled = read_items(items)
    found = triage_metrics(labelled, triage_items(labelled, read_schools(schools), scorer))
    return {
        f"no_{name}" if name in BETTER_LOW else name: 1.0 - value if name in BETTER_LOW else value
        for name, value in found.items()
    }
