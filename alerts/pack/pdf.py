"""What a pack says, in its order, as blocks, and these as a PDF.

Characters that the fonts lack are named instead, since a reader must not mistake a box for a word.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from alerts.layout.pdf import Heading, Paragraph, Points, all_printable, compiled


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
    """A picture (PNG, JPEG) by its SHA-256, and what it shows in words."""

    kind: ClassVar[str] = "picture"
    sha256: str
    alt: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""

    kind: ClassVar[str] = "break"


Block = Break | Heading | Paragraph | Points | Quote | Rows | Picture


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


_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a frame; three of that range are tables and extensions."""
_PIXELS_ACROSS = 1200
"""A picture this wide takes the width of the page; a narrower one stays small."""
_HIGHEST = 22 / 16.8
"""As high as this many times the text is wide, so that a whole picture stands on one page below a heading."""


def render(document: PackDocument, contents: Mapping[str, bytes]) -> bytes:
    """The PDF; `contents` holds the pictures by SHA-256. Raises typst.TypstError if it cannot be made."""
    with tempfile.TemporaryDirectory(prefix="schoolgate-pack-") as name:
        folder = Path(name)
        held = all_printable(asdict(replace(document, blocks=())))
        blocks = [_block(block, contents, folder) for block in document.blocks]
        return _made(held, [block for block in blocks if block], date.fromisoformat(document.day), folder)


def _made(held: Mapping[str, Any], blocks: list[dict[str, Any]], day: date, folder: Path) -> bytes:
    """The PDF; where a picture that somebody brought cannot be read, without pictures."""
    import typst

    try:
        return compiled("alerts.pack/pack.typ", {**held, "blocks": blocks}, day, folder)
    except typst.TypstError:
        bare = [block for block in blocks if block["kind"] != Picture.kind]
        if len(bare) == len(blocks):
            raise
        return compiled("alerts.pack/pack.typ", {**held, "blocks": bare}, day, folder)


def _block(block: Block, contents: Mapping[str, bytes], folder: Path) -> dict[str, Any] | None:
    held = {"kind": block.kind, **all_printable(asdict(block))}
    if isinstance(block, Picture):
        content = contents[block.sha256]
        size = _size(content)
        if size is None:
            return None
        name = f"{block.sha256}.{'png' if content.startswith(_PNG) else 'jpg'}"
        (folder / name).write_bytes(content)
        held |= {"file": name, "width": _share(*size)}
    return held


def _share(width: int, height: int) -> float:
    """Of the text's width, what a picture of so many pixels takes."""
    return min(1.0, max(0.3, width / _PIXELS_ACROSS), _HIGHEST * width / height)


def _size(content: bytes) -> tuple[int, int] | None:
    """The width and height of a PNG or JPEG in pixels, None if it is neither."""
    if content.startswith(_JPEG):
        return _size_of_jpeg(content)
    if not content.startswith(_PNG) or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return (width, height) if width and height else None


def _size_of_jpeg(content: bytes) -> tuple[int, int] | None:
    """The same of a JPEG, from the header of its frame (ISO/IEC 10918-1, B.2.2)."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return (width, height) if width and height else None
        at += 2 + length
    return None
