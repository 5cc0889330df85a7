"""What may not stand in a letter: names, a class, words of the post, and anything that claims or threatens.

Nobody here knows the pupils' names; so what a person types is asked for without names, words of a
post about a child are never repeated, and a year group, which would point to one, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from data.ids import squeeze
from data.types import Person

_YEAR = re.compile(
    r"\b(?:year|yr|blwyddyn|bl)\.?\s?(?:group\s)?(?:1[0-3]|[1-9]|one|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"|\b(?:primary|p|s)[1-7]\b|\b(?:primary|dosbarth|class)\s(?:1[0-3]|[1-9])[a-z]?\b"
    r"|\b(?:reception|nursery|derbyn|meithrin)\s(?:class|year|child|children|pupil|pupils|teacher)\b",
    re.IGNORECASE,
)
_FAMILY = re.compile(
    r"\b(?:your|eich|dy)\s(?:\w+\s)?(?:son|daughter|child|children|boy|girl|kid|kids|lad|lass|twins|grandchild\w*"
    r"|grandson|granddaughter|stepson|stepdaughter|pupil|mab|merch|ferch|plentyn|blentyn|plant|blant|bachgen)s?\b"
    r"|\bas (?:a|one of our) parents?\b|\bfel (?:un o’n )?rh(?:iant|ieni)\b",
    re.IGNORECASE,
)
"""What says of whoever is answered that a child of theirs goes to the school."""
_CLAIMS = re.compile(
    r"\bis (?:a |an |clearly |plainly )?(?:criminal )?offence\b|\byou (?:have|may have) committed\b"
    r"|\bunlawful\w*|\billegal\w*|\bguilty\b|\b(?:we|i) (?:will|shall|are going to) sue\b|\bsue you\b"
    r"|\blegal action\b|\btake you to court\b"
    r"|\bprosecut\w+|\bsee you in court\b|\bface the consequences\b|\bor else\b|\bsolicitors? will\b"
    r"|\bour (?:solicitors?|lawyers?)\b|\bbanned? from the (?:site|premises|school)\b|\bcriminal record\b"
    r"|\byn drosedd\b|\byn anghyfreithlon\b|\bcamau cyfreithiol\b|\berlyn\w*",
    re.IGNORECASE,
)
"""Law as a fact, and threats. A letter says “may”."""
_SEARCH = re.compile(
    r"\b(?:google|bing|yahoo|duckduckgo|broadband|search engine|access provider)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "sir", "prof", "rev", "contact"))
_RUN = 4
"""So many words in a row, the same as in the post, repeat it."""
_LEAST = 3


def year_group(text: str) -> bool:
    """Does it give a year group or a class?"""
    return bool(_YEAR.search(text))


def family(text: str) -> bool:
    """May it say that a child of whoever is answered goes to the school?"""
    return bool(_FAMILY.search(text))


def claim(text: str) -> str | None:
    """The first words in it that state the law as a fact, or that may be read as a threat."""
    found = _CLAIMS.search(text)
    return found[0] if found else None


def not_an_operator(text: str) -> bool:
    """A search engine or an access provider, which section 5 does not reach (MoJ guidance, January 2014)."""
    return bool(_SEARCH.search(text))


def named(text: str, people: Iterable[Person], school: str = "") -> str | None:
    """The first of these people whom the text names, whole or by surname; the school's own name aside."""
    bare = text.replace(school, " ") if school else text
    return next((p.name for p in people if any(p_.search(bare) for p_ in _patterns(p))), None)


def names(text: str, name: str | None) -> bool:
    """Does it hold this name, as it was shown?"""
    shown = squeeze(name or "").casefold()
    return len(shown) >= _LEAST and shown in squeeze(text).casefold()


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
    return tuple(_WORD.findall(text.casefold()))


def _patterns(person: Person) -> Iterator[re.Pattern[str]]:
    """The whole name in any capitals; the surname as names are written, with a capital."""
    yield re.compile(rf"\b{re.escape(person.name)}\b", re.IGNORECASE)
    parts = [part for part in person.name.split() if part.strip(".").casefold() not in _TITLES]
    if len(parts) > 1 or len(parts) < len(person.name.split()):
        surname = parts[-1] if parts else ""
        if len(surname) >= _LEAST and surname[:1].isupper():
            yield re.compile(rf"\b{re.escape(surname)}\b")
