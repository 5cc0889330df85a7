"""Whatever the program says names pages by the command that shows them, and such as there are."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from support.every_command import leaves

from monitor.cli.commands.setup.docs import pages
from monitor.reports.manual import made

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("monitor", "sources", "classifiers", "alerts", "data")
FILES = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
TEMPLATES = {".txt", ".html", ".j2", ".typ", ".xml", ".js"}


def _in_code(path: Path) -> Iterator[str]:
    """Its strings, without what is said to those who read the code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside:
            yield node.value


def _in_table(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _in_table(each)
    elif isinstance(value, str):
        yield value


def _said() -> Iterator[tuple[str, str]]:
    """What people may read, each with where it is written."""
    for path in FILES:
        text = path.read_text(encoding="utf-8", errors="ignore") if path.suffix != ".onnx" else ""
        where = path.relative_to(ROOT).as_posix()
        if "docs" not in text or where.startswith("classifiers/model/"):
            continue
        if path.suffix == ".py":
            yield from ((where, said) for said in _in_code(path))
        elif path.suffix == ".toml":
            yield from ((where, said) for said in _in_table(tomllib.loads(text)))
        elif path.suffix in TEMPLATES:
            yield where, text
    for words, command in leaves():
        yield f"schoolgate {' '.join(words)}", str(command.help)


SAID = list(_said())


def test_no_message_sends_anybody_to_a_file_of_the_checkout():
    assert not [(where, said) for where, said in SAID if re.search(r"\bdocs/[\w-]+\.md", said)]


def test_every_page_that_a_message_names_is_one_that_an_installed_copy_shows():
    named = [
        (name, where)
        for where, said in SAID
        for name in re.findall(r"(?:schoolgate docs|⟪docs⟫) ([\w-]+)", said)
    ]
    shown = {*pages(), *(name.split()[0] for name in made())}
    assert len(named) > 50
    assert not [(name, where) for name, where in named if name not in shown]
