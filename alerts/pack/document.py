"""What a pack's PDF says, in its order, as blocks. `pdf` prints them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Points:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words as they were read, paragraph by paragraph."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: `widths` are shares of its width; those of `code` are printed digit by digit."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    code: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (PNG) by its SHA-256, and what it shows in words."""

    sha256: str
    alt: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""


Block = Break | Heading | Paragraph | Points | Quote | Rows | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """The whole: `day` is its date (ISO), `page` the foot of each page with {page} and {pages}."""

    language: str
    title: str
    file_title: str
    subtitle: str
    cover: tuple[str, ...]
    page: str
    day: str
    blocks: tuple[Block, ...]
