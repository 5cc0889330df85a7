"""Alerts as a list, one as text and as JSON, as much of each as its reader may know.

Of a restricted one only that it is with the DSL, and who has it, until its words are read with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.wording.digest.headlines import in_print
from alerts.wording.matters import (
    due_words,
    named,
    what,
    what_and_next,
)
from data.judged import reasons_of
from data.matters import DECIDE, LADO, MatterView, PostView
from data.types import Reason
from monitor.cli.views.layout import picked, plain, typed, utc
from monitor.cli.views.screen import ENGLISH, Screen, due_json, holder_json, mark_json
from monitor.terminal.table import Cell, table
from monitor.terminal.wording import WITH_THE_DSL, severity_cell

WITHOUT_WORDS = "without words"
_MOST_CHARS = 1_000_000
"""Of one post: all of it, for no page shows the rest."""


def printed(view: MatterView, screen: Screen) -> str:
    """“The headline”, and the paper where that is known; "" where it is not of the press."""
    if view.headline is None:
        return ""
    return in_print(view.headline, screen.papers, screen.places or {}, ENGLISH)


def more_of(view: MatterView, zone: ZoneInfo) -> list[str]:
    """What else is known of it: when it was posted, if that was before we began; how often it was raised."""
    found = []
    if view.from_before is not None:  # a date might lead to what is restricted
        on = "" if view.restricted else f" on {ENGLISH.full_day(view.from_before, zone)},"
        found.append(f"(posted{on} before we began to read there)")
    if view.times > 1 and not view.restricted:
        found.append(f"(raised {view.times} times)")
    return found


def lines(view: MatterView, posts: Iterable[PostView], screen: Screen, now: datetime) -> Iterator[str]:
    """An alert with the words of its posts, for somebody who may read them."""
    from monitor.desk.matter.page import Moment
    from monitor.desk.matter.posts import show_post

    said, then = what_and_next(view, ENGLISH)
    yield f"Alert {view.number}  {severity_cell(view.severity).text}"
    yield from (part for part in (said, then and f"Next: {then}", *more_of(view, screen.zone)) if part)
    yield from (f"- {reason.text}" for reason in _reasons(view))
    for post in posts:
        shown = show_post(post, Moment(now, None, zone=screen.zone), ENGLISH, most=_MOST_CHARS)
        yield ""
        yield f"{shown.address or 'no address'}  by {shown.author or 'nobody named'}"
        yield from (part for part in (shown.title, shown.text, shown.quoted and f"> {shown.quoted}") if part)
        enclosed = [ENGLISH("page.enclosed")] if shown.enclosed else []
        yield from (f"- {part}" for part in (*post.reasons, *shown.besides, *enclosed))


_WITHHELD = dict.fromkeys(
    (
        "state", "posted_at", "story", "route", "content_class", "what", "event", "audience", "excluded",
        "warned", "escalated", "reasons", "because", "weighed_most",
    )
)  # fmt: skip
"""What is null of an alert whose reader may not know it."""


def as_json(view: MatterView) -> dict[str, object]:
    """The same as JSON values; times in UTC. Every alert has the same keys, whatever its reader may know."""
    has = view.acknowledged
    found: dict[str, object] = {
        "id": view.number if view.apart else view.alert_id, "urn": view.urn,
        "severity": None if view.apart else int(view.severity), "restricted": view.restricted,
        "raised_at": view.raised_at and utc(view.raised_at), "times": view.times or None,
        "from_before": None if view.apart else view.from_before is not None,
        "acknowledged": {"by": has.person or None, "at": utc(has.at)} if has else None,
        "cases": list(view.numbers), "number": view.number, "has_it": holder_json(view.holder),
        "next": due_json(view), "finished": view.finished, "marked": mark_json(view), **_WITHHELD,
    }  # fmt: skip
    people: dict[str, object] = {
        "audience": list(view.audience),
        **({"excluded": list(view.excluded), "warned": list(view.warned)} if view.conflicts else {}),
        "escalated": [{"person": s.person_id, "at": utc(s.told_at)} for s in view.escalated],
    }
    if view.restricted:
        return found | {"state": WITH_THE_DSL}
    found |= {
        "posted_at": plain(view.from_before),
        "story": view.story_id, "route": view.route and view.route.value,
        "content_class": view.content_class,
        "what": what(view, ENGLISH), "event": view.top.event if view.top else None,
    }  # fmt: skip
    if not view.words:
        return found | {"state": WITHOUT_WORDS}
    return found | people | {
        "reasons": [picked(reason, "code text") for reason in _reasons(view)],
        "because": [picked(reason, "code text") for reason in view.because],
        "weighed_most": view.weighed_most or None,
    }  # fmt: skip


def holder_name(view: MatterView, screen: Screen) -> str:
    """“you”, “Ms Imogen Larkspur (head)”, "" where nobody has it."""
    return named(view.holder, screen.people, ENGLISH) if view.holder else ""


def _reasons(view: MatterView) -> list[Reason]:
    return [r for r in reasons_of(view.top) if r.text] if view.top is not None else []


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
    whose = screen.whose(shown)
    for n, (heading, alerts) in enumerate(found):
        if n:
            yield ""
        yield heading
        rows = [(v.number, _how_soon(v), screen.date(v), whose[v.urn] + _said(v, screen)) for v in alerts]
        yield from table(_HEADS, rows)


def _how_soon(view: MatterView) -> str | Cell:
    return "" if view.apart else severity_cell(view.severity)


def _said(view: MatterView, screen: Screen) -> str:
    what, then = what_and_next(view, ENGLISH)
    parts = [
        what,
        printed(view, screen),
        screen.time_named(view),
        _next(view, then),
        *more_of(view, screen.zone),
    ]
    parts += [screen.marked(view), f"Raised {screen.brief(view.raised_at)}." if view.raised_at else ""]
    said, has = " ".join(part for part in parts if part), view.holder
    when = f"{holder_name(view, screen)} {{}} {screen.brief(has.since)}" if has else ""
    if view.restricted:
        taken = f", taken by {when.format('on')}" if when else ""
        return f"{WITH_THE_DSL}{taken}{':' if what else '.'} {said}".rstrip()
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
