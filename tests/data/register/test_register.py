"""Reading the public register and lists of schools: shapes, encodings, heads, faults; people of a school."""

import gzip
import io
import json
import os
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.wording.cases import until
from data.errors import InputError, RegisterError
from data.people import PeopleBySchool, people_of
from data.register.calendar import Calendar, Term, is_day, read_day, read_moment
from data.register.national_lists import NAME, day_of, host, pack_register, read_register, read_schools
from data.register.school_names import (
    core,
    doubtful_aliases,
    join_names,
    normalise,
    propose_aliases,
    propose_namesakes,
    register_of_names,
    separate_names,
    tidy,
)
from data.types import Namesake, Person, Role, School
from data.words.say import words
from monitor.terminal.wording import brief, local

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "register"
GIAS = FIXTURES / "gias.csv"


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return buffer.getvalue()


def test_a_row_becomes_a_school() -> None:
    assert read_register(GIAS)[0] == School(
        urn="900001",
        name="Oakfield C.E. Primary School",
        locality="Upper Larkham",
        town="Northvale",
        county="Loamshire",
        local_authority="West Loamshire",
        street="Larch Road",
        postcode="ZZ8 8PD",
        domain="oakfieldprimary.example.sch.uk",
        website="https://www.oakfieldprimary.example.sch.uk",
        head="Mrs Ada Example",
        phase="primary",
        sector="maintained",
        dfe="9013001",
    )


@pytest.mark.parametrize(
    ("kind", "sector"),
    [
        ("Other independent special school", "independent"), ("University technical college", "academy"),
        ("Pupil referral unit", "maintained"), ("Further education", ""),
    ],
)  # fmt: skip
def test_the_type_of_a_school_says_who_runs_it(tmp_path: Path, kind: str, sector: str) -> None:
    text = GIAS.read_text(encoding="utf-8").replace("Academy converter", kind)
    found = read_register(written(tmp_path, "raw.csv", text.encode()))
    assert sector in {school.sector for school in found}
    assert ("academy" in {school.sector for school in found}) is (sector == "academy")


@pytest.mark.parametrize(
    ("file", "after", "kinds"),
    [
        ("wales.csv", "Governance - see notes", {"Voluntary aided": "maintained", "Not Applicable": ""}),
        ("scotland.csv", "CentreType", {"Local Authority": "maintained", "Grant aided": ""}),
        (
            "northern_ireland.csv", "Management_Type",
            {"Roman Catholic Maintained": "maintained", "Controlled Integrated": "maintained", "Other": ""},
        ),
    ],
)  # fmt: skip
def test_the_lists_of_the_other_nations_say_who_runs_a_school(tmp_path, file, after, kinds):
    header, *rows = (FIXTURES / file).read_text("utf-8").splitlines()
    for kind, sector in kinds.items():
        of_kind = [f"{header},{after}", *(f"{row},{kind}" for row in rows if row.strip(", "))]
        there = written(tmp_path, file, "\n".join(of_kind).encode())
        assert {school.sector for school in read_register(there)} == {sector}, kind


def test_the_file_is_read_as_windows_1252_where_it_is_no_utf_8_and_gzip_and_zip_are_undone(tmp_path) -> None:
    raw, schools = GIAS.read_bytes(), read_register(GIAS)
    path = written(tmp_path, "raw.csv", raw.decode().replace("\n", "\r\n").encode("cp1252"))
    squeezed = written(tmp_path, "a.csv.gz", gzip.compress(raw))
    packed = written(tmp_path, "b.zip", zipped(academies=raw[:400].rsplit(b"\n", 1)[0], all=raw))
    assert read_register(path) == read_register(squeezed) == read_register(packed) == schools
    assert "St Thomas à Becket Catholic School" in [school.name for school in schools]


def test_closed_schools_are_left_out_unless_asked_for_and_one_proposed_to_close_is_open() -> None:
    still_open = {s.name for s in read_register(GIAS)}
    assert ("Bygone School" in still_open, "Waning Primary School" in still_open) == (False, True)
    assert "Bygone School" in [s.name for s in read_register(GIAS, closed=True)]


def test_columns_may_be_more_and_in_another_order(tmp_path: Path) -> None:
    path = written(tmp_path, "few.csv", b"Extra,EstablishmentName,URN\nx,Oakfield School,900001\n")
    assert [(s.urn, s.name) for s in read_register(path)] == [("900001", "Oakfield School")]


