"""The table that ends `.ci/run`: every section runs, and those that fail refuse together."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from support.checkout import ROOT

TABLE = ROOT / ".ci" / "table"


def _run(*lines: str, **limits: int) -> tuple[int, str, str]:
    """Run sections and the table; give the exit status, what stands before the table, and the table."""
    script = "\n".join(["set -uo pipefail", f'. "{TABLE}"', *lines, "table"])
    env = {**os.environ, **{name: str(value) for name, value in limits.items()}}
    done = subprocess.run(
        ["bash", "-c", script],
        env=env,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    before, _, table = done.stdout.partition("== in ")
    return done.returncode, before, table


def test_each_section_runs_whatever_the_ones_before_it_found_and_all_failures_stand_in_one_table():
    code, before, table = _run(
        "check lint bash -c 'echo a.py:3:1: E501 Line too long; echo Found 1 error.; exit 1'",
        "check format echo 2 files already formatted",
        "check tests bash -c 'echo FAILED tests/a.py::x - assert 1; echo FAILED tests/a.py::y; exit 1'",
        "check speed bash -c 'echo one; echo the last line; exit 3'",
    )
    assert code == 1
    assert "== format\n2 files already formatted\n== tests\n" in before
    assert [line.split("s  ", 1)[-1].strip() for line in table.splitlines()[1:-1]] == [
        "FAILED  lint", "a.py:3:1: E501 Line too long", "passed  format", "FAILED  tests",
        "FAILED tests/a.py::x - assert 1", "FAILED tests/a.py::y", "FAILED  speed", "the last line",
    ]  # fmt: skip


def test_where_all_pass_nothing_is_refused_and_the_machine_is_named():
    code, _, table = _run("check a true", "part b true")
    assert code == 0
    assert " × " in table.splitlines()[0]
    assert "load " in table.splitlines()[0]
    assert table.count("s  passed  ") == 2


def _seconds_of(name: str, table: str) -> int:
    row = re.search(rf"^ *(\d+) s  passed  {name}$", table, re.MULTILINE)
    assert row, table
    return int(row[1])


def test_each_section_has_its_seconds():
    assert _seconds_of("slow", _run("check slow sleep 1.2")[2]) >= 1


def test_a_part_that_would_begin_too_late_is_named_as_not_run_and_refuses_nothing():
    code, before, table = _run("check a true", "part late touch here", "part later false", BEGIN_S=0)
    assert code == 0
    assert "== late" not in before
    assert table.count("not run, which refuses nothing  late") == 2


def test_a_part_that_would_take_too_long_is_stopped_and_refuses_nothing():
    code, _, table = _run("part long sleep 60", "check after true", END_S=2)
    assert code == 0
    assert "s  not finished, which refuses nothing  long\n" in table
    assert "s  passed  after\n" in table


def test_a_part_that_fails_in_time_refuses():
    code, _, table = _run("part a bash -c 'exit 137'")
    assert (code, "FAILED  a" in table) == (1, True)


@pytest.mark.parametrize("code", [124, 137])
def test_a_section_that_ends_as_a_stopped_one_does_has_failed(code):
    assert _run(f"check a bash -c 'exit {code}'")[0] == 1


def test_what_a_section_leaves_running_holds_nothing_up():
    code, _, table = _run("check a bash -c 'sleep 60 & echo done'")
    assert code == 0
    assert _seconds_of("a", table) < 25


def test_what_is_reported_stands_at_the_end_and_refuses_nothing():
    code, _, table = _run("check a bash -c 'echo reported: list 15.2, was 13.4; echo more'")
    assert code == 0
    assert table.endswith("-- reported, which refuses nothing\n         list 15.2, was 13.4\n")


def test_failures_are_listed_though_a_log_holds_what_is_no_text():
    odd = r"odd() { printf '\0\377\nFAILED tests/a.py::x\n'; return 1; }"
    assert "FAILED tests/a.py::x\n" in _run(odd, "check a odd")[2]


def test_a_run_that_is_ended_ends_its_section(tmp_path):
    script = (
        f'. "{TABLE}"; trap end_sections EXIT; check a bash -c \'echo $$ >"{tmp_path}/pid"; exec sleep 60\''
    )
    with subprocess.Popen(["bash", "-c", script], stdout=subprocess.DEVNULL) as run:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        run.terminate()
        run.wait(timeout=20)
    section = int((tmp_path / "pid").read_text())
    for _ in range(2000):
        if not Path(f"/proc/{section}/cmdline").exists():
            return
        time.sleep(0.01)
    os.kill(section, 9)
    pytest.fail("the section still runs")


def test_of_many_failures_the_first_40_stand_in_the_table_and_the_others_are_counted():
    table = _run("check a bash -c 'for n in {1..50}; do echo FAILED tests/a.py::x$n; done; exit 1'")[2]
    assert table.count("FAILED tests/a.py::x") == 40
    assert "and 10 more\n" in table


def test_a_section_that_a_signal_ends_says_by_which():
    assert "ERROR: ended by signal 9\n" in _run("check a bash -c 'kill -9 $$'")[2]


def test_every_section_of_the_run_is_there():
    run = (ROOT / ".ci" / "run").read_text("utf-8")
    assert re.findall(r'^ *check ("[^"]+"|\S+)', run, re.MULTILINE) == [
        "installation", "format", "lint", "types", '"import rules"', "ceilings", "tests", '"quality floor"',
        '"quality floor, without the public sets ($corpus/datasets)"', "speed", '"lowest versions"',
        '"who is told, without the second reader"',
    ]  # fmt: skip
