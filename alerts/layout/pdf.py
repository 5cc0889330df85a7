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


_PRINTED = (
    (0x20, 0x7E),
    (0xA1, 0xAC),
    (0xAE, 0x2C1),
    (0x300, 0x331),
    (0x388, 0x3CE),
    (0x400, 0x45F),
    (0x490, 0x4C4),
    (0x4D0, 0x4F9),
    (0x531, 0x556),
    (0x561, 0x587),
    (0x5D0, 0x5EA),
    (0x621, 0x63A),
    (0x640, 0x655),
    (0x660, 0x669),
    (0x679, 0x67B),
    (0x67E, 0x680),
    (0x686, 0x687),
    (0x691, 0x691),
    (0x698, 0x698),
    (0x6A4, 0x6A4),
    (0x6A9, 0x6A9),
    (0x6AF, 0x6AF),
    (0x6BE, 0x6BE),
    (0x6CC, 0x6CC),
    (0x6F0, 0x6F9),
    (0x10D0, 0x10FA),
    (0x1E00, 0x1E9B),
    (0x1EA0, 0x1EF9),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2030, 0x2030),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2122, 0x2122),
)
"""Ranges that the fonts within typst have, also in bold (a test prints them all). U+038B, U+038D and U+03A2
are not letters. Of Urdu six letters are lacking."""

_MARKS = re.compile(
    "(?<=[A-Za-z\u00c0-\u02c1\u0388-\u04f9\u1e00-\u1ef9])([\u0300-\u0331]{1,2})[\u0300-\u0331]*|[\u0300-\u0331]+"
)
"""Marks on a letter that is printed, two of them as in Yoruba, and any others."""
_ARABIC = re.compile("[\u0600-\u06ff]+")


def printable(text: str) -> str:
    """Name the characters that fonts lack: “[grinning face]”, “[CJK ×12]”; line breaks stay."""
    told = _ARABIC.sub(_write_arabic, _MARKS.sub(r"\1", normalize("NFC", text)))
    return "".join(map(_write_run, groupby(told, _kind)))


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
    if c == "\n" or any(first <= ord(c) <= last for first, last in _PRINTED):
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
