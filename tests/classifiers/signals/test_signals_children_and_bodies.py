"""Who is a child in a text, and when mocking a body is more than bullying: invented sentences, both ways."""

import pytest
from builders.mention import a_mention

from classifiers.signals.find import FAMILIES
from classifiers.signals.rule import Rule, prepare
from data.types import School

SCHOOL = School("900001", "Oakfield Primary School")
NAMED = {rule.signal.name: rule for rule in (*FAMILIES["children"], *FAMILIES["persons"])}
CHILD_IDENTIFIABLE, BODY_SHAMING = NAMED["child_identifiable"], NAMED["body_shaming"]

CHILDREN = [
    "They left Jayden Year 6 outside in the rain.", "My friend's lad, Tomos, Year 3, was pushed over.",
    "I saw Ellie W. in 5B being shouted at.", "Everyone knows it was Kian from Y9 who did it.",
    "the girl called Aisha was bullied all term.", "a boy named Oliver got the blame.",
    "It was little Poppy (Year 2) who fell.", "Poor Callum in P5 is scared of him.",
    "that kid Reece Y8 has nits.", "She made Freya in Year 1 stand in the corner.",
    "The whole gate heard Alfie of Year 5 being screamed at.",
    "our neighbour Zara, Year 10, is pregnant apparently.", "Mr Tibberton shouted at Maisie in Year 4.",
    "Mrs Arkwright took it out on Dylan, Y6, again.", "the teacher told Megan in Year 5 she was thick.",
    "my nephew Harri ym Ml 3, well Harri in Year 3, was left behind.",
    "That Lewis from 7C is the one selling vapes.", "Miss Lark let Noah in Year 2 go home alone.",
    "why is Ruby in S2 always blamed.", "And Ivy Year 6 pupil was left on the bus.",
    "ask Theo in Reception, or Theo in Year 1 as he is now.", "They put April in Year 6 in isolation.",
    "and little Summer, Year 2, saw it all.", "it was Rose in Year 4 who cried.",
    "poor June Y3 was left behind.",
]  # fmt: skip
"""A child can be told from each."""

NO_CHILD = [
    "Mr Tibberton in Year 4 is useless.", "They cancelled the Year 6 trip again.",
    "the Oakfield Year 6 trip is a rip off.", "Ask Mrs Plum in Year 2 about it.",
    "Our teacher is Miss Jones, Year 5, and she is lovely.",
    "I spoke to Mr J. Tibberton in Year 4 about it.", "Well done to Ms Anna Reeve of Year 3.",
    "Dr Pryce from Y9 science never answers.", "the Christmas Year 4 concert was lovely.",
    "See you at the Summer Year 6 leavers assembly.", "what is Ofsted Year 6 data anyway.",
    "They said Monday Year 5 swimming is off.", "the School Year 6 residential is in May.",
    "Our class teacher Anna in Year 4 is off sick.",
    "we all love the new teaching assistant Bethan in Year 1.", "the head of Year 9 rang me.",
    "He is Head of Year 7 at Oakfield.", "Mrs. Arkwright, Year 6 teacher, is retiring.",
    "and in December Year 3 had no teacher.", "the SATs Year 6 results were poor.",
    "Thanks Sir Davies in Year 8 for the football.", "it was Miss Catrin Lloyd Year 2 who read the story.",
    "on Friday Y6 went swimming.", "our Ysgol Maesteg Year 6 trip was great.",
    "it all began in May Year 6 were told nothing.", "the Whole School Year 3 picture was lovely.",
]  # fmt: skip
"""A grown-up, a school, a month or a trip beside a year group."""

BODIES = [
    "Mr Thistlewood is a fat pig and everyone laugh at him.",
    "that fat cow on reception needs to lose weight", "Miss Lark is so ugly it hurts",
    "what an ugly fat lump the caretaker is", "look at the head, greasy smelly troll",
    "she looks like a whale in that dress", "Mrs Plum is a hippo lol", "he is such a minger",
    "you fat ugly pig no wonder your husband left", "the deputy is a fat greasy slob",
    "Sir is a spotty freak", "Miss is skinny and hairy, rank",
    "the head has a face like a slapped arse, fat thing", "what a fatso our PE teacher is",
    "ginger freak of a teaching assistant", "Mr Reeve is obese and it sets a bad example",
    "Mrs Arkwright is a fat ugly toad", "the receptionist is a smelly pig",
    "our governor is fat and ugly, end of", "that lardy lump is a fat mess",
]  # fmt: skip
"""Each mocks a body, and nothing that the law protects."""

PROTECTED = [
    "send that fat muslim pig back where she came from", "he is a fat gay pig and should not teach kids",
    "ugly immigrant cow, go back to your own country", "they are vermin, these gypsies, fat pigs the lot",
    "she is fat and disabled and should not be allowed near children", "fat black cow", "ugly jew",
    "smelly travellers, ugly pigs, not in our school", "trans freak, ugly thing",
    "women are too ugly and weak to be a head",
]  # fmt: skip
"""Each mocks a body for, or beside, what the Equality Act 2010 protects."""

NOBODY = [
    "The dinner is fat chips again.", "The school play had ugly sisters and they were brilliant.",
    "Cut the fat out of the budget.", "Guinea pig club is great.", "It is an ugly building.",
    "We won the greased pig race at the farm.",
]  # fmt: skip
"""Words of bodies that mock nobody."""


def fires(rule: Rule, text: str) -> bool:
    return rule.test(prepare(a_mention(text=text, title=""), SCHOOL))


def test_there_are_at_least_forty_each() -> None:
    assert len(CHILDREN) + len(NO_CHILD) >= 40
    assert len(BODIES) + len(PROTECTED) + len(NOBODY) >= 36


@pytest.mark.parametrize("text", CHILDREN)
def test_a_childs_name_beside_a_year_group_tells_of_a_child(text: str) -> None:
    assert fires(CHILD_IDENTIFIABLE, text)


@pytest.mark.parametrize("text", NO_CHILD)
def test_no_teacher_no_school_and_no_trip_is_a_child(text: str) -> None:
    assert not fires(CHILD_IDENTIFIABLE, text)


@pytest.mark.parametrize("text", BODIES)
def test_mocking_a_body_is_bullying_and_not_hate(text: str) -> None:
    assert fires(BODY_SHAMING, text)
    assert BODY_SHAMING.signal.labels == ("harassment",)
    assert BODY_SHAMING.signal.clears == ("hate",)


@pytest.mark.parametrize("text", [*PROTECTED, *NOBODY])
def test_beside_what_the_law_protects_hate_is_never_argued_away(text: str) -> None:
    assert not fires(BODY_SHAMING, text)
