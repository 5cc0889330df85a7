"""A year's incidents for the yearly review of the policy: how many of each kind, by place, month, first
decision, rung and outcome. Pure.

Small numbers are hidden as in the weekly report, over all its tables together; whoever reviews the policy
reads it (Basildon 11.2), and nobody publishes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.layout.pdf import Heading, Paragraph, Points
from alerts.weekly.compose import kind_of
from alerts.weekly.document import Block, ReportDocument, ReportTable, cell
from alerts.weekly.facts import KINDS
from alerts.weekly.numbers.disclosure import Hidden
from alerts.weekly.numbers.tables import several
from data.cases import Case
from data.content_class import CLASSES, class_spec
from data.rungs import EMERGENCY, Rung
from data.store.reporting.weekly_counts import Removal
from data.types import School
from data.words.say import Words, capital, words

_NOBODY = "nobody"
_ENDINGS = ("removed", "in_part", "changed", "standing", "ended", "open")
_SOON = (("day", timedelta(days=1)), ("days", timedelta(days=3)), ("week", timedelta(days=7)))
_DECISIONS = (*(name for name, _ in _SOON), "later", "none")
_CLASSES = tuple(code for code in CLASSES if not class_spec(code).bypasses)


@dataclass(frozen=True, slots=True)
class Incident:
    """One case that was opened in the year, as it stands now."""

    case: Case
    removal: Removal


def year_document(
    school: School, months: Sequence[date], incidents: Sequence[Incident], zone: ZoneInfo, now: datetime
) -> ReportDocument:
    """The page of those months (the first day of each): in the school's language."""
    w = words(school.language)
    first, after = months[0], (months[-1].replace(day=1) + timedelta(days=32)).replace(day=1)
    last = after - timedelta(days=1)
    span = {"first": w.full_day(first), "last": w.full_day(last)}
    return ReportDocument(
        language=school.language,
        title=w("report.year.title"),
        file_title=w("report.year.file_title", school=school.name, **span),
        subtitle=w("report.year.subtitle", school=school.name, **span),
        page=w("report.page", page="{page}", pages="{pages}"),
        day=last.isoformat(),
        blocks=tuple(_blocks(w, months, incidents, zone, now)),
    )


def _blocks(
    w: Words, months: Sequence[date], incidents: Sequence[Incident], zone: ZoneInfo, now: datetime
) -> Iterator[Block]:
    keys = [f"{month:%Y-%m}" for month in months]
    ways = [
        _counted(_CLASSES, (i.case.content_class.value for i in incidents)),
        _counted(KINDS, (kind_of(i.case.channel) for i in incidents)),
        _counted(keys, (f"{i.removal.opened_at.astimezone(zone):%Y-%m}" for i in incidents)),
        _counted(_DECISIONS, map(_decided, incidents)),
        _counted((_NOBODY, *_rungs()), (i.removal.rung or _NOBODY for i in incidents)),
        _counted(
            _ENDINGS, (i.removal.outcome or ("ended" if i.case.closed_at else "open") for i in incidents)
        ),
    ]
    tables, total = several(ways)
    yield Paragraph(w("report.year.lead", count=cell(w, total)), lead=True)
    yield Paragraph(f"{w('report.safeguarding')} {w('report.year.not_published')}")
    names = (
        {code: capital(w(f"class.{code.lower()}.name")) for code in _CLASSES},
        {kind: w(f"report.kind.{kind}") for kind in KINDS},
        {key: w.month(month) for key, month in zip(keys, months, strict=True)},
        {name: w(f"report.year.decided.{name}") for name in _DECISIONS},
        {_NOBODY: w("report.year.nobody"), **{rung: capital(w(Rung(rung).key)) for rung in _rungs()}},
        {name: w(f"report.year.ending.{name}") for name in _ENDINGS},
    )
    few = isinstance(total, Hidden)
    for key, names_here, cells in () if few else zip(_SECTIONS, names, tables, strict=True):
        yield Heading(w(f"report.year.head.{key}"))
        rows = [(names_here[name], cell(w, value)) for name, value in cells.items()]
        rows.append((w("report.column.all"), cell(w, total)))
        head = (w(f"report.year.column.{key}"), w("report.column.number"))
        yield ReportTable(w(f"report.year.caption.{key}"), head, tuple(rows), strong=len(rows) - 1)
    yield Heading(w("report.head.method"))
    how = [w(f"report.year.method.{name}") for name in ("counted", "masked", "kept")]
    yield Points((*how, w("report.year.method.made", day=w.full_day(now, zone))), small=True)


_SECTIONS = ("kinds", "places", "months", "decided", "rungs", "endings")


def _counted(keys: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    """How many of each; what is none of these keys counts under the last."""
    known = list(keys)
    counts = Counter(name if name in known else known[-1] for name in found)
    return {key: counts[key] for key in known}


def _decided(incident: Incident) -> str:
    removal = incident.removal
    if removal.decided_at is None:
        return "none"
    took = removal.decided_at - removal.opened_at
    return next((name for name, most in _SOON if took <= most), "later")


def _rungs() -> list[str]:
    """Telling the police is no asking to remove."""
    return [rung.value for rung in Rung if rung is not EMERGENCY]
