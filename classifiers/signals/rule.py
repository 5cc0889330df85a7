"""What a rule is, and how one is tried on a text that was prepared once for all rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from classifiers.text.undisguise import undisguise
from data.register.namesakes import core_of
from data.register.school_names import SCHOOLISH, core, separate_names, words_of
from data.types import About, Mention, MentionKind, Person, Route, School, Severity, Signal

REVIEWS = frozenset(("google_review", "trustpilot", "school_review_site"))

NEAR_CHARS = 120
"""How far from a hit words that make it harmless are looked for."""

_END = re.compile(r"[.!?\n]+(?=\s|$)|\n")
"""Where a sentence ends."""

_SHORTEST_NAME = 4
_SHORTEST_ALIAS = 3
"""Of a surname and of a school's name, which may be its initials."""
_KIND = "|".join(sorted(SCHOOLISH | {"c of e", "cofe", "ce", "rc", "catholic"}))
_NEIGHBOUR = "road|rd|street|st|lane|ln|close|avenue|drive|hill|park|church|farm|pub|inn|surgery|station|fc"
"""What follows a school's name where something else bears it."""
_BEFORE = r"(?:mr|mrs|ms|miss|mx|dr|sir|rev|the|a|an|my|our|your|his|her|their|every)\.?"
"""A title; or what makes of a surname an ordinary word."""
_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|mx|dr|sir|rev|revd|prof|professor|cllr|father|sister)\.? ")
_ORDINARY = words_of("will back best long love good head house burns cross")
"""Surnames that say nothing when they stand alone."""
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)


@dataclass(frozen=True, slots=True)
class PreparedText:
    """One mention as the rules see it.

    `plain` is title and text with disguises undone, in lower case, our own school as “the school” and its
    people as “mrs holt” even where the surname stands alone; a reply's title is its thread's and is left out.
    `raw` is the same still disguised, `cased` with its capitals too, `text` the poster's text as written,
    `title` the title in lower case. `rating` is in 1..5 stars.
    """

    plain: str
    raw: str
    cased: str
    text: str
    title: str
    channel: str
    disguised: tuple[str, ...]
    words: int
    rating: float | None


def prepare(mention: Mention, school: School, people: tuple[Person, ...] = ()) -> PreparedText:
    """Prepares a mention for the rules."""
    own = mention.text if mention.kind in _ANSWERS else f"{mention.title}\n{mention.text}"
    clear = undisguise(own)
    # and a title before a surname that stands without one
    plain, surnames = with_the_school(clear.text, school, people), _names(school, people)[1]
    return PreparedText(
        plain=surnames.sub(_title_case, plain) if surnames else plain,
        raw=own.lower(),
        cased=own,
        text=mention.text,
        title=mention.title.lower(),
        channel=mention.channel,
        disguised=clear.disguised,
        words=mention.text.count(" ") + 1,
        rating=mention.rating,
    )


def with_the_school(plain: str, school: School, people: tuple[Person, ...] = ()) -> str:
    """The text, in lower case, with “the school” for its name."""
    places, _ = _names(school, people)
    return places.sub("the school", plain) if places else plain


def _title_case(hit: re.Match[str]) -> str:
    before, surname, of = hit.groups()
    return f"{before or 'dr'} {surname}" + ("'s" if of else "")


@lru_cache(maxsize=512)
def _names(
    school: School, people: tuple[Person, ...]
) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """Patterns of the school's names, and of its adults' surnames with what may stand before them."""
    schools = {core_of(school), *map(core, school.aliases)}
    town = rf"(?:,? (?:in )?{re.escape(school.locality.lower())}(?!\w))?" if school.locality else ""
    adults = [*separate_names(school.head), *(person.name for person in people)]
    named = [_TITLE.sub("", name.lower()).split() for name in adults]
    firsts = {words[0] for words in named if len(words) > 1}
    surnames = {words[-1] for words in named if words} - _ORDINARY
    return (
        _any_of(
            schools,
            _SHORTEST_ALIAS,
            rf"(?<!\w)(?:the )?(?:{{}})(?: (?:{_KIND}))*(?!\w)(?! (?:{_NEIGHBOUR})\b){town}",
        ),
        _any_of(
            surnames, _SHORTEST_NAME, rf"(?<!\w)(?:({_BEFORE}) )?(?:(?:{_spelt(firsts)}) )?({{}})('?s)?(?!\w)"
        ),
    )


