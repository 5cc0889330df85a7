"""One event, one matter: articles that tell of the same thing in other words. Pure.

Two are of one event where they tell of the same kind of event within three days and share whom, where or what
it is about, and nothing in their headlines says otherwise: another age, another vehicle, another street. What
all of a school's news share, its name and its town, counts for nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from classifiers.signals.word_files import WordFile
from classifiers.text.language import IN_NEWS
from classifiers.text.model_text import family_of
from classifiers.verdicts.press.events import without_paper
from data.register.school_names import normalise
from data.types import Mention, PressEvent, School

EVENT_SPAN = timedelta(hours=72)
"""Articles further apart than this are of two events."""
_MOST_CHARS = 300
_ENOUGH_WORDS = 2
_ENOUGH_OF_BODY = 2
"""So many words two bodies share: the headline of a place or a page stands over any."""
_LEAST_OF_A_HEADLINE = 5
_SHARED = 0.8
MOST_OF_ITS_OWN = 8
"""A post with more words of its own than this says something itself."""
_WORDS = WordFile(Path(__file__).with_name("same_event.toml"), others=("group", "ended", "lists"))
_left, _not, _age, _road, _one_more, _word, _possessive = _WORDS.patterns(
    "left", "not", "age", "road", "one_more", "word", "possessive"
)
_knows, _took_down, _jest, _doubt, _long_ago, _name, _sentence, _official, _place, _old, _teenage = (
    _WORDS.patterns(
        *("knows", "took_down", "jest", "doubt", "long_ago", "name", "sentence", "official", "place"),
        *("old", "teenage"),
    )
)
_ENDED = {how: _WORDS.compile(how, text) for how, text in _WORDS.table["ended"].items()}
_GROUPS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    sort: {name: _WORDS.compile(name, rf"(?i)\b(?:{_WORDS.fill(name, text)})\b") for name, text in of.items()}
    for sort, of in _WORDS.table["group"].items()
}
_OF_SOMEBODY = frozenset(("court", "violence", "suspended", "tribunal", "missing"))
"""Of these one school may have several at a time: they are told apart by whom they are about."""
_OF_STAFF = frozenset((PressEvent.STAFF, PressEvent.TRIBUNAL))
"""Here the office tells whom; elsewhere a head only speaks of it."""
_GROWN = 18


@dataclass(frozen=True, slots=True)
class EventFacts:
    """The facts of an article's event, as far as it can be compared: of which `kinds` of event; what in its
    headline tells one of them from another (`by`, under the name of its sort); who was `harmed`; its other
    words that are not those of all a school's news; whether it i.
    """

    event: PressEvent
    at: datetime
    kinds: frozenset[str]
    by: Mapping[str, frozenset[str]]
    harmed: frozenset[str]
    words: frozenset[str]
    one_more: bool
    body: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Article:
    """An article: in which story, under which headline, and what it tells of."""

    story_id: str
    title: str
    told: EventFacts


def read_event(title: str, text: str, event: PressEvent, at: datetime, school: School) -> EventFacts:
    """Read what an article tells of, by its headline and, where that says too little, how its text begins."""
    headline = _not.sub(" ", without_paper(title))
    vehicles, ours = _in("vehicles", headline), _ours(school)
    kinds = _in("kinds", headline) | ({"road"} if vehicles and event is PressEvent.INJURY else set())
    ages = [int(one or other) for one, other in _age.findall(headline)]
    by = {
        "child": frozenset(str(age) for age in ages if age < _GROWN),
        "adult": frozenset(str(age) for age in ages if age >= _GROWN),
        "vehicle": vehicles,
        "site": _in("sites", headline),
        "person": _in("persons", headline),
        "office": _in("offices", headline) if event in _OF_STAFF else frozenset(),
        "grade": _grades(headline) if event is PressEvent.INSPECTION else frozenset(),
        "road": frozenset(road for road in _road.findall(headline) if not set(_words(road)) <= ours),
    }
    return EventFacts(
        event,
        at,
        kinds or _in("kinds", text[:_MOST_CHARS]),
        {sort: said for sort, said in by.items() if said},
        _in("harmed", headline),
        frozenset(_words(headline)) - ours - IN_NEWS,
        _one_more.search(headline) is not None,
        frozenset(_words(text[:_MOST_CHARS])) - ours - IN_NEWS - frozenset(_words(headline)),
    )


def _grades(headline: str) -> frozenset[str]:
    left = frozenset(f"no longer {grade.casefold()}" for grade in _left.findall(headline))
    return _in("grades", _left.sub(" ", headline)) | left


def _in(sort: str, said: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _GROUPS[sort].items() if pattern.search(said))


def _words(said: str) -> list[str]:
    return [_possessive.sub("", word.casefold()) for word in _word.findall(said)]


@lru_cache(maxsize=256)
def _ours(school: School) -> frozenset[str]:
    """The words of a school's names and places."""
    given = (school.name, *school.aliases, school.locality, school.town, school.county, school.street)
    return frozenset(_words(" ".join(given)))


