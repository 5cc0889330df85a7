"""Tell whether a text says that the head knew of harm to a child and did nothing. Pure.

The second reader hardly finds it: of five heads who knew it doubted one. Whoever covers harm up is left out
as whoever did it is (*Keeping children safe in education*, Part 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from classifiers.text.words import WordFile
from classifiers.verdicts.subject import HEAD

_WORDS = WordFile(Path(__file__).with_name("head_knew.toml"))
_NOT_DONE, _NO_ANSWER, _KNEW, _WRITTEN_TO, _YOU_DO, _BULLIED = _WORDS.patterns(
    "not_done", "no_answer", "knew", "written_to", "you_do", "bullied"
)
_BEFORE, _AFTER, _RIGHT_AFTER = 100, 220, 120
"""So many characters around the words for the head may say it, and right after them."""


def head_did_nothing(text: str, names: Sequence[str]) -> bool:
    """Is the head, by office or by one of these surnames, said to have known of it and not acted? `text` is
    in small letters and tells of harm. Of bullying by other children it is criticism."""
    if _BULLIED.search(text):
        return False
    for start, end in _places_of_head(text, names):
        if _KNEW.match(text[end : end + _RIGHT_AFTER]):
            return True
        if _WRITTEN_TO.search(text[max(0, start - 12) : start]):
            near = text[start:]
        else:
            near = _YOU_DO.sub(" ", text[max(0, start - _BEFORE) : end + _AFTER])
        if _NOT_DONE.search(near) or _NO_ANSWER.search(near):
            return True
    return False


def _places_of_head(text: str, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    for found in HEAD.finditer(text):
        yield found.span()
    for name in names:
        for found in re.finditer(rf"(?<!\w)(?:(?:mr|mrs|ms|miss|dr) )?{re.escape(name)}(?!\w)", text):
            yield found.span()