def test_a_row_without_a_place_has_that_of_its_postcode_district(tmp_path: Path) -> None:
    columns = "URN,EstablishmentName,Street,Locality,Address3,Town,Postcode"
    rows = (
        "900001,Fell School,Mill Lane,,,Thornbeck,ZZ8 8PD",
        "900002,Beck School,Mill Lane,Upper Fell,,Thornbeck,ZZ8 9PD",
        "900003,Hill School,Fell Road,,Hill School,,ZZ8 7PD",
        "900004,Dale School,Upper Fell,,,,ZZ8 6PD",
        "900005,Moor School,Fell Road,Moor End,,,ZZ8 5PD",
        "900006,Lone School,Fell Road,,,,ZZ9 5PD",
    )
    found = read_register(registered(tmp_path, *rows, columns=columns))
    placed = [(school.town, school.locality) for school in found[2:]]
    assert placed == [("Thornbeck", ""), ("Upper Fell", ""), ("", "Moor End"), ("", "")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "“URN” is missing"),
        (b"Name,Town\na,b\n", "“URN” is missing"),
        (b"URN,Town\n1,b\n", "“EstablishmentName” is missing"),
        (b"URN,EstablishmentName\n900001,A\n900002\n", "line 3: 1 columns where 2 are needed"),
        (b"URN,EstablishmentName\n,A\n", "line 2: “URN” is empty"),
        (b'URN,EstablishmentName\n900001,"A\n', "line"),
        (b"\x1f\x8bnot gzip", "cannot be read"),
        (b"PKnot zip", "cannot be read"),
        (zipped(), "no CSV file"),
    ],
)
def test_a_fault_is_told_with_file_and_place(tmp_path: Path, content: bytes, says: str) -> None:
    path = written(tmp_path, "register.csv", content)
    with pytest.raises(RegisterError, match=r"register\.csv") as told:
        read_register(path)
    assert says in str(told.value)


def test_a_file_that_cannot_be_opened_is_told_in_words(tmp_path: Path) -> None:
    for name, says in (("none.csv", "it is not there. Check the name."), (".", "it is a folder.")):
        with pytest.raises(RegisterError, match="cannot be read") as told:
            read_register(tmp_path / name)
        assert says in str(told.value)
        assert "Errno" not in str(told.value)


def test_the_lists_of_the_other_nations_are_read() -> None:
    firsts = {
        "wales": ("9002001", "Ysgol Cwm Elain", "Pont Elain"),
        "scotland": ("9003001", "Glenlarch Primary School", "Inverlarch"),
        "northern_ireland": ("9AB-0001", "Larchmore Primary School", "Ballylarch"),
    }
    for nation, first in firsts.items():
        school = read_register(FIXTURES / f"{nation}.csv")[0]
        assert (school.urn, school.name, school.town, school.nation) == (*first, nation)


def test_the_website_is_brought_to_its_host() -> None:
    for website in ("http://www.oakfield.example.org/home", "OAKFIELD.example.org"):
        assert host(website) == "oakfield.example.org"
    assert [host(website) for website in ("", "none", "http://[")] == [None] * 3


def test_aliases_are_the_short_forms_people_use() -> None:
    school = read_register(GIAS)[0]
    facts = propose_aliases(school, register_of_names(read_register(GIAS)))
    assert facts == ("Oakfield Primary", "Oakfield Upper Larkham")
    grammar = School("900009", "Queen Osyth's Grammar School", town="Northvale")
    assert "QOGS Northvale" in propose_aliases(grammar)
    spoken = School("9006001", "Larchteg Comprehensive School", town="Larchteg", nation="wales")
    assert propose_aliases(spoken) == ("Larchteg Comprehensive", "Larchteg School", "Larchteg Comp")
    assert propose_aliases(School("900009", "", town="Northvale")) == ()
    placed = School("900009", "St Osyth's Primary School (Fellbeck)", town="Northvale")
    assert propose_aliases(placed) == ("St Osyth's Primary", "St Osyth's Fellbeck", "St Osyth's")


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("Queen Ada Grammar School Larchford", ("QAGS Larchford",)),
        ("Great Fern High School GDST", ("GFHS Larchford",)),
        ("Elm Academy Hexley", ()),
        ("Elm Primary School and Children's Centre", ()),
        ("High Elm Combined School", ("High Elm Combined Larchford", "High Elm Combined", "HECS Larchford")),
        ("Academy of St Osyth", ("Academy of St Osyth Larchford", "AOSO Larchford")),
        ("Larch Larchford Lodge School", ("Larch Larchford Lodge",)),
    ],
)
def test_nothing_is_put_behind_a_name_that_says_it_already(name, proposed):
    school = School("900009", name, town="Larchford")
    assert propose_aliases(school) == proposed
    assert doubtful_aliases(school) == ()


