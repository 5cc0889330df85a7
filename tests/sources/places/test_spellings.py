"""What is searched for: the name as people write it, and the place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.corpus import corpus_path

from data.register.national_lists import read_register
from data.register.school_names import SCHOOLISH, normalise
from data.types import School
from sources.places.spellings import phrase_of, spellings

ST_MARYS = School("900001", "St Mary's Church of England Primary School", town="Thornbeck", nation="england")
MAESTEG = School("900002", "Maesteg Comprehensive School", town="Maesteg", nation="wales")


def test_the_likeliest_is_the_name_as_people_say_it_with_the_place():
    assert spellings(ST_MARYS) == (
        '"St Mary\'s Primary School" Thornbeck',
        '"St Mary\'s Church of England Primary School" Thornbeck',
        '"St Mary\'s Primary" Thornbeck',
    )


def test_a_comprehensive_is_searched_for_as_people_write_it_in_english_and_welsh():
    assert spellings(MAESTEG) == ('"Maesteg School"', '"Maesteg Comprehensive"', '"Ysgol Maesteg"')


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("YSGOL GYNRADD BRO LAS", '"Ysgol Gynradd Bro Las" Thornbeck'),
        ("GARTH VALE C.I.W. (V.A.) PRIMARY SCHOOL", '"Garth Vale Primary School" Thornbeck'),
        ("Our Lady's R.C. Primary School", '"Our Lady\'s Catholic Primary School" Thornbeck'),
        ("The Fell Schools", '"Fell Schools" Thornbeck'),
        ("Fell House School and Sixth Form", '"Fell House School" Thornbeck'),
        ("St Peter and St Paul Primary School", '"St Peter and St Paul Primary School" Thornbeck'),
        ("Stepping Stones", '"Stepping Stones" school Thornbeck'),
        ("Little Owls Pre-School", '"Little Owls Pre-School" Thornbeck'),
        ("St Mary's Primary School (Fellbeck)", '"St Mary\'s Primary School" Fellbeck'),
        ("St Mary's (Fellbeck) R.C. Primary School", '"St Mary\'s Catholic Primary School" Fellbeck'),
        ("Saint Mary's School (A Church of England Academy)", '"St Mary\'s School" Thornbeck'),
        ("The Fell School (Church of England [VA])", '"Fell School" Thornbeck'),
        ("ST. MARY'S JUNIOR SCHOOL, FELLBECK", '"St Mary\'s Junior School" Thornbeck'),
        ("St Mary's Primary School, a Voluntary Academy", '"St Mary\'s Primary School" Thornbeck'),
        ("Thornbeck, St Mary's Primary School", '"St Mary\'s Primary School" Thornbeck'),
        ("Fell Side, C.E. Infant School, Thornbeck", '"Fell Side Infant School" Thornbeck'),
    ],
)  # fmt: skip
def test_names_of_registers_are_written_as_in_a_sentence(name, first):
    assert spellings(School("900003", name, town="Thornbeck"))[0] == first


@pytest.mark.corpus
def test_no_school_of_the_registers_is_searched_for_by_a_phrase_with_a_bracket():
    files = ("schools.csv.gz", "scotland.csv.gz", "wales.csv.gz", "northern_ireland.csv.gz")
    schools = [school for file in files for school in read_register(corpus_path("gias", file))]
    named = [school for school in schools if re.search(r"[(,\[]", school.name)]
    assert len(named) > 1000
    assert [each for school in named for each in spellings(school) if re.search(r"[()\[\],]", each)] == []


def test_a_welsh_name_is_searched_for_in_english_too():
    found = spellings(School("900004", "Ysgol Gymraeg Bro Las", town="Thornbeck", nation="wales"))
    assert found == (
        '"Ysgol Gymraeg Bro Las" Thornbeck',
        '"Ysgol Bro Las" Thornbeck',
        '"Bro Las School" Thornbeck',
    )


def test_a_place_of_several_words_is_searched_for_as_one():
    assert spellings(School("900005", "Fell School", town="Nr Upper Thornbeck")) == (
        '"Fell School" "Upper Thornbeck"',
    )


def test_without_a_known_place_there_is_nothing_to_search_for():
    assert spellings(School("900006", "St Mary's Primary School")) == ()


_CORES = st.sampled_from(
    ["St Mary's", "John Hartley", "Thornbeck", "Fell View", "Bro Las", "The Meadows", "MILL LANE"]
)
_TYPES = st.sampled_from(
    [
        "", "School", "Primary School", "C of E Primary School", "R.C. Primary", "Comprehensive School",
        "Academy", "Community College", "Playgroup", "Infant School and Nursery", "(Aided) Junior School",
        "High School",
    ]
)  # fmt: skip
_PLACES = st.sampled_from(["", "Thornbeck", "Nr Thornbeck", "Upper Thornbeck", "ST MARY'S BAY"])


@given(
    core=_CORES, kind=_TYPES, town=_PLACES, locality=_PLACES,
    nation=st.sampled_from(["england", "wales", "scotland", "northern_ireland"]),
    ysgol=st.booleans(), alias=st.sampled_from(["", "Mill Lane", "Mill Lane Primary", "J Hartley"]),
)  # fmt: skip
def test_no_spelling_is_a_bare_place_or_person_and_each_has_a_place(
    core, kind, town, locality, nation, ysgol, alias
):
    name = f"{'Ysgol ' if ysgol else ''}{core} {kind}".strip()
    aliases = (alias,) if alias else ()
    school = School("900007", name, aliases, town=town, locality=locality, nation=nation)
    found = spellings(school)
    assert len(found) == len(set(found)) <= 3
    assert bool(found) == bool(town or locality)
    for spelling in found:
        words = normalise(spelling).split()
        assert not (SCHOOLISH | {"playgroup"}).isdisjoint(words)
        assert "thornbeck" in words or "bay" in words
        assert re.fullmatch(r'"[^"]+"( school)?( (\S+|"[^"]+"))?', spelling)
        assert phrase_of(spelling) in spelling
