"""`benchmarks/house.py`: what it counts, and that a figure far above its ceiling fails."""

from __future__ import annotations

import json
import os
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
        "# Only lower.\nproduct_tokens = 61 # of six rooms\ndensity = 5.08\ndecisions = 0\ndoc_words = 6\n"
        "scan_files = 9\n"
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


def _ceilings(root: Path, **values: float) -> None:
    """Give the checkout other ceilings."""
    TOOL["_write"](root, values)


def test_each_figure_is_printed_beside_its_ceiling_with_the_difference(checkout):
    _ceilings(checkout, product_tokens=60, density=5.2)
    code, printed, wrong = _run(checkout, "--still")
    assert (code, wrong) == (0, "")
    assert printed.startswith(
        "product_tokens: 61 of 60 (+1)\ndensity: 5.08 of 5.2 (-0.12)\ndecisions: 0 of 0 (+0)\n"
        "doc_words: 6 of 6 (+0)\n"
    )


@pytest.mark.parametrize("name", ["product_tokens", "density", "decisions", "doc_words", "today_functions"])
def test_a_figure_fails_only_where_it_is_more_than_3_per_cent_above_its_ceiling(name):
    assert TOOL["compare"](name, 103, 100) == TOOL["compare"](name, 1, 100) == ""
    assert TOOL["compare"](name, 104, 100) == f"{name} is 104, more than 3 % above its ceiling of 100."


@pytest.mark.parametrize(
    ("name", "text", "figure"),
    [
        ("alerts/new.py", "A = 1\n", "product_tokens is 64"),
        ("docs/decisions/0002-new.md", "word", "doc_words is 7"),
        ("data/effects.py", FILES["data/effects.py"].replace("now():\n   ", "now():"), "density is 5.55"),
    ],
)
def test_what_grows_far_above_its_ceiling_fails(checkout, name, text, figure):
    (checkout / name).write_text(text, "utf-8")
    code, _, wrong = _run(checkout, "--still")
    assert code == 1
    assert f"{figure}, more than 3 % above" in wrong


@pytest.mark.parametrize("free", ["", "\n\n\n", "# a comment\n", '"""A docstring."""\n'])
def test_lines_files_comments_and_docstrings_are_free(checkout, free):
    (checkout / "alerts/new.py").write_text(free, "utf-8")
    assert "product_tokens: 61 of 61 (+0)" in _run(checkout, "--still")[1]


@pytest.mark.parametrize(
    ("body", "decisions"),
    [
        ("return a", 0),
        ("return 1 if a else 2 if b else 3", 2),
        ("return a and b and a", 2),
        ("return [x for x in a if x if b]", 2),
        ("for x in a:\n        while b:\n            pass", 2),
        ("try:\n        return a\n    except ValueError:\n        return b", 1),
        ("match a:\n        case 1:\n            return b\n        case _:\n            return a", 0),
        ("return lambda: a or b", 1),
    ],
)
def test_a_decision_is_a_branch_those_within_expressions_too(body, decisions):
    tree = TOOL["ast"].parse(f"def f(a, b):\n    {body}\n")
    assert TOOL["_decisions"](tree.body[0]) == decisions


def test_the_function_that_decides_most_is_named(checkout):
    assert "decisions: 0 monitor/cli/app.py:6 main\n" in _run(checkout, "--still", "--list")[1]


def test_lowering_writes_smaller_figures_and_raises_none(checkout):
    _ceilings(checkout, doc_words=5, density=9.99, product_tokens=70)
    printed = _run(checkout, "--still", "--lower")[1]
    assert "product_tokens: 61 of 61 (+0)\ndensity: 5.08 of 5.08 (+0.0)\n" in printed
    assert "doc_words: 6 of 5 (+1)\n" in printed


def _tag(root: Path, name: str) -> None:
    """Commit the checkout as it is and give the commit a tag."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "--no-verify", "-m", "x"), ("tag", name)):
        subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def test_ceilings_higher_than_in_the_last_release_are_named(checkout, monkeypatch):
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    _tag(checkout, "v1")
    assert "Ceilings higher than in v1: none.\n" in _run(checkout, "--still")[1]
    _ceilings(checkout, density=6, doc_words=5)
    printed = _run(checkout, "--still")[1]
    assert "Ceilings higher than in v1: density (5.08).\n" in printed


def test_without_a_release_nothing_is_compared(checkout):
    assert "No release here whose ceilings these could be compared with.\n" in _run(checkout, "--still")[1]


@pytest.mark.parametrize("how", ["_exit", "exit", "return"])
def test_what_a_command_enters_is_known_however_it_ends(checkout, how):
    out = checkout / "entered.json"
    env = {TOOL["AT"]: "2026-11-24T16:04:00+00:00"}
    code, _, wrong = _run(checkout, "--enter", out, how, env=env)
    assert (code, wrong) == (0, "")
    entered = json.loads(out.read_text("utf-8"))
    assert entered == ["monitor/cli/app.py::main", *(["data/effects.py::now"] if how == "_exit" else [])]
