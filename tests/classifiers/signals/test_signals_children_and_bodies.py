"""Who is a child in a text, and when mocking a body is more than bullying: invented sentences, both ways."""

from builders.mention import a_mention
from support.for_each import for_each
from support.sentences import sentences

from classifiers.signals.catalogue import FAMILIES
from classifiers.signals.patterns import Rule, prepare
from data.types import School

SAID = sentences("signals/children_and_bodies")

SCHOOL = School("900001", "Oakfield Primary School")
NAMED = {rule.signal.name: rule for rule in (*FAMILIES["children"], *FAMILIES["persons"])}
CHILD_IDENTIFIABLE, BODY_SHAMING = NAMED["child_identifiable"], NAMED["body_shaming"]

CHILDREN = SAID["children"]
"""A child can be told from each."""

NO_CHILD = SAID["no_child"]
"""A grown-up, a school, a month or a trip beside a year group."""

BODIES = SAID["bodies"]
"""Each mocks a body, and nothing that the law protects."""

PROTECTED = SAID["protected"]
"""Each mocks a body for, or beside, what the Equality Act 2010 protects."""

NOBODY = [
    "The dinner is fat chips again.", "The school play had ugly sisters and they were brilliant.",
    "Cut the fat out of the budget.", "Guinea pig club is great.", "It is an ugly building.",
    "We won the greased pig race at the farm.",
]  # fmt: skip
"""Words of bodies that mock nobody."""


def fires(rule: Rule, text: str) -> bool:
    return rule.test(prepare(a_mention(text=text, title=""), SCHOOL))


@for_each("text", CHILDREN)
def test_a_childs_name_beside_a_year_group_tells_of_a_child(text: str) -> None:
    assert fires(CHILD_IDENTIFIABLE, text)


@for_each("text", NO_CHILD)
def test_no_teacher_no_school_and_no_trip_is_a_child(text: str) -> None:
    assert not fires(CHILD_IDENTIFIABLE, text)


@for_each("text", BODIES)
def test_mocking_a_body_is_bullying_and_not_hate(text: str) -> None:
    assert fires(BODY_SHAMING, text)
    assert BODY_SHAMING.signal.labels == ("harassment",)
    assert BODY_SHAMING.signal.clears == ("hate",)


@for_each("text", [*PROTECTED, *NOBODY])
def test_beside_what_the_law_protects_hate_is_never_argued_away(text: str) -> None:
    assert not fires(BODY_SHAMING, text)
