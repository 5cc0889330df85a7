"""The plugin that books what each test takes of the processor."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from support.checkout import TESTS, paths

BURN = """
import time, pytest, support.dearest
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
"""
ALONE = {"PYTHONPATH": paths(TESTS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _pytest(folder, text, *options):
    (folder / "test_some.py").write_text(BURN + text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "support.dearest", "-q", *options, str(folder)],
        cwd=folder, env={**os.environ, **ALONE}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


DEAR = """
@pytest.fixture
def dear(): burn(0.2)
def test_calm(): pass
def test_made(dear): pass
def test_dear(): burn(0.4)
"""


def test_the_dearest_are_listed_with_what_their_phases_took(tmp_path):
    code, out = _pytest(tmp_path, DEAR, "--dearest", "2", "-p", "xdist", "-n", "1")
    assert code == 0
    found = {
        test.rpartition("::")[2]: (float(setup), float(call))
        for setup, call, test in re.findall(r"^ +([\d.]+) +([\d.]+) +[\d.]+  (\S+)$", out, re.M)
    }
    assert list(found) == ["test_dear", "test_made", "all"]
    assert found["test_dear"][1] >= 0.4
    assert found["test_made"][0] >= 0.2 > found["test_made"][1]


def test_a_dear_test_that_is_not_marked_slow_fails(tmp_path):
    text = "support.dearest.MOST_SECONDS = 0.1\n"
    text += (
        "def test_dear(): burn(0.2)\n@pytest.mark.slow\ndef test_meant(): burn(0.2)\ndef test_calm(): pass\n"
    )
    code, out = _pytest(tmp_path, text, "-rA")
    assert code == 1
    assert "2 passed" in out
    assert re.search(
        r"test_dear took 0\.\d s of processor, more than 0: make it cheaper, or mark it slow", out
    )
    assert "FAILED test_some.py::test_dear" in out