def test_namesakes_are_the_same_core_elsewhere_nearest_first() -> None:
    register = read_register(GIAS)
    found = propose_namesakes(register[0], register_of_names(register))
    assert [(n.name, n.place) for n in found] == [
        ("Oakfield Academy", "Northvale, Loamshire"),
        ("Oakfield Primary School", "Farthing, Arden"),
    ]


def registered(folder: Path, *rows: str, columns: str = "URN,EstablishmentName,Town,SchoolWebsite") -> Path:
    return written(folder, "register.csv", "\n".join([columns, *rows]).encode())


def test_a_host_of_several_schools_is_nobodys_domain_and_its_address_is_kept(tmp_path: Path) -> None:
    path = registered(
        tmp_path,
        "900001,Oakfield School,Northvale,http://www.loamshire.example.org/oakfield",
        "900002,Larch School,Northvale,www.loamshire.example.org/larch",
        "900003,Elm School,Hexley,https://elm.example.org/",
    )
    assert [(s.domain, s.website) for s in read_register(path)] == [
        (None, "http://www.loamshire.example.org/oakfield"),
        (None, "https://www.loamshire.example.org/larch"),
        ("elm.example.org", "https://elm.example.org/"),
    ]


def test_a_council_and_a_place_for_blogs_are_nobodys_even_where_one_school_is_listed(tmp_path):
    """And a closed school with the same website takes nobody's domain."""
    for website in ("www.loamshire.gov.uk/oakfield", "https://blogs.glowscotland.org.uk/x"):
        (school,) = read_register(registered(tmp_path, f"900001,Oakfield School,Northvale,{website}"))
        assert school.domain is None
    columns = "URN,EstablishmentName,EstablishmentStatus (name),SchoolWebsite"
    rows = ["900001,Elm Academy,Open,elm.example.org", "900002,Elm School,Closed,elm.example.org"]
    assert read_register(registered(tmp_path, *rows, columns=columns))[0].domain == "elm.example.org"


def test_capitals_and_backquotes_become_what_people_write() -> None:
    meant = {
        "YSGOL GYNRADD BRYN-Y-GOG": "Ysgol Gynradd Bryn-y-Gog", "LARCH C.P. SCHOOL": "Larch C.P. School",
        "ST MARY`S R.C. SCHOOL": "St Mary's R.C. School", "Ysgol  Cwm Elain": "Ysgol Cwm Elain",
    }  # fmt: skip
    assert [tidy(written_as) for written_as in meant] == [*meant.values()]


def test_a_welsh_address_is_told_apart_into_street_village_town_and_county(tmp_path: Path) -> None:
    columns = "School Number,School Name,Local Authority,Address 1,Address 2,Address 3,Address 4"
    row = "9002001,YSGOL CWM ELAIN,Powys,HEOL LARCH,Cwm Elain,Pont Elain,Powys"
    (school,) = read_register(registered(tmp_path, row, columns=columns))
    assert (school.name, school.street) == ("Ysgol Cwm Elain", "Heol Larch")
    assert (school.locality, school.town, school.local_authority) == ("Cwm Elain", "Pont Elain", "Powys")


