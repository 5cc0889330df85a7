"""A checkout's product as text and as trees, and its size."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

ROOMS = ("schoolgate", "monitor", "sources", "classifiers", "alerts", "data")
BESIDE = "research"
"""What is kept beside the product and not shipped."""
MOST_FILES = 12
Nodes = dict[type[ast.AST], list[Any]]
_TEST = re.compile(r"^(?:    )?(?:async )?def test", re.MULTILINE)


@dataclass(frozen=True)
class Figure:
    """A line as it is printed, the numbers in it by their names, and what was counted."""

    said: str
    values: dict[str, float] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Checkout:
    """The files of a checkout, each read and parsed once."""

    root: Path

    @cached_property
    def texts(self) -> dict[str, str]:
        """Each module of the product, and its text."""
        return {file: text for room in ROOMS for file, text in self.read(room).items()}

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        """Each module of the product, parsed."""
        return {file: ast.parse(text) for file, text in self.texts.items()}

    @cached_property
    def nodes(self) -> dict[str, Nodes]:
        """What each module is made of, by kind, as far as it is asked for here."""
        return {file: nodes_of(tree) for file, tree in self.trees.items()}

    @cached_property
    def strings(self) -> dict[str, list[Text]]:
        """The strings of each module that are no docstring; an f-string is one."""
        return {file: list(_strings(nodes)) for file, nodes in self.nodes.items()}

    def read(self, folder: str) -> dict[str, str]:
        """The Python files below a folder, by their path from the root."""
        found = sorted((self.root / folder).rglob("*.py"))
        return {p.relative_to(self.root).as_posix(): p.read_text(encoding="utf-8") for p in found}


@dataclass(frozen=True)
class Text:
    """A string, or what stands between the `{}` of an f-string; `parts` are its pieces."""

    line: int
    parts: tuple[str, ...]
    filled: bool = False

    @property
    def said(self) -> str:
        """The whole, with “{}” where something is filled in."""
        return "{}".join(self.parts)


def nodes_of(tree: ast.Module) -> Nodes:
    """Find the nodes of the kinds that are counted here."""
    found: Nodes = {kind: [] for kind in (ast.Constant, ast.Expr, ast.JoinedStr, ast.Call, ast.arg)}
    for node in ast.walk(tree):
        if type(node) in found:
            found[type(node)].append(node)
    found[ast.Constant] = [node for node in found[ast.Constant] if isinstance(node.value, str)]
    return found


def sizes(checkout: Checkout) -> Iterator[Figure]:
    """Yield files, lines and tests, folders that are too full, class names that mean two things."""
    texts, lines = checkout.texts, sum(map(_lines, checkout.texts.values()))
    code = sum(code_lines(text, checkout.nodes[file]) for file, text in texts.items())
    yield Figure(
        f"product: {len(texts)} files, {lines} lines, {code} without blanks, comments and docstrings",
        {"files": len(texts), "lines": lines, "code_lines": code},
    )
    beside = checkout.read(BESIDE)
    if beside:
        yield Figure(
            f"beside the product, {BESIDE}: {len(beside)} files, {sum(map(_lines, beside.values()))} lines"
        )
    tests = {file: len(_TEST.findall(text)) for file, text in checkout.read("tests").items()}
    yield Figure(f"test functions: {sum(tests.values())}", {"tests": sum(tests.values())})
    yield _full(texts)
    yield _twice(checkout)


def code_lines(text: str, nodes: Nodes) -> int:
    """Count the lines that hold code: no blank one, no comment alone, no docstring."""
    doc = {line for node in _docstrings(nodes) for line in _span(node)}
    inside = {
        line for kind in (ast.Constant, ast.JoinedStr) for node in nodes[kind] for line in _span(node)[1:]
    }
    return sum(
        bool(line.strip()) and n not in doc and (n in inside or not line.lstrip().startswith("#"))
        for n, line in enumerate(text.splitlines(), 1)
    )


def _docstrings(nodes: Nodes) -> list[ast.Constant]:
    """Strings that are a statement of their own: of a module, a class, a function or a value."""
    texts = set(nodes[ast.Constant])
    return [node.value for node in nodes[ast.Expr] if node.value in texts]


def _full(texts: dict[str, str]) -> Figure:
    folders = Counter(str(Path(file).parent) for file in texts if not file.endswith("__init__.py"))
    full = [f"{folder}: {count}" for folder, count in sorted(folders.items()) if count > MOST_FILES]
    return Figure(f"folders of more than {MOST_FILES} files: {len(full)}", names=full)


def _twice(checkout: Checkout) -> Figure:
    classes = defaultdict(list)
    for file, tree in checkout.trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(file)
    twice = [f"{name}: {' '.join(files)}" for name, files in sorted(classes.items()) if len(files) > 1]
    return Figure(f"class names that mean two classes or more: {len(twice)} of {len(classes)}", names=twice)


def _strings(nodes: Nodes) -> Iterator[Text]:
    yield from (Text(node.lineno, tuple(_pieces(node)), filled=True) for node in nodes[ast.JoinedStr])
    pieces = {piece for node in nodes[ast.JoinedStr] for piece in node.values}
    skipped = pieces.union(_docstrings(nodes))
    yield from (Text(node.lineno, (node.value,)) for node in nodes[ast.Constant] if node not in skipped)


def _pieces(node: ast.JoinedStr) -> Iterator[str]:
    """What stands before, between and after what is filled in."""
    held = ""
    for value in node.values:
        if isinstance(value, ast.Constant):
            held += value.value
        else:
            yield held
            held = ""
    yield held


def _span(node: ast.expr) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _lines(text: str) -> int:
    return text.count("\n")
