"""When a page says that a post was posted, as it displays it: the words themselves, not what they mean."""

from __future__ import annotations

import re

from data.ids import squeeze
from sources.dom import Element

_LONGEST = 60
_DATED = re.compile(r"date|time|posted|published|when")
_SAYS_WHEN = re.compile(r"\d|\b(now|today|yesterday|ddoe|heddiw)\b", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_WRITTEN = re.compile(
    r"(?P<not>(?:joined|registered|since|edited|updated|birthday)\W{0,4}(?:by \S{1,40} )?(?:on )?)?"
    r"(?P<when>(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d|today|yesterday"
    r"|\d{1,3} (?:second|minute|hour|day|week|month|year)s? ago)"
    r"(?P<clock>,? (?:at |@ )?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]\.?m\b)?)?)",
    re.IGNORECASE,
)


def posted(post: Element, words: Element) -> str:
    """The time of a post as displayed, "" where none is found; `words` is the part with its words.

    Comments are gone already. It is that of a `time` element, or of one whose class speaks of a date; else a
    date written beside the words.
    """
    for node in [*post.iter("time"), *(n for n in post.iter() if _dated(n))]:
        said = squeeze(_spaced(node))
        if said and len(said) <= _LONGEST and _SAYS_WHEN.search(said):
            return said
    return _written(_beside(post, words))


def _dated(node: Element) -> bool:
    return _DATED.search(f"{node.get('class', '')} {node.get('itemprop', '')}".lower()) is not None


def _beside(post: Element, words: Element) -> str:
    """The text of a post without that of its words."""
    return squeeze(_spaced(post).replace(_spaced(words), " ", 1))


def _spaced(node: Element) -> str:
    return " ".join(node.itertext())


def _written(text: str) -> str:
    found = [m for m in _WRITTEN.finditer(text) if not m["not"]]
    with_clock = [m for m in found if m["clock"]]
    return next((m["when"] for m in [*with_clock, *found]), "")
