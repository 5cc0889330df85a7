"""Public test sets: which there are, and how well the heads do on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.scoring.network import TextScorer
from classifiers.text.model_text import model_text
from data.errors import InputError
from data.store.engine.rows import duckdb
from data.types import Scores
from research.evaluation.labelled_items import SPLIT_HERE, bucket, held_for_measuring, normal_form
from research.evaluation.metrics import (
    Estimate,
    auc,
    class_rows,
    from_sums,
    macro_f1,
    macro_recall,
    mean_f1,
    mean_recall,
)

MOST_ROWS = 2000
"""How many rows of each public test split are used: those with the smallest hash."""

ALL_ROWS = 10**9
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "1GB",
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}

SENTIMENTS = ("negative", "neutral", "positive")
OFFENSIVE = "offensive"
_LINES = np.linspace(0.02, 0.98, 49)

HATECHECK_FILE = "datasets/hatecheck.csv"
"""HateCheck, as published, for whoever has put it there: it is not among the sets."""

Column = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PublicTest:
    """One public test set; `labels` are its columns: `sentiment`, `offensive`, or our abuse labels."""

    name: str
    labels: tuple[str, ...]
    split: str = "test"

    @property
    def file(self) -> str:
        """Where the set lies in the corpus."""
        return f"datasets/{self.name}.parquet"


TWEETS = (PublicTest("tweeteval_sentiment", ("sentiment",)), PublicTest("tweeteval_offensive", (OFFENSIVE,)))

PUBLIC_TESTS = (
    *TWEETS,
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


def public_figures(
    folder: Path, test: PublicTest, scorer: TextScorer, most: int = MOST_ROWS
) -> dict[str, float]:
    """One figure for each label of the test that the scorer has; higher is better."""
    rows = test_rows(folder, test, most)
    scores = _scored(rows, scorer)
    figures: dict[str, float] = {}
    for place, label in enumerate(test.labels, start=1):
        known = [i for i, row in enumerate(rows) if row[place] is not None]
        truth = [rows[i][place] for i in known]
        if label == "sentiment" and f"sentiment:{SENTIMENTS[0]}" in scores.labels:
            guesses = best(columns(scores), label, SENTIMENTS)
            figures[f"public.{test.name}.sentiment_macro_recall"] = macro_recall(
                [guesses[i] for i in known], truth
            )
        elif label == OFFENSIVE and _abuse_columns(scores):
            guessed = offensive(scores) >= offensive_line(folder, test, scorer, most)
            figures[f"public.{test.name}.offensive_macro_f1"] = macro_f1(_words(guessed), _words(truth))
        elif f"abuse:{label}" in scores.labels:
            positive = np.asarray(truth, dtype=float) >= 0.5
            figures[f"public.{test.name}.{label}_auc"] = auc(
                columns(scores)[f"abuse:{label}"][known], positive
            )
    return figures


def tweet_figures(folder: Path, scorer: TextScorer) -> dict[str, Estimate]:
    """TweetEval on every row of its test splits: macro-recall of sentiment, macro-F1 of offence."""
    sentiment, offence = TWEETS
    rows = test_rows(folder, sentiment, ALL_ROWS)
    guesses = best(columns(_scored(rows, scorer)), "sentiment", SENTIMENTS)
    sums = class_rows([row[1] for row in rows], guesses, SENTIMENTS)
    found = {"tweeteval_sentiment": from_sums(sums, np.arange(len(sums)), mean_recall)}
    rows = test_rows(folder, offence, ALL_ROWS)
    guessed = offensive(_scored(rows, scorer)) >= offensive_line(folder, offence, scorer, ALL_ROWS)
    sums = class_rows(_words(row[1] for row in rows), _words(guessed), ("False", "True"))
    found["tweeteval_offensive"] = from_sums(sums, np.arange(len(sums)), mean_f1)
    return found


def hatecheck_figures(folder: Path, scorer: TextScorer, line: float) -> dict[str, float]:
    """Accuracy on HateCheck, whole, on the hateful and on the others, where hate begins at `line`."""
    import csv

    path = folder / HATECHECK_FILE
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"test_case", "label_gold"} <= set(rows[0]):
        raise InputError(f"{path} is not HateCheck: the columns test_case and label_gold are needed.")
    scores = _scored([(row["test_case"],) for row in rows], scorer)
    hateful = np.asarray([row["label_gold"] == "hateful" for row in rows])
    right = (columns(scores)["abuse:hate"] >= line) == hateful
    shares = {"accuracy": right, "hateful": right[hateful], "non_hateful": right[~hateful]}
    return {f"hatecheck.{name}": float(np.mean(part)) for name, part in shares.items()}


def offensive(scores: Scores) -> Column:
    """How likely each text is to offend: the column of that name, or else the likeliest abuse label."""
    found = columns(scores)
    if OFFENSIVE in found:
        return found[OFFENSIVE]
    strongest: Column = np.max([found[label] for label in _abuse_columns(scores)], axis=0)
    return strongest


def offensive_line(folder: Path, test: PublicTest, scorer: TextScorer, most: int) -> float:
    """The line with the best macro-F1 on the dev split: the label is theirs, and so is where it begins."""
    rows = test_rows(folder, PublicTest(test.name, test.labels, "dev"), most)
    chances, truth = offensive(_scored(rows, scorer)), _words(row[1] for row in rows)
    return float(max(_LINES, key=lambda line: macro_f1(_words(chances >= line), truth)))


def columns(scores: Scores) -> dict[str, Column]:
    """The columns of a table of scores by label."""
    return {label: scores.values[:, i] for i, label in enumerate(scores.labels)}


def best(column: Mapping[str, Column], head: str, labels: Sequence[str]) -> list[str]:
    """The most likely label of each row."""
    table = np.stack([column[f"{head}:{label}"] for label in labels], axis=1)
    return [labels[i] for i in table.argmax(axis=1).tolist()]


def test_rows(folder: Path, test: PublicTest, most: int) -> list[tuple[Any, ...]]:
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
    threat = test.labels.index("threat") + 1 if "threat" in test.labels else 0
    # threats are so rare that every one is used
    rows.sort(key=lambda row: (not (threat and row[threat]), bucket(normal_form(row[0]), 2**63)))
    return rows[:most]


def read_columns(path: Path, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The rows of a file in its order, as tuples of the named columns; null is None.

    Raises InputError where the file is missing, is not Parquet or lacks a column.
    """
    names = ", ".join(f'"{column}"' for column in columns)
    try:
        with closing(duckdb.connect(":memory:", config=_SETTINGS)) as con:
            return con.execute(f"SELECT {names} FROM read_parquet(?)", [str(path)]).fetchall()
    except duckdb.Error as fault:
        raise InputError(f"{path} cannot be read as Parquet with the columns {names}: {fault}") from None


def _scored(rows: Sequence[Sequence[Any]], scorer: TextScorer) -> Scores:
    return scorer.score([model_text("", "", row[0], None) for row in rows])


def _abuse_columns(scores: Scores) -> list[str]:
    return [label for label in scores.labels if label == OFFENSIVE or label.startswith("abuse:")]


def _words(values: Any) -> list[str]:
    return [str(bool(value)) for value in values]
