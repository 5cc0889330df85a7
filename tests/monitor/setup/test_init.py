"""`init`: from a register to a file that loads, by arguments or by asking, of one school or a trust."""

import csv
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from builders.fetcher import fetcher_for, unknown
from builders.trust import ACADEMIES, TRUST, a_register
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from support.command_call import called
from support.for_each import for_each
from support.web_server import free_port

from data.errors import InputError, SchoolgateError
from data.register.national_lists import LICENCE, SHIPPED, PublicList, lists_of, pack_schools, read_register
from data.types import Namesake, Person, Role, School, Source
from monitor.cli.commands import init, schools
from monitor.config.first_file import (
    Draft,
    Entry,
    alike,
    entries,
    key_without_number,
    name_heads,
    render_file,
    schools_of,
    schools_sharing_site,
    shared_places,
    trust_entries,
    usable,
    with_shared,
    write_first_file,
)
from monitor.config.load import Config, load_file
from monitor.config.model import Urn
from monitor.setup.asking import said_alone
from monitor.setup.people_table import people_from_csv
from sources.http.connection import proxy_of
from sources.places import make_row

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
    return load_file(home / "schoolgate.toml", {})


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


def test_an_existing_file_is_never_overwritten_nor_a_link_that_leads_nowhere_followed(
    tmp_path: Path, register: Path
) -> None:
    path = tmp_path / "schoolgate.toml"
    path.write_text("mine")
    with pytest.raises(SchoolgateError, match=r"is there already; nothing was changed\. .* --home"):
        run(tmp_path, "900001", register=register)
    assert path.read_text() == "mine"
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(SchoolgateError, match="nothing was changed"):
        run(tmp_path, "900001", register=register)
    assert not (tmp_path / "elsewhere.toml").exists()


@for_each(
    "proxy",
    ["http://ada:hunter2@proxy.test:8080", "ada:hunter/2@proxy.test:8080", "hunter 2@proxy.test:8080"],
)
def test_the_password_in_a_proxys_address_is_not_repeated(tmp_path: Path, proxy: str) -> None:
    with pytest.raises(InputError) as refused:
        called(init.init, home=tmp_path, proxy=proxy)
    assert "proxy.test:8080" in str(refused.value)
    assert "hunter" not in str(refused.value)


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "schoolgate.toml"
    path.write_text("theirs")
    with pytest.raises(SchoolgateError, match="is there already"):
        write_first_file(path, Draft((School("900001", "Oakfield"),), register_file=str(SHIPPED)), ())
    assert [p.name for p in tmp_path.iterdir()] == ["schoolgate.toml"]
    assert path.read_text() == "theirs"


def test_a_register_of_ones_own_in_the_folder_is_not_replaced(tmp_path: Path, register: Path) -> None:
    theirs = tmp_path / "register.csv.gz"
    theirs.write_bytes(register.read_bytes())
    run(tmp_path, "900001", register=theirs)
    assert written(tmp_path).register == tmp_path / "register-2.csv.gz"
    assert theirs.read_bytes() == register.read_bytes()


def test_only_its_owner_may_read_the_file(tmp_path: Path, register: Path) -> None:
    run(tmp_path / "home", "900001", register=register)
    assert (tmp_path / "home" / "schoolgate.toml").stat().st_mode & 0o077 == 0
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("urn", "file", "said"),
    [
        ("901020", "register.csv", r"URN 901020 is not in register\.csv\. One digit away: 900020  St Anne"),
        ("900019", "register.csv", r"URN 900019 is closed.*Look for it by its name"),
        ("900001", "none.csv", "it is not there"),
    ],
    ids=["one digit off names the one that was meant", "a closed school", "no register"],
)
def test_a_number_that_is_not_in_the_register_is_told(
    tmp_path: Path, register: Path, urn: str, file: str, said: str
) -> None:
    with pytest.raises(SchoolgateError, match=said):
        run(tmp_path / "home", urn, register=register.with_name(file))
    assert not (tmp_path / "home").exists()


def test_yes_without_a_school_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it needs the school's number"):
        run(tmp_path / "home", register=None)


