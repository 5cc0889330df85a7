"""The summary paragraph, and what changed: numbers compared, doubt said plainly. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from statistics import median

from alerts.weekly.facts import ReportFacts
from alerts.weekly.numbers.disclosure import LEAST, Cell, Hidden
from alerts.weekly.numbers.tables import WHOLE
from alerts.weekly.weeks import Week, named
from data.words.say import Words

ENOUGH_WEEKS = 4
_SPREAD = 1.4826
"""Makes the median distance from the median comparable with a standard deviation."""
_WIDE = 2.0
_FEW_STANDS_FOR = LEAST // 2
_SMALL = 30
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
            _said(w, facts, week),
            *([w("report.lead.partial")] if facts.own.partial else []),
            *_tone(w, facts, "positive"),
            *_tone(w, facts, "negative"),
            _removals(w, facts.rungs[WHOLE]),
            _gaps(w, facts),
            w("report.safeguarding"),
        )
    )


def usual(facts: ReportFacts) -> tuple[int, int] | None:
    """The range that some nineteen of twenty weeks lie in, by the earlier weeks as shown; None under four.

    The median, and on both sides twice the larger of its robust spread and what chance alone does to
    a count. A hidden number is taken as two; one that was left out to protect another is skipped.
    """
    totals = [_standing_for(row.cells[WHOLE]) for row in facts.weeks[:-1] if not row.partial]
    known = [n for n in totals if n is not None]
    if len(known) < ENOUGH_WEEKS:
        return None
    middle = median(known)
    spread = _SPREAD * median(abs(n - middle) for n in known)
    reach = _WIDE * max(spread, sqrt(middle))
    return max(0, round(middle - reach)), round(middle + reach)


def change(w: Words, facts: ReportFacts) -> Iterator[str]:
    """Sentences on the difference from the week before, with what chance alone would do."""
    before = facts.before
    if before is None or before.week != named(facts.week).back().name:
        yield w("report.change.none")
    elif isinstance(then := before.cells[WHOLE], Hidden) or isinstance(now := facts.own.cells[WHOLE], Hidden):
        yield w("report.change.hidden")
    else:
        yield w(f"report.change.{_direction(now, then)}", now=w.number(now), before=w.number(then))
        if min(now, then) < _SMALL:
            yield w("report.change.small")
        yield from _concern(w, facts.own.cells["negative"], before.cells["negative"])
    yield from _themes(w, facts)


def theme_list(w: Words, themes: tuple[str, ...]) -> str:
    """“uniform; parking, buses and the school gate”: a theme may hold a comma of its own."""
    return "; ".join(w(f"theme.{theme}") for theme in themes)


def _said(w: Words, facts: ReportFacts, week: Week) -> str:
    total, end = facts.own.cells[WHOLE], w.day(week.friday, facts.composed_at)
    if total is Hidden.BESIDE:
        return w("report.lead.beside", end=end)
    key = "report.lead.few" if total is Hidden.FEW else "report.lead.said"
    count = "" if isinstance(total, Hidden) else w.number(total)
    return w(
        key,
        end=end,
        count=count,
        usual=_usual(w, facts, _standing_for(total) or 0),
    )


def _usual(w: Words, facts: ReportFacts, total: int) -> str:
    band = usual(facts)
    if band is None:
        return w("report.lead.usual_unknown")
    low, high = band
    name = "less" if total < low else "more" if total > high else "about"
    return w(f"report.lead.usual_{name}", low=low, high=high)


def _tone(w: Words, facts: ReportFacts, tone: str) -> Iterator[str]:
    """Nothing where the whole week is too small, or where the number is left out beside another."""
    total, part = facts.own.cells[WHOLE], facts.own.cells[tone]
    if total is Hidden.FEW or part is Hidden.BESIDE:
        return
    if isinstance(part, Hidden) or isinstance(total, Hidden):
        if part is Hidden.FEW:
            yield w(f"report.lead.{tone}_few")
        return
    share = w(f"report.share.{_share(part / total)}")
    themes = facts.themes[tone][:2]
    if themes:
        yield w(f"report.lead.{tone}_themes", share=share, themes=theme_list(w, themes))
    else:
        yield w(f"report.lead.{tone}", share=share)


def _share(ratio: float) -> str:
    return next((name for below, name in _SHARES if ratio < below), "nearly_all")


def _removals(w: Words, total: Cell) -> str:
    if isinstance(total, Hidden):
        return w(f"report.lead.removals_{total}")
    return w("report.lead.removals", count=w.number(total))


def _gaps(w: Words, facts: ReportFacts) -> str:
    places = sum(p.places for p in facts.places)
    missed = sum(p.part + p.none for p in facts.places)
    if not places:
        return w("report.lead.no_places")
    return w("report.lead.gaps", n=missed, all=places) if missed else w("report.lead.no_gaps", n=places)


def _standing_for(total: Cell) -> int | None:
    if isinstance(total, Hidden):
        return _FEW_STANDS_FOR if total is Hidden.FEW else None
    return total


def _direction(now: int, then: int) -> str:
    """More or less only beyond twice what chance does to the difference of two counts."""
    if abs(now - then) <= _WIDE * sqrt(now + then):
        return "same"
    return "more" if now > then else "less"


def _concern(w: Words, now: Cell, then: Cell) -> Iterator[str]:
    if isinstance(now, Hidden) or isinstance(then, Hidden):
        return
    direction = _direction(now, then)
    if direction != "same":
        yield w(f"report.change.concern_{direction}")


def _themes(w: Words, facts: ReportFacts) -> Iterator[str]:
    if facts.earlier_themes is None:
        return
    now = tuple(dict.fromkeys(t for themes in facts.themes.values() for t in themes))
    then = tuple(dict.fromkeys(t for themes in facts.earlier_themes.values() for t in themes))
    new = tuple(t for t in now if t not in then)
    gone = tuple(t for t in then if t not in now)
    if new:
        yield w("report.change.new_themes", themes=theme_list(w, new))
    if gone:
        yield w("report.change.gone_themes", themes=theme_list(w, gone))
