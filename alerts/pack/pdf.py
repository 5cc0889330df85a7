"""A pack as a PDF that screen readers can read (PDF/UA-1), by typst, with the fonts that come with it.

Nothing is fetched and no font of the machine is used; the same document gives the same bytes. Letters for
which these fonts have no shape are named instead, since a reader must not take a box for a word.
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

from alerts.pack.document import Block, Document, Picture
from alerts.pack.letters import printable

_PNG = b"\x89PNG\r\n\x1a\n"
_PIXELS_ACROSS = 1200
"""A picture this wide takes the width of the page; a narrower one stays small."""


def render(document: Document, contents: Mapping[str, bytes]) -> bytes:
    """The PDF; `contents` holds the pictures by SHA-256. Raises typst.TypstError where it cannot be made."""
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


def _given(document: Document, contents: Mapping[str, bytes], folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = _printable(asdict(replace(document, blocks=())))
    blocks = [_block(block, contents, folder) for block in document.blocks]
    return {**held, "blocks": [block for block in blocks if block]}


def _block(block: Block, contents: Mapping[str, bytes], folder: Path) -> dict[str, Any] | None:
    held = {"kind": type(block).__name__.lower(), **_printable(asdict(block))}
    if isinstance(block, Picture):
        content = contents[block.sha256]
        width = _width(content)
        if width is None:
            return None
        (folder / f"{block.sha256}.png").write_bytes(content)
        held |= {"file": f"{block.sha256}.png", "width": min(1.0, max(0.3, width / _PIXELS_ACROSS))}
    return held


def _width(content: bytes) -> int | None:
    """The width of a PNG in pixels, None for what is none."""
    if not content.startswith(_PNG) or len(content) < 24:
        return None
    return int(struct.unpack(">I", content[16:20])[0])


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _printable(held) for key, held in value.items()}
        case list() | tuple():
            return [_printable(held) for held in value]
    return value
