"""A table on the terminal: heads, as wide as the terminal, a row an entry, grave things in colour.

There are no rules and boxes, which a screen reader would read out. What may not wrap, such as an id, is never
cut: where it does not fit, each entry is told in lines of “head: value”.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from data.frozen import dataclass
from monitor.terminal.output import Painted, columns, drawn, visible

_GAP = 2
_LEAST = 20
"""A column that wraps is never narrower: words would be cut."""


class Tone(StrEnum):
    """How a cell is coloured where colours are shown; it never says what the words do not."""

    GRAVE = "bold red"
    WARN = "yellow"
    GOOD = "green"
    PLAIN = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in a colour."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    cells: Sequence[Cell]
    wraps: bool

    @property
    def widest(self) -> int:
        from rich.cells import cell_len

        return max(cell_len(self.head), *(cell_len(cell.text) for cell in self.cells))

    @property
    def least(self) -> int:
        return min(self.widest, _LEAST) if self.wraps else self.widest


def tinted(before: str, mark: str, after: str, tone: Tone) -> Painted:
    """A line of which one mark is coloured."""
    from rich.text import Text

    before, mark, after = visible(before), visible(mark), visible(after)
    line = Text.assemble(before, (mark, tone.value), after)
    (one,) = drawn(line, max(1, line.cell_len))
    return one


def table(
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
    cells = [[_clean(cell) for cell in row] for row in rows]
    soft = wraps or heads[-1:]
    given = zip(heads, zip(*cells, strict=True), strict=True) if cells else ()
    shown = [_Column(head, column, head in soft) for head, column in given if any(c.text for c in column)]
    width = width or columns()
    if sum(column.least + _GAP for column in shown) - _GAP > width:
        return list(_one_below_the_other(shown, width))
    return _side_by_side(shown, width) if shown else []


def _clean(cell: str | Cell) -> Cell:
    """On one line, and nothing in it that cannot be seen."""
    said = cell if isinstance(cell, Cell) else Cell(cell)
    return Cell(" ".join(visible(said.text).split()), said.tone)


def _side_by_side(shown: Sequence[_Column], width: int) -> list[Painted]:
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for column in shown:
        fixed = None if column.wraps else column.widest
        made.add_column(Text(column.head), no_wrap=not column.wraps, width=fixed, overflow="fold")
    for row in zip(*(column.cells for column in shown), strict=True):
        made.add_row(*(Text(cell.text, style=cell.tone.value) for cell in row))
    return drawn(made, width)


def _one_below_the_other(shown: Sequence[_Column], width: int) -> Iterator[Painted]:
    """Where the columns do not fit: “head: value” in lines, an empty line between two entries."""
    for n, row in enumerate(zip(*(column.cells for column in shown), strict=True)):
        if n:
            yield Painted.of("", "")
        for column, cell in zip(shown, row, strict=True):
            if cell.text:
                yield from _labelled(column.head, cell.text, width)


def _labelled(head: str, text: str, width: int) -> Iterator[Painted]:
    for line in textwrap.wrap(
        f"{head}: {text}", width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    ):
        yield Painted.of(line, line)
