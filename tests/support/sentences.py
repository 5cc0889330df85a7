"""Sentences that rules are tried on: in a file under headings, a row a line, its parts divided by “ | ”."""

from __future__ import annotations

from collections.abc import Iterable

from support.checkout import FIXTURES


def sentences(name: str) -> dict[str, list[str]]:
    """The rows of `tests/fixtures/NAME.txt` by their headings."""
    parts = (FIXTURES / f"{name}.txt").read_text(encoding="utf-8").strip("\n").split("\n\n")
    return {head.removeprefix("# "): lines for head, *lines in (part.split("\n") for part in parts)}


def rows(lines: Iterable[str]) -> list[tuple[str, ...]]:
    """The parts of each."""
    return [tuple(line.split(" | ")) for line in lines]
