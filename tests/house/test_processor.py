"""What a suite costs is measured over all its processes, and reported."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BURN = "import time\nwhile time.process_time() < 0.3: pass\n"
CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {BURN!r}])"


def _measured(*words: str) -> tuple[int, float]:
    done = subprocess.run(
        [sys.executable, "-P", str(ROOT / "benchmarks" / "processor.py"), *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(
        r"^reported: python\S* ([\d.]+) s of processor, .*, was \d+ .*; \d+ s by the clock$",
        done.stdout,
        re.M,
    )
    assert found, done.stdout + done.stderr
    return done.returncode, float(found[1])


@pytest.mark.parametrize("code", [BURN, CHILD])
def test_what_a_command_and_its_children_take_is_counted(code):
    ended, seconds = _measured(sys.executable, "-S", "-c", code)
    assert ended == 0
    assert 0.3 <= seconds < 5


def test_it_ends_as_the_command_does():
    assert _measured(sys.executable, "-S", "-c", "raise SystemExit(3)")[0] == 3


@pytest.fixture(scope="module")
def gate():
    before = list(sys.path)
    yield runpy.run_path(str(ROOT / "benchmarks" / "gate.py"))
    sys.path[:] = before


def test_only_a_network_that_reads_a_fifth_more_is_refused(gate):
    assert gate["compare_rows"](1.2, 1.0) == ""
    assert gate["compare_rows"](1.21, 1.0).startswith("rows is 1.21, more than a fifth over 1.0: ")


@pytest.mark.parametrize(("mark", "reported"), [("", True), ("@pytest.mark.slow\n", False)])
def test_a_dear_test_is_reported_at_the_end_unless_it_is_marked_slow_and_fails_nothing(
    tmp_path, mark, reported
):
    (tmp_path / "conftest.py").write_text(
        "import support.dearest\nsupport.dearest.MOST_SECONDS = 0\npytest_plugins = ['support.dearest']\n"
    )
    (tmp_path / "test_dear.py").write_text(
        f"import pytest\n\n\n{mark}def test_it():\n    sum(range(10**6))\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow\n")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "."],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("\nreported: test_dear.py::test_it " in done.stdout) is reported
