"""Fits the n-gram member: `python -P -m research.training.ngrams.teach FOLDER` also writes the card.

A logistic regression for each label over hashed words and pieces of words, in eight bits. Items that are not
about the school teach what `own_example` says. Seeded; needs the extra `train` and some minutes of one
core. `--card` only writes the card again for the file that is there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

from classifiers.scoring.network import Floats
from classifiers.scoring.ngrams import (
    BUCKETS,
    NGRAM_COLUMNS,
    OPINIONS,
    Ints,
    Table,
)
from classifiers.scoring.onnx_scorer import CARD, NGRAM_FILE, file_digest
from data.types import Severity
from research.evaluation.labelled_items import bucket, item_text
from research.evaluation.metrics import auc
from research.training import card as model_card
from research.training.examples import (
    OWN_DATA,
    as_judged,
    distress_items,
    nobodys_matter,
    own_example,
    own_items,
)
from research.training.ngrams.matrix import idf_of, matrix
from research.training.ngrams.member import read_facts, write
from research.training.own_posts.groups import groups
from research.training.own_posts.swaps import in_other_words

Item = Mapping[str, Any]
Say = Callable[[str], None]

_EVEN = 0.5
_CERTAIN = 6.0

Odds = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """All of them appear in the card. `strength` is the inverse of the penalty on weights (scikit-learn's C);
    `weights` says how much an item counts by the set it is of, 1 where none is named.
    """

    seed: int = 20261121
    folds: int = 5
    strength: float = 4.0
    tolerance: float = 1e-3
    weights: Mapping[str, float] = field(default_factory=lambda: {"trm": 0.5, "trn": 0.5, "trq": 0.5})
    clip: float = 0.9999


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of the features `[BUCKETS, columns]` and the constants, before they are cut to eight bits."""

    weights: NDArray[np.float32]
    bias: Floats


def targets(items: Sequence[Item]) -> NDArray[np.float64]:
    """What each item teaches, by NGRAM_COLUMNS; NaN where nothing."""
    return np.asarray([_target(item) for item in items])


def _target(item: Item) -> list[float]:
    told = dict(own_example(item).targets)
    if (judged := as_judged(item)) is not None:
        told["urgent"] = float(judged["route"] in ("safeguarding", "police_now"))
        told["removal"] = float(judged["route"] in ("request_removal", "platform_report"))
    elif nobodys_matter(item):
        told["urgent"] = told["removal"] = 0.0
    return [told.get(column, np.nan) for column in NGRAM_COLUMNS]


def fit(
    features: csr_matrix,
    truth: NDArray[np.float64],
    weights: NDArray[np.float64],
    settings: NgramSettings,
    columns: Sequence[str] = NGRAM_COLUMNS,
) -> Fitted:
    """A logistic regression for each of `columns` on the rows that tell of it; the other columns stay 0.

    What no row tells of is as good as never so.
    """
    found = np.zeros((BUCKETS, len(NGRAM_COLUMNS)), np.float32)
    bias = np.zeros(len(NGRAM_COLUMNS), np.float32)
    for column in columns:
        place = NGRAM_COLUMNS.index(column)
        known = np.flatnonzero(~np.isnan(truth[:, place]))
        said = truth[known, place] > _EVEN
        if not said.any() or said.all():
            bias[place] = _CERTAIN if said.any() else -_CERTAIN
            continue
        model = _regression(settings)
        model.fit(features[known], said, sample_weight=weights[known])
        found[:, place], bias[place] = model.coef_[0], model.intercept_[0]
    return Fitted(found, bias)


def _regression(settings: NgramSettings) -> LogisticRegression:
    return LogisticRegression(
        C=settings.strength,
        solver="liblinear",
        dual=True,
        tol=settings.tolerance,
        random_state=settings.seed,
        max_iter=300,
    )


def eight_bits(fitted: Fitted, idf: Ints, clip: float) -> tuple[Table, Floats]:
    """The weights times their feature's rarity as whole numbers of -127..127, and each column's scale."""
    folded = fitted.weights * idf[:, None].astype(np.float32)
    scale = np.maximum(np.quantile(np.abs(folded), clip, axis=0), 1e-6) / 127
    table = np.clip(np.rint(folded / scale), -127, 127).astype(np.int8)
    return table, scale.astype(np.float32)


def out_of_fold(
    items: Sequence[Item], features: csr_matrix, settings: NgramSettings, say: Say
) -> dict[str, NDArray[np.float64]]:
    """For each opinion the probability of every item by a member that was fitted without its group.

    `features` has the items' rows, then those of the same items in other words.
    """
    truth, weights = _twice(items, settings)
    fold = np.asarray([bucket(f"fold:{key}", settings.folds) for key in groups(items)])
    odds = np.zeros((len(items), len(NGRAM_COLUMNS)))
    for part in range(settings.folds):
        inside, outside = np.flatnonzero(np.tile(fold, 2) != part), np.flatnonzero(fold == part)
        fitted = fit(features[inside], truth[inside], weights[inside], settings, _opinions())
        odds[outside] = features[outside] @ fitted.weights + fitted.bias
        say(f"fold {part + 1} of {settings.folds}")
    return {name: 1 / (1 + np.exp(-odds[:, NGRAM_COLUMNS.index(of)])) for name, of in OPINIONS.items()}


def _opinions() -> list[str]:
    return list(OPINIONS.values())


def item_weights(items: Sequence[Item], settings: NgramSettings) -> NDArray[np.float64]:
    """How much each item counts, by the set that its id begins with."""
    return np.asarray([settings.weights.get(item["id"].partition("-")[0], 1.0) for item in items])


def _twice(items: Sequence[Item], settings: NgramSettings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Targets and weights of the items, then of the same items in other words, each by half."""
    return np.tile(targets(items), (2, 1)), np.tile(item_weights(items, settings) / 2, 2)


def teach(
    folder: Path, items: Sequence[Item], others: Sequence[Item], settings: NgramSettings, say: Say
) -> None:
    """Fits the member on `items` and on the same in `others` words and writes its file to the folder."""
    texts = [item_text(item) for item in items]
    idf = idf_of(texts)
    features = vstack([matrix(texts, idf), matrix([item_text(item) for item in others], idf)], "csr")
    say(f"{len(items)} items, {features.nnz / features.shape[0]:.0f} features each")
    left_out = out_of_fold(items, features, settings, say)
    fitted = fit(features, *_twice(items, settings), settings)
    table, scale = eight_bits(fitted, idf, settings.clip)
    facts = {
        "rows": len(items),
        "data": {path.name: file_digest(path) for path in sorted(OWN_DATA.glob("*.jsonl"))},
        "settings": asdict(settings),
        "out_of_fold": figures(items, left_out),
    }
    write(folder / NGRAM_FILE, table, idf, scale, fitted.bias, facts)


def figures(items: Sequence[Item], left_out: Odds) -> dict[str, float]:
    """What the member reaches on items that it was not fitted on."""
    ours = np.asarray([bool(item["relevant"]) for item in items])
    severity = np.asarray([item["severity"] for item in items])
    urgent = np.asarray([item["route"] in ("safeguarding", "police_now") for item in items])
    found = {
        "relevant.auc": auc(left_out["ngram:relevant"], ours),
        "severity_3.auc": auc(left_out["ngram:severity:3"][ours], severity[ours] >= Severity.TODAY),
        "severity_4.auc": auc(left_out["ngram:severity:4"][ours], severity[ours] >= Severity.THIS_HOUR),
        "urgent.auc": auc(left_out["ngram:urgent"][ours], urgent[ours]),
    }
    return {name: round(value, 4) for name, value in found.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.training.ngrams.teach", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with card.json, model.onnx and tokenizer.json")
    parser.add_argument("--corpus", type=Path, required=True, help="holds triage/real_*.jsonl")
    parser.add_argument("--card", action="store_true", help="keep ngrams.npz, only write the card again")
    given = parser.parse_args(arguments)
    if not given.card:
        items, settings = [*own_items()[0], *distress_items(given.corpus)], NgramSettings()
        teach(given.folder, items, in_other_words(items, settings.seed), settings, _say)
    facts = read_facts(given.folder / NGRAM_FILE)
    card = json.loads((given.folder / CARD).read_text(encoding="utf-8"))
    model_card.write_card(given.folder, model_card.with_ngrams(given.folder, card, facts))
    _say(json.dumps(facts["out_of_fold"], indent=1))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
