"""How somebody is found in what is kept, by a handle, a name or the address of a post. Pure.

And how others are taken out of words that are handed to somebody, which is never complete: known are names
that are given, names after a title, handles, e-mail and web addresses, telephone numbers. First names alone
cannot be told from other words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from data.errors import InputError
from data.ids import squeeze
from data.web.urls import canonical_url

_LEAST = 4
"""A name has at least so many letters: a shorter one stands in half of what is kept."""
_LONGEST = 200


class TermKind(StrEnum):
    """By what they are found. The values are what the command line takes."""

    HANDLE = "handle"
    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """What is looked for. `text` is folded: capitals, accents’ forms and white space count for nothing."""

    kind: TermKind
    text: str

    def is_author(self, author: str | None) -> bool:
        """Is this who posted it, as the page shows them: the whole of it, of a name a part in whole words?"""
        if author is None or self.kind is TermKind.ADDRESS:
            return False
        shown = _handle(author)
        return shown == self.text or (self.kind is TermKind.NAME and self.stands_in(author))

    def stands_in(self, text: str | None) -> bool:
        """Does it stand in these words, as words of its own?"""
        if not text or self.kind is TermKind.ADDRESS:
            return False
        said = folded(text)
        return self.text in said and bool(re.search(rf"(?<!\w){re.escape(self.text)}(?!\w)", said))

    def is_address(self, url: str | None) -> bool:
        """Is this the address, however it is written?"""
        return bool(url) and self.kind is TermKind.ADDRESS and canonical_url(url or "") == self.text


def term(kind: TermKind, given: str) -> SearchTerm:
    """What somebody typed. Raises InputError for what would find too much, or is no address.

    What was typed is in no message: it would stand in a log.
    """
    said = squeeze(given)
    if not said:
        raise InputError("Nothing was given to look for.")
    if len(said) > _LONGEST and kind is not TermKind.ADDRESS:
        raise InputError(f"That is too long for a {kind.value}: more than {_LONGEST} letters.")
    if kind is TermKind.ADDRESS:
        found = canonical_url(said)
        if not found.startswith("https://"):
            raise InputError("That is no web address. Give the whole address of the post: https://…")
        return SearchTerm(kind, found)
    text = _handle(said) if kind is TermKind.HANDLE else folded(said)
    if kind is TermKind.NAME and sum(c.isalpha() for c in text) < _LEAST:
        raise InputError(f"A name of fewer than {_LEAST} letters finds other people too. Give all of it.")
    if not text:
        raise InputError("Nothing was given to look for.")
    return SearchTerm(kind, text)


def folded(text: str) -> str:
    """As it is compared: one form of each letter, no capitals, single blanks."""
    return squeeze(unicodedata.normalize("NFKC", text)).casefold()


def _handle(text: str) -> str:
    return folded(text).removeprefix("@").removeprefix("u/")


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
