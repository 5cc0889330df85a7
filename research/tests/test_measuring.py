"""Figures of quality against values worked out by hand, and what evaluation reads."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.scoring.network import LABELS, THEME_LABELS
from data.errors import InputError
from data.types import Scores
from research.evaluation.labelled_items import labelled_posts, read_items
from research.evaluation.measure import evaluate, measured_files, theme_figures
from research.evaluation.metrics import auc, macro_f1, macro_recall, recall_at, triage_metrics
from research.evaluation.public_tests import (
    MOST_ROWS,
    OFFENSIVE,
    PUBLIC_TESTS,
    TWEETS,
    hatecheck_figures,
    public_figures,
    read_columns,
    tweet_figures,
)
from research.evaluation.report import compared

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


class Hateful:
    """Another model, which answers one label only."""

    def score(self, texts: Sequence[str]) -> Scores:
        column = np.asarray([["more" in text or "them all" in text] for text in texts], dtype=np.float32)
        return Scores(("abuse:hate",), column, (False,) * len(texts), "hateful")


def test_another_model_is_compared_on_what_it_answers(folder: Path) -> None:
    assert compared(folder, ByLength(), Hateful(), MOST_ROWS) == {
        "public.dynahate.hate_auc": (pytest.approx(1.0), pytest.approx(1.0))
    }


def test_offence_begins_where_their_dev_split_says(tmp_path: Path) -> None:
    (tmp_path / "datasets").mkdir()
    duckdb.sql(
        "select case when i < 400 then 'test' else 'dev' end as split, (i % 2)::int as offensive, "
        "repeat('word ', 20 + 20 * (i % 2)) || i as text from range(600) t(i)"
    ).write_parquet(str(tmp_path / TWEETS[1].file))
    assert public_figures(tmp_path, TWEETS[1], ByLength()) == {
        "public.tweeteval_offensive.offensive_macro_f1": pytest.approx(1.0)
    }


def test_all_of_tweeteval_is_measured_with_ranges(tmp_path: Path) -> None:
    (tmp_path / "datasets").mkdir()
    tones = "['negative', 'neutral', 'positive'][1 + i % 3]"
    for test, column in zip(TWEETS, (f"{tones} as sentiment", "(i % 2)::int as offensive"), strict=True):
        duckdb.sql(
            f"select case when i < 2400 then 'test' else 'dev' end as split, 'tweet ' || i as text, {column} "
            "from range(2600) t(i)"
        ).write_parquet(str(tmp_path / test.file))
    found = tweet_figures(tmp_path, ByLength())
    assert found["tweeteval_sentiment"].n == 2400 > MOST_ROWS
    assert found["tweeteval_sentiment"].value == pytest.approx(1 / 3)
    assert found["tweeteval_offensive"].low <= found["tweeteval_offensive"].high


def test_hatecheck_is_measured_where_somebody_has_put_it(tmp_path: Path) -> None:
    (tmp_path / "datasets").mkdir()
    path = tmp_path / "datasets" / "hatecheck.csv"
    rows = ("I hate them all,hateful", "I hate rain,non-hateful", "Out with them all!,non-hateful")
    path.write_text("\n".join(("test_case,label_gold", *rows)))
    assert hatecheck_figures(tmp_path, Hateful(), 0.5) == {
        "hatecheck.accuracy": pytest.approx(2 / 3),
        "hatecheck.hateful": 1.0,
        "hatecheck.non_hateful": 0.5,
    }
    path.write_text("text\nhello\n")
    with pytest.raises(InputError, match="is not HateCheck"):
        hatecheck_figures(tmp_path, Hateful(), 0.5)


class Says:
    """Is sure of the themes that a text names, and of nothing else."""

    def score(self, texts: Sequence[str]) -> Scores:
        rows = [[float(label.partition(":")[2] in text) for label in THEME_LABELS] for text in texts]
        return Scores(THEME_LABELS, np.asarray(rows, dtype=np.float32))


def test_figures_of_themes_by_hand() -> None:
    told = (("meals costs", ["meals"]), ("uniform", ["uniform"]), ("nothing", ["staff"]), ("quiet", []))
    items = [
        {"channel": "x", "title": "", "text": text, "rating": None, "themes": themes} for text, themes in told
    ]
    found = theme_figures(items, Says())
    assert (found["precision"], found["recall"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert found["f1"] == pytest.approx(2 / 3)
    assert found["quiet"] == 1.0


def labelled(n: int, **changes: Any) -> dict[str, Any]:
    truth = {
        "relevant": True,
        "sentiment": "negative",
        "abuse": [],
        "about": "school",
        "severity": 2,
        "route": "respond",
    }
    return {"id": str(n), "trait": "crit_call"} | truth | changes


def answer(n: int, **changes: Any) -> dict[str, Any]:
    line = {
        "relevant": "about",
        "sentiment": "negative",
        "abuse": [],
        "about": "school",
        "severity": 2,
        "route": "respond",
    }
    return {"id": str(n), "look": False, "reasons": []} | line | changes


def test_all_right_is_one_and_no_alarm_is_false() -> None:
    found = triage_metrics([labelled(1)], [answer(1)])
    assert found["route_accuracy"] == found["relevant_recall"] == 1
    assert found["false_alarms"] == found["fair_removals"] == found["looks"] == 0


def test_a_look_counts_as_seen_and_not_as_told() -> None:
    grave = labelled(1, severity=3, route="safeguarding")
    found = triage_metrics([grave], [answer(1, look=True)])
    assert (found["severe_told"], found["severe_seen"], found["lane_in_lane"]) == (0, 1, 0)


def test_a_removal_offered_on_fair_criticism_is_counted() -> None:
    found = triage_metrics(
        [labelled(1), labelled(2)], [answer(1, route="platform_report", severity=3), answer(2)]
    )
    assert found["fair_removals"] == found["false_alarms"] == 0.5


def test_an_alert_on_grave_news_that_wants_an_answer_is_no_false_alarm() -> None:
    news = labelled(1, severity=3)
    found = triage_metrics([news, labelled(2)], [answer(1, severity=3), answer(2)])
    assert (found["false_alarms"], found["severe_told"]) == (0, 1)


def test_answers_are_matched_by_id_not_by_order() -> None:
    found = triage_metrics([labelled(1), labelled(2, route="note")], [answer(2, route="note"), answer(1)])
    assert found["route_accuracy"] == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": ', "not JSON lines"),
        ("[1]", "“channel” is missing"),
        ('{"channel": "x"}', "“title” is missing"),
    ],
)
def test_a_file_that_is_not_labelled_is_refused_and_says_why(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "holdout.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=told):
        labelled_posts(path)


def test_only_a_line_feed_ends_an_item(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    item = {"text": "one\u2028two"}
    path.write_text(json.dumps(item, ensure_ascii=False) + "\r\n\n", encoding="utf-8")
    assert read_items(path) == [item]
