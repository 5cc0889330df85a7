"""Finding a school by what somebody types, and the register that comes with the program."""

import csv
import gzip
import time

import pytest

from data.register.find_schools import SchoolSearch, school_line
from data.register.national_lists import KEPT, LICENCE, SHIPPED, attribution, lists_of, read_register
from data.types import School

OAKFIELD = School("900001", "Oakfield Primary School", town="Northvale", postcode="ZA4 2QR", dfe="8012001")
LARCH = School("900012", "Larch High School", town="Hexley", postcode="ZB1 1AA", dfe="8014002")
SCOTTISH = School("8012001", "Elm Academy", town="Inverlarch", nation="scotland")
SEARCH = SchoolSearch((OAKFIELD, LARCH, SCOTTISH))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("801/4002", [LARCH]),
        (" 801-4002", [LARCH]),
        ("8014002", [LARCH]),
        ("8012001", [SCOTTISH, OAKFIELD]),  # the key of one before the DfE number of another
        ("8014020", [LARCH]),
        ("900112", [LARCH]),
        ("za42qr", [OAKFIELD]),
        ("okfield", [OAKFIELD]),
        ("Larhc High", [LARCH]),
        ("nothing of the kind", []),
    ],
)
def test_a_school_is_found_by_either_number_a_postcode_or_a_name_with_a_slip(typed, found):
    assert SEARCH.offer(typed) == found


def test_a_line_of_a_school_says_which_of_its_numbers_is_the_dfes():
    assert school_line(LARCH) == "900012  Larch High School · Hexley · ZB1 1AA · DfE 801/4002"


@pytest.fixture(scope="module")
def shipped():
    return read_register(SHIPPED)


def test_the_register_that_comes_with_the_program_has_every_nation_and_names_nobody(shipped):
    by_nation = {nation: sum(s.nation == nation for s in shipped) for nation in {s.nation for s in shipped}}
    assert by_nation.keys() == {"england", "wales", "scotland", "northern_ireland"}
    assert min(by_nation.values()) > 1_400
    assert len({(s.urn, s.nation) for s in shipped}) == len(shipped) > 30_000
    assert not any(s.head or s.trust for s in shipped)
    with gzip.open(SHIPPED, "rt", encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == KEPT
    assert SHIPPED.stat().st_size < 1.3 * 2**20


TYPED = {
    "kendal nursery": "112091",
    "Heron Hil primary kendal": "112190",
    "Saint Barnabas Oxford": "123211",
    "St Marys primary york": "121547",
    "king james knaresboro": "121687",
    "sa15 4dl": "6694052",
    "Ysgol Penglais": "6674047",
    "Eton collage": "110158",
    "Ely college": "143404",
    "harris academy peckham": "134225",
    "Cambridge Primary School": "150005",
    "bradfeild college": "110121",
}
"""The number of the school that is meant."""


def test_the_school_that_is_meant_comes_first_within_fifty_milliseconds(shipped):
    search = SchoolSearch(shipped)
    search.offer("oakfield")  # reads what it compares with
    began = time.process_time()
    assert {typed: search.offer(typed)[0].urn for typed in TYPED} == TYPED
    assert {school.town for school in search.offer("Kendal primary", 5)} == {"Kendal"}
    assert time.process_time() - began < 0.05 * (len(TYPED) + 1)


def test_it_says_which_lists_it_is_from_and_of_when():
    said = attribution(lists_of(SHIPPED))
    assert said.startswith(f"{LICENCE} (Department for Education, ")
    assert {made.nation for made in lists_of(SHIPPED)} == {"England", "Wales", "Scotland", "Northern Ireland"}
