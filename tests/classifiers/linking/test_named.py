"""Whom a text names, however it writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.verdicts.named_people import is_named, people_named, read, strictly_named
from data.types import Person, Role

HOLT = Person("holt", "Mrs Jane Holt", (Role.HEAD,))
BARKER = Person("barker", "Colin Barker", (Role.DSL,))
PEOPLE = (HOLT, BARKER, Person("marsh", "Alex Marsh", (Role.CHAIR,)))


def named(text: str) -> set[str]:
    return {p.id for p in people_named(read(text), PEOPLE)}


@for_each(
    "text",
    [
        "Jane Holt slapped my son",
        "JANE HOLT SLAPPED MY SON",
        "Mrs.Holt slapped my girl",
        "Ms. Holt's been hitting kids",
        "Mrs Holt‑Smith slapped my son",
        "janeholt slapped my son",
        "Mrs H*lt slapped my son",
        "mrs h**t slapped my son",
        "Mrs H*** slapped my son",
        "H*lt slapped my son",
        "H**t slapped my son",
        "Mrs H_lt slapped my son",
        "H0lt slapped my son",
        "H o l t slapped my son",
        "Mrs H slapped my son",
        "mrs h. slapped my son",
        "Jane H slapped my son",
        "Miss Jane slapped my son",
        "Mrs Hollt slapped my son",
        "mrs hotl slapped my son",
        "Hoult slapped my son",
        "Mrs Hôlt slapped my son",
        "Mrs\u200b Ho\u200blt slapped my son",
        "Mrs Но\u04cft slapped my son",
        "@JaneHolt_Oakfield slapped my son",
        "@jane_holt slapped my son",
        "@janeholt72 slapped my son",
        "@jholt slapped my son",
        "@MrsHolt slapped my son",
        "#HoltOut now",
        "#holtout now",
        "#Holt slaps kids",
    ],
)
def test_a_name_is_known_however_it_is_written(text: str) -> None:
    assert named(text) == {"holt"}


@pytest.mark.parametrize(
    "text",
    [
        "Holtby is a village",
        "@Holtby slapped my son",
        "in march he marched to the market",
        "It was March before anyone rang",
        "the dog barked, and a banker came",
        "halt at the gate",
        "Mr Vane shouts",
        "Miss, he hit me",
        "s*** school",
        "h*** of a day",
        "Jane in year 4 cried",
        "",
    ],
)
def test_other_words_are_no_name(text: str) -> None:
    assert named(text) == set()


def test_everyone_named_is_found() -> None:
    assert named("Told Jane Holt that Colin Barkr kissed my daughter") == {"holt", "barker"}


def test_a_short_surname_alone_is_no_name_but_is_after_a_title() -> None:
    orr = (Person("orr", "Kim Orr", (Role.HEAD,)),)
    assert not people_named(read("either orr nothing"), orr)
    assert people_named(read("Miss Orr hit him"), orr)


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_and_any_name_can_be_read(text: str, name: str) -> None:
    people_named(read(text), (Person("p", name, ()),))


@given(st.sampled_from(PEOPLE), st.text(max_size=30), st.text(max_size=30))
def test_whoever_is_named_strictly_is_named_generously(person: Person, before: str, after: str) -> None:
    text = f"{before} {person.name} {after}"
    assert not is_named(person.name, text) or person in people_named(read(text), PEOPLE)


@given(
    words=st.lists(
        st.sampled_from(("Mrs", "Jane", "HOLT", "holt", "Okafor's", "hit", "orr", "Orr,")), max_size=6
    )
)
def test_several_are_looked_for_as_one_by_one(words: list[str]) -> None:
    text = " ".join(words)
    assert strictly_named(PEOPLE, text) == [person for person in PEOPLE if is_named(person.name, text)]


@for_each(
    ("text", "named"),
    [
        ("I'd not let mine serve for the Canon", True),
        ("that canon again", True),
        ("Canon Street is shut", False),
    ],
)
def test_a_rare_title_may_name_whoever_is_called_so(text: str, named: bool) -> None:
    canon = (Person("c", "Canon Edwin Bligh", ()),)
    assert bool(people_named(read(text), canon)) is named
