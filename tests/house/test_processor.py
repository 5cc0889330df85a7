"""What a suite costs is measured over all its processes, and reported."""

from __future__ import annotations

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
