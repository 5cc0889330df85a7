"""`schoolgate people add`: a person is written into the file, and who can be told is said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.config import SCHOOL, write
from support.every_command import ended

from data.errors import InputError
from data.types import Role
from monitor.cli.commands.people.titles import roles_of, titles
from monitor.config.load import load

EMPTY = f'# ours\n{SCHOOL}\n# -- people\n# Who is told.\n\n# [[people]]\n# id = "head"\n\n[policy]\n'
EMAIL = "dsl@oakfield.example.sch.uk"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, EMPTY)


def run(path: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["people", "add", *words, "--home", str(path.parent)], typed)


def test_a_person_is_asked_for_in_words_and_stands_under_the_heading_for_people(path):
    code, out, _ = run(path, typed=f"Mr B Example\nDSL and deputy head\n{EMAIL}\n")
    assert code == 0
    (person,) = load(path, {}).people
    assert (person.id, person.name, person.email, person.urns) == ("dsl", "Mr B Example", EMAIL, ())
    assert person.roles == (Role.DSL, Role.DEPUTY_HEAD)
    block = (
        f'[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl", "deputy_head"]\nemail = "{EMAIL}"\n'
    )
    at = EMPTY.index("# [[people]]")
    assert path.read_text() == f"{EMPTY[:at]}{block}\n{EMPTY[at:]}"
    assert (
        "Written to schoolgate.toml: Mr B Example (Designated safeguarding lead, Deputy headteacher)" in out
    )


def test_an_answer_that_cannot_be_is_said_and_asked_again(path):
    code, out, _ = run(path, typed=f"Mr B Example\nhed\n99\n3\nnobody\n{EMAIL}\n")
    assert code == 0
    assert load(path, {}).people[0].roles == (Role.DSL,)
    assert "“hed” is not a role here. Did you mean Headteacher?" in out
    assert "“nobody” is not an e-mail address" in out


def test_a_person_is_added_by_options_and_nothing_is_asked(path):
    code, _, err = run(path, "--name", "Mrs A Example", "--role", "headteacher", "--role", "DPO")
    assert (code, err) == (0, "")
    (person,) = load(path, {}).people
    assert (person.id, person.roles, person.email) == ("head", (Role.HEAD, Role.DPO), None)


def test_the_second_of_a_role_has_an_id_of_their_own(path):
    for name in ("Ms C Example", "Mx D Example"):
        run(path, "--name", name, "--role", "deputy safeguarding lead")
    assert [p.id for p in load(path, {}).people] == ["deputy-dsl", "deputy-dsl-2"]


def test_who_is_there_already_is_given_the_role_and_not_written_twice(path):
    run(path, "--name", "Mrs A Example", "--role", "head", "--email", "head@oakfield.example.sch.uk")
    code, out, _ = run(path, "--name", "mrs a example", "--role", "DSL")
    assert code == 0
    (person,) = load(path, {}).people
    assert (person.id, person.roles) == ("head", (Role.HEAD, Role.DSL))
    assert "was in schoolgate.toml already (id head): now Headteacher, Designated safeguarding lead." in out
    before = path.read_text()
    assert "Nothing was changed" in run(path, "--name", "Mrs A Example", "--role", "DSL")[1]
    assert path.read_text() == before


def test_a_number_to_ring_and_whom_somebody_is_close_to_are_given_at_once_or_later(path):
    run(path, "--name", "Mrs A Example", "--role", "head")
    run(path, "--name", "Mr C Example", "--role", "chair", "--related-to", "head", "--phone", "01632 960 001")
    assert [(p.phone, p.related_to) for p in load(path, {}).people] == [
        (None, ()),
        ("01632 960 001", ("head",)),
    ]
    later = ("--name", "Mr C Example", "--role", "chair", "--phone", "01632 960 002", "--related-to", "dsl")
    assert run(path, *later)[0] == 0
    assert (load(path, {}).people[1].phone, load(path, {}).people[1].related_to) == (
        "01632 960 002",
        ("head", "dsl"),
    )
    before = path.read_text()
    code, _, err = run(path, "--name", "Mr D Example", "--role", "staff", "--related-to", "hed")
    assert (code, path.read_text()) == (2, before)
    assert "--related-to: nobody here has the id" in err


def test_another_person_of_the_same_name_needs_an_id_of_their_own(path):
    run(path, "--name", "Mrs A Example", "--role", "head", "--email", "head@oakfield.example.sch.uk")
    same = ("--name", "Mrs A Example", "--role", "staff", "--email", "a2@oakfield.example.sch.uk")
    code, _, err = run(path, *same)
    assert code == 2
    assert "with another address, head@oakfield.example.sch.uk" in err
    assert run(path, *same, "--id", "a-example-2")[0] == 0
    assert [p.id for p in load(path, {}).people] == ["head", "a-example-2"]


def test_an_address_that_two_share_is_said(path):
    run(path, "--name", "Mrs A Example", "--role", "head", "--email", "office@oakfield.example.sch.uk")
    out = run(path, "--name", "Mr B Example", "--role", "DSL", "--email", "office@oakfield.example.sch.uk")[1]
    assert "office@oakfield.example.sch.uk is also the address of Mrs A Example" in out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--name", " ", "--role", "head"), "A name is needed"),
        (("--role", "head", "--email", "head"), "“head” is not an e-mail address"),
        (("--role", "hed"), "“hed” is not a role here"),
        (("--role", "head", "--id", "Mrs A"), "--id: “Mrs A” is not an id"),
        (("--role", "head", "--school", "900009"), "no such school"),
    ],
)
def test_what_the_rules_refuse_is_said_of_the_option_and_nothing_is_changed(path, words, why):
    code, _, err = run(path, "--name", "Mrs A Example", *words)
    assert code == 2
    assert why in err
    assert path.read_text() == EMPTY


def test_with_several_schools_it_asks_for_which(path):
    path.write_text(EMPTY + SCHOOL.replace("900001", "900002").replace("Oakfield", "Larchfield"))
    run(path, typed=f"Mr B Example\n3\n{EMAIL}\n2\n")
    run(path, typed="Dr D Example\nchair of governors\n-\nall\n")
    assert [p.urns for p in load(path, {}).people] == [("900002",), ()]


def test_it_says_who_can_be_told_by_the_doctors_rule(path):
    out = run(path, "--name", "Mrs A Example", "--role", "head", "--email", "head@oakfield.example.sch.uk")[1]
    assert "Not everything can be told to somebody yet:" in out
    assert "safeguarding lead" in out
    assert "more: schoolgate doctor" in out


@pytest.mark.parametrize("nation", ["england", "wales", "scotland", "northern_ireland"])
def test_each_role_is_known_by_its_number_its_title_in_the_nation_and_its_name_in_the_file(nation):
    for n, (role, title) in enumerate(titles(nation), 1):
        assert roles_of(str(n), nation) == roles_of(title, nation) == roles_of(role.value, nation) == (role,)


def test_no_role_is_no_answer():
    with pytest.raises(InputError, match="At least one role"):
        roles_of(" , ", "england")


TWO = f"""{SCHOOL}
[[people]]
id = "d-pryce"
name = "Mr Daniel Pryce"
roles = ["head"]

