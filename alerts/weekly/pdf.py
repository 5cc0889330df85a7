"""A report as a PDF. The file bears the day on which its week ends, not the time it was made."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from alerts.layout.pdf import compiled
from alerts.weekly.document import Chart, ReportDocument


def render(document: ReportDocument) -> bytes:
    """The PDF. Raises typst.TypstError where it could not be made as the standard asks."""
    blocks = [
        {"kind": block.kind, **asdict(block), **({"most": block.most} if isinstance(block, Chart) else {})}
        for block in document.blocks
    ]
    given = {**asdict(document), "blocks": blocks}
    return compiled("alerts.weekly/report.typ", given, date.fromisoformat(document.day))
