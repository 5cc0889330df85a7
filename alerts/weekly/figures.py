"""The charts of a report and the words for its numbers. Drawn from what may be shown, nothing else. Pure."""

from __future__ import annotations

from datetime import datetime

from alerts.weekly.document import Bar, Chart, Panel
from alerts.weekly.facts import TONES, ReportFacts
from alerts.weekly.numbers.disclosure import Cell, Hidden
from alerts.weekly.numbers.tables import WHOLE
from alerts.weekly.summary import usual
from alerts.weekly.weeks import Week, named
from data.words.say import Words


def cell(w: Words, value: Cell) -> str:
    """A number as it is shown, or why it is not."""
    return w(f"report.{value}") if isinstance(value, Hidden) else w.number(value)


def week_label(w: Words, week: Week, today: datetime) -> str:
    """“47 (to 20 Nov)”, of another year than today's with it."""
    return w("report.week_label", week=week.number, day=w.brief_day(week.friday, today))


def weeks_chart(w: Words, facts: ReportFacts) -> Chart:
    """All mentions, week by week, with the usual range behind."""
    band = usual(facts)
    return _chart(w, w("report.weeks.chart_all"), [_by_week(w, facts, WHOLE)], band=band)


def tone_chart(w: Words, facts: ReportFacts) -> Chart:
    """Praise, neutral and concern, week by week."""
    return _chart(w, w("report.weeks.chart_tone"), [_by_week(w, facts, tone) for tone in TONES])


def where_chart(w: Words, facts: ReportFacts) -> Chart:
    """This week by kind of place and tone."""
    panels = [
        Panel(
            w(f"report.tone.{tone}"),
            tone,
            tuple(
                _bar(w, w(f"report.kind.{kind}"), facts.where[kind][tone])
                for kind in facts.where
                if kind != WHOLE
            ),
        )
        for tone in (WHOLE, *TONES)
    ]
    return _chart(w, w("report.where.chart"), panels, across=True)


def _by_week(w: Words, facts: ReportFacts, tone: str) -> Panel:
    bars = tuple(_bar(w, str(named(row.week).number), row.cells[tone]) for row in facts.weeks)
    return Panel(w(f"report.tone.{tone}"), tone, bars)


def _bar(w: Words, label: str, value: Cell) -> Bar:
    if isinstance(value, Hidden):
        return Bar(label, None, w(f"report.{value}_short"))
    return Bar(label, value, w.number(value))


def _chart(
    w: Words,
    caption: str,
    panels: list[Panel],
    band: tuple[int, int] | None = None,
    across: bool = False,
) -> Chart:
    said = [caption + "."]
    for panel in panels:
        items = ", ".join(w("report.figure_item", label=b.label, value=_in_words(w, b)) for b in panel.bars)
        said.append(w("report.figure_panel", panel=panel.title, items=items))
    if band:
        said.append(w("report.figure_band", low=band[0], high=band[1]))
    return Chart(caption, " ".join(said), tuple(panels), band, across)


def _in_words(w: Words, bar: Bar) -> str:
    if bar.value is not None:
        return bar.said
    return w("report.few" if bar.said == w("report.few_short") else "report.beside")
