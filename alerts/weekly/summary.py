"""The summary paragraph, what changed, and what may be asked: doubt said plainly. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from math import sqrt
from statistics import median

from alerts.weekly.facts import ReportFacts, WindowRow
from alerts.weekly.numbers.disclosure import FEW_STANDS_FOR, Cell, Hidden
from alerts.weekly.numbers.tables import WHOLE
from alerts.weekly.weeks import Week, parse_week
from data.words.say import Words

ENOUGH_WEEKS = 4
_SPREAD = 1.4826
"""Makes the median distance from the median comparable with a standard deviation."""
_WIDE = 2.0
SAID_FIRST = 2
"""So many themes of praise, and of concern, are in the first paragraph."""
_MOST_ASKED, _LEAST_ASKED = 4, 2
_SLOW_S = 4 * 3600.0
_SHARES = (
    (0.075, "small"),
    (0.15, "tenth"),
    (0.225, "fifth"),
    (0.29, "quarter"),
    (0.365, "third"),
    (0.45, "two_fifths"),
    (0.55, "half"),
    (0.63, "three_fifths"),
    (0.705, "two_thirds"),
    (0.775, "three_quarters"),
    (0.9, "four_fifths"),
)


def lead(w: Words, facts: ReportFacts, week: Week) -> str:
    """The first paragraph. Its last sentence is in every report, whatever happened that week."""
    return " ".join(
        (
            *_say_how_often(w, facts, week),
            *([w("report.lead.partial")] if facts.own.partial else []),
            *_tones(w, facts),
            _removals(w, facts),
            *([] if facts.open is None else [_open(w, facts.open)]),
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
        yield w(f"report.change.{_direction(now, then)}", now=w.number(now), before=w.number(then))


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
    small = cells[WHOLE] is Hidden.FEW
    if not small and cells["positive"] is Hidden.FEW and cells["negative"] is Hidden.FEW:
        yield w("report.lead.both_few")
        return
    yield from _tone(w, cells, found, "positive")
    yield from _tone(w, cells, found, "negative")


def _write_count(w: Words, total: Cell) -> str:
    return "" if isinstance(total, Hidden) else w.number(total)


def _tone(
    w: Words, cells: Mapping[str, Cell], found: Mapping[str, tuple[str, ...]], tone: str
) -> Iterator[str]:
    """Nothing where the whole is too small, or where the number is left out beside another."""
    total, part = cells[WHOLE], cells[tone]
    if total is Hidden.FEW or part is Hidden.BESIDE:
        return
    if isinstance(part, Hidden) or isinstance(total, Hidden):
        if part is Hidden.FEW:
            yield w(f"report.lead.{tone}_few")
        return
    size = next((name for below, name in _SHARES if part / total < below), "nearly_all")
    share = w(f"report.share.{size}")
    themes = found.get(tone, ())[:SAID_FIRST]
    if themes:
        yield w(f"report.lead.{tone}_themes", share=share, themes=theme_list(w, themes))
    else:
        yield w(f"report.lead.{tone}", share=share)


def _removals(w: Words, facts: ReportFacts) -> str:
    if facts.done:
        asked = facts.done["asked"]
        name = {0: "asked_none", 1: "asked_once"}.get(asked, "asked")
        return w(f"report.lead.{name}", n=asked)
    total = facts.rungs[WHOLE]  # a report from before these were counted exactly
    if isinstance(total, Hidden):
        return w(f"report.lead.removals_{total}")
    return w("report.lead.removals", count=w.number(total))


def _open(w: Words, matters: Cell) -> str:
    if isinstance(matters, Hidden):
        return w("report.lead.open_few")
    return w("report.lead.open", count=w.number(matters))


def _gaps(w: Words, facts: ReportFacts) -> str:
    places, missed = sum(p.places for p in facts.places), sum(p.part + p.none for p in facts.places)
    if not places:
        return w("report.lead.no_places")
    return w("report.lead.gaps", n=missed, all=places) if missed else w("report.lead.no_gaps", n=places)


def _standing_for(total: Cell) -> int | None:
    if isinstance(total, Hidden):
        return FEW_STANDS_FOR if total is Hidden.FEW else None
    return total


def _direction(now: int, then: int) -> str:
    """More or less only beyond twice what chance does to the difference of two counts."""
    if abs(now - then) <= _WIDE * sqrt(now + then):
        return "same"
    return "more" if now > then else "less"


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
