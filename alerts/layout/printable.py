"""Text for fonts that lack some characters: those are named in brackets. Pure.

A box instead of an emoji would stop a reader from seeing what was said; the fonts that come with typst
have Latin, Greek and Cyrillic letters, and typst refuses to make an accessible PDF with a box in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from unicodedata import category, name, normalize

_PRINTED = (
    (0x20, 0x7E),
    (0xA1, 0xAC),
    (0xAE, 0x24F),
    (0x388, 0x3CE),
    (0x400, 0x45F),
    (0x1E80, 0x1E85),
    (0x1EF2, 0x1EF3),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2030, 0x2030),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2122, 0x2122),
)
"""Ranges that the fonts have (a test prints them all). U+038B, U+038D and U+03A2 are not letters."""


def printable(text: str) -> str:
    """The text with characters that the fonts lack named: “[grinning face]”, “[ARABIC ×12]”; line breaks
    stay.
    """
    return "".join(map(_said, groupby(normalize("NFC", text), _kind)))


def all_printable(value: Any) -> Any:
    """The same of every text in what a template is given."""
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: all_printable(held) for key, held in value.items()}
        case list() | tuple():
            return [all_printable(held) for held in value]
    return value


def names_any(text: str) -> bool:
    """Is anything but its blanks printed otherwise than it is?"""
    return printable(text).split() != normalize("NFC", text).split()


def _kind(c: str) -> str:
    """How a letter is told: "" as it is, “-” not at all, “plain” by the plain letter that it is a shape of,

    else by the script whose run of letters is counted.
    """
    if c == "\n" or any(first <= ord(c) <= last for first, last in _PRINTED):
        return ""
    if c != "\t" and (category(c)[0] in "CM" or category(c) == "Sk"):
        return "-"
    if (plain := normalize("NFKC", c)) != c and plain.isalnum() and not any(map(_kind, plain)):
        return "plain"
    return " " if c.isspace() else name(c, "?").partition(" ")[0] if c.isalpha() else name(c, "?")


def _said(run: tuple[str, Iterator[str]]) -> str:
    kind, letters = run
    held = "".join(letters)
    if kind == "":
        return held
    if kind == "plain":
        return normalize("NFKC", held)
    if kind in ("-", " "):
        return " " * (kind == " ")
    return f"[{kind} ×{len(held)}]" if held[0].isalpha() else f"[{kind.lower()}]" * len(held)
