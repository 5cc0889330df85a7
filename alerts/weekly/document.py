"""A report as it is read, before it becomes a page or a PDF: headings, paragraphs, tables, charts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from importlib.resources import files
from typing import ClassVar

from jinja2 import Environment, StrictUndefined

from alerts.layout.pdf import Heading, Paragraph, Points, compile_pdf
from alerts.weekly.disclosure import Cell, Hidden
from data.words.say import Words


def make_report_pdf(document: ReportDocument) -> bytes:
    """Make the PDF, which shows the day on which its week ends, not the time it was made. Raises
    typst.TypstError where it could not be made as the standard asks."""
    blocks = [
        {"kind": block.kind, **asdict(block), **({"most": block.most} if isinstance(block, Chart) else {})}
        for block in document.blocks
    ]
    given = {**asdict(document), "blocks": blocks}
    return compile_pdf("alerts.weekly/report.typ", given, date.fromisoformat(document.day))


def render_report(document: ReportDocument) -> str:
    """Render the page; the same document gives the same text."""
    folder = files("alerts.weekly").joinpath("templates")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(folder.joinpath("report.html.jinja").read_text(encoding="utf-8"))
    blocks = [(block.kind, block) for block in document.blocks]
    # how long a bar is, as a part of the longest there could be
    return template.render(d=document, blocks=blocks, share=lambda value, chart: f"{value / chart.most:.3f}")


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table: its first column names the row, the others are numbers; `strong` is the row meant."""

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value` is None if the number is hidden, and `said` is shown instead."""

    label: str
    value: float | None
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side, with what they show in words (`alt`); `band` is the usual range, drawn behind."""

    kind: ClassVar[str] = "chart"
    caption: str
    alt: str
    bars: tuple[Bar, ...]
    band: tuple[int, int] | None = None

    @property
    def most(self) -> float:
        """The value of the longest bar there could be."""
        return max(*(bar.value or 0 for bar in self.bars), self.band[1] if self.band else 0, 5)


Block = Heading | Paragraph | Points | ReportTable | Chart


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The whole report. `draft` and `mark` are on every page of an unsigned one, `signed` on a signed one.
    `page` is how pages are numbered, with {page} and {pages} in it. `day` is the ISO date the file bears."""

    language: str
    title: str
    file_title: str
    subtitle: str
    page: str
    day: str
    blocks: tuple[Block, ...]
    draft: str | None = None
    mark: str | None = None
    signed: str | None = None

    def strings(self) -> Iterator[tuple[str, str]]:
        """(where, text) of everything that can be read in it, in order."""
        for name in ("file_title", "title", "subtitle", "draft", "mark", "signed", "page"):
            text = getattr(self, name)
            if text:
                yield name, text
        section = "top"
        for block in self.blocks:
            if isinstance(block, Heading):
                section = block.text
            for text in _texts(block):
                yield section, text


def _texts(block: Block) -> tuple[str, ...]:
    match block:
        case Heading(text) | Paragraph(text):
            return (text,)
        case Points(items):
            return items
        case ReportTable(caption, head, rows):
            return (caption, *head, *(cell for row in rows for cell in row))
        case Chart(caption, alt, bars):
            return (caption, alt, *(text for b in bars for text in (b.label, b.said)))


def cell(w: Words, value: Cell) -> str:
    """A number as it is shown, or why it is not."""
    return w(f"report.{value}") if isinstance(value, Hidden) else w.number(value)
