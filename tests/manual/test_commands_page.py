"""What docs/commands.md says of exit codes and of lines of JSON is so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from support.checkout import ROOT

from classifiers.triage import _KEYS as ITEM_KEYS
from data import errors
from data.register.national_lists import _KEYS as SCHOOL_KEYS
from monitor.terminal.errors import INTERRUPTED

PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_the_page_names_every_key_of_the_lines_of_json():
    lines = PAGE.partition("\n## JSON\n")[2].partition("\n## ")[0]
    ours = ast.parse((ROOT / "sources/parse.py").read_text("utf-8"))
    (told,) = (f for f in ast.walk(ours) if isinstance(f, ast.FunctionDef) and f.name == "mention_line")
    keys = [key.value for node in ast.walk(told) if isinstance(node, ast.Dict) for key in node.keys]
    assert not [key for key in (*keys, *ITEM_KEYS, *SCHOOL_KEYS) if f"`{key}`" not in lines]


TABLE = dict(re.findall(r"^\| (\d+) \| .+? \| (.*?) ?\|$", PAGE.partition("## Setting up")[0], re.MULTILINE))
NOT_ALL = {
    "scan": "monitor/cli/views/scan.py",
    "init": "monitor/cli/commands/setup/init.py",
    "service install": "monitor/cli/commands/service.py",
    "fleet run": "monitor/cli/commands/fleet.py",
}
"""Where a command says that not all was done."""


def _codes(path: Path) -> set[int]:
    """The numbers that a module ends a command with: given to `finish`, or returned where an int is."""
    tree = ast.parse(path.read_text("utf-8"))
    ends = [
        n.args[0]
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and ast.unparse(n.func).endswith("finish")
    ]
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.returns):
        if ast.unparse(function.returns) == "int" and function.name.startswith(("_", "run", "exit")):
            ends += [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]
    said = [
        part for end in ends for part in ((end.body, end.orelse) if isinstance(end, ast.IfExp) else (end,))
    ]
    return {part.value for part in said if isinstance(part, ast.Constant)}


def test_the_table_of_exit_codes_has_those_of_the_code_and_no_other():
    codes = {path: _codes(path) for path in (ROOT / "monitor" / "cli").rglob("*.py")}
    raised = {
        e.exit_code
        for e in vars(errors).values()
        if isinstance(e, type) and issubclass(e, errors.SchoolgateError)
    }
    assert set(map(str, {*raised, INTERRUPTED, *(code for found in codes.values() for code in found)})) == {
        *TABLE
    }
    assert {p.relative_to(ROOT).as_posix() for p, found in codes.items() if 3 in found} == {*NOT_ALL.values()}
    assert set(re.findall(r"`([a-z ]+)`", TABLE["3"])) == {*NOT_ALL}
