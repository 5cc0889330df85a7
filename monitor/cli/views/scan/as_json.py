"""`scan --json`: one document."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data.matters import MatterView
from data.types import Relevance
from monitor.cli.views.layout import picked, plain, utc
from monitor.cli.views.scan.summary import ScanSummary, SchoolSummary, SourceNote
from monitor.cli.views.scan.wording import what
from monitor.cli.views.screen import holder_json


def as_document(summary: ScanSummary) -> dict[str, object]:
    """The scan as JSON values. Times are ISO 8601 in UTC; restricted matters are counts alone."""
    return {
        "schools": [{"urn": s.school.urn, "name": s.school.name} for s in summary.schools],
        "needs_you": [_restricted(s) for s in summary.schools if s.restricted or s.pass_on],
        "today": _all(summary, lambda s: s.today),
        "to_look_at": _all(summary, lambda s: s.to_look_at),
        "to_answer": _all(summary, lambda s: s.to_answer),
        "good_news": _all(summary, lambda s: s.good_news),
        "unsure": _all(summary, lambda s: s.unsure),
        "from_before": _all(summary, lambda s: s.before),
        "urgent_unsaved": [{"source": s.id, "name": s.name} for s in summary.unsaved],
        "not_seen": [_note(n) for n in summary.not_seen],
        "counts": {
            **picked(summary, "sources_checked sources_seen mentions_read new_stories"),
            "noted": sum(s.noted for s in summary.schools),
            "not_about": sum(s.not_about for s in summary.schools),
            "messages_waiting": summary.waiting_messages,
            "messages_sent": summary.delivered.sent if summary.delivered else 0,
            "messages_failed": summary.delivered.failed if summary.delivered else 0,
            "looked_again": dict(summary.looked_again),
            "opened_again": [one.case.id for one in summary.opened_again],
            "read_in_part": [_note(n) for n in summary.in_part],
            "started_at": utc(summary.at),
            "seconds": round(summary.seconds, 1),
        },
        "exit": 1 if summary.cut_short else summary.exit,
    }


def _all(
    summary: ScanSummary, section: Callable[[SchoolSummary], Sequence[MatterView]]
) -> list[dict[str, object]]:
    return [_line(s.school.urn, line, summary) for s in summary.schools for line in section(s)]


def _restricted(part: SchoolSummary) -> dict[str, object]:
    return {
        "urn": part.school.urn,
        "with_the_dsl": len(part.restricted),
        "alerts": [a.number for a in part.restricted_alerts],
        "raised_at": plain(part.restricted_at),
        "about_another_school": part.pass_on,
    }


def _line(urn: str, line: MatterView, summary: ScanSummary) -> dict[str, object]:
    held = summary.held.get(line.story_id)
    return {
        "urn": urn,
        "story": line.story_id,
        "when": plain(line.posted_at),
        "channel": line.channels[0],
        "what": what(line, summary),
        "route": line.route.value if line.route else None,
        "severity": int(line.severity),
        **picked(line, "places people"),
        "perhaps_another_school": line.relevance is Relevance.UNSURE,
        "reasons": [picked(reason, "code text") for reason in line.because],
        "cases": list(summary.cases.get(line.story_id, ())),
        "has_it": holder_json(held),
    }


def _note(note: SourceNote) -> dict[str, object]:
    return {
        "source": note.source.id,
        "name": note.source.name,
        **picked(note, "outcome detail"),
        "last_seen": plain(note.before.last_ok_at),
        "failures_before": note.before.failures_in_a_row,
    }
