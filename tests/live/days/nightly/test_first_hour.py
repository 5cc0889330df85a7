"""The first hour of a technician: from the command that installs it to finds, and a watch that runs.

Played at a terminal of 80 columns, in a folder that holds nothing but the register. Every service is a
stand-in behind a proxy (`support.stand_ins`), with an authority of its own; nothing of the program knows.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from support import hurried
from support.checkout import ROOT
from support.first_hour import Hour, play
from support.stand_ins import REGISTERS, Town, town
from support.technician import Technician

MOST_LINES = 15  # twelve, and Enter for a second way to reach IT, the school's hours and what a board is
RIGHT = (
    "Hundreds join Oakfield Primary lantern walk",
    "Clubs at Oakfield Primary, Northvale, to change next term",
    "Parents of Oakfield Primary ask for a crossing patrol on Larch Road",
)
SHOWN = (
    *RIGHT, "Lovely evening at the Oakfield Primary lantern walk", "Lanterns on Larch Road",
    "The dinners at Oakfield Primary School in Northvale", "New phonics scheme at Oakfield Primary",
)  # fmt: skip
"""What is right to be shown of what the town has said."""
OF_THE_NAMESAKE = "Burst pipe closes Oakfield Primary in Hexley"


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Hour:
    return play(tmp_path_factory.mktemp("technician"))


def sources(hour: Hour) -> dict[str, dict[str, str]]:
    return {one["id"]: one for one in tomllib.loads(hour.config)["sources"]}


def stored(hour: Hour, relevance: str) -> set[str]:
    """The titles in the store of what is that much about the school."""
    found = "SELECT v.title FROM mention_versions v JOIN matches m USING (mention_id) WHERE m.relevance = ?"
    with duckdb.connect(str(hour.alex.home / "schoolgate" / "schoolgate.duckdb"), read_only=True) as con:
        return {title for (title,) in con.execute(found, [relevance]).fetchall()}


def test_twelve_lines_lead_from_nothing_to_a_watch_that_runs(hour: Hour) -> None:
    assert len(hour.alex.lines) <= MOST_LINES, "\n".join(hour.alex.lines)
    assert "The service runs" in hour.status


def test_three_right_finds_are_shown_before_anything_is_kept(hour: Hour) -> None:
    assert sum(title in " ".join(hour.init.split()) for title in SHOWN) >= 3
    assert hour.init.count("about you ·") >= 3


def test_the_namesakes_news_is_never_shown_as_ours(hour: Hour) -> None:
    assert "arden-observer" not in hour.init
    assert OF_THE_NAMESAKE not in hour.alex.screen
    assert stored(hour, "not_about") >= {OF_THE_NAMESAKE}


def test_the_first_scan_stores_what_was_shown(hour: Hour) -> None:
    code, shown = hour.scan
    assert code == 0, shown
    assert stored(hour, "about") >= set(RIGHT)


def test_what_closes_itself_to_programs_is_off_and_says_why_and_a_board_that_was_given_is_watched(
    hour: Hour,
) -> None:
    there = sources(hour)
    for place in ("google-news-1", "google-news-2"):
        assert "robots.txt" in there[place]["disabled"]
    assert "northvale-life" in hour.init
    assert not any("northvale-life" in s["url"] and not s.get("disabled") for s in there.values())
    assert [one.get("disabled") for one in there.values() if "northvale-talk" in one["url"]] == [None]
    assert hour.northvale.asked_of("www.reddit.com") == []


def test_every_site_is_asked_politely(hour: Hour) -> None:
    assert hour.northvale.impolite == []
    assert {"office@oakfield.example.sch.uk" in agent for agent in hour.northvale.agents} == {True}
    pages = [url for url in hour.asked_by_init if "robots" not in url]
    assert len(pages) == len(set(pages)), "asked twice while it was set up"


def test_the_doctor_names_one_thing_to_do_next_with_its_command(hour: Hour) -> None:
    _, shown = hour.doctor
    assert shown.startswith("Next: No mail server")
    assert shown.count("Next: ") == 1
    assert "schoolgate mail setup" in shown


def test_the_picture_of_the_first_finds_shows_those_of_this_hour(hour: Hour) -> None:
    """But for the dates, and what a busy machine had no time for: nine lines of ten."""
    svg = (ROOT / "docs" / "first-finds.svg").read_text(encoding="utf-8")
    drawn = _normal(html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", svg, flags=re.DOTALL)))
    finds = hour.init.replace("\r", "").partition("\nThe first finds:\n")[2].partition("\nWhich of these")[0]
    lines = [line for line in finds.splitlines() if line.strip()]
    assert "about you" in finds
    strange = [line for line in lines if _normal(line) not in drawn]
    assert len(strange) * 10 <= len(lines), strange


def _normal(line: str) -> str:
    line = re.sub(r"\d+", "0", "".join(line.replace("\u00a0", " ").split()))
    return re.sub(r"0(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)·", "…", line)


# In another nation, at a nursery that is in no register, for a trust of six academies.
OF_NATIONS = {
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
MOST_LINES_THERE = 14  # twelve, and Enter for a second way to reach IT and for the school's hours
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
    asks: str = ""


SCHOOLS = {
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


TRUST = School(
    "",
    {
        r"every site": "office@lanterntrust.example.org",
        r"central team": "Dr June Outline, trust@lanterntrust.example.org",
    },
    (
        "Hollin Bank Academy opens a garden for the over-seventies",
        "Marsh End Academy pupils celebrate reading prize in Marsham",
        "Parents unhappy with cold dinners at Pike Hill Academy, Marsham",
    ),
    "england",
    asks='--trust "Lantern Learning Trust" ',
)
PLAYED = SCHOOLS | {"trust": TRUST}


@dataclass
class Setup:
    """One school that was set up: what was typed and shown, where, and the file."""

    alex: Technician
    here: Town
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
            for name, school in PLAYED.items()
        }
        return {name: one.result() for name, one in begun.items()}


def _played(school: School, here: Town, folder: Path) -> Setup:
    alex = Technician(folder, {**OF_NATIONS, **school.answers}, code=hurried.CODE)
    asks = school.asks + (f"--register {REGISTERS[school.register]} " if school.register else "")
    _, shown = alex.types(f"schoolgate init {asks}--proxy {here.proxy_url} --ca-file {here.ca_file}")
    file = folder / "schoolgate" / "schoolgate.toml"
    return Setup(alex, here, shown, tomllib.loads(file.read_text("utf-8")))


@pytest.mark.parametrize("name", PLAYED)
def test_three_right_finds_are_shown(set_up: dict[str, Setup], name: str) -> None:
    shown = " ".join(set_up[name].shown.split())
    assert sum(title in shown for title in PLAYED[name].right) >= 3, set_up[name].shown


@pytest.mark.parametrize(("name", "nation"), [("scotland", "scotland"), ("nursery", "england")])
def test_its_number_and_places_are_in_the_file_and_those_that_refuse_programs_are_off(
    set_up: dict[str, Setup], name: str, nation: str
) -> None:
    (entry,) = set_up[name].config["schools"]
    assert (entry["urn"], entry["nation"]) == (SCHOOLS[name].urn, nation)
    sources = set_up[name].sources
    on = {key for key in SCHOOLS[name].places if key in sources and not sources[key].get("disabled")}
    assert on == set(SCHOOLS[name].places)
    assert all("robots.txt" in sources[key]["disabled"] for key in SCHOOLS[name].off)


def test_twelve_lines_are_enough_and_a_councils_website_is_no_schools_domain(
    set_up: dict[str, Setup],
) -> None:
    scotland = set_up["scotland"]
    assert len(scotland.alex.lines) + BESIDE <= MOST_LINES_THERE, scotland.alex.lines
    (entry,) = scotland.config["schools"]
    assert "domain" not in entry
    assert scotland.sources["our-website"]["url"].rstrip("/").endswith("/glenlarch")


NUMBERS = {f"90011{n}" for n in range(1, 7)}


def test_five_lines_set_up_all_six_of_a_trust_and_its_central_team_once(set_up: dict[str, Setup]) -> None:
    trust = set_up["trust"]
    assert len([line for line in trust.alex.lines if line]) <= 3, trust.alex.lines
    assert len(trust.alex.lines) <= 7, trust.alex.lines  # three lines, and “Enter” for the rest
    assert {school["urn"] for school in trust.config["schools"]} == NUMBERS
    assert [central["roles"] for central in trust.config["people"]] == [["trust_contact"]]
    assert trust.here.impolite == []


def test_the_trusts_website_is_no_schools_domain_and_each_search_is_for_one_of_them(
    set_up: dict[str, Setup],
) -> None:
    """And none is on that its site closes."""
    config = set_up["trust"].config
    (shared,) = (one for one in config["sources"] if "lanterntrust.example.org" in one["url"])
    assert (shared["schools"], shared.get("disabled")) == (["trust"], None)
    assert not any("domain" in school for school in config["schools"])
    searches = [one for one in config["sources"] if one["id"].startswith("bing-news")]
    assert {tuple(one["schools"]) for one in searches} == {(number,) for number in NUMBERS}
    closed = [one for one in config["sources"] if "news.google.com" in one["url"]]
    assert [one["id"] for one in closed if not one.get("disabled")] == []
