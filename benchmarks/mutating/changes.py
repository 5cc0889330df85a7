"""Small faults that a line of Python may be given: each changes one line, and the file still parses."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOMS = ("monitor", "sources", "classifiers", "alerts", "data")
LEFT_OUT = ("classifiers/training/", "monitor/fleet/", "monitor/cli/commands/fleet/")
"""Training is research, and the fleet's tests run by themselves."""
OPPOSITES = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
Node = ast.expr | ast.stmt
Edit = tuple[str, Node, int, int, str]
"""A kind of change, what has to be entered for it to matter, from where to where it reaches, its words."""


@dataclass(frozen=True)
class Change:
    """One line of one function, and what it becomes.

    `nth` tells lines of one function apart that read the same. `start` and `end` are the bytes of the
    expression that has to be entered for the change to matter; an `end` of 0 is the whole statement.
    """

    file: str
    function: str
    line: int
    nth: int
    kind: str
    before: str
    after: str
    start: int
    end: int


def drawn(root: Path, seed: int) -> Iterator[Change]:
    """The product's lines that can be changed, each once and with one change, in an order drawn by seed."""
    by_line: dict[tuple[str, int], list[Change]] = defaultdict(list)
    for file, text in product(root):
        for change in changes(file, text):
            by_line[file, change.line].append(change)
    chance = Random(seed)
    for place in chance.sample(sorted(by_line), len(by_line)):
        yield chance.choice(by_line[place])


def product(root: Path) -> Iterator[tuple[str, str]]:
    """Every module that may be changed, and its text."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            file = path.relative_to(root).as_posix()
            if not file.startswith(LEFT_OUT):
                yield file, path.read_text(encoding="utf-8")


def changes(file: str, text: str) -> Iterator[Change]:
    """Every change that can be made inside the functions of a module."""
    lines = text.encode().split(b"\n")
    nth = {line: (function, number) for function, line, number in numbered(text)}
    for node in _within(ast.parse(text)):
        for kind, entered, start, stop, words in _edits(node, lines):
            old = lines[entered.lineno - 1]
            new = old[:start] + words.encode() + old[stop:]
            function, number = nth[entered.lineno]
            yield Change(
                file, function, entered.lineno, number, kind, old.decode().strip(), new.decode().strip(),
                entered.col_offset, 0 if isinstance(entered, ast.stmt) else entered.end_col_offset or 0,
            )  # fmt: skip


def numbered(text: str) -> Iterator[tuple[str, int, int]]:
    """Each line inside a function: the function's full name, the line, which of its like lines it is."""
    of: dict[int, str] = {}
    _name_lines(ast.parse(text), "", of, False)
    lines = text.split("\n")
    seen: Counter[tuple[str, str]] = Counter()
    for line, function in sorted(of.items()):
        like = function, lines[line - 1].strip()
        yield function, line, seen[like]
        seen[like] += 1


def _name_lines(node: ast.AST, name: str, of: dict[int, str], inside: bool) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            below = f"{name}.{child.name}" if name else child.name
            function = inside or not isinstance(child, ast.ClassDef)
            if function:
                of.update(dict.fromkeys(range(child.lineno, (child.end_lineno or 0) + 1), below))
            _name_lines(child, below, of, function)
        else:
            _name_lines(child, name, of, inside)


def _within(node: ast.AST, inside: bool = False) -> Iterator[ast.AST]:
    """What a function does when it is called: no defaults, decorators, types, patterns, f-strings."""
    for child in _parts(node):
        if inside:
            yield child
        yield from _within(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body) | ast.ClassDef(body=body):
            yield from body
        case ast.Lambda(body=value):
            yield value
        case ast.AnnAssign(value=ast.expr() as value):
            yield value
        case ast.match_case(guard=guard, body=body):
            yield from [guard, *body] if guard else body
        case ast.AnnAssign() | ast.JoinedStr():  # places inside an f-string are true from Python 3.12 on
            return
        case _:
            yield from ast.iter_child_nodes(node)


def _edits(node: ast.AST, lines: list[bytes]) -> Iterator[Edit]:
    """The changes that a node itself allows, if it stands on one line."""
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield from _put("negation", test, lines, "not ({})", test)
        case ast.comprehension(ifs=[test, *_]):
            yield from _put("negation", test, lines, "not ({})", test)
        case ast.Compare(left=left, ops=[operator, *_], comparators=[right, *_]):
            yield from _swap("comparison", node, left, right, OPPOSITES[type(operator)], lines)
            if isinstance(right, ast.Constant) and isinstance(right.value, str):
                yield from _put("string", right, lines, repr(right.value + "x"))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _put("not", node, lines, "({})", operand)
        case ast.BoolOp(op=operator, values=[left, right, *_]):
            words = ("and", "or") if isinstance(operator, ast.And) else ("or", "and")
            yield from _swap("and or", node, left, right, words, lines)
        case _:
            yield from _edits_of_values(node, lines)


def _edits_of_values(node: ast.AST, lines: list[bytes]) -> Iterator[Edit]:
    match node:
        case ast.Constant(value=bool() as value):
            yield from _put("true false", node, lines, repr(not value))
        case ast.Constant(value=int() as value):
            yield from _put("number", node, lines, repr(value + 1))
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield from _put("return", value, lines, "None")
        case ast.Expr(value=ast.Call()):
            yield from _put("call", node, lines, "pass")


def _put(
    kind: str, node: Node, lines: list[bytes], words: str, kept: ast.expr | None = None
) -> Iterator[Edit]:
    """The node in other words; `{}` is what stood at `kept`."""
    if node.lineno == node.end_lineno:
        if kept is not None:
            words = words.format(lines[node.lineno - 1][kept.col_offset : kept.end_col_offset].decode())
        yield kind, node, node.col_offset, node.end_col_offset or 0, words


def _swap(
    kind: str, node: ast.expr, left: ast.expr, right: ast.expr, words: tuple[str, str], lines: list[bytes]
) -> Iterator[Edit]:
    """The node with another operator between two of its parts."""
    if node.lineno == node.end_lineno:
        start, stop = left.end_col_offset or 0, right.col_offset
        between = lines[node.lineno - 1][start:stop].decode()
        yield kind, node, start, stop, between.replace(*words, 1)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
