"""What is tried beside the pinned versions: nothing that is declared is left out, and each test is there."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
ROWS = [
    line.split(" ")
    for line in (ROOT / ".ci" / "smoke").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def test_each_library_that_is_declared_has_a_test_that_works_by_it():
    names = [re.split("[>=<]", each)[0].lower().replace("_", "-") for each in DECLARED]
    assert sorted(name for name, _ in ROWS) == sorted(names)


def test_each_of_these_tests_is_there():
    for _, where in ROWS:
        file, name = where.partition("[")[0].split("::")
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), where


def test_the_lowest_versions_are_those_that_are_declared_and_the_rest_no_later_than_their_pins():
    run = subprocess.run(
        [sys.executable, "-P", str(ROOT / ".ci" / "lowest.py")], capture_output=True, text=True, check=True
    )
    said = run.stdout.splitlines()
    assert [line for line in said if "==" in line][:2] == ["ahocorasick-rs==1.0.1", "apprise==2.2"]
    assert len([line for line in said if "==" in line]) == len(DECLARED)
    assert "markupsafe<=3.0.4" in map(str.lower, said)


def test_a_lane_that_cannot_be_tried_says_so_and_does_not_pass(tmp_path):
    """As somebody who may not change into another Debian, or where debootstrap is missing."""
    path = tmp_path / "bin"
    path.mkdir()
    for tool in ("bash", "dirname", "id"):
        (path / tool).symlink_to(f"/usr/bin/{tool}")
    run = subprocess.run(
        ["bash", str(ROOT / ".ci" / "lane"), "pinned", "sid", str(tmp_path / "sid")],
        env={"PATH": str(path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("NOT CHECKED, pinned on sid: ")