def is_same_event(one: EventFacts, other: EventFacts) -> bool:
    """Do both tell of one event? It is the same whichever is asked of the other."""
    if abs(one.at - other.at) > EVENT_SPAN or _differ(one, other):
        return False
    kinds = bool((one.kinds & other.kinds) - _OF_SOMEBODY)
    by = any(one.by[sort] & other.by[sort] for sort in one.by.keys() & other.by.keys() - {"office"})
    alike = not (one.body and other.body) or len(one.body & other.body) >= _ENOUGH_OF_BODY
    told = by or (alike and len(one.words & other.words) >= _ENOUGH_WORDS)
    alone = kinds and not (one.by and other.by)
    if one.event is other.event:
        return told or alone
    return (kinds and told) or (alone and PressEvent.OTHER in (one.event, other.event))


def _differ(one: EventFacts, other: EventFacts) -> bool:
    """Does anything that both say tell them apart, or does one alone say that it is one more?"""
    if one.one_more is not other.one_more:
        return True
    pairs = [(one.by[sort], other.by[sort]) for sort in one.by.keys() & other.by.keys()]
    pairs += [(one.kinds, other.kinds), (one.harmed, other.harmed)]
    return any(a and b and a.isdisjoint(b) for a, b in pairs)


def matter_of(told: EventFacts, known: Iterable[Article]) -> str | None:
    """The story of these to which the article belongs, None where it is news: that which it is likest, of two
    the older. No article of that story may tell of something else."""
    stories: dict[str, list[EventFacts]] = defaultdict(list)
    for article in known:
        stories[article.story_id].append(article.told)
    same = [
        (-max(_event_likeness(told, each) for each in of), min(each.at for each in of), story)
        for story, of in stories.items()
        if any(is_same_event(told, each) for each in of) and not any(_differ(told, each) for each in of)
    ]
    return min(same)[-1] if same else None


def _event_likeness(one: EventFacts, other: EventFacts) -> int:
    """Count how much they have in common; what tells events apart counts twice."""
    by = sum(len(one.by[sort] & other.by[sort]) for sort in one.by.keys() & other.by.keys())
    return 2 * by + len(one.words & other.words) + len(one.kinds & other.kinds)


def shared_in(said: str, at: datetime, known: Iterable[Article]) -> str | None:
    """The story of the article that a post shares: it has its headline, nearly whole, and few words more."""
    words = set(normalise(said).split())
    for article in known:
        headline = set(normalise(without_paper(article.title)).split())
        near = abs(article.told.at - at) <= EVENT_SPAN and len(headline) >= _LEAST_OF_A_HEADLINE
        near = near and article.told.one_more is (_one_more.search(said) is not None)
        if near and len(headline & words) >= _SHARED * len(headline) >= _SHARED * (
            len(words) - MOST_OF_ITS_OWN
        ):
            return article.story_id
    return None


# What says that a matter has ended: a hoax, a child found safe, a correction, what a court decided. It is for
# a person to weigh: it lowers and ends nothing.

MAY_END = AhoCorasick(_WORDS.table["lists"]["hints"].split())
"""Finds, in small letters, what is in whatever says so: not in most posts."""
SAFE, HOAX, CORRECTED, COURT = "safe", "hoax", "corrected", "court"
_SOON_OVER = timedelta(days=14)
"""After so long what is called a hoax, or found, is something else; courts and papers take their time."""
_PLAIN = str.maketrans("’‘", "''")
_MOST_SAID = 3_000


def says_ended(mention: Mention, *, printed: bool) -> bool:
    """Does somebody who may know say that something has ended: the press, the police and their like, or who
    took down what these said?"""
    taken = family_of(mention.channel) == "report" and _took_down.search(mention.text)
    author = mention.author or ""
    knows = (printed or taken or _knows.search(author)) and not _jest.search(author)
    return bool(knows) and find_ending(mention.title, mention.text) is not None


