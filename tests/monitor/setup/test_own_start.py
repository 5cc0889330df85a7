"""A start of a person's own: the files that their computer starts it by, and what becomes of them."""

import os
import plistlib
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from data.errors import SchoolgateError
from monitor.setup.installing import Machine
from monitor.setup.own_start import start_by_launchd, start_by_systemd

PROGRAM = Path("/opt/a school/bin/schoolgate")
HOMES = ["/home/ada/schoolgate", "/home/ada/Our School's files", '/home/ada/50% "done" $HOME \\ `x`']


class OwnMachine:
    """The programs of a computer that are asked to run; `refused` is what they answer, “” for well."""

    def __init__(self, refused=""):
        self.asked = []
        self.machine = Machine(run=self.run)
        self._refused = refused

    def run(self, command):
        self.asked.append(tuple(command))
        return subprocess.CompletedProcess(command, int(bool(self._refused)), "", self._refused)


@pytest.fixture
def person(tmp_path):
    (tmp_path / "Desktop").mkdir()
    return tmp_path


def checked_by(program, *words):
    """What a checker returns and prints of a file, the last word; skips where it is not there."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not on this machine")
    done = subprocess.run(
        [program, *words],
        capture_output=True,
        text=True,
        check=False,
        env={"XDG_RUNTIME_DIR": str(Path(words[-1]).parent), "PATH": os.environ["PATH"]},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("home", HOMES)
def test_the_unit_serves_that_home_whatever_signs_its_path_has(person, home):
    start = start_by_systemd(person, Path(home), PROGRAM)
    (line,) = (row for row in start.content.decode().splitlines() if row.startswith("ExecStart="))
    words = shlex.split(line.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$"))
    assert words == [str(PROGRAM), "serve", "--home", home]


def test_systemd_finds_no_fault_in_the_unit(person):
    program = person / "schoolgate"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    unit = person / "schoolgate.service"
    unit.write_bytes(start_by_systemd(person, person / "a home", program).content)
    assert checked_by("systemd-analyze", "verify", "--user", str(unit)) == (0, "")


@pytest.mark.parametrize("home", HOMES)
def test_the_launch_agent_serves_that_home_at_each_sign_in_and_again_after_a_fault(person, home):
    agent = plistlib.loads(start_by_launchd(person, Path(home), PROGRAM).content)
    assert agent["ProgramArguments"] == [str(PROGRAM), "serve", "--home", home]
    assert (agent["RunAtLoad"], agent["KeepAlive"]) == (True, {"SuccessfulExit": False})


def test_the_icon_is_an_entry_without_a_fault_and_lies_on_the_desktop_too(person):
    start = start_by_systemd(person, Path("/home/ada/Our School's files"), PROGRAM)
    icons = list(start.icons)
    assert [icon.parent.name for icon in icons] == ["applications", "Desktop"]
    start.begin(OwnMachine().machine)
    assert checked_by("desktop-file-validate", str(icons[0])) == (0, "")


@pytest.mark.parametrize("make", [start_by_systemd, start_by_launchd])
def test_it_is_begun_and_ended_by_the_computer_s_own_programs(person, make):
    start, own = make(person, person / "home", PROGRAM), OwnMachine()
    assert not start.is_there
    start.begin(own.machine)
    assert start.is_there
    assert own.asked == list(start.to_begin)
    assert stat.S_IMODE(start.file.stat().st_mode) == 0o600
    assert all(stat.S_IMODE(icon.stat().st_mode) == 0o700 for icon in start.icons)
    start.end(own.machine)
    assert own.asked[-1] == start.to_end
    assert not any(Path(file).exists() for file in start.files)


def test_nothing_is_left_where_the_computer_does_not_start_it(person):
    start = start_by_systemd(person, person / "home", PROGRAM)
    with pytest.raises(SchoolgateError, match="Failed to connect to bus"):
        start.begin(OwnMachine("Failed to connect to bus").machine)
    assert not any(Path(file).exists() for file in start.files)


def test_the_start_of_another_home_is_left_alone_and_how_to_end_it_is_said(person):
    first, second = (start_by_systemd(person, person / name, PROGRAM) for name in ("first", "second"))
    own = OwnMachine()
    first.begin(own.machine)
    asked = len(own.asked)
    with pytest.raises(SchoolgateError, match="To end that: systemctl --user disable"):
        second.begin(own.machine)
    second.end(own.machine)
    assert (first.is_there, len(own.asked)) == (True, asked)
