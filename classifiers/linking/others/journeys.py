"""Places that are gone to: “Leeds coach trip”, “in York on their residential”, “York Minster”."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from classifiers.linking.document import phrases
from classifiers.linking.words import JOURNEY_KINDS, JOURNEYS, SIGHTS, STAYS

_LONGEST = 3
_LEADS_TO = frozenset(("to", "in", "from", "at", "around", "round"))
_LASTS = frozenset(("on", "for"))
_WHOSE = frozenset(("a", "an", "the", "their", "our", "his", "her", "its", "this", "my"))


@lru_cache(maxsize=4)
def gone_to(raw: str) -> frozenset[str]:
    """Words, in normal form, that stand where the place of a journey does; most of them are no places.

    A place that a school goes to is not where it is, whichever school it may be.
    """
    return frozenset(place for phrase in phrases(raw).split("|") for place in _of_phrase(phrase.split()))


def _of_phrase(words: Sequence[str]) -> Iterator[str]:
    for i, word in enumerate(words):
        if word in JOURNEYS or word in SIGHTS:
            end = _before_its_kind(words, i) if word in JOURNEYS else i
            yield from _ending(words[:end])
        if word in JOURNEYS or word in SIGHTS or word in STAYS:
            yield from _stayed_in(words, _before_its_kind(words, i))
        if word in JOURNEYS and words[i + 1 : i + 2] and words[i + 1] in _LEADS_TO:
            yield from _beginning([w for w in words[i + 2 : i + 3 + _LONGEST] if w != "the"])


def _before_its_kind(words: Sequence[str], at: int) -> int:
    """Where the words that say what kind of journey it is begin: “coach trip”, “Year 6 residential”."""
    while at and (words[at - 1] in JOURNEY_KINDS or words[at - 1].isdigit()):
        at -= 1
    return at


def _stayed_in(words: Sequence[str], end: int) -> Iterator[str]:
    """The place before “on their residential” or “for the day”."""
    while end and words[end - 1] in _WHOSE:
        end -= 1
    if end and words[end - 1] in _LASTS:
        yield from _ending(words[: end - 1])


def _ending(words: Sequence[str]) -> Iterator[str]:
    return (" ".join(words[-n:]) for n in range(1, min(_LONGEST, len(words)) + 1))


def _beginning(words: Sequence[str]) -> Iterator[str]:
    return (" ".join(words[:n]) for n in range(1, min(_LONGEST, len(words)) + 1))
