"""The charts of a report and the words for its numbers. Drawn from what may be shown, nothing else. Pure."""

from __future__ import annotations

from datetime import datetime

from alerts.weekly.document import Bar, Chart, Panel
from alerts.weekly.facts import ReportFacts, WeekRow
from alerts.weekly.numbers.disclosure import Cell, Hidden
from alerts.weekly.numbers.tables import WHOLE
from alerts.weekly.summary import a_week, said, term_name, usual
from alerts.weekly.weeks import Week, named
from data.words.say import Words


def cell(w: Words, value: Cell) -> str:
    """A number as it is shown, or why it is not."""
    return w(f"report.{value}") if isinstance(value, Hidden) else w.number(value)


def week_label(w: Words, week: Week, today: datetime) -> str:
    """“47 (to 20 Nov)”, of another year than today's with it."""
    return w("report.week_label", week=week.number, day=w.brief_day(week.friday, today))


def marks(row: WeekRow) -> str:
    """What the notes below explain: “*” counted by whole days, “†” not a full week."""
    return ("*" if row.by_days else "") + ("†" if row.partial else "")


def weeks_chart(w: Words, facts: ReportFacts) -> Chart:
    """All mentions, week by week, with the usual range behind."""
    band = usual(facts)
    bars = tuple(_bar(w, f"{named(row.week).number}{marks(row)}", row.cells[WHOLE]) for row in facts.weeks)
    return _chart(w, w("report.weeks.chart_all"), bars, band=band)


def terms_chart(w: Words, facts: ReportFacts) -> Chart:
    """How often in an ordinary week of each term."""
    bars = tuple(Bar(term_name(w, row.term), a_week(row), said(w, row)) for row in facts.terms)
    return _chart(w, w("report.terms.chart"), bars, across=True)


def _bar(w: Words, label: str, value: Cell) -> Bar:
    if isinstance(value, Hidden):
        return Bar(label, None, w(f"report.{value}_short"))
    return Bar(label, value, w.number(value))


def _chart(
    w: Words,
    caption: str,
    bars: tuple[Bar, ...],
    band: tuple[int, int] | None = None,
    across: bool = False,
) -> Chart:
    panel = Panel(w("report.tone.all"), WHOLE, bars)
    hidden = {w("report.few_short"): w("report.few")}
    values = (b.said if b.value is not None else hidden.get(b.said, w("report.beside")) for b in bars)
    told = zip(bars, values, strict=True)
    items = ", ".join(w("report.figure_item", label=b.label, value=value) for b, value in told)
    said = [caption + ".", w("report.figure_panel", panel=panel.title, items=items)]
    if band:
        said.append(w("report.figure_band", low=band[0], high=band[1]))
    return Chart(caption, " ".join(said), (panel,), band, across)
