"""The list of alerts: those nobody has, those somebody has and that are not finished, those that are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alerts.wording.matters import due_words, more_words, what_and_next
from data.matters import DECIDE, LADO, MatterView
from monitor.cli.views.alerts import holder_name, more_of, printed
from monitor.cli.views.layout import typed
from monitor.cli.views.screen import ENGLISH, Screen
from monitor.terminal.table import Cell, table
from monitor.terminal.wording import WITH_THE_DSL, severity_cell

_HEADS = ("Number", "How soon", "Next date", "What it is, and what next")


def groups(shown: Sequence[MatterView]) -> tuple[tuple[str, list[MatterView]], ...]:
    """The alerts by what is to be done with them, each group below its heading; empty ones too."""
    going = [view for view in shown if not view.finished]
    return (
        ("Nobody has these yet:", [view for view in going if view.holder is None]),
        ("Somebody has these; not finished yet:", [view for view in going if view.holder is not None]),
        ("Finished:", [view for view in shown if view.finished]),
    )


def listed(shown: Sequence[MatterView], screen: Screen) -> Iterator[str]:
    """The groups as tables, one below the other; a heading only where it tells one from another."""
    found = [(heading, alerts) for heading, alerts in groups(shown) if alerts]
    for n, (heading, alerts) in enumerate(found):
        if n:
            yield ""
        yield heading
        yield from table(_HEADS, [_row(view, screen) for view in alerts])


def _row(view: MatterView, screen: Screen) -> tuple[str | Cell, ...]:
    return view.number, severity_cell(view.severity), screen.date(view), _said(view, screen)


def _said(view: MatterView, screen: Screen) -> str:
    what, then = what_and_next(view, ENGLISH)
    parts = [what, printed(view, screen), _next(view, then), *more_of(view, screen.zone)]
    parts += [screen.marked(view), f"Raised {screen.brief(view.raised_at)}."]
    said, has = " ".join(part for part in parts if part), view.holder
    when = f"{holder_name(view, screen)} {{}} {screen.brief(has.since)}" if has else ""
    if view.restricted:
        taken = f", taken by {when.format('on')}" if when else ""
        return f"{WITH_THE_DSL}{taken}{':' if what else '.'} {said}"
    return f"With {when.format('since')}. {said}" if when else said


def _next(view: MatterView, then: str) -> str:
    """What is due where that is more than to decide; else what ought to become of it."""
    if view.finished:
        return ""
    due = view.due
    if due is not None and due.clock != DECIDE:
        then = typed(due_words(due, ENGLISH))
        if not due.late and due.clock != LADO:
            return f"Due: {then}."
    return f"Next: {then}." if then else ""


def none(shown: Sequence[MatterView], *, mine: bool, everything: bool) -> str:
    """That there is none to be shown, or that nobody has to take one; "" where somebody has."""
    open_ones = dict(groups(shown))["Nobody has these yet:"]
    if open_ones:
        return ""
    if mine:
        return "" if shown else "You have no alert, and were asked to take none."
    return "There has been no alert." if everything and not shown else "No alert is open."


def how_to_read(shown: Sequence[MatterView], home: str = "") -> list[str]:
    """What to type to read one of these: a restricted one is read with a reason."""
    show = f"schoolgate alerts show ID{home}"
    found = [more_words("alert", show, ENGLISH)] if shown else []
    if any(view.restricted and view.words for view in shown):
        found.append(more_words("restricted", f"{show} --restricted --reason “…”", ENGLISH))
    return found
