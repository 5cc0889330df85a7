"""From a report's facts to its sentences, tables and charts, in the school's language. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.weekly.document import (
    Block,
    ReportDocument,
    ReportHeading,
    ReportParagraph,
    ReportPoints,
    ReportTable,
)
from alerts.weekly.facts import OUTCOMES, TARGETS, TONES, ReportFacts, WeekRow
from alerts.weekly.figures import cell, tone_chart, week_label, weeks_chart, where_chart
from alerts.weekly.numbers.disclosure import Cell, Hidden
from alerts.weekly.numbers.tables import WHOLE
from alerts.weekly.summary import change, lead, theme_list
from alerts.weekly.weeks import Week, named
from data.rungs import Rung
from data.words.say import Words, words

_ENOUGH_TO_DRAW = 3
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_LONG_IN_MINUTES, _LONG_IN_HOURS = 90 * _MINUTE, 48 * _HOUR


def document(facts: ReportFacts, zone: ZoneInfo, signed_at: datetime | None = None) -> ReportDocument:
    """The report in the words of its school's language: a draft until it is signed."""
    w = words(facts.language)
    week = named(facts.week)
    blocks = (block for section in _SECTIONS for block in section(w, facts, week, zone))
    return ReportDocument(
        language=facts.language,
        title=w("report.title"),
        file_title=w("report.file_title", week=week.number, year=week.year, school=facts.school),
        subtitle=w(
            "report.subtitle",
            school=facts.school,
            week=week.number,
            year=week.year,
            start=w.full_day(week.back().friday),
            end=w.full_day(week.friday),
        ),
        page=w("report.page", page="{page}", pages="{pages}"),
        day=week.friday.isoformat(),
        blocks=tuple(blocks),
        draft=None if signed_at else w("report.draft"),
        mark=None if signed_at else w("report.draft_mark"),
        signed=w("report.signed", day=w.full_day(signed_at, zone)) if signed_at else None,
    )


def duration(w: Words, seconds: float) -> str:
    """“40 minutes”, “5 hours”, “3 days”: rounded up, so that “within” is true."""
    if seconds < _LONG_IN_MINUTES:
        return w("report.answers.minutes", n=_up(seconds, _MINUTE))
    if seconds < _LONG_IN_HOURS:
        return w("report.answers.hours", n=_up(seconds, _HOUR))
    return w("report.answers.days", n=_up(seconds, _DAY))


