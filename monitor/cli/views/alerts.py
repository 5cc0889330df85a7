"""Alerts as a list, one as text and as JSON, as much of each as its reader may know.

Of a restricted one only that it is with the DSL, and who has it, until its words are read with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from alerts.wording.digest.headlines import in_print
from alerts.wording.matters import (
    due_words,
    more_words,
    named,
    the_same_words,
    what,
    what_and_next,
    with_since,
)
from alerts.wording.verdicts import what_weighed, what_weighed_in
from data.judged import reasons_of
from data.matters import DECIDE, LADO, MatterView, PostView, Reported, SaidWrong
from data.types import TITLE, Reason
from monitor.cli.views.layout import below, enclosed_line, local, picked, plain, typed, utc
from monitor.cli.views.screen import ENGLISH, Screen, due_json, holder_json, mark_json
from monitor.terminal.table import Cell, table
from monitor.terminal.wording import WITH_THE_DSL, numbered, severity_cell, severity_words

WITHOUT_WORDS = "without words"
_REPEATED = re.compile(r"severity_\d|raised_by_one")
"""Reasons that say no more than the headline does."""


def headline(view: MatterView, screen: Screen) -> list[str]:
    """How grave; what happened; what next; what else is known of it, such as who has it."""
    if view.apart:
        return [WITH_THE_DSL]
    first = severity_words(view.severity) + (f"  {WITH_THE_DSL}" if view.restricted else "")
    said, then = what_and_next(view, ENGLISH)
    parts = (
        said,
        printed(view, screen),
        screen.time_named(view),
        then and f"Next: {then}",
        " ".join(more_of(view, screen.zone)),
    )
    return [first, *(part for part in parts if part)]


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


def lines(view: MatterView, screen: Screen, read: Sequence[PostView] | None = None) -> list[str]:
    """The alert in full; `read` are the restricted posts behind it, once a reading is on record."""
    since = screen.local(view.holder.since) if view.holder else ""
    head = [
        f"Alert {view.number}  ({numbered(view.urn)}){'' if view.apart else f'  id {view.alert_id}'}",
        *(line for part in headline(view, screen) for line in below(part, "  ")),
        *([f"  raised {screen.local(view.raised_at)}"] if view.raised_at else []),
        *below(with_since(view, screen.people, since, ENGLISH), "  "),
        *below(screen.marked(view), "  "),
        *below(screen.due(view), "  "),
        *below(the_same_words(view, ENGLISH), "  "),
        *(f"  {case_line(case)}" for case in view.numbers),
    ]
    if view.unaddressed:
        head.append("  Nobody could be told. Ring the local authority or the trust, and name more people.")
    if not view.words:
        return head
    if view.restricted and read is None:
        return [*head, "  To read it: --restricted --as PERSON --reason “…”. It is recorded."]
    shown = _open_lines(view) if read is None else _read_lines(read, screen.zone)
    return [*head, *_people(view, screen), *_escalated(view, screen), *shown]


_WITHHELD = dict.fromkeys(
    (
        "state", "posted_at", "story", "route", "content_class", "what", "event", "audience", "excluded",
        "warned", "escalated", "reasons", "because", "weighed_most", "texts",
    )
)  # fmt: skip
"""What is null of an alert whose reader may not know it."""


def as_json(view: MatterView, read: Sequence[PostView] | None = None) -> dict[str, object]:
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
    if read is not None:
        return found | {"state": WITH_THE_DSL} | people | {"texts": [_text_json(post) for post in read]}
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


def case_line(case: str) -> str:
    """That there is an open case, and how to see it."""
    return f"case {case}: schoolgate case show {case} --as PERSON"


NOT_TAKEN = (
    "its file was not taken, and lies at {0}: do not open, copy or send it. If it shows nobody under 18 "
    "undressed, a safeguarding lead says so: "
    "schoolgate report-in --file FILE --of {1} --shows-nothing WHY --as PERSON"
)


def reported_lines(report: Reported, zone: ZoneInfo) -> list[str]:
    """Who reported it, when, under which number; and where its file lies, if it was not taken."""
    by, number = report.seen_by or "a person who gave no name", report.number and f", number {report.number}"
    left = [NOT_TAKEN.format(report.file_at, report.number)] if report.file_at else []
    return [f"reported by {by}, recorded {local(report.at, zone)}{number}", *left]


def reported_json(report: Reported) -> dict[str, object]:
    return {"by": report.seen_by, "at": utc(report.at), **picked(report, "number file_at")}


def said_wrong_line(said: SaidWrong, zone: ZoneInfo) -> str:
    """Who says that it is judged wrongly, when, what is right and why."""
    waits = bool(said.kind) and said.counts_at is None and "waits for a second person"
    right = [said.kind.replace("_", " "), said.relevance, said.label, said.route, said.tone, waits]
    right.insert(3, said.severity is not None and f"severity {said.severity}")
    what = ", ".join(str(each) for each in right if each)
    who = f"{said.person_id} said" if said.counts_at else f"says {said.person_id}"
    how = "corrected, as" if said.counts_at else "judged wrongly,"
    return f"{how} {who} ({local(said.said_at, zone)}): {what}. {said.why}"


def said_wrong_json(said: SaidWrong) -> dict[str, object]:
    return {
        "by": said.person_id,
        "at": utc(said.said_at),
        **picked(said, "kind relevance label severity route tone why"),
    }


def holder_name(view: MatterView, screen: Screen) -> str:
    """“you”, “Ms Imogen Larkspur (head)”, "" where nobody has it."""
    return named(view.holder, screen.people, ENGLISH) if view.holder else ""


def _reasons(view: MatterView) -> list[Reason]:
    return [r for r in reasons_of(view.top) if r.text] if view.top is not None else []


def _people(view: MatterView, screen: Screen) -> list[str]:
    out = tuple(p for p in view.excluded if p not in view.warned)
    parts = (
        ("to tell", tuple(p for p in view.audience if p not in screen.left)),
        ("was to be told, and has left", tuple(p for p in view.audience if p in screen.left)),
        ("told that there may be danger, and nothing else", view.warned),
        ("not told, being its subject", out),
    )
    return [f"  {said}: {', '.join(map(screen.name, ids))}" for said, ids in parts if ids]


def _escalated(view: MatterView, screen: Screen) -> list[str]:
    """Whom it was taken to because nobody had it, and when."""
    return [
        f"  asked next, {screen.local(s.told_at)}: {screen.name(s.person_id)}"
        if s.person_id
        else f"  nobody was left to ask, {screen.local(s.told_at)}"
        for s in view.escalated
    ]


def _open_lines(view: MatterView) -> list[str]:
    because = [r for r in view.because if r.text and not _REPEATED.fullmatch(r.code)]
    return [
        *(f"  - {said}" for said in (*(r.text for r in _reasons(view)), _weighed(view)) if said),
        *(f"  - {reason.text}" for reason in because),
        f"  story {view.story_id}: schoolgate story show {view.story_id[:8]}",
    ]


def _weighed(view: MatterView) -> str:
    of_title = view.top is not None and view.top.weighed_most == TITLE
    return what_weighed(view.weighed_most, ENGLISH, title=of_title)


def _read_lines(read: Sequence[PostView], zone: ZoneInfo) -> list[str]:
    found: list[str] = []
    for post in read:
        address = f"  {post.url or 'no address'}  by {post.author or 'nobody named'}, version {post.version}"
        found += ["", address]
        found += [f"  {part}" for part in (post.title, post.text, post.quoted and f"> {post.quoted}") if part]
        found += enclosed_line(post.enclosed)
        found += [f"  - {reason}" for reason in (*post.reasons, what_weighed_in(post, ENGLISH)) if reason]
        found += [f"  {line}" for r in post.reported for line in reported_lines(r, zone)]
        found += [f"  {said_wrong_line(one, zone)}" for one in post.said_wrong]
    return found


def _text_json(post: PostView) -> dict[str, object]:
    return {
        "mention": post.id, **picked(post, "version url author title text quoted reasons enclosed"),
        "weighed_most": post.weighed_most or None,
        "reported": [reported_json(r) for r in post.reported],
        "said_wrong": [said_wrong_json(one) for one in post.said_wrong],
    }  # fmt: skip


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


def how_to_read(shown: Sequence[MatterView], home: str = "") -> list[str]:
    """What to type to read one of these: a restricted one is read with a reason."""
    show = f"schoolgate alerts show ID{home}"
    found = [more_words("alert", show, ENGLISH)] if shown else []
    if any(view.restricted and view.words for view in shown):
        found.append(more_words("restricted", f"{show} --restricted --reason “…”", ENGLISH))
    return found
