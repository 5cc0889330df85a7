"""Which roles the words of a text may stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.verdicts.subject import roles_said
from data.types import Role


@for_each(
    ("text", "role"),
    [
        ("the head hit my son", Role.HEAD),
        ("scared of the head", Role.HEAD),
        ("complained to the head", Role.HEAD),
        ("no confidence in the head", Role.HEAD),
        ("a bomb in the head's office", Role.HEAD),
        ("the headmistress slapped my son round the face", Role.HEAD),
        ("HT slapped my son", Role.HEAD),
        ("that head teacher", Role.HEAD),
        ("the head locked him in a room", Role.HEAD),
        ("the head started shouting", Role.HEAD),
        ("The head counted them", Role.HEAD),
        ("the heads a bully", Role.HEAD),
        ("the head of the school", Role.HEAD),
        ("our executive principal dragged her", Role.HEAD),
        ("the boss of that school hit my child", Role.HEAD),
        ("the one in charge hit my lad", Role.HEAD),
        ("her in charge hit my lad", Role.HEAD),
        ("whoever runs that place", Role.HEAD),
        ("ask the woman in charge", Role.HEAD),
        ("the person sy'n rhedeg yr ysgol", Role.HEAD),
        ("mae'r pennaeth wedi taro fy mab", Role.HEAD),
        ("i bennaeth yr ysgol", Role.HEAD),
        ("it was her, the one who's head now", Role.HEAD),
        ("ask the present head about it", Role.HEAD),
        ("she is still head there", Role.HEAD),
        ("the deputy head grabbed my son", Role.DEPUTY_HEAD),
        ("the deputy grabbed my son", Role.DEPUTY_HEAD),
        ("assistant headteacher", Role.DEPUTY_HEAD),
        ("vice principal", Role.DEPUTY_HEAD),
        ("y dirprwy bennaeth", Role.DEPUTY_HEAD),
        ("the DSL has been messaging year 6 girls", Role.DSL),
        ("the safeguarding lead slapped my daughter", Role.DSL),
        ("deputy safeguarding lead", Role.DEPUTY_DSL),
        ("the chair stole the pta money", Role.CHAIR),
        ("the chairman stole it", Role.CHAIR),
        ("the chair of governors is a thief", Role.CHAIR),
        ("y cadeirydd", Role.CHAIR),
        ("its own chair was marching", Role.CHAIR),
        ("he's still chair up there", Role.CHAIR),
        ("she chairs things there", Role.CHAIR),
        ("the vice chair of governors stole it", Role.VICE_CHAIR),
        ("a governor touched my daughter", Role.GOVERNOR),
        ("jo the it guy is filming girls", Role.IT_LEAD),
        ("the data protection officer leaked it", Role.DPO),
        ("a member of slt", Role.SLT),
    ],
)
def test_a_role_is_known_by_its_words(text: str, role: Role) -> None:
    assert role in roles_said(text)


@pytest.mark.parametrize(
    "text",
    [
        "hit my son, year 4, round the head in pe",
        "smacked a boy on the head with a book",
        "kicked a ball at the head of my son",
        "a blow to the head",
        "kicked in the head",
        "head lice again",
        "the head of maths shouts",
        "head girl",
        "the head boy shouts",
        "put him in the headlock",
        "a head start",
        "A letter on the head start",
        "The headlock hurt",
        "The head lice are back",
        "made him stand on the chair",
        "threw the chair at him",
        "the chair leg broke",
        "the former head was kind",
        "the governors did nothing",
        "it teaches him nothing",
        "deputised",
    ],
)
def test_other_words_are_no_role(text: str) -> None:
    assert roles_said(text) == frozenset()


def test_a_deputy_is_not_the_leader() -> None:
    assert Role.HEAD not in roles_said("the deputy head grabbed my son")
    assert Role.DSL not in roles_said("the deputy safeguarding lead grabbed my son")
    assert Role.CHAIR not in roles_said("the vice chair grabbed my son")


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    assert roles_said(text) <= set(Role)
