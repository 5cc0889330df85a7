from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import CHAIR, DSL, HEAD, PEOPLE, SCHOOL

from classifiers.subject import subject
from data.types import About, Person, Role, Signal

STAFF = {"about:staff": 0.8, "about:school": 0.2}
UNCLEAR = {"about:school": 0.6, "about:staff": 0.3}


def who(text: str, odds: dict[str, float], people: tuple[Person, ...] = PEOPLE) -> tuple[About, str | None]:
    return subject(text, odds, (), SCHOOL, people)


@pytest.mark.parametrize("text", ["Mrs Holt shouts", "jane holt shouts", "HOLT shouts", "Holt's shouting"])
def test_a_head_is_known_by_name(text: str) -> None:
    assert who(text, STAFF) == (About.HEAD, HEAD.id)


@pytest.mark.parametrize("text", ["the head shouts", "our headteacher shouts", "that head teacher shouts"])
def test_a_head_is_known_by_role_where_the_model_leans_to_a_head(text: str) -> None:
    assert who(text, {"about:staff": 0.5, "about:head": 0.4}) == (About.HEAD, HEAD.id)


@pytest.mark.parametrize(
    "text",
    ["the head of maths shouts", "head lice again", "the deputy head shouts", "the assistant head shouts"],
)
def test_other_heads_are_not_the_head(text: str) -> None:
    assert who(text, STAFF) == (About.STAFF, None)


def test_part_of_a_longer_word_is_no_name() -> None:
    assert who("Holtby is a village", STAFF)[1] is None


def test_a_teacher_of_the_settings_is_known_by_name() -> None:
    vane = Person("vane", "Mr Lee Vane", (Role.STAFF,))
    assert who("Mr Vane shouts", STAFF, (*PEOPLE, vane)) == (About.STAFF, "vane")


def test_nobody_is_meant_by_a_role_that_two_hold() -> None:
    second = replace(HEAD, id="second", name="Kim Orr")
    assert who("the head shouts", {"about:head": 0.9}, (HEAD, second)) == (About.HEAD, None)


def test_a_mention_of_the_school_means_nobody_unless_named() -> None:
    assert who("parking is bad", UNCLEAR) == (About.SCHOOL, None)
    assert who("ask Robin Pike about parking", UNCLEAR) == (About.SCHOOL, DSL.id)


def test_a_governor_who_is_the_chair_is_the_chair() -> None:
    assert who("Alex Marsh bought a car", {"about:governor": 0.9}) == (About.CHAIR, CHAIR.id)


def test_an_allegation_outweighs_the_child_it_harms() -> None:
    alleged = Signal("staff_hurt_child", "Hurt.", about=About.STAFF)
    harmed = Signal("signs_of_harm", "Signs.", about=About.PUPIL)
    odds = {"about:pupil": 0.8, "about:staff": 0.1}
    assert subject("a teacher hurt him", odds, (alleged, harmed), SCHOOL, ())[0] is About.STAFF
    assert subject("somebody hurt him", odds, (harmed,), SCHOOL, ())[0] is About.PUPIL


@given(st.text(max_size=80), st.dictionaries(st.sampled_from(["about:head", "about:staff"]), st.floats(0, 1)))
def test_only_people_of_the_settings_are_ever_meant(text: str, odds: dict[str, float]) -> None:
    assert who(text, odds)[1] in {None, *(p.id for p in PEOPLE)}


@given(st.text(min_size=1, max_size=20))
def test_any_name_can_be_looked_for(name: str) -> None:
    who("the head shouts", STAFF, (Person("p", name, (Role.STAFF,)),))