def _any_of(names: set[str], shortest: int, form: str) -> re.Pattern[str] | None:
    known = {name for name in names if len(name) >= shortest}
    return re.compile(form.format(_spelt(known))) if known else None


def _spelt(names: set[str]) -> str:
    """Alternatives for names, the longest first, with and without apostrophe."""
    spelt = (re.escape(name).replace(r"\ ", r"\.? ") for name in sorted(names, key=len, reverse=True))
    return "|".join(re.sub(r"(?<=\w\w)s(?!\w)", "'?s", name) for name in spelt)


Test = Callable[[PreparedText], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A signal and when it fires: when `test` holds, which requires that the plain text match `needs`.

    A rule that needs nothing is tried on every text. `bare` is the test of a danger without what makes it
    harmless: where only that stands against it, it is no more than a hint, but a person looks.
    """

    signal: Signal
    needs: str
    test: Test
    bare: Test | None = None

    def signal_of(self, text: PreparedText) -> Signal | None:
        """Apply the rule to a text; None where it does not fire."""
        if self.test(text):
            return self.signal
        if self.bare and self.bare(text):
            return replace(self.signal, danger=False, hint=True)
        return None


def either(lines: str) -> str:
    """One pattern from alternatives, each on its own line, matched at word boundaries."""
    parts = [line.strip() for line in lines.splitlines() if line.strip()]
    return rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"


def pattern_of(lines: str) -> re.Pattern[str]:
    """The same, compiled."""
    return re.compile(either(lines))


def rule(
    name: str,
    reason: str,
    test: str | Test,
    *,
    needs: str = "",
    unless: str = "",
    within: str = "",
    labels: tuple[str, ...] = (),
    clears: tuple[str, ...] = (),
    severity: int = 0,
    route: Route | None = None,
    about: About | None = None,
    danger: bool = False,
    hint: bool = False,
    bare: Test | None = None,
) -> Rule:
    """A rule from words. `test` is alternatives for `either`, or a function with the pattern it `needs`.

    It does not fire near alternatives for `either` in `unless`; if `test` is a function, wherever they occur.
    Those in `within` count in the sentence of the hit alone: what is pleasant beside a bomb does not hide it.
    Where words of `needs` are rarer than those that the alternatives begin with, they may be given too.
    `hint` is for a rule that is right in fewer than four of five (docs/judging.md).
    """
    signal = Signal(name, reason, labels, clears, Severity(severity), route, about, danger, hint)
    barred = pattern_of(unless) if unless else None
    if isinstance(test, str):
        pattern = either(test)
        excused = pattern_of(within) if within else None
        return Rule(signal, needs or pattern, _pattern(pattern, barred, excused), bare)
    return Rule(signal, needs, lambda p: test(p) and (not (barred and barred.search(p.plain))), bare)


def _pattern(pattern: str, barred: re.Pattern[str] | None, excused: re.Pattern[str] | None) -> Test:
    hits = re.compile(pattern)
    if barred is None and excused is None:
        return lambda p: hits.search(p.plain) is not None
    return lambda p: any(
        not (excused and excused.search(sentence_of(hit.span(), p.plain)))
        for hit in _clear(hits, barred, p.plain)
    )


def _clear(hits: re.Pattern[str], barred: re.Pattern[str] | None, text: str) -> Iterator[re.Match[str]]:
    """The hits that have nothing near that makes them harmless. Each pattern reads the text once."""
    first = hits.search(text)
    if first is None:
        return
    bars = [bar.span() for bar in barred.finditer(text)] if barred else []
    at = 0
    for hit in hits.finditer(text, first.start()):
        while at < len(bars) and bars[at][0] < hit.start() - NEAR_CHARS:
            at += 1
        if at == len(bars) or bars[at][1] > hit.end() + NEAR_CHARS:
            yield hit


def sentence_of(span: tuple[int, int], text: str) -> str:
    """The sentence around a hit, no farther than what is near."""
    start, end = span
    before = text[max(0, start - NEAR_CHARS) : start]
    after = text[end : end + NEAR_CHARS]
    return _END.split(before)[-1] + text[start:end] + _END.split(after)[0]
