"""PDFs that screen readers can read (PDF/UA-1), by typst, and what reports and packs are both made of.

Nothing is fetched and no font of the machine is used: the same document gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar
from unicodedata import category, name, normalize

from data.frozen import freeze


@freeze
class Heading:
    kind: ClassVar[str] = "heading"
    text: str
    level: int = 1


@freeze
class Paragraph:
    """A paragraph; `lead` is the one that says it all."""

    kind: ClassVar[str] = "paragraph"
    text: str
    lead: bool = False


@freeze
class Points:
    """A list of sentences; `small` is for those that only some will read."""

    kind: ClassVar[str] = "points"
    items: tuple[str, ...]
    small: bool = False


def compile_pdf(template: str, given: Mapping[str, object], day: date, folder: Path | None = None) -> bytes:
    """Compile the PDF of `package/template.typ`; pictures that it shows stand in the folder. It bears that
    day, not the time it was made. Raises typst.TypstError where it could not be made as the standard asks."""
    import typst

    package, _, name = template.partition("/")
    main: Any = files(package).joinpath("templates", name).read_bytes()
    if folder is not None:
        (folder / name).write_bytes(main)
        main = folder / name
    inputs = {"document": json.dumps(given, ensure_ascii=False)}
    form: dict[str, Any] = {"format": "pdf", "pdf_standards": ["ua-1"], "ignore_system_fonts": True}
    form["timestamp"] = datetime.combine(day, time(), UTC)
    made: bytes = typst.compile(main, root=folder, sys_inputs=inputs, **form)
    return made


_PRINTED = re.compile(
    "[\n\u0020-\u007e\u00a1-\u00ac\u00ae-\u02c1\u1e00-\u1e9b\u1ea0-\u1ef9"  # Latin
    "\u0300-\u0331"  # marks
    "\u0388-\u03ce\u0400-\u045f\u0490-\u04c4\u04d0-\u04f9"  # Greek and Cyrillic
    "\u0531-\u0556\u0561-\u0587\u10d0-\u10fa\u05d0-\u05ea"  # Armenian, Georgian and Hebrew
    "\u0621-\u063a\u0640-\u0655\u0660-\u0669\u06f0-\u06f9"  # Arabic
    "\u0679-\u067b\u067e-\u0680\u0686\u0687\u0691\u0698\u06a4\u06a9\u06af\u06be\u06cc"  # Persian and Urdu
    "\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"  # signs
)
"""What the fonts within typst have, also in bold (a test prints it all). U+038B, U+038D and U+03A2 are not
letters. Of Urdu six letters are lacking."""

_MARKS = re.compile(
    "(?<=[A-Za-z\u00c0-\u02c1\u0388-\u04f9\u1e00-\u1ef9])([\u0300-\u0331]{1,2})[\u0300-\u0331]*|[\u0300-\u0331]+"
)
"""Marks on a letter that is printed, two of them as in Yoruba, and any others."""
_ARABIC = re.compile("[\u0600-\u06ff]+")


def printable(text: str) -> str:
    """Name the characters that fonts lack: “[grinning face]”, “[CJK ×12]”; line breaks stay."""
    marked = _MARKS.sub(r"\1", normalize("NFC", text))
    return "".join(map(_write_run, groupby(_ARABIC.sub(_write_arabic, marked), _kind)))


def _write_arabic(word: re.Match[str]) -> str:
    """Its letters are joined: half a word could not be read."""
    plain = not any(map(_kind, word[0]))
    return word[0] if plain else f"[ARABIC ×{sum(map(str.isalpha, word[0]))}]"


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
    """Say how a letter is told: "" as it is, “-” not at all, “plain” by the plain letter that it is a shape
    of, else by the script whose run of letters is counted."""
    if _PRINTED.match(c):
        return ""
    if c != "\t" and (category(c)[0] in "CM" or category(c) == "Sk"):
        return "-"
    if (plain := normalize("NFKC", c)) != c and plain.isalnum() and not any(map(_kind, plain)):
        return "plain"
    return " " if c.isspace() else name(c, "?").partition(" ")[0] if c.isalpha() else name(c, "?")


def _write_run(run: tuple[str, Iterator[str]]) -> str:
    kind, letters = run
    held = "".join(letters)
    if kind == "":
        return held
    if kind == "plain":
        return normalize("NFKC", held)
    if kind in ("-", " "):
        return " " * (kind == " ")
    return f"[{kind} ×{len(held)}]" if held[0].isalpha() else f"[{kind.lower()}]" * len(held)
