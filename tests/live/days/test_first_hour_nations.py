"""The same first hour in Wales, Scotland and Northern Ireland, and at a nursery that is in no register."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import hurried
from support.stand_ins import REGISTERS, Town, town
from support.technician import Technician

ANSWERS = {
    r"every site": "office@school.example.org",
    r"The head: name": "Mrs Edie Placeholder, head@school.example.org",
    r"The manager: name": "Mrs Edie Placeholder, head@school.example.org",
    r"(?:DSL\)|DSP\)|co-ordinator|designated\s+teacher): name": "Mr Joss Field, field@school.example.org",
    r"(?:chair of governors|the\s+committee|for the school): name": "Ms Tamsin Vale, vale@school.example.org",
    r"second way to reach IT": "",
    r"school day begins": "",
    r"not about you": "",
    r"Boards, town sites": "",
}
MOST_LINES = 14  # twelve, and Enter for a second way to reach IT and for the school's hours
BESIDE = 4
"""What is typed beside `init` and its answers: the install, the doctor, the first scan, the service."""


@dataclass(frozen=True)
class School:
    """One that is set up: its register, what is answered to find it, and what is right to be shown of it."""

    urn: str
    answers: Mapping[str, str]
    right: tuple[str, ...]
    register: str = ""
    places: tuple[str, ...] = ("bing-news-1", "gdelt-1")
    off: tuple[str, ...] = ("google-news-1",)


SCHOOLS = {
    "wales": School(
        "9002001",
        {r"words of its name": "cwm elain"},
        (
            "Ysgol Cwm Elain choir goes to the Eisteddfod",
            "Pont Elain parents angry at loss of school bus to Ysgol Cwm Elain",
            "Mae côr Ysgol Cwm Elain wedi ennill yn yr Eisteddfod.",
            "Da iawn blant Ysgol Cwm Elain, Pont Elain!",
        ),
        "wales",
        places=("bing-news-1", "gdelt-1", "wikipedia", "wikipedia-cy", "mastodon-2"),
    ),
    "scotland": School(
        "9003001",
        {r"words of its name": "glenlarch"},
        (
            "Glenlarch Primary pipers open Inverlarch winter market",
            "Leaking roof at Glenlarch Primary, Inverlarch, to be mended",
            "Walking bus to Glenlarch Primary, Inverlarch, wins award",
        ),
        "scotland",
        places=("bing-news-1", "gdelt-1", "our-website"),
    ),
    "northern_ireland": School(
        "9AB0001",
        {r"words of its name": "larchmore"},
        (
            "Larchmore Primary choir sings at Ballylarch town hall",
            "Ballylarch families wait for places at Larchmore Primary",
            "Mural at Larchmore Primary, Ballylarch, is finished",
        ),
        "northern_ireland",
    ),
    "nursery": School(
        "own-little-acorns-day-nursery",
        {
            r"Register of schools": "",
            r"school's number": "",
            r"school's name": "Little Acorns Day Nursery",
            r"town or village": "Northvale",
            r"Its nation": "england",
        },
        (
            "Chicks hatch at Little Acorns Day Nursery in Northvale",
            "Fees at Little Acorns Day Nursery, Northvale, to rise by a tenth",
            "Little Acorns Day Nursery, Northvale, walks to the sea for the hospice",
        ),
    ),
}


@dataclass
class Setup:
    """One school that was set up: what was typed and shown, and the file."""

    alex: Technician
    shown: str
    config: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, dict[str, str]]:
        return {one["id"]: one for one in self.config["sources"]}


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Setup]:
    """All of them, two at a time, each at a terminal of its own."""
    with (
        town(datetime.now(UTC), tmp_path_factory.mktemp("authority")) as here,
        ThreadPoolExecutor(2) as hands,
    ):
        begun = {
            name: hands.submit(_played, school, here, tmp_path_factory.mktemp(name))
            for name, school in SCHOOLS.items()
        }
        return {name: one.result() for name, one in begun.items()}


def _played(school: School, here: Town, folder: Path) -> Setup:
    alex = Technician(folder, {**ANSWERS, **school.answers}, code=hurried.CODE)
    register = f"--register {REGISTERS[school.register]} " if school.register else ""
    _, shown = alex.types(f"schoolgate init {register}--proxy {here.proxy_url} --ca-file {here.ca_file}")
    file = folder / "schoolgate" / "schoolgate.toml"
    return Setup(alex, shown, tomllib.loads(file.read_text("utf-8")))


@pytest.mark.parametrize("name", SCHOOLS)
def test_three_right_finds_are_shown(set_up: dict[str, Setup], name: str) -> None:
    shown = " ".join(set_up[name].shown.split())
    assert sum(title in shown for title in SCHOOLS[name].right) >= 3, set_up[name].shown


@pytest.mark.parametrize("name", SCHOOLS)
def test_its_number_and_its_nation_are_in_the_file(set_up: dict[str, Setup], name: str) -> None:
    (entry,) = set_up[name].config["schools"]
    assert entry["urn"] == SCHOOLS[name].urn
    assert entry["nation"] == ("england" if name == "nursery" else name)


@pytest.mark.parametrize("name", SCHOOLS)
def test_its_places_are_on_and_those_that_refuse_programs_are_off(
    set_up: dict[str, Setup], name: str
) -> None:
    sources = set_up[name].sources
    assert {
        key for key in SCHOOLS[name].places if key in sources and not sources[key].get("disabled")
    } == set(SCHOOLS[name].places)
    assert all("robots.txt" in sources[key]["disabled"] for key in SCHOOLS[name].off)


@pytest.mark.parametrize("name", ["wales", "scotland", "northern_ireland"])
def test_twelve_lines_are_enough_with_the_nations_own_register(set_up: dict[str, Setup], name: str) -> None:
    assert len(set_up[name].alex.lines) + BESIDE <= MOST_LINES, set_up[name].alex.lines


def test_a_councils_website_is_no_schools_domain(set_up: dict[str, Setup]) -> None:
    (entry,) = set_up["scotland"].config["schools"]
    assert "domain" not in entry
    assert set_up["scotland"].sources["our-website"]["url"].rstrip("/").endswith("/glenlarch")