def test_a_playgroup_in_a_street_has_no_street_in_its_names(tmp_path: Path) -> None:
    columns = "Reference,Institution_Name,Address_1,Address_2,Address_3,Town_Name,Institution_Type"
    row = "1AB9001,12 Larch Playgroup,Larch Complex,1 Elm Avenue,,BALLYLARCH,VP Pre-schools"
    (school,) = read_register(registered(tmp_path, row, columns=columns))
    assert (school.street, school.locality, school.town) == ("Larch Complex, 1 Elm Avenue", "", "Ballylarch")
    assert school.phase == "pre-school"
    assert propose_aliases(school) == ("12 Larch Playgroup Ballylarch",)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Great Northvale High School", ("Great Northvale",)),
        ("West Loamshire Academy", ("West Loamshire",)),
        ("Sir Ada Example Academy", ("Sir Ada Example",)),
        ("Ada Example Primary School", ("Ada Example",)),
        ("William Sample College", ("William Sample",)),
        ("Larch Street Primary School", ("Larch Street",)),
        ("St Mary's Priory School", ()),
        ("Purple Oak School", ()),
    ],
)
def test_a_bare_name_that_is_a_place_or_a_person_is_asked_for_and_not_proposed(name, asked):
    town = School("900002", "Elm School", town="Great Northvale", local_authority="West Loamshire")
    register = register_of_names([town, School("900003", "Larch School", head="Mrs Ada Example")])
    school = School("900001", name, town="Hexley")
    assert doubtful_aliases(school, register) == asked
    assert not set(asked) & set(propose_aliases(school, register))
    assert asked or any(normalise(a) == core(name) for a in propose_aliases(school, register))


@pytest.mark.parametrize("name", ["gias", "wales", "scotland", "northern_ireland"])
def test_what_a_home_keeps_of_a_register_is_read_as_the_same_schools(tmp_path, name):
    register = FIXTURES / f"{name}.csv"
    kept = written(tmp_path, NAME, pack_register(read_register(register), register))
    assert read_register(kept) == read_register(register)


@pytest.mark.parametrize(("name", "day"), [("edubasealldata20250717.csv", 17), ("gias.csv", 3)])
def test_a_register_is_of_the_day_in_its_name_or_when_it_was_written_also_as_it_is_kept(tmp_path, name, day):
    register = written(tmp_path, name, GIAS.read_bytes())
    os.utime(register, (1_751_544_000, 1_751_544_000))  # 3 July 2025
    kept = written(tmp_path, NAME, pack_register(read_register(register), register))
    assert day_of(register) == day_of(kept) == date(2025, 7, day)


# ---------------------------------------------------------------------------- heads told apart


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Mrs Ada Example", ("Mrs Ada Example",)),
        ("Principal Ada Example", ("Ada Example",)),
        ("Co Headteacher Ada/Bo Example/Sample", ("Ada Example", "Bo Sample")),
        ("Mrs Ada and Bo Example and Sample", ("Ada Example", "Bo Sample")),
        ("Ms Ada Example / Ms Bo Sample", ("Ms Ada Example", "Ms Bo Sample")),
        ("Mrs Example & Miss Sample", ("Mrs Example", "Miss Sample")),
        ("Co Headteacher Ada Example Bo Sample", ("Ada Example", "Bo Sample")),
        ("Mr Ada Example (Head of School) Bo Sample (Executive Head)", ("Mr Ada Example", "Bo Sample")),
        ("Executive Head: Ada Example Head of School: Bo Sample", ("Ada Example", "Bo Sample")),
        ("Mrs Ada Example (Mon-Thurs) and Bo Sample (Fridays)", ("Mrs Ada Example", "Bo Sample")),
        ("Mrs Ada Example 0.8 Mrs Bo Sample 0.2", ("Mrs Ada Example", "Mrs Bo Sample")),
        ("Mr Ada Example (Acting for Maternity Cover)", ("Mr Ada Example",)),
        ("Mrs Ada (Addie) Example", ("Mrs Ada Example",)),
        ("Ms Ada Example; MBE", ("Ms Ada Example",)),
        ("TBC TBC", ()),
        ("Headteacher Saviour's C of E School", ()),
        ("", ()),
    ],
)
def test_the_names_of_heads_are_told_apart(said: str, names: tuple[str, ...]) -> None:
    assert separate_names(said) == names


def test_two_heads_are_written_with_and_between_them() -> None:
    assert join_names("Co Headteacher Ada/Bo Example/Sample") == "Ada Example and Bo Sample"
    assert join_names("TBC TBC") is None


# ---------------------------------------------------------------------- a JSON list of schools


ENTRY = {
    "id": "s01", "name": "Oakfield Primary School", "urn": "900001", "aliases": ["Oakfield"], "trust": None,
    "postcode": "ZZ8 8PD", "namesakes": [{"name": "Oakfield Arms", "place": "Northvale", "kind": "pub"}],
}  # fmt: skip


