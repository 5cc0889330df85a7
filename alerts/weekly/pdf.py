"""A report as a PDF that screen readers can read (PDF/UA-1), by typst, with the fonts that come with it.

Nothing is fetched and no font of the machine is used. The same document gives the same bytes: the file
bears the day on which its week ends, not the time it was made.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from importlib.resources import files
from typing import Any

from alerts.weekly.document import Block, Chart, ReportDocument


def render(document: ReportDocument) -> bytes:
    """The PDF. Raises typst.TypstError where it could not be made as the standard asks."""
    import typst

    template = files("alerts.weekly").joinpath("templates/report.typ").read_bytes()
    day = datetime.fromisoformat(document.day)
    return typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_given(document), ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(day, time(), UTC),
    )


def _given(document: ReportDocument) -> dict[str, Any]:
    held = asdict(document)
    held["blocks"] = [_block(block) for block in document.blocks]
    return held


def _block(block: Block) -> dict[str, Any]:
    held = {"kind": block.kind, **asdict(block)}
    if isinstance(block, Chart):
        held["most"] = block.most
    return held
