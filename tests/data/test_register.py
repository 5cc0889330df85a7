"""Reading the public register: its shapes, its encodings, its faults."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from support.corpus import corpus_path

from data.errors import RegisterError
from data.register.national_lists import host, propose_aliases, propose_namesakes, read_register
from data.types import School

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "register"
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
        head="Mrs Ada Example",
        phase="primary",
    )


def test_the_file_is_read_as_windows_1252_where_it_is_no_utf_8(tmp_path: Path) -> None:
    text = GIAS.read_text(encoding="utf-8")
    path = written(tmp_path, "raw.csv", text.replace("\n", "\r\n").encode("cp1252"))
    assert read_register(path) == read_register(GIAS)
    assert "St Thomas à Becket Catholic School" in [school.name for school in read_register(path)]


def test_gzip_and_zip_are_undone(tmp_path: Path) -> None:
    raw = GIAS.read_bytes()
    squeezed = written(tmp_path, "a.csv.gz", gzip.compress(raw))
    packed = written(tmp_path, "b.zip", zipped(academies=raw[:400].rsplit(b"\n", 1)[0], all=raw))
    assert read_register(squeezed) == read_register(packed) == read_register(GIAS)


def test_closed_schools_are_left_out_unless_asked_for() -> None:
    assert "Bygone School" not in [s.name for s in read_register(GIAS)]
    assert "Bygone School" in [s.name for s in read_register(GIAS, closed=True)]


def test_a_school_proposed_to_close_is_open() -> None:
    assert "Waning Primary School" in [s.name for s in read_register(GIAS)]


def test_columns_may_be_more_and_in_another_order(tmp_path: Path) -> None:
    path = written(tmp_path, "few.csv", b"Extra,EstablishmentName,URN\nx,Oakfield School,900001\n")
    assert [(s.urn, s.name) for s in read_register(path)] == [("900001", "Oakfield School")]


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


@pytest.mark.parametrize(
    ("name", "says"), [("none.csv", "it is not there. Check the name."), (".", "it is a folder.")]
)
def test_a_file_that_cannot_be_opened_is_told_in_words(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(RegisterError, match="cannot be read") as told:
        read_register(tmp_path / name)
    assert says in str(told.value)
    assert "Errno" not in str(told.value)


@pytest.mark.parametrize(
    ("file", "nation", "first"),
    [
        ("wales.csv", "wales", ("9002001", "Ysgol Cwm Elain", "Pont Elain")),
        ("scotland.csv", "scotland", ("9003001", "Glenlarch Primary School", "Inverlarch")),
        ("northern_ireland.csv", "northern_ireland", ("9AB-0001", "Larchmore Primary School", "Ballylarch")),
    ],
)
def test_the_lists_of_the_other_nations_are_read(file: str, nation: str, first: tuple[str, str, str]) -> None:
    school = read_register(FIXTURES / file)[0]
    assert (school.urn, school.name, school.town) == first
    assert school.nation == nation


@pytest.mark.parametrize(
    ("website", "bare"),
    [
        ("http://www.oakfield.example.org/home", "oakfield.example.org"),
        ("OAKFIELD.example.org", "oakfield.example.org"),
        ("", None),
        ("none", None),
        ("http://[", None),
    ],
)
def test_the_website_is_brought_to_its_host(website: str, bare: str | None) -> None:
    assert host(website) == bare


def test_aliases_are_the_short_forms_people_use() -> None:
    school = read_register(GIAS)[0]
    assert propose_aliases(school, read_register(GIAS)) == ("Oakfield Primary", "Oakfield Upper Larkham")
    grammar = School("900009", "Queen Osyth's Grammar School", town="Northvale")
    assert "QOGS Northvale" in propose_aliases(grammar)


def test_namesakes_are_the_same_core_elsewhere_nearest_first() -> None:
    register = read_register(GIAS)
    found = propose_namesakes(register[0], register)
    assert [(n.name, n.place) for n in found] == [
        ("Oakfield Academy", "Northvale, Loamshire"),
        ("Oakfield Primary School", "Farthing, Arden"),
    ]


@pytest.mark.corpus
def test_the_published_files_are_read_whole() -> None:
    schools = read_register(corpus_path("gias", "schools.csv.gz"))
    raw = read_register(corpus_path("gias", "sample_raw.csv"))
    assert len(schools) == 22_010
    assert raw[0] == schools[0]
    assert len(read_register(corpus_path("gias", "wales.csv.gz"))) == 1_449
    assert len(read_register(corpus_path("gias", "schools_other.csv.gz"), closed=True)) == 30_210
