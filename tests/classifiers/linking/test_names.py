"""Names in one form, and the forms that people use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.linking.name_forms import forms
from data.register.school_names import core, normalise, normalise_all
from data.types import School


@pytest.mark.parametrize(
    "text",
    [
        "St. Mary's C.E. Primary",
        "Saint Marys Church of England primary",
        "ST MARY’S C of E PRIMARY",
        "St Mary's CE Primary",
    ],
)
def test_spellings_of_one_name_meet(text: str) -> None:
    assert normalise(text) == "st marys cofe primary"


def test_accents_and_ampersands_are_plain() -> None:
    assert normalise("Ysgol Tŷ Bach & Môr") == "ysgol ty bach and mor"


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("St Mary's C of E Primary School", "st marys"),
        ("Park Primary Academy", "park"),
        ("The Grange School", "grange"),
        ("Ysgol Gyfun Cwm Celyn", "cwm celyn"),
        ("High Street Primary School", "high street"),
        ("Christ Church CofE Primary School, Hampstead", "christ church"),
        ("The Academy", "the academy"),
    ],
)
def test_the_core_of_a_name_leaves_institution_words_out(name: str, kernel: str) -> None:
    assert core(name) == kernel


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.lists(st.text()))
def test_many_texts_at_once_come_out_as_one_by_one(texts: list[str]) -> None:
    assert normalise_all(texts) == [normalise(text) for text in texts]


def test_a_welsh_name_is_known_mutated() -> None:
    texts = {form.text for form in forms(School("900010", "Ysgol Cwm Elain", nation="wales"))}
    assert {"ysgol gwm elain", "nghwm elain"} <= texts


def test_a_name_is_known_without_its_possessive_and_in_one_word() -> None:
    texts = {form.text for form in forms(School("900011", "King Osric's School"))}
    assert {"king osrics school", "king osric school", "kingosricsschool"} <= texts


def test_no_form_is_a_mere_institution_word() -> None:
    texts = {form.text for form in forms(School("900012", "The Academy", aliases=("School", "@academy")))}
    assert not texts & {"school", "academy"}
