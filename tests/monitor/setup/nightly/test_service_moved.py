"""`service install`, whole: our program is begun as another account, and judges and serves there."""

import os
import shutil
import signal
import subprocess

import pytest
from builders.service_home import SERVICE, everything, moved, service_home
from support.as_account import as_account, only_root, open_folder, typed

from monitor.config.load import load_file
from monitor.setup import installing
from monitor.setup.installing import unit


@pytest.fixture
def wanted(monkeypatch):
    monkeypatch.setattr(installing, "HIDDEN", ())  # the tests' own folders lie in what the unit hides
    with open_folder() as folder:
        yield service_home(folder)


@only_root
def test_a_home_is_moved_with_all_that_it_needs_and_the_old_one_leads_there(wanted):
    before = everything(wanted.old)
    said = moved(wanted)
    assert [line for line in said if line.startswith("Send one email, to ")]
    assert "  A sentence was judged, by the model" in "\n".join(said)
    assert everything(wanted.aside) == before
    assert wanted.old.readlink() == wanted.new
    assert {path.stat().st_uid for path in (wanted.new, *wanted.new.rglob("*"))} == {SERVICE.pw_uid}
    assert {path.stat().st_mode & 0o077 for path in (wanted.new, *wanted.new.rglob("*"))} == {0}
    config = load_file(wanted.new / "schoolgate.toml", {})
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
def test_root_brings_nothing_into_a_home_that_its_account_may_not_read(wanted):
    (secret := wanted.old.parent / "downloads" / "pw").chmod(0o600)
    os.chown(secret, 0, 0)
    assert f"cannot read {secret}" in "\n".join(moved(wanted))
    assert not (wanted.new / "files").exists()


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
