"""Where to look for words without reading every text: 512 bits a text, set by the beginnings of its words.

A text whose bits lack one of what is asked for does not hold it; one that has them all is read. The bits say
little of a text, but something: they go wherever its words go. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, reduce
from operator import or_
from zlib import crc32

from data.search.words import Searched, folded_words

COLUMNS = tuple(f"words_{n}" for n in range(8))
"""Of `mention_versions`: whole numbers of 64 bits each."""
NO_BITS = ", ".join(f"{column} = 0" for column in COLUMNS)
"""Of an UPDATE that takes all words away: nothing finds it."""
UNKNOWN_BITS = ", ".join(f"{column} = NULL" for column in COLUMNS)
"""Of an UPDATE that takes some words away: it is read whole from then on."""
_SHORT, _LONG = 3, 5
_EACH, _ALL = 64, 512
_SIGN = 1 << (_EACH - 1)


def bits_of(fields: Iterable[str | None]) -> tuple[int, ...]:
    """The bits of a post with these fields, as values of `COLUMNS`."""
    found = 0
    for field in fields:
        for word in folded_words(field) if field else ():
            found |= _of_word(word)
    return _in_columns(found)


def bits_asked(searched: Searched) -> dict[str, int]:
    """Which bits a text must have, by column; columns of which none is asked are left out."""
    words = (
        _of_word(word) if exact else _of_beginning(word)
        for part in searched.parts
        for word, exact in zip(part.words, [True] * (len(part.words) - 1) + [part.exact], strict=True)
    )
    asked = _in_columns(reduce(or_, words, 0))
    return {column: bits for column, bits in zip(COLUMNS, asked, strict=True) if bits}


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> int:
    return _of_key(word[:_SHORT]) | (_of_key(word[:_LONG]) if len(word) >= _LONG else 0)


def _of_beginning(word: str) -> int:
    return _of_word(word) if len(word) >= _SHORT else 0


def _of_key(key: str) -> int:
    """Two bits."""
    hashed = crc32(key.encode())
    return 1 << hashed % _ALL | 1 << hashed // _ALL % _ALL


def _in_columns(bits: int) -> tuple[int, ...]:
    parts = (bits >> n * _EACH & (1 << _EACH) - 1 for n in range(len(COLUMNS)))
    return tuple(part - (1 << _EACH) if part & _SIGN else part for part in parts)
