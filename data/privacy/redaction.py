"""Other people's names taken out of words that are handed to somebody. Pure, and never complete.

What it knows: names it is given, names after a title, handles, e-mail and web addresses, telephone numbers.
First names alone it cannot tell from other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.privacy.terms import folded

_TITLES = "Mr Mrs Ms Miss Mx Dr Sir Prof Professor Rev Revd Father Parch"
_NAME = r"[^\W\d_][\w’'-]*"
_TITLED = re.compile(rf"\b(?:{_TITLES.replace(' ', '|')})\b\.?\s+{_NAME}(?:\s+(?=[A-Z]){_NAME}){{0,2}}")
_REACHES = re.compile(
    r"https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w@])@\w[\w.-]*|(?<!\w)u/\w+|(?<!\w)\+?\d(?:[\s()-]?\d){8,}"
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is put in place of a name and of what reaches somebody; `own` are the words of whoever asked."""

    names: tuple[str, ...]
    own: frozenset[str]
    name_withheld: str
    contact_withheld: str

    def of(self, text: str) -> str:
        """The text without what names or reaches others."""
        text = _REACHES.sub(lambda m: m[0] if self._own(m[0]) else self.contact_withheld, text)
        text = _TITLED.sub(lambda m: m[0] if self._own(m[0]) else self.name_withheld, text)
        for name in self.names:
            any_case = re.IGNORECASE if " " in name else re.NOFLAG  # May is a name, and may is not
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", self.name_withheld, text, flags=any_case)
        return text

    def _own(self, found: str) -> bool:
        return any(word in self.own for word in re.findall(r"\w+", folded(found)))


def redaction(
    others: Iterable[str], own: Iterable[str], name_withheld: str, contact_withheld: str
) -> Redaction:
    """For somebody whose names are `own`; `others` are whole names, of which each part is taken out too."""
    mine = frozenset(w for name in own for w in re.findall(r"\w+", folded(name)) if len(w) >= _SHORT)
    parts = {part for name in map(untitled, others) for part in (name, *name.split())}
    known = sorted((p for p in parts if len(p) >= _SHORT and folded(p) not in mine), key=len, reverse=True)
    return Redaction(tuple(known), mine, name_withheld, contact_withheld)


def untitled(name: str) -> str:
    """The name without Mr, Mrs and the like before it."""
    first, _, rest = name.strip().partition(" ")
    return untitled(rest) if rest and first.rstrip(".") in _TITLES.split() else name.strip()


def sentences(text: str) -> list[str]:
    """The text sentence by sentence, or line by line."""
    return [one.strip() for one in _SENTENCE.split(text) if one.strip()]
