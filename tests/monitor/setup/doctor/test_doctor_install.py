"""`doctor`: the installation and the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from builders.doctor import NOW, configured, told
from support.checkout import paths
from support.time_server import an_authority

from monitor.config.model import EvidenceSettings
from monitor.setup.doctor import install
from monitor.setup.doctor.findings import Level

OURS = {room: ["schoolgate"] for room in install.ROOMS}


@pytest.mark.parametrize("owners", [OURS, {}], ids=["one wheel", "an editable install lists no owner"])
def test_packages_of_one_wheel_are_in_order(owners: dict[str, list[str]]) -> None:
    assert [f.level for f in install.packages(owners)] == [Level.OK]


def test_another_wheel_with_a_package_of_ours_is_a_fault_mended_from_the_checkout_never_by_name() -> None:
    (found,) = install.packages({**OURS, "data": ["schoolgate", "some-data-lib"]})
    assert (found.level, "“data” is also brought by some-data-lib" in found.what) == (Level.FAULT, True)
    assert found.remedy.endswith("pip install -c constraints.txt .")


def test_this_installation_is_whole() -> None:
    assert not told(f for f in install.installation(Path("/"), NOW) if f.check in ("packages", "python"))


def test_a_real_distribution_that_brings_a_package_of_ours_is_found(tmp_path: Path) -> None:
    info = tmp_path / "some_data_lib-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-data-lib\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("data\n")
    code = "from monitor.setup.doctor.install import own_packages; print([f.what for f in own_packages()])"
    done = subprocess.run(
        [sys.executable, "-P", "-X", "utf8", "-c", code],
        env={**os.environ, "PYTHONPATH": paths(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "“data” is also brought by some-data-lib" in done.stdout


@pytest.mark.parametrize(
    ("free", "level", "room"),
    [(10**6, Level.FAULT, "0.0"), (10**9, Level.WARN, "0.9"), (10**10, Level.OK, "9.3")],
)
def test_little_room_on_the_disk_is_told(free: int, level: Level, room: str) -> None:
    found = install.disk(free, Path("/srv"))
    assert found.level is level
    assert found.what == f"{room} GB are free at /srv."


def test_a_clock_before_the_release_is_a_fault() -> None:
    assert install.clock(datetime(2020, 1, 1, tzinfo=UTC)).level is Level.FAULT
    assert install.clock(NOW).level is Level.OK


def test_an_old_python_is_a_fault() -> None:
    assert install.python((3, 10, 4), "linux", "1.0").level is Level.FAULT


def test_a_folder_that_others_may_read_is_told_with_the_command_that_closes_it() -> None:
    (found,) = install.privacy(Path("/srv/sg"), 0o755)
    assert (found.level, found.remedy) == (Level.WARN, 'Close it: chmod 700 "/srv/sg"')
    assert not told(install.privacy(Path("/srv/sg"), 0o700))


# `doctor` and evidence: a browser that is not there, certificates that cannot be read or run out.


def config(folder: Path = Path("/nowhere"), **given: str):
    table = EvidenceSettings(**given)
    return replace(configured(), path=folder / "schoolgate.toml", evidence=table)


def test_a_named_browser_that_is_not_there_is_a_fault(tmp_path):
    found = install.browser(config(browser=str(tmp_path / "chromium")))
    assert found.level is Level.FAULT
    assert "[evidence]" in found.remedy


def test_without_the_extra_or_a_browser_it_is_said_what_captures_are_without(monkeypatch):
    monkeypatch.setattr(install, "find_browser", lambda named: None)
    assert install.browser(config()).level is Level.WARN
    monkeypatch.setattr(install, "can_draw", lambda: False)
    assert ".[browser]" in install.browser(config()).remedy


def test_a_browser_that_is_there_is_in_order(monkeypatch, tmp_path):
    monkeypatch.setattr(install, "find_browser", lambda named: tmp_path / "chromium")
    monkeypatch.setattr(install, "can_draw", lambda: True)
    assert install.browser(config()).level is Level.OK


def test_no_time_server_is_said_and_is_no_fault():
    found = install.time_server(config(), NOW)
    assert (found.level, "without a time stamp" in found.what) == (Level.OK, True)


@pytest.mark.parametrize("pem", [None, b"", b"nothing of the kind"])
def test_a_time_server_whose_stamps_cannot_be_checked_is_a_fault(tmp_path, pem):
    given = {"timestamp_url": "https://timestamp.example.org/tsr"}
    assert install.time_server(config(tmp_path, **given), NOW).level is Level.FAULT
    if pem is not None:
        (tmp_path / "ca.pem").write_bytes(pem)
    found = install.time_server(config(tmp_path, timestamp_ca="ca.pem", **given), NOW)
    assert found.level is Level.FAULT


def test_certificates_are_in_order_until_they_are_about_to_run_out(tmp_path):
    authority = an_authority(tmp_path)
    given = {"timestamp_url": "https://timestamp.example.org/tsr", "timestamp_ca": authority.ca_file.name}
    assert install.time_server(config(tmp_path, **given), NOW).level is Level.OK
    late = datetime(2100, 12, 20, tzinfo=UTC)
    found = install.time_server(config(tmp_path, **given), late)
    assert (found.level, "31 Dec 2100" in found.what) == (Level.WARN, True)


def test_what_is_known_of_the_platforms_ways_is_in_order_for_six_months_and_then_named() -> None:
    assert [found.level for found in install.routes(date(2027, 5, 21))] == [Level.OK]
    (finding,) = install.routes(date(2027, 5, 22))
    assert finding.level is Level.WARN
    assert "21 November 2026" in finding.what
    assert "Facebook" in finding.what
    assert finding.remedy
