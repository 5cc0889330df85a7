"""Sentences, tables and charts of a report of numbers, in the language of its school: the report of a week;
a year of incidents for the yearly review of the policy, by kind, place, month, first decision, rung and
outcome; the closed ones of a term for a governors' agenda, and its safeguarding matters. Pure.

Small numbers are hidden as in the report of a week, over all tables of a paper together; whoever reviews the
policy reads that of a year (Basildon 11.2), and nobody publishes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from math import sqrt
from statistics import median
from typing import ClassVar
from zoneinfo import ZoneInfo

from alerts.layout.note import clean_line, templates
from alerts.layout.pdf import Heading, Paragraph, Points, all_printable, compile_pdf
from alerts.weekly.compose import MONTH, WHOLE, kind_of_place, several
from alerts.weekly.facts import (
    FEW_STANDS_FOR,
    KINDS,
    OUTCOMES,
    Cell,
    Hidden,
    ReportFacts,
    Week,
    WindowRow,
    lone,
    parse_week,
)
from data.cases import Case
from data.content_class import CLASSES, class_spec
from data.frozen import freeze
from data.register.calendar import Term, local_day
from data.rungs import EMERGENCY, Rung
from data.store.weekly import Removal
from data.types import PressEvent, School
from data.words.say import Words, capital, join_filled, words


def make_report_pdf(document: ReportDocument) -> bytes:
    """Make the PDF, dated by the last day of its week. Raises typst.TypstError."""
    blocks = [
        {"kind": block.kind, **asdict(block), **({"most": block.most} if isinstance(block, Chart) else {})}
        for block in document.blocks
    ]
    given = all_printable({**asdict(document), "blocks": blocks})
    return compile_pdf("alerts.weekly/report.typ", given, date.fromisoformat(document.day))


def render_report(document: ReportDocument) -> str:
    """Render the page; the same document gives the same text."""
    template = templates().get_template("alerts.weekly/report.html.jinja")
    blocks = [(block.kind, block) for block in document.blocks]
    # how long a bar is, as a part of the longest there could be
    return template.render(d=document, blocks=blocks, share=lambda value, chart: f"{value / chart.most:.3f}")


@freeze
class ReportTable:
    """A table: its first column names the row, the others are numbers; `strong` is the row meant."""

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: int | None = None


@freeze
class Bar:
    """One bar: `value` is None if the number is hidden, and `said` is shown instead."""

    label: str
    value: float | None
    said: str


@freeze
class Chart:
    """Bars side by side, with what they show in words (`alt`); `band` is the usual range, drawn behind."""

    kind: ClassVar[str] = "chart"
    caption: str
    alt: str
    bars: tuple[Bar, ...]
    band: tuple[int, int] | None = None

    @property
    def most(self) -> float:
        return max(*(bar.value or 0 for bar in self.bars), self.band[1] if self.band else 0, 5)


Block = Heading | Paragraph | Points | ReportTable | Chart


@freeze
class ReportDocument:
    """The whole report. `draft` and `mark` are on every page of an unsigned one, `signed` on a signed one.
    `page` is how pages are numbered, with {page} and {pages} in it. `day` is the ISO date the file bears."""

    language: str
    title: str
    file_title: str
    subtitle: str
    page: str
    day: str
    blocks: tuple[Block, ...]
    draft: str | None = None
    mark: str | None = None
    signed: str | None = None

    def strings(self) -> Iterator[tuple[str, str]]:
        """(where, text) of everything that can be read in it, in order."""
        for name in ("file_title", "title", "subtitle", "draft", "mark", "signed", "page"):
            text = getattr(self, name)
            if text:
                yield name, text
        section = "top"
        for block in self.blocks:
            if isinstance(block, Heading):
                section = block.text
            for text in _texts(block):
                yield section, text


def _texts(block: Block) -> tuple[str, ...]:
    match block:
        case Heading(text) | Paragraph(text):
            return (text,)
        case Points(items):
            return items
        case ReportTable(caption, head, rows):
            return (caption, *head, *(cell for row in rows for cell in row))
        case Chart(caption, alt, bars):
            return (caption, alt, *(text for b in bars for text in (b.label, b.said)))


def cell(w: Words, value: Cell) -> str:
    """A number as it is shown, or why it is not."""
    return w(f"report.{value}") if isinstance(value, Hidden) else w.number(value)


ENOUGH_WEEKS = 4
_SPREAD = 1.4826
"""Makes the median distance from the median comparable with a standard deviation."""
_WIDE = 2.0
SAID_FIRST = 2
"""So many themes of praise, and of concern, are in the first paragraph."""
_MOST_ASKED, _LEAST_ASKED = 4, 2
_SLOW_S = 4 * 3600.0
_SHARES: tuple[tuple[float, str], ...] = ((0.075, "small"), (0.15, "tenth"), (0.225, "fifth"))
_SHARES += ((0.29, "quarter"), (0.365, "third"), (0.45, "two_fifths"), (0.55, "half"), (0.63, "three_fifths"))
_SHARES += ((0.705, "two_thirds"), (0.775, "three_quarters"), (0.9, "four_fifths"))


def lead(w: Words, facts: ReportFacts, week: Week) -> str:
    """The first paragraph. Its last sentence is in every report, whatever happened that week."""
    return " ".join(
        (
            *_say_how_often(w, facts, week),
            *([w("report.lead.partial")] if facts.own.partial else []),
            *_tones(w, facts),
            _say_removals(w, facts),
            *([w("report.lead.open_few")] if isinstance(facts.open, Hidden) else []),
            *([w("report.lead.open", count=w.number(facts.open))] if isinstance(facts.open, int) else []),
            _gaps(w, facts),
            w("report.safeguarding"),
        )
    )


def span(w: Words, window: WindowRow, today: datetime) -> str:
    """“the week to Friday 20 November”, “the 4 weeks to Friday 20 November”."""
    return w("report.span", n=window.weeks, end=w.day(parse_week(window.last).friday, today))


def usual(facts: ReportFacts) -> tuple[int, int] | None:
    """The range that some nineteen of twenty weeks lie in, by the earlier weeks as shown; None under four.
    The median, and on both sides twice the larger of its robust spread and what chance alone does to a count.
    A hidden number is taken as two; one that was left out to protect another is skipped."""
    totals = [_standing_for(row.cells[WHOLE]) for row in facts.weeks[:-1] if not row.partial]
    known = [n for n in totals if n is not None]
    if len(known) < ENOUGH_WEEKS:
        return None
    middle = median(known)
    spread = _SPREAD * median(abs(n - middle) for n in known)
    reach = _WIDE * max(spread, sqrt(middle))
    return max(0, round(middle - reach)), round(middle + reach)


def change(w: Words, facts: ReportFacts) -> Iterator[str]:
    """Say the difference from last week, and what chance would do; none where one is not shown."""
    before = facts.before
    known = before is not None and before.week == parse_week(facts.week).back().name
    then, now = before.cells[WHOLE] if before and known else Hidden.FEW, facts.own.cells[WHOLE]
    if isinstance(then, int) and isinstance(now, int) and before:
        # more or less only beyond twice what chance does to the difference of two counts
        same = abs(now - then) <= _WIDE * sqrt(now + then)
        way = "same" if same else "more" if now > then else "less"
        yield w(f"report.change.{way}", now=w.number(now), before=w.number(then))


def theme_list(w: Words, themes: tuple[str, ...]) -> str:
    """“uniform; parking, buses and the school gate”: a theme may hold a comma of its own."""
    return "; ".join(w(f"theme.{theme}") for theme in themes)


def _say_how_often(w: Words, facts: ReportFacts, week: Week) -> Iterator[str]:
    """Say how often; of a month by the longer time that ends with it (`_tones`), if any."""
    total, end = facts.own.cells[WHOLE], w.day(week.friday, facts.composed_at)
    if facts.span > 1:
        if facts.window is None or facts.window.last != facts.week:
            yield w("report.lead.seldom", n=facts.span, end=end)
        return
    if total is Hidden.BESIDE:
        yield w("report.lead.beside", end=end)
        return
    key = "report.lead.few" if total is Hidden.FEW else "report.lead.said"
    yield w(key, end=end, count=_write_count(w, total), usual=_usual(w, facts, _standing_for(total) or 0))


def _usual(w: Words, facts: ReportFacts, total: int) -> str:
    band = usual(facts)
    if band is None:
        return w("report.lead.usual_unknown")
    low, high = band
    name = "less" if total < low else "more" if total > high else "about"
    return w(f"report.lead.usual_{name}", low=low, high=high)


def _tones(w: Words, facts: ReportFacts) -> Iterator[str]:
    """Praise and concern of the week, or of the longer time over which they could be told last."""
    window = facts.window
    if facts.fresh and len(facts.own.cells) > 1:
        yield from _praise_and_concern(w, facts.own.cells, facts.themes)
    elif window is None:
        yield from [w("report.lead.growing")] if facts.span == 1 else []
    else:
        key = "report.lead.window" if window.last == facts.week else "report.lead.window_before"
        told = span(w, window, facts.composed_at)
        yield w(key, span=told, count=_write_count(w, window.cells[WHOLE]))
        if window.left_out:
            yield w("report.lead.left_out", n=window.left_out)
        yield from _praise_and_concern(w, window.cells, window.themes)


def _praise_and_concern(
    w: Words, cells: Mapping[str, Cell], found: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Nothing where the whole is too small; none of a number that is left out beside another."""
    total, parts = cells[WHOLE], {tone: cells[tone] for tone in ("positive", "negative")}
    if total is Hidden.FEW:
        return
    if all(part is Hidden.FEW for part in parts.values()):
        yield w("report.lead.both_few")
        return
    for tone, part in parts.items():
        if part is Hidden.FEW:
            yield w(f"report.lead.{tone}_few")
        elif isinstance(part, int) and isinstance(total, int):
            size = next((name for below, name in _SHARES if part / total < below), "nearly_all")
            share, themes = w(f"report.share.{size}"), theme_list(w, found.get(tone, ())[:SAID_FIRST])
            yield w(f"report.lead.{tone}{'_themes' if themes else ''}", share=share, themes=themes)