def find_ending(title: str, text: str) -> tuple[str, str] | None:
    """Find what has ended by these words, and the sentence that says so; None where nothing does, or it only
    may have, is a jest, or was long ago.
    """
    sentences = [part.strip() for part in _sentence.split(f"{title}\n{text[:_MOST_SAID]}") if part.strip()]
    if sentences and _long_ago.search(sentences[0]):
        return None
    for said in sentences:
        plain = said.translate(_PLAIN)
        how = next((how for how, pattern in _ENDED.items() if pattern.search(plain)), None)
        if how and not _doubt.search(plain) and not _long_ago.search(plain):
            return how, said
    return None


def weigh_ending(
    how: str, said: str, whole: str, matter: str, school: School, after: timedelta, *, violent: bool
) -> int:
    """Say how surely the `whole` text with that sentence (`said`) speaks of that matter, by its words: 2
    where they share a name, an age or uncommon words, 1 the kind of event alone, 0 where neither does, or
    anything tells them apart. It came so long `after` the matter; `violent` is one of violence.

    A court's decision is on somebody whom the matter names; where one of the two names nobody, it may be.
    """
    if after <= timedelta() or (how in (SAFE, HOAX) and after > _SOON_OVER):
        return 0
    ours, parts = _ours(school) | IN_NEWS, (whole, matter)
    pairs = [[_ages(part, child=child) for part in parts] for child in (True, False)]
    pairs += [[_in(sort, said), _in(sort, matter)] for sort in ("persons", "offices")[: 1 + (how == COURT)]]
    if any(one and other and one.isdisjoint(other) for one, other in pairs):
        return 0
    words, of_matter = map(frozenset, map(_words, parts))
    named, in_all, theirs = (_surnames(part, ours) for part in (said, *parts))
    if how == COURT:  # not of the head, who has a word on it
        named = (named or in_all) - frozenset(_words(school.head or "")) or named
    every = frozenset(re.findall(r"\w+", matter.casefold()))
    shared = named & every or (how != COURT and in_all & theirs)
    at_school = words & frozenset(_words(" ".join((school.name, *school.aliases)))) - _NO_NAMES
    here = at_school or words & _ours(school) - _NO_NAMES
    away = frozenset(_words(" ".join(map(" ".join, _place.findall(whole))))) - _NO_NAMES - ours - of_matter
    schools = (
        frozenset(_words(" ".join(school for _, school in _place.findall(said)))) - _NO_NAMES - of_matter
    )
    if not shared and (
        (named and theirs) or (away and (how == COURT or not here)) or (schools and schools.isdisjoint(ours))
    ):
        return 0
    alike = len((words & of_matter) - ours - _COMMON)
    if how == COURT and not shared:
        return int((alike > 0 and bool(at_school)) or (alike > 1 and bool(here) and not named))
    if shared or pairs[0][0] & pairs[0][1] or alike > 1:
        return 2
    other = {name.casefold() for name in _CAPITAL.findall(said)} - ours - _COMMON
    other -= every
    kinds = {HOAX: violent, SAFE: "missing" in _in("kinds", matter) and not other}
    kinds[CORRECTED] = alike > 0 and not named and bool(at_school or (violent and here))
    return int(kinds.get(how, False) or (how == HOAX and bool(_in("kinds", whole) & _in("kinds", matter))))


_CAPITAL = re.compile(r"(?<=[\w,] )[A-Z][a-z'’-]+")
_COMMON, _NO_NAMES = (frozenset(_WORDS.table["lists"][name].split()) for name in ("common", "no_names"))
_SPELT = {name: n for n, name in enumerate(_WORDS.table["lists"]["spelt"].split(), 1)}


def _ages(text: str, *, child: bool) -> frozenset[str]:
    ages = {_SPELT.get(n.lower()) or int(n) for n in _old.findall(text)}
    ages |= set(range(13, _GROWN) if _teenage.search(text) else ())
    return frozenset(str(age) for age in ages if (age < _GROWN) is child)


def _surnames(text: str, ours: frozenset[str]) -> frozenset[str]:
    found = frozenset(found.split()[-1].casefold() for found in _name.findall(_official.sub(" ", text)))
    return found - ours - _NO_NAMES
