"""Figures with the range in which they would fall on other posts of the same kind: a bootstrap, seeded.

Whole clusters are drawn (contrast pairs, threads), since their posts are not independent of each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation.labelled_items import joined

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