def _write_count(w: Words, total: Cell) -> str:
    return "" if isinstance(total, Hidden) else w.number(total)


def _say_removals(w: Words, facts: ReportFacts) -> str:
    if facts.done:
        asked = facts.done["asked"]
        name = {0: "asked_none", 1: "asked_once"}.get(asked, "asked")
        return w(f"report.lead.{name}", n=asked)
    total = facts.rungs[WHOLE]  # a report from before these were counted exactly
    if isinstance(total, Hidden):
        return w(f"report.lead.removals_{total}")
    return w("report.lead.removals", count=w.number(total))


def _gaps(w: Words, facts: ReportFacts) -> str:
    places, missed = sum(p.places for p in facts.places), sum(p.part + p.none for p in facts.places)
    if not places:
        return w("report.lead.no_places")
    return w("report.lead.gaps", n=missed, all=places) if missed else w("report.lead.no_gaps", n=places)


def _standing_for(total: Cell) -> int | None:
    if isinstance(total, Hidden):
        return FEW_STANDS_FOR if total is Hidden.FEW else None
    return total


def questions(w: Words, facts: ReportFacts, today: date) -> tuple[str, ...]:
    """List what a governor may properly ask the head, from this report's own facts: two to four."""
    found = (*_questions_on_week(w, facts), *_questions_on_duties(w, facts, today))
    always = (w("report.ask.agrees"), w("report.ask.unseen"))
    return (*found[:_MOST_ASKED], *always[: max(0, _LEAST_ASKED - len(found))])


