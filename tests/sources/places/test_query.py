"""A query in a school's own words: what it finds, in how many ways it is asked, and what is refused."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.for_each import for_each

from data.errors import InputError
from data.register.national_lists import SHIPPED, read_register
from data.search import bits_asked, bits_of, search_names
from data.types import Namesake, Person, Role, School
from sources.query import Alternative, parse_query, propose_query, read_query

OAKFIELD = School("900001", "Oakfield Primary School", aliases=("Oakfield Primary",), town="Larchford")
TERMS = ("Oakfield", "St Mary's School", "élan", "Larch-Grove")
APART = " and nothing else, "


EXPRESSIONS = st.recursive(
    st.sampled_from(TERMS),
    lambda of: st.tuples(st.just("NOT"), of) | st.tuples(st.sampled_from(["AND", "OR", ""]), of, of),
    max_leaves=6,
)
EVERY = [
    {term for term, is_there in zip(TERMS, row, strict=True) if is_there} for row in product((0, 1), repeat=4)
]


def render(said):
    match said:
        case str():
            return f'"{said}"' if " " in said else said
        case ("NOT", one):
            return f"NOT ({render(one)})"
        case (operator, one, other):
            return f"({render(one)}) {operator} ({render(other)})"


def holds(said, there):
    match said:
        case str():
            return said in there
        case ("NOT", one):
            return not holds(one, there)
        case ("OR", one, other):
            return holds(one, there) or holds(other, there)
        case (_, one, other):
            return holds(one, there) and holds(other, there)


def as_sets(query):
    return {(frozenset(one.wanted), frozenset(one.barred)) for one in query.alternatives}


@given(EXPRESSIONS)
def test_the_alternatives_say_what_the_expression_says_of_every_text_and_are_read_again_as_written(said):
    try:
        query = parse_query(render(said))
    except InputError as error:
        assume("more than 12" not in error.text and "pairs of brackets" not in error.text)
        assert holds(said, set()) or not any(holds(said, there) for there in EVERY)
        return
    for there in EVERY:
        found = any({*one.wanted} <= there and there.isdisjoint(one.barred) for one in query.alternatives)
        assert found == holds(said, there) == query.matches(APART.join(["", *there, ""]).upper())
    assert as_sets(parse_query(str(query))) == as_sets(query)
    assert 1 <= len(query.alternatives) <= 12
    assert all(one.wanted for one in query.alternatives)


@given(st.text(alphabet='aB"“”() -:*@#ANDORT', max_size=60) | st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(typed):
    try:
        query = parse_query(typed)
    except InputError as error:
        said = error.text
    else:
        said = "."
        assert all(one.wanted and not {*":*@"} & {*one.write()} for one in query.alternatives)
    assert said.endswith((".", "”"))


@for_each(("typed", "text", "is_found"), [
    ("“St. Mary's School”", "I like SAINT MARYS SCHOOL.", True),
    ("\"St Mary's School\"", "St Mary’s Infant School", False),
    ("Oakfield", "Oakfields is a street", False),
    ("ecole", "L'École d'Oakfield", False),
    ("école", "Ecole Oakfield", True),
    ('Oakfield NOT "Oakfield, Ohio"', "Oakfield in Ohio", True),
    ('Oakfield NOT "Oakfield, Ohio"', "the Oakfield (Ohio) game", False),
    ("#OakfieldPrimary", "lovely #oakfieldprimary", True),
])  # fmt: skip
def test_words_are_compared_as_names_are(typed, text, is_found):
    query = parse_query(typed)
    assert query.matches(text) is is_found
    bits = bits_of([text])
    wanted = [bits_asked(search_names(one.wanted)) for one in query.alternatives]
    assert not is_found or any(all(b & w == w for b, w in zip(bits, of, strict=True)) for of in wanted)


@for_each(("typed", "said"), {
    "": "Write what to search for",
    "a OR": "missing beside “OR” at character 3",
    "( ) a": "missing beside “(” at character 1",
    '"Oakfield': "quotation mark at character 1 is not closed",
    "(a OR b": "bracket at character 1 is not closed",
    "a) b": "“)” at character 2 could close",
    "Oakfield or Larch": "“or” at character 10 is too common to search for. To join or bar words, write OR",
    "from:jo": "“from:jo” at character 1 cannot be searched for",
    "-a": "“-a” at character 1 cannot",
    "a NOT a": "can find nothing",
    "NOT a": "“NOT a” would find everything else",
    "(a OR b) (c OR d) (e OR f) (g OR h)": "more than 12 searches",
    "a " * 600: "at most 1000 characters",
    "(" * 13 + "a" + ")" * 13: "12 pairs of brackets",
}.items())  # fmt: skip
def test_a_fault_says_what_and_where_and_how_to_put_it_right(typed, said):
    with pytest.raises(InputError) as caught:
        parse_query(typed)
    assert said in caught.value.text


def test_it_is_written_for_a_platform_with_all_but_plain_words_in_quotation_marks():
    (one,) = parse_query('"Oakfield Primary" coca-cola NOT Ohio NOT "New York"').alternatives
    assert one == Alternative(("Oakfield Primary", "coca-cola"), ("Ohio", "New York"))
    assert one.write() == '"Oakfield Primary" "coca-cola" -Ohio -"New York"'


@for_each(("typed", "said"), {
    "Oakfield OR (Larchford bullying)": "“Larchford bullying” has no name of it",
    '"primary school" Larchford': "has no name of it",
    "bullying NOT Oakfield": "has no name of it",
    'Oakfield "Jo Bloggs"': "Take the name out: Ms Jo Bloggs",
    "Oakfield NOT (Jo Bloggs)": "Take the name out: Ms Jo Bloggs",
    "Oakfield Quentin Hazel": "Take the name out: Mr Quentin Hazel",
    "Oakfield Ada Sample": "Take the name out: Ada Sample",
}.items())  # fmt: skip
def test_without_the_schools_name_or_with_that_of_one_of_its_people_it_is_refused(typed, said):
    left = Person("left", "Mr Quentin Hazel", (Role.HEAD,))
    school = School("900001", OAKFIELD.name, head="Ada Sample", former=(left,))
    with pytest.raises(InputError) as caught:
        read_query(typed, [school], ["Ms Jo Bloggs"])
    assert said in caught.value.text


def test_a_common_name_is_proposed_with_its_place_a_rare_one_without_and_it_names_every_school():
    with_it = '"Oakfield Primary School" Larchford OR "Oakfield Primary" Larchford'
    assert propose_query(OAKFIELD) == with_it
    lark = School("900003", "Ada Lark Primary School", town="Larchford")
    other = replace(lark, namesakes=(Namesake(lark.name, "Northvale"),))
    for school, place in ((lark, ""), (other, " Larchford")):
        assert propose_query(school).split(" OR ")[0] == f'"{lark.name}"{place}'
    for school in read_register(SHIPPED)[::101]:
        assert read_query(propose_query(school), [school], []), school
