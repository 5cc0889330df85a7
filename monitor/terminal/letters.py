"""How many columns of a terminal a text takes, and a text in lines of so many.

Almost all letters take one. For the others there is rich's table, which is loaded at the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ONE_EACH = re.compile(
    r"[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2500-\u25fc]*"
)


def wide(text: str) -> int:
    """How many columns it takes."""
    if ONE_EACH.fullmatch(text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def folded(text: str, most: int) -> list[str]:
    """It in lines of at most so many columns, at least one line; words have one space between them.

    A word that is wider goes on in the next line.
    """
    return [text] if wide(text) <= most else list(_folded(text, most))


def _folded(text: str, most: int) -> Iterator[str]:
    line, taken = "", 0
    for word in text.split(" "):
        length = wide(word)
        if line and taken + 1 + length <= most:
            line, taken = f"{line} {word}", taken + 1 + length
            continue
        if line:
            yield line
        *before, line = _pieces(word, most) if length > most else [word]
        yield from before
        taken = wide(line)
    yield line


def _pieces(word: str, most: int) -> list[str]:
    if ONE_EACH.fullmatch(word):
        return [word[n : n + most] for n in range(0, len(word), most)]
    from rich.cells import chop_cells

    return chop_cells(word, most)