def _questions_on_week(w: Words, facts: ReportFacts) -> Iterator[str]:
    waiting, reclassified = facts.answers.get("waiting"), facts.reclassified
    if isinstance(waiting, int) and waiting:
        yield w("report.ask.waiting", n=waiting)
    elif facts.answer_s is not None and facts.answer_s > _SLOW_S:
        yield w("report.ask.slow")
    if isinstance(reclassified, int) and reclassified:
        yield w("report.ask.reclassified", n=reclassified)
    missed = sum(p.part + p.none for p in facts.places)
    if not facts.places:
        yield w("report.ask.no_places")
    elif missed:
        yield w("report.ask.missed", n=missed)


def _questions_on_duties(w: Words, facts: ReportFacts, today: date) -> Iterator[str]:
    overdue = sum(p.review_due is not None and p.review_due < today for p in facts.policies)
    undated = sum(p.review_due is None for p in facts.policies)
    if overdue:
        yield w("report.ask.overdue", n=overdue)
    elif undated:
        yield w("report.ask.undated", n=undated)
    if facts.dpia is None:
        yield w("report.ask.no_dpia")
    told = facts.themes if facts.fresh or facts.window is None else facts.window.themes
    if told.get("negative"):
        yield w("report.ask.concern", theme=w(f"theme.{told['negative'][0]}"))


