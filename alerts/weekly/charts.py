"""Charts as SVG, by Altair and vl-convert: drawn from a report's document, so from nothing that is hidden.

Colours are Okabe and Ito's, told apart with every kind of colour blindness; each panel bears its title, so
that none is needed. Nothing of the drawing is announced to a screen reader but its alternative text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from alerts.weekly.document import Chart

COLOURS = {"positive": "#0072B2", "neutral": "#737373", "negative": "#C25400", "all": "#3D5A80"}
INK = "#222222"
FONT = "Libertinus Serif"
_TEXT, _CROWDED = 13, 12
_ONE_PX, _PANEL_PX, _ACROSS_PX, _HIGH_PX, _TALL_PX = 560, 222, 104, 96, 24
_NAMESPACES = re.compile(r'\sxmlns(:\w+)?="[^"]*"')
_BAND = "#9AA5B1"


@lru_cache(maxsize=16)
def svg(chart: Chart) -> str:
    """The chart as one SVG element, in the ink of a page; drawn once for the page and the PDF."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_specification(chart), vl_version="6.4"))


def inline(drawn: str) -> str:
    """An SVG element as it stands in a page: no XML dialects named, hidden from screen readers."""
    return _NAMESPACES.sub("", drawn).replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _specification(chart: Chart) -> dict[str, Any]:
    import altair as alt

    most = max((b.value or 0 for p in chart.panels for b in p.bars), default=0)
    most = max(most, chart.band[1] if chart.band else 0, 5)
    panels = [_panel(chart, n, round(most * 1.25)) for n in range(len(chart.panels))]
    drawn = (
        alt.hconcat(*panels, spacing=14)
        .configure(aria=False, font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=_TEXT, labelColor=INK, grid=False, ticks=False, domainColor="#888888", title=None
        )
        .configure_title(fontSize=_TEXT + 1, color=INK, anchor="start", fontWeight="bold")
    )
    return dict(drawn.to_dict(validate=False, context={"pre_transform": False}))


def _panel(chart: Chart, n: int, most: int) -> Any:
    import altair as alt

    panel = chart.panels[n]
    alone = len(chart.panels) == 1
    size = _TEXT if alone or chart.across else _CROWDED
    order = [b.label for b in panel.bars]
    rows = [{"label": b.label, "value": b.value or 0, "said": b.said} for b in panel.bars]
    base = alt.Chart(alt.InlineData(values=rows))
    labels = alt.Axis(labelLimit=260) if n == 0 or not chart.across else None
    category: dict[str, Any] = {"sort": order, "type": "nominal", "axis": labels}
    amount: dict[str, Any] = {"type": "quantitative", "axis": None, "scale": alt.Scale(domain=[0, most])}
    if chart.across:
        places = {"y": alt.Y("label", **category), "x": alt.X("value", **amount)}
        beside: dict[str, Any] = {"align": "left", "dx": 4, "baseline": "middle"}
    else:
        category["axis"] = alt.Axis(labelAngle=0, labelFontSize=size)
        places = {"x": alt.X("label", **category), "y": alt.Y("value", **amount)}
        beside = {"baseline": "bottom", "dy": -3}
    bars = base.mark_bar(color=COLOURS[panel.tone]).encode(**places)
    said = base.mark_text(fontSize=size, color=INK, **beside).encode(**places, text="said:N")
    layers = [bars, said] if chart.band is None else [_band(chart.band, amount), bars, said]
    wide = _ACROSS_PX if chart.across else _ONE_PX if alone else _PANEL_PX
    high = _TALL_PX * len(order) if chart.across else _HIGH_PX
    return alt.layer(*layers).properties(width=wide, height=high, **({} if alone else {"title": panel.title}))


def _band(band: tuple[int, int], amount: dict[str, Any]) -> Any:
    import altair as alt

    rows = [{"low": band[0], "high": band[1]}]
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(color=_BAND, opacity=0.3)
        .encode(y=alt.Y("low", **amount), y2="high:Q")
    )
