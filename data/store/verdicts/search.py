"""Posts found by their words, and the stories they are in. Capitals and accents count for nothing.

Only what may be listed is read: the words of a restricted post stand in a table of its own, and what was
deleted has neither words nor bits. Where bits are NULL some words were taken out, or it was written before
there were any: then its text itself is looked through. Nothing of what was asked for is in any message: it
would stand in a log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from zlib import crc32

from data.errors import InputError
from data.store.engine.rows import Connection, read_value

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
        _of_word(word) if exact or len(word) >= _SHORT else 0
        for part in searched.parts
        for word, exact in zip(part.words, [True] * (len(part.words) - 1) + [part.exact], strict=True)
    )
    asked = _in_columns(reduce(or_, words, 0))
    return {column: bits for column, bits in zip(COLUMNS, asked, strict=True) if bits}


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> int:
    return _of_key(word[:_SHORT]) | (_of_key(word[:_LONG]) if len(word) >= _LONG else 0)


def _of_key(key: str) -> int:
    """Two bits."""
    hashed = crc32(key.encode())
    return 1 << hashed % _ALL | 1 << hashed // _ALL % _ALL


def _in_columns(bits: int) -> tuple[int, ...]:
    parts = (bits >> n * _EACH & (1 << _EACH) - 1 for n in range(len(COLUMNS)))
    return tuple(part - (1 << _EACH) if part & _SIGN else part for part in parts)


LEAST = 3
"""At least one word has so many letters; shorter ones stand in half of what is kept."""
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'"([^"]*)"|(\S+)')
_CURLED = str.maketrans("“”„‟«»", '""""""')
_ENDING = re.compile(r"(?<=[^\W_])['’ʼ](?=[^\W_]{1,2}(?![^\W_]))")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""What may stand within a word and is not seen."""


@dataclass(frozen=True, slots=True)
class SearchedWord:
    """Words that stand one after another. Of the last the beginning is enough, unless they are `exact`."""

    words: tuple[str, ...]
    exact: bool = False

    def stands_in(self, said: Sequence[str]) -> bool:
        """Do they stand in these words, folded and in their order?"""
        *first, last = self.words
        n = len(first)
        return any(
            (word == last if self.exact else word.startswith(last)) and list(said[i - n : i]) == first
            for i, word in enumerate(said[n:], n)
        )


@dataclass(frozen=True, slots=True)
class Searched:
    """What somebody looks for: all of these parts, each in any field of a post."""

    parts: tuple[SearchedWord, ...]

    def found_in(self, fields: Iterable[str | None]) -> bool:
        """Does the post with these fields hold all of them?"""
        said = [folded_words(field) for field in fields if field]
        return all(any(part.stands_in(words) for words in said) for part in self.parts)


def folded_words(text: str) -> list[str]:
    """Its words without capitals and accents, in their order. “Mary's” is one word, as in “Marys”."""
    shown = text
    if not shown.isascii():
        letters = unicodedata.normalize("NFKD", text.translate(_UNSEEN))
        shown = "".join(c for c in letters if not unicodedata.combining(c))
    return _WORD.findall(_ENDING.sub("", shown.casefold()))


def searched(given: str) -> Searched:
    """Words, and phrases in quotation marks, as somebody typed them. Raises InputError for too little."""
    parts = []
    for phrase, word in _PART.findall(given.translate(_CURLED)):
        if words := folded_words(phrase or word):
            parts.append(SearchedWord(tuple(words), exact=bool(phrase)))
    if not any(len(word) >= LEAST for part in parts for word in part.words):
        raise InputError(f"Give at least one word of {LEAST} letters or more.")
    return Searched(tuple(parts))


_FIELDS = (
    """SELECT m.id, m.version, m.author, m.url FROM mentions m WHERE id = ANY($ids) AND NOT restricted"""
)
_WORDS = """SELECT mention_id, n, title, text, quoted FROM mention_versions WHERE mention_id = ANY($ids)"""


def bits_wanted(searched: Searched) -> tuple[str, dict[str, int]]:
    """A condition on versions of posts, with its values: they may hold the words, by their bits."""
    asked = bits_asked(searched)
    return " AND ".join(f"({c} & ${c}) = ${c}" for c in asked), asked


def are_common(con: Connection, searched: Searched) -> bool:
    """May a quarter of all posts hold the words? Then to look through the newest is quicker than to find all:
    the bits alone are read in a tenth of the time that it takes to find the stories by them.
    """
    bits, asked = bits_wanted(searched)
    sql = f"SELECT count(*) FILTER ({bits}) * 4 > count(*) FROM mention_versions"
    return bool(read_value(con, sql, **asked))


def stories_holding(con: Connection, searched: Searched, story_ids: Sequence[str]) -> set[str]:
    """Those of these stories with a post whose newest version holds the words."""
    sql = "SELECT story_id, mention_id, version FROM matches WHERE story_id = ANY($ids)"
    rows = con.execute(sql, {"ids": list(story_ids)}).fetchall()
    versions = _holding(con, searched, [mention_id for _, mention_id, _ in rows])
    return {story for story, mention_id, version in rows if versions.get(mention_id) == version}


def _holding(con: Connection, searched: Searched, ids: Sequence[str]) -> dict[str, int]:
    """Those of these posts that hold the words in their newest version, which it names."""
    given = {"ids": sorted(set(ids))}
    posts = {row[:2]: row[2:] for row in con.execute(_FIELDS, given).fetchall()}
    return {
        mention_id: n
        for mention_id, n, *words in con.execute(_WORDS, given).fetchall()
        if (mention_id, n) in posts and searched.found_in((*words, *posts[mention_id, n]))
    }