def weeks_chart(w: Words, facts: ReportFacts) -> Chart:
    """All mentions, week by week, with the usual range behind."""
    bars, items = list[Bar](), list[str]()
    for row in facts.weeks:
        # the notes below explain: “*” counted by whole days, “†” not a full week
        marks = "*" * row.by_days + "†" * row.partial
        value, label = row.cells[WHOLE], f"{parse_week(row.week).number}{marks}"
        known = None if isinstance(value, Hidden) else value
        bars.append(Bar(label, known, w(f"report.{value}_short") if known is None else w.number(known)))
        items.append(w("report.figure_item", label=label, value=cell(w, value)))
    band, caption = usual(facts), w("report.weeks.chart_all")
    told = [f"{caption}.", f"{', '.join(items)}."]
    if band:
        told.append(w("report.figure_band", low=band[0], high=band[1]))
    return Chart(caption, " ".join(told), tuple(bars), band)


_ENOUGH_TO_DRAW = 3
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_LONG_IN_MINUTES, _LONG_IN_HOURS = 90 * _MINUTE, 48 * _HOUR


def document(
    facts: ReportFacts, zone: ZoneInfo, signed_at: datetime | None = None, by: str = ""
) -> ReportDocument:
    """The report in the words of its school's language: a draft until somebody, `by` name, signs it."""
    w = words(facts.language)
    week = parse_week(facts.week)
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
        blocks=tuple(_blocks(w, facts, week, zone)),
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


def _blocks(w: Words, facts: ReportFacts, week: Week, zone: ZoneInfo) -> Iterator[Block]:
    today = local_day(facts.composed_at, zone)
    yield Heading(w("report.head.short"))
    yield Paragraph(lead(w, facts, week), lead=True)
    yield from _themes(w, facts)
    yield from _weeks(w, facts)
    yield from _where(w, facts)
    yield from _trust(w, facts)
    yield Heading(w("report.head.done"))  # the school's own decisions, so each number is exact
    rows = [(w(f"report.done.{name}"), value) for name, value in _own_numbers(facts)]
    yield _numbers(w, "report.done.caption", "report.column.done", rows)
    medians = {"answers.median": facts.answer_s, "removals.decisions": facts.decision_s}
    times = (w(f"report.{key}", time=duration(w, s)) for key, s in medians.items() if s is not None)
    yield Paragraph(" ".join((*times, w("report.fair.text", count=cell(w, facts.reclassified)))))
    yield from _dangers(w, facts)
    yield from _removals(w, facts)
    yield Heading(w("report.head.ask"))
    yield Points(questions(w, facts, today))
    yield Heading(w("report.head.places"))
    yield Paragraph(" ".join((*_say_places_seen(w, facts), w("report.places.unseen"))))
    yield Heading(w("report.head.duties"))
    yield Paragraph(" ".join(_duties(w, facts, today)))
    yield Heading(w("report.head.method"))
    fixed = w("report.method.frozen", day=w.full_day(facts.composed_at, zone))
    yield Points((w("report.method.counted"), f"{w('report.method.more')} {fixed}"), small=True)


