"""How the n-gram member is fitted: what an item teaches, and that what is learnt is what scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the extra `train`")

from classifiers.scoring.ngrams import NGRAM_COLUMNS, OPINIONS, Ngrams
from classifiers.scoring.onnx_scorer import NGRAM_FILE
from research.evaluation.labelled_items import item_text
from research.training.ngrams.matrix import idf_of, matrix
from research.training.ngrams.member import read_facts
from research.training.ngrams.teach import (
    NgramSettings,
    eight_bits,
    fit,
    item_weights,
    targets,
    teach,
)

KINDS: tuple[dict[str, Any], ...] = (
    {"relevant": True, "severity": 4, "route": "police_now", "abuse": ["threat"], "say": "bringing a knife"},
    {
        "relevant": True,
        "severity": 3,
        "route": "safeguarding",
        "abuse": ["safeguarding"],
        "say": "bruises again",
    },
    {
        "relevant": True,
        "severity": 3,
        "route": "platform_report",
        "abuse": ["harassment"],
        "say": "ugly liar",
    },
    {"relevant": True, "severity": 2, "route": "respond", "abuse": [], "say": "no answer to emails"},
    {"relevant": True, "severity": 1, "route": "thank", "abuse": [], "say": "lovely concert thank you"},
    {"relevant": False, "severity": 0, "route": "ignore", "abuse": [], "say": "cricket rained off"},
)
PLACES = ("by the gate", "in Year 4", "at lunch", "on the bus", "after maths", "near the hall", "at home")


def items() -> list[dict[str, Any]]:
    found = []
    for i in range(120):
        kind = dict(KINDS[i % len(KINDS)])
        text = f"{PLACES[i % 7]} {kind.pop('say')} {PLACES[(i // 7) % 7]} {i}"
        tone = "positive" if kind["route"] == "thank" else "negative"
        about = ("school", "pupil", "staff", "head", "governor", "other")[i // 6 % 6]
        beside = {"channel": "facebook", "school": "s01", "title": "", "rating": None, "pair": None}
        found.append({"id": f"tra-{i:04}", "text": text, "sentiment": tone, "about": about, **beside, **kind})
    return found


SETTINGS = NgramSettings(folds=3)


def column(name: str) -> int:
    return NGRAM_COLUMNS.index(name)


def told_by(**changes: Any) -> dict[str, float]:
    told = targets([items()[5] | changes])[0]
    return {
        name: float(value) for name, value in zip(NGRAM_COLUMNS, told, strict=True) if not np.isnan(value)
    }


def test_what_is_another_schools_teaches_only_that() -> None:
    assert told_by() == {"relevant": 0.0}


def test_what_is_no_schools_matter_also_teaches_that_nothing_is_grave() -> None:
    told = told_by(id="trx-0001")
    assert {"severity:3", "severity:4", "urgent", "removal"} < set(told)
    assert not {name for name in told if name.startswith("abuse:")}
    assert {name for name, value in told.items() if value} == {"route:note"}


def test_what_is_ours_teaches_every_label_but_what_public_sets_alone_know() -> None:
    unknown = np.isnan(targets(items()[:5])).any(axis=0)
    assert [name for name, one in zip(NGRAM_COLUMNS, unknown, strict=True) if one] == ["offensive"]


def test_urgent_is_police_and_child_protection_and_removal_the_two_others() -> None:
    told = targets(items()[:5])
    assert told[:, column("urgent")].tolist() == [1, 1, 0, 0, 0]
    assert told[:, column("removal")].tolist() == [0, 0, 1, 0, 0]


def test_what_no_post_tells_of_is_unlikely() -> None:
    posts = items()[:12]
    truth = targets(posts)
    truth[:, column("removal")] = np.nan
    texts = [item_text(item) for item in posts]
    found = fit(matrix(texts, idf_of(texts)), truth, np.ones(len(posts)), SETTINGS, ["removal"])
    assert found.bias[column("removal")] < -5


def test_an_item_counts_as_its_set_does() -> None:
    assert item_weights(items()[:1], NgramSettings(weights={"tra": 0.5})).tolist() == [0.5]


def test_the_member_answers_what_was_fitted() -> None:
    """The run-time arrays against the matrix times the weights, cut to eight bits."""
    posts = items()
    texts = [item_text(item) for item in posts]
    idf = idf_of(texts)
    features = matrix(texts, idf)
    fitted = fit(features, targets(posts), np.ones(len(posts)), SETTINGS)
    table, scale = eight_bits(fitted, idf, SETTINGS.clip)
    exact = features @ (table * scale / idf[:, None]) + fitted.bias
    member = object.__new__(Ngrams)
    member._table, member._idf, member._scale, member._bias = table, idf, scale, fitted.bias
    member._known, member._sums = {}, np.zeros((0, len(NGRAM_COLUMNS)), np.int32)
    member._squares = np.zeros(0, np.int64)
    assert np.allclose(member._odds(texts), exact, atol=1e-4)


def test_a_member_is_taught_and_read_again(tmp_path: Path) -> None:
    posts = items()
    teach(tmp_path, posts, posts, SETTINGS, lambda _: None)
    member = Ngrams(tmp_path / NGRAM_FILE)
    answers = member.score([item_text(item) for item in posts])
    grave = np.asarray([item["severity"] >= 3 for item in posts])
    opinion = answers[:, list(OPINIONS).index("ngram:severity:3")]
    assert opinion[grave].min() > opinion[~grave].max()
    assert read_facts(tmp_path / NGRAM_FILE)["rows"] == len(posts)


def test_the_same_items_give_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        teach(tmp_path / name, items(), items(), SETTINGS, lambda _: None)
    assert (tmp_path / "a" / NGRAM_FILE).read_bytes() == (tmp_path / "b" / NGRAM_FILE).read_bytes()