def test_without_a_file_a_school_is_one_of_the_register_that_comes_with_the_program(
    tmp_path: Path, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped.csv.gz"
    lists = (PublicList("England", "Department for Education", "30 January 2026"),)
    first, *others = read_register(register)
    shipped.write_bytes(pack_schools([replace(first, dfe="8012001"), *others], None, lists))
    monkeypatch.setattr(init, "SHIPPED", shipped)
    said = run(tmp_path / "home", "801/2001", register=None)
    assert said[0] == f"{LICENCE} (Department for Education, 30 January 2026)."
    assert written(tmp_path / "home").schools[0].urn == "900001"  # by its DfE number
    assert lists_of(tmp_path / "home" / "register.csv.gz") == lists


def test_asking_finds_the_school_and_the_people(tmp_path: Path, register: Path) -> None:
    answers = [
        "nothing of the kind", "oakfield", "hexley",
        "office", "office@oakfield.example.sch.uk",
        "=, head@example.sch.uk",
        "Cy Example; Bea Example <bea@example.org>",
        "Di Example, di", "Di Example di@example.org",
        "beats", "https://beats.example.org/oakfield",
    ]  # fmt: skip
    days = ["half 8", "15:10 8:40", "8:40 to 15:10"]
    said = run(tmp_path / "home", register=register, yes=False, answers=answers, days=days)
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
    assert any("must be when the day begins, then when it ends" in line for line in said)
    assert {"“office” is not an email address.", "“di” is not an email address."} <= set(said)


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
    said = run(tmp_path / "home", register=None, yes=False, answers=answers, asked=(asked := []))
    assert [s.urn for s in written(tmp_path / "home").schools] == ["own-oakfield-nursery"]
    assert "Manager: name, email; Deputy manager after a semicolon (Enter: later)" in asked
    assert any(line.startswith("Oakfield Nursery (own-oakfield-nursery)") for line in said)


def test_of_a_school_in_no_register_number_and_name_are_enough(tmp_path: Path, register: Path) -> None:
    answers = ["", "!", "6721234", "", "Ysgol Enghraifft", "Maesteg", "wals", "wales", *["-"] * 5]
    said = run(tmp_path / "home", register=register, yes=False, answers=answers)
    config = written(tmp_path / "home")
    assert replace(config.schools[0], aliases=()) == School(
        "6721234", "Ysgol Enghraifft", town="Maesteg", nation="wales"
    )
    assert "“wals” is not known here. Did you mean “wales”?" in said


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


def test_the_file_with_all_its_examples_in_use_loads(tmp_path: Path) -> None:
    school = School("6721234", "Ysgol Enghraifft", town="Maesteg", nation="wales")
    opened = re.sub(r"(?m)^# (\[|[a-z_]+ = )", r"\1", render_file(Draft((school,))))
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
    path.write_bytes(render_file(Draft((school,), contact=contact)).encode())
    config = load_file(path, {})
    assert config.schools == (usable(school),)
    assert (usable(school).name, usable(school).aliases) == (school.name, school.aliases)
    assert usable(school).postcode in ("", "ZA4 2QR")
    assert config.contact == (contact or "")


def test_a_proxy_or_authority_that_is_none_is_refused_before_anything_is_asked(
    tmp_path: Path, register: Path
) -> None:
    home = tmp_path / "home"
    with pytest.raises(InputError, match="“proxy” is not a proxy's address"):
        called(init.init, home=home, register=register, proxy="proxy")
    with pytest.raises(InputError, match="is not there, or holds no certificate"):
        called(init.init, home=home, register=register, ca_file=tmp_path / "none.pem")
    assert not home.exists()


def test_where_nothing_can_be_reached_the_file_is_written_and_the_exit_code_says_so(
    tmp_path: Path, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = proxy_of(f"http://127.0.0.1:{free_port()}")

    def dead(*_, **__):
        return closing(fetcher_for(through=nowhere, resolve=unknown))

    given = {"home": tmp_path, "urn": ["900001"], "register": register, "yes": True}
    monkeypatch.setattr("monitor.home.wiring.fetcher", dead)
    code, said = called(init.init, **given)
    assert code == 3
    assert any(line.startswith("Nothing could be reached: ") for line in said)
    assert written(tmp_path).sources


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
    assert load_file(path, {}).register == register
    path.with_name("register.csv.gz").write_text("theirs")
    for _ in range(2):
        called(schools.update, home=path.parent, file=register)
        assert load_file(path, {}).register == path.with_name("register-2.csv.gz")
    assert path.with_name("register.csv.gz").read_text() == "theirs"


# `init --trust`: each school by itself, what they share once, and the people of all out of a table.


KEY = "trust-brightwater-learning-trust"


def set_up(
    home: Path, register: Path, *urns: str, yes: bool = True, answers: Iterable[str] = (), **given: object
) -> Config:
    left = list(answers)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(init, "ask", lambda _question: left.pop(0))
        options = {"trust": TRUST, "urn": list(urns), "register": register, "yes": yes, "no_network": True}
        code, _said = called(init.init, home=home, **options, **given)
    assert (code, left) == (0, [])
    return load_file(home / "schoolgate.toml", {})


def table(folder: Path, *rows: str) -> Path:
    path = folder / "people.csv"
    path.write_text("school,name,role,email\n" + "\n".join(rows) + "\n", encoding="utf-8")
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
    (place,) = with_shared([make_row("website", of_three)], (), TRUST)
    assert (place.source.urns, place.source.name) == ((KEY,), "The trust's website: News")
    alone = make_row("website", replace(feed, urns=("900101",)))
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
    assert schools_sharing_site(schools[:1], schools) == []


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
    assert "is not an email address" in lines[3]
    assert "the role is missing: one of head" in lines[4]
    assert lines[5] == "Nothing was written."
    assert not (tmp_path / "home").exists()


@for_each(
    ("content", "says"),
    [
        (b"name,role,email\nx,head,\n", "line 1: the column “school” is missing"),
        (b"", "line 1: the column “school” is missing"),
        (b"PK\x03\x04xl/workbook.xml", "a workbook, not a table. In Excel, save it as “CSV UTF-8”"),
        (b'school,name,role,email\n,"Ada' + b"\nx,y" * 50_000, "cannot be read as a table"),
    ],
)
def test_a_table_without_its_columns_is_told(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        people_from_csv(path, ())


def test_what_is_no_table_is_refused_before_anything_is_asked(tmp_path: Path, register: Path) -> None:
    path, person = tmp_path / "people.xlsx", Keyboard()
    path.write_bytes(b"PK\x03\x04xl/workbook.xml")
    with pytest.raises(InputError, match="a workbook"):
        called(init.init, home=tmp_path / "home", register=register, table=path, aside={"ask": person.ask})
    assert not (tmp_path / "home").exists()


@for_each(("yes", "told"), [(False, 1), (True, 0)])
def test_ctrl_c_writes_nothing_and_says_what_became_of_the_answers(
    tmp_path: Path, register: Path, capsys: pytest.CaptureFixture[str], yes: bool, told: int
) -> None:
    def stop(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        called(
            init.init, home=tmp_path / "home", urn=["900003"], register=register, yes=yes,
            aside={"ask": stop, "_places": stop},
        )  # fmt: skip
    assert (
        capsys.readouterr().err.count("Your answers were not saved. To go on, type the same command") == told
    )
    assert not (tmp_path / "home").exists()


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
    found = [entry.school for entry in entries(trust, trust)]
    assert [s.urn for s in found] == [row[0] for row in ACADEMIES]
    assert all(not s.members and s.domain is None for s in found)
    assert [s.website for s in found] == [f"https://www.brightwater.example.org/{s.urn}" for s in found]
    assert len({s.head for s in found}) == 5


@for_each(
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
    (entry,) = entries(pair, pair, [pair])
    assert (entry.school.members, entry.school.domain) == (("900001", "900002"), "elm.example.org")
    others = [*pair, School("900003", "Thorn School", website=site)]
    assert entries(pair, others, [pair])[0].school.domain is None


def test_a_school_between_two_of_a_group_keeps_its_place() -> None:
    a, b, c = (School(f"90000{n}", f"Elm {n}") for n in (1, 2, 3))
    made = [entry.school for entry in entries([a, b, c], [a, b, c], [[a, c]])]
    assert [(s.urn, s.members) for s in made] == [("900001", ("900001", "900003")), ("900002", ())]


def test_names_that_are_a_place_or_a_person_are_asked_for_in_one_answer(trust: tuple[School, ...]) -> None:
    asked = {e.school.urn: e.asked for e in entries(trust, trust) if e.asked}
    assert asked == {"900103": ("Great Northvale",), "900104": ("Mill Lane",), "900105": ("Sir Ada Example",)}


@for_each(
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
    assert [s.head for s in name_heads([first, second], heads)] == [
        "Ms Ada Example and Mr Bo Sample",
        "Di Old",
    ]


@for_each(
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
    assert key_without_number(name) == key
    assert TypeAdapter(Urn).validate_python(key) == key


@for_each("urn", ["own-", "own-Oakfield-Nursery", "oakfield-nursery", "own--x", "own-" + "x" * 40])
def test_what_is_neither_a_number_nor_such_a_key_is_refused(urn: str) -> None:
    with pytest.raises(ValidationError, match="is not a school's number"):
        TypeAdapter(Urn).validate_python(urn)
