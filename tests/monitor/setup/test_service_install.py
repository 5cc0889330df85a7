"""`service install`: a home moved to where the service runs, and never by half; whole moves: nightly."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from builders.service_home import HERE, everything, moved, service_home
from support.as_account import NOBODY, only_root, open_folder

from data.errors import InputError, SchoolgateError
from monitor.setup import installing
from monitor.setup.installing import Machine, ServiceHome, unit


@pytest.fixture
def wanted(monkeypatch):
    monkeypatch.setattr(installing, "HIDDEN", ())  # the tests' own folders lie in what the unit hides
    with open_folder() as folder:
        yield service_home(folder)


def judges(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Stands in for our program as the account: it judges, at once."""
    return subprocess.CompletedProcess(command, 0, "", "")


@only_root
@pytest.mark.parametrize(
    ("failing", "why"), [("judge", "No model"), ("switch", "No links"), ("file", "not a register")]
)
def test_what_fails_before_it_is_in_place_leaves_all_as_it_was(wanted, monkeypatch, failing, why):
    before, machine = everything(wanted.old), replace(HERE, run=judges)
    if failing == "judge":
        machine = replace(HERE, run=lambda command: subprocess.CompletedProcess(command, 1, "", "No model."))
    elif failing == "file":
        (wanted.old.parent / "downloads" / "gias.csv").write_text("no register")
    else:
        monkeypatch.setattr(Path, "symlink_to", lambda *_: (_ for _ in ()).throw(OSError("No links here")))
    with pytest.raises((SchoolgateError, OSError), match=why):
        moved(wanted, machine)
    assert everything(wanted.old) == before
    assert {path.stat().st_uid for path in wanted.old.rglob("*")} == {NOBODY}
    assert [path.name for path in wanted.new.parent.iterdir()] == []


def test_what_would_be_done_is_said_and_nothing_is_changed(wanted):
    before = everything(wanted.old.parent)
    said = moved(wanted, dry_run=True)
    assert said[-1] == "Nothing was changed."
    assert len(said) > 5
    assert all(line.startswith("Would: ") for line in said[:-1])
    assert everything(wanted.old.parent) == before


def test_a_program_in_somebodys_own_folder_and_a_second_home_are_refused_with_what_to_do(wanted, monkeypatch):
    wanted.new.mkdir()
    shutil.copy(wanted.old / "schoolgate.toml", wanted.new)
    with pytest.raises(InputError, match="holds a home already"):
        moved(wanted, dry_run=True)
    monkeypatch.setattr(installing, "HIDDEN", (wanted.program.parent,))
    monkeypatch.setattr(installing.Machine, "systemd", False)
    with pytest.raises(InputError, match="cannot see what is in"):
        moved(wanted, dry_run=True)
    with pytest.raises(
        InputError,
        match=r"pip install .* \./reader \.\nThen start the service:\nsudo /opt/schoolgate/bin.*\n"
        r"That does:\n(- .*\n)+- Say how to start it.*\n- Send ",
    ):
        moved(replace(wanted, new=Path("/srv/schoolgate")), dry_run=True)


def test_a_python_in_somebodys_own_folder_is_named_with_the_machines_own(wanted, monkeypatch):
    monkeypatch.setattr(installing, "HIDDEN", (Path("/root"),))
    monkeypatch.setattr(sys, "base_prefix", "/root/.pyenv/versions/3.11.7")
    with pytest.raises(InputError, match=r"Its Python is in /root/\.pyenv") as refused:
        moved(wanted, dry_run=True)
    assert "sudo /usr/bin/python3 -m venv --clear /opt/schoolgate" in str(refused.value)


@only_root
def test_with_systemd_its_unit_is_written_and_started(wanted, monkeypatch, tmp_path):
    monkeypatch.setattr(installing, "complaints_of", lambda home, port: ())
    monkeypatch.setattr(installing.Machine, "systemd", True)
    ran: list[str] = []

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        if command[0] == "systemctl":
            ran.append(" ".join(command))
        if "mail" in command:
            return subprocess.CompletedProcess(command, 1, "", "No server takes it.")
        return judges(command)

    said = moved(wanted, Machine(units=tmp_path, run=run))
    assert "  It runs without complaints." in said
    assert "No server takes it." in "\n".join(said), "a mail that is refused undoes nothing"
    assert [line.split()[1] for line in ran] == ["daemon-reload", "enable", "restart"]
    text = (tmp_path / "schoolgate.service").read_text()
    assert f"ExecStart={wanted.program} serve" in text
    assert f"ReadWritePaths={wanted.new}" in text
    assert "User=nobody" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize("new", ["/var/lib/schoolgate", "/var/lib/oakfield", "/srv/schoolgate"])
def test_systemd_knows_every_line_of_the_unit_as_it_is_written(tmp_path, new):
    written = tmp_path / "schoolgate.service"
    written.write_text(unit(ServiceHome(Path("/home/alex/sg"), Path(new), "root", Path("/bin/true"))))
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(written)], capture_output=True, text=True, check=False
    )
    assert [line for line in run.stderr.splitlines() if "schoolgate.service" in line] == []
    assert f"SCHOOLGATE_HOME={new}\n" in written.read_text()
