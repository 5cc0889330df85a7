"""The changes to the code that tests are held against: each is one line that reads, and is caught or not."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from mutating.changes import Change, changes  # noqa: E402
from mutating.running import changed  # noqa: E402

CODE = '''"""Sums."""

LIMIT = 3


class Sum:
    def add(self, a: int = 1, b: int = 2) -> int:
        """Adds 1 and 2."""
        if not a and b > LIMIT:
            return 0
        self.note(f"{a == 1}")
        return a + b

    def note(self, words: str) -> bool:
        return words == "one" or [
            word for word in words if word
        ] is None


def unused() -> int:
    return 7
'''
TESTS = """import pytest

from data.sums import Sum


@pytest.mark.parametrize("b", [2, 5])
def test_it_adds(b):
    assert Sum().add(1, b) == 1 + b


def test_it_runs():
    Sum().add(0, 5)
"""


def test_each_change_is_one_line_that_reads_and_means_something_else():
    found = list(changes("data/sums.py", CODE))
    lines = CODE.split("\n")
    for one in found:
        assert lines[one.line - 1].strip() == one.before
        new = [*lines]
        new[one.line - 1] = lines[one.line - 1].replace(one.before, one.after)
        assert ast.dump(ast.parse("\n".join(new))) != ast.dump(ast.parse(CODE)), one
    assert {(one.kind, one.after) for one in found if one.line == 9} == {
        ("negation", "if not (not a and b > LIMIT):"),
        ("not", "if (a) and b > LIMIT:"),
        ("and or", "if not a or b > LIMIT:"),
        ("comparison", "if not a and b >= LIMIT:"),
    }
    assert {one.kind for one in found} >= {"call", "return", "string", "number"}


def test_what_is_no_behaviour_of_a_function_is_left_alone():
    assert {one.line for one in changes("data/sums.py", CODE)} == {9, 10, 11, 12, 15, 16, 21}


def test_a_change_knows_its_function():
    assert {one.function for one in changes("data/sums.py", CODE)} == {"Sum.add", "Sum.note", "unused"}


@pytest.fixture
def copy(tmp_path):
    """A little checkout with probes whose tests were run once, and what came of it."""
    root = tmp_path / "copy"
    (root / "data").mkdir(parents=True)
    (root / "data" / "__init__.py").write_text("")
    (root / "data" / "sums.py").write_text(CODE)
    (root / "tests").mkdir()
    (root / "tests" / "test_sums.py").write_text(TESTS)
    (root / "pyproject.toml").write_text("")
    git = ["git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x", "--no-verify"]):
        subprocess.run([*git, *words], check=True)
    command = _benchmark("draw", root, tmp_path).partition("&& ")[2].replace(" pytest ", " {} -m pytest -q ")
    run = f"cd {root} && {command.format(sys.executable)}"
    subprocess.run(["bash", "-c", run], check=True, env=_plain(), capture_output=True)
    subprocess.run([*git, "checkout", "-q", "."], check=True)
    return root


def _plain():
    dropped = ("PYTEST_", "COV_", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if not name.startswith(dropped)}


def _benchmark(*words):
    told = [sys.executable, "-P", str(BENCHMARKS / "code_mutants.py"), *map(str, words)]
    done = subprocess.run(told, capture_output=True, text=True, check=False, env=_plain())
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_changes_are_run_against_the_tests_that_enter_their_line(copy, tmp_path):
    result, after = tmp_path / "result.json", tmp_path / "after.json"
    _benchmark("choose", tmp_path, result)
    found = json.loads(result.read_text())
    assert {one["function"] for one in found["changes"]} == {"Sum.add", "Sum.note"}
    assert found["not_entered"] >= 1
    early = next(one for one in found["changes"] if one["line"] == 10)
    assert early["tests"] == ["tests/test_sums.py::test_it_runs"]

    found["changes"] = [early, next(one for one in found["changes"] if one["line"] == 12)]
    found["changes"][1] |= {"kind": "return", "after": "return None"}
    result.write_text(json.dumps(found))
    said = _benchmark("run", result, copy)
    assert [one["outcome"]["caught"] for one in json.loads(result.read_text())["changes"]] == [False, True]
    assert "test_it_adds" in said
    assert (copy / "data" / "sums.py").read_text() == CODE

    (copy / "data" / "sums.py").rename(copy / "data" / "adding.py")
    (copy / "tests" / "test_sums.py").rename(copy / "tests" / "test_adding.py")
    (copy / "tests" / "test_adding.py").write_text(TESTS.replace("data.sums", "data.adding"))
    _benchmark("run", result, copy, "--out", after)
    assert _benchmark("compare", result, after).splitlines()[0] == "= 2, caught before 1"


def test_a_line_that_is_nowhere_is_said_to_be_gone(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sums.py").write_text(CODE)
    one = next(iter(changes("data/sums.py", CODE)))
    with changed(tmp_path, one) as fault:
        assert fault == ""
        assert (tmp_path / "data" / "sums.py").read_text() != CODE
    assert (tmp_path / "data" / "sums.py").read_text() == CODE
    with changed(tmp_path, Change(**{**vars(one), "before": "if other:"})) as fault:
        assert fault == "the line is gone"


def test_the_kept_result_is_of_sixty_changes_each_with_its_tests():
    kept = json.loads((BENCHMARKS / "code_mutants_before.json").read_text(encoding="utf-8"))
    assert len({(one["file"], one["line"]) for one in kept["changes"]}) == 60
    assert all(one["tests"] and one["before"] != one["after"] for one in kept["changes"])
    assert all(one["outcome"]["by"] for one in kept["changes"] if one["outcome"] and one["outcome"]["caught"])
