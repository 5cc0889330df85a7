"""The last look before a report is released: is anything in it that must not be published?

It reads all that goes in (every string given to the renderers) and the finished page of HTML. The PDF is
made of the same strings by the same run, so that reading it back would show nothing more; tests do read it
back, its metadata and streams too. What only the school wrote, its name and its policies' titles, is
the likeliest way in. A teacher under section 141F of the Education Act 2002 is found as everybody of the
school is, by name: the report holds nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser

from babel.dates import get_month_names

from alerts.weekly.disclosure import LEAST, Cell
from alerts.weekly.document import Document
from alerts.weekly.facts import Facts
from data.words.say import LANGUAGES, Words, words

_WORD = re.compile(r"[^\W_]+")
_SURNAME_LETTERS = 3
_ROLES = (
    r"\b(?:head ?teacher|head of|deputy head|teacher|teaching assistant|classroom assistant|tutor|caretaker|"
    r"senco|site manager|lunchtime supervisor|receptionist|bursar|school cook|chair of governors|"
    r"pennaeth|athro|athrawes|cynorthwyydd|gofalwr|gofalwraig|ysgrifenyddes|cadeirydd)\b"
)
_PATTERNS = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "a web address": re.compile(
        r"\b(?:https?://|www\.)[^\s:]+|\b[\w-]+\.(?:com|org|net|uk|co|io|wales|cymru|example|test)\b", re.I
    ),
    "a handle": re.compile(r"(?<![\w@])@\w[\w.]+"),
    "a telephone number": re.compile(r"(?:\+44|\b0)[\s-]?\d{2,4}[\s-]?\d{3,4}[\s-]?\d{2,4}\b"),
    "a year group": re.compile(
        r"\b(?:year|yr|form|class|blwyddyn|dosbarth)\s?\d{1,2}\b(?!\s*\d)|\b(?:reception|nursery) class\b",
        re.I,
    ),
    "a role": re.compile(_ROLES, re.I),
    "a date": re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"),
}
_IN_MARKUP = ("an e-mail address", "a web address", "a handle")


@dataclass(frozen=True, slots=True)
class Finding:
    """What must not be published, the words themselves, and where they stand."""

    what: str
    said: str
    where: str

    def sentence(self) -> str:
        """For the person who signs."""
        return f"{self.where}: {self.what} (“{self.said}”)"


@dataclass(frozen=True, slots=True)
class Names:
    """Who must not be named: `people` by any part of a name, `speakers` by the whole they post under."""

    people: Collection[str]
    speakers: Collection[str]


def check(
    facts: Facts, document: Document, html: str, names: Names, dates: Collection[date]
) -> tuple[Finding, ...]:
    """All that is found; empty where the report may be released. `dates` are those that may stand in it."""
    parts = [*document.strings(), ("the page", _visible(html))]
    found = [f for where, text in parts for f in _patterns(where, text)]
    found += [f for where, text in parts for f in _dates(where, text, dates)]
    found += _names(parts, names, facts)
    markup = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    found += [f for f in _patterns("the page", markup) if f.what in _IN_MARKUP]
    found += [Finding("a number below five", str(n), where) for where, n in _numbers(facts) if 0 <= n < LEAST]
    return tuple(dict.fromkeys(found))


def _patterns(where: str, text: str) -> Iterator[Finding]:
    for what, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            yield Finding(what, match[0], where)


def _dates(where: str, text: str, dates: Collection[date]) -> Iterator[Finding]:
    """A day and a month, in either language, that the report has no reason to name."""
    months = _months()
    may = {(d.day, d.month) for d in dates}
    for match in re.finditer(r"\b(\d{1,2})(?:st|nd|rd|th|af|ain|fed|eg)?\s+([^\W\d_]+)", text):
        month = months.get(match[2].casefold())
        if month is not None and (int(match[1]), month) not in may:
            yield Finding("a date", match[0], where)


def _months() -> dict[str, int]:
    return {
        name.casefold().rstrip("."): n
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for n, name in get_month_names(width, locale=f"{language}_GB").items()
    }


def _names(parts: Sequence[tuple[str, str]], names: Names, facts: Facts) -> Iterator[Finding]:
    ours = _vocabulary(words(facts.language), facts.school)
    given = {w for p in facts.policies for w in _tokens(p.title)}
    known = {part for name in names.people for part in _tokens(name) if len(part) >= _SURNAME_LETTERS} - ours
    speakers = {name: _tokens(name) for name in names.speakers}
    told = {name: spoken for name, spoken in speakers.items() if _tells(name, spoken, ours, given)}
    for where, text in parts:
        said = _tokens(text)
        for part in sorted(known.intersection(said)):
            yield Finding("a name", part, where)
        held, whole = set(said), f" {' '.join(said)} "
        for name, spoken in told.items():
            if spoken[0] in held and f" {' '.join(spoken)} " in whole:
                yield Finding("a name that somebody posts under", name, where)


def _tells(name: str, spoken: Sequence[str], ours: Collection[str], given: Collection[str]) -> bool:
    """Does such a name tell anything? Not one of our own words, nor one plain word of a policy's title."""
    plain = name.isalpha() and name in (name.lower(), name.title())
    return bool(spoken) and not set(spoken) <= set(ours) and not (plain and spoken[0] in given)


def _vocabulary(w: Words, school: str) -> set[str]:
    """The words of our own sentences and of the school's name: nobody is named by them."""
    lines = [line for key, line in w.lines.items() if key.split(".")[0] in ("report", "theme", "common")]
    texts = [t for line in lines for t in ((line,) if isinstance(line, str) else line.values())]
    return {token for text in (*texts, school) for token in _tokens(text)}


def _tokens(text: str) -> list[str]:
    return [match[0].casefold() for match in _WORD.finditer(text)]


def _numbers(facts: Facts) -> Iterator[tuple[str, int]]:
    tables: tuple[tuple[str, Iterable[Cell]], ...] = (
        *((f"week {row.week}", row.cells.values()) for row in facts.weeks),
        *((f"place {kind}", cells.values()) for kind, cells in facts.where.items()),
        ("matters", facts.answers.values()),
        ("removals", (*facts.rungs.values(), *facts.outcomes.values())),
        ("other", (facts.unsure, facts.reclassified)),
    )
    for where, cells in tables:
        for cell in cells:
            if isinstance(cell, int):
                yield where, cell


class _Text(HTMLParser):
    """What is read out of a page: its text, and what stands in the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        self.said += [v for k, v in attrs if v and k in ("alt", "aria-label", "title", "content")]

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.said.append(data)


def _visible(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    return "\n".join(reader.said)
