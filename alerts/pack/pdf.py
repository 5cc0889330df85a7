"""A pack as a PDF that screen readers can read (PDF/UA-1), by typst, with the fonts that come with it.

Nothing is fetched and no font of the machine is used; the same document gives the same bytes. Characters
that these fonts lack are named instead, since a reader must not mistake a box for a word.
"""

from __future__ import annotations

import json
import struct
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any

from alerts.pack.document import Block, PackDocument, Picture
from alerts.pack.printable import printable

_PNG = b"\x89PNG\r\n\x1a\n"
_PIXELS_ACROSS = 1200
"""A picture this wide takes the width of the page; a narrower one stays small."""
_HIGHEST = 22 / 16.8
"""As high as this many times the text is wide, so that a whole picture stands on one page below a heading."""


def render(document: PackDocument, contents: Mapping[str, bytes]) -> bytes:
    """The PDF; `contents` holds the pictures by SHA-256. Raises typst.TypstError if it cannot be made."""
    import typst

    template = files("alerts.pack").joinpath("templates/pack.typ").read_bytes()
    with tempfile.TemporaryDirectory(prefix="schoolgate-pack-") as name:
        folder = Path(name)
        given = _given(document, contents, folder)
        (folder / "pack.typ").write_bytes(template)
        (folder / "document.json").write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
        return typst.compile(
            folder / "pack.typ",
            root=folder,
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=datetime.combine(datetime.fromisoformat(document.day), time(), UTC),
        )


def _given(document: PackDocument, contents: Mapping[str, bytes], folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = _printable(asdict(replace(document, blocks=())))
    blocks = [_block(block, contents, folder) for block in document.blocks]
    return {**held, "blocks": [block for block in blocks if block]}


def _block(block: Block, contents: Mapping[str, bytes], folder: Path) -> dict[str, Any] | None:
    held = {"kind": block.kind, **_printable(asdict(block))}
    if isinstance(block, Picture):
        content = contents[block.sha256]
        size = _size(content)
        if size is None:
            return None
        (folder / f"{block.sha256}.png").write_bytes(content)
        held |= {"file": f"{block.sha256}.png", "width": _share(*size)}
    return held


def _share(width: int, height: int) -> float:
    """Of the text's width, what a picture of so many pixels takes."""
    return min(1.0, max(0.3, width / _PIXELS_ACROSS), _HIGHEST * width / height)


def _size(content: bytes) -> tuple[int, int] | None:
    """The width and height of a PNG in pixels, None if it is not a PNG."""
    if not content.startswith(_PNG) or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return (width, height) if width and height else None


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _printable(held) for key, held in value.items()}
        case list() | tuple():
            return [_printable(held) for held in value]
    return value
