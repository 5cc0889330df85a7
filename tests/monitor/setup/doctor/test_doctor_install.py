"""`doctor`: the installation and the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.doctor import NOW, told
from support.checkout import paths

from monitor.setup.doctor import install
from monitor.setup.doctor.findings import Level

OURS = {room: ["schoolgate"] for room in install.ROOMS}


def test_packages_of_one_wheel_are_in_order() -> None:
    assert [f.level for f in install.packages(OURS)] == [Level.OK]


def test_an_editable_install_lists_no_owner() -> None:
    assert [f.level for f in install.packages({})] == [Level.OK]


def test_another_wheel_with_a_package_of_ours_is_a_fault() -> None:
    (found,) = install.packages({**OURS, "data": ["schoolgate", "some-data-lib"]})
    assert (found.level, "“data” is also brought by some-data-lib" in found.what) == (Level.FAULT, True)


def test_the_mend_is_an_install_from_the_checkout_never_by_name() -> None:
    (found,) = install.packages({**OURS, "data": ["schoolgate", "some-data-lib"]})
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
