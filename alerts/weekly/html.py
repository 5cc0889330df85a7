"""A report as one page of HTML: nothing from outside, readable without style, in print and in the dark."""

from __future__ import annotations

from importlib.resources import files

from alerts.weekly.charts import inline, svg
from alerts.weekly.document import Chart, Document


def render(document: Document) -> str:
    """The page; the same document gives the same text."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    folder = files("alerts.weekly").joinpath("templates")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(folder.joinpath("report.html.jinja").read_text(encoding="utf-8"))
    drawn = {
        id(block): Markup(inline(svg(block)))  # drawn by ourselves: its text is escaped there
        for block in document.blocks
        if isinstance(block, Chart)
    }
    blocks = [(type(block).__name__.lower(), block, drawn.get(id(block))) for block in document.blocks]
    return template.render(d=document, blocks=blocks)
