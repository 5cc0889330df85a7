"""The same first hour for a trust of six academies that share a website: one line sets all of them up."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest
from support import hurried
from support.stand_ins import REGISTERS, Town, town
from support.technician import Technician

NUMBERS = {f"90011{n}" for n in range(1, 7)}
ANSWERS = {
    r"every site": "office@lanterntrust.example.org",
    r"central team": "Dr June Outline, trust@lanterntrust.example.org",
    r"second way to reach IT": "",
    r"school day begins": "",
    r"not about you": "",
    r"Boards, town sites": "",
}
RIGHT = (
    "Hollin Bank Academy opens a garden for the over-seventies",
    "Marsh End Academy pupils celebrate reading prize in Marsham",
    "Parents unhappy with cold dinners at Pike Hill Academy, Marsham",
)


class Trust:
    """What was typed, shown and written, and where it was played."""

    def __init__(self, alex: Technician, here: Town, shown: str) -> None:
        self.alex, self.here, self.shown = alex, here, shown
        text = (alex.home / "schoolgate" / "schoolgate.toml").read_text("utf-8")
        self.config = tomllib.loads(text)


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    folder = tmp_path_factory.mktemp("trust")
    (folder / "edubasealldata.csv").write_bytes(REGISTERS["england"].read_bytes())
    with town(datetime.now(UTC), folder) as here:
        alex = Technician(folder, ANSWERS, code=hurried.CODE)
        way = f"--proxy {here.proxy_url} --ca-file town-ca.pem"
        asks = 'schoolgate init --trust "Lantern Learning Trust" --register edubasealldata.csv'
        _, shown = alex.types(f"{asks} {way}")
        return Trust(alex, here, shown)


def test_five_lines_set_up_all_six(trust: Trust) -> None:
    assert len([line for line in trust.alex.lines if line]) <= 3, trust.alex.lines
    assert len(trust.alex.lines) <= 7, trust.alex.lines  # three lines, and “Enter” for the rest
    assert {school["urn"] for school in trust.config["schools"]} == NUMBERS


def test_three_right_finds_are_shown(trust: Trust) -> None:
    shown = " ".join(trust.shown.split())
    assert [title for title in RIGHT if title not in shown] == [], trust.shown


def test_the_website_they_share_is_the_trusts_place_and_no_schools_domain(trust: Trust) -> None:
    shared = [one for one in trust.config["sources"] if "lanterntrust.example.org" in one["url"]]
    assert [one["schools"] for one in shared] == [["trust"]]
    assert not shared[0].get("disabled")
    assert not any("domain" in school for school in trust.config["schools"])


def test_each_search_is_for_one_of_them_and_finds_are_about_that_one(trust: Trust) -> None:
    searches = [one for one in trust.config["sources"] if one["id"].startswith("bing-news")]
    assert {tuple(one["schools"]) for one in searches} == {(number,) for number in NUMBERS}


def test_no_search_is_left_on_that_its_site_closes_to_programs(trust: Trust) -> None:
    closed = [one for one in trust.config["sources"] if "news.google.com" in one["url"]]
    assert [one["id"] for one in closed if not one.get("disabled")] == []


def test_the_central_team_is_named_once(trust: Trust) -> None:
    (central,) = trust.config["people"]
    assert central["roles"] == ["trust_contact"]


def test_every_site_is_asked_politely(trust: Trust) -> None:
    assert trust.here.impolite == []
