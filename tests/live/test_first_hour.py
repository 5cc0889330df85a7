"""The first hour of a technician: from the command that installs it to finds, and a watch that runs.

Played at a terminal of 80 columns, in a folder that holds nothing but the register. Every service is a stand-in
behind a proxy (`support.stand_ins`), with an authority of its own; nothing of the program knows.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.stand_ins import REGISTERS, Town, town
from support.technician import Technician
from support.web_server import free_port

MOST_LINES = 12
INSTALL = "pip install -c constraints.txt ."
ANSWERS = {
    r"words of its name": "oakfield northvale",
    r"every site": "office@oakfield.example.sch.uk",
    r"The head: name": "= head@oakfield.example.sch.uk",
    r"safeguarding lead.*: name": "Mr Joss Field, field@oakfield.example.sch.uk",
    r"chair of governors: name": "Ms Tamsin Vale, vale@oakfield.example.sch.uk",
    r"not about you": "",
}
RIGHT = (
    "Hundreds join Oakfield Primary lantern walk",
    "Clubs at Oakfield Primary, Northvale, to change next term",
    "Parents of Oakfield Primary ask for a crossing patrol on Larch Road",
)
OF_THE_NAMESAKE = "Burst pipe closes Oakfield Primary in Hexley"


@dataclass
class Hour:
    """What was played: who typed, in which town, and what each command showed."""

    alex: Technician
    northvale: Town
    init: str
    doctor: str
    scan: str
    status: str
    config: str

    @property
    def sources(self) -> dict[str, dict[str, object]]:
        return {one["id"]: one for one in tomllib.loads(self.config)["sources"]}


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hour]:
    folder = tmp_path_factory.mktemp("technician")
    (folder / "register.csv").write_bytes(REGISTERS["england"].read_bytes())
    with town(datetime.now(UTC), folder) as northvale:
        alex = Technician(folder, ANSWERS)
        alex.lines.append(INSTALL)
        proxy = f"--proxy {northvale.proxy_url} --ca-file town-ca.pem"
        code, init = alex.types(f"schoolgate init --register register.csv {proxy}")
        assert code == 0, init
        file = folder / "schoolgate" / "schoolgate.toml"
        config = file.read_text()
        _, doctor = alex.types("schoolgate doctor")
        _, scan = alex.types("schoolgate scan")
        with alex.leaves_running("schoolgate serve", "looking"):
            _, status = Technician(folder).types("schoolgate status")
        assert file.read_text() == config  # no file was edited by hand
        yield Hour(alex, northvale, init, doctor, scan, status, config)


def test_twelve_lines_lead_to_a_running_watch(hour: Hour) -> None:
    assert len(hour.alex.lines) <= MOST_LINES, "\n".join(hour.alex.lines)


@pytest.mark.parametrize("title", RIGHT)
def test_right_finds_are_shown_before_anything_is_written(hour: Hour, title: str) -> None:
    assert title in " ".join(hour.init.split())
