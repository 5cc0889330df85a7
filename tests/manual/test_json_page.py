"""What docs/json.md says of `--json` is so: documents, lines of JSON, a script; and all exit codes."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support.checkout import ROOT
from support.documents import content, faults
from support.every_command import ended, leaves

from classifiers.triage import _KEYS as ITEM_KEYS
from data import errors
from data.register.schools_json import _KEYS as SCHOOL_KEYS
from monitor.cli.schemas import DOCUMENTS, schema_of
from monitor.terminal import output
from monitor.terminal.errors import INTERRUPTED

PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_the_page_has_a_row_for_every_document_in_their_order():
    rows = re.findall(r"^\| `([a-z-]+)` \| (its keys|items?) \| (.+?) \|", PAGE, re.MULTILINE)
    printed = [(name, holds, by.replace("`", "")) for name, holds, by in rows]
    assert printed == [(name, kind.holds, kind.commands) for name, kind in DOCUMENTS.items()]


def test_every_command_that_takes_json_is_in_a_row():
    named = {by for kind in DOCUMENTS.values() for by in kind.commands.split(", ")}
    taking = {
        " ".join(words) for words, command in leaves() if any("--json" in p.opts for p in command.params)
    }
    others = {words for words in taking if words.startswith("case ")}
    assert taking - others == {re.split(" (?=--)", by)[0] for by in named if "case" not in by}
    assert {by for by in named if by.startswith("case ")} - {
        f"{o}{also}" for o in others for also in ("", " --due", " --list")
    } == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_is_one(name):
    Draft202012Validator.check_schema(schema_of(name))


def test_schema_prints_one_lists_all_and_names_the_nearest():
    code, out, _ = ended(["schema"])
    names = [line.split()[0] for line in out.splitlines()[1:] if not line.startswith(" ")]
    assert (code, names) == (0, [*DOCUMENTS])
    assert ended(["schema", "due"])[1].startswith(
        '{\n  "$schema": "https://json-schema.org/draft/2020-12/schema"'
    )
    assert ended(["schema", "alertz"])[::2] == (
        2,
        "alertz: there is no such document. Did you mean “alert”?\n",
    )


@pytest.mark.parametrize("held", [{}, {"state": "lost"}, {"state": "received", "by": "vale"}])
def test_a_document_that_lacks_a_key_has_another_or_another_word_is_found(held):
    assert not faults("report-state", output.enveloped("report-state", {"state": "received"}))
    with pytest.raises(AssertionError, match="report-state, "):
        output.enveloped("report-state", held)


@pytest.mark.parametrize("words", [("alerts", "list"), ("story", "list")])
def test_a_row_that_is_restricted_has_the_keys_of_every_other(home, words):
    rows = content(ended([*words, "--json", "--home", str(home)])[1])
    assert {row["restricted"] for row in rows} == {True, False}
    assert len({tuple(sorted(row)) for row in rows}) == 1


def _makes_json(path: Path) -> bool:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return any(ast.unparse(call.func) == "json.dumps" for call in calls)


def test_documents_are_made_in_one_place():
    found = {p.relative_to(ROOT).as_posix() for p in (ROOT / "monitor/cli").rglob("*.py") if _makes_json(p)}
    assert found == {
        "monitor/cli/commands/model.py",  # the lines of `triage`
        "monitor/cli/commands/source/app.py",  # those of `source parse`
        "monitor/cli/commands/schema.py",
    }


def test_the_page_names_every_key_of_the_lines_of_json():
    lines = PAGE.partition("\n## Lines of JSON\n")[2].partition("\n## ")[0]
    ours = ast.parse((ROOT / "sources/parse.py").read_text("utf-8"))
    (told,) = (f for f in ast.walk(ours) if isinstance(f, ast.FunctionDef) and f.name == "mention_line")
    keys = [key.value for node in ast.walk(told) if isinstance(node, ast.Dict) for key in node.keys]
    assert not [key for key in (*keys, *ITEM_KEYS, *SCHOOL_KEYS) if f"`{key}`" not in lines]


def test_the_script_of_a_trust_runs_as_it_stands(home, tmp_path):
    """It begins the program twice, as a trust would."""
    (script,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len([line for line in script.splitlines() if line]) <= 20
    morning = tmp_path / "morning.py"
    morning.write_text(script, encoding="utf-8")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    ran = subprocess.run(
        [sys.executable, morning, home], capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    listed = content(ended(["alerts", "list", "--open", "--json", "--home", str(home)])[1])
    lines = ran.stdout.splitlines()
    assert (ran.returncode, ran.stderr, len(lines)) == (0, "", len(listed))
    assert all(line.startswith("Oakfield Primary School, ") for line in lines)
    assert {alert["number"] for alert in listed} == {re.search(r"\d{6}", line)[0] for line in lines}
    assert any("with the DSL (its time is over)" in line for line in lines)


# ---------------------------------------------------------------- exit codes

TABLE = dict(
    re.findall(r"^\| (\d+) \| .+? \| (.*?) ?\|$", COMMANDS.partition("## Setting up")[0], re.MULTILINE)
)
NOT_ALL = {
    "scan": "monitor/cli/views/scan/summary.py",
    "init": "monitor/cli/commands/setup/init.py",
    "case recheck": "monitor/cli/commands/case/recheck.py",
    "service install": "monitor/cli/commands/setup/service.py",
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
