"""A query in a school's own words: what it finds, in how many ways it is asked, and what is refused."""

from contextlib import nullcontext
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from data.errors import InputError
from data.register.national_lists import SHIPPED, read_register
from data.search import bits_asked, bits_of, search_names
from data.types import Namesake, Person, Role, School
from sources.query import Alternative, parse_query, propose_queries, read_query

OAKFIELD = School("900001", "Oakfield Primary School", aliases=("Oakfield Primary",), town="Larchford")
TERMS = ("Oakfield", "St Mary's School", "élan", "Larch-Grove")
APART = " and nothing else, "


EVERY = [
    {term for term, is_there in zip(TERMS, row, strict=True) if is_there} for row in product((0, 1), repeat=4)
]
EXPRESSIONS = st.lists(
    st.lists(st.tuples(st.booleans(), st.sampled_from(TERMS)), min_size=1, max_size=3), min_size=1, max_size=3
)


def render(said):
    parts = ([f'{"" if wanted else "NOT "}"{term}"' for wanted, term in part] for part in said)
    return " OR ".join(" ".join(part) for part in parts)


def holds(said, there):
    return any(all((term in there) is wanted for wanted, term in part) for part in said)


def as_sets(query):
    return {(frozenset(one.wanted), frozenset(one.barred)) for one in query.alternatives}


@given(EXPRESSIONS)
def test_the_alternatives_say_what_the_expression_says_of_every_text_and_are_read_again_as_written(said):
    try:
        query = parse_query(render(said))
    except InputError as error:
        lone = "everything else" in error.text
        assert (
            any({wanted for wanted, _ in part} == {False} for part in said)
            if lone
            else any(not any(holds([part], there) for there in EVERY) for part in said)
        )
        return
    for there in EVERY:
        found = any({*one.wanted} <= there and there.isdisjoint(one.barred) for one in query.alternatives)
        assert found == holds(said, there) == query.matches(APART.join(["", *there, ""]).upper())
    written = " OR ".join(one.write("NOT ") for one in query.alternatives)
    assert as_sets(parse_query(written)) == as_sets(query)
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
    '"Oakfield': "quotation mark at character 1 is not closed",
    "OR a": "missing beside “OR” at character 1",
    "a NOT NOT b": "missing beside “NOT” at character 3",
    "(a OR b)": "“(a” at character 1 cannot be searched for",
    "Oakfield or Larch": "“or” at character 10 is too common to search for. To join or bar words, write OR",
    "from:jo": "“from:jo” at character 1 cannot be searched for",
    "-a": "“-a” at character 1 cannot",
    "a NOT a": "can find nothing",
    "NOT a": "“NOT a” would find everything else",
    " OR ".join("abcdefghijklm"): "more than 12 searches",
    "a " * 600: "at most 1000 characters",
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
    "Oakfield OR Larchford bullying": "“Larchford bullying” has no name of it",
    '"primary school" Larchford': "has no name of it",
    "bullying NOT Oakfield": "has no name of it",
    'Oakfield "Jo Bloggs"': "Take the name out: Ms Jo Bloggs",
    'Oakfield NOT "Jo Bloggs"': "Take the name out: Ms Jo Bloggs",
    "Oakfield Quentin Hazel": "Take the name out: Mr Quentin Hazel",
    "Oakfield Ada Sample": "Take the name out: Ada Sample",
}.items())  # fmt: skip
def test_without_the_schools_name_or_with_that_of_one_of_its_people_it_is_refused(typed, said):
    left = Person("left", "Mr Quentin Hazel", (Role.HEAD,))
    school = School("900001", OAKFIELD.name, head="Ada Sample", former=(left,))
    with pytest.raises(InputError) as caught:
        read_query(typed, [school], ["Ms Jo Bloggs"])
    assert said in caught.value.text


TRUST = {"trust": "Northvale Learning Trust", "town": "Reading", "domain": "www.oakfield.example.org"}
SCHOOLS = {
    "Oakfield": School("900001", OAKFIELD.name, head="Jane Thornbury", **TRUST),
    "Hope": School("900002", "Hope Academy", aliases=("HA1",), head="Ann Hope and Jo Lee", **TRUST),
    "Park": School("900003", "Park Primary School", **TRUST),
}
STAFF = ["Mr Bo Hill", "Kit Smith-Jones", "Dee Reading"]
PERSON, NO_NAME = "Take the name out", "has no name of it"


@for_each(("of", "said", "each"), [
    ("Oakfield", PERSON, ("Thornbury", '"J Thornbury"', "JaneThornbury", "#JaneThornbury", "#sackthornbury")),
    ("Oakfield", PERSON, ("Hill", "#BoHill", "bohill", "Jones", "Dee Reading", '"Mrs Reading"')),
    ("Oakfield", NO_NAME, ("learning", "northvale", "www", "soakfielding", '"Oakfield row"')),
    ("Hope", PERSON, ('"Ann Hope"', '"A Hope"', '"Miss Hope"', "annhope", "Lee NOT Jo", '"J Lee"')),
    ("Hope", NO_NAME, ('"Hope Smith"', "academy")),
    ("Park", NO_NAME, ("park", '"parking fines"', "sparkle", '"the park"', "park Reading")),
    ("Oakfield", "", ("Oakfield Reading", '"Oakfield School"', "#OakfieldPrimary", "Oakfield NOT Northill")),
    ("Oakfield", "", ('"Northvale Learning Trust"', '"Oakfield Primary School Reading"')),
    ("Hope", "", ('"Hope Academy"', "Hope Reading", "HA1", '"Hope Academy" Lee')),
    ("Park", "", ('"Park Primary"', "Park Primary", "#parkprimary")),
])  # fmt: skip
def test_a_whole_name_or_a_word_of_its_own_names_the_school_and_no_surname_stands_beside_it(of, said, each):
    for typed in each:
        with pytest.raises(InputError, match=said) if said else nullcontext():
            read_query(f'"{SCHOOLS[of].name}" OR {typed}', [SCHOOLS[of]], STAFF)


def test_a_common_name_is_proposed_with_its_place_and_a_rare_one_without():
    assert propose_queries([OAKFIELD]) == '"Oakfield Primary" Larchford'
    lark = School("900003", "Ada Lark Primary School", town="Larchford")
    other = replace(lark, namesakes=(Namesake(lark.name, "Northvale"),))
    with_it = '"Ada Lark Primary" Larchford'
    assert [propose_queries([of]) for of in (lark, other)] == ['"Ada Lark Primary"', with_it]
    assert propose_queries([OAKFIELD, other]) == f'"Oakfield Primary" Larchford OR {with_it}'


def test_what_is_proposed_for_the_schools_of_the_country_names_each_of_them():
    schools = read_register(SHIPPED)[::101]
    for school in schools:
        assert read_query(propose_queries([school]), [School(school.urn, school.name)], []), school
    assert len(read_query(propose_queries(schools), schools[:12], []).alternatives) == 12
