"""Who is a child in a text: invented sentences, both ways."""

from builders.mention import a_mention
from support.for_each import for_each
from support.sentences import sentences

from classifiers.signals.catalogue import FAMILIES
from classifiers.signals.patterns import Rule, prepare
from data.types import School

SAID = sentences("signals/children")

SCHOOL = School("900001", "Oakfield Primary School")
NAMED = {rule.signal.name: rule for rule in FAMILIES["children"]}
CHILD_IDENTIFIABLE = NAMED["child_identifiable"]

CHILDREN = SAID["children"]
"""A child can be told from each."""

NO_CHILD = SAID["no_child"]
"""A grown-up, a school, a month or a trip beside a year group."""


def fires(rule: Rule, text: str) -> bool:
    return rule.test(prepare(a_mention(text=text, title=""), SCHOOL))


@for_each("text", CHILDREN)
def test_a_childs_name_beside_a_year_group_tells_of_a_child(text: str) -> None:
    assert fires(CHILD_IDENTIFIABLE, text)


@for_each("text", NO_CHILD)
def test_no_teacher_no_school_and_no_trip_is_a_child(text: str) -> None:
    assert not fires(CHILD_IDENTIFIABLE, text)
