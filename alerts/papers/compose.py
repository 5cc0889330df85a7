"""Papers that data protection law asks of a school, as drafts: Markdown, filled in from facts. Pure, except
that it reads the templates.

A line of a template that begins with “? ” is a question left to whoever approves the paper. What is said of
the law stands in `law.toml`, each once, with where and when it was read, and is numbered as it is used.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING, Any

from alerts.letters.templates import without_tag_lines
from data.words.say import Words

if TYPE_CHECKING:
    from jinja2 import Environment

_QUESTION = re.compile(r"(?m)^\? (.*)$\n?")
_GAP = re.compile(r"\n{3,}")


class Paper(StrEnum):
    """The papers that may be drafted, by the command that does."""

    DPIA = "dpia"
    LIA = "lia"
    ROPA = "ropa"
    NOTICE = "notice"
    APD = "apd"
    RETENTION = "retention"
    DUE_DILIGENCE = "due-diligence"
    BRIEFING = "briefing"
    FOI = "foi"


def composed(paper: Paper, w: Words, facts: Mapping[str, object], *, draft: bool = True) -> str:
    """The paper in that language; not a `draft`, it has no questions. Raises jinja2.UndefinedError where a
    fact is missing."""
    template = _environment(w.language).get_template(f"{paper.value.replace('-', '_')}.md")
    text = template.render(facts, law=_Law(w), draft=draft)
    number = count(1)

    def asked(question: re.Match[str]) -> str:
        if not draft:
            return ""
        label = w("privacy.paper.question", n=next(number))
        return f"\n> **{label}** {question[1]}\n>\n> {w('privacy.paper.answer')}\n\n"

    return _GAP.sub("\n\n", _QUESTION.sub(asked, text)).strip() + "\n"


def as_page(text: str, language: str) -> str:
    """The paper as an HTML page, which word processors open too; what it says is escaped."""
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    title = text.partition("\n")[0].removeprefix("# ")
    page = _environment("").get_template("page.html")
    return page.render(language=language, title=title, body=body)


def law(key: str, language: str) -> str:
    """Statements of the law, in one language. Raises KeyError."""
    return str(_laws()[key][language])


class _Law(Mapping[str, str]):
    """The same by key for one paper: each with the number of its source, in the order of their use."""

    def __init__(self, w: Words) -> None:
        self._w = w
        self._used: dict[str, int] = {}

    def __getitem__(self, key: str) -> str:
        return f"{law(key, self._w.language)} {self.source(key)}"

    def __iter__(self) -> Iterator[str]:
        return iter(_laws())

    def __len__(self) -> int:
        return len(_laws())

    def source(self, key: str) -> str:
        """The number of its source alone."""
        return f"[{self._used.setdefault(_laws()[key]['source'], len(self._used) + 1)}]"

    def cited(self) -> list[tuple[str, str]]:
        """Each source that was used, and the day it was read."""
        read = {row["source"]: row["read"] for row in _laws().values()}
        return [(source, self._w.full_day(read[source])) for source in self._used]


@cache
def _laws() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_file("law.toml"))


@cache
def _environment(language: str) -> Environment:
    """Every name filled in; a page escapes, Markdown is escaped when a page is made of it."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def read(name: str) -> str:
        return without_tag_lines(_file(f"templates/{language}/{name}"))

    return Environment(
        loader=FunctionLoader(read),
        autoescape=not language,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def _file(name: str) -> str:
    return files(__package__).joinpath(*name.split("/")).read_text(encoding="utf-8")