def _weeks(w: Words, facts: ReportFacts) -> Iterator[Block]:
    """Left out where nothing of it is shown yet."""
    drawn = sum(isinstance(row.cells[WHOLE], int) for row in facts.weeks) >= _ENOUGH_TO_DRAW
    sentences = tuple(change(w, facts)) if facts.span == 1 else ()
    if drawn or sentences:
        yield Heading(w("report.head.weeks"))
    if drawn:
        yield weeks_chart(w, facts)
        notes = {
            "days": any(row.by_days for row in facts.weeks),
            "partial": any(row.partial for row in facts.weeks),
            "unreported": facts.unreported and facts.span == 1,
        }
        if found := [w(f"report.weeks.note_{key}", n=facts.unreported) for key, it in notes.items() if it]:
            yield Paragraph(" ".join(found))
    if sentences:
        yield Paragraph(" ".join(sentences))


def _where(w: Words, facts: ReportFacts) -> Iterator[Block]:
    """Over the time that `window` says; left out where there is none yet."""
    if not facts.where or facts.where[WHOLE][WHOLE] is Hidden.FEW:
        return
    yield Heading(w("report.head.where"))
    window = facts.window or WindowRow(facts.week, facts.week, 1, facts.where[WHOLE])
    yield Paragraph(" ".join(_where_said(w, facts, window)))
    if isinstance(facts.unsure, int):
        yield Paragraph(w("report.where.unsure", count=w.number(facts.unsure)))


def _where_said(w: Words, facts: ReportFacts, window: WindowRow) -> Iterator[str]:
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


def _themes(w: Words, facts: ReportFacts) -> Iterator[Block]:
    longer = None if facts.fresh else facts.window
    themes, ending = (longer.themes, "_window") if longer else (facts.themes, "")
    if max(map(len, themes.values()), default=0) <= SAID_FIRST:
        return
    yield Heading(w("report.head.themes"))
    tones = (tone for tone in ("positive", "negative") if themes.get(tone))
    told = [w(f"report.themes.{tone}{ending}", themes=theme_list(w, themes[tone])) for tone in tones]
    if longer:
        last = WindowRow(longer.last, longer.last, min(longer.weeks, MONTH), {})
        told.append(w("report.themes.window", span=span(w, last, facts.composed_at)))
    yield Paragraph(" ".join(told))


def _own_numbers(facts: ReportFacts) -> Iterator[tuple[str, Cell]]:
    """List these numbers, but what follows from a nought: of no alerts none was taken on."""
    raised = facts.answers[WHOLE]
    yield "raised", raised
    if raised:
        yield "waiting", facts.answers["waiting"]
    for name in ("answered", "not_us", "asked"):
        if name in facts.done:
            yield name, facts.done[name]
    for name in ("gone", "delisted", "checked", "let_in"):
        if facts.done.get(name):
            yield name, facts.done[name]


def _dangers(w: Words, facts: ReportFacts) -> Iterator[Block]:
    """Tell what became of dangers that ended; where fewer than five did, that alone."""
    total = facts.became.get(WHOLE)
    if isinstance(total, Hidden):
        yield Paragraph(w("report.dangers.few"))
    elif total:
        rows = [(capital(w(f"pack.code.{code}")), n) for code, n in facts.became.items() if code != WHOLE]
        yield _numbers(w, "report.dangers.caption", "report.column.became", rows, total)


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
    ends = [(w(f"report.outcome.{key}"), facts.outcomes[key]) for key in OUTCOMES if key in facts.outcomes]
    yield _numbers(w, "report.removals.outcomes", "report.column.outcome", ends, total)


def _numbers(
    w: Words, caption: str, first: str, rows: Sequence[tuple[str, Cell]], total: Cell | None = None
) -> ReportTable:
    all_rows = [*rows, *([(w("report.column.all"), total)] if total is not None else [])]
    told = tuple((name, cell(w, value)) for name, value in all_rows)
    strong = len(rows) if total is not None else None
    return ReportTable(w(caption), (w(first), w("report.column.number")), told, strong)


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


