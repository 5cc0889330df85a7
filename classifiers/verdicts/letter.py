"""Tell whom a text only addresses, is signed by, or was passed on to, from those of whom it speaks. Pure.

A greeting and a signature say nothing of anybody: whoever stands there is told of it, or writes it. A note
often is one line, so that a greeting may follow any sentence.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from classifiers.text.words import WordFile

_WORDS = WordFile(Path(__file__).with_name("letter.toml"))
_GREETS, _HAILS, _HAILED, _FIRST, _ALONE, _ADDRESSES, _COPIED, _SENDER = _WORDS.patterns(
    "greets", "hails", "hailed", "first", "alone", "addresses", "copied", "sender"
)
_WITH_THEM, _LAST_OF_THEM, _TOLD, _TOLD_SO, _KNOWS = _WORDS.patterns(
    "with_them", "last_of_them", "told", "told_so", "knows"
)
_SIGNED, _REGARDS, _POST, _BLOCK, _HERE, _PRESENTS, _PRESENTED = _WORDS.patterns(
    "signed", "regards", "post", "block", "here", "presents", "presented"
)
AT_YOU, AT_ME, YOU_DID, YOURS, YOU_DID_IT, I_DID_IT = _WORDS.patterns(
    "at_you", "at_me", "you_did", "yours", "you_did_it", "i_did_it"
)
_BEFORE = 120
"""So many characters before a name may belong to a list that it ends."""


class Part(StrEnum):
    """The part in a letter of somebody whom its frame names."""

    ADDRESSED = "addressed"
    WRITER = "writer"
    INFORMED = "informed"


def part_in_letter(
    text: str, start: int, end: int, before: tuple[int, Part | None], *, named: bool
) -> Part | None:
    """Find what part somebody has in the frame of a letter who is `named`, or whose office is said, from
    `start` to `end`; None where the letter speaks of them. `before` are the end and the part of whoever is
    mentioned before them."""
    ends, part = before
    between = text[ends:start]
    if part and _WITH_THEM.search(between):
        return part
    if part is Part.ADDRESSED and between == ", " and _LAST_OF_THEM.match(text, end):
        return part
    if part is Part.WRITER and ends and not re.search(r"[.!?:]", between):
        return part
    if _is_addressed(text, start, end):
        return Part.ADDRESSED
    if named and _SENDER.search(text, max(0, start - _BEFORE), start):
        return Part.INFORMED if re.search(r"[.!?]\s", text[:start]) else Part.WRITER
    told = _precedes(_TOLD, text, start) and _TOLD_SO.match(text, end)
    if told or _precedes(_COPIED, text, start) or _KNOWS.match(text, end):
        return Part.INFORMED
    return Part.WRITER if named and _is_writer(text, start, end) else None


def _is_addressed(text: str, start: int, end: int) -> bool:
    if _precedes(_GREETS, text, start) or _precedes(_ADDRESSES, text, start):
        return True
    if _precedes(_HAILS, text, start) and _HAILED.match(text, end):
        return True
    return _precedes(_FIRST, text, start) and _ALONE.match(text, end) is not None


def _is_writer(text: str, start: int, end: int) -> bool:
    if _precedes(_PRESENTS, text, start):
        return _PRESENTED.match(text, end) is not None
    if _precedes(_REGARDS, text, start) and _BLOCK.match(text, end):
        return True
    signed = _precedes(_SIGNED, text, start) and _POST.match(text, end)
    return bool(signed or _HERE.match(text, end))


def _precedes(pattern: re.Pattern[str], text: str, start: int) -> bool:
    """Does it stand right before `start`?"""
    return pattern.search(text, max(0, start - _BEFORE), start) is not None
