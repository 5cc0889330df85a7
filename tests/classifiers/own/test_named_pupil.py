"""A pupil's full name beside their year: found in the school's own words, and told from everybody else's."""

from __future__ import annotations

from support.checkout import FIXTURES

from classifiers.own.named_pupil import names_pupil


def _read(name: str) -> tuple[list[str], list[str]]:
    lines = (FIXTURES / "own" / name).read_text(encoding="utf-8").splitlines()
    return [line[2:] for line in lines if line[0] == "+"], [line[2:] for line in lines if line[0] == "-"]


def test_each_of_the_sentences_is_told_right() -> None:
    slips, others = _read("pupils.txt")
    assert min(len(slips), len(others)) > 30
    assert [s for s in slips if not names_pupil(s)] == []
    assert [s for s in others if names_pupil(s)] == []


def test_of_sentences_that_no_rule_was_made_for_most_slips_are_found_and_hardly_anything_else() -> None:
    slips, others = _read("pupils_held_out.txt")
    assert sum(names_pupil(s) is not None for s in slips) >= 14  # of 20
    assert sum(names_pupil(s) is not None for s in others) <= 1  # of 30


def test_the_sentence_alone_is_given_of_a_long_text() -> None:
    said = "Year 6 swam on Tuesday. Well done to Amelia Hartley, Year 4! Dinner is pie."
    assert names_pupil(said) == "Well done to Amelia Hartley, Year 4!"


def test_somebody_whom_the_settings_name_is_no_pupil() -> None:
    assert names_pupil("Amelia Hartley, Year 4, ran the marathon.")
    assert names_pupil("Amelia Hartley, Year 4, ran the marathon.", ["Mrs Amelia Hartley"]) is None