def _duties(w: Words, facts: ReportFacts, today: date) -> Iterator[str]:
    for policy in facts.policies:
        if policy.review_due is None:
            yield w("report.duties.undated", title=policy.title)
        else:
            key = "overdue" if policy.review_due < today else "due"
            yield w(f"report.duties.{key}", title=policy.title, day=w.full_day(policy.review_due))
    if not facts.policies:
        yield w("report.duties.no_policies")
    yield w("report.duties.dpia", day=w.full_day(facts.dpia)) if facts.dpia else w("report.duties.no_dpia")
    if facts.accounts_short:
        yield w("report.duties.accounts")


def _trust(w: Words, facts: ReportFacts) -> Iterator[Block]:
    """Only where nobody of the trust can be told: by number, and by what the press told of."""
    if facts.trust is None:
        return
    yield Heading(w("report.head.trust"))
    events = "; ".join(w(f"report.news.{event}") for event in facts.trust.events if event != PressEvent.OTHER)
    press = w("report.trust.press", events=events) if events else ""
    said = (w("report.trust.said", count=cell(w, facts.trust.mentions)), press, w("report.trust.nobody"))
    yield Paragraph(join_filled(" ", *said))


_NOBODY = "nobody"
_ENDINGS = ("removed", "in_part", "changed", "standing", "ended", "open")
_SOON = (("day", timedelta(days=1)), ("days", timedelta(days=3)), ("week", timedelta(days=7)))
_DECISIONS = (*(name for name, _ in _SOON), "later", "none")
_RUNGS = [rung.value for rung in Rung if rung is not EMERGENCY]
"""Telling the police is no asking to remove."""
_CLASSES = tuple(code for code in CLASSES if not class_spec(code).bypasses)


@freeze
class Incident:
    case: Case
    removal: Removal


def year_document(
    school: School, months: Sequence[date], incidents: Sequence[Incident], zone: ZoneInfo, now: datetime
) -> ReportDocument:
    """The page of those months (the first day of each): in the school's language."""
    after = (months[-1].replace(day=1) + timedelta(days=32)).replace(day=1)
    blocks = _year_blocks(words(school.language), months, incidents, zone, now)
    return _paper("year", school, Term(months[0], after - timedelta(days=1)), blocks)


def _paper(name: str, school: School, over: Term, blocks: Iterable[Block]) -> ReportDocument:
    w = words(school.language)
    span = {"first": w.full_day(over.first), "last": w.full_day(over.last)}
    return ReportDocument(
        language=school.language,
        title=w(f"report.{name}.title"),
        file_title=w(f"report.{name}.file_title", school=school.name, **span),
        subtitle=w("report.year.subtitle", school=school.name, **span),
        page=w("report.page", page="{page}", pages="{pages}"),
        day=over.last.isoformat(),
        blocks=tuple(blocks),
    )


def term_document(
    school: School, over: Term, incidents: Sequence[Incident], answered: int, themes: Sequence[str],
    zone: ZoneInfo, now: datetime,
) -> ReportDocument:  # fmt: skip
    """A paper for the governors' agenda: the term's closed cases by kind and by what was done, and what
    people were unhappy about. `themes` are those that the term's signed reports named already, `answered` is
    the school's own doing and exact; nothing open or restricted is in it."""
    w, ends = words(school.language), _ENDINGS[:-1]
    closed = [i for i in incidents if i.case.closed_at is not None]
    ways = [
        _count_by_key(_CLASSES, (i.case.content_class.value for i in closed)),
        _count_by_key(ends, (i.removal.outcome or "ended" for i in closed)),
    ]
    tables, total = several(ways)
    names = {name: w(f"report.year.ending.{name}") for name in ends}
    said = "; ".join(w(f"theme.{theme}") for theme in themes)
    learned = w("report.term.themes", themes=said) if themes else w("report.term.no_themes")
    blocks = [
        Paragraph(w("report.term.lead", count=cell(w, total)), lead=True),
        *_tables(w, (("kinds", _class_names(w)), ("endings", names)), tables, total),
        Heading(w("report.term.head")),
        Paragraph(f"{w('report.term.answered', n=answered)} {learned}" if answered else learned),
        Paragraph(f"{w('report.safeguarding')} {w('report.term.for')}"),
        *_method(w, ("term.counted", "year.method.masked", "year.method.kept"), zone, now),
    ]
    return _paper("term", school, over, blocks)


