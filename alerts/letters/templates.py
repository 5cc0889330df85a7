"""The letters as files: which one is taken, and what it says once its names are filled in.

A school's own file comes first, then ours; of each the nation's before `any`. The first line is the subject;
paragraphs are kept apart by an empty line, and lines that begin with “- ” are a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from alerts.letters.kinds import LetterKind, Quoted
from data.errors import InputError

ANY = "any"
_ITEM = "- "
_MARK = re.compile("\0([a-z]+)\0")
_ALONE = re.compile('[“"]?(\0[a-z]+\0)[”"]?')
"""A paragraph that is all quotation: it is set apart, and marks around it would be one pair too many."""
_TAGS_ALONE = re.compile(r"(?m)^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)+)\n")
"""A line that holds only tags disappears; a tag within a line changes nothing around it."""


def filled(
    kind: LetterKind, language: str, nation: str, own: Path | None, values: Mapping[str, object]
) -> str:
    """The letter's text. Raises InputError if a file cannot be read, or uses a name that does not exist."""
    name, text = source(kind, language, nation, own)
    try:
        return _environment().from_string(without_tag_lines(text)).render(values)
    except TemplateError as error:
        raise InputError(f"{name}: {error}. What a letter may hold: ⟪docs⟫ letters") from None


def source(kind: LetterKind, language: str, nation: str, own: Path | None) -> tuple[str, str]:
    """The name and the text of the file that is taken. Raises InputError where it cannot be read."""
    names = [f"{language}/{folder}/{kind.value}.txt" for folder in (nation, ANY)]
    for path in (own / name for name in names if own is not None):
        if path.is_file():
            return str(path), _own(path)
    for name in names:
        ours = files("alerts.letters").joinpath("templates", *name.split("/"))
        if ours.is_file():
            return name, ours.read_text(encoding="utf-8")
    raise InputError(f"There is no letter {kind.value} in the language {language}.")


def kept_apart(quotes: Mapping[str, str]) -> dict[str, str]:
    """A mark in place of each quoted text, so that nothing is made of its lines. `quoted` puts it back."""
    return {name: f"\0{name}\0" for name, said in quotes.items() if said}


def quoted(paragraph: str, quotes: Mapping[str, str]) -> str:
    """The paragraph with the quoted texts in it, as they are; only the text where it is all there is."""
    alone = _ALONE.fullmatch(paragraph)
    found = _MARK.sub(lambda mark: quotes[mark[1]], alone[1] if alone else paragraph)
    return paragraph if found == paragraph else Quoted(found)


def without_tag_lines(text: str) -> str:
    """A template in which lines that hold only tags leave no empty line."""
    return _TAGS_ALONE.sub(r"\1", text)


def parts(text: str) -> tuple[str, tuple[str, ...]]:
    """The subject, and the paragraphs: each one line, or the lines of a list."""
    first, _, rest = text.strip().partition("\n")
    return first.strip(), tuple(p for block in rest.split("\n\n") for p in _paragraphs(block))


def _paragraphs(block: str) -> Iterator[str]:
    """A block's lines joined to one, its list apart from it."""
    said: list[str] = []
    items: list[str] = []
    for line in (ln.strip() for ln in block.splitlines() if ln.strip()):
        if line.startswith(_ITEM):
            items.append(line)
        elif items:
            items[-1] += f" {line}"
        else:
            said.append(line)
    if said:
        yield " ".join(said)
    if items:
        yield "\n".join(items)


def _own(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path} cannot be read. Save it as plain text in UTF-8.") from None


@cache
def _environment() -> Environment:
    """Plain text, every name filled in, and sandboxed: a letter cannot reach the machine."""
    made: Any = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    return made  # type: ignore[no-any-return]
