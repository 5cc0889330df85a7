"""The last check before a report is released: does it hold anything that must not be published?

It reads everything that goes in (every string given to the renderers) and the finished page of HTML. The PDF
is made of the same strings by the same run, so that reading it back would show nothing more; tests do read it
back, its metadata and streams too. What only the school wrote, its name and its policies' titles, is the
likeliest way in. A teacher under section 141F of the Education Act 2002 is found as everybody of the school
is, by name: the report holds nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from lxml.html import document_fromstring
from markupsafe import escape

from alerts.weekly.facts import LEAST, Cell, ReportFacts
from alerts.weekly.wording import ReportDocument
from data.frozen import freeze
from data.ids import each_once
from data.letters import without_accents
from data.words.say import DAYS, MONTHS, Words, words

_WORD = re.compile(r"[^\W_]+")
_SURNAME_LETTERS, _SHORT = 3, 2
_TITLES = frozenset(("Mr", "Ms", "Mx", "Dr", "Fr", "Sr", "St"))
_ROLES = (
    r"\b(?:head ?teacher|head ?master|head ?mistress|head of|deputy head|teacher|teaching assistant|"
    r"classroom assistant|tutor|caretaker|school nurse|"
    r"senco|site manager|lunchtime supervisor|receptionist|bursar|school cook|chair of governors|"
    r"pennaeth|athro|athrawes|cynorthwyydd|gofalwr|gofalwraig|ysgrifenyddes|cadeirydd)\b"
)
_PATTERNS = {
    "an email address": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "a web address": re.compile(
        r"\b(?:https?://|www\.)[^\s:]+|\b[\w-]+\.(?:com|org|net|uk|co|io|wales|cymru|example|test)\b", re.I
    ),
    "a handle": re.compile(r"(?<![\w@])@\w[\w.]+"),
    "a telephone number": re.compile(r"(?:\+44|\b0)[\s-]?\d{2,4}[\s-]?\d{3,4}[\s-]?\d{2,4}\b"),
    "a year group": re.compile(
        r"\b(?:year|yr|form|class|blwyddyn|dosbarth)\s?\d{1,2}\b(?!\s*\d)|\by\d{1,2}\b|"
        r"\b(?:year|yr) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen)\b|"
        r"\b(?:reception|nursery) class\b",
        re.I,
    ),
    "a role": re.compile(_ROLES, re.I),
    "a date": re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"),
}
_DAY_FIRST = re.compile(
    r"\b(?P<day>\d{1,2})(?:st|nd|rd|th|af|ain|fed|eg)?(?:\s+of|\s+o)?\s+(?P<month>[^\W\d_]+)"
)
_MONTH_FIRST = re.compile(r"\b(?P<month>[^\W\d_]+)[^\S\n]+(?:the[^\S\n]+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\b")
_WELSH_MONTHS = (
    (
        *("Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin"),
        *("Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"),
    ),
    ("Ion", "Chwef", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag"),
)
"""A policy's title may be in Welsh."""
_READ_OUT = "//text()[not(parent::style)] | //@alt | //@aria-label | //@title | //@content"
"""What a screen reader reads from a page: its text, and the attributes that are read out."""
_IN_MARKUP = ("an email address", "a web address", "a handle")


@freeze
class Disclosed:
    """Something that must not be published: what it is, the words themselves, and where they are."""

    what: str
    said: str
    where: str

    def sentence(self) -> str:
        """For the person who signs."""
        return f"{self.where}: {self.what} (“{self.said}”)"


@freeze
class Names:
    """The names of those who must not be named: `people` by any part of a name (one of two letters, such as
    Ng, only as it is written), `speakers` by the whole they post under."""

    people: Collection[str]
    speakers: Collection[str]


def check(
    facts: ReportFacts, document: ReportDocument, html: str, names: Names, dates: Collection[date]
) -> tuple[Disclosed, ...]:
    """Everything found; empty if the report may be released. `dates` are those that it may contain."""
    if document.signed:  # who released it is named there, and nowhere else
        html = html.replace(str(escape(document.signed)), "")
        document = replace(document, signed=None)
    parts = [*document.strings(), ("the page", "\n".join(document_fromstring(html).xpath(_READ_OUT)))]
    found = [f for where, text in parts for f in _patterns(where, text)]
    found += [f for where, text in parts for f in _dates(where, text, dates)]
    found += _names(parts, names, facts)
    markup = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    found += [f for f in _patterns("the page", markup) if f.what in _IN_MARKUP]
    found += [Disclosed("a number below five", str(n), at) for at, n in _numbers(facts) if 0 <= n < LEAST]
    return each_once(found)


