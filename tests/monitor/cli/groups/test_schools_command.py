"""Finding a school in a register."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from builders.case_desk import a_desk, insult
from builders.case_desk import run as typed
from builders.config import write
from support.command_call import called
from support.documents import content

from data.types import School
from monitor.cli.commands.schools.register import find
from monitor.config.load import load
from monitor.setup.doctor import settings as checks
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


# `schoolgate schools add`, `change` and `remove`: which schools are watched, and what goes with one.


ONE = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
REST = """
# its own page
[[sources]]
id = "our-website"
kind = "own.page"
url = "https://oakfield.example.sch.uk/"
listing = true

[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head"]
"""
REGISTER = """\
URN,EstablishmentName,EstablishmentStatus (name),Town,Postcode,SchoolWebsite,HeadFirstName,HeadLastName
900001,Oakfield Primary School,Open,Northvale,ZA4 2QR,https://oakfield.example.sch.uk,Ann,Example
900002,Larchfield Primary School,Open,Northvale,ZA4 2QS,https://larchfield.example.sch.uk,Bo,Pattern
900003,Larchfield Primary School,Open,Hexley,ZA5 2QS,,,
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "register.csv").write_text(REGISTER)
    return write(tmp_path, f'register_file = "register.csv"\n{ONE}{REST}')


def schools(path: Path, *words: str) -> tuple[int, str]:
    done = typed("schools", *words, "--home", str(path.parent))
    return done.code, done.out + done.err


def test_a_school_is_added_with_all_that_the_register_says_and_the_first_keeps_what_is_its_own(path):
    code, said = schools(path, "add", "900002")
    assert code == 0, said
    then = load(path, {})
    new = then.schools[1]
    assert (new.name, new.town, new.head, new.domain) == (
        "Larchfield Primary School", "Northvale", "Bo Pattern", "larchfield.example.sch.uk",
    )  # fmt: skip
    assert new.aliases
    assert new.namesakes
    assert (then.sources[0].urns, then.people[0].urns) == (("900001",), ("900001",))
    assert "schoolgate source propose --school 900002" in said
    assert "# its own page\n[[sources]]" in path.read_text()


def test_a_school_without_a_number_is_added_by_its_name(path):
    assert schools(path, "add", "--set", "name=Little Acorns", "--set", "town=Northvale")[0] == 0
    assert [(s.urn, s.town) for s in load(path, {}).schools[1:]] == [("own-little-acorns", "Northvale")]


def test_of_a_school_with_no_more_than_its_name_doctor_gives_the_command_that_fills_the_rest(path):
    (found,) = checks.schools(load(path, {}))
    assert found.command == "schoolgate schools change 900001 --fill"
    assert schools(path, "change", "900001", "--fill", "aliases=Oakfield, The Oak")[0] == 0
    then = load(path, {})
    assert (then.schools[0].town, then.schools[0].aliases) == ("Northvale", ("Oakfield", "The Oak"))
    assert list(checks.schools(then)) == []


def test_one_more_namesake_is_added_beside_those_that_are_there_once(path):
    given = ("change", "900001", "--namesake", "Oakfield Primary", "--place", "Hexley")
    assert schools(path, *given)[0] == schools(path, *given)[0] == 0
    (found,) = [n for n in load(path, {}).schools[0].namesakes if n.place == "Hexley"]
    assert (found.name, found.kind) == ("Oakfield Primary", "school")


def test_what_the_file_would_refuse_is_said_and_nothing_is_changed(path):
    before = path.read_text()
    assert "colour=red" in schools(path, "change", "900001", "colour=red")[1]
    assert schools(path, "change", "900001", "postcode=nowhere")[0] == 2
    assert "the only school here" in schools(path, "remove", "900001", "--yes")[1]
    assert path.read_text() == before


def test_a_school_is_removed_with_what_is_its_alone(path):
    schools(path, "add", "900002")
    code, said = schools(path, "remove", "900001", "--yes")
    assert code == 0, said
    then = load(path, {})
    assert ([s.urn for s in then.schools], then.sources, then.people) == (["900002"], (), ())
    assert [p.name for p in then.former] == ["Mrs A Example"]
    assert "our-website" in said


def test_a_school_with_an_open_case_or_a_hold_stays_whatever_was_backed_up(tmp_path):
    desk = a_desk(tmp_path, insult)
    desk("open", "1", "--as", "holt", "--why", "x")
    gone = ("schools", "remove", "900001", "--yes", "--home", str(desk.home))
    assert "Cases of it open: 1; on hold: 0" in typed(*gone).err
    desk("close", "1", "--mistaken", "--as", "holt", "--why", "x")
    desk("step", "hold", "1", "--as", "moss", "--why", "x", "--review", "2099-01-01")
    assert "Cases of it open: 0; on hold: 1" in typed(*gone).err
    desk("step", "release", "1", "--as", "holt", "--why", "x")
    assert typed(*gone).code == 0


def test_what_several_who_go_with_a_school_leave_behind_is_all_written(path):
    before = REST.replace(
        'roles = ["head"]', 'roles = ["head"]\nschools = ["900001"]\nrelated_to = ["stays"]'
    )
    before = before.replace("listing = true", 'schools = ["900001"]')
    more = before.partition("[[people]]")[2].replace('"head"', '"it_lead"')
    account = '[[accounts]]\nid = "page"\nname = "Page"\nschools = ["900001", "900002"]\n'
    stays = '[[people]]\nid = "stays"\nname = "Mx D Example"\nroles = ["staff"]\n'
    both = f'[digest]\ntogether = ["head", "it_lead", "stays"]\n{account}{stays}'
    second = ONE.replace("900001", "900002").replace("Oakfield", "Larchfield")
    path.write_text(f"{ONE}{second}{before}\n[[people]]{more}{both}")
    code, said = schools(path, "remove", "900001", "--yes")
    assert code == 0, said
    then = load(path, {})
    assert [p.related_to for p in then.people] == [("head", "it_lead")]
    assert then.digest.together == ("stays",)
    assert then.accounts[0].schools == ("900002",)
