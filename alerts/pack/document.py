"""What a pack's PDF says, in its order, as blocks. `pdf` prints them, each by its `kind`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PackHeading:
    kind: ClassVar[str] = "heading"
    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class PackParagraph:
    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class PackPoints:
    kind: ClassVar[str] = "points"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words as they were read, paragraph by paragraph."""

    kind: ClassVar[str] = "quote"
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: `widths` are shares of its width; those of `code` are printed digit by digit."""

    kind: ClassVar[str] = "rows"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    code: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (PNG) by its SHA-256, and what it shows in words."""

    kind: ClassVar[str] = "picture"
    sha256: str
    alt: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""

    kind: ClassVar[str] = "break"


Block = Break | PackHeading | PackParagraph | PackPoints | Quote | Rows | Picture


@dataclass(frozen=True, slots=True)
class PackDocument:
    """The whole: `day` is its date (ISO), `page` the foot of each page with {page} and {pages}."""

    language: str
    title: str
    file_title: str
    subtitle: str
    cover: tuple[str, ...]
    page: str
    day: str
    blocks: tuple[Block, ...]
