"""Measures a model: on public test splits, on dev.jsonl, on the project's held-out items."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation.evaluate_decision import decision_figures, theme_figures
from classifiers.evaluation.floor import FLOOR_FILE, SECTIONS, Floor, check, raised, read_floor, write_floor
from classifiers.evaluation.labelled_items import (
    SPLIT_HERE,
    bucket,
    held_for_measuring,
    item_text,
    normal_form,
    read_items,
)
from classifiers.evaluation.metrics import auc, macro_f1, macro_recall, recall_at
from classifiers.scoring.heads import TextScorer
from classifiers.scoring.model_card import file_digest
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.text.model_text import model_text
from data.errors import InputError
from data.system.parquet import read_columns
from data.types import ABUSE_LABELS

MOST_ROWS = 2000
"""How many rows of each public test split are used: those with the smallest hash."""

LEAST_POSITIVES = 5
"""A label with fewer positives in a set is not measured on it."""

SENTIMENTS = ("negative", "neutral", "positive")

OWN_FILES = {
    "dev": ("triage/dev.jsonl", "triage/schools.json"),
    "holdout": ("holdout.jsonl", "holdout_schools.json"),
}
"""Where a folder for measuring may hold labelled school posts, and their schools."""

OWN_SETS = {section: items for section, (items, _) in OWN_FILES.items()}

THEMES_FILE = "themes.jsonl"
"""Where a folder for measuring may hold posts labelled with their themes."""


@dataclass(frozen=True, slots=True)
class PublicTest:
    """One public test set; `labels` are its columns: `sentiment`, or our abuse labels."""

    name: str
    labels: tuple[str, ...]
    split: str = "test"

    @property
    def file(self) -> str:
        """Where the set lies in the corpus."""
        return f"datasets/{self.name}.parquet"


PUBLIC_TESTS = (
    PublicTest("tweeteval_sentiment", ("sentiment",)),
    PublicTest("newsmtsc", ("sentiment",)),
    PublicTest("goemotions", ("sentiment",)),
    PublicTest("nhs_patient_feedback", ("sentiment",), "all"),
    PublicTest("student_feedback", ("sentiment",), "all"),
    PublicTest("dynahate", ("hate",)),
    PublicTest("edos_sexism", ("hate",)),
    PublicTest("hatemoji_build", ("hate", "threat")),
    PublicTest("jigsaw_toxic_partial", ("hate", "threat", "profanity"), "train"),
    PublicTest("openai_moderation", ("hate", "harassment", "sexual", "self_harm")),
    PublicTest("convabuse", ("sexual",)),
    PublicTest("youtoxic_1000", ("harassment", "hate"), "all"),
    PublicTest("twitter_suicidal_intention", ("self_harm",), "all"),
)


def evaluate(folder: Path, scorer: TextScorer) -> dict[str, float]:
    """Every figure that the contents of `folder` allow, by `section.set.what`.

    Sections: `public` (needs `datasets/`), `dev` (`triage/dev.jsonl`), `holdout` (`holdout.jsonl`), `themes`
    (`themes.jsonl`). Figures are in 0..1; higher is better.
    """
    figures: dict[str, float] = {}
    for test in PUBLIC_TESTS:
        if (folder / test.file).is_file():
            figures |= _public(folder, test, scorer)
    for section, name in OWN_SETS.items():
        if (folder / name).is_file():
            found = measure_items(read_items(folder / name), scorer)
            figures |= {f"{section}.{what}": value for what, value in found.items()}
    if (folder / THEMES_FILE).is_file():
        found = theme_figures(read_items(folder / THEMES_FILE), scorer)
        figures |= {f"themes.{what}": value for what, value in found.items()}
    return figures


def measured_files(folder: Path) -> dict[str, str]:
    """SHA-256 of the files `evaluate` reads in `folder`, by their path in it."""
    names = [*(test.file for test in PUBLIC_TESTS), *OWN_SETS.values(), THEMES_FILE]
    return {name: file_digest(folder / name) for name in names if (folder / name).is_file()}


def measure_items(items: Sequence[Mapping[str, Any]], scorer: TextScorer) -> dict[str, float]:
    """How well the heads do on labelled school posts; all but `relevant` on the relevant ones."""
    scores = scorer.score([item_text(item) for item in items])
    relevant = _truth(items, lambda item: item["relevant"])
    own = [item for item in items if item["relevant"]]
    values = scores.values[relevant]
    column = {label: values[:, i] for i, label in enumerate(scores.labels)}
    grave = _truth(own, lambda item: item["severity"] >= 3)
    lane = _truth(own, lambda item: item["route"] in ("safeguarding", "police_now"))
    figures = {
        "relevant_auc": auc(scores.values[:, scores.labels.index("relevant")], relevant),
        "sentiment_macro_f1": macro_f1(_best(column, "sentiment", SENTIMENTS), [i["sentiment"] for i in own]),
        "severity3_auc": auc(column["severity:3"], grave),
        "severity3_recall_at_5": recall_at(column["severity:3"], grave, 0.05),
        "severity4_auc": auc(column["severity:4"], _truth(own, lambda item: item["severity"] >= 4)),
        "lane_auc": auc(column["route:safeguarding"] + column["route:police_now"], lane),
        "lane_recall_at_5": recall_at(column["route:safeguarding"] + column["route:police_now"], lane, 0.05),
    }
    for name in ("about", "route"):
        labels = tuple(label.partition(":")[2] for label in scores.labels if label.startswith(f"{name}:"))
        guesses, truth = _best(column, name, labels), [item[name] for item in own]
        figures[f"{name}_accuracy"] = float(np.mean([a == b for a, b in zip(guesses, truth, strict=True)]))
    for label in ABUSE_LABELS:
        truth_of = np.asarray([label in item["abuse"] for item in own])
        if truth_of.sum() >= LEAST_POSITIVES:
            figures[f"{label}_auc"] = auc(column[f"abuse:{label}"], truth_of)
    return figures


def _truth(items: Sequence[Mapping[str, Any]], holds: Any) -> NDArray[np.bool_]:
    return np.asarray([bool(holds(item)) for item in items])


def _best(column: Mapping[str, NDArray[np.float32]], head: str, labels: Sequence[str]) -> list[str]:
    """The most likely label of each row."""
    table = np.stack([column[f"{head}:{label}"] for label in labels], axis=1)
    return [labels[i] for i in table.argmax(axis=1).tolist()]


def _public(folder: Path, test: PublicTest, scorer: TextScorer) -> dict[str, float]:
    rows = _test_rows(folder, test)
    scores = scorer.score([model_text("", "", text, None) for text, *_ in rows])
    column = {label: scores.values[:, i] for i, label in enumerate(scores.labels)}
    figures: dict[str, float] = {}
    for place, label in enumerate(test.labels, start=1):
        known = [i for i, row in enumerate(rows) if row[place] is not None]
        truth = [rows[i][place] for i in known]
        if label == "sentiment":
            guesses = _best(column, label, SENTIMENTS)
            figures[f"public.{test.name}.sentiment_macro_recall"] = macro_recall(
                [guesses[i] for i in known], truth
            )
        else:
            positive = np.asarray(truth, dtype=float) >= 0.5
            figures[f"public.{test.name}.{label}_auc"] = auc(column[f"abuse:{label}"][known], positive)
    return figures


def _test_rows(folder: Path, test: PublicTest) -> list[tuple[Any, ...]]:
    """Text and labels of the rows to measure on: the same ones on every machine."""
    found = read_columns(folder / test.file, ("text", *test.labels, "split"))
    rows = [
        row
        for row in found
        if row[0]
        and row[-1] == test.split
        and any(value is not None for value in row[1:-1])
        and (test.name not in SPLIT_HERE or held_for_measuring(test.name, row[0]))
    ]
    rows.sort(key=lambda row: (not _rare(row, test), bucket(normal_form(row[0]), 2**63)))
    return rows[:MOST_ROWS]


def _rare(row: tuple[Any, ...], test: PublicTest) -> bool:
    """Threats are so rare that every one is used."""
    return "threat" in test.labels and bool(row[1 + test.labels.index("threat")])


def main_evaluate(
    data: Path | None, floor: Path | None, scorer: TextScorer | None = None
) -> tuple[list[str], int]:
    """What `schoolgate evaluate` prints, and its exit code: 0, or 1 where the floor does not hold.

    `data` holds `datasets/`, `triage/dev.jsonl`, `holdout.jsonl` or `themes.jsonl`, whatever there is; the
    figures are those of the heads and, where the schools file is beside the items, of the whole decision.
    Raises InputError where `data` is not given or holds none.
    """
    if data is None:
        raise InputError("Name the folder to measure on: --data DIR.")
    figures = _all_figures(data, scorer or Scorer())
    lines = [f"{name:<58} {value:.3f}" for name, value in sorted(figures.items())]
    if floor is None:
        return lines, 0
    faults = check(read_floor(floor), figures, measured_files(data))
    measured = {name.partition(".")[0] for name in figures}
    for section, title in SECTIONS.items():
        if section not in measured:
            lines.append(f"floor on {title}: not checked")
        elif not any(fault.startswith(f"{section}.") for fault in faults):
            lines.append(f"floor on {title}: held")
    return [*lines, *faults], int(bool(faults))


def _all_figures(data: Path, scorer: TextScorer) -> dict[str, float]:
    figures = evaluate(data, scorer)
    if not figures:
        expected = ", ".join(("datasets/*.parquet", *OWN_SETS.values(), THEMES_FILE))
        raise InputError(f"{data} holds nothing to measure on: none of {expected}.")
    for section, (items, schools) in OWN_FILES.items():
        if (data / items).is_file() and (data / schools).is_file():
            found = decision_figures(data / items, data / schools, scorer)
            figures |= {f"{section}.decision.{what}": value for what, value in found.items()}
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Raises the floors in the file to the figures measured now."""
    parser = argparse.ArgumentParser(prog="classifiers.evaluation.evaluate", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, action="append", help="may be given twice")
    parser.add_argument("--floor", type=Path, default=FLOOR_FILE)
    parser.add_argument("--lower", action="store_true", help="set floors down as well; say why in the commit")
    chosen = parser.parse_args(arguments)
    scorer = Scorer()
    floor = read_floor(chosen.floor) if chosen.floor.exists() else Floor({}, {})
    for folder in chosen.data:
        figures, digests = _all_figures(folder, scorer), measured_files(folder)
        floor = raised(floor, figures, digests, scorer.version, lower=chosen.lower)
    write_floor(chosen.floor, floor)
    sys.stdout.write(f"{len(floor.floors)} floors stand in {chosen.floor}\n")


if __name__ == "__main__":
    main()
