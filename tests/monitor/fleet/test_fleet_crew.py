"""Who belongs to a fleet: its homes, their schools, and which writer is whose."""

from __future__ import annotations

import pickle

import pytest
from builders.fleet_engine import SITE
from support.fleet_site import SCHOOLS, written_down

from monitor.fleet.crew import members, stations, writers
from monitor.fleet.engines.base import Stage
from monitor.fleet.settings import load

RAY = '[engine]\nkind = "ray"\naddress = "head:6379"\nwriters = 3\n'


@pytest.fixture
def fleet(tmp_path):
    return written_down(tmp_path, SITE)


def test_all_homes_belong_to_it_in_the_order_of_its_file(fleet):
    assert [home.name for home in members(fleet).homes] == list(SCHOOLS)


def test_a_home_whose_file_has_a_fault_is_left_out_and_told(fleet):
    (fleet.folder / "homes" / "hexley" / "schoolgate.toml").write_text("nonsense = [", encoding="utf-8")
    found = members(fleet)
    assert [home.name for home in found.homes] == ["oakfield", "larch"]
    assert list(found.faults) == ["hexley"]


def test_a_home_whose_file_names_what_is_another_homes_is_left_out_and_told(fleet):
    path = fleet.folder / "homes" / "hexley" / "schoolgate.toml"
    path.write_text(f'{path.read_text()}[network]\nca_file = "../larch/schoolgate.toml"\n')
    assert list(members(fleet).faults) == ["hexley"]


def test_a_home_without_a_file_is_left_out_and_told(fleet):
    (fleet.folder / "homes" / "hexley" / "schoolgate.toml").unlink()
    assert list(members(fleet).faults) == ["hexley"]


def test_what_a_home_that_is_left_out_watches_is_watched_by_the_others_alone(fleet):
    (fleet.folder / "homes" / "hexley" / "schoolgate.toml").write_text("nonsense = [", encoding="utf-8")
    watched = {watch.home for place in members(fleet).places for watch in place.watches}
    assert watched == {"oakfield", "larch"}


def test_a_school_of_two_homes_is_there_once_and_is_both_homes(fleet):
    homes = fleet.folder / "homes"
    told = (homes / "hexley" / "schoolgate.toml").read_text(encoding="utf-8").partition("[[people]]")
    path = homes / "larch" / "schoolgate.toml"
    path.write_text(told[0] + path.read_text(encoding="utf-8"), encoding="utf-8")
    found = members(fleet)
    assert found.homes_of[SCHOOLS["hexley"][0]] == ("hexley", "larch")
    assert len(found.schools) == 3


def test_a_home_has_one_writer_whatever_other_homes_there_are(tmp_path):
    fleet = written_down(tmp_path, SITE, "[engine]\nwriters = 4\n")
    before = {home: writers(fleet)(home) for home in SCHOOLS}
    path = fleet.path
    more = '[[homes]]\nname = "new"\nfolder = "homes/new"\n'
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert {home: writers(load(path))(home) for home in SCHOOLS} == before


def test_a_writer_is_on_the_machine_where_its_homes_lie(tmp_path):
    fleet = written_down(tmp_path, SITE, RAY, {"larch": "b", "hexley": "b"})
    station = stations(fleet, members(fleet))[Stage.SAVE]
    at = {home.name: station.machines[writers(fleet)(home.name)] for home in fleet.homes}
    assert at == {"oakfield": "", "larch": "b", "hexley": "b"}


def test_writers_stay_where_the_homes_are_and_the_others_need_not(fleet):
    made = stations(fleet, members(fleet))
    assert {stage for stage, station in made.items() if station.stays} == {Stage.SAVE}


def test_what_makes_a_worker_may_be_sent_to_another_process(fleet):
    for station in stations(fleet, members(fleet)).values():
        assert callable(pickle.loads(pickle.dumps(station)).make())


def test_a_school_that_two_homes_describe_is_known_by_what_either_says(fleet):
    for home, name, alias in (
        ("oakfield", "Oakfield Primary School", "Oakie"),
        ("larch", "Oak Lane", "The Oak"),
    ):
        path = fleet.folder / "homes" / home / "schoolgate.toml"
        path.write_text(f'[[schools]]\nurn = "900001"\nname = "{name}"\naliases = ["{alias}"]\n')
    school = members(fleet).schools["900001"]
    assert school.name == "Oakfield Primary School"
    assert school.aliases == ("Oakie", "The Oak", "Oak Lane")
