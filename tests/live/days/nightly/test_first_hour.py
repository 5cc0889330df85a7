"""The first hour of a technician: from the command that installs it to finds, and a watch that runs.

Played at a terminal of 80 columns, in a folder that holds nothing but the register. Every service is a
stand-in behind a proxy (`support.stand_ins`), with an authority of its own; nothing of the program knows.
"""

import tomllib

import duckdb
import pytest
from support.first_hour import Hour, play

MOST_LINES = 8
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


def test_eight_lines_lead_from_nothing_to_a_watch_that_runs(hour: Hour) -> None:
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


def test_what_closes_itself_to_programs_is_off_and_says_why(hour: Hour) -> None:
    there = sources(hour)
    for place in ("google-news-1", "google-news-2"):
        assert "robots.txt" in there[place]["disabled"]
    assert hour.northvale.asked_of("www.reddit.com") == []


def test_every_site_is_asked_politely(hour: Hour) -> None:
    assert hour.northvale.impolite == []
    assert any("office@oakfield.example.sch.uk" in agent for agent in hour.northvale.agents)
    pages = [url for url in hour.asked_by_init if "robots" not in url]
    assert len(pages) == len(set(pages)), "asked twice while it was set up"


def test_the_doctor_names_one_thing_to_do_next_with_its_command(hour: Hour) -> None:
    _, shown = hour.doctor
    assert shown.startswith("Next: No mail server")
    assert shown.count("Next: ") == 1
    assert "the desk’s page /setup/mail" in " ".join(shown.split())
