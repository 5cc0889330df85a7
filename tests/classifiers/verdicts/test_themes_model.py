"""Themes by the model that comes with the program: without the obvious word, and kept in the store."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders.home import migrated
from builders.mention import NOW, POLICY, a_batch, a_mention, a_store, save
from support.for_each import for_each
from support.sentences import rows, sentences

from classifiers.scoring.huggingface_scorer import HuggingFaceScorer
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.text.model_text import model_text
from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import read_thresholds, themes_of
from data.store.sealing import restrict
from data.store.verdicts import story_verdicts
from data.types import THEMES, Match, Mention, Relevance, School, Verdict

OAKFIELD = School("900001", "Oakfield Primary School", town="Northvale")
MATCH = Match("900001", Relevance.ABOUT, 0.99)
SAID: tuple[tuple[str, str], ...] = (
    ("meals", "She comes home hungry, the portions are tiny."),
    ("uniform", "Sent home because her socks had a stripe."),
    ("communication", "Rang six times, left three messages, nothing."),
)

PLAIN: tuple[tuple[str, str], ...] = rows(sentences("signals/themes")["plain"])


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


def judged(mention: Mention, scorer: Scorer) -> Verdict:
    scores = scorer.score([model_text(mention.channel, mention.title, mention.text, None)]).row(0)
    return decide(
        read_post(mention, MATCH, scores, (), OAKFIELD, (), read_thresholds(), model=scorer.version)
    )


def said(text: str) -> Mention:
    return a_mention(title="", text=text, channel="facebook")


@for_each(("theme", "text"), [*SAID, *PLAIN])
def test_a_theme_is_named_plainly_said_or_without_its_obvious_word(
    theme: str, text: str, scorer: Scorer
) -> None:
    assert theme in judged(said(text), scorer).themes


def test_every_theme_has_its_plain_sentence_and_the_same_text_the_same_themes(scorer: Scorer) -> None:
    assert {theme for theme, _ in (*SAID, *PLAIN)} == set(THEMES)
    mention = said(SAID[0][1])
    assert judged(mention, scorer) == judged(mention, Scorer(threads=1))


@for_each(
    "text", ["", "Thanks for the add!", "Lost a grey cat, answers to Biscuit.", "Happy Friday everybody."]
)
def test_what_is_about_nothing_has_no_theme(text: str, scorer: Scorer) -> None:
    assert judged(said(text), scorer).themes == ()


def test_themes_come_back_from_the_store_as_they_went_in_until_the_mention_is_hidden(
    tmp_path: Path, scorer: Scorer
) -> None:
    verdict = _saved(tmp_path, scorer)
    assert verdict.themes
    assert _stored(tmp_path) == (verdict.themes,)
    with a_store(tmp_path).write("test") as con:
        restrict(con, [verdict.mention_id], NOW)
    assert _stored(tmp_path) == ((),)


def test_a_restricted_verdict_is_stored_without_themes(tmp_path: Path, scorer: Scorer) -> None:
    _saved(tmp_path, scorer, restricted=True)
    assert _stored(tmp_path) == ((),)


def _saved(home: Path, scorer: Scorer, *, restricted: bool = False) -> Verdict:
    mention = said(SAID[0][1])
    verdict = replace(judged(mention, scorer), restricted=restricted)
    store = a_store(home)
    migrated(store)
    with store.write("test") as con:
        save(con, a_batch(mention, verdicts=[verdict]), now=NOW, policy=POLICY)
    return verdict


def _stored(home: Path) -> tuple[tuple[str, ...], ...]:
    with a_store(home).open_reader() as con:
        return tuple(v.themes for found in story_verdicts(con, ["s-one"]).values() for v in found)


def test_another_model_has_the_themes_it_is_mapped_to() -> None:
    labels = HuggingFaceScorer("any", {"NEG": "sentiment:negative"}).labels
    assert themes_of(dict.fromkeys(labels, 0.99)) == ()
    labels = HuggingFaceScorer("any", {"FOOD": "theme:meals"}).labels
    assert themes_of(dict.fromkeys(labels, 0.99)) == ("meals",)
