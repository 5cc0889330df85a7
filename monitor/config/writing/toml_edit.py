"""Changes to the text of a TOML document: one table or one key of it, and not a letter of the rest.

tomlkit keeps comments, but brings tables of one name together where others stand between them. So the text
is cut at its headers, and tomlkit is given the one table that changes. Pure: text in, text out. Lines end in
“\\n”, and the document is well formed. Raises NoTable where a table has no header to be found by.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

import tomlkit

from monitor.config.faults import WIDE, Values, rows, toml
from monitor.config.toml_lines import Path, TomlPart, parts


class NoTable(Exception):
    """The table of that name has no header of its own to be found by, or its list has one for each row."""


def with_table(text: str, name: str, values: Values, *, several: bool = True) -> str:
    """With this table after the last of its name; the first stands where a comment has an example of one,
    or else at the end. `several` is for tables of which there may be more than one.
    """
    header = f"[[{name}]]" if several else f"[{name}]"
    return with_block(text, name, [header, *rows(values)])


def with_block(text: str, name: str, block: Sequence[str]) -> str:
    """The same with a table as it is written already: its lines, a comment above it among them."""
    there = parts(text)
    if name in tomllib.loads(text) and not any(part.path[:1] == (name,) for part in there):
        raise NoTable(name)
    lines = text.split("\n")
    at = _place(lines, there, name)
    before = [""] if at and lines[at - 1].strip() else []
    after = [""] if at < len(lines) and lines[at].strip() else []
    return "\n".join([*lines[:at], *before, *block, *after, *lines[at:]])


def without_table(text: str, path: Path, told: str = "") -> str:
    """Without that table and those below it. Comments stay, but for the one right above it where that holds
    `told`.
    """
    found = [part for part in parts(text) if part.path[: len(path)] == path and part.first]
    if not found:
        raise NoTable(path[0])
    lines = text.split("\n")
    for part in reversed(found):
        at = _above(lines, part.first - 1, told)
        del lines[at : part.last]
        if at and not lines[at - 1].strip() and (at == len(lines) or not lines[at].strip()):
            del lines[at - 1]
    return "\n".join(lines)


def _above(lines: list[str], header: int, told: str) -> int:
    """Where the comment right above a header begins, if it holds `told`; else the header."""
    at = header
    while at and lines[at - 1].startswith("#"):
        at -= 1
    said = " ".join(line.lstrip("# ") for line in lines[at:header])
    return at if told and told in said else header


def with_key(text: str, path: Path, key: str, value: object | None) -> str:
    """With that value for the key of that table; None takes the key away."""
    part = _part(text, path)
    if value is None:
        return _changed(text, part, lambda table: table.pop(key, None))
    if key not in _table(_parsed(text, part), path):
        return _with_new_key(text, part, key, value)
    return _changed(text, part, lambda table: table.update({key: tomlkit.value(toml(value))}))


def with_keys(text: str, path: Path, values: Values) -> str:
    """With each of these for that table, as `with_key` does."""
    for key, value in values.items():
        text = with_key(text, path, key, value)
    return text


def with_element(text: str, path: Path, key: str, value: object, at: int) -> str:
    """With that value in the list of that key, at that place; where there is no list, it is made."""

    def insert(table: dict[str, Any]) -> None:
        table[key].insert(at, tomlkit.value(toml(value)))
        one_line = table[key].as_string()
        if "\n" not in one_line and len(one_line) > WIDE:
            table[key].multiline(True)

    part = _part(text, path)
    if any(other.path[:-1] == (*path, key) for other in parts(text)):
        raise NoTable(key)
    if key not in _table(_parsed(text, part), path):
        return _with_new_key(text, part, key, [value])
    return _changed(text, part, insert)


def _part(text: str, path: Path) -> TomlPart:
    found = next((part for part in parts(text) if part.path == path), None)
    if found is None:
        raise NoTable(path[0])
    return found


def _cut(part: TomlPart) -> slice:
    return slice(max(part.first - 1, 0), part.last)


def _parsed(text: str, part: TomlPart) -> tomlkit.TOMLDocument:
    return tomlkit.parse("\n".join(text.split("\n")[_cut(part)]) + "\n")


def _table(document: Any, path: Path) -> Any:
    """The table of the document, which is that one alone."""
    for key in path:
        if isinstance(key, str):
            document = document[key]
            document = document[0] if isinstance(document, list) else document
    return document


def _changed(text: str, part: TomlPart, change: Callable[[dict[str, Any]], object]) -> str:
    document = _parsed(text, part)
    change(_table(document, part.path))
    lines = text.split("\n")
    lines[_cut(part)] = tomlkit.dumps(document).removesuffix("\n").split("\n")
    return "\n".join(lines)


def _with_new_key(text: str, part: TomlPart, key: str, value: object) -> str:
    """After an example of it in a comment of that table, or else after the table's last key."""
    lines = text.split("\n")
    at = part.last
    for n, line in enumerate(lines[part.last : part.end], part.last):
        if re.match(r"#\s*\[", line):
            break
        if re.match(rf"#\s*{re.escape(key)}\s*=", line):
            at = n + 1
            break
    return "\n".join([*lines[:at], *rows({key: value}), *lines[at:]])


def _place(lines: list[str], there: list[TomlPart], name: str) -> int:
    """How many lines come before a new table of that name."""
    like = [part for part in there if part.path[:1] == (name,)]
    if like:
        return _behind(lines, like[-1])
    for n, line in enumerate(lines):  # not where keys of its table follow, which would become the new one's
        among_keys = any(part.first <= n < part.last for part in there)
        if not among_keys and re.fullmatch(rf"#\s*\[+{re.escape(name)}\]+\s*", line):
            while n and lines[n - 1].startswith("#"):
                n -= 1
            return n
    return len(lines) - (not lines[-1])


def _behind(lines: list[str], part: TomlPart) -> int:
    """Where a table ends: after the comments that stand right below its last key, if they are not those above
    the next header."""
    at = part.last
    while at < part.end and lines[at].strip():
        at += 1
    return at if at < part.end or at >= len(lines) else part.last