def safeguarding_document(
    school: School, over: Term, handed_over: int, zone: ZoneInfo, now: datetime
) -> ReportDocument:
    """Write one number of safeguarding matters in a term for the link governor; none below five."""
    w = words(school.language)
    lead = Paragraph(w("report.link.lead", count=cell(w, lone(handed_over))), lead=True)
    method = _method(w, ("link.counted", "year.method.masked"), zone, now)
    return _paper("link", school, over, [lead, Paragraph(w("report.link.for")), *method])


def _year_blocks(
    w: Words, months: Sequence[date], incidents: Sequence[Incident], zone: ZoneInfo, now: datetime
) -> Iterator[Block]:
    keys = [f"{month:%Y-%m}" for month in months]
    ways = [
        _count_by_key(_CLASSES, (i.case.content_class.value for i in incidents)),
        _count_by_key(KINDS, (kind_of_place(i.case.channel) for i in incidents)),
        _count_by_key(keys, (f"{i.removal.opened_at.astimezone(zone):%Y-%m}" for i in incidents)),
        _count_by_key(_DECISIONS, map(_time_to_decision, incidents)),
        _count_by_key((_NOBODY, *_RUNGS), (i.removal.rung or _NOBODY for i in incidents)),
        _count_by_key(
            _ENDINGS, (i.removal.outcome or ("ended" if i.case.closed_at else "open") for i in incidents)
        ),
    ]
    tables, total = several(ways)
    yield Paragraph(w("report.year.lead", count=cell(w, total)), lead=True)
    yield Paragraph(f"{w('report.safeguarding')} {w('report.year.not_published')}")
    names = (
        _class_names(w),
        {kind: w(f"report.kind.{kind}") for kind in KINDS},
        {key: w.month(month) for key, month in zip(keys, months, strict=True)},
        {name: w(f"report.year.decided.{name}") for name in _DECISIONS},
        {_NOBODY: w("report.year.nobody"), **{rung: capital(w(Rung(rung).key)) for rung in _RUNGS}},
        {name: w(f"report.year.ending.{name}") for name in _ENDINGS},
    )
    yield from _tables(w, tuple(zip(_SECTIONS, names, strict=True)), tables, total)
    yield from _method(w, [f"year.method.{name}" for name in ("counted", "masked", "kept")], zone, now)


def _class_names(w: Words) -> dict[str, str]:
    return {code: capital(w(f"class.{code.lower()}.name")) for code in _CLASSES}


def _tables(
    w: Words,
    sections: Sequence[tuple[str, Mapping[str, str]]],
    tables: Sequence[Mapping[str, Cell]],
    total: Cell,
) -> Iterator[Block]:
    few = isinstance(total, Hidden)
    for (key, names_here), cells in () if few else zip(sections, tables, strict=True):
        yield Heading(w(f"report.year.head.{key}"))
        rows = [(names_here[name], value) for name, value in cells.items()]
        yield _numbers(w, f"report.year.caption.{key}", f"report.year.column.{key}", rows, total)


def _method(w: Words, how: Iterable[str], zone: ZoneInfo, now: datetime) -> Iterator[Block]:
    yield Heading(w("report.head.method"))
    said = [w(f"report.{name}") for name in how]
    yield Points((*said, w("report.year.method.made", day=w.full_day(now, zone))), small=True)


_SECTIONS = ("kinds", "places", "months", "decided", "rungs", "endings")


def _count_by_key(keys: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    """Count each of these keys; what is none of them counts under the last."""
    known = list(keys)
    counts = Counter(name if name in known else known[-1] for name in found)
    return {key: counts[key] for key in known}


def _time_to_decision(incident: Incident) -> str:
    removal = incident.removal
    if removal.decided_at is None:
        return "none"
    took = removal.decided_at - removal.opened_at
    return next((name for name, most in _SOON if took <= most), "later")
