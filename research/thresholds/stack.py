"""Fits the stack: a logistic regression a question, on labelled items that no member learnt from. Pure.

Features are put on one scale and their weights kept small, so that a feature seen a few times decides
nothing. Of two features that say much the same, both take a part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit
from numpy.typing import NDArray

from classifiers.text.language import Language
from classifiers.verdicts.weigh import (
    MEMBERS,
    QUESTIONS,
    Likelihoods,
    Stack,
    Weighting,
    judge,
    log_odds,
    make_features,
)
from data.types import About, Match, Relevance, Severity, Signal
from research.evaluation.labelled_items import as_if_ours, bucket
from research.evaluation.metrics import auc, clusters

FOLDS = 5
PENALTY = 3.0
"""How strongly the weights of features on one scale are held near 0."""

LEAST_SEEN = 12
"""A feature that fewer items have is left out."""

LIKELY = 0.10
"""From here on a probability is checked against what happens."""

BINS = 5

SIGNS = {
    "signal:strong": 1,
    "signal:weak": 1,
    "signal:danger": 1,
    "signal:hints": 1,
}
"""Which way a family of signals argues, however few items say otherwise."""

LEAST_WEIGHT = 0.1
"""A family of signals counts at least this much in its own direction."""

Floats = NDArray[np.float64]

_ROUNDS = 60
_OURS_ASKS = ("link:", "language:", "channel:", "network:relevant", "ngram:relevant")
_OTHERS_ASK = ("network:", "ngram:", "first:", "signal:")
_ASKS = {"ours": _OURS_ASKS, "grave": _OTHERS_ASK, "hour": _OTHERS_ASK}
"""The features of each question begin with one of these."""


@dataclass(frozen=True, slots=True)
class ItemEvidence:
    """One labelled item with all that the stack is told of it."""

    item: Mapping[str, Any]
    scores: Mapping[str, float]
    signals: tuple[Signal, ...]
    match: Match
    language: Language
    about: About

    def features(self) -> dict[str, float]:
        """What the weightings are applied to, by name."""
        return make_features(self.scores, self.signals, self.match, self.language, self.item["channel"])

    def likely(self, stack: Stack) -> Likelihoods:
        """What a stack makes of it."""
        return judge(self.scores, self.signals, self.match, self.language, self.item["channel"], stack)


def truth(item: Mapping[str, Any], question: str) -> bool:
    """The answer that an item's labels give; of a real post, but for whose it is, as if it were ours."""
    if question == "ours":
        return bool(item["relevant"])
    return bool(
        as_if_ours(item)["severity"] >= (Severity.TODAY if question == "grave" else Severity.THIS_HOUR)
    )


def asked(found: ItemEvidence, question: str) -> bool:
    """Does an item teach it? How grave something is, only what is ours, may be ours, or is a real post whose
    label is not doubtful.
    """
    if question == "ours":
        return True
    kept = found.match.relevance is not Relevance.NOT_ABOUT or "as_if" in found.item
    return (bool(found.item["relevant"]) or kept) and not found.item.get("doubtful")


def fit_stack(found: Sequence[ItemEvidence]) -> Stack:
    """The weights for every member and question."""
    rows = [one.features() for one in found]
    return {member: {name: _weighting(found, rows, member, name) for name in QUESTIONS} for member in MEMBERS}


def _weighting(
    found: Sequence[ItemEvidence], rows: Sequence[Mapping[str, float]], member: str, question: str
) -> Weighting:
    told = [i for i, one in enumerate(found) if asked(one, question)]
    names = _names([rows[i] for i in told], member, question)
    values = np.asarray([[rows[i].get(name, 0.0) for name in names] for i in told])
    answers = np.asarray([truth(found[i].item, question) for i in told], np.float64)
    bias, weights = regression(values, answers)
    rounded = {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}
    return Weighting(round(bias, 4), rounded | _signed(rounded, question))


def _signed(weights: Mapping[str, float], question: str) -> dict[str, float]:
    """The weights of signals, each in its own direction; none where the question asks no signals."""
    if "signal:" not in _ASKS[question]:
        return {}
    return {name: sign * max(sign * weights.get(name, 0.0), LEAST_WEIGHT) for name, sign in SIGNS.items()}


