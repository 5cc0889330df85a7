"""The first hour of a technician: from the command that installs it to finds, and a watch that runs.

Played at a terminal of 80 columns, in a folder that holds nothing but the register. Every service is a
stand-in behind a proxy (`support.stand_ins`), with an authority of its own; nothing of the program knows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import pytest
from support.stand_ins import REGISTERS, Town, town
from support.technician import Technician

MOST_LINES = 12
INSTALL = "pip install -c constraints.txt ."
BOARDS = (
    "https://forum.northvale-talk.example.org/forums/local.4/",
    "https://www.northvale-life.example.org/",
)
ANSWERS = {
    r"words of its name": "oakfield northvale",
    r"every site": "office@oakfield.example.sch.uk",
    r"The head: name": "= head@oakfield.example.sch.uk",
    r"safeguarding lead.*: name": "Mr Joss Field, field@oakfield.example.sch.uk",
    r"chair of governors: name": "Ms Tamsin Vale, vale@oakfield.example.sch.uk",
    r"not about you": "",
    r"Boards, town sites": " ".join(BOARDS),
}
RIGHT = (
    "Hundreds join Oakfield Primary lantern walk",
    "Clubs at Oakfield Primary, Northvale, to change next term",
    "Parents of Oakfield Primary ask for a crossing patrol on Larch Road",
)
SHOWN = (
    *RIGHT,
    "Lovely evening at the Oakfield Primary lantern walk",
    "Lanterns on Larch Road",
    "The dinners at Oakfield Primary School in Northvale",
    "New phonics scheme at Oakfield Primary",
)
"""What is right to be shown of what the town has said."""
OF_THE_NAMESAKE = "Burst pipe closes Oakfield Primary in Hexley"


@dataclass
class Hour:
    """What was played: who typed, in which town, and what each command showed."""

    alex: Technician
    northvale: Town
    config: str
    asked_by_init: list[str]
    init: str
    doctor: tuple[int, str]
    scan: tuple[int, str]
    status: str

    @property
    def sources(self) -> dict[str, dict[str, str]]:
        return {one["id"]: one for one in tomllib.loads(self.config)["sources"]}

    def stored(self, relevance: str) -> set[str]:
        """The titles in the store of what is that much about the school."""
        found = (
            "SELECT v.title FROM mention_versions v JOIN matches m USING (mention_id) WHERE m.relevance = ?"
        )
        with duckdb.connect(str(self.alex.home / "schoolgate" / "schoolgate.duckdb"), read_only=True) as con:
            return {title for (title,) in con.execute(found, [relevance]).fetchall()}


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hour]:
    folder = tmp_path_factory.mktemp("technician")
    (folder / "edubasealldata.csv").write_bytes(REGISTERS["england"].read_bytes())
    file = folder / "schoolgate" / "schoolgate.toml"
    with town(datetime.now(UTC), folder) as northvale:
        alex = Technician(folder, ANSWERS)
        alex.lines.append(INSTALL)
        way = f"--proxy {northvale.proxy_url} --ca-file town-ca.pem"
        _, init = alex.types(f"schoolgate init --register edubasealldata.csv {way}")
        config, asked = file.read_text(), list(northvale.asked)
        doctor = alex.types("schoolgate doctor")
        scan = alex.types("schoolgate scan")
        with alex.leaves_running("schoolgate serve", "serves"):
            _, status = Technician(folder).types("schoolgate status")
        assert file.read_text() == config, "somebody had to edit the file"
        yield Hour(alex, northvale, config, asked, init, doctor, scan, status)


def flat(shown: str) -> str:
    """The words on the screen, however they were wrapped."""
    return " ".join(shown.split())


def test_twelve_lines_lead_from_nothing_to_a_watch_that_runs(hour: Hour) -> None:
    assert len(hour.alex.lines) <= MOST_LINES, "\n".join(hour.alex.lines)
    assert "The service runs" in hour.status


def test_three_right_finds_are_shown_before_anything_is_kept(hour: Hour) -> None:
    assert sum(title in flat(hour.init) for title in SHOWN) >= 3
    assert hour.init.count("about you ·") >= 3


def test_the_namesakes_news_is_never_shown_as_ours(hour: Hour) -> None:
    assert "arden-observer" not in hour.init
    assert OF_THE_NAMESAKE not in hour.alex.screen
    assert hour.stored("not_about") >= {OF_THE_NAMESAKE}


def test_the_first_scan_stores_what_was_shown(hour: Hour) -> None:
    code, shown = hour.scan
    assert code == 0, shown
    assert hour.stored("about") >= set(RIGHT)


@pytest.mark.parametrize("place", ["google-news-1", "google-news-2"])
def test_a_place_that_closes_itself_to_programs_is_off_and_says_why(hour: Hour, place: str) -> None:
    assert "robots.txt" in hour.sources[place]["disabled"]


def test_a_town_site_that_refuses_programs_is_not_watched_and_the_reason_is_said(hour: Hour) -> None:
    assert "northvale-life" in hour.init
    assert not any("northvale-life" in s["url"] and not s.get("disabled") for s in hour.sources.values())


def test_the_board_that_was_given_by_its_address_is_watched(hour: Hour) -> None:
    boards = [one for one in hour.sources.values() if "northvale-talk" in one["url"]]
    assert len(boards) == 1
    assert not boards[0].get("disabled")


def test_what_is_switched_off_is_not_asked_at_all(hour: Hour) -> None:
    assert hour.northvale.asked_of("www.reddit.com") == []


def test_every_site_is_asked_politely(hour: Hour) -> None:
    assert hour.northvale.impolite == []
    assert {"office@oakfield.example.sch.uk" in agent for agent in hour.northvale.agents} == {True}
    pages = [
        url for url in hour.asked_by_init if "oakfield.example.sch.uk" not in url and "robots" not in url
    ]
    assert len(pages) == len(set(pages)), "asked twice while it was set up"


def test_the_doctor_names_one_thing_to_do_next_with_its_command(hour: Hour) -> None:
    _, shown = hour.doctor
    assert shown.startswith("Next: No mail server")
    assert shown.count("Next: ") == 1
    assert "schoolgate set mail" in shown
