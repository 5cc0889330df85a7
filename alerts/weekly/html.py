"""A report as one page of HTML: nothing from outside, readable without style, in print and in the dark."""

from __future__ import annotations

from importlib.resources import files

from alerts.weekly.document import Chart, ReportDocument


def render(document: ReportDocument) -> str:
    """The page; the same document gives the same text."""
    from jinja2 import Environment, StrictUndefined

    folder = files("alerts.weekly").joinpath("templates")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(folder.joinpath("report.html.jinja").read_text(encoding="utf-8"))
    blocks = [(block.kind, block) for block in document.blocks]
    return template.render(d=document, blocks=blocks, share=_share)


def _share(value: float, chart: Chart) -> str:
    """How long a bar is, as a part of the longest there could be."""
    return f"{value / chart.most:.3f}"
