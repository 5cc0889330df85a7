"""A table on the terminal: heads, as wide as the terminal, a row an entry, grave things in colour.

There are no rules and boxes, which a screen reader would read out. What may not wrap, such as an id, is never
cut: where it does not fit, each entry is told in lines of “head: value”.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from itertools import zip_longest

from data.frozen import freeze
from monitor.terminal.output import Painted, terminal_columns, visible

_GAP = 2
_LEAST = 20
"""A column that wraps is never narrower: words would be cut."""


class Tone(StrEnum):
    """The colour of a cell where colours are shown; it never says what the words do not."""

    GRAVE = "bold red"
    WARN = "yellow"
    GOOD = "green"
    PLAIN = ""


ONE_EACH = re.compile(
    r"[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2500-\u25fc]*"
)
"""Letters that take one column of a terminal; for others there is rich, loaded at the first of them."""
_CODES = {Tone.GRAVE: "1;31", Tone.WARN: "33", Tone.GOOD: "32"}
_BOLD = "1"


@freeze
class Cell:
    """A text in a colour."""

    text: str
    tone: Tone = Tone.PLAIN


class _Column:
    """Its head, its cells, and as wide as the widest of them and as it may at least be."""

    def __init__(self, head: str, cells: Sequence[Cell], *, wraps: bool) -> None:
        self.head, self.cells, self.wraps = head, cells, wraps
        self.widest = max(text_width(head), *(text_width(cell.text) for cell in cells))
        self.least = min(self.widest, _LEAST) if wraps else self.widest


def tint_mark(before: str, mark: str, after: str, tone: Tone) -> Painted:
    """A line of which one mark is coloured."""
    before, mark, after = visible(before), visible(mark), visible(after)
    return Painted.of(f"{before}{mark}{after}", f"{before}{_in(_CODES.get(tone, ''), mark)}{after}")


def _in(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def draw_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str | Cell]],
    *,
    wraps: Collection[str] = (),
    width: int | None = None,
) -> list[Painted]:
    """The rows as lines for `say`, below their heads; nothing where there are none.

    `wraps` names the heads of columns whose text goes on in the next line, the last one if none is named;
    `width` is the terminal's unless it is given. A column without any text is left out.
    """
    said = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    cells = [[Cell(" ".join(visible(c.text).split()), c.tone) for c in row] for row in said]
    soft = wraps or heads[-1:]
    given = zip(heads, zip(*cells, strict=True), strict=True) if cells else ()
    shown = [
        _Column(head, column, wraps=head in soft) for head, column in given if any(c.text for c in column)
    ]
    width = width or terminal_columns()
    if sum(column.least + _GAP for column in shown) - _GAP > width:
        return list(_stack_columns(shown, width))
    return list(_side_by_side(shown, width)) if shown else []


def _side_by_side(shown: Sequence[_Column], width: int) -> Iterator[Painted]:
    widths = _share_width(shown, width)
    yield from _lines([column.head for column in shown], [_BOLD] * len(shown), widths)
    for row in zip(*(column.cells for column in shown), strict=True):
        yield from _lines([cell.text for cell in row], [_CODES.get(cell.tone, "") for cell in row], widths)


def _lines(row: Sequence[str], codes: Sequence[str], widths: Sequence[int]) -> Iterator[Painted]:
    """A part a column, each in its colour; nothing behind the last one."""
    by_column = [fold_text(text, most) for text, most in zip(row, widths, strict=True)]
    for parts in zip_longest(*by_column, fillvalue=""):
        gaps = [" " * (most + _GAP - text_width(part)) for part, most in zip(parts, widths, strict=True)]
        plain = "".join(part + gap for part, gap in zip(parts, gaps, strict=True))
        drawn = "".join(_in(code, part) + gap for code, part, gap in zip(codes, parts, gaps, strict=True))
        yield Painted.of(plain.rstrip(), drawn.rstrip())


def _share_width(shown: Sequence[_Column], width: int) -> list[int]:
    """Share out how wide each is: of those that wrap the widest give first, alike, until all fit."""
    widths = [column.widest + _GAP for column in shown]
    widths[-1:] = [most - _GAP for most in widths[-1:]]
    soft = [n for n, column in enumerate(shown) if column.wraps]
    while (over := sum(widths) - width) > 0:
        widest = max(widths[n] for n in soft)
        next_to_it = max((widths[n] for n in soft if widths[n] < widest), default=0)
        giving = [n for n in soft if widths[n] == widest]
        for left, n in zip(range(len(giving), 0, -1), giving, strict=True):
            gives = min(widest - next_to_it, round(over / left))
            widths[n] -= gives
            over -= gives
    return [most - _GAP for most in widths[:-1]] + widths[-1:]


def _stack_columns(shown: Sequence[_Column], width: int) -> Iterator[Painted]:
    """Write “head: value” in lines where the columns do not fit, an empty line between two entries."""
    for n, row in enumerate(zip(*(column.cells for column in shown), strict=True)):
        if n:
            yield Painted.of("", "")
        for column, cell in zip(shown, row, strict=True):
            for line in textwrap.wrap(
                f"{column.head}: {cell.text}" if cell.text else "", width, subsequent_indent="  ",
                break_long_words=False, break_on_hyphens=False,
            ):  # fmt: skip
                yield Painted.of(line, line)


def text_width(text: str) -> int:
    """Count the columns it takes."""
    if ONE_EACH.fullmatch(text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def fold_text(text: str, most: int) -> list[str]:
    """It in lines of at most so many columns, at least one line; words have one space between them.

    A word that is wider goes on in the next line.
    """
    return [text] if text_width(text) <= most else list(_fold_words(text, most))


def _fold_words(text: str, most: int) -> Iterator[str]:
    line, taken = "", 0
    for word in text.split(" "):
        length = text_width(word)
        if line and taken + 1 + length <= most:
            line, taken = f"{line} {word}", taken + 1 + length
            continue
        if line:
            yield line
        before, line = [], word
        if length > most:
            if ONE_EACH.fullmatch(word):
                *before, line = (word[n : n + most] for n in range(0, length, most))
            else:
                from rich.cells import chop_cells

                *before, line = chop_cells(word, most)
        yield from before
        taken = text_width(line)
    yield line
