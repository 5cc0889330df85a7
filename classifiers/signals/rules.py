"""What a rule is, and how one is tried on a text that was prepared once for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from classifiers.undisguise import undisguise
from data.names import core
from data.types import About, Mention, MentionKind, Person, Route, School, Severity, Signal

REVIEWS = frozenset(("google_review", "trustpilot", "school_review_site"))
REPORTS = frozenset(("manual_report", "whatsapp_report", "snapchat_report"))
"""Channels in which a person reports what they saw."""

NEAR_CHARS = 120
"""So far from a hit the words that make it harmless are looked for."""

_SHORTEST_NAME = 4
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One mention as the rules see it.

    `plain` is title and text, obfuscation undone, in lower case; the title of a reply is its
    thread's and is left out. `raw` is the same with its disguise on, `text` the poster's text as
    written, `title` the title in lower case. `names` are the school's and its people's, in lower
    case, as a threat would give them. `rating` is in 1..5 stars.
    """

    plain: str
    raw: str
    text: str
    title: str
    channel: str
    disguised: tuple[str, ...]
    words: int
    rating: float | None
    names: tuple[str, ...] = ()


def prepare(mention: Mention, school: School, people: tuple[Person, ...] = ()) -> Prepared:
    """A mention made ready for the rules."""
    own = mention.text if mention.kind in _ANSWERS else f"{mention.title}\n{mention.text}"
    clear = undisguise(own)
    return Prepared(
        plain=clear.text,
        raw=own.lower(),
        text=mention.text,
        title=mention.title.lower(),
        channel=mention.channel,
        disguised=clear.disguised,
        words=mention.text.count(" ") + 1,
        rating=mention.rating,
        names=_names(school, people),
    )


@lru_cache(maxsize=512)
def _names(school: School, people: tuple[Person, ...]) -> tuple[str, ...]:
    """Names that can be the object of harm: the school's, and surnames of its head and its people."""
    schools = (core(name) for name in (school.name, *school.aliases))
    adults = (person.name.split() for person in people if person.name.strip())
    surnames = [words[-1].lower() for words in (*adults, (school.head or "").split()) if words]
    found = {name for name in (*schools, *surnames) if len(name) >= _SHORTEST_NAME}
    return tuple(sorted(found))


Test = Callable[[Prepared], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A signal and when it fires: one of `cues` stands in the plain text, and `test` holds.

    `cues` are lower-case pieces of words; a rule without any is tried on every text.
    """

    signal: Signal
    cues: tuple[str, ...]
    test: Test


def either(lines: str) -> str:
    """One pattern from alternatives, each on a line of its own, matched at the bounds of words."""
    parts = [line.strip() for line in lines.splitlines() if line.strip()]
    return rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"


def rule(
    name: str,
    reason: str,
    cues: str,
    test: str | Test,
    *,
    unless: str = "",
    labels: tuple[str, ...] = (),
    clears: tuple[str, ...] = (),
    severity: int = 0,
    route: Route | None = None,
    about: About | None = None,
    danger: bool = False,
) -> Rule:
    """A rule from words: `cues` parted by blanks (`_` for a blank inside one).

    `test` is a function, or alternatives for `either`; so is `unless`, near which the rule stays silent.
    """
    signal = Signal(name, reason, labels, clears, Severity(severity), route, about, danger)
    parts = tuple(cue.replace("_", " ") for cue in cues.split())
    barred = re.compile(either(unless)).search if unless else None
    return Rule(signal, parts, _pattern(test, barred) if isinstance(test, str) else _guarded(test, barred))


_Search = Callable[[str], re.Match[str] | None]


def _pattern(lines: str, barred: _Search | None) -> Test:
    hits = re.compile(either(lines)).finditer

    def holds(p: Prepared) -> bool:
        return any(barred is None or not barred(_around(hit, p.plain)) for hit in hits(p.plain))

    return holds


def _around(hit: re.Match[str], text: str) -> str:
    """What stands near a hit: enough to see what makes it harmless, not the whole of a long text."""
    return text[max(hit.start() - NEAR_CHARS, 0) : hit.end() + NEAR_CHARS]


def _guarded(test: Test, barred: _Search | None) -> Test:
    return lambda p: test(p) and not (barred and barred(p.plain))
