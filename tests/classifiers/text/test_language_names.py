"""Languages that the model does not know are named; English with a few foreign words stays English."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from builders.verdict import judged, scores

from classifiers.text import language as identifier
from classifiers.text.language import Language, recognise, tongue
from classifiers.text.tongues import NAMES, WORDS
from data.judged import unplaced, was_judged
from data.types import Route, Severity

SENTENCES = tomllib.loads(
    (Path(__file__).parents[2] / "fixtures" / "languages" / "sentences.toml").read_text(encoding="utf-8")
)
OTHERS = sorted(SENTENCES.keys() - {"english", "cy"})


@pytest.mark.parametrize("key", OTHERS)
def test_a_short_sentence_in_another_language_is_not_judged_as_english(key: str) -> None:
    said = SENTENCES[key]
    assert len(said) == 12
    assert [text for text in said if recognise(text) is not Language.OTHER] == []


@pytest.mark.parametrize("key", OTHERS)
def test_nearly_all_are_named(key: str) -> None:
    code = key.split("_")[0]
    assert sum(tongue(text).code == code for text in SENTENCES[key]) >= 11


def test_a_short_sentence_in_welsh_is_welsh() -> None:
    assert [text for text in SENTENCES["cy"] if recognise(text) is not Language.WELSH] == []


@pytest.mark.parametrize("text", SENTENCES["english"])
def test_english_with_a_few_foreign_words_is_english(text: str) -> None:
    assert recognise(text) is Language.ENGLISH


def test_every_language_of_the_lists_has_a_name() -> None:
    assert WORDS.keys() <= NAMES.keys()


def test_the_reason_says_which_language_it_seems_to_be() -> None:
    found = judged("Bardzo miła pani w sekretariacie", scores("thank"))
    (said,) = [r.text for r in found.reasons if r.code == "language_other"]
    assert said == "It seems to be in Polish, which is not guessed at: please have it read."


def test_where_hardly_a_word_is_known_py3langid_is_asked_and_may_be_let_go() -> None:
    assert recognise("Nagyon kedves néni van az irodában") is Language.OTHER
    identifier.let_go()
    assert recognise("Nagyon kedves néni van az irodában") is Language.OTHER


def test_plain_english_does_not_load_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(text: str) -> tuple[str, float]:
        raise AssertionError(text)

    monkeypatch.setattr("classifiers.text.language.identified", asked)
    assert recognise("The car park was a mess again this morning and nobody rings back") is Language.ENGLISH


@pytest.mark.parametrize("key", ["pl", "ur_latin", "cy"])
def test_in_a_language_that_is_not_judged_nothing_is_filed_as_harmless_or_fair(key: str) -> None:
    for text in SENTENCES[key]:
        calm = judged(text, scores("note", severe=0.01))
        assert calm.look
        assert not was_judged(calm)


def test_what_the_model_thinks_grave_in_another_language_is_for_a_person() -> None:
    found = judged("Daeth fy mab adref yn crio heddiw o'r ysgol", scores("platform_report", severe=0.49))
    grave = judged(
        "Daeth fy mab adref yn crio heddiw o'r ysgol", scores("respond", severe=0.49, severity__3=0.9)
    )
    assert (grave.route, grave.severity, unplaced(grave)) == (Route.RESPOND, Severity.TODAY, True)
    assert found.route not in (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
