"""Figures of quality, each in 0..1: of scores, and of the answers for a file of labelled items."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.types import ABUSE_LABELS, Sentiment
from research.evaluation.labelled_items import joined


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
        "relevant_precision": _fraction(kept, lambda item, got: item["relevant"]),
        "relevant_recall": _fraction(own, lambda item, got: got["relevant"] != "not_about"),
        "route_accuracy": _fraction(pairs, lambda item, got: item["route"] == got["route"]),
        "route_accuracy_relevant": _fraction(own, lambda item, got: item["route"] == got["route"]),
        "severity_accuracy_relevant": _fraction(own, lambda item, got: item["severity"] == got["severity"]),
        "severe_told": _fraction(severe, lambda item, got: got["severity"] >= _SEVERE),
        "severe_seen": _fraction(severe, lambda item, got: _seen(got)),
        "this_hour_told": _fraction(hour, lambda item, got: got["severity"] >= _SEVERE),
        "this_hour_seen": _fraction(hour, lambda item, got: _seen(got)),
        "this_hour_as_such": _fraction(hour, lambda item, got: got["severity"] >= _THIS_HOUR),
        "lane_told": _fraction(lane, lambda item, got: got["severity"] >= _SEVERE),
        "lane_seen": _fraction(lane, lambda item, got: _seen(got)),
        "lane_in_lane": _fraction(lane, lambda item, got: got["route"] in _LANE),
        "false_alarms": _fraction(calm, lambda item, got: got["severity"] >= _SEVERE),
        "alerts_on_irrelevant": _fraction(
            [p for p in pairs if not p[0]["relevant"]], lambda item, got: got["severity"] >= _SEVERE
        ),
        "looks": _fraction(pairs, lambda item, got: got["look"]),
        "fair_removals": _fraction(fair, lambda item, got: got["route"] in _REMOVALS),
        "about_accuracy_relevant": _fraction(own, lambda item, got: _same_about(item, got)),
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


def _fraction(pairs: Sequence[Pair], holds: Any) -> float:
    return sum(bool(holds(item, got)) for item, got in pairs) / len(pairs) if pairs else 1.0


def _f1(truth_and_guess: Sequence[tuple[bool, bool]]) -> float:
    hits = sum(truth and guess for truth, guess in truth_and_guess)
    return f1(hits, sum(guess for _, guess in truth_and_guess), sum(truth for truth, _ in truth_and_guess))


RESAMPLES = 1000
SEED = 1870
_TAILS = (2.5, 97.5)
_CHUNK = 100

Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its 95 % range, and how many posts it rests on; not a number where there are none."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return "–" if math.isnan(self.value) else f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"

    def facts(self) -> dict[str, float | int | None]:
        """The estimate for JSON; what is not a number is null."""
        return {k: None if math.isnan(v) else round(v, 4) for k, v in asdict(self).items()}


NOTHING = Estimate(math.nan, math.nan, math.nan, 0)


def clusters(items: Sequence[Mapping[str, Any]]) -> NDArray[np.int64]:
    """A number for each item; the same for items of one contrast pair or one thread (school and title)."""
    first: dict[Hashable, int] = {}
    pairs = [(i, first.setdefault(key, i)) for i, item in enumerate(items) for key in _keys(item)]
    return np.unique(joined(len(items), pairs), return_inverse=True)[1].astype(np.int64)


def _keys(item: Mapping[str, Any]) -> list[Hashable]:
    keys: list[Hashable] = []
    if item.get("pair"):
        keys.append(("pair", item["pair"]))
    if item.get("title"):
        keys.append(("thread", item.get("school"), item["title"]))
    return keys


def share(hits: Sequence[bool], of: NDArray[np.int64]) -> Estimate:
    """The share of hits among posts; `of` is the cluster of each.

    Where all or none are hits the draws are all alike, so the range is that of a binomial with as many
    trials as there are clusters.
    """
    if not len(of):
        return NOTHING
    found = np.asarray(hits, dtype=float)
    estimate = ratio(np.stack([found, np.ones_like(found)], axis=1), of)
    if 0 < estimate.value < 1:
        return estimate
    slack = 1 - 0.05 ** (1 / len(np.unique(of)))
    value = estimate.value
    return Estimate(value, max(value - slack, 0.0), min(value + slack, 1.0), len(of))


def ratio(rows: Sums, of: NDArray[np.int64]) -> Estimate:
    """The first column's sum over the second's."""
    return from_sums(rows, of, lambda sums: sums[:, 0] / np.maximum(sums[:, 1], 1e-12))


def from_sums(rows: Sums, of: NDArray[np.int64], statistic: Callable[[Sums], Sums]) -> Estimate:
    """A figure that depends on the sums of the columns of `rows` only.

    `statistic` turns `[draws, columns]` into `[draws]`.
    """
    if not len(of):
        return NOTHING
    codes = np.unique(of, return_inverse=True)[1]
    table = np.stack([np.bincount(codes, weights=column) for column in rows.T], axis=1)
    random = np.random.default_rng(SEED)
    draws = [
        statistic(table[random.integers(len(table), size=(_CHUNK, len(table)))].sum(axis=1))
        for _ in range(RESAMPLES // _CHUNK)
    ]
    low, high = np.nanpercentile(np.concatenate(draws), _TAILS)
    return Estimate(float(statistic(rows.sum(axis=0)[None])[0]), float(low), float(high), len(of))


def from_rows(statistic: Callable[[NDArray[np.int64]], float], of: NDArray[np.int64]) -> Estimate:
    """A figure of any kind; `statistic` takes the places of the posts that were drawn."""
    if not len(of):
        return NOTHING
    codes = np.unique(of, return_inverse=True)[1]
    count, places = int(codes.max()) + 1, np.arange(len(of))
    random = np.random.default_rng(SEED)
    draws = []
    for _ in range(RESAMPLES):
        drawn = np.bincount(random.integers(count, size=count), minlength=count)
        draws.append(statistic(np.repeat(places, drawn[codes])))
    low, high = np.nanpercentile(draws, _TAILS)
    return Estimate(statistic(places), float(low), float(high), len(of))


def class_rows(truth: Sequence[str], guesses: Sequence[str], labels: Sequence[str]) -> Sums:
    """For each post and each label: rightly guessed, true, guessed. What `mean_recall` and `mean_f1` take."""
    true, said = (np.asarray(side)[:, None] == np.asarray(labels) for side in (truth, guesses))
    return np.stack([true & said, true, said], axis=2).reshape(len(truth), 3 * len(labels)).astype(float)


def mean_recall(sums: Sums) -> Sums:
    """Macro-recall of each draw, over the labels that it holds."""
    hits, true = sums[:, 0::3], sums[:, 1::3]
    found: Sums = np.nanmean(np.where(true > 0, hits / np.maximum(true, 1), np.nan), axis=1)
    return found


def mean_f1(sums: Sums) -> Sums:
    """Macro-F1 of each draw, over all labels."""
    hits, either = sums[:, 0::3], sums[:, 1::3] + sums[:, 2::3]
    found: Sums = np.mean(2 * hits / np.maximum(either, 1), axis=1)
    return found
