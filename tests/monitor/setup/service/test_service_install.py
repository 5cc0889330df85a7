"""`service install`: a home moved to where the service runs, checked as its account, and never by half.

Each move takes some seconds of processor: our program is begun as another account, and judges there.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from support.as_account import NOBODY, as_account, only_root, open_folder, owned, typed
from support.checkout import ROOT
from support.web_server import free_port

from data.effects import utc_now
from data.errors import InputError, SchoolgateError
from monitor.config.load import load
from monitor.setup import installing
from monitor.setup.installing import Machine, ServiceHome, install, unit

SERVICE = pwd.getpwnam("nobody")
BEFORE = ROOT / "tests" / "fixtures" / "homes" / "six_stories.tar.xz"
REGISTER = ROOT / "tests" / "fixtures" / "register" / "gias.csv"


@pytest.fixture
def folder(monkeypatch):
    monkeypatch.setattr(installing, "HIDDEN", ())  # the tests' own folders lie in what the unit hides
    with open_folder() as folder:
        yield folder


@pytest.fixture
def wanted(folder):
    """A technician's home, of an earlier version, with a register in their own folder; and what is to be."""
    with tarfile.open(BEFORE) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 has none
        archive.extractall(folder, [m for m in archive if m.name.startswith("review/")])
    old = (folder / "review").rename(folder / "schoolgate")
    (folder / "downloads").mkdir(mode=0o700)
    shutil.copy(REGISTER, folder / "downloads" / "gias.csv")
    (folder / "downloads" / "pw").write_text("hush")
    owned(folder / "downloads", NOBODY)
    text = (old / "schoolgate.toml").read_text()
    (old / "schoolgate.toml").write_text(
        f'register_file = "{folder}/downloads/gias.csv"\n{text}\n[serve]\nhealth_port = {free_port()}\n'
        f'[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "imaps://mail.example.org/INBOX"\n'
        f'[sources.settings]\nuser = "a"\npassword_file = "{folder}/downloads/pw"\n'
    )
    owned(old, NOBODY)
    return ServiceHome(old, folder / "lib" / "schoolgate", "nobody", ours(folder))


def ours(folder: Path) -> Path:
    """Our program, as one that stands alone."""
    (folder / "lib").mkdir()
    program = folder / "schoolgate-program"
    program.write_text(
        f"#!/bin/sh\nPYTHONPATH={ROOT} PYTHONDONTWRITEBYTECODE=1 exec {sys.executable} -P -m monitor.cli.app"
        ' "$@"\n'
    )
    program.chmod(0o755)
    return program


