"""From a report's facts to its sentences, tables and charts, in the school's language. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.layout.note import clean_line
from alerts.layout.pdf import Heading, Paragraph, Points
from alerts.weekly.document import Block, ReportDocument, ReportTable, cell, weeks_chart
from alerts.weekly.facts import OUTCOMES, ReportFacts, WindowRow
from alerts.weekly.numbers.disclosure import Cell, Hidden
from alerts.weekly.numbers.tables import MONTH, WHOLE
from alerts.weekly.summary import SAID_FIRST, change, lead, questions, span, theme_list
from alerts.weekly.weeks import Week, parse_week
from data.rungs import Rung
from data.types import PressEvent
from data.words.say import Words, capital, words

_ENOUGH_TO_DRAW = 3
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_LONG_IN_MINUTES, _LONG_IN_HOURS = 90 * _MINUTE, 48 * _HOUR


def document(
    facts: ReportFacts, zone: ZoneInfo, signed_at: datetime | None = None, by: str = ""
) -> ReportDocument:
    """The report in the words of its school's language: a draft until somebody, `by` name, signs it."""
    w = words(facts.language)
    week = parse_week(facts.week)
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
            start=w.full_day(week.back(facts.span).friday),
            end=w.full_day(week.friday),
        ),
        page=w("report.page", page="{page}", pages="{pages}"),
        day=week.friday.isoformat(),
        blocks=tuple(blocks),
        draft=None if signed_at else w("report.draft"),
        mark=None if signed_at else w("report.draft_mark"),
        signed=w("report.signed", day=w.full_day(signed_at, zone), who=clean_line(by)) if signed_at else None,
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
    yield Heading(w("report.head.short"))
    yield Paragraph(lead(w, facts, week), lead=True)


