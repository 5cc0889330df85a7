"""`doctor`: what a remedy gives to be typed exists and does what it says; nothing is to be pasted."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest
from builders.doctor import MAIL
from support.command_call import called
from support.every_command import tree
from support.for_each import for_each

from monitor.cli.commands.setup.docs import pages
from monitor.cli.commands.setup.set import set_keys
from monitor.config.load import load
from monitor.config.model import TomlFile
from monitor.setup.doctor import findings

DOCTOR = Path(findings.__file__).parent
_TYPED = re.compile(r"schoolgate (?:[^.,;:()”]|[.:](?=\S))*")
_TO_BE_PASTED = re.compile(r"\w+ = |\[\[\w+\]\] \w+ ?=")
SCHOOL = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'


def _texts() -> Iterator[str]:
    """Every text of the checks but their docstrings; what is filled in stands as “filled”."""
    for path in DOCTOR.rglob("*.py"):
        tree_ = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree_) if isinstance(node, ast.Expr)}
        inner = {id(v) for node in ast.walk(tree_) if isinstance(node, ast.JoinedStr) for v in node.values}
        for node in ast.walk(tree_):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(v.value) if isinstance(v, ast.Constant) else "filled" for v in node.values)
            elif (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docs | inner
            ):
                yield node.value


def _commands() -> list[str]:
    found = {match.group().strip() for text in _texts() for match in _TYPED.finditer(text)}
    return sorted(command for command in found if command.partition(" ")[2][:1].islower())


COMMANDS = _commands()


def test_the_commands_of_remedies_are_found() -> None:
    assert {"schoolgate people add", "schoolgate set contact", "schoolgate alerts list"} <= set(COMMANDS)


@for_each("line", COMMANDS)
def test_a_command_of_a_remedy_is_read_by_the_command_line_with_its_options(line: str) -> None:
    command, (_, *given) = tree(), shlex.split(line)
    while hasattr(command, "commands"):
        assert given, f"{line} is a group"
        assert given[0] in command.commands, f"{line}: there is no {given[0]}"
        command, given = command.commands[given[0]], given[1:]
    command.make_parser(command.context_class(command)).parse_args(given)


KEYS = sorted(
    {key for line in COMMANDS if line.startswith("schoolgate set ") for key in shlex.split(line)[2:]}
)


@pytest.mark.parametrize("key", [key for key in KEYS if key != "mail"])
def test_a_key_that_a_remedy_sets_is_in_the_file_afterwards_and_the_file_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    name, _, value = key.partition("=")
    path = tmp_path / "schoolgate.toml"
    path.write_text(SCHOOL + MAIL if name.startswith("mail.") else SCHOOL)
    (tmp_path / "filter-ca.pem").write_bytes(Path(certifi.where()).read_bytes())
    answer = str(_example(name)) if value in ("", "filled") else value
    monkeypatch.setattr("monitor.cli.commands.setup.set.ask", lambda question, default: answer)
    called(set_keys, keys=[name], home=tmp_path)
    load(path, {})
    assert answer.strip("[]'") in path.read_text()


def test_no_remedy_gives_lines_to_be_put_into_the_file() -> None:
    assert [text for text in _texts() if _TO_BE_PASTED.search(text)] == []


def test_keys_and_tables_that_a_remedy_names_are_in_the_file() -> None:
    tables = {key for key in TomlFile.model_fields}
    named = {name for text in _texts() for name in re.findall(r"\[+(\w+)(?:\.\w+)?\]+", text)}
    assert named - tables - {"filled"} <= {"browser", "hub", "fleet"}  # extras of pip


def test_pages_that_a_remedy_names_are_there() -> None:
    named = {page for text in _texts() for page in re.findall(r"schoolgate docs ([\w-]+)", text)}
    assert named
    assert named <= pages().keys()


def _example(name: str) -> object:
    table, _, key = name.rpartition(".")
    model = TomlFile
    if table:
        from monitor.cli.commands.setup.set import _model

        model = _model(TomlFile.model_fields[table])
    example = model.model_fields[key].examples[0]
    return ", ".join(example) if isinstance(example, list) else example
