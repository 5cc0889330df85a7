"""The list of alerts: those nobody has, those somebody has and that are not finished, those that are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.next_date import DECIDE, LADO
from data.words.say import words
from monitor.terminal.table import Cell, table
from monitor.terminal.wording import WITH_THE_DSL, severity_cell
from monitor.views.alerts import ShownAlert, more_of, what_and_next
from monitor.views.layout import brief
from monitor.views.whose import date_cell, due_words, mark_words

_HEADS = ("Number", "How soon", "Next date", "What it is, and what next")


def groups(shown: Sequence[ShownAlert]) -> tuple[tuple[str, list[ShownAlert]], ...]:
    """The alerts by what is to be done with them, each group below its heading; empty ones too."""
    going = [s for s in shown if not s.finished]
    return (
        ("Nobody has these yet:", [s for s in going if s.who.nobody]),
        ("Somebody has these; not finished yet:", [s for s in going if not s.who.nobody]),
        ("Finished:", [s for s in shown if s.finished]),
    )


def listed(shown: Sequence[ShownAlert], now: datetime, zone: ZoneInfo) -> Iterator[str]:
    """The groups as tables, one below the other; a heading only where it tells one from another."""
    found = [(heading, alerts) for heading, alerts in groups(shown) if alerts]
    for n, (heading, alerts) in enumerate(found):
        if n:
            yield ""
        yield heading
        yield from table(_HEADS, [_row(s, now, zone) for s in alerts])


def _row(shown: ShownAlert, now: datetime, zone: ZoneInfo) -> tuple[str | Cell, ...]:
    soon, due = severity_cell(shown.alert.severity), date_cell(shown.due(now), now, zone)
    return shown.number, soon, due, _said(shown, now, zone)


def _said(shown: ShownAlert, now: datetime, zone: ZoneInfo) -> str:
    what, then = what_and_next(shown)
    parts = [what, shown.headline, _next(shown, then, now), *more_of(shown, zone)]
    parts += [mark_words(shown.marked, now, zone)] if shown.marked else []
    parts.append(f"Raised {brief(shown.alert.raised_at, now, zone)}.")
    said, since = " ".join(part for part in parts if part), shown.who.since
    when = f"{shown.who.said} {{}} {brief(since, now, zone)}" if since else ""
    if shown.alert.restricted:
        taken = f", taken by {when.format('on')}" if when else ""
        return f"{WITH_THE_DSL}{taken}{':' if what else '.'} {said}"
    return f"With {when.format('since')}. {said}" if when else said


def _next(shown: ShownAlert, then: str, now: datetime) -> str:
    """What is due where that is more than to decide; else what ought to become of it."""
    if shown.finished:
        return ""
    due = shown.due(now)
    if due is not None and due.clock != DECIDE:
        then = due_words(due)
        if not due.late and due.clock != LADO:
            return f"Due: {then}."
    return f"Next: {then}." if then else ""


def none(shown: Sequence[ShownAlert], *, mine: bool, everything: bool) -> str:
    """That there is none to be shown, or that nobody has to take one; "" where somebody has."""
    open_ones = dict(groups(shown))["Nobody has these yet:"]
    if open_ones:
        return ""
    if mine:
        return "" if shown else "You have no alert, and were asked to take none."
    return "There has been no alert." if everything and not shown else "No alert is open."


def how_to_read(shown: Sequence[ShownAlert], home: str = "") -> list[str]:
    """What to type to read one of these: a restricted one is read with a reason."""
    w, show = words("en"), f"schoolgate alerts show ID{home}"
    found = [w("describe.more.alert", command=show)] if shown else []
    if any(s.alert.restricted and s.words for s in shown):
        found.append(w("describe.more.restricted", command=f"{show} --restricted --reason “…”"))
    return found
