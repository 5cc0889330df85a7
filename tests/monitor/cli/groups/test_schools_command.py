"""Finding a school in a register."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from support.command_call import called
from support.documents import content

from data.errors import RegisterError
from data.types import School
from monitor.cli.commands.schools.register import find
from monitor.setup.entries import near, near_numbers, search

OAKFIELD = School("900001", "Oakfield Primary School", town="Northvale", postcode="ZA4 2QR")
HEXLEY = School("900002", "Oakfield Church of England Primary School", town="Hexley", postcode="ZB1 1AA")
STANNES = School("900010", "St Anne's RC High School", town="Northvale", local_authority="Northshire")
SCHOOLS = (HEXLEY, OAKFIELD, STANNES)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.csv"
    with path.open("w", newline="", encoding="cp1252") as file:
        rows = csv.writer(file)
        rows.writerow(["URN", "EstablishmentName", "EstablishmentStatus (name)", "Town", "Postcode"])
        rows.writerows([s.urn, s.name, "Open", s.town, s.postcode] for s in SCHOOLS)
    return path


def run(register: Path, query: str, *, as_json: bool = False, limit: int = 10) -> tuple[int, list[str]]:
    return called(find, query=query.split(), register=register, limit=limit, as_json=as_json)


def test_all_words_must_fit_name_or_place_whatever_their_spelling() -> None:
    assert search(SCHOOLS, "oakfield hexley", 5) == [HEXLEY]
    assert search(SCHOOLS, "Saint Annes roman catholic", 5) == [STANNES]
    assert search(SCHOOLS, "za4 2qr", 5) == [OAKFIELD]
    assert search(SCHOOLS, "oakf northv", 5) == [OAKFIELD]


def test_the_name_most_like_the_words_comes_first() -> None:
    assert search(SCHOOLS, "oakfield primary school", 5) == [OAKFIELD, HEXLEY]


def test_a_number_finds_its_school_only() -> None:
    assert search(SCHOOLS, " 900010 ", 5) == [STANNES]


@pytest.mark.parametrize("query", ["", "  ", "…"])
def test_nothing_is_found_by_nothing(query: str) -> None:
    assert search(SCHOOLS, query, 5) == []


def test_a_slip_of_the_pen_finds_what_is_near() -> None:
    assert near(SCHOOLS, "okfield northvale", 1) == [OAKFIELD]
    assert near_numbers(SCHOOLS, "900100", 5) == [STANNES]


def test_a_find_prints_number_name_place_and_postcode(register: Path) -> None:
    assert run(register, "oakfield northvale") == (
        0,
        [
            "Number  Name                     Place      Postcode",
            "900001  Oakfield Primary School  Northvale  ZA4 2QR",
        ],
    )


def test_a_cut_list_says_so(register: Path) -> None:
    code, said = run(register, "oakfield", limit=1)
    assert (code, len(said)) == (0, 3)
    assert said[2].startswith("The first 1.")


def test_finding_nothing_exits_1_and_says_what_is_near(register: Path) -> None:
    code, said = run(register, "okfield northvale")
    assert code == 1
    assert said[1:] == [
        "Names like it:",
        "Number  Name                     Place      Postcode",
        "900001  Oakfield Primary School  Northvale  ZA4 2QR",
        "Closed schools are left out. Try fewer words, the postcode or the number.",
    ]


def test_json_is_one_list_with_every_fact(register: Path) -> None:
    code, said = run(register, "900001", as_json=True)
    assert code == 0
    (row,) = content("\n".join(said))
    assert (row["urn"], row["name"], row["town"]) == ("900001", "Oakfield Primary School", "Northvale")


def test_json_of_nothing_is_an_empty_list(register: Path) -> None:
    code, said = run(register, "nothing of the kind", as_json=True)
    assert (code, content("".join(said))) == (1, [])


def test_a_register_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RegisterError):
        run(tmp_path / "none.csv", "oakfield")
