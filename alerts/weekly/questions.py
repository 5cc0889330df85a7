"""What a governor may properly ask the head, from this report's own facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from alerts.weekly.facts import ReportFacts
from data.words.say import Words

MOST, LEAST_ASKED = 4, 2
_SLOW_S = 4 * 3600.0


def questions(w: Words, facts: ReportFacts, today: date) -> tuple[str, ...]:
    """Two to four, what matters most first."""
    found = (*_handling(w, facts), *_seeing(w, facts), *_duties(w, facts, today), *_concern(w, facts))
    always = (w("report.ask.agrees"), w("report.ask.unseen"))
    return (*found[:MOST], *always[: max(0, LEAST_ASKED - len(found))])


def _handling(w: Words, facts: ReportFacts) -> Iterator[str]:
    waiting, reclassified = facts.answers.get("waiting"), facts.reclassified
    if isinstance(waiting, int) and waiting:
        yield w("report.ask.waiting", n=waiting)
    elif facts.answer_s is not None and facts.answer_s > _SLOW_S:
        yield w("report.ask.slow")
    if isinstance(reclassified, int) and reclassified:
        yield w("report.ask.reclassified", n=reclassified)


def _seeing(w: Words, facts: ReportFacts) -> Iterator[str]:
    missed = sum(p.part + p.none for p in facts.places)
    if not facts.places:
        yield w("report.ask.no_places")
    elif missed:
        yield w("report.ask.missed", n=missed)


def _duties(w: Words, facts: ReportFacts, today: date) -> Iterator[str]:
    overdue = sum(p.review_due is not None and p.review_due < today for p in facts.policies)
    undated = sum(p.review_due is None for p in facts.policies)
    if overdue:
        yield w("report.ask.overdue", n=overdue)
    elif undated:
        yield w("report.ask.undated", n=undated)
    if facts.dpia is None:
        yield w("report.ask.no_dpia")


def _concern(w: Words, facts: ReportFacts) -> Iterator[str]:
    told = facts.themes if facts.fresh or facts.window is None else facts.window.themes
    if told.get("negative"):
        yield w("report.ask.concern", theme=w(f"theme.{told['negative'][0]}"))