def _patterns(where: str, text: str) -> Iterator[Disclosed]:
    for what, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            yield Disclosed(what, match[0], where)


def _dates(where: str, text: str, dates: Collection[date]) -> Iterator[Disclosed]:
    """A day and a month, in English or Welsh, that the report has no reason to name."""
    may = {(d.day, d.month) for d in dates}
    for pattern, months in ((_DAY_FIRST, _months(short=True)), (_MONTH_FIRST, _months(short=False))):
        for match in pattern.finditer(text):
            month = months.get(match["month"].casefold())
            if month is not None and (int(match["day"]), month) not in may:
                yield Disclosed("a date", match[0], where)


@cache
def _months(*, short: bool) -> dict[str, int]:
    """Their numbers by name. Welsh “hyd 20 Tachwedd” is no day of October: short names come after a day."""
    full, abbreviated = zip(MONTHS["en"].values(), _WELSH_MONTHS, strict=True)
    tables = (*full, *abbreviated) if short else full
    return {name.casefold(): n for names in tables for n, name in enumerate(names, 1)}


def _names(parts: Sequence[tuple[str, str]], names: Names, facts: ReportFacts) -> Iterator[Disclosed]:
    ours = _vocabulary(words(facts.language), facts.school)
    given = {w for p in facts.policies for w in _tokens(p.title)}
    parts_of_names = {part[0] for name in names.people for part in _WORD.finditer(name)}
    known = {_plain(p) for p in parts_of_names if len(p) >= _SURNAME_LETTERS} - ours
    short = {
        p for p in parts_of_names - _TITLES if len(p) == _SHORT and p.istitle() and _plain(p) not in ours
    }
    speakers = {name: _tokens(name) for name in names.speakers}
    told = {name: spoken for name, spoken in speakers.items() if _tells(name, spoken, ours, given)}
    for where, text in parts:
        said = _tokens(text)
        as_written = {match[0] for match in _WORD.finditer(text)}
        for part in sorted((known & _with_singulars(said)) | (short & as_written)):
            yield Disclosed("a name", part, where)
        held, whole = set(said), f" {' '.join(said)} "
        for name, spoken in told.items():
            if spoken[0] in held and f" {' '.join(spoken)} " in whole:
                yield Disclosed("a name that somebody posts under", name, where)


def _tells(name: str, spoken: Sequence[str], ours: Collection[str], given: Collection[str]) -> bool:
    """Does this name mean anything? Not one of our own words, or one word of a policy's title."""
    plain = name.isalpha() and name in (name.lower(), name.title())
    strange = [word for word in spoken if word not in ours and not word.isdigit()]
    return bool(strange) and not (plain and spoken[0] in given)


def _vocabulary(w: Words, school: str) -> set[str]:
    """The words of our own sentences, dates and the school's name: they name nobody."""
    lines = [line for key, line in w.lines.items() if key.split(".")[0] in ("report", "theme", "common")]
    texts = [t for line in lines for t in ((line,) if isinstance(line, str) else line.values())]
    texts += [school, *(day for names in DAYS["en"].values() for day in names), *_months(short=True)]
    return _with_singulars([token for text in texts for token in _tokens(text)])


def _tokens(text: str) -> list[str]:
    return [match[0] for match in _WORD.finditer(_plain(text))]


def _plain(text: str) -> str:
    """Without capitals and accents: “Siân” is “sian”."""
    return without_accents(text).casefold()


def _with_singulars(said: Iterable[str]) -> set[str]:
    """The words, and what stands before an s at their end: “Quillfeathers” for “Quillfeather’s”."""
    return {form for word in said for form in (word, word.removesuffix("s"))}


def _numbers(facts: ReportFacts) -> Iterator[tuple[str, int]]:
    """List the report's numbers of posts, people or matters; not of the staff's own decisions."""
    tables: tuple[tuple[str, Iterable[Cell]], ...] = (
        *((f"week {row.week}", row.cells.values()) for row in facts.weeks),
        *((f"place {kind}", cells.values()) for kind, cells in facts.where.items()),
        ("the longer time", facts.window.cells.values() if facts.window else ()),
        ("removals", (*facts.rungs.values(), *facts.outcomes.values())),
        (
            "other",
            (
                facts.unsure,
                *([facts.open] if facts.open is not None else []),
                *([facts.trust.mentions] if facts.trust else []),
            ),
        ),
    )
    for where, cells in tables:
        for cell in cells:
            if isinstance(cell, int):
                yield where, cell
