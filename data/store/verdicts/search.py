"""Posts found by their words, and the stories they are in. Capitals and accents count for nothing.

Only what may be listed is read: the words of a restricted post stand in a table of its own, and what was
deleted has neither words nor bits. Where bits are NULL some words were taken out, or it was written before
there were any: then its text itself is looked through. Nothing of what was asked for is in any message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from zlib import crc32

from data.errors import InputError
from data.store.engine.rows import Connection, at, at_or_none, read_rows, read_value
from data.store.engine.tables import BITS
from data.store.verdicts.stories import APART

_SHORT, _LONG = 3, 5
_EACH, _ALL = 64, 512
_SIGN = 1 << (_EACH - 1)


def bits_of(fields: Iterable[str | None]) -> tuple[int, ...]:
    """The bits of a post with these fields, as values of `BITS`."""
    found = 0
    for field in fields:
        for word in folded_words(field) if field else ():
            found |= _bits_of_word(word)
    return _in_columns(found)


def bits_asked(searched: Searched) -> dict[str, int]:
    """Which bits a text must have, by column; columns of which none is asked are left out."""
    words = (
        _bits_of_word(word) if exact or len(word) >= _SHORT else 0
        for part in searched.parts
        for word, exact in zip(part.words, [True] * (len(part.words) - 1) + [part.exact], strict=True)
    )
    asked = _in_columns(reduce(or_, words, 0))
    return {column: bits for column, bits in zip(BITS, asked, strict=True) if bits}


@lru_cache(maxsize=20_000)
def _bits_of_word(word: str) -> int:
    return _bits_of_key(word[:_SHORT]) | (_bits_of_key(word[:_LONG]) if len(word) >= _LONG else 0)


def _bits_of_key(key: str) -> int:
    """Return two bits."""
    hashed = crc32(key.encode())
    return 1 << hashed % _ALL | 1 << hashed // _ALL % _ALL


def _in_columns(bits: int) -> tuple[int, ...]:
    parts = (bits >> n * _EACH & (1 << _EACH) - 1 for n in range(len(BITS)))
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

    def is_in(self, said: Sequence[str]) -> bool:
        """Do they stand in these words, folded and in their order?"""
        *first, last = self.words
        n = len(first)
        return any(
            (word == last if self.exact else word.startswith(last)) and list(said[i - n : i]) == first
            for i, word in enumerate(said[n:], n)
        )


@dataclass(frozen=True, slots=True)
class Searched:
    """The search of somebody: all of these parts, each in any field of a post."""

    parts: tuple[SearchedWord, ...]

    def found_in(self, fields: Iterable[str | None]) -> bool:
        """Does the post with these fields hold all of them?"""
        said = [folded_words(field) for field in fields if field]
        return all(any(part.is_in(words) for words in said) for part in self.parts)


def folded_words(text: str) -> list[str]:
    """Its words without capitals and accents, in their order. “Mary's” is one word, as in “Marys”."""
    shown = text
    if not shown.isascii():
        letters = unicodedata.normalize("NFKD", text.translate(_UNSEEN))
        shown = "".join(c for c in letters if not unicodedata.combining(c))
    return _WORD.findall(_ENDING.sub("", shown.casefold()))


def read_search(given: str) -> Searched:
    """Read words, and phrases in quotation marks, as typed. Raises InputError for too little."""
    parts = []
    for phrase, word in _PART.findall(given.translate(_CURLED)):
        if words := folded_words(phrase or word):
            parts.append(SearchedWord(tuple(words), exact=bool(phrase)))
    if not any(len(word) >= LEAST for part in parts for word in part.words):
        raise InputError(f"Give at least one word of {LEAST} letters or more.")
    return Searched(tuple(parts))


_FIELDS = "SELECT id, version, author, url FROM mentions WHERE id = ANY($ids) AND NOT restricted"
_WORDS = """SELECT mention_id, n, title, text, quoted FROM mention_versions WHERE mention_id = ANY($ids)"""


def bits_wanted(searched: Searched) -> tuple[str, dict[str, int]]:
    """A condition on versions of posts, with its values: they may hold the words, by their bits."""
    asked = bits_asked(searched)
    return " AND ".join(f"({c} & ${c}) = ${c}" for c in asked), asked


