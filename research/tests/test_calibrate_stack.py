from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifiers.text.language import Language
from classifiers.verdicts.weigh import MEMBERS, QUESTIONS, probability, read_stack
from data.types import About, Match, Reason, Relevance
from research.thresholds.stack import (
    ItemEvidence,
    asked,
    cross_fitted,
    fit_stack,
    regression,
    reliability_error,
    reliability_slope,
    stack_figures,
    truth,
    write_stack,
)

DICE = random.Random(11)


def seen(i: int, *, ngrams: bool = True) -> ItemEvidence:
    """An item of which the n-grams know much and the network little."""
    ours, grave = i % 5 != 0, i % 3 == 0
    hour = grave and i % 2 == 0
    route = "police_now" if hour else "platform_report" if grave else "respond"
    item: dict[str, Any] = {
        "id": f"tra-{i}",
        "relevant": ours,
        "severity": (4 if hour else 3 if grave else 2) if ours else 0,
        "route": route if ours else "ignore",
        "school": "s01",
        "title": f"Thread {i // 4}",
        "channel": "facebook",
        "pair": None,
    }
    noisy = {
        name: probability(DICE.gauss(1 if yes else -1, 3))
        for name, yes in (
            ("severity:3", grave and ours),
            ("severity:4", hour and ours),
            ("route:police_now", hour and ours),
        )
    }
    scores = {**noisy, "relevant": probability(DICE.gauss(1 if ours else -1, 1))}
    if ngrams:
        scores |= {
            "ngram:severity:3": probability(DICE.gauss(1 if grave and ours else -1, 1)),
            "ngram:severity:4": probability(DICE.gauss(1 if hour and ours else -1, 1)),
            "ngram:urgent": probability(DICE.gauss(1 if hour and ours else -1, 1)),
            "ngram:relevant": probability(DICE.gauss(1 if ours else -1, 1)),
            "ngram:respond": 0.5,
            "ngram:removal": 0.5,
        }
    code, score = ("full_name", 0.8) if ours else ("untied", 0.3)
    match = Match("900001", Relevance.UNSURE, score, (Reason(code, "A reason."),))
    return ItemEvidence(item, scores, (), match, Language.ENGLISH, About.SCHOOL)


FOUND = [seen(i) for i in range(400)]


def test_each_question_is_answered_by_its_label() -> None:
    item = {"relevant": True, "severity": 3, "route": "safeguarding"}
    assert [truth(item, question) for question in QUESTIONS] == [True, False, True]
    real = {"relevant": False, "severity": 0, "route": "ignore", "as_if": 4, "as_if_route": "police_now"}
    assert [truth(real, question) for question in QUESTIONS] == [True, True, False]


def test_what_is_surely_another_schools_teaches_only_whose_it_is() -> None:
    gone = Match("900001", Relevance.NOT_ABOUT, 0.01)
    item = {**FOUND[0].item, "relevant": False}
    other = ItemEvidence(item, {}, (), gone, Language.ENGLISH, About.OTHER)
    assert [asked(other, question) for question in QUESTIONS] == [False, False, True]
    real = ItemEvidence({**item, "as_if": 3}, {}, (), gone, Language.ENGLISH, About.OTHER)
    assert all(asked(real, question) for question in QUESTIONS)


def test_the_stack_ranks_better_than_its_weaker_member() -> None:
    figures = stack_figures(FOUND, cross_fitted(FOUND))
    assert figures["grave.stack"] >= figures["grave.ngram"] > figures["grave.network"]
    assert figures["ours.stack"] > figures["ours.ngram"]
    assert figures["grave.error"] < 0.12


def test_a_scorer_without_n_grams_has_weights_of_its_own() -> None:
    stack = fit_stack(FOUND)
    assert not any(name.startswith("ngram:") for name in stack["network"]["grave"].weights)
    assert stack["ngrams"]["grave"].weights["ngram:grave"] > 0
    assert stack["network"]["grave"].weights["network:grave"] > 0


def test_without_any_n_grams_both_weightings_can_still_be_fitted() -> None:
    stack = fit_stack([seen(i, ngrams=False) for i in range(200)])
    assert stack["ngrams"] == stack["network"]


def test_the_same_items_give_the_same_stack() -> None:
    assert fit_stack(FOUND) == fit_stack(FOUND)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    stack = fit_stack(FOUND)
    write_stack(tmp_path / "stack.toml", stack, {"model": "one"})
    assert read_stack(tmp_path / "stack.toml") == stack
    assert set(stack) == set(MEMBERS)


def test_a_regression_finds_what_made_the_answers() -> None:
    dice = np.random.default_rng(3)
    values = dice.normal(size=(20_000, 2))
    answers = (dice.random(20_000) < 1 / (1 + np.exp(-(0.5 + 2 * values[:, 0])))).astype(np.float64)
    bias, weights = regression(values, answers)
    assert bias == pytest.approx(0.5, abs=0.1)
    assert weights == pytest.approx([2.0, 0.0], abs=0.1)


def test_probabilities_that_come_true_have_no_error_and_others_their_distance() -> None:
    happened = np.asarray([True, False] * 100)
    assert reliability_error(np.full(200, 0.5), happened) == pytest.approx(0.0)
    assert reliability_error(np.full(200, 0.8), happened) == pytest.approx(0.3)
    assert np.isnan(reliability_error(np.full(200, 0.05), happened))


def test_a_signal_argues_in_its_own_direction_even_where_no_item_has_it() -> None:
    weights = fit_stack(FOUND)["ngrams"]["grave"].weights
    assert min(weights["signal:strong"], weights["signal:hints"]) > 0
    assert not any(name.startswith("signal:") for name in fit_stack(FOUND)["ngrams"]["ours"].weights)


def test_likelihoods_that_are_too_sure_have_a_slope_under_one() -> None:
    rng = np.random.default_rng(3)
    odds = rng.normal(1, 1.5, 4000)
    happened = rng.random(4000) < 1 / (1 + np.exp(-odds))
    true, sure = (1 / (1 + np.exp(-times * odds)) for times in (1, 2))
    assert reliability_slope(true, happened) == pytest.approx(1.0, abs=0.15)
    assert reliability_slope(sure, happened) < 0.75