def in_json(folder: Path, content: object) -> Path:
    path = folder / "schools.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_an_entry_becomes_a_school_under_its_id(tmp_path: Path) -> None:
    school = read_schools(in_json(tmp_path, [{**ENTRY, "language": "cy"}]))["s01"]
    assert (school.urn, school.aliases, school.trust) == ("900001", ("Oakfield",), None)
    assert school.language == "en", "a language without an edition"
    assert school.namesakes == (Namesake("Oakfield Arms", "Northvale", "pub"),)


EVERY = (
    "aliases", "former_names", "namesakes", "members", "locality", "town", "county", "local_authority",
    "street", "postcode", "trust", "domain", "head", "phase", "nation", "language",
)  # fmt: skip


def test_null_is_as_good_as_not_given_also_within_a_list_or_a_namesake(tmp_path: Path) -> None:
    bare = {key: ENTRY[key] for key in ("id", "name", "urn")}
    nulls = {**bare, **dict.fromkeys(EVERY)}
    given, plain = (read_schools(in_json(tmp_path, [row]))["s01"] for row in (nulls, bare))
    assert given == plain
    lists = {key: [None] for key in ("aliases", "former_names", "members")}
    row = {**ENTRY, **lists, "namesakes": [None, {"name": "Oakfield Arms", "place": None, "kind": None}]}
    school = read_schools(in_json(tmp_path, [row]))["s01"]
    assert (school.aliases, school.former_names, school.members) == ((), (), ())
    assert school.namesakes == (Namesake("Oakfield Arms", "", "school"),)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "cannot be read as JSON"),
        ({}, "a list of schools is needed"),
        (["x"], "school 1"),
        ([ENTRY, {"id": "s02", "name": "Beech"}], "school 2: “urn” is missing"),
        ([{**ENTRY, "aliases": "Oakfield"}], "“aliases” must be a list"),
        ([{**ENTRY, "post_code": "ZZ8 8PD"}], "no key “post_code”. Did you mean “postcode”?"),
        ([ENTRY, {**ENTRY, "place": "Northvale"}], "school 2: there is no key “place”. The keys are: id, "),
        ([{**ENTRY, "namesakes": [{"name": "Oakfield Arms", "town": "Hexley"}]}], "are: name, place, kind"),
        ([{**ENTRY, "namesakes": ["Oakfield Arms"]}], "objects with name, place, kind are needed"),
    ],
)
def test_a_fault_names_the_file_and_the_entry(tmp_path: Path, content: object, says: str) -> None:
    with pytest.raises(InputError, match=r"schools\.json") as told:
        read_schools(in_json(tmp_path, content))
    assert says in str(told.value)


# -------------------------------------------------------------------- whose people somebody is


OF_TWO = School("900001", "Oakfield Primary School", members=("900011", "900012"))
OF_ONE = School("900002", "Hexley Primary School")


def person(name: str, *urns: str) -> Person:
    return Person(name, name, (Role.STAFF,), urns=urns)


PEOPLE = (
    person("member", "900012"),
    person("everywhere"),
    person("elsewhere", "900002"),
    person("both", "900002", "900001"),
    person("thrice", "900001", "900011", "900012"),
    person("nowhere", "900009"),
)


def test_a_schools_people_are_its_own_its_members_and_those_of_every_school() -> None:
    assert [p.id for p in PeopleBySchool(PEOPLE).of(OF_TWO)] == ["member", "everywhere", "both", "thrice"]
    assert [p.id for p in PeopleBySchool(PEOPLE).of(OF_ONE)] == ["everywhere", "elsewhere", "both"]
    kept = PeopleBySchool(PEOPLE)
    for school in (OF_TWO, OF_ONE, School("900003", "Nobody's School")):
        assert kept.of(school) == people_of(school, PEOPLE)
        assert kept.of(school) is kept.of(school), "gathered once"


# ------------ which days are school days, days as people write them, and when a date bears its year

NATIONS = ("england", "wales", "scotland", "northern_ireland")
ENGLAND_AND_WALES = {
    date(2026, 12, 25), date(2026, 12, 28),
    date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31),
    date(2027, 8, 30), date(2027, 12, 27), date(2027, 12, 28),
}  # fmt: skip
SCOTLAND = {
    date(2026, 11, 30), date(2026, 12, 25), date(2026, 12, 28),
    date(2027, 1, 1), date(2027, 1, 4), date(2027, 3, 26), date(2027, 5, 3), date(2027, 5, 31),
    date(2027, 8, 2), date(2027, 11, 30), date(2027, 12, 27), date(2027, 12, 28),
}  # fmt: skip
NORTHERN_IRELAND = ENGLAND_AND_WALES | {date(2027, 3, 17), date(2027, 7, 12)}
BY_NATION = {
    "england": ENGLAND_AND_WALES,
    "wales": ENGLAND_AND_WALES,
    "scotland": SCOTLAND,
    "northern_ireland": NORTHERN_IRELAND,
}

