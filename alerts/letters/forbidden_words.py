"""Find what may not go in a letter: names, a class, words of the post, and anything that claims or threatens.

The program does not know the pupils' names, so people are asked to leave names out, words of a post about a
child are never repeated, and a year group, which would point to a child, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from data.ids import squeeze
from data.letters import plain_letters
from data.types import Person

_NUMBERS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    "|un|dau|tri|pedwar|pump|chwech|chwe|saith|wyth|naw|deg"
)
_YEAR = re.compile(
    rf"\b(?:year|yr|[bmf]lwyddyn|bl)\.?\s?(?:group\s)?(?:1[0-3]s?|[1-9]s?|{_NUMBERS})\b"
    r"|\by(?:1[0-3]|[1-9])s?\b|\b(?:primary|p|s)[1-7]s?\b"
    r"|\b(?:primary|dd?osbarth|nosbarth|class|form)\s(?:1[0-3]|[1-9])[a-z]?\b"
    r"|\b(?:reception|nursery)\s(?:class|year|child|children|pupil|pupils|teacher)\b"
    r"|\b(?:dd?osbarth|nosbarth|plant|blant|plentyn|blentyn)\s(?:dd?erbyn|nerbyn|meithrin|feithrin)\b",
    re.IGNORECASE,
)
FAMILY = re.compile(
    r"\b(?:your|eich|dy)\s(?:\w+\s)?(?:son|daughter|child|children|boy|girl|kid|kids|lad|lass|twins|grandchild\w*"
    r"|grandson|granddaughter|stepson|stepdaughter|pupil|mab|merch|ferch|plentyn|blentyn|plant|blant|bachgen)s?\b"
    r"|\bas (?:a|one of our) parents?\b|\bfel (?:un o’n )?rh(?:iant|ieni)\b",
    re.IGNORECASE,
)
"""Phrases that tell the person answered that a child of theirs goes to the school."""
_LAW = re.compile(
    r"\b(?:is|are|was|were)\s(?:clearly\s|plainly\s)?an?\s(?:\w+\s){0,2}(?:offence|crime)\b"
    r"|\b(?:is|are|was|were)\s(?:clearly\s|plainly\s)?"
    r"(?:offences|offence|crimes|criminal|libel|libell?ous|slander|slanderous|defamatory|against the law)\b"
    r"|(?<!may )(?<!might )(?<!could )\b(?:constitutes?|amounts?\sto|committed)\s(?:\w+\s){0,2}"
    r"(?:offences?|crimes?|libel|defamation|harassment)\b"
    r"|\byou (?:have|may have) committed\b|\b(?:breaks|broke) the law\b|\bguilty\b"
    r"|(?<!may be )(?<!might be )(?<!could be )\b(?:unlawful|illegal)\w*"
    r"|(?<!fod )\byn (?:drosedd|anghyfreithlon)\b",
    re.IGNORECASE,
)
"""Law as a fact. A letter says “may”."""
_THREAT = re.compile(
    r"\b(?:we|i) (?:will|shall|are going to) sue\b|\bsue you\b|\blegal action\b|\btake you to court\b"
    r"|\bprosecut\w+|\bsee you in court\b|\bface the consequences\b|\bor else\b|\bsolicitors? will\b"
    r"|\bour (?:solicitors?|lawyers?)\b|\bbanned? from the (?:site|premises|school)\b|\bcriminal record\b"
    r"|\bcamau cyfreithiol\b|\berlyn\w*",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing."""
DATE = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b20\d\d\b"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)\s\d"
    r"|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d{1,2}\s(?:ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst"
    r"|medi|hydref|tachwedd|rhagfyr)\b",
    re.IGNORECASE,
)
"""While a teacher may be protected no letter gives one."""
WEB = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)
SEARCH = re.compile(
    r"\b(?:google|bing|yahoo|duckduckgo|broadband|search engine|access provider)\b", re.IGNORECASE
)
"""A search engine or an access provider, which section 5 does not reach (MoJ guidance, January 2014)."""
REACHES = re.compile(r"(?:\d[\s()\u2013-]*){6}|[^\s@]+@[^\s@]+\.\w|https?://\S+\.\S")
"""A telephone number, an e-mail or a web address by which somebody can be reached."""
_WORD = re.compile(r"[^\W_]+")
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "sir", "prof", "rev", "contact"))
_PRONOUNS = frozenset(("he", "him", "his", "she", "her", "hers", "they", "them", "their", "theirs"))
_RUN = 4
"""This many words in a row, the same as in the post, count as repeating it."""
_LEAST = 3


def year_group(text: str) -> bool:
    return bool(_YEAR.search(text))


def claim(text: str) -> str | None:
    """The first words in it that state the law as a fact, or that may be read as a threat."""
    found = _LAW.search(text)
    return found[0] if found else threat(text)


def threat(text: str) -> str | None:
    """The first words in it that may be read as a threat."""
    found = _THREAT.search(text)
    return found[0] if found else None


def plain_line(text: str) -> str:
    """Return what others wrote or registered, as one line that only says what it shows."""
    return squeeze(_UNSEEN.sub("", text))


def find_name(text: str, people: Iterable[Person], school: str = "") -> str | None:
    """Find the first of these people whom the text names, in full or by surname, the school aside."""
    text = plain_letters(text)
    bare = text.replace(school, " ") if school else text
    return next((p.name for p in people if any(p_.search(bare) for p_ in _patterns(p))), None)


def find_pronoun(text: str, people: Collection[str]) -> str | None:
    """The first pronoun of a person that stands before any word for one (`people`): of whom is not said."""
    first = next((word for word in _words(text) if word in _PRONOUNS or word in people), "")
    return first if first in _PRONOUNS else None


def names(text: str, name: str | None) -> bool:
    """Does it hold this name, as it was shown?"""
    shown = squeeze(plain_letters(name or "")).casefold()
    return len(shown) >= _LEAST and shown in squeeze(plain_letters(text)).casefold()


def repeats(text: str, *posted: str | None) -> bool:
    """Does it hold four words in a row of what was posted, or all of a shorter post?"""
    mine = _words(text)
    runs = {mine[i : i + n] for n in range(1, _RUN + 1) for i in range(len(mine) - n + 1)}
    for said in map(_words, (p or "" for p in posted)):
        size = min(_RUN, len(said))
        if size and any(said[i : i + size] in runs for i in range(len(said) - size + 1)):
            return True
    return False


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(plain_letters(text).casefold()))


def _patterns(person: Person) -> Iterator[re.Pattern[str]]:
    """The whole name in any capitals; the surname as names are written, with a capital."""
    yield re.compile(rf"\b{re.escape(person.name)}\b", re.IGNORECASE)
    parts = [part for part in person.name.split() if part.strip(".").casefold() not in _TITLES]
    if len(parts) > 1 or len(parts) < len(person.name.split()):
        surname = parts[-1] if parts else ""
        if len(surname) >= _LEAST and surname[:1].isupper():
            yield re.compile(rf"\b{re.escape(surname)}\b")
