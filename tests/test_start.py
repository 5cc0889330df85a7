"""The command begins where its packages are its own, and says so in words where they are not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.checkout import paths

from schoolgate import start

BEGINS = "import sys; sys.argv = ['schoolgate', '--version']; from schoolgate.start import main; main()"
LAST = (
    "Nothing was read or changed. Install Schoolgate in an environment of its own (docs/installing.md); or "
    "take that out: pip uninstall some-data-lib.\n"
)


def begun(site: Path) -> subprocess.CompletedProcess[str]:
    """The command, with a folder before all others that Python loads from."""
    env = {**os.environ, "PYTHONPATH": paths(site)}
    command = [sys.executable, "-P", "-X", "utf8", "-c", BEGINS]
    return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False)


def another(site: Path, *rooms: str) -> None:
    """A distribution with packages of these names, as pip would have installed it."""
    for room in rooms:
        (site / room).mkdir(parents=True)
        (site / room / "__init__.py").write_text("raise SystemExit('another was run')\n")
    info = site / "some_data_lib-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-data-lib\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("\n".join(rooms))


def test_it_begins_where_each_package_is_its_own(tmp_path):
    done = begun(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("schoolgate 0.1.0")


@pytest.mark.parametrize("room", start.ROOMS)
def test_another_package_of_that_name_is_not_run_but_named(tmp_path, room):
    another(tmp_path, room)
    done = begun(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Schoolgate does not start: another package has the name of one of its own, brought by "
        f"some-data-lib.\n  {room}: {tmp_path}/{room}/__init__.py\n{LAST}"
    )


def test_one_that_pip_wrote_over_ours_is_known_by_not_being_empty(tmp_path):
    another(tmp_path, *start.ROOMS)
    for room in start.ROOMS[1:]:
        (tmp_path / room / "__init__.py").write_text("")
    shutil.copytree(Path(start.__file__).parent, tmp_path / "schoolgate")
    done = begun(tmp_path)
    assert done.returncode == 1
    assert f"  {start.ROOMS[0]}: {tmp_path}/{start.ROOMS[0]}/__init__.py\nNothing" in done.stderr


def test_one_that_is_gone_is_said(tmp_path):
    for room in start.ROOMS[:-1]:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    shutil.copytree(Path(start.__file__).parent, tmp_path / "schoolgate")
    begins = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {BEGINS}"
    done = subprocess.run(
        [sys.executable, "-E", "-P", "-S", "-c", begins],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "  data: its __init__.py is gone\n" in done.stderr
