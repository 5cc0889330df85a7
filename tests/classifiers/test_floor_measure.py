"""Figures of quality against values worked out by hand, and what evaluation reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.evaluation.evaluate import evaluate, measured_files
from classifiers.evaluation.metrics import auc, macro_f1, macro_recall, recall_at
from classifiers.evaluation.public_tests import MOST_ROWS, OFFENSIVE, PUBLIC_TESTS
from classifiers.scoring.heads import LABELS
from data.errors import InputError
from data.system.parquet import read_columns
from data.types import Scores

TRUTH = np.asarray([False, False, True, True])


@pytest.mark.parametrize(
    ("scores", "area"),
    [
        ([0.1, 0.2, 0.3, 0.4], 1.0),
        ([0.4, 0.3, 0.2, 0.1], 0.0),
        ([0.5] * 4, 0.5),
        ([0.1, 0.3, 0.2, 0.4], 0.75),
    ],
)
def test_auc(scores: list[float], area: float) -> None:
    assert auc(np.asarray(scores), TRUTH) == pytest.approx(area)


def test_auc_of_one_kind_only_is_not_a_number() -> None:
    assert math.isnan(auc(np.asarray([0.1, 0.2]), np.asarray([True, True])))


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=60))
def test_auc_is_the_chance_that_a_positive_outranks_a_negative(rows: list[tuple[int, bool]]) -> None:
    positives = [score for score, true in rows if true]
    negatives = [score for score, true in rows if not true]
    if not positives or not negatives:
        return
    wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives) / len(positives) / len(negatives)
    scores, truth = (np.asarray(column) for column in zip(*rows, strict=True))
    assert auc(scores.astype(float), truth) == pytest.approx(wins)


def test_recall_at_a_share_of_false_alarms() -> None:
    scores = np.asarray([0.1] * 18 + [0.6, 0.9] + [0.7, 0.95, 0.05])
    truth = np.asarray([False] * 20 + [True] * 3)
    assert recall_at(scores, truth, 0.05) == pytest.approx(2 / 3)
    assert recall_at(scores, truth, 0.0) == pytest.approx(1 / 3)


def test_macro_figures_weigh_every_class_alike() -> None:
    truth, guesses = ["a", "a", "a", "b"], ["a", "a", "b", "b"]
    assert macro_recall(guesses, truth) == pytest.approx((2 / 3 + 1) / 2)
    assert macro_f1(guesses, truth) == pytest.approx((4 / 5 + 2 / 3) / 2)


class ByLength:
    """Scores a text by its length, so that longer is likelier in every label."""

    seen = 0

    def score(self, texts: Sequence[str]) -> Scores:
        self.seen += len(texts)
        column = np.asarray([[len(text) / 1000] for text in texts], dtype=np.float32)
        return Scores(LABELS, np.tile(column, (1, len(LABELS))), (False,) * len(texts), "length")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus with one public set: 3,000 test rows, of which the hateful are longer."""
    (tmp_path / "datasets").mkdir()
    path = tmp_path / "datasets" / "dynahate.parquet"
    duckdb.sql(
        "select case when i < 3000 then 'test' else 'train' end as split, (i % 2)::tinyint as hate, "
        "'words ' || i || repeat(' more', 5 * (i % 2)) as text from range(4000) t(i)"
    ).write_parquet(str(path))
    return tmp_path


def test_a_public_set_is_measured_on_a_part_of_its_test_split(folder: Path) -> None:
    scorer = ByLength()
    assert evaluate(folder, scorer) == {"public.dynahate.hate_auc": pytest.approx(1.0)}
    assert scorer.seen == MOST_ROWS


def test_the_files_measured_on_are_named_by_their_digest(folder: Path) -> None:
    assert [name for name, digest in measured_files(folder).items() if len(digest) == 64] == [
        "datasets/dynahate.parquet",
        "functions.jsonl",
    ]


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read_columns(tmp_path / "a.parquet", ("text",))


def test_every_public_test_measures_labels_the_model_has() -> None:
    known = {"sentiment", OFFENSIVE, *(label.removeprefix("abuse:") for label in LABELS)}
    assert {label for test in PUBLIC_TESTS for label in test.labels} <= known
