"""A hint that names a page of the desk names one that there is; its commands: test_architecture.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from support.checkout import ROOT
from support.every_command import leaves

from data.errors import as_typed
from monitor.desk.app import desk_app

ROOMS = ("monitor", "sources", "classifiers", "alerts", "data")
SAID = "\n".join(
    path.read_text(encoding="utf-8")
    for room in ROOMS
    for path in (ROOT / room).rglob("*")
    if path.suffix in (".py", ".toml") and path.name != "errors.py"
)


def test_every_page_in_a_hint_is_a_route_of_the_desk():
    desk = desk_app(None, lambda: None, None)
    pages = {route.path for route in desk.routes}
    named = set(re.findall("⟪(/[a-z/-]+)⟫", SAID))
    assert named
    assert named <= pages


def test_a_page_is_said_by_its_address_whole_where_that_of_the_desk_is_known():
    assert as_typed("See ⟪/code⟫.") == "See the desk’s page /code."
    assert "https://desk.test/code" in as_typed("See ⟪/code⟫.", desk="https://desk.test/")


def _hints() -> Iterator[str]:
    """What the program says, values left out: its strings, and its sentences."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            found = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            parts = {id(part) for node in found if isinstance(node, ast.JoinedStr) for part in node.values}
            for node in found:
                if isinstance(node, ast.JoinedStr):
                    yield "".join(p.value if isinstance(p, ast.Constant) else "…" for p in node.values)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                    yield node.value
        for path in (ROOT / room).rglob("*.toml"):
            yield from path.read_text(encoding="utf-8").splitlines()


def _needs() -> dict[str, list[str]]:
    """What each command asks nothing for and does not go without, as it may be given."""
    options = {
        " ".join(words): [p.opts[0] for p in command.params if p.required and p.param_type_name == "option"]
        for words, command in leaves()
    }
    options["terms add"] = ["--first|--closed|--file"]
    return {words: given for words, given in options.items() if given}


def test_a_command_in_a_hint_can_be_typed_as_it_stands():
    needs = _needs()
    assert "--name" in needs["people add"]
    for said in map(as_typed, _hints()):
        for command, options in needs.items():
            for typed in re.findall(rf"(?<!`)schoolgate {command}\b([^\n]*)", said):
                missing = [o for o in options if not re.search(rf"(?<!\S)({o})\b", typed)]
                assert not missing, f"{command} without {missing}: {said}"