AUTUMN = Calendar(
    terms=(Term(date(2026, 9, 2), date(2026, 10, 23)), Term(date(2026, 11, 2), date(2026, 12, 18))),
    closed=frozenset((date(2026, 9, 2), date(2026, 11, 27))),
)


def test_the_working_days_lost_from_november_2026_to_2027_are_gov_uks_list() -> None:
    days = [date(2026, 11, 1) + timedelta(n) for n in range(426)]
    for nation in NATIONS:
        calendar = Calendar(nation)
        lost = {d for d in days if d.weekday() < 5 and not calendar.working_day(d)}
        assert lost == BY_NATION[nation], nation


def test_the_halves_of_a_term_are_one_term_and_one_that_goes_on_is_not_over() -> None:
    calendar = replace(AUTUMN, terms=(Term(date(2027, 1, 4), date(2027, 2, 12)), *AUTUMN.terms))
    assert calendar.last_term(date(2027, 1, 20)) == Term(date(2026, 9, 2), date(2026, 12, 18))
    assert calendar.last_term(date(2026, 12, 18)) is None


SPRING = Calendar(terms=(Term(date(2027, 4, 12), date(2027, 5, 28)),))
WHICH_DAYS = {
    "a weekday": (Calendar(), date(2026, 11, 20), "working school"),
    "a Saturday": (Calendar(), date(2026, 11, 21), ""),
    "a bank holiday": (Calendar(), date(2026, 12, 28), ""),
    "without terms, in August": (Calendar(), date(2026, 8, 12), "working school"),
    "out of term": (AUTUMN, date(2026, 10, 27), "working"),
    "before the terms that are known": (AUTUMN, date(2026, 8, 12), "working"),
    "the first of a term, and INSET": (AUTUMN, date(2026, 9, 2), "working term"),
    "the last of a term": (AUTUMN, date(2026, 10, 23), "working term school"),
    "an INSET day": (AUTUMN, date(2026, 11, 27), "working term"),
    "a bank holiday within a term": (SPRING, date(2027, 5, 3), "term"),
}


@pytest.mark.parametrize(("calendar", "day", "it_is"), WHICH_DAYS.values(), ids=WHICH_DAYS)
def test_which_days_are_working_days_in_term_and_school_days(calendar, day, it_is):
    assert calendar.working_day(day) is ("working" in it_is)
    assert calendar.school_day(day) is ("school" in it_is)
    assert not calendar.terms or calendar.in_term(day) is ("term" in it_is)


def test_past_the_last_term_weekdays_count_but_not_the_nations_bank_holidays() -> None:
    calendars = {nation: replace(AUTUMN, nation=nation) for nation in NATIONS}
    assert all(
        c.school_day(date(2027, 1, 5)) and not c.school_day(date(2027, 1, 9)) for c in calendars.values()
    )
    second_of_january, boyne = date(2027, 1, 4), date(2027, 7, 12)
    assert [n for n, c in calendars.items() if not c.school_day(second_of_january)] == ["scotland"]
    assert [n for n, c in calendars.items() if not c.school_day(boyne)] == ["northern_ireland"]
    assert not replace(AUTUMN, closed=frozenset((date(2027, 1, 5),))).school_day(date(2027, 1, 5))


def test_from_three_weeks_before_the_last_term_ends_and_then_once_it_is_over():
    last = date(2026, 12, 18)
    days = {date(2026, 11, 26): "", date(2026, 11, 27): "ending", last: "ending", date(2026, 12, 19): "ended"}
    for day, it_is in (*days.items(), (date(2028, 3, 1), "ended")):
        assert AUTUMN.ending(day) == (last if it_is == "ending" else None), day
        assert AUTUMN.end_of_terms(day) == (last if it_is == "ended" else None), day
        assert Calendar().ending(day) is Calendar().end_of_terms(day) is None


