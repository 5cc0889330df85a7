"""`schoolgate fleet add`: homes are written into fleet.toml, or nothing is."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from builders.config import SCHOOL
from builders.config import write as write_home
from builders.fleet import HOME, RAY, write
from support.every_command import ended

from monitor.fleet.settings import load

CONTACT = ("--contact", "fleet@example.org")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return tmp_path / "fleet"


def a_home(folder: Path, urn: str = "900001") -> Path:
    folder.mkdir(parents=True)
    write_home(folder, SCHOOL.replace("900001", urn))
    return folder


def run(fleet: Path, *words: str | Path, typed: str = "") -> tuple[int, str, str]:
    return ended(["fleet", "add", *map(str, words), "--fleet", str(fleet)], typed)


def homes(fleet: Path) -> list[tuple[str, Path]]:
    return [(home.name, home.folder) for home in load(fleet / "fleet.toml").homes]


def test_the_first_home_makes_the_file_for_its_owner_alone(fleet: Path) -> None:
    home = a_home(fleet / "homes" / "brightwater")
    code, out, _ = run(fleet, home, *CONTACT)
    assert code == 0
    path = fleet / "fleet.toml"
    assert path.read_text() == (
        "# Homes that are collected together. What each key means: schoolgate docs fleet\n"
        'contact = "fleet@example.org"\n\n[[homes]]\nname = "brightwater"\nfolder = "homes/brightwater"\n'
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert out == (
        "Written to fleet.toml: brightwater, with 1 school. Homes in all: 1.\n"
        f"Next, see that all is in order: schoolgate fleet doctor --fleet {fleet}\n"
    )


def test_a_folder_is_made_for_a_new_fleet_that_nobody_else_may_look_into(fleet: Path, tmp_path: Path) -> None:
    run(fleet, a_home(tmp_path / "brightwater"), *CONTACT)
    assert stat.S_IMODE(fleet.stat().st_mode) == 0o700
    assert homes(fleet) == [("brightwater", tmp_path / "brightwater")]


def test_who_answers_for_a_new_fleet_is_asked_for(fleet: Path, tmp_path: Path) -> None:
    code, out, _ = run(fleet, a_home(tmp_path / "a"), typed="nobody\nfleet@example.org\n")
    assert code == 0
    assert "“nobody” is neither. Write, for example: fleet@authority.example.org" in out
    assert load(fleet / "fleet.toml").contact == "fleet@example.org"


def test_another_home_comes_after_those_that_are_there_and_comments_stay(tmp_path: Path) -> None:
    path = write(tmp_path, "# ours\n" + HOME + "# the trust\n\n[[places]] # a paper\n" + PLACE_KEYS)
    code, _, _ = run(tmp_path, a_home(tmp_path / "hexley"), "--name", "hexley-primary")
    assert code == 0
    block = '\n[[homes]]\nname = "hexley-primary"\nfolder = "hexley"\n'
    assert (
        path.read_text()
        == "# ours\n" + HOME + "# the trust\n" + block + "\n[[places]] # a paper\n" + PLACE_KEYS
    )


PLACE_KEYS = 'id = "gazette"\nkind = "feed"\nurl = "https://example.org/feed.xml"\n'


def test_many_homes_are_added_at_once(fleet: Path, tmp_path: Path) -> None:
    new = [a_home(tmp_path / f"school {n}!", f"90000{n}") for n in range(3)]
    code, out, _ = run(fleet, *new, *CONTACT)
    assert code == 0
    assert homes(fleet) == [(f"school-{n}", new[n]) for n in range(3)]
    assert "Written to fleet.toml: school-0, school-1, school-2, with 3 schools. Homes in all: 3." in out


def test_a_home_that_is_there_is_not_written_twice(fleet: Path, tmp_path: Path) -> None:
    home = a_home(tmp_path / "a")
    run(fleet, home, *CONTACT)
    before = (fleet / "fleet.toml").read_bytes()
    code, out, _ = run(fleet, home)
    assert (code, out) == (0, f"{home} is in the fleet already, as a.\nNothing was changed.\n")
    assert (fleet / "fleet.toml").read_bytes() == before


def test_a_folder_without_a_file_is_refused_with_the_command_that_writes_one(
    fleet: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    code, _, err = run(fleet, tmp_path / "empty", *CONTACT)
    assert code == 2
    empty = tmp_path / "empty"
    assert f"{empty} has no schoolgate.toml. To write one: schoolgate init --home {empty}" in err
    assert not fleet.exists()


def test_a_home_whose_file_has_faults_is_refused_with_all_of_them(fleet: Path, tmp_path: Path) -> None:
    good, bad = a_home(tmp_path / "good"), a_home(tmp_path / "bad")
    write_home(bad, SCHOOL.replace('"900001"', "1") + "heed = 1\n")
    code, _, err = run(fleet, good, bad, *CONTACT)
    assert code == 2
    assert f"{bad}: schoolgate.toml, [[schools]] number 1, “urn” (line 2): 1 must be text in quotes." in err
    assert "1 more fault below. Nothing was changed." in err
    assert not fleet.exists()


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("other", ["--name", "Brightwater"], "--name: “Brightwater” is the name of number 1 too."),
        ("other", ["--name", "a/b"], "--name: “a/b” is not a home's name"),
        ("homes/brightwater/x", [], "FOLDER: lies in the folder of number 1."),
        (".", ["--name", "x"], "FOLDER: the fleet's own things lie in it."),
        ("other", ["--contact", "nobody"], "--contact: “nobody” is not an e-mail address"),
    ],
)
def test_what_the_rules_of_the_file_refuse_is_said_of_the_option(
    tmp_path: Path, name: str, words: list[str], told: str
) -> None:
    path = write(tmp_path, HOME)
    (tmp_path / name).mkdir(parents=True, exist_ok=True)
    write_home(tmp_path / name, SCHOOL)
    code, _, err = run(tmp_path, tmp_path / name, *words)
    assert code == 2
    assert told in err
    assert "Nothing was changed." in err
    assert path.read_text() == HOME


def test_the_rules_hold_for_a_first_file_too(fleet: Path, tmp_path: Path) -> None:
    code, _, err = run(fleet, a_home(tmp_path / "a"), "--contact", "nobody")
    assert (code, fleet.exists()) == (2, False)
    assert "--contact: “nobody” is not an e-mail address" in err


def test_a_file_with_faults_is_not_changed(tmp_path: Path) -> None:
    path = write(tmp_path, HOME + "x = 1\n")
    code, _, err = run(tmp_path, a_home(tmp_path / "a"))
    assert code == 2
    assert "“x” (line 4): there is no such key here." in err
    assert path.read_text() == HOME + "x = 1\n"


def test_a_number_that_two_homes_have_is_warned_of(fleet: Path, tmp_path: Path) -> None:
    run(fleet, a_home(tmp_path / "a"), a_home(tmp_path / "b", "900002"), *CONTACT)
    code, out, _ = run(fleet, a_home(tmp_path / "c"))
    assert code == 0
    assert "URN 900001: in c and a, which would all be told. Keep it in one of them." in out


def test_a_home_on_another_machine_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, RAY + HOME)
    code, out, _ = run(tmp_path, "/srv/hexley", "--machine", "b")
    assert code == 0
    assert "Not looked at, since it lies on b: see there that it is in order." in out
    found = load(tmp_path / "fleet.toml").homes[-1]
    assert (found.name, found.folder, found.machine) == ("hexley", Path("/srv/hexley"), "b")


def test_there_are_other_machines_with_ray_alone(tmp_path: Path) -> None:
    write(tmp_path, HOME)
    code, _, err = run(tmp_path, "/srv/hexley", "--machine", "b")
    assert code == 2
    assert "--machine: is for the engine “ray”." in err


def test_a_folder_on_another_machine_is_given_whole(tmp_path: Path) -> None:
    write(tmp_path, RAY + HOME)
    code, _, err = run(tmp_path, "homes/hexley", "--machine", "b")
    assert (code, err) == (
        2, "homes/hexley: a folder on another machine is given by its whole path there.\n"
    )  # fmt: skip


def test_one_name_is_for_one_home(fleet: Path, tmp_path: Path) -> None:
    code, _, err = run(fleet, a_home(tmp_path / "a"), a_home(tmp_path / "b"), "--name", "x", *CONTACT)
    assert (code, err) == (2, "--name is for one home. Add the others by themselves.\n")
