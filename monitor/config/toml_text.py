"""Find where each key of a TOML document is, which tomllib forgets, and write values."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from data.frozen import freeze

Path = tuple[str | int, ...]
"""Keys and array positions, as pydantic names a place: ("sources", 2, "url")."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''(?:.*?)'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{},\n=]"
    r"|[^\[\]{},\n=\"'\#]+",
    re.DOTALL,
)


@freeze
class TomlPart:
    """A table as it stands in the file: its own keys, without those of tables below it.

    `first` is the line of its header, 0 for what stands before all headers; `last` that on which its last key
    ends; `end` the last line before the next header, with comments and empty lines.
    """

    path: Path
    first: int
    last: int
    end: int


@dataclass(slots=True)
class _Statement:
    line: int
    end: int = 0
    head: str = ""
    value_begun: bool = False
    elements: list[int] = field(default_factory=list)


def leaves(held: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Each value that is no table and no list, with its place."""
    inside = (
        held.items() if isinstance(held, Mapping) else enumerate(held) if isinstance(held, list) else None
    )
    if inside is None:
        yield path, held
    for key, each in inside or ():
        yield from leaves(each, (*path, key))


def find_toml_lines(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and element of an array in a well-formed document.

    An element that stands on a line of its own has that line; inside inline tables the line is
    that of the element or key around it. What has no line of its own (`a` in `a.b = 1`) has that of the
    first thing in it.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for statement in _statements(text):
        head = statement.head.strip()
        if head.startswith("["):
            path = table = _enter(head, counts)
        else:
            path = table + tuple(_descend(tomllib.loads(f"{head} = 0")))
        for end in range(1, len(path) + 1):
            lines.setdefault(path[:end], statement.line)
        for i, line in enumerate(statement.elements):
            lines[(*path, i)] = line
    return lines


def parts(text: str) -> list[TomlPart]:
    """The tables of a well-formed document in its order; the first has the keys before all headers."""
    counts: dict[Path, int] = {}
    found: list[tuple[Path, int, int]] = [((), 0, 0)]
    for statement in _statements(text):
        head = statement.head.strip()
        if head.startswith("["):
            found.append((_enter(head, counts), statement.line, statement.end))
        else:
            path, first, _ = found[-1]
            found[-1] = (path, first, statement.end)
    ends = [first - 1 for _, first, _ in found[1:]]
    ends.append(text.count("\n") + (not text.endswith("\n")))
    return [TomlPart(*part, end) for part, end in zip(found, ends, strict=True)]


def find_line(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of a place, or of the nearest table or key around it; None for the document."""
    around = (path[:end] for end in range(len(path), 0, -1))
    return next((lines[place] for place in around if place in lines), None)


def _statements(text: str) -> Iterator[_Statement]:
    """Headers and keys with the lines of their arrays' elements. Comments and strings are stepped over."""
    line, depth, before = 1, 0, ""
    current: _Statement | None = None
    for token in _TOKEN.findall(text):
        if token == "\n" and depth == 0:
            if current:
                current.end = line
                yield current
            current = None
        elif token.strip() and not token.startswith("#"):
            current = current or _Statement(line)
            if not current.value_begun:
                current.value_begun = token == "="
                current.head += "" if token == "=" else token
            else:
                if depth == 1 and before in ("[", ",") and token != "]":
                    current.elements.append(line)
                depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token, 0)
            before = token
        line += token.count("\n")
    if current:
        current.end = line
        yield current


def _descend(document: object) -> Iterator[str]:
    while isinstance(document, dict | list):
        if isinstance(document, list):
            document = document[0]
            continue
        if not document:
            return
        key, document = next(iter(document.items()))
        yield key


def _enter(head: str, counts: dict[Path, int]) -> Path:
    """The path a header opens, arrays of tables with their position; `counts` is kept up to date."""
    keys = tuple(_descend(tomllib.loads(head)))
    path: Path = ()
    for key in keys[:-1]:
        path = (*path, key)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, keys[-1])
    if head.startswith("[["):
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path


def toml(value: object) -> str:
    """A value as it is written in the file."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_bare(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return "".join(map(_name_sign, json.dumps(value, ensure_ascii=False)))


Values = Mapping[str, object]
"""The keys of a table. What is None, "" or an empty list is left out."""

WIDE = 80
_NOTHING: tuple[object, ...] = (None, "", (), [])


def rows(values: Values) -> list[str]:
    """The lines of a table's keys; a long list has a line an element."""
    lines: list[str] = []
    for key, value in values.items():
        if isinstance(value, list | tuple) and len(toml(value)) > WIDE:
            lines += [f"{_bare(key)} = [", *(f"  {toml(element)}," for element in value), "]"]
        elif value not in _NOTHING:
            lines.append(f"{_bare(key)} = {toml(value)}")
    return lines


def _name_sign(sign: str) -> str:
    """A sign that an editor would not show, or that turns the line around, by its number."""
    category = unicodedata.category(sign)
    if category == "Cs":
        return "\ufffd"
    if not category.startswith("C") and category not in ("Zl", "Zp"):
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def _bare(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