def test_the_next_school_day_is_found_over_holidays() -> None:
    thens = {
        date(2026, 11, 26): date(2026, 11, 30),  # over an INSET day and a weekend
        date(2026, 10, 23): date(2026, 11, 2),  # over half term
        date(2026, 7, 1): date(2026, 9, 3),  # over the summer and an INSET day
        date(2024, 1, 1): date(2026, 9, 3),  # however long before the first term
        date(2026, 12, 18): date(2026, 12, 21),  # the terms have run out
        date(2026, 12, 24): date(2026, 12, 29),
    }
    assert {day: AUTUMN.next_school_day(day) for day in thens} == thens


DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Up to four terms of any length, a few closed days, any nation."""
    firsts = draw(st.lists(DAYS, max_size=4))
    terms = tuple(Term(first, first + timedelta(draw(st.integers(0, 90)))) for first in firsts)
    return Calendar(draw(st.sampled_from(NATIONS)), terms, frozenset(draw(st.lists(DAYS, max_size=4))))


@given(calendars(), DAYS)
def test_a_school_day_is_a_working_day_in_term_that_is_not_closed_and_none_lies_before_the_next(
    calendar, day
):
    if calendar.school_day(day):
        assert calendar.working_day(day)
        assert calendar.in_term(day)
        assert day not in calendar.closed
        assert day.weekday() < 5
    found = calendar.next_school_day(day)
    until = (found - day).days
    assert until >= 1
    assert calendar.school_day(found)
    assert not any(calendar.school_day(day + timedelta(n)) for n in range(1, until))


# ------------------------------------------------------------------- days as people write them


TODAY = date(2026, 11, 22)
NOON = datetime(2026, 7, 22, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    "said",
    ["2026-11-10", "10/11/2026", "10.11.26", "10-11-2026", "2026/11/10", "10 November 2026",
     "10th of Nov '26", "Tue 10th Nov", "November 10, 2026", "the 10th of November 2026", "10 Nov", "10/11"],
)  # fmt: skip
def test_a_day_is_understood_however_a_school_office_writes_it(said: str) -> None:
    assert read_day(said, TODAY) == date(2026, 11, 10)
    assert is_day(said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("31 June 2026", "There is no day “31 June 2026”"),
        ("11/25/2026", "the day comes first"),
        ("1 May", "may be 1 May 2026 or 1 May 2027. Write the year."),
        ("26/11/10", "of the year 2010?"),
        ("Mon 10 November 2026", "is a Tuesday"),
        ("soon", "“soon” is not a day"),
    ],
)
def test_a_day_that_is_none_or_may_be_two_is_refused_in_words(said: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_day(said, TODAY)


def test_without_a_year_it_is_the_last_or_the_next_where_that_is_known() -> None:
    assert read_day("1 May", TODAY, past=True) == date(2026, 5, 1)
    assert read_day("1 May", TODAY, past=False) == date(2027, 5, 1)
    with pytest.raises(InputError, match="would be 20 November 2027"):
        read_day("20 Nov", TODAY, past=False)


@pytest.mark.parametrize(
    "said",
    ["2026-07-20T15:20", "20/7/2026 15:20", "20 July at 3.20pm", "15:20 on Mon 20 July", "3:20 p.m. 20.7.26"],
)
def test_a_moment_is_that_of_the_schools_own_clock(said: str) -> None:
    assert read_moment(said, NOON, LONDON) == datetime(2026, 7, 20, 14, 20, tzinfo=UTC)
    assert not is_day(said)
    with pytest.raises(InputError, match="03:20 or 15:20"):
        read_moment("20 July 3.20", NOON, LONDON)


# -------------------------------------------------------------------------- the year of a date


FIRST, LAST = map(datetime.fromisoformat, ("2015-01-01", "2035-12-31"))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@given(MOMENTS, MOMENTS)
def test_a_day_bears_its_year_exactly_where_that_is_not_this_one(moment, now):
    """An end does where it is more than a week away."""
    w = words("en")
    there, here = moment.astimezone(LONDON), now.astimezone(LONDON)
    shown = (w.day(moment, now, LONDON), w.brief_day(moment, now, LONDON), brief(moment, now, LONDON))
    for said in shown:
        assert (str(there.year) in said) is (there.year != here.year)
    assert str(there.year) in w.full_day(moment, LONDON)
    assert str(there.year) in local(moment, LONDON)
    last = (moment - timedelta(microseconds=1)).astimezone(LONDON)
    if abs(last.date() - here.date()) > timedelta(days=7) and last.year != here.year:
        assert str(last.year) in until(w, moment, here.date(), LONDON)
