"""Words as somebody searches for them, and the bits by which posts that may hold them are found. Pure.

Capitals and accents count for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce
from operator import or_
from zlib import crc32

from data.errors import InputError
from data.frozen import freeze
from data.letters import plain_letters, without_accents

_SHORT, _LONG = 3, 5
_EACH, _ALL = 64, 512
_SIGN = 1 << (_EACH - 1)


def bits_of(fields: Iterable[str | None]) -> tuple[int, ...]:
    """The bits of a post with these fields, 64 in each whole number."""
    found = 0
    for field in fields:
        for word in folded_words(field) if field else ():
            found |= _bits_of_word(word)
    return _in_columns(found)


def bits_asked(searched: Searched) -> tuple[int, ...]:
    """The bits that a text must have to hold all that is searched, as `bits_of` gives them."""
    words = (
        _bits_of_word(word) if exact or len(word) >= _SHORT else 0
        for part in searched.parts
        for word, exact in zip(part.words, [True] * (len(part.words) - 1) + [part.exact], strict=True)
    )
    return _in_columns(reduce(or_, words, 0))


_UNITED = re.compile("acad(emy)?|and|catholic|church|cofe|england|of|rc|rd|road|roman|saint|st|ysg(ol)?")
"""Words that `data.register.school_names.normalise` writes as one, and “and”, in all their spellings."""


def search_names(names: Iterable[str]) -> Searched:
    """Words by whose bits each text is found that holds all these names, as names are compared. Of a short
    word that is its beginning: “Marys” may be “Mary's” there."""
    said = (word for name in names for word in folded_words(name) if not _UNITED.fullmatch(word))
    wanted = (word if len(word) >= _LONG + 2 else word[:_SHORT] for word in said if len(word) >= _SHORT)
    return Searched(tuple(SearchedWord((word,)) for word in wanted))


@lru_cache(maxsize=20_000)
def _bits_of_word(word: str) -> int:
    return _bits_of_key(word[:_SHORT]) | (_bits_of_key(word[:_LONG]) if len(word) >= _LONG else 0)


def _bits_of_key(key: str) -> int:
    """Return two bits."""
    hashed = crc32(key.encode())
    return 1 << hashed % _ALL | 1 << hashed // _ALL % _ALL


def _in_columns(bits: int) -> tuple[int, ...]:
    parts = (bits >> n * _EACH & (1 << _EACH) - 1 for n in range(_ALL // _EACH))
    return tuple(part - (1 << _EACH) if part & _SIGN else part for part in parts)


LEAST = 3
"""At least one word has so many letters; shorter ones stand in half of what is kept."""
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'"([^"]*)"|(\S+)')
_CURLED = str.maketrans("“”„‟«»", '""""""')
_ENDING = re.compile(r"(?<=[^\W_])['’ʼ](?=[^\W_]{1,2}(?![^\W_]))")


@freeze
class SearchedWord:
    """Words that stand one after another. Of the last the beginning is enough, unless they are `exact`."""

    words: tuple[str, ...]
    exact: bool = False

    def is_in(self, said: Sequence[str]) -> bool:
        """Do they stand in these words, folded and in their order?"""
        *first, last = self.words
        n = len(first)
        return any(
            (word == last if self.exact else word.startswith(last)) and list(said[i - n : i]) == first
            for i, word in enumerate(said[n:], n)
        )


@freeze
class Searched:
    """The search of somebody: all of these parts, each in any field of a post."""

    parts: tuple[SearchedWord, ...]

    def found_in(self, fields: Iterable[str | None]) -> bool:
        """Does the post with these fields hold all of them?"""
        said = [folded_words(field) for field in fields if field]
        return all(any(part.is_in(words) for words in said) for part in self.parts)


def folded_words(text: str) -> list[str]:
    """Its words without capitals and accents, in their order. “Mary's” is one word, as in “Marys”."""
    shown = without_accents(plain_letters(text)).casefold()
    return _WORD.findall(_ENDING.sub("", shown))


def read_search(given: str) -> Searched:
    """Read words, and phrases in quotation marks, as typed. Raises InputError for too little."""
    parts = []
    for phrase, word in _PART.findall(given.translate(_CURLED)):
        if words := folded_words(phrase or word):
            parts.append(SearchedWord(tuple(words), exact=bool(phrase)))
    if not any(len(word) >= LEAST for part in parts for word in part.words):
        raise InputError(f"Give at least one word of {LEAST} letters or more.")
    return Searched(tuple(parts))