def _names(rows: Sequence[Mapping[str, float]], member: str, question: str) -> list[str]:
    """The features of the question that vary, in order; none of the n-grams for the network alone."""
    every = sorted({name for row in rows for name in row if name.startswith(_ASKS[question])})
    return [
        name
        for name in every
        if (member != "network" or not name.startswith("ngram:"))
        and _varies([row.get(name, 0.0) for row in rows])
    ]


def _varies(values: Sequence[float]) -> bool:
    return sum(value != values[0] for value in values) >= LEAST_SEEN


def regression(values: Floats, answers: Floats) -> tuple[float, Floats]:
    """(bias, weights) of the penalised logistic regression, by Newton's steps."""
    mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    scaled = np.column_stack((np.ones(len(values)), (values - mean) / spread))
    penalty = np.full(scaled.shape[1], PENALTY)
    penalty[0] = 1e-6
    found = np.zeros(scaled.shape[1])
    for _ in range(_ROUNDS):
        chances = 1 / (1 + np.exp(-np.clip(scaled @ found, -30, 30)))
        slope = scaled.T @ (answers - chances) - penalty * found
        bend = (scaled * (chances * (1 - chances) + 1e-9)[:, None]).T @ scaled + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        found += step
        if np.abs(step).max() < 1e-9:
            break
    weights = found[1:] / spread
    return float(found[0] - weights @ mean), weights


def cross_fitted(found: Sequence[ItemEvidence]) -> list[Likelihoods]:
    """For each item what a stack makes of it that was fitted without its pair and its thread."""
    part = [bucket(f"stack:{number}", FOLDS) for number in clusters([one.item for one in found])]
    stacks = [
        fit_stack([one for one, p in zip(found, part, strict=True) if p != fold]) for fold in range(FOLDS)
    ]
    return [one.likely(stacks[p]) for one, p in zip(found, part, strict=True)]


def reliability_error(chances: Floats, happened: NDArray[np.bool_]) -> float:
    """How far probabilities of LIKELY and more are from what happens: the mean over bins of equal size."""
    given = np.flatnonzero(chances >= LIKELY)
    order = given[np.argsort(chances[given], kind="stable")]
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    if not bins:
        return float("nan")
    return float(np.mean([abs(chances[part].mean() - happened[part].mean()) for part in bins]))


def reliability_slope(chances: Floats, happened: NDArray[np.bool_]) -> float:
    """By how much log-odds of what happens rise with those given, from LIKELY on: 1 is true, less too sure,
    more too timid. Not a number where all or none of it happens.
    """
    given = chances >= LIKELY
    if happened[given].all() or not happened[given].any():
        return float("nan")
    odds = np.asarray([[log_odds(float(chance))] for chance in chances[given]])
    return float(regression(odds, happened[given].astype(np.float64))[1][0])


def stack_figures(found: Sequence[ItemEvidence], likely: Sequence[Likelihoods]) -> dict[str, float]:
    """AUC of each question by the stack, the network and the n-grams alone, and how reliable it is."""
    figures = {}
    for question in QUESTIONS:
        told = [i for i, one in enumerate(found) if asked(one, question)]
        right = np.asarray([truth(found[i].item, question) for i in told])
        chances = np.asarray([getattr(likely[i], question) for i in told])
        figures[f"{question}.stack"] = auc(chances, right)
        figures[f"{question}.error"] = reliability_error(chances, right)
        figures[f"{question}.slope"] = reliability_slope(chances, right)
        for member in ("network", "ngram"):
            name = f"{member}:{'relevant' if question == 'ours' else question}"
            alone = np.asarray([found[i].features().get(name, 0.0) for i in told])
            figures[f"{question}.{member}"] = auc(alone, right)
    return {name: round(value, 4) for name, value in figures.items()}


def write_stack(path: Path, stack: Stack, measured: Mapping[str, Any]) -> None:
    """Writes the weights and what they were measured on; the file is written completely or not at all."""
    page = tomlkit.document()
    page.add(tomlkit.comment("Written by `python -P -m research.thresholds.calibrate`. See docs/judging.md."))
    for member in MEMBERS:
        page[member] = {
            name: {"bias": weighting.bias, "weights": dict(weighting.weights)}
            for name, weighting in stack[member].items()
        }
    page["measured"] = dict(measured)
    draft = path.with_suffix(".draft")
    draft.write_text(tomlkit.dumps(page), encoding="utf-8")
    draft.replace(path)
