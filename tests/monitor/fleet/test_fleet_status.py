"""`schoolgate fleet status`: what is said of a fleet and its homes, and when it ends with 1."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders.fleet import write
from support.command_call import called
from support.documents import content, keys_told

from monitor.cli.commands.fleet.status import MOST_SHOWN, fleet_status
from monitor.fleet import progress
from monitor.fleet.engines.base import Stage
from monitor.fleet.progress import FleetProgress, HomeProgress, PlacesProgress

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def ago(**of: float) -> datetime:
    return NOW - timedelta(**of)


def home(name: str = "brightwater", **facts: Any) -> HomeProgress:
    """One that fares well, but for these facts."""
    return HomeProgress(name, **{"last_saved_at": ago(minutes=2), "last_tended_at": ago(minutes=1)} | facts)


def a_fleet(folder: Path, homes: Sequence[HomeProgress], *more: str, **facts: Any) -> None:
    """It is served by this process, and has these homes; `more` are in its file alone."""
    names = [*(home.name for home in homes), *more]
    write(folder, "".join(f'[[homes]]\nname = "{name}"\nfolder = "homes/{name}"\n' for name in names))
    said = {"pid": os.getpid(), "machine": platform.node(), "started_at": ago(hours=5), "at": ago(seconds=9)}
    progress.write(folder, FleetProgress(**said | {"engine": "local"} | facts, homes=tuple(homes)))


def shown(folder: Path, **given: Any) -> tuple[int, str]:
    code, said = called(fleet_status, lambda: NOW, fleet=folder, **given)
    return code, "\n".join(said)


def test_a_fleet_that_never_ran_says_how_it_is_started(tmp_path: Path) -> None:
    write(tmp_path, '[[homes]]\nname = "a"\nfolder = "homes/a"\n')
    assert shown(tmp_path) == (
        1,
        "The fleet does not run, and nothing is known of it.\n"
        f"To start it: schoolgate fleet serve --fleet {tmp_path}",
    )


def test_a_fleet_whose_homes_fare_well_ends_with_0(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home()])
    code, said = shown(tmp_path)
    assert code == 0
    assert said.startswith("The fleet runs: engine local, since Fri 20 Nov 2026, 04:00.")
    assert "Homes that fare well: 1 of 1." in said


def test_what_is_handed_to_no_home_for_long_is_told_and_ends_with_1(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home()], unrouted_since=ago(minutes=14))
    assert shown(tmp_path)[0] == 0
    a_fleet(tmp_path, [home()], unrouted_since=ago(minutes=16))
    code, said = shown(tmp_path)
    assert code == 1
    assert "What was read on Fri 20 Nov, 08:44 has gone to no home yet." in said
    document = content(shown(tmp_path, as_json=True)[1])
    assert (document["exit"], document["unrouted_since"]) == (1, "2026-11-20T08:44:00Z")


def test_a_home_that_is_left_out_stands_first_and_ends_with_1(tmp_path: Path) -> None:
    late = home("hexley", oldest_waiting_at=ago(hours=2))
    a_fleet(tmp_path, [home(), late, HomeProgress("larch", left_out=True)])
    code, said = shown(tmp_path)
    assert code == 1
    assert said.index("larch") < said.index("hexley") < said.index("brightwater")
    assert "left out" in said
    assert content(shown(tmp_path, as_json=True)[1])["homes"][2]["left_out"] is True


def test_a_home_that_was_not_taken_up_ends_with_1(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home()], "hexley")
    assert shown(tmp_path)[0] == 1


def test_faults_of_no_home_are_told(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home()], faults=3)
    assert "Faults of the fleet's own since it started: 3. Its log says which." in shown(tmp_path)[1]
    assert content(shown(tmp_path, as_json=True)[1])["faults"] == 3


def test_counts_and_times_are_told_at_the_end(tmp_path: Path) -> None:
    places = PlacesProgress(1200, 4, 2, 1, 3)
    homes = [home(new_today=40, alerts_today=2), home("hexley", new_today=1)]
    a_fleet(tmp_path, homes, places=places, restarts={Stage.SCORE: 1, Stage.LINK: 0}, delay_s=(80.0, 1290.0))
    assert shown(tmp_path)[1].splitlines()[-4:] == [
        "Places: 1,200; due 4, being asked 2, blocked 1, failing 3.",
        "Today: 41 new, 2 alerts.",
        "From post to saved, of late: half within 80 s, 95 of 100 within 22 min.",
        "Workers begun anew: score 1.",
    ]


@pytest.mark.parametrize(
    "facts",
    [{"at": NOW - timedelta(minutes=3)}, {"pid": None}],
    ids=["silent for two minutes", "its process is gone"],
)
def test_a_fleet_that_does_not_run_ends_with_1(tmp_path: Path, facts: dict[str, Any], ended_pid: int) -> None:
    a_fleet(tmp_path, [home()], **{"pid": ended_pid} if "pid" in facts else facts)
    code, said = shown(tmp_path)
    assert code == 1
    assert said.startswith("The fleet does not run, and its last sign was at Fri 20 Nov 2026, 08:5")


def test_a_home_that_waits_for_long_ends_with_1_and_stands_first(tmp_path: Path) -> None:
    late = home("hexley", waiting_segments=3, oldest_waiting_at=ago(minutes=16))
    a_fleet(tmp_path, [home(held_by="PID 1 on b"), late])
    code, said = shown(tmp_path)
    assert code == 1
    assert said.splitlines()[2].startswith(
        "hexley       3        Fri 20 Nov, 08:58  0    0       waits since"
    )


def test_a_home_that_waits_a_moment_fares_well(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home(waiting_segments=1, oldest_waiting_at=ago(minutes=15))])
    assert shown(tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"held_by": "PID 12 on schools-b"}, "runs by itself (PID 12 on schools-b)"),
        (
            {"faults": {"save": 3, "mail": 0}, "last_fault": "StoreFull"},
            "faults today: save 3; the last: StoreFull",
        ),
        ({"last_tended_at": NOW - timedelta(hours=2)}, "its mails and reminders are not seen to"),
    ],
    ids=["served by itself", "faults", "not tended"],
)
def test_what_is_to_be_said_of_a_home_is_said(tmp_path: Path, facts: dict[str, Any], told: str) -> None:
    a_fleet(tmp_path, [home(**facts)])
    code, said = shown(tmp_path)
    assert code == 0
    assert told in " ".join(said.split())
    assert "Homes that fare well: 0 of 1." in said


def test_a_home_that_was_added_since_is_named(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home()], "hexley")
    assert "hexley" in shown(tmp_path)[1]
    assert "Homes that fare well: 1 of 2." in shown(tmp_path)[1]


def test_of_many_homes_only_those_are_shown_that_do_not_fare_well(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home(f"home-{n}") for n in range(30)] + [home("odd", held_by="PID 1 on b")])
    said = shown(tmp_path)[1]
    assert "odd" in said
    assert "home-7" not in said
    assert "Homes that fare well: 30 of 31." in said


def test_each_is_shown_to_who_asks_for_all(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home(f"home-{n}") for n in range(30)])
    assert "home-7" in shown(tmp_path, every=True)[1]


def test_of_very_many_that_do_not_fare_well_the_rest_is_counted(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home(f"home-{n:03}", held_by="PID 1 on b") for n in range(MOST_SHOWN + 60)])
    said = shown(tmp_path)[1]
    assert said.count("home-") == MOST_SHOWN
    assert "And 60 more like these. To see each: schoolgate fleet status --all" in said
    assert shown(tmp_path, every=True)[1].count("home-") == MOST_SHOWN + 60


def test_no_line_is_wider_than_a_terminal_of_80(tmp_path: Path) -> None:
    odd = home(
        "brightwater-learning-trust", faults={"save": 3, "tend": 2}, held_by="PID 12345 on schools-b",
        last_fault="StoreFull", oldest_waiting_at=ago(hours=2), waiting_segments=1234,
    )  # fmt: skip
    a_fleet(tmp_path, [home(), odd], delay_s=(80.0, 1290.0), places=PlacesProgress(90_000, 1, 1, 1, 1))
    assert max(len(line) for line in shown(tmp_path)[1].splitlines()) <= 80


def test_a_program_reads_one_document(tmp_path: Path) -> None:
    a_fleet(tmp_path, [home(oldest_waiting_at=ago(hours=1))], "hexley", delay_s=(80.0, 1290.0))
    code, said = shown(tmp_path, as_json=True)
    found = content(said)
    assert (code, found["exit"], found["running"]) == (1, 1, True)
    assert found["delay_s"] == {"median": 80.0, "p95": 1290.0}
    assert found["not_taken_up"] == ["hexley"]
    assert found["homes"][0]["waits_long"]
    assert found["homes"][0]["oldest_waiting_at"] == "2026-11-20T08:00:00Z"


def test_a_program_is_told_of_a_fleet_that_never_ran(tmp_path: Path) -> None:
    write(tmp_path, '[[homes]]\nname = "a"\nfolder = "homes/a"\n')
    code, said = shown(tmp_path, as_json=True)
    told = content(said)
    assert (code, told["running"], told["exit"]) == (1, False, 1)
    assert keys_told(told) == {"running", "not_taken_up", "exit"}