[[people]]
id = "r-adeyemi"
name = "Mrs Ruth Adeyemi"
roles = ["deputy_head"]
"""


def away(path: Path, *words: str) -> tuple[int, str, str]:
    return ended(["people", "away", *words, "--home", str(path.parent)], "")


def test_who_is_away_and_who_covers_are_written_and_said(tmp_path):
    path = write(tmp_path, TWO)
    code, out, _ = away(path, "d-pryce", "--until", "1 January 2099", "--cover", "r-adeyemi")
    said = "Mr Daniel Pryce is away until Thursday 1 January 2099; Mrs Ruth Adeyemi covers."
    assert (code, out.strip()) == (0, said)
    head = load(path, {}).people[0]
    assert (head.away_until, head.cover) == (datetime(2099, 1, 1, tzinfo=UTC), "r-adeyemi")
    code, out, _ = away(path, "d-pryce")
    assert (code, out.strip()) == (0, "Mr Daniel Pryce is back.")
    assert path.read_text() == TWO


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("d-pryce", "--until", "1 January 2099", "--cover", "r-adeyema"), "there is no such person"),
        (("d-pryce", "--until", "1 January 2020"), "the day they are back is not after today"),
        (("d-price", "--until", "1 January 2099"), "there is no such person"),
    ],
    ids=["cover", "day", "person"],
)
def test_what_cannot_be_is_said_and_nothing_is_written(tmp_path, words, why):
    path = write(tmp_path, TWO)
    code, _, err = away(path, *words)
    assert code == 2
    assert why in err
    assert path.read_text() == TWO
