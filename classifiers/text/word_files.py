"""Files of words: patterns in TOML beside the code that reads them.

Of three tables each key names a pattern: those of `[words]` are alternatives, one a line, matched at word
boundaries (`either`); of `[patterns]` expressions, whose lines are joined; of `[parts]` pieces of others.
In all of them, and in the rows of other tables, «name» stands for the pattern of that name in the same file.
`[lists]` are words, parted by blanks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

_NAMED = re.compile("«([^»]*)»")


def either(lines: str) -> str:
    """One pattern from alternatives, each on its own line, matched at word boundaries."""
    parts = [line.strip() for line in lines.splitlines() if line.strip()]
    return rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"


def pattern_of(lines: str) -> re.Pattern[str]:
    """The same, compiled."""
    return re.compile(either(lines))


class WordFileError(ValueError):
    """A file of words is wrong; it says which, and where."""


class WordFile:
    """One file of words. `others` are tables and keys of it that the code reads itself, from `table`."""

    def __init__(self, path: Path, others: Collection[str] = ()) -> None:
        self._path = path
        self.table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self.check_keys("the file", self.table, ("parts", "words", "patterns", "lists", *others))
        self._named: dict[str, tuple[str, str]] = {}
        for kind in ("parts", "words", "patterns"):
            for name, text in self.table.get(kind, {}).items():
                if name in self._named:
                    raise self.fault(name, "it is there twice")
                self._named[name] = kind, text
        self._read: dict[str, str] = {}

    def words(self, name: str) -> list[str]:
        """The words of a list, in its order."""
        return str(self.table["lists"][name]).split()

    def give(self, **parts: str) -> None:
        """Adds parts that the code makes."""
        self._named |= {name: ("parts", text) for name, text in parts.items()}

    def patterns(self, *names: str) -> tuple[re.Pattern[str], ...]:
        """The patterns of these names, compiled."""
        return tuple(self.compile(name, self._expression(name, name)) for name in names)

    def compile(self, name: str, expression: str) -> re.Pattern[str]:
        """An expression that stands under this name, its lines joined. Raises WordFileError if it is none."""
        try:
            return re.compile(expression.replace("\n", ""))
        except re.error as error:
            raise self.fault(name, f"the pattern does not compile ({error})") from error

    def rows(self, table: str, keys: Collection[str]) -> Iterator[dict[str, Any]]:
        """The rows of a table, which may have these keys, with names filled in."""
        for row in self.table.get(table, ()):
            name = str(row.get("name", table))
            self.check_keys(name, row, keys)
            yield {k: self.fill(name, value, alternatives=k != "needs") for k, value in row.items()}

    def fill(self, place: str, value: Any, *, alternatives: bool = True) -> Any:
        """A value with the patterns of the names in it, of words among alternatives without boundaries."""
        if not isinstance(value, str):
            return value
        read = self._lines if alternatives else self._expression
        filled = _NAMED.sub(lambda found: read(found[1], place), value)
        if "«" in filled or "»" in filled:
            raise self.fault(place, "of « and » one stands alone")
        return filled

    def _expression(self, name: str, place: str) -> str:
        lines = self._lines(name, place)
        return either(lines) if name in self.table.get("words", ()) else lines

    def _lines(self, name: str, place: str) -> str:
        if name not in self._read:
            if name not in self._named:
                raise self.fault(place, f"no pattern has the name “{name}”, or only through itself")
            kind, text = self._named.pop(name)
            filled = str(self.fill(name, text, alternatives=kind != "patterns"))
            self._read[name] = filled.replace("\n", "") if kind == "patterns" else filled
        return self._read[name]

    def check_keys(self, place: str, given: Collection[str], known: Collection[str]) -> None:
        for key in given:
            if key not in known:
                raise self.fault(place, f"“{key}” is not known")

    def fault(self, place: str, what: str) -> WordFileError:
        return WordFileError(f"{self._path.name}, {place}: {what}.")
