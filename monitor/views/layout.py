"""Lines of a list that fit a narrow terminal: what belongs to an entry stands indented below its first."""

from __future__ import annotations

import textwrap

WIDTH = 78
INDENT = " " * 10
"""As wide as the beginning of an id and the two blanks after it."""

_MOST_CHARS = 160


def below(text: str, indent: str = INDENT, first: str | None = None) -> list[str]:
    """A text in lines of an entry, cut between words; `first` stands before the first of them."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def in_short(text: str) -> str:
    """What somebody else wrote, on one line and not too long."""
    return textwrap.shorten(text, _MOST_CHARS, placeholder=" …")
