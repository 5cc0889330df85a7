"""`schoolgate fleet doctor`: what it finds in a fleet that is well, and in one where something is wrong."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders.config import SCHOOL
from builders.config import write as write_home
from builders.fleet import PLACE, write
from builders.home import a_migrated_store
from builders.trust import ACADEMIES, a_register
from support.command_call import called
from support.documents import content
from support.every_command import ended

from data.store.engine import leases
from data.store.engine.leases import Lease
from data.store.shelf import SegmentShelf
from monitor.cli.commands.fleet.app import fleet_doctor
from monitor.config.settings import DEFAULT_LISTEN
from monitor.fleet import progress
from monitor.fleet.progress import FleetProgress, HomeProgress
from monitor.home import wiring
from monitor.service.state import holder
from monitor.setup.doctor.findings import Finding, Level, ok
from monitor.setup.doctor.fleet_file import examine

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TOP = (
    'contact = "fleet@example.org"\nregister_file = "register.csv"\n'
    'heartbeat_url = "https://beats.example.org/hush"\n'
)


def a_fleet(folder: Path, homes: int = 2, *, top: str = TOP, more: str = "") -> None:
    """One that is well, but that nobody serves it: each home has a school of the register."""
    a_register(folder)
    rows = []
    for n, name in enumerate("abcdefghijklmnopqrstuvwxyz"[:homes]):
        home = folder / "homes" / name
        home.mkdir(parents=True)
        home.chmod(0o700)
        write_home(home, SCHOOL.replace("900001", ACADEMIES[n % 6][0] if n < 6 else f"own-school-{n}"))
        rows.append(f'[[homes]]\nname = "{name}"\nfolder = "homes/{name}"\n')
    folder.chmod(0o700)
    write(folder, top + "".join(rows) + more)


def served(folder: Path, *homes: HomeProgress, **facts: Any) -> None:
    said = {"pid": os.getpid(), "machine": platform.node(), "started_at": NOW, "at": NOW, "engine": "local"}
    progress.write(folder, FleetProgress(**said | facts, homes=homes))


def examined(folder: Path, **env: str) -> list[Finding]:
    return examine(
        folder / "fleet.toml", env=env, now=NOW, sleep=lambda _: None, model=lambda: ok("model", "Whole.")
    )


def wrong(folder: Path, check: str, **env: str) -> list[tuple[Level, str]]:
    """What is not in order of that check."""
    return [
        (f.level, f.what) for f in examined(folder, **env) if f.check == check and f.level is not Level.OK
    ]


def test_of_a_fleet_that_is_well_there_is_nothing_to_put_right(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    served(tmp_path)
    assert [f.what for f in examined(tmp_path) if f.level is not Level.OK] == []


def test_nothing_is_changed_by_looking(tmp_path: Path) -> None:
    a_fleet(tmp_path, more=PLACE)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    examined(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_every_fault_of_the_file_is_a_finding(tmp_path: Path) -> None:
    a_fleet(tmp_path, more="[engine]\nkind = 'lokal'\nfetchers = 0\n")
    found = wrong(tmp_path, "configuration")
    assert [level for level, _ in found] == [Level.FAULT] * 2
    assert "“lokal” is not known here" in found[0][1]


def test_a_fleet_without_a_file_is_told_how_one_is_made(tmp_path: Path) -> None:
    (found,) = [f for f in examined(tmp_path / "none") if f.check == "configuration"]
    assert (found.level, found.remedy) == (Level.FAULT, "To write one")
    assert found.command == f"schoolgate fleet add FOLDER --fleet {tmp_path / 'none'}"


def test_a_home_with_faults_is_named_with_its_first_one_and_what_shows_the_rest(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    write_home(tmp_path / "homes" / "b", SCHOOL.replace('"900001"', "1") + "heed = 1\n")
    (found,) = [f for f in examined(tmp_path) if f.check == "homes"]
    assert found.level is Level.FAULT
    assert found.what.startswith("b is left out: schoolgate.toml, [[schools]] number 1, “urn” (line 2): ")
    assert found.what.endswith(" And 1 more.")
    assert found.command == f"schoolgate doctor --home {tmp_path / 'homes' / 'b'}"


def test_a_home_without_a_file_is_told_how_one_is_written(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    (tmp_path / "homes" / "b" / "schoolgate.toml").unlink()
    (found,) = [f for f in examined(tmp_path) if f.check == "homes"]
    assert (found.remedy, found.command) == (
        "To write one", f"schoolgate init --home {tmp_path / 'homes' / 'b'}"
    )  # fmt: skip


def test_of_many_homes_with_faults_ten_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    a_fleet(tmp_path, 15)
    for home in (tmp_path / "homes").iterdir():
        write_home(home, "heed = 1\n")
    found = wrong(tmp_path, "homes")
    assert len(found) == 11
    assert found[-1] == (Level.FAULT, "Left out too, for faults in their files: k, l, m and 2 more.")


def test_a_school_in_two_homes_is_warned_of(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    write_home(tmp_path / "homes" / "b", SCHOOL.replace("900001", ACADEMIES[0][0]))
    assert wrong(tmp_path, "homes") == [
        (Level.WARN, "URN 900101: in several homes, which are all told (a, b).")
    ]


def test_one_folder_under_two_names_is_a_fault(tmp_path: Path) -> None:
    a_fleet(tmp_path, 1, more='[[homes]]\nname = "b"\nfolder = "homes/b"\n')
    (tmp_path / "homes" / "b").symlink_to(tmp_path / "homes" / "a")
    assert (Level.FAULT, "One folder under two names: a and b.") in wrong(tmp_path, "homes")


def test_folders_that_others_may_look_into_are_named(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    served(tmp_path)
    for folder in (tmp_path, tmp_path / "homes" / "b"):
        folder.chmod(0o750)
    found = [f for f in examined(tmp_path) if f.level is not Level.OK]
    assert [f.check for f in found] == ["privacy", "privacy"]
    assert found[1].what == "Others on this machine may look into the folders of: b."
    assert found[1].command == f"chmod 700 {tmp_path / 'homes' / 'b'}"


@pytest.mark.parametrize(
    ("run_by", "told"),
    [
        (f"PID {os.getpid()} on {platform.node()}", True),
        ("PID 1 on elsewhere", True),
        (None, False),
    ],
    ids=["here", "on another machine", "by a process that is gone"],
)
def test_a_home_that_is_served_by_itself_is_known_by_its_lease(
    tmp_path: Path, run_by: str | None, told: bool, ended_pid: int
) -> None:
    a_fleet(tmp_path, 1)
    by = run_by or f"PID {ended_pid} on {platform.node()}"
    a_migrated_store(tmp_path / "homes" / "a")
    lease = Lease(holder.NAME, by, NOW, NOW + timedelta(minutes=1))
    with wiring.open_store(tmp_path / "homes" / "a").write("lease") as con:
        leases.take(con, lease)
    expected = (
        Level.WARN,
        f"A service of its own runs for a ({by}): it asks the same places, and sends the mails.",
    )
    assert wrong(tmp_path, "homes") == [expected] * told


def test_a_fleet_that_runs_knows_itself_which_homes_are_served_by_themselves(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    served(tmp_path, HomeProgress("a", held_by="PID 1 on x"), HomeProgress("b", held_by="PID 2 on x"))
    assert wrong(tmp_path, "homes") == [
        (Level.WARN, "Services of their own run for a, b: they ask the same places, and send the mails.")
    ]


@pytest.mark.parametrize("listen", ["", '[serve]\nlisten = "127.0.0.1:8500"\n'], ids=["the usual", "named"])
def test_pages_of_two_homes_at_one_address_are_a_fault(tmp_path: Path, listen: str) -> None:
    a_fleet(tmp_path, 3)
    for name in "ab":
        path = tmp_path / "homes" / name / "schoolgate.toml"
        path.write_text('base_url = "https://schoolgate.example.org"\n' + path.read_text() + listen)
    at = "127.0.0.1:8500" if listen else DEFAULT_LISTEN
    assert wrong(tmp_path, "pages") == [
        (Level.FAULT, f"The pages of a, b are all to be served at {at}, which only one can have.")
    ]


def test_homes_without_pages_share_no_address(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    for name in "ab":
        with (tmp_path / "homes" / name / "schoolgate.toml").open("a") as file:
            file.write('[serve]\nlisten = "127.0.0.1:8500"\n')
    assert wrong(tmp_path, "pages") == []


@pytest.mark.parametrize(
    ("check", "what"),
    [
        ("contact", "Sites are not told who to contact about our visits."),
        ("register", "No register: schools of the same name cannot be told apart well."),
    ],
)
def test_what_all_share_and_is_not_there_is_warned_of(tmp_path: Path, check: str, what: str) -> None:
    left = [line for line in TOP.splitlines(keepends=True) if not line.startswith(check)]
    a_fleet(tmp_path, top="".join(left))
    assert wrong(tmp_path, check) == [(Level.WARN, what)]


def test_a_register_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    a_fleet(tmp_path, top=TOP.replace("register.csv", "none.csv"))
    ((level, what),) = wrong(tmp_path, "register")
    assert level is Level.FAULT
    assert "none.csv" in what


def test_a_number_that_the_register_does_not_have_is_told_with_its_home(tmp_path: Path) -> None:
    a_fleet(tmp_path, 8)
    write_home(tmp_path / "homes" / "b", SCHOOL)
    assert wrong(tmp_path, "register") == [
        (Level.WARN, "Not among the open schools of register.csv: URN 900001 (of b).")
    ]


def test_a_place_for_many_schools_is_told_where_it_is_for_all_homes(tmp_path: Path) -> None:
    two = PLACE + PLACE.replace("gazette", "herald") + 'homes = ["a"]\n'
    a_fleet(tmp_path, 1, more=two)
    schools = "".join(SCHOOL.replace("900001", f"own-school-{n}") for n in range(51))
    write_home(tmp_path / "homes" / "a", schools)
    found = [f for f in examined(tmp_path) if f.check == "places"]
    assert [(f.level, f.what.partition(". ")[0]) for f in found] == [
        (Level.OK, "Asked for more than 50 schools: herald"),
        (Level.WARN, "Asked for the schools of all homes, more than 50: gazette"),
    ]
    assert all("handed to nobody" in f.what for f in found)


def test_shared_places_that_are_off_are_told(tmp_path: Path) -> None:
    a_fleet(tmp_path, more=PLACE + 'disabled = "asked us to stop"\n')
    assert wrong(tmp_path, "off") == [(Level.WARN, "gazette is off: asked us to stop.")]


def test_ray_that_is_not_installed_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.setup.doctor.fleet_file.find_spec", lambda name: None)
    a_fleet(tmp_path, more='[engine]\nkind = "ray"\n')
    assert wrong(tmp_path, "engine") == [(Level.FAULT, "The engine “ray” needs Ray, which is not installed.")]


@pytest.mark.parametrize(
    ("address", "levels"), [("10.0.0.1:6379", [Level.WARN]), ("127.0.0.1:6379", []), ("[::1]:6379", [])]
)
def test_a_cluster_that_others_may_reach_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, levels: list[Level]
) -> None:
    monkeypatch.setattr("monitor.setup.doctor.fleet_file.find_spec", lambda name: name)
    a_fleet(tmp_path, more=f'[engine]\nkind = "ray"\naddress = "{address}"\n')
    assert [level for level, _ in wrong(tmp_path, "engine")] == levels


def test_homes_on_other_machines_are_named_and_not_looked_at(tmp_path: Path) -> None:
    away = '[[homes]]\nname = "z"\nfolder = "/nowhere/z"\nmachine = "b"\n[engine]\nkind = "ray"\n'
    a_fleet(tmp_path, 1, more=away)
    found = [f.what for f in examined(tmp_path) if f.check == "homes"]
    assert "On other machines, and not looked at from here: z." in found
    assert wrong(tmp_path, "homes") == []


@pytest.mark.parametrize(
    ("where", "minutes", "whose"),
    [("homes/a", 9, None), ("homes/a", 11, "a"), ("read", 11, "the homes it is for")],
)
def test_what_waits_for_over_ten_minutes_is_warned_of(
    tmp_path: Path, where: str, minutes: int, whose: str | None
) -> None:
    a_fleet(tmp_path)
    SegmentShelf(tmp_path / "segments" / where).put([], NOW - timedelta(minutes=minutes))
    told = (Level.WARN, f"What was read waits for more than 10 minutes, for: {whose}.")
    assert wrong(tmp_path, "segments") == ([told] if whose else [])


def test_what_is_kept_for_over_a_day_is_a_fault_also_for_a_home_that_is_no_more(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    SegmentShelf(tmp_path / "segments" / "homes" / "gone").put([], NOW - timedelta(hours=25))
    ((level, what),) = wrong(tmp_path, "segments")
    assert level is Level.FAULT
    assert what.endswith("for: gone.")


def test_a_fleet_that_is_not_served_is_told_what_to_type(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    (found,) = [f for f in examined(tmp_path) if f.check == "service"]
    assert (found.level, found.command) == (Level.WARN, f"schoolgate fleet serve --fleet {tmp_path}")


def test_the_folder_is_not_typed_where_the_variable_names_it(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    (found,) = [f for f in examined(tmp_path, SCHOOLGATE_FLEET=str(tmp_path)) if f.check == "service"]
    assert found.command == "schoolgate fleet serve"


def test_a_home_that_waits_for_long_is_a_fault_of_the_service(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    served(tmp_path, HomeProgress("a", 2, NOW - timedelta(minutes=16)))
    assert wrong(tmp_path, "service") == [(Level.FAULT, "Waiting for more than 15 minutes to be saved: a.")]


def test_a_store_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    a_migrated_store(tmp_path)
    path = tmp_path / "schoolgate.duckdb"
    path.write_bytes(b"x" * path.stat().st_size)
    ((level, _),) = wrong(tmp_path, "store")
    assert level is Level.FAULT


def test_a_store_that_is_whole_is_in_order(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    a_migrated_store(tmp_path)
    assert wrong(tmp_path, "store") == []


def test_it_ends_with_1_where_something_does_not_work(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    (tmp_path / "homes" / "a" / "schoolgate.toml").unlink()
    code, said = called(fleet_doctor, lambda: NOW, fleet=tmp_path)
    assert code == 1
    assert said[0].startswith("Next: a is left out:")


def test_it_ends_with_0_where_all_works(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    served(tmp_path)
    code, said = called(fleet_doctor, lambda: NOW, fleet=tmp_path)
    assert (code, said[0]) == (0, "There is nothing to do.")
    assert said[-1] == f"In order: 15. To see each: schoolgate fleet doctor --fleet {tmp_path} --all"


def test_a_program_reads_one_document(tmp_path: Path) -> None:
    a_fleet(tmp_path, top="")
    code, out, _ = ended(["fleet", "doctor", "--fleet", str(tmp_path), "--json"])
    found = content(out)
    assert (code, found["exit"], found["faults"]) == (0, 0, 0)
    assert {"contact", "register", "service"} <= {f["check"] for f in found["findings"]}


# ------------------------------------------------------------------------------ the heartbeat


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "Nobody would notice if this machine or the service stopped."),
        ('heartbeat_env = "NOWHERE"\n', "The address for the heartbeat cannot be read, or is none"),
    ],
)
def test_a_fleet_is_recommended_a_heartbeat(tmp_path: Path, line: str, said: str) -> None:
    a_fleet(tmp_path, top=line)
    (found,) = wrong(tmp_path, "heartbeat")
    assert found[1].startswith(said)


def test_homes_whose_own_heartbeat_is_not_sent_are_named(tmp_path: Path) -> None:
    a_fleet(tmp_path)
    with (tmp_path / "homes/b/schoolgate.toml").open("a") as file:
        file.write('[serve]\nheartbeat_url = "https://beats.example.org/quiet"\n')
    (found,) = wrong(tmp_path, "heartbeat")
    assert found[1] == "A heartbeat of its own is not sent while the fleet serves the home: b."
