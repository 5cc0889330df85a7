"""A year's incidents for the yearly review of the policy: how many of each kind, by place, month, first
decision, rung and outcome; a term's closed ones for a governors' agenda; its safeguarding matters. Pure.

Small numbers are hidden as in the weekly report, over all its tables together; whoever reviews the policy
reads it (Basildon 11.2), and nobody publishes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.layout.pdf import Heading, Paragraph, Points
from alerts.weekly.compose import kind_of_place, several
from alerts.weekly.disclosure import Cell, Hidden, lone
from alerts.weekly.facts import KINDS
from alerts.weekly.wording import Block, ReportDocument, ReportTable, cell
from data.cases import Case
from data.content_class import CLASSES, class_spec
from data.register.calendar import Term
from data.rungs import EMERGENCY, Rung
from data.store.weekly import Removal
from data.types import School
from data.words.say import Words, capital, words

_NOBODY = "nobody"
_ENDINGS = ("removed", "in_part", "changed", "standing", "ended", "open")
_SOON = (("day", timedelta(days=1)), ("days", timedelta(days=3)), ("week", timedelta(days=7)))
_DECISIONS = (*(name for name, _ in _SOON), "later", "none")
_RUNGS = [rung.value for rung in Rung if rung is not EMERGENCY]
"""Telling the police is no asking to remove."""
_CLASSES = tuple(code for code in CLASSES if not class_spec(code).bypasses)


@dataclass(frozen=True, slots=True)
class Incident:
    case: Case
    removal: Removal


def year_document(
    school: School, months: Sequence[date], incidents: Sequence[Incident], zone: ZoneInfo, now: datetime
) -> ReportDocument:
    """The page of those months (the first day of each): in the school's language."""
    after = (months[-1].replace(day=1) + timedelta(days=32)).replace(day=1)
    blocks = _blocks(words(school.language), months, incidents, zone, now)
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


def _blocks(
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
        rows = [(names_here[name], cell(w, value)) for name, value in cells.items()]
        rows.append((w("report.column.all"), cell(w, total)))
        head = (w(f"report.year.column.{key}"), w("report.column.number"))
        yield ReportTable(w(f"report.year.caption.{key}"), head, tuple(rows), strong=len(rows) - 1)


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
