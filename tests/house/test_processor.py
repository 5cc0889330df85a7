"""What a suite costs is measured over all its processes and held against its ceiling."""

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
    found = re.search(r"^processor time: ([\d.]+) s .* machine \(\d.*, at most \d+; ", done.stdout, re.M)
    assert found, done.stdout + done.stderr
    return done.returncode, float(found[1])


@pytest.mark.parametrize("code", [BURN, CHILD])
def test_what_a_command_and_its_children_take_is_counted(code):
    ended, seconds = _measured(sys.executable, "-S", "-c", code)
    assert ended == 0
    assert 0.3 <= seconds < 5


@pytest.fixture
def measure(tmp_path, monkeypatch):
    """Measure a third of a second of processor against a ceiling of a tenth."""
    main = runpy.run_path(str(ROOT / "benchmarks" / "processor.py"))["main"]
    (tmp_path / "ceilings.toml").write_text("suite_seconds = 0.1\n", "utf-8")
    monkeypatch.setitem(main.__globals__, "CEILINGS", tmp_path / "ceilings.toml")
    monkeypatch.setattr(sys, "argv", ["processor.py", sys.executable, "-S", "-c", BURN])
    return main


def test_a_command_that_takes_more_than_the_ceiling_fails(measure, capsys):
    assert measure() == 1
    assert "more than 15 % above its ceiling of 0.1" in capsys.readouterr().err


def test_the_seconds_of_a_slower_machine_count_for_less(measure, monkeypatch):
    monkeypatch.setitem(measure.__globals__, "KNOWN_S", measure.__globals__["KNOWN_S"] / 100_000)
    assert measure() == 0


def test_ci_measures_the_command_that_the_readme_names():
    (line,) = re.findall(r"<!-- test -->\n```console\n(.*)\n```", (ROOT / "README.md").read_text("utf-8"))
    install, _, tests = line.partition(" && ")
    assert install.startswith("pip install ")
    assert tests == "pytest"
    run = (ROOT / ".ci" / "run").read_text("utf-8")
    assert 'bash -c "${test_command% && *}"\n' in run
    assert "\npython -P benchmarks/processor.py ${test_command##* && }" in run


@pytest.fixture(scope="module")
def gate():
    before = list(sys.path)
    yield runpy.run_path(str(ROOT / "benchmarks" / "gate.py"))
    sys.path[:] = before


def test_what_is_more_than_a_fifth_dearer_than_it_was_is_refused(gate):
    was = {"rows": 1.0, "mention": 100.0}
    assert gate["too_large"]({"rows": 1.2, "mention": 119.0}, was) == []
    assert gate["too_large"]({"rows": 1.21, "mention": 121.0}, was) == ["rows", "mention"]
