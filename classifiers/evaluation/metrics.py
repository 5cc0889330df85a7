"""Figures of quality, each in 0..1: of scores, and of the answers for a file of labelled items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.types import ABUSE_LABELS, Sentiment


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
    return float(
        np.mean([_hits(guesses, truth, x) / sum(x == true for true in truth) for x in sorted(set(truth))])
    )


def macro_f1(guesses: Sequence[str], truth: Sequence[str]) -> float:
    """Mean over the true classes of F1."""
    return float(np.mean([_f1_of(guesses, truth, label) for label in sorted(set(truth))]))


def f1(hits: int, named: int, labelled: int) -> float:
    """F1 from counts: rightly named, named at all, and labelled; 0 where there are none of either."""
    return 2 * hits / (named + labelled) if named + labelled else 0.0


def _hits(guesses: Sequence[str], truth: Sequence[str], label: str) -> int:
    return sum(guess == label == true for guess, true in zip(guesses, truth, strict=True))


def _f1_of(guesses: Sequence[str], truth: Sequence[str], label: str) -> float:
    named, labelled = (sum(one == label for one in side) for side in (guesses, truth))
    return f1(_hits(guesses, truth, label), named, labelled)


_CALM = frozenset(("respond", "thank", "note"))
_REMOVALS = frozenset(("request_removal", "platform_report"))
_LANE = frozenset(("safeguarding", "police_now"))
_FAIR_TRAITS = ("crit_", "hn_", "neu_looks")
_SEVERE = 3
_THIS_HOUR = 4

Pair = tuple[Mapping[str, Any], Mapping[str, Any]]


def triage_metrics(
    items: Sequence[Mapping[str, Any]], verdict_lines: Iterable[Mapping[str, Any]]
) -> dict[str, float]:
    """Figures for the answers of `triage_items` to labelled items, matched by id.

    `severe_*` are of severity 3 and 4 among the relevant; `*_told` were alerted, `*_seen` alerted or shown
    under “worth a look”. `false_alarms` is the share of note, thank and respond of severity 1 and 2
    that alerted.
    `fair_removals` is the share of fair criticism for which a removal was offered. Raises KeyError where an
    item has no answer.
    """
    by_id = {line["id"]: line for line in verdict_lines}
    pairs = [(item, by_id[item["id"]]) for item in items]
    own = [(item, got) for item, got in pairs if item["relevant"]]
    severe = [(item, got) for item, got in own if item["severity"] >= _SEVERE]
    hour = [(item, got) for item, got in own if item["severity"] >= _THIS_HOUR]
    lane = [(item, got) for item, got in own if item["route"] in _LANE]
    calm = [(item, got) for item, got in own if item["route"] in _CALM and item["severity"] < _SEVERE]
    fair = [
        (item, got)
        for item, got in calm
        if item["route"] == "respond" or str(item.get("trait", "")).startswith(_FAIR_TRAITS)
    ]
    kept = [(item, got) for item, got in pairs if got["relevant"] != "not_about"]
    tones = [(item["sentiment"], got["sentiment"]) for item, got in own]
    by_tone = [_f1([(said == tone, heard == tone) for said, heard in tones]) for tone in Sentiment]
    return {
        "relevant_precision": _share(kept, lambda item, got: item["relevant"]),
        "relevant_recall": _share(own, lambda item, got: got["relevant"] != "not_about"),
        "route_accuracy": _share(pairs, lambda item, got: item["route"] == got["route"]),
        "route_accuracy_relevant": _share(own, lambda item, got: item["route"] == got["route"]),
        "severity_accuracy_relevant": _share(own, lambda item, got: item["severity"] == got["severity"]),
        "severe_told": _share(severe, lambda item, got: got["severity"] >= _SEVERE),
        "severe_seen": _share(severe, lambda item, got: _seen(got)),
        "this_hour_told": _share(hour, lambda item, got: got["severity"] >= _SEVERE),
        "this_hour_seen": _share(hour, lambda item, got: _seen(got)),
        "this_hour_as_such": _share(hour, lambda item, got: got["severity"] >= _THIS_HOUR),
        "lane_told": _share(lane, lambda item, got: got["severity"] >= _SEVERE),
        "lane_seen": _share(lane, lambda item, got: _seen(got)),
        "lane_in_lane": _share(lane, lambda item, got: got["route"] in _LANE),
        "false_alarms": _share(calm, lambda item, got: got["severity"] >= _SEVERE),
        "alerts_on_irrelevant": _share(
            [p for p in pairs if not p[0]["relevant"]], lambda item, got: got["severity"] >= _SEVERE
        ),
        "looks": _share(pairs, lambda item, got: got["look"]),
        "fair_removals": _share(fair, lambda item, got: got["route"] in _REMOVALS),
        "about_accuracy_relevant": _share(own, lambda item, got: _same_about(item, got)),
        "sentiment_macro_f1": sum(by_tone) / len(by_tone),
        "abuse_micro_f1": _f1(
            [(x in item["abuse"], x in got["abuse"]) for item, got in own for x in ABUSE_LABELS]
        ),
    }


def _seen(got: Mapping[str, Any]) -> bool:
    return bool(got["severity"] >= _SEVERE or got["look"])


def _same_about(item: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    coarse = {"dsl": "staff", "chair": "governor"}.get(got["about"], got["about"])
    return bool(item["about"] == coarse)


def _share(pairs: Sequence[Pair], holds: Any) -> float:
    return sum(bool(holds(item, got)) for item, got in pairs) / len(pairs) if pairs else 1.0


def _f1(truth_and_guess: Sequence[tuple[bool, bool]]) -> float:
    hits = sum(truth and guess for truth, guess in truth_and_guess)
    return f1(hits, sum(guess for _, guess in truth_and_guess), sum(truth for truth, _ in truth_and_guess))
