"""`init --trust`: each school by itself, what they share once, and the people of all out of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from builders.trust import ACADEMIES, TRUST, a_register
from pydantic import TypeAdapter, ValidationError
from support.command_call import called

from data.errors import InputError
from data.register.national_lists import read_register
from data.types import Person, Role, School, Source
from monitor.cli.commands.setup import init
from monitor.cli.commands.setup.questions import said_alone
from monitor.config.load import Config, load
from monitor.config.values import Urn
from monitor.setup.entries import (
    Entry,
    alike,
    beside,
    entries,
    grouped,
    headed,
    own_key,
    schools_of,
    shared_places,
    trust_entries,
    with_shared,
)
from monitor.setup.people_table import people_from_csv
from sources.places.table import proposed

KEY = "trust-brightwater-learning-trust"
HEADER = "school,name,role,email\n"


def set_up(
    home: Path, register: Path, *urns: str, yes: bool = True, answers: Iterable[str] = (), **given: object
) -> Config:
    left = list(answers)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(init, "ask", lambda _question: left.pop(0))
        options = {"trust": TRUST, "urn": list(urns), "register": register, "yes": yes, "no_network": True}
        code, _said = called(init.init, home=home, **options, **given)
    assert (code, left) == (0, [])
    return load(home / "schoolgate.toml", {})


def table(folder: Path, *rows: str) -> Path:
    path = folder / "people.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_the_schools_of_a_trust_are_found_by_the_registers_column(tmp_path: Path) -> None:
    config = set_up(tmp_path / "home", a_register(tmp_path))
    assert [s.urn for s in config.proper] == [row[0] for row in ACADEMIES]
    assert {s.trust for s in config.proper} == {TRUST}
    assert all(not s.members and s.domain is None for s in config.schools)
    assert config.trust is not None
    assert config.trust.name == TRUST


def test_a_place_that_all_share_is_the_trusts(tmp_path: Path) -> None:
    config = set_up(tmp_path / "home", a_register(tmp_path))
    of_trust = (KEY,)
    site = [s for s in config.sources if s.url.rstrip("/") == "https://www.brightwater.example.org"]
    news = [s for s in config.sources if s.id == "trust-news"]
    assert [s.urns for s in (*site, *news)] == [of_trust, of_trust]
    assert [s.disabled for s in (*site, *news)] == [None, None]
    assert len({(s.kind, s.url) for s in config.sources}) == len(config.sources)


def test_a_feed_to_which_the_websites_of_several_led_is_the_trusts() -> None:
    feed = Source("f", "feed", "https://www.brightwater.example.org/feed", own=True, name="Our website: News")
    of_three = replace(feed, urns=("900101", "900102", "900103"))
    (place,) = with_shared([proposed("website", of_three)], (), TRUST)
    assert (place.source.urns, place.source.name) == ((KEY,), "The trust's website: News")
    alone = proposed("website", replace(feed, urns=("900101",)))
    assert with_shared([alone], (), TRUST) == with_shared([alone], ()) == (alone,)


def test_a_website_that_a_stranger_shares_is_not_the_trusts(tmp_path: Path) -> None:
    schools = read_register(a_register(tmp_path))
    stranger = School("900999", "Ash School", website="https://www.brightwater.example.org/ash")
    assert [p.source.id for p in shared_places(TRUST, schools[:6], [*schools, stranger])] == ["trust-news"]


def test_in_an_extract_without_trusts_it_says_to_give_the_numbers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"names no trusts: .* --urn 900001"):
        set_up(tmp_path / "home", a_register(tmp_path, named=False))


def test_another_name_is_answered_by_those_that_are_near(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Near: Brightwater Learning Trust"):
        schools_of("Bright Water Trust", read_register(a_register(tmp_path)))


@pytest.mark.parametrize(("answer", "count"), [("y", 6), ("n", 1)])
def test_by_number_those_that_share_the_website_are_asked_for(
    tmp_path: Path, answer: str, count: int
) -> None:
    register = a_register(tmp_path, named=False)
    central = "Mrs Gia Trust, gia@example.org"
    answers = [answer, "it@example.org", central, "-", "8.30 to 15.05"]
    config = set_up(tmp_path / "home", register, "900102", yes=False, answers=answers)
    assert len(config.proper) == count
    assert {config.calendar(s.urn).hours for s in config.proper} == {(time(8, 30), time(15, 5))}
    (gia,) = config.people
    assert (gia.name, gia.roles, gia.urns) == ("Mrs Gia Trust", (Role.TRUST_CONTACT,), ())


def test_by_number_and_with_yes_only_those_given_are_set_up(tmp_path: Path) -> None:
    config = set_up(tmp_path / "home", a_register(tmp_path, named=False), "900102", "900104")
    assert [s.urn for s in config.proper] == ["900102", "900104"]


def test_a_host_of_many_proposes_nobody() -> None:
    page = "https://www.loamshire.gov.uk/{}"
    schools = [School(f"90000{n}", f"Elm {n}", website=page.format(n)) for n in (1, 2, 3)]
    assert beside(schools[:1], schools) == []


def test_sisters_are_namesakes_of_one_another_and_keep_their_own_names(tmp_path: Path) -> None:
    schools = [
        School("900001", "Elm Primary Academy", town="Northvale"),
        School("900002", "Elm High Academy"),
    ]
    one, _two = trust_entries(TRUST, schools, schools)
    assert [n.name for n in one.namesakes] == ["Elm High Academy"]
    assert "Elm" not in one.aliases


def test_people_come_out_of_a_table_by_number_or_name(tmp_path: Path) -> None:
    rows = (
        "900101,Mrs Ada Example,head,ada@example.org",
        "Thorn High School,Mrs Ada Example,Headteacher,ada@example.org",
        "900102,Mr Bo Sample,head; dsl,bo@example.org",
        ",Mrs Gia Trust,trust_contact,gia@example.org",
        "900103,Cy Specimen,chair of governors,",
    )
    config = set_up(tmp_path / "home", a_register(tmp_path), table=table(tmp_path, *rows))
    found = {p.id: p for p in config.people}
    assert found["a-example"].urns == ("900101", "900106")
    assert found["b-sample"].roles == (Role.HEAD, Role.DSL)
    assert found["g-trust"].urns == ()
    assert (found["c-specimen"].roles, found["c-specimen"].email) == ((Role.CHAIR,), None)


def test_who_is_asked_for_and_stands_in_the_table_is_one_person(tmp_path: Path) -> None:
    rows = (",Mrs Gia Trust,slt,gia@example.org", "trust,Dr Tilda Board,chair,board@example.org")
    answers = ["it@example.org", "Mrs Gia Trust, gia@example.org", "-", "8.30 to 15.05"]
    people = table(tmp_path, *rows)
    config = set_up(tmp_path / "home", a_register(tmp_path), yes=False, answers=answers, table=people)
    assert [(p.id, p.roles) for p in config.people if not p.urns] == [
        ("trust", (Role.TRUST_CONTACT, Role.SLT))
    ]
    assert config.trust is not None
    assert [p.urns for p in config.people if p.urns] == [(config.trust.urn,)]


def test_one_person_with_other_roles_at_another_school_is_two_entries_of_one_address(tmp_path: Path) -> None:
    schools = [School("900001", "Elm School"), School("900002", "Thorn School")]
    rows = ("900001,Ada Example,head,ada@example.org", "900002,Ada Example,dsl,ada@example.org")
    found = people_from_csv(table(tmp_path, *rows), schools)
    assert [(p.id, p.roles, p.urns) for p in found] == [
        ("a-example", (Role.HEAD,), ("900001",)),
        ("a-example-2", (Role.DSL,), ("900002",)),
    ]


def test_the_head_of_the_table_replaces_the_registers(tmp_path: Path) -> None:
    rows = ("900102,Ms New Head,head,new@example.org",)
    config = set_up(tmp_path / "home", a_register(tmp_path), table=table(tmp_path, *rows))
    assert config.schools[1].head == "Ms New Head"


def test_every_line_with_a_fault_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    rows = (
        "900101,,head,a@example.org",
        "Thorn Hihg School,Mrs Ada Example,head,ada@example.org",
        "900102,Mr Bo Sample,boss,bo@example.org",
        "900103,Cy Specimen,chair,not an address",
        "900104,Dan Instance,,",
    )
    with pytest.raises(InputError) as told:
        set_up(tmp_path / "home", a_register(tmp_path), table=table(tmp_path, *rows))
    lines = str(told.value).splitlines()
    assert [line.partition(": ")[0] for line in lines[:5]] == [f"people.csv, line {n}" for n in range(2, 7)]
    assert "the name is missing" in lines[0]
    assert "“Thorn Hihg School” is none of the schools. Did you mean “Thorn High School”?" in lines[1]
    assert "“boss” is not a role" in lines[2]
    assert "is not an e-mail address" in lines[3]
    assert "the role is missing: one of head" in lines[4]
    assert lines[5] == "Nothing was written."
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name,role,email\nx,head,\n", "line 1: the column “school” is missing"),
        (b"", "line 1: the column “school” is missing"),
        (b'school,name,role,email\n,"Ada' + b"\nx,y" * 50_000, "cannot be read as a table"),
    ],
)
def test_a_table_without_its_columns_is_told(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        people_from_csv(path, ())


def test_a_name_in_a_table_is_one_line_of_signs_that_are_seen(tmp_path: Path) -> None:
    (ada,) = people_from_csv(table(tmp_path, ',"Ada\n[[people]] \u202eelpmaxE\x00\x1b[2J",head,'), ())
    assert ada.name == "Ada [[people]] elpmaxE [2J"


def test_a_table_as_office_programs_save_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    text = "School;Name;Role;Email\r\n900001;Zoë Example;head;zoe@example.org\r\n"
    path.write_bytes(text.encode("cp1252"))
    (zoe,) = people_from_csv(path, [School("900001", "Elm School")])
    assert (zoe.name, zoe.id) == ("Zoë Example", "z-example")


# Which schools are set up: never merged unasked, with heads told apart and no name from elsewhere.


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