def are_common(con: Connection, searched: Searched) -> bool:
    """May a quarter of all posts hold the words? Then looking through the newest is the quicker way."""
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


def oldest_posted(con: Connection, urns: Sequence[str]) -> datetime | None:
    """When these schools' oldest open post was posted, or first read where nothing says when."""
    sql = f"""SELECT epoch_us(min(coalesce(m.published, m.first_seen))) FROM mentions m
        JOIN matches x ON x.mention_id = m.id WHERE x.urn = ANY($urns) AND NOT m.restricted
        AND x.story_id NOT IN (SELECT id FROM stories WHERE {APART})"""
    return at_or_none(read_value(con, sql, urns=list(urns)))


Spot = tuple[datetime, str]
"""Where a page ended: when its last story went on last, and that story's id."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which stories: all of these schools (`urns`); of those of `raised` what was raised, is had, in the
    press or a matter of personal data. A post of it was posted, or first read where nothing says when,
    between `since` and `until`, or seen in the `source`; they are `held`, or `ended`; `everybodys` leaves out
    what is restricted or locked. Some more may be given than are so, of words, place, and who has them:
    whoever asks looks at each.
    """

    urns: Sequence[str]
    raised: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    words: Searched | None = None
    source: str = ""
    held: bool = False
    ended: bool = False
    everybodys: bool = False


_RAISED = """id IN (SELECT story_id FROM alerts UNION ALL SELECT story_id FROM owners
    UNION ALL SELECT story_id FROM cases
    UNION ALL SELECT x.story_id FROM matches x JOIN verdicts v USING (mention_id, version, urn)
        WHERE v.event IS NOT NULL OR v.content_class = ANY($private))"""
_POSTED = """id IN (SELECT x.story_id FROM matches x JOIN mentions m ON m.id = x.mention_id
    WHERE coalesce(m.published, m.first_seen) >= $since AND coalesce(m.published, m.first_seen) < $until)"""
_CARRIED = """id IN (SELECT x.story_id FROM matches x JOIN sightings s USING (mention_id)
    WHERE s.source_id = $source)"""
_HELD = """id IN (SELECT story_id FROM owners WHERE person_id IS NOT NULL
    UNION ALL SELECT story_id FROM cases WHERE closed_at IS NULL)"""
_ENDED = """id IN (SELECT story_id FROM owners WHERE mark IS NOT NULL
    UNION ALL SELECT story_id FROM cases WHERE closed_at IS NOT NULL)"""
_WORDED = """id IN (SELECT x.story_id FROM mention_versions v
    JOIN matches x ON x.mention_id = v.mention_id AND x.version = v.n WHERE ({bits}) OR v.words_0 IS NULL)"""


def story_page(
    con: Connection, narrowed: Narrowed, private: Sequence[str], after: Spot | None, limit: int
) -> list[tuple[str, str, datetime]]:
    """At most so many of these stories after that spot: id, URN, last seen; `private`: personal classes."""
    of_all = "urn = ANY($urns)"
    asked: dict[str, object] = {"limit": limit, "urns": narrowed.urns}
    kept = ((narrowed.held, _HELD), (narrowed.ended, _ENDED), (narrowed.everybodys, f"NOT {APART}"))
    where = [of_all, *(condition for wanted, condition in kept if wanted)]
    if narrowed.raised:
        asked |= {"raised": narrowed.raised, "private": private}
        where[0] = f"({of_all} OR (urn = ANY($raised) AND {_RAISED}))"
    if narrowed.since and narrowed.until:
        asked |= {"since": narrowed.since, "until": narrowed.until}
        where.append(_POSTED)
    if narrowed.source:
        asked["source"] = narrowed.source
        where.append(_CARRIED)
    if after:
        asked |= {"seen": after[0], "id": after[1]}
        where.append("(last_seen < $seen OR (last_seen = $seen AND id > $id))")
    if narrowed.words:
        bits, values = bits_wanted(narrowed.words)
        asked |= values
        where.append(_WORDED.format(bits=bits))
    sql = f"""SELECT id, urn, epoch_us(last_seen) FROM stories WHERE {" AND ".join(where)}
        ORDER BY last_seen DESC, id LIMIT $limit"""
    return [(story, urn, at(seen)) for story, urn, seen in read_rows(con, sql, **asked)]
