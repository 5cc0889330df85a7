"""`init`: from a register to a file that loads, by arguments or by asking."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from builders.fetcher import fetcher_for, unknown
from hypothesis import given
from hypothesis import strategies as st
from support.command_call import called
from support.web_server import free_port

from data.errors import InputError, RegisterError, SchoolgateError
from data.register.national_lists import read_register
from data.types import Namesake, Person, Role, School
from monitor.cli.commands.schools import register as schools
from monitor.cli.commands.setup import init
from monitor.cli.commands.setup.questions import offices
from monitor.config.load import Config, load
from monitor.config.writing.text import Draft, render, usable
from sources.http.proxy import proxy_of

HEADER = [
    "URN", "EstablishmentName", "EstablishmentStatus (name)", "Street", "Locality", "Town",
    "Postcode", "SchoolWebsite", "HeadTitle (name)", "HeadFirstName", "HeadLastName",
]  # fmt: skip
ROWS = [
    ["900001", "Oakfield Infant School", "Open", "Larch Road", "Larch Green", "Northvale", "ZA4 2QR",
     "www.oakfield.example.sch.uk", "Mrs", "Ada", "Example"],
    ["900002", "Oakfield Junior School", "Open", "Larch Road", "Larch Green", "Northvale", "ZA4 2QR",
     "http://oakfield.example.sch.uk/", "Mrs", "Ada", "Example"],
    ["900003", "Oakfield Infant School", "Open", "Mill Lane", "", "Hexley", "ZB1 1AA",
     "www.oakfieldhexley.example.sch.uk", "Mr", "Bo", "Example"],
    ["900019", "St Anne's Primary School", "Closed", "", "", "Northvale", "not a postcode", "", "", "", ""],
    ["900020", "St Anne's Academy", "Open", "", "", "Northvale", "not a postcode", "", "", "", ""],
]  # fmt: skip


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.csv"
    with path.open("w", newline="", encoding="cp1252") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    return path


class Keyboard:
    """Answers questions in order and remembers what was said; a question too many fails the test.
    `days` are those to when a school day is, else Enter."""

    def __init__(self, answers: Iterable[str] = (), days: Iterable[str] = ()) -> None:
        self.answers, self.days = list(answers), list(days)
        self.said: list[str] = []
        self.asked: list[str] = []

    def ask(self, question: str) -> str:
        self.asked.append(question)
        if "the school day begins" in question:
            return self.days.pop(0) if self.days else ""
        assert self.answers, f"a question too many: {question}"
        return self.answers.pop(0)


def run(
    home: Path,
    *urns: str,
    register: Path | None,
    yes: bool = True,
    one: bool = False,
    answers: Iterable[str] = (),
    days: Iterable[str] = (),
    asked: list[str] | None = None,
) -> list[str]:
    person = Keyboard(answers, days)
    person.asked = person.asked if asked is None else asked
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(init, "ask", person.ask)
        code, person.said = called(
            init.init, home=home, urn=list(urns), register=register, yes=yes, one=one, no_network=True
        )
    assert code == 0
    assert not person.answers, "an answer was not asked for"
    return person.said


def written(home: Path) -> Config:
    return load(home / "schoolgate.toml", {})


def test_a_school_of_the_register_becomes_a_file_that_loads(tmp_path: Path, register: Path) -> None:
    said = run(tmp_path / "home", "900001", register=register)
    config = written(tmp_path / "home")
    (school,) = config.schools
    facts = (school.name, school.postcode, school.head)
    assert facts == ("Oakfield Infant School", "ZA4 2QR", "Mrs Ada Example")
    assert (school.domain, school.website) == (None, "https://www.oakfield.example.sch.uk")
    assert config.register == tmp_path / "home" / "register.csv.gz"
    register.unlink()  # it is not needed any more
    urns = [school.urn for school in read_register(config.register)]
    assert urns == ["900001", "900002", "900003", "900020"]
    assert f"Written: {tmp_path / 'home' / 'schoolgate.toml'}" in said


def test_aliases_and_namesakes_are_proposed(tmp_path: Path, register: Path) -> None:
    run(tmp_path / "home", "900001", register=register)
    (school,) = written(tmp_path / "home").schools
    assert school.aliases
    assert Namesake("Oakfield Infant School", "Hexley") in school.namesakes


def test_numbers_with_one_website_head_and_postcode_stay_apart_unless_said_to_be_one(
    tmp_path: Path, register: Path
) -> None:
    run(tmp_path / "apart", "900001", "900002", register=register)
    assert [s.urn for s in written(tmp_path / "apart").schools] == ["900001", "900002"]
    run(tmp_path / "home", "900001", "900002", register=register, one=True)
    (school,) = written(tmp_path / "home").schools
    assert school.domain == "oakfield.example.sch.uk"
    assert (school.urn, school.members) == ("900001", ("900001", "900002"))
    assert "Oakfield Junior School" in school.aliases
    assert all(n.place == "Hexley" for n in school.namesakes)


def test_an_existing_file_is_never_overwritten(tmp_path: Path, register: Path) -> None:
    (tmp_path / "schoolgate.toml").write_text("mine")
    with pytest.raises(SchoolgateError, match=r"is there already; nothing was changed\. .* --home"):
        run(tmp_path, "900001", register=register)
    assert (tmp_path / "schoolgate.toml").read_text() == "mine"


def test_a_link_that_leads_nowhere_is_no_place_for_the_file(tmp_path: Path, register: Path) -> None:
    (tmp_path / "schoolgate.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(SchoolgateError, match="nothing was changed"):
        run(tmp_path, "900001", register=register)
    assert not (tmp_path / "elsewhere.toml").exists()


@pytest.mark.parametrize("proxy", ["http://ada:hunter2@proxy.test:8080", "ada:hunter/2@proxy.test:8080"])
def test_the_password_in_a_proxys_address_is_not_repeated(tmp_path: Path, proxy: str) -> None:
    with pytest.raises(InputError) as refused:
        called(init.init, home=tmp_path, proxy=proxy)
    assert "proxy.test:8080" in str(refused.value)
    assert "hunter" not in str(refused.value)


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "schoolgate.toml"
    path.write_text("theirs")
    with pytest.raises(SchoolgateError, match="is there already"):
        init._write(path, render(Draft((School("900001", "Oakfield"),))), b"theirs stays")
    assert [p.name for p in tmp_path.iterdir()] == ["schoolgate.toml"]
    assert path.read_text() == "theirs"


def test_only_its_owner_may_read_the_file(tmp_path: Path, register: Path) -> None:
    run(tmp_path / "home", "900001", register=register)
    assert (tmp_path / "home" / "schoolgate.toml").stat().st_mode & 0o077 == 0
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0


def test_a_number_one_digit_off_names_the_one_that_was_meant(tmp_path: Path, register: Path) -> None:
    with pytest.raises(
        InputError, match=r"URN 901020 is not in register\.csv\. One digit away: 900020  St Anne"
    ):
        run(tmp_path / "home", "901020", register=register)
    assert not (tmp_path / "home").exists()


def test_a_closed_school_is_named_as_such(tmp_path: Path, register: Path) -> None:
    with pytest.raises(InputError, match=r"URN 900019 is closed.*To find it: schoolgate schools find"):
        run(tmp_path / "home", "900019", register=register)


def test_a_register_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RegisterError):
        run(tmp_path / "home", "900001", register=tmp_path / "none.csv")


@pytest.mark.parametrize("urns", [(), ("900001",)])
def test_yes_without_school_or_register_says_what_it_needs(tmp_path: Path, urns: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="it needs the school and the register"):
        run(tmp_path / "home", *urns, register=None)


def test_asking_finds_the_school_and_the_people(tmp_path: Path, register: Path) -> None:
    answers = [
        str(tmp_path / "no-such.csv"), str(register),
        "-", "", "nothing of the kind", "oakfield", "hexley",
        "office", "office@oakfield.example.sch.uk",
        "=, head@example.sch.uk",
        "Cy Example; Bea Example <bea@example.org>",
        "Di Example, di", "Di Example di@example.org",
        "beats", "https://beats.example.org/oakfield",
    ]  # fmt: skip
    days = ["half 8", "15:10 8:40", "8:40 to 15:10"]
    said = run(tmp_path / "home", register=None, yes=False, answers=answers, days=days)
    config = written(tmp_path / "home")
    assert config.schools[0].urn == "900003"
    assert config.calendar("900003").hours == (time(8, 40), time(15, 10))
    assert config.contact == "office@oakfield.example.sch.uk"
    assert config.heartbeat is not None
    assert config.heartbeat.get_secret_value() == "https://beats.example.org/oakfield"
    assert config.people == (
        Person("head", "Mr Bo Example", (Role.HEAD,), "head@example.sch.uk"),
        Person("dsl", "Cy Example", (Role.DSL,)),
        Person("deputy-dsl", "Bea Example", (Role.DEPUTY_DSL,), "bea@example.org"),
        Person("chair", "Di Example", (Role.CHAIR,), "di@example.org"),
    )
    assert "There is no file" in said[0]
    assert said.count("A school is needed. A word or two will do, such as its name and its town.") == 2
    assert any("must be when the day begins, then when it ends" in line for line in said)
    assert {"“office” is not an e-mail address.", "“di” is not an e-mail address."} <= set(said)


def test_asking_asks_whether_numbers_of_one_head_and_postcode_are_one_school(
    tmp_path: Path, register: Path
) -> None:
    answers = ["perhaps", "y", "-", "-", "", "-", "-"]
    run(tmp_path / "home", "900001", "900002", register=register, yes=False, answers=answers)
    assert written(tmp_path / "home").schools[0].members == ("900001", "900002")


def test_one_person_who_is_head_and_lead_is_written_once(tmp_path: Path, register: Path) -> None:
    answers = ["-", "Mr Bo Example, bo@example.org", "mr bo example", "-", "-"]
    run(tmp_path / "home", "900003", register=register, yes=False, answers=answers)
    assert written(tmp_path / "home").people == (
        Person("head", "Mr Bo Example", (Role.HEAD, Role.DSL), "bo@example.org"),
    )


def test_without_a_register_and_without_a_number_the_name_becomes_the_key(tmp_path: Path) -> None:
    answers = ["", "", "Oakfield Nursery", "Northvale", "england", "", "", "", "", ""]
    said = run(tmp_path / "home", register=None, yes=False, answers=answers)
    assert [s.urn for s in written(tmp_path / "home").schools] == ["own-oakfield-nursery"]
    assert any(line.startswith("Oakfield Nursery (own-oakfield-nursery)") for line in said)


def test_without_a_register_number_and_name_are_enough(tmp_path: Path) -> None:
    answers = ["-", "!", "6721234", "", "Ysgol Enghraifft", "Maesteg", "wals", "wales", *["-"] * 5]
    said = run(tmp_path / "home", register=None, yes=False, answers=answers)
    config = written(tmp_path / "home")
    assert replace(config.schools[0], aliases=()) == School(
        "6721234", "Ysgol Enghraifft", town="Maesteg", nation="wales"
    )
    assert "“wals” is not known here. Did you mean “wales”?" in said
    assert config.register is None


def test_a_school_that_teaches_in_welsh_is_asked_and_set_up_in_english(tmp_path: Path) -> None:
    register = tmp_path / "wales.csv"
    register.write_text(
        "School Number,School Name,Sector,Welsh Medium Type - see notes,Address 1,Postcode\n"
        "9002001,Ysgol Cwm Elain,Primary,Welsh medium,Pont Elain,ZW1 1AA\n"
    )
    answers = ["-", "Ann Enghraifft, ann@example.org", "-", "Bo Enghraifft", "-"]
    asked: list[str] = []
    run(tmp_path / "home", "9002001", register=register, yes=False, answers=answers, asked=asked)
    config = written(tmp_path / "home")
    assert config.schools[0].language == "en"
    assert "language" not in (tmp_path / "home" / "schoolgate.toml").read_text()
    assert [p.roles for p in config.people] == [(Role.HEAD,), (Role.CHAIR,)]
    assert not any("Welsh" in question for question in asked)


@pytest.mark.parametrize(
    ("school", "keys"),
    [
        (School("1", "Oakfield Primary", phase="primary"), ("head", "dsl.england", "chair")),
        (School("1", "Hexley Court"), ("head", "dsl.england", "proprietor")),
        (School("own-x", "Little Acorns Day Nursery"), ("manager", "dsl.england", "owner")),
        (School("1", "Hexley Nursery School", phase="nursery"), ("head", "dsl.england", "chair")),
        (
            School("1", "Glenlarch Primary", phase="primary", nation="scotland"),
            ("head", "dsl.scotland", "authority"),
        ),
    ],
)
def test_who_oversees_it_is_asked_for_by_the_words_of_its_nation_and_kind(school, keys) -> None:
    assert tuple(office.question for office in offices(school)) == keys


def test_the_file_with_all_its_examples_in_use_loads(tmp_path: Path) -> None:
    school = School("6721234", "Ysgol Enghraifft", town="Maesteg", nation="wales")
    opened = re.sub(r"(?m)^# (\[|[a-z_]+ = )", r"\1", render(Draft((school,))))
    one_each = re.sub(r"(?m)^(password_file|chat_file) = .*\n", "", opened)
    (tmp_path / "schoolgate.toml").write_text(one_each)
    config = written(tmp_path)
    assert len(config.people) == 4
    assert {"local-paper", "reviews"} <= {s.id for s in config.sources}
    assert config.mail is not None
    assert config.base_url
    assert config.unreadable_chats == ("dsl",)
    assert len(config.calendar("6721234").terms) == 2


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda text: text == text.strip()
)
SCHOOLS = st.builds(
    School,
    urn=st.from_regex(r"[0-9]{6}", fullmatch=True),
    name=WORDS,
    aliases=st.lists(WORDS, max_size=9).map(tuple),
    town=WORDS | st.just(""),
    head=st.none() | WORDS,
    postcode=st.sampled_from(["", "ZA4 2QR", "?"]),
    domain=st.sampled_from([None, "oakfield.example.sch.uk", "not a domain"]),
    namesakes=st.lists(st.builds(Namesake, WORDS, WORDS | st.just(""), WORDS), max_size=2).map(tuple),
)


@given(school=SCHOOLS, contact=st.sampled_from([None, "office@example.org"]))
def test_whatever_the_register_holds_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, school: School, contact: str | None
) -> None:
    path = tmp_path_factory.mktemp("round") / "schoolgate.toml"
    path.write_bytes(render(Draft((school,), contact=contact)).encode())
    config = load(path, {})
    assert config.schools == (usable(school),)
    assert (usable(school).name, usable(school).aliases) == (school.name, school.aliases)
    assert usable(school).postcode in ("", "ZA4 2QR")
    assert config.contact == (contact or "")


def test_nobody_is_taken_to_use_the_commands_until_somebody_says_so(tmp_path: Path, register: Path) -> None:
    run(tmp_path / "home", "900001", register=register)
    path = tmp_path / "home" / "schoolgate.toml"
    text = path.read_text(encoding="utf-8")
    assert load(path, {}).me is None
    assert '# [cli]\n# me = "head"\n' in text
    assert "If you look after the machine and are not one of the" in text


def test_a_proxy_or_authority_that_is_none_is_refused_before_anything_is_asked(
    tmp_path: Path, register: Path
) -> None:
    home = tmp_path / "home"
    with pytest.raises(InputError, match="--proxy proxy is not a web address"):
        called(init.init, home=home, register=register, proxy="proxy")
    with pytest.raises(InputError, match="is not there, or holds no certificate"):
        called(init.init, home=home, register=register, ca_file=tmp_path / "none.pem")
    assert not home.exists()


def test_where_nothing_can_be_reached_the_file_is_written_and_the_exit_code_says_so(
    tmp_path: Path, register: Path
) -> None:
    nowhere = proxy_of(f"http://127.0.0.1:{free_port()}")

    def dead(path: Path, draft: Draft):
        return closing(fetcher_for(through=nowhere, resolve=unknown))

    given = {"home": tmp_path, "urn": ["900001"], "register": register, "yes": True}
    code, said = called(init.init, aside={"_fetcher": dead}, **given)
    assert code == 3
    assert any(line.startswith("Nothing could be reached: ") for line in said)
    assert written(tmp_path).sources


def test_it_ends_with_the_next_step(tmp_path: Path, register: Path) -> None:
    said = run(tmp_path / "home", "900001", register=register)
    assert any(line.startswith("Next: ") for line in said)


def test_a_newer_register_is_taken_in_and_the_file_is_not_needed_any_more(
    tmp_path: Path, register: Path
) -> None:
    home = tmp_path / "home"
    run(home, "900001", register=register)
    newer = tmp_path / "edubasealldata20261120.csv"
    newer.write_text("URN,EstablishmentName\n900002,Oakfield Junior School\n")
    _, said = called(schools.update, home=home, file=newer)
    kept = home / "register.csv.gz"
    assert said[0].startswith(f"{kept}: 1 schools, as of 20 November 2026 (")
    assert said[1].startswith("Not among its open schools: 900001.")
    newer.unlink()
    assert [school.urn for school in read_register(kept)] == ["900002"]


def test_a_home_that_names_a_register_elsewhere_has_its_own_once_one_is_taken_in(
    tmp_path: Path, register: Path
) -> None:
    path = tmp_path / "home" / "schoolgate.toml"
    path.parent.mkdir(mode=0o700)
    path.write_text(
        f'register_file = "{register}"\n[[schools]]\nurn = "900001"\nname = "Oakfield Infant School"\n'
    )
    assert load(path, {}).register == register
    called(schools.update, home=path.parent, file=register)
    assert load(path, {}).register == path.with_name("register.csv.gz")
