"""What a register writes in capitals, with backquotes or as a street, brought to what people write."""

from __future__ import annotations

import re

from data.register.school_names import words_of

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SMALL = words_of(
    """
    a and am ar at by for gan in le of on the upon y yn yr ym
    """
)
_VOWEL = re.compile(r"[AEIOUWYÂÊÎÔÛŴŶ]")
_SHORT = 4
_STREETS = words_of(
    """
    avenue brae close court crescent crossroads drive estate ffordd gardens green grove heol hill lane
    lôn loan parade park place promenade rd road row square st street stryd terrace way
    """
)
_PLACES = words_of(
    """
    close court green grove hill park place square way
    """
)
_FRONT = frozenset({"ffordd", "heol", "lôn", "stryd"})


def tidy(text: str) -> str:
    """Single blanks, apostrophes for backquotes, and words of CAPITALS as they are written otherwise.

    “YSGOL GYNRADD BORTH-Y-GEST” → “Ysgol Gynradd Borth-y-Gest”. Abbreviations (C.P., BBC) stay.
    """
    plain = " ".join(text.replace("`", "'").split())
    if not plain.isupper():
        return plain
    return _WORD.sub(lambda m: _word(m, plain), plain)


def _word(found: re.Match[str], text: str) -> str:
    word = found[0]
    before, after = text[: found.start()], text[found.end() : found.end() + 1]
    if len(word) == 1 and (after == "." or before.endswith(".")):
        return word
    if before and word.lower() in _SMALL and not before.endswith(("(", ". ")):
        return word.lower()
    if word != "ST" and (word == "YGG" or (len(word) < _SHORT and not _VOWEL.search(word))):
        return word
    return word[0] + word[1:].lower()


def is_street(text: str) -> bool:
    """Does it name a street, or begin with a house number, rather than a village or a part of a town?"""
    words = text.lower().replace(".", " ").replace(",", " ").split()
    if not words:
        return False
    if words[0][0].isdigit() or words[0] in _FRONT:
        return True
    return len(words) > 1 and words[-1] in _STREETS - _PLACES
