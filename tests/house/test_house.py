"""`benchmarks/house.py`: what it counts, and that each figure above its ceiling fails."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from support.checkout import ROOT

HOUSE = ROOT / "benchmarks" / "house.py"
TOOL = runpy.run_path(str(HOUSE))
FILES = {
    "pyproject.toml": '[project.scripts]\nschoolgate = "monitor.cli.app:main"\n',
    "data/effects.py": "from datetime import datetime\n\n\ndef now():\n    return datetime.now()\n",
    "monitor/cli/app.py": (
        "import os\nimport sys\nfrom data.effects import now\n\n\ndef main():\n"
        "    match sys.argv[1]:\n        case '_exit':\n            os._exit(0 * now().year)\n"
        "        case 'exit':\n            sys.exit()\n"
    ),
    "research/teach.py": "LINE = 1\n",
    "tests/builders/town.py": "A = 1\n\nB = 2\n",
    "docs/README.md": "# Two words\n",
    "docs/decisions/0001-flat.md": "three words more",
    "benchmarks/ceilings.toml": (
        "# Only lower.\nproduct_lines = 16 # of six rooms\nproduct_files = 8\ntest_lines = 3\ndoc_words = 6\n"
        "scan_files = 9\nsuite_seconds = 9\n"
    ),
}


@pytest.fixture
def checkout(tmp_path):
    """A little checkout, each of whose figures is at its ceiling."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    for room in TOOL["PRODUCT"]:
        (tmp_path / room).mkdir(exist_ok=True)
        (tmp_path / room / "__init__.py").touch()
    return tmp_path


def _run(root: Path, *options: object, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-P", str(HOUSE), "--root", str(root), *map(str, options)],
        env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def _ceilings(root: Path, **values: int) -> None:
    """Give the checkout other ceilings."""
    TOOL["_write"](root, values)


def test_a_checkout_at_its_ceilings_passes(checkout):
    code, printed, wrong = _run(checkout, "--still")
    assert (code, wrong) == (0, "")
    assert printed == (
        "product_lines: 16 of 16\nproduct_files: 8 of 8\ntest_lines: 3 of 3\ndoc_words: 6 of 6\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "figure"),
    [
        ("alerts/new.py", "", "product_files is 9, above its ceiling of 8."),
        ("data/effects.py", f"{FILES['data/effects.py']}\n", "product_lines is 17, above its ceiling of 16."),
        ("tests/deep/test_x.py", "\n", "test_lines is 4, above its ceiling of 3."),
        ("docs/decisions/0002-new.md", "word", "doc_words is 7, above its ceiling of 6."),
    ],
)
def test_what_grows_above_its_ceiling_fails_and_the_message_says_what_may(checkout, name, text, figure):
    (checkout / name).parent.mkdir(exist_ok=True)
    (checkout / name).write_text(text, "utf-8")
    code, _, wrong = _run(checkout, "--still")
    assert code == 1
    assert wrong == f"{figure} {TOOL['ALLOWANCE']}\n"
    assert "N lines of tests, N/200 files, N/2 words of docs and N/250 seconds" in wrong


def test_what_is_far_below_its_ceiling_fails_until_that_is_written_down(checkout):
    _ceilings(checkout, product_lines=17)
    code, _, wrong = _run(checkout, "--still")
    assert code == 1
    assert wrong.startswith("product_lines is 16, more than 2 % below its ceiling of 17. Lower the ceiling:")
    assert _run(checkout, "--still", "--lower")[0] == 0
    assert (checkout / "benchmarks/ceilings.toml").read_text("utf-8") == FILES["benchmarks/ceilings.toml"]


def test_what_is_a_little_below_its_ceiling_may_stay():
    assert TOOL["compare"]("product_lines", 98, 100) == TOOL["compare"]("product_lines", 100, 100) == ""
    assert TOOL["compare"]("product_lines", 97, 100)


def test_lowering_raises_nothing(checkout):
    _ceilings(checkout, doc_words=5, test_lines=4)
    code, printed, _ = _run(checkout, "--still", "--lower")
    assert code == 1
    assert "test_lines: 3 of 3\ndoc_words: 6 of 5\n" in printed


def test_an_allowance_raises_by_its_own_measure_and_nothing_that_an_act_enters(checkout):
    before = TOOL["read_ceilings"](checkout)
    assert _run(checkout, "--allow", 500)[0] == 0
    after = TOOL["read_ceilings"](checkout)
    assert {name: after[name] - before[name] for name in after} == {
        "product_lines": 500, "product_files": 2, "test_lines": 500, "doc_words": 250, "scan_files": 0,
        "suite_seconds": 2,
    }  # fmt: skip
    assert TOOL["find_raises"](before, after, 500) == []
    assert _run(checkout, "--allow", 0)[0] == 2


@pytest.mark.parametrize(
    "name", ["product_lines", "product_files", "test_lines", "doc_words", "scan_files", "suite_seconds"]
)
def test_a_raise_beyond_the_allowance_is_found(checkout, name):
    before = TOOL["read_ceilings"](checkout)
    _run(checkout, "--allow", 500)
    after = TOOL["read_ceilings"](checkout)
    assert TOOL["find_raises"](before, {**after, name: after[name] + 1}, 500) == [name]


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout  # fmt: skip


def test_no_ceiling_was_ever_raised_by_more_than_its_allowance():
    """By the commits that changed the file, as far as they are here: each states its allowance."""
    place = TOOL["CEILINGS"].as_posix()
    before = None
    for commit in _git("log", "--first-parent", "--reverse", "--format=%H", "--", place).split():
        stated = re.search(r"(?m)^Allowance: (\d+) lines$", _git("show", "-s", "--format=%B", commit))
        after = TOOL["tomllib"].loads(_git("show", f"{commit}:{place}"))
        if before is not None:
            assert TOOL["find_raises"](before, after, int(stated[1]) if stated else 0) == [], commit
        before = after


def test_every_ceiling_is_of_a_figure_that_is_measured():
    measured = {*TOOL["sizes"](ROOT), "suite_seconds"}
    measured |= {f"{act}_{what}" for act in ("scan", "today") for what in ("files", "functions")}
    assert TOOL["read_ceilings"](ROOT).keys() == measured


@pytest.mark.parametrize("how", ["_exit", "exit", "return"])
def test_what_a_command_enters_is_known_however_it_ends(checkout, how):
    out = checkout / "entered.json"
    env = {TOOL["AT"]: "2026-11-24T16:04:00+00:00"}
    code, _, wrong = _run(checkout, "--enter", out, how, env=env)
    assert (code, wrong) == (0, "")
    entered = json.loads(out.read_text("utf-8"))
    assert entered == ["monitor/cli/app.py::main", *(["data/effects.py::now"] if how == "_exit" else [])]


def test_ci_measures_the_whole_house():
    assert "\nsection ceilings; python -P benchmarks/house.py\n" in (ROOT / ".ci" / "run").read_text("utf-8")
