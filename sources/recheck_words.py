"""Do the words of a post still stand on a page? Only words count: no case, no marks, no blanks."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_CUT = re.compile(r"(\S*(…|\.{3}|\[…\]|\[\.{3}\]))\s*$")
_RUN = 5
_MOSTLY = 0.5
_TOMBSTONE_WORDS = 30
_TOMBSTONE = re.compile(
    r"^\W*(removed|deleted|withdrawn|unavailable)\W*$"
    r"|\b(post|message|comment|reply|review|thread|content|this|it)\b.{0,30}"
    r"\b(was|were|is|has been|have been) (now )?(removed|deleted|withdrawn|hidden|taken down)\b"
    r"|\b(removed|deleted|withdrawn|hidden) (by|at|for) (a |the |its )?"
    r"(moderator|mod|admin|administrator|author|poster|user|owner|site|staff|team|mnhq|reddit|request|breaking)"
    r"|\bmessage (deleted|withdrawn)\b|\b(post|comment|reply|review) (removed|deleted|withdrawn)\b"
    r"|\b(neges|sylw|post|adolygiad)\b.{0,30}\b(dileu|ddileu|dynnu|thynnu|dynnwyd|ddilewyd)\b"
    r"|^\W*(dilëwyd|tynnwyd i lawr|wedi['’]i d?d?ileu)\W*$",
    re.IGNORECASE | re.DOTALL,
)


class Stands(StrEnum):
    """How much of a post's words is there: all, in one piece; mostly; a few; none."""

    ALL = "all"
    MOSTLY = "mostly"
    PARTLY = "partly"
    NONE = "none"


def stands(held: str, shown: str) -> Stands:
    """How much of the words that are held stands in what is shown.

    All means in one piece: a word put in between makes another sentence of it (“is”, “is not”). What was cut
    off by a feed is looked for up to the cut.
    """
    wanted, there = _words(_CUT.sub("", held)), _words(shown)
    if not wanted:
        return Stands.NONE
    if f" {' '.join(wanted)} " in f" {' '.join(there)} ":
        return Stands.ALL
    runs = _runs(wanted)
    share = len(runs & _runs(there)) / len(runs) if runs else 0.0
    if share >= _MOSTLY:
        return Stands.MOSTLY
    return Stands.PARTLY if share > 0 else Stands.NONE


def is_tombstone(text: str) -> bool:
    """Does it say, in place of a post, that the post was taken away?"""
    return len(_words(text)) <= _TOMBSTONE_WORDS and _TOMBSTONE.search(text) is not None


def same_words(one: str, other: str) -> bool:
    """The same words in the same order, and not none."""
    return bool(_words(one)) and _words(one) == _words(other)


def holds(text: str, words: str) -> bool:
    """Do these words stand in the text in one piece? Never where there are none."""
    return stands(words, text) is Stands.ALL


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return _WORD.findall(folded)


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}
