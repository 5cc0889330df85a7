from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.text.language import Language, recognise


@pytest.mark.parametrize(
    "text",
    [
        "Mae'r ysgol wedi bod yn wych i'n plant ni.",
        "Diolch yn fawr i bawb am heddiw.",
        "cer i ladd dy hun",
        "mae dad yn brifo fi",
        "Gwych o le, athrawon clên iawn.",
        "Dwi'n flin, but honestly mae'r sefyllfa wedi mynd yn wirion ac mae'n rhaid i rywun ddweud.",
    ],
)
def test_welsh_and_bilingual_texts_are_welsh(text: str) -> None:
    assert recognise(text) is Language.WELSH


@pytest.mark.parametrize(
    "text",
    [
        "Nobody rings back, and the car park is a mess.",
        "Oakfield!!!",
        "",
        "😀😀",
        "wee bairn fell aff the wall at the school the day",
    ],
)
def test_english_and_the_too_short_are_english(text: str) -> None:
    assert recognise(text) is Language.ENGLISH


@pytest.mark.parametrize(
    "text",
    [
        "Szkoła jest bardzo dobra i dzieci są tak szczęśliwe, ale czy jest stołówka?",
        "Это очень хорошая школа",
        "مدرسة رائعة جدا",
        "A escola é muito boa e não tem uma cantina como as da cidade",
    ],
)
def test_other_languages_are_named_as_such(text: str) -> None:
    assert recognise(text) is Language.OTHER


@given(st.text(max_size=300))
def test_every_text_has_a_language(text: str) -> None:
    assert recognise(text) in Language
