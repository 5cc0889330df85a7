"""Which schools are set up: never merged unasked, with heads told apart and no name from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.trust import ACADEMIES, a_register
from pydantic import TypeAdapter, ValidationError

from data.register.national_lists import read_register
from data.types import Person, Role, School
from monitor.cli.commands.setup.questions import said_alone
from monitor.config.values import Urn
from monitor.setup.entries import Entry, alike, entries, grouped, headed, own_key


@pytest.fixture
def trust(tmp_path: Path) -> tuple[School, ...]:
    """Six academies that share the website of their trust; two share a postcode, two a head."""
    return read_register(a_register(tmp_path))[:6]


def test_six_academies_of_one_website_stay_six_with_their_own_facts(trust: tuple[School, ...]) -> None:
    assert alike(trust) == []
    found = [entry.school for entry in entries(grouped(trust), trust)]
    assert [s.urn for s in found] == [row[0] for row in ACADEMIES]
    assert all(not s.members and s.domain is None for s in found)
    assert [s.website for s in found] == [f"https://www.brightwater.example.org/{s.urn}" for s in found]
    assert len({s.head for s in found}) == 5


def test_two_unrelated_schools_of_one_council_host_are_not_thought_alike() -> None:
    page = "https://www.loamshire.gov.uk/index.aspx?articleid=5941"
    schools = [
        School("9031001", "Larch Primary School", town="Northvale", postcode="ZB1 1AA", website=page),
        School(
            "9032002", "Larch Special School - Secondary", town="Hexley", postcode="ZB2 2BB", website=page
        ),
    ]
    assert alike(schools) == []
    assert [e.school.domain for e in entries(grouped(schools), schools)] == [None, None]


@pytest.mark.parametrize(
    ("head", "postcode", "asked"),
    [("Mrs Ada Example", "ZA1 1AA", True), ("Mrs Ada Example", "ZA2 2BB", False), (None, "ZA1 1AA", False)],
)
def test_two_numbers_may_be_one_only_by_head_and_postcode_both(
    head: str | None, postcode: str, asked: bool
) -> None:
    infants = School("900001", "Elm Infant School", postcode="ZA1 1AA", head=head and "Mrs Ada Example")
    juniors = School("900002", "Elm Junior School", postcode=postcode, head=head)
    assert bool(alike([infants, juniors])) is asked


def test_two_numbers_of_one_school_have_the_website_to_themselves() -> None:
    site = "https://elm.example.org/"
    pair = [School("900001", "Elm Infants", website=site), School("900002", "Elm Juniors", website=site)]
    (entry,) = entries(grouped(pair, [pair]), pair)
    assert (entry.school.members, entry.school.domain) == (("900001", "900002"), "elm.example.org")
    others = [*pair, School("900003", "Thorn School", website=site)]
    assert entries(grouped(pair, [pair]), others)[0].school.domain is None


def test_a_school_between_two_of_a_group_keeps_its_place() -> None:
    a, b, c = (School(f"90000{n}", f"Elm {n}") for n in (1, 2, 3))
    assert grouped([a, b, c], [[a, c]]) == [[a, c], [b]]


def test_names_that_are_a_place_or_a_person_are_asked_for_in_one_answer(trust: tuple[School, ...]) -> None:
    asked = {e.school.urn: e.asked for e in entries(grouped(trust), trust) if e.asked}
    assert asked == {
        "900103": ("Great Northvale",),
        "900104": ("Mill Lane",),
        "900105": ("Sir Ada Example",),
    }


@pytest.mark.parametrize(
    ("asked", "answer", "said"),
    [
        (("Great Northvale",), "y", ("Great Northvale",)),
        (("Great Northvale",), "", ()),
        (("Great Northvale",), "n", ()),
        (("Great Northvale", "Mill Lane"), "2", ("Mill Lane",)),
        (("Great Northvale", "Mill Lane"), "y", ("Great Northvale", "Mill Lane")),
        (("Great Northvale", "Mill Lane"), "", ()),
    ],
)
def test_only_what_people_say_becomes_an_alias(
    asked: tuple[str, ...], answer: str, said: tuple[str, ...]
) -> None:
    entry = Entry(School("900001", "Elm School", aliases=("Elm",)), asked)
    assert entry.saying(said_alone(entry, lambda _question: answer)).aliases == ("Elm", *said)


def test_without_a_name_to_ask_for_nothing_is_asked() -> None:
    def nobody(question: str) -> str:
        raise AssertionError(question)

    assert said_alone(Entry(School("900001", "Elm School")), nobody) == ()


def test_two_heads_that_a_person_names_replace_the_registers() -> None:
    heads = [
        Person("head", "Ms Ada Example", (Role.HEAD,), urns=("900001",)),
        Person("head-2", "Mr Bo Sample", (Role.HEAD,), urns=("900001",)),
    ]
    first, second = (
        School("900001", "Elm School", head="Cy Old"),
        School("900002", "Thorn School", head="Di Old"),
    )
    assert [s.head for s in headed([first, second], heads)] == ["Ms Ada Example and Mr Bo Sample", "Di Old"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Oakfield Nursery", "own-oakfield-nursery"),
        ("St. Mary's C.E. Playgroup (Elm)", "own-st-marys-cofe-playgroup-elm"),
        ("Meithrinfa Tŷ Coch", "own-meithrinfa-ty-coch"),
        ("The " + "Very " * 20 + "Long School", "own-the-very-very-very-very-very-very-ve"),
        ("?!", "own-school"),
    ],
)
def test_a_school_without_a_number_has_a_key_that_the_settings_accept(name: str, key: str) -> None:
    assert own_key(name) == key
    assert TypeAdapter(Urn).validate_python(key) == key


@pytest.mark.parametrize(
    "urn", ["own-", "own-Oakfield-Nursery", "oakfield-nursery", "own--x", "own-" + "x" * 40]
)
def test_what_is_neither_a_number_nor_such_a_key_is_refused(urn: str) -> None:
    with pytest.raises(ValidationError, match="is not a school's number"):
        TypeAdapter(Urn).validate_python(urn)
