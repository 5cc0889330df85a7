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


_RANGES = """
    20-7E A1-AC AE-2C1 300-331 388-3CE 400-45F 490-4C4 4D0-4F9 531-556 561-587 5D0-5EA 621-63A
    640-655 660-669 679-67B 67E-680 686-687 691-691 698-698 6A4-6A4 6A9-6A9 6AF-6AF 6BE-6BE
    6CC-6CC 6F0-6F9 10D0-10FA 1E00-1E9B 1EA0-1EF9 2010-2015 2018-201E 2020-2022 2026-2026
    2030-2030 2039-203A 20AC-20AC 2122-2122
"""
_PRINTED = tuple(
    (int(first, 16), int(last, 16)) for first, _, last in (each.partition("-") for each in _RANGES.split())
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