def may_look(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Runs it; an account may look into the folders in which Python lies here."""
    caps = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    given = [command[0], *caps, *command[1:]] if command[0] == "setpriv" else command
    return subprocess.run(given, capture_output=True, text=True, check=False)


HERE = Machine(booted=Path("/nowhere"), run=may_look)


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Each file of a folder, but locks: whose it is, and what is in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".lock" not in path.name)
    return {str(f.relative_to(folder)): (f.stat().st_uid, f.read_bytes()) for f in files}


def moved(wanted: ServiceHome, machine: Machine = HERE, *, dry_run: bool = False) -> list[str]:
    said: list[str] = []
    install(wanted, machine, said.append, utc_now, dry_run=dry_run)
    return said


@only_root
def test_a_home_is_moved_with_all_that_it_needs_and_the_old_one_leads_there(wanted):
    before = everything(wanted.old)
    said = moved(wanted)
    assert [line for line in said if line.startswith("Send one mail, to ")]
    assert "  A sentence was judged, by the model" in "\n".join(said)
    assert everything(wanted.aside) == before
    assert wanted.old.readlink() == wanted.new
    assert {path.stat().st_uid for path in (wanted.new, *wanted.new.rglob("*"))} == {SERVICE.pw_uid}
    assert {path.stat().st_mode & 0o077 for path in (wanted.new, *wanted.new.rglob("*"))} == {0}
    config = load(wanted.new / "schoolgate.toml", {})
    assert config.register == wanted.new / "register.csv.gz"
    assert config.mailboxes["box"].password_file == wanted.new / "files" / "pw"
    shutil.rmtree(wanted.old.parent / "downloads")
    shutil.rmtree(wanted.aside)
    for words in ("evidence verify", "source list", "service check"):
        run = typed(SERVICE.pw_uid, *words.split(), home=wanted.new)
        assert run.returncode == 0, run.stderr


@only_root
def test_done_again_it_sees_to_the_home_that_is_there(wanted):
    moved(wanted)
    os.chown(wanted.new / "schoolgate.duckdb", 0, 0)  # somebody was root once
    said = moved(wanted)
    assert not [line for line in said if line.startswith(("Copy", "Put"))]
    assert (wanted.new / "schoolgate.duckdb").stat().st_uid == SERVICE.pw_uid


@only_root
@pytest.mark.parametrize(
    ("failing", "why"), [("judge", "No model"), ("switch", "No links"), ("file", "not a register")]
)
def test_what_fails_before_it_is_in_place_leaves_all_as_it_was(wanted, monkeypatch, failing, why):
    before, machine = everything(wanted.old), HERE
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


@only_root
def test_root_brings_nothing_into_a_home_that_its_account_may_not_read(wanted):
    (secret := wanted.old.parent / "downloads" / "pw").chmod(0o600)
    os.chown(secret, 0, 0)
    assert f"cannot read {secret}" in "\n".join(moved(wanted))
    assert not (wanted.new / "files").exists()


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
    with pytest.raises(InputError, match="does not see what lies in"):
        moved(wanted, dry_run=True)
    with pytest.raises(
        InputError, match=r"pip install -c constraints.txt \.\nThen: sudo /opt/schoolgate/bin"
    ):
        moved(replace(wanted, new=Path("/srv/schoolgate")), dry_run=True)


def test_a_python_in_somebodys_own_folder_is_named_with_the_machines_own(wanted, monkeypatch):
    monkeypatch.setattr(installing, "HIDDEN", (Path("/root"),))
    monkeypatch.setattr(sys, "base_prefix", "/root/.pyenv/versions/3.11.7")
    with pytest.raises(InputError, match=r"its Python lies in /root/\.pyenv") as refused:
        moved(wanted, dry_run=True)
    assert "sudo /usr/bin/python3 -m venv --clear /opt/schoolgate" in str(refused.value)


@only_root
def test_with_systemd_its_unit_is_written_and_started(wanted, monkeypatch, tmp_path):
    monkeypatch.setattr(installing, "complaints_of", lambda home, port: ())
    monkeypatch.setattr(installing.Machine, "systemd", True)
    ran: list[str] = []

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        if command[0] != "systemctl":
            return may_look(command)
        ran.append(" ".join(command))
        return subprocess.CompletedProcess(command, 0, "", "")

    assert "  It runs, and complains of nothing." in moved(wanted, Machine(units=tmp_path, run=run))
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


@only_root
def test_what_the_unit_starts_serves_the_moved_home_as_its_account_and_says_what_it_cannot(wanted):
    """Its ExecStart with its Environment, as its user; five seconds, since a service begins and is asked."""
    moved(wanted)
    (wanted.new / "register.csv.gz").unlink()
    lines = dict(
        line.split("=", 1) for line in unit(wanted).splitlines() if "=" in line and line[0].isalpha()
    )
    name, _, home = lines["Environment"].partition("=")
    serving = subprocess.Popen(
        as_account(SERVICE.pw_uid, lines["ExecStart"].split(), {name: home, "PATH": "/usr/bin:/bin"}),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd="/",
    )  # fmt: skip
    try:
        assert serving.stdout is not None
        said = [serving.stdout.readline() for _ in range(2)]
        status = typed(SERVICE.pw_uid, "status", home=wanted.new)
    finally:
        serving.send_signal(signal.SIGTERM)
        rest, _ = serving.communicate(timeout=60)
    assert said[0].startswith(f"Schoolgate serves {wanted.new}")
    assert said[1].startswith("NOTHING IS JUDGED")
    assert status.returncode == 1
    assert "nothing that we read could be judged (judge: " in status.stdout
    assert serving.returncode == 0, rest
