"""Sentences that rules are tried on: in a file under headings, a row a line, its parts divided by “ | ”."""

from enum import EnumType

from support.checkout import FIXTURES


def sentences(name):
    """The rows of `tests/fixtures/NAME.txt` by their headings."""
    parts = (FIXTURES / f"{name}.txt").read_text(encoding="utf-8").strip("\n").split("\n\n")
    return {head.removeprefix("# "): lines for head, *lines in (part.split("\n") for part in parts)}


def rows(lines, *read):
    """The parts of each, read by one of `read` each, an Enum by its names; what is missing is empty."""
    parts = [line.split(" | ") for line in lines]
    wide = max(map(len, parts))
    by = [_named(of) if isinstance(of, EnumType) else of for of in read or (str,) * wide]
    whole = ([*row, *[""] * (wide - len(row))] for row in parts)
    return [tuple(of(part) for of, part in zip(by, row, strict=True)) for row in whole]


def _named(kind):
    return lambda name: kind[name]


def yes(part):
    """Is it `yes`, and not `no`?"""
    return {"yes": True, "no": False}[part]
