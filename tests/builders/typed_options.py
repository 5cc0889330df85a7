"""The options in the few words in which tests say what is done."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from data.errors import InputError


def options(words: Sequence[str], alone: str = "") -> dict[str, list[str]]:
    """The values by option; what stands without one is `alone`."""
    found: dict[str, list[str]] = {}
    name = ""
    parts = (word.split("=", 1) if word.startswith("--") else [word] for word in words)
    for word in chain.from_iterable(parts):
        if word.startswith("--"):
            name = word[2:].replace("-", "_")
            found.setdefault(name, [])
        else:
            found.setdefault(name or alone, []).append(word)
            name = ""
    return found


def own_words(given: str | None, option: str, least: int = 1) -> str:
    """A person's own words, at least so many characters of them. Raises InputError."""
    found = (given or "").strip()
    if len(found) < least:
        raise InputError(f"{option}: at least {least} characters, for those who read the case later.")
    return found
