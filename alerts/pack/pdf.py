"""What a pack says, in its order, as blocks, and these as a PDF.

Characters that the fonts lack are named instead, since a reader must not mistake a box for a word.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from alerts.layout.pdf import Heading, Paragraph, Points, all_printable, compile_pdf


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


_PRINTED = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8": "jpg"}
"""The pictures that are printed, by how they begin."""


def render_pack(document: PackDocument, contents: Mapping[str, bytes]) -> bytes:
    """Render the PDF; `contents` are pictures by SHA-256. Raises typst.TypstError if it fails."""
    with tempfile.TemporaryDirectory(prefix="schoolgate-pack-") as name:
        folder = Path(name)
        held = all_printable(asdict(replace(document, blocks=())))
        blocks = [_block(block, contents, folder) for block in document.blocks]
        return _compile_pack(
            held, [block for block in blocks if block], date.fromisoformat(document.day), folder
        )


def _compile_pack(held: Mapping[str, Any], blocks: list[dict[str, Any]], day: date, folder: Path) -> bytes:
    """Compile the PDF; where a picture that somebody brought cannot be read, without pictures."""
    import typst

    try:
        return compile_pdf("alerts.pack/pack.typ", {**held, "blocks": blocks}, day, folder)
    except typst.TypstError:
        bare = [block for block in blocks if block["kind"] != Picture.kind]
        if len(bare) == len(blocks):
            raise
        return compile_pdf("alerts.pack/pack.typ", {**held, "blocks": bare}, day, folder)


def _block(block: Block, contents: Mapping[str, bytes], folder: Path) -> dict[str, Any] | None:
    held = {"kind": block.kind, **all_printable(asdict(block))}
    if isinstance(block, Picture):
        content = contents[block.sha256]
        ending = next((e for start, e in _PRINTED.items() if content.startswith(start)), None)
        if ending is None:
            return None
        name = f"{block.sha256}.{ending}"
        (folder / name).write_bytes(content)
        held["file"] = name
    return held
