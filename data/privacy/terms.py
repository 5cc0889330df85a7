"""How somebody is found in what is kept: by a handle, a name, or the address of a post. Pure."""

from __future__ import annotations

import re
import unicodedata
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