def _up(seconds: float, unit: float) -> int:
    return max(1, -int(-seconds // unit))


def _short(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.short"))
    yield ReportParagraph(lead(w, facts, week), lead=True)


def _weeks(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.weeks"))
    if len(facts.weeks) >= _ENOUGH_TO_DRAW:
        yield weeks_chart(w, facts)
        yield tone_chart(w, facts)
    rows = tuple(
        (_week(w, row, facts.composed_at), *(cell(w, row.cells[t]) for t in (*TONES, WHOLE)))
        for row in facts.weeks
    )
    head = (w("report.column.week"), *(w(f"report.tone.{t}") for t in (*TONES, WHOLE)))
    yield ReportTable(w("report.weeks.caption"), head, rows, strong=len(rows) - 1)
    if any(row.by_days for row in facts.weeks):
        yield ReportParagraph(w("report.weeks.note_days"))
    if any(row.partial for row in facts.weeks):
        yield ReportParagraph(w("report.weeks.note_partial"))
    if facts.unreported:
        yield ReportParagraph(w("report.weeks.note_unreported", n=facts.unreported))


def _week(w: Words, row: WeekRow, today: datetime) -> str:
    marks = (" *" if row.by_days else "") + (" †" if row.partial else "")
    return week_label(w, named(row.week), today) + marks


def _where(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.where"))
    if facts.own.cells[WHOLE] is not Hidden.FEW:
        yield where_chart(w, facts)
        rows = tuple(
            (_kind(w, kind), *(cell(w, cells[t]) for t in (*TONES, WHOLE)))
            for kind, cells in facts.where.items()
        )
        head = (w("report.column.where"), *(w(f"report.tone.{t}") for t in (*TONES, WHOLE)))
        yield ReportTable(w("report.where.caption"), head, rows, strong=len(rows) - 1)
    yield ReportParagraph(w("report.where.unsure", count=cell(w, facts.unsure)))


def _kind(w: Words, kind: str) -> str:
    return w("report.column.all") if kind == WHOLE else w(f"report.kind.{kind}")


def _themes(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.themes"))
    for tone in ("positive", "negative"):
        found = facts.themes[tone]
        key = f"report.themes.{tone}"
        yield ReportParagraph(w(key, themes=theme_list(w, found)) if found else w(f"{key}_none"))
    yield ReportParagraph(w("report.themes.rule"))


def _answers(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.answers"))
    if facts.answers[WHOLE] is Hidden.FEW:
        yield ReportParagraph(w("report.answers.few"))
        return
    if facts.answer_s is None:
        yield ReportParagraph(w("report.answers.no_median"))
    else:
        yield ReportParagraph(w("report.answers.median", time=duration(w, facts.answer_s)))
    rows = [(w(f"report.answers.{name}"), facts.answers[name]) for name in ("acked", "waiting")]
    yield _numbers(w, "report.answers.caption", "report.column.state", rows, facts.answers[WHOLE])


def _removals(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.removals"))
    total = facts.rungs[WHOLE]
    if facts.decision_s is not None:
        yield ReportParagraph(w("report.removals.decisions", time=duration(w, facts.decision_s)))
    if total is Hidden.FEW:
        yield ReportParagraph(w("report.removals.few"))
        return
    if facts.removal_s is None:
        yield ReportParagraph(w("report.removals.no_median"))
    else:
        yield ReportParagraph(w("report.removals.median", time=duration(w, facts.removal_s)))
    asked = [rung for rung in Rung if rung in facts.rungs]  # a stored report has the rungs of its day
    rungs = [(_capital(w(rung.key)), facts.rungs[rung]) for rung in asked]
    yield _numbers(w, "report.removals.rungs", "report.column.rung", rungs, total)
    ends = [(w(f"report.outcome.{name}"), facts.outcomes[name]) for name in OUTCOMES]
    yield _numbers(w, "report.removals.outcomes", "report.column.outcome", ends, total)
    if facts.targets:
        rows = tuple((w(f"report.target.{name}"), cell(w, facts.targets[name])) for name in TARGETS)
        head = (w("report.column.target"), w("report.column.number"))
        yield ReportTable(w("report.removals.targets"), head, rows)


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _numbers(w: Words, caption: str, first: str, rows: list[tuple[str, Cell]], total: Cell) -> ReportTable:
    told = (*((name, cell(w, value)) for name, value in rows), (w("report.column.all"), cell(w, total)))
    return ReportTable(w(caption), (w(first), w("report.column.number")), told, strong=len(told) - 1)


def _fair(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.fair"))
    yield ReportParagraph(w("report.fair.text", count=cell(w, facts.reclassified)))


def _places(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.places"))
    if not facts.places:
        yield ReportParagraph(w("report.lead.no_places"))
    elif not facts.asked:
        yield ReportParagraph(w("report.places.asked_none"))
    else:
        percent = facts.seen * 100 // facts.asked
        yield ReportParagraph(w("report.places.seen", asked=w.number(facts.asked), percent=percent))
    if facts.places:
        head = tuple(w(f"report.column.{name}") for name in ("where", "places", "whole", "part", "none"))
        rows = tuple(
            (_kind(w, p.kind), *(w.number(n) for n in (p.places, p.whole, p.part, p.none)))
            for p in facts.places
        )
        yield ReportTable(w("report.places.caption"), head, rows)
        yield ReportParagraph(w("report.places.rule"))
    yield ReportParagraph(w("report.places.unseen"))


def _change(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.change"))
    yield ReportPoints(tuple(change(w, facts)))


def _duties(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.duties"))
    today = facts.composed_at.astimezone(zone).date()
    items = []
    for policy in facts.policies:
        if policy.review_due is None:
            items.append(w("report.duties.undated", title=policy.title))
        else:
            key = "overdue" if policy.review_due < today else "due"
            items.append(w(f"report.duties.{key}", title=policy.title, day=w.full_day(policy.review_due)))
    if not facts.policies:
        items.append(w("report.duties.no_policies"))
    items.append(
        w("report.duties.dpia", day=w.full_day(facts.dpia)) if facts.dpia else w("report.duties.no_dpia")
    )
    yield ReportPoints(tuple(items))


def _method(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.method"))
    names = ("counted", "judged", "small", "left_out", "usual", "frozen", "names")
    day = w.full_day(facts.composed_at, zone)
    yield ReportPoints(tuple(w(f"report.method.{name}", day=day) for name in names))


def _safeguarding(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield ReportHeading(w("report.head.safeguarding"))
    yield ReportParagraph(w("report.safeguarding"))


_SECTIONS = (
    _short,
    _weeks,
    _where,
    _themes,
    _answers,
    _removals,
    _fair,
    _safeguarding,
    _places,
    _change,
    _duties,
    _method,
)
