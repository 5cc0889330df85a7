"""A scorer of a fleet: each text once, wherever it was read."""

from __future__ import annotations

import numpy as np
import pytest
from builders.judges import CALM, INSULT, OTHER_INSULT, Words

from monitor.config.settings import ModelSettings
from monitor.fleet.stages import scoring
from monitor.fleet.stages.scoring import GivenScores, Scoring, Wanting, text_key
from monitor.fleet.work import ToScore
from monitor.pipeline import judges


class Counted(Words):
    """A model that notes what it was given."""

    def __init__(self):
        self.given = []

    def score(self, texts):
        self.given.append(list(texts))
        return super().score(texts)


@pytest.fixture
def model(monkeypatch):
    model = Counted()
    monkeypatch.setattr(judges, "scorer", lambda settings: model)
    return model


def rows(scores):
    return [[round(float(x), 4) for x in row] for row in scores.values]


def test_scores_stand_in_the_order_of_the_texts(model):
    texts = (CALM, INSULT, OTHER_INSULT)
    assert rows(Scoring(ModelSettings())(ToScore(texts))) == rows(Words().score(texts))


def test_a_text_is_scored_once_and_then_remembered(model):
    scorer = Scoring(ModelSettings())
    first = scorer(ToScore((CALM, INSULT)))
    again = scorer(ToScore((INSULT, OTHER_INSULT, CALM)))
    assert model.given == [[CALM, INSULT], [OTHER_INSULT]]
    assert rows(again) == [rows(first)[1], rows(Words().score([OTHER_INSULT]))[0], rows(first)[0]]


def test_a_text_that_is_asked_for_twice_at_once_is_scored_once(model):
    scores = Scoring(ModelSettings())(ToScore((CALM, CALM)))
    assert model.given == [[CALM]]
    assert len(scores.values) == 2


def test_no_texts_have_no_scores(model):
    assert len(Scoring(ModelSettings())(ToScore(())).values) == 0
    assert model.given == []


def test_what_was_asked_for_longest_ago_is_forgotten_first(model, monkeypatch):
    monkeypatch.setattr(scoring, "REMEMBERED", 2)
    scorer = Scoring(ModelSettings())
    for text in (CALM, INSULT, CALM, OTHER_INSULT, CALM, INSULT):
        scorer(ToScore((text,)))
    assert model.given == [[CALM], [INSULT], [OTHER_INSULT], [INSULT]]


def test_more_texts_than_are_remembered_are_all_scored(model, monkeypatch):
    monkeypatch.setattr(scoring, "REMEMBERED", 1)
    texts = (CALM, INSULT, OTHER_INSULT)
    assert rows(Scoring(ModelSettings())(ToScore(texts))) == rows(Words().score(texts))


def test_it_remembers_no_text(model):
    scorer = Scoring(ModelSettings())
    scorer(ToScore((INSULT,)))
    assert INSULT not in repr(scorer._known)
    assert list(scorer._known) == [text_key(INSULT)]


def test_the_model_is_loaded_at_the_first_text(monkeypatch):
    monkeypatch.setattr(judges, "scorer", lambda settings: pytest.fail("it was loaded"))
    Scoring(ModelSettings())


def test_given_scores_are_aligned_with_what_is_asked_for():
    given = GivenScores([((CALM,), Words().score([CALM])), ((INSULT,), Words().score([INSULT]))])
    scores = given.score([INSULT, CALM])
    assert np.array_equal(scores.values, Words().score([INSULT, CALM]).values)
    assert scores.model == "words"


def test_texts_without_given_scores_are_wanted_and_no_others():
    given = GivenScores([((CALM,), Words().score([CALM]))])
    with pytest.raises(Wanting) as wanting:
        given.score([INSULT, CALM, OTHER_INSULT])
    assert wanting.value.texts == (INSULT, OTHER_INSULT)