def _weeks(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    """Left out where nothing of it is shown yet."""
    drawn = sum(isinstance(row.cells[WHOLE], int) for row in facts.weeks) >= _ENOUGH_TO_DRAW
    sentences = tuple(change(w, facts)) if facts.span == 1 else ()
    if drawn or sentences:
        yield Heading(w("report.head.weeks"))
    if drawn:
        yield weeks_chart(w, facts)
        found = []
        if any(row.by_days for row in facts.weeks):
            found.append(w("report.weeks.note_days"))
        if any(row.partial for row in facts.weeks):
            found.append(w("report.weeks.note_partial"))
        if facts.unreported and facts.span == 1:
            found.append(w("report.weeks.note_unreported", n=facts.unreported))
        if found:
            yield Paragraph(" ".join(found))
    if sentences:
        yield Paragraph(" ".join(sentences))


def _where(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    """Over the time that `window` says; left out where there is none yet."""
    if not facts.where or facts.where[WHOLE][WHOLE] is Hidden.FEW:
        return
    yield Heading(w("report.head.where"))
    window = facts.window or WindowRow(facts.week, facts.week, 1, facts.where[WHOLE])
    yield Paragraph(" ".join(_where_said(w, facts, window)))
    if isinstance(facts.unsure, int):
        yield Paragraph(w("report.where.unsure", count=w.number(facts.unsure)))


def _where_said(w: Words, facts: ReportFacts, window: WindowRow) -> Iterator[str]:
    """Say how many by kind of place, the most first."""
    kinds = {kind: cells[WHOLE] for kind, cells in facts.where.items() if kind != WHOLE}
    told = {kind: n for kind, n in kinds.items() if isinstance(n, int)}
    by_number = sorted(told, key=lambda kind: -told[kind])
    items = "; ".join(
        w("report.where.kind", kind=w(f"report.kind.{kind}"), count=w.number(told[kind]))
        for kind in by_number
    )
    if told:
        yield w("report.where.kinds", span=capital(span(w, window, facts.composed_at)), kinds=items)
    if len(told) < len(kinds):
        yield w("report.where.rest" if told else "report.where.none", span=span(w, window, facts.composed_at))


def _themes(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    """Say what was named often, in the week or the longer time; not what was said already."""
    longer = None if facts.fresh else facts.window
    themes, ending = (longer.themes, "_window") if longer else (facts.themes, "")
    if max(map(len, themes.values()), default=0) <= SAID_FIRST:
        return
    yield Heading(w("report.head.themes"))
    told = [
        w(f"report.themes.{tone}{ending}", themes=theme_list(w, themes[tone]))
        for tone in ("positive", "negative")
        if themes.get(tone)
    ]
    if longer:
        last = WindowRow(longer.last, longer.last, min(longer.weeks, MONTH), {})
        told.append(w("report.themes.window", span=span(w, last, facts.composed_at)))
    yield Paragraph(" ".join(told))


def _own_actions(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    """Say what the school did this week: its own decisions, so each number is exact."""
    yield Heading(w("report.head.done"))
    rows = [(w(f"report.done.{name}"), value) for name, value in _own_numbers(facts)]
    yield _numbers(w, "report.done.caption", "report.column.done", rows)
    yield Paragraph(" ".join((*_times(w, facts), w("report.fair.text", count=cell(w, facts.reclassified)))))
    yield from _removals(w, facts)


def _own_numbers(facts: ReportFacts) -> Iterator[tuple[str, Cell]]:
    """List these numbers, but what follows from a nought: of no alerts none was taken on."""
    raised = facts.answers[WHOLE]
    yield "raised", raised
    if raised:
        yield "waiting", facts.answers["waiting"]
    for name in ("answered", "not_us", "asked"):
        if name in facts.done:
            yield name, facts.done[name]
    for name in ("gone", "delisted", "checked"):
        if facts.done.get(name):
            yield name, facts.done[name]


def _times(w: Words, facts: ReportFacts) -> Iterator[str]:
    """Say how long things took, where there are five of them."""
    if facts.answer_s is not None:
        yield w("report.answers.median", time=duration(w, facts.answer_s))
    if facts.decision_s is not None:
        yield w("report.removals.decisions", time=duration(w, facts.decision_s))


def _ask(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(w("report.head.ask"))
    yield Points(questions(w, facts, facts.composed_at.astimezone(zone).date()))


def _removals(w: Words, facts: ReportFacts) -> Iterator[Block]:
    """By rung and by outcome only where there are five: one of few could point to a person."""
    total = facts.rungs[WHOLE]
    if total is Hidden.FEW:
        return
    if facts.removal_s is not None:
        yield Paragraph(w("report.removals.median", time=duration(w, facts.removal_s)))
    asked = [rung for rung in Rung if rung in facts.rungs]  # a stored report has the rungs of its day
    rungs = [(capital(w(rung.key)), facts.rungs[rung]) for rung in asked]
    yield _numbers(w, "report.removals.rungs", "report.column.rung", rungs, total)
    ends = [
        (w(f"report.outcome.{name}"), facts.outcomes[name]) for name in OUTCOMES if name in facts.outcomes
    ]
    yield _numbers(w, "report.removals.outcomes", "report.column.outcome", ends, total)


def _numbers(
    w: Words, caption: str, first: str, rows: Sequence[tuple[str, Cell]], total: Cell | None = None
) -> ReportTable:
    """A table of one column of numbers, its last row their `total` where that is given."""
    all_rows = [*rows, *([(w("report.column.all"), total)] if total is not None else [])]
    told = tuple((name, cell(w, value)) for name, value in all_rows)
    strong = len(rows) if total is not None else None
    return ReportTable(w(caption), (w(first), w("report.column.number")), told, strong)


def _places(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(w("report.head.places"))
    yield Paragraph(" ".join((*_say_places_seen(w, facts), w("report.places.unseen"))))


def _say_places_seen(w: Words, facts: ReportFacts) -> Iterator[str]:
    if not facts.places:
        yield w("report.lead.no_places")
        return
    if not facts.asked:
        yield w("report.places.asked_none")
    else:
        yield w("report.places.seen", asked=w.number(facts.asked), seen=w.number(facts.seen))
    missed = [
        w("report.places.missed_kind", kind=w(f"report.kind.{p.kind}"), n=p.part + p.none, all=p.places)
        for p in facts.places
        if p.part + p.none
    ]
    if missed:
        yield w("report.places.missed", kinds="; ".join(missed))
    if facts.off:
        yield w("report.places.off", n=facts.off)


def _duties(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(w("report.head.duties"))
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
    if facts.accounts_short:
        items.append(w("report.duties.accounts"))
    yield Paragraph(" ".join(items))


def _method(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(w("report.head.method"))
    fixed = w("report.method.frozen", day=w.full_day(facts.composed_at, zone))
    yield Points((w("report.method.counted"), f"{w('report.method.more')} {fixed}"), small=True)


def _trust(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    """Only where nobody of the trust can be told: by number, and by what the press told of."""
    if facts.trust is None:
        return
    yield Heading(w("report.head.trust"))
    events = "; ".join(w(f"report.news.{event}") for event in facts.trust.events if event != PressEvent.OTHER)
    said = w("report.trust.said", count=cell(w, facts.trust.mentions))
    press = [w("report.trust.press", events=events)] if events else []
    yield Paragraph(" ".join((said, *press, w("report.trust.nobody"))))


_SECTIONS = (_short, _themes, _weeks, _where, _trust, _own_actions, _ask, _places, _duties, _method)
