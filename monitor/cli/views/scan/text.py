"""The end of a scan as a terminal shows it, in the order and tone of the house style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.wording.cases import numbered_site
from alerts.wording.matters import named
from alerts.wording.verdicts import channel_name, what_next
from data.ids import number_of
from data.matters import MatterView
from data.types import Alert, Outcome, Relevance, Route, Source
from data.words.say import words
from monitor.act.casework.recheck import Rechecked
from monitor.cli.views.layout import below
from monitor.cli.views.scan.summary import ScanSummary, SchoolSummary, SourceNote
from monitor.cli.views.scan.wording import grave, headline_of, what
from monitor.cli.views.screen import coded
from monitor.setup.mail.ways import NO_MAIL
from monitor.terminal.wording import counted, numbered, outcome_words, some
from sources.source_health import SourceTrouble, Unseen

if TYPE_CHECKING:
    from monitor.service.delivery import Delivered

YOURSELF = "Tell these people yourself: schoolgate alerts list"
SHOWN = 8
"""How many lines a section shows before it says how many more there are."""

_BEFORE = "   over 7 days old when we first read there, so nobody was told"
_NEWS = ("today", "to_look_at", "to_answer", "good_news")

_EXITS = {
    1: "exit 1: nothing could be judged and kept, for a fault of ours. To see why: schoolgate doctor",
    3: "exit 3: done, but some sources failed",
}
_CUT_SHORT = "exit 1: the sources were read, but not all that follows could be done"


def scan_lines(summary: ScanSummary, zone: ZoneInfo) -> Iterator[str]:
    """The whole table, a line at a time, without a line for an empty section."""
    for source in summary.unsaved:
        yield from unsaved(source)
    quiet = [part for part in summary.schools if _quiet(part, summary)]
    alike = quiet if len(quiet) > 1 else []
    for part in summary.schools:
        if not (alike and part in alike):
            yield from _school_lines(part, summary, zone)
    yield from _quiet_lines(alike, summary, zone)
    yield _checked(summary)
    yield from _noted("Not seen: ", summary.not_seen, summary.at, zone)
    yield from _noted("In part:  ", summary.in_part, summary.at, zone)
    yield from delivery_lines(summary.delivered, summary.waiting_messages)
    found = summary.looked_again
    if found:
        said = ", ".join(f"{n} {coded('check', check)}" for check, n in sorted(found.items()))
        yield f"Looked again at {counted(sum(found.values()), 'post')} of cases: {said}."
    if summary.cut_short and summary.exit != 1:
        yield _CUT_SHORT
    elif summary.exit:
        yield _EXITS[summary.exit]
    told = any(getattr(part, name) for part in summary.schools for name in (*_NEWS, "before"))
    if (told or any(part.restricted_alerts for part in summary.schools)) and summary.exit != 1:
        yield "All of it is read at the desk."


def unsaved(source: Source) -> Iterator[str]:
    """That something urgent was read there, and what to do as nobody was told."""
    yield f"! URGENT, AND NOT SAVED   {source.name or source.id}: nobody was told. Look there yourself:"
    yield f"    schoolgate source test {source.id}   if a child is in danger, ring 999"


def _school_lines(part: SchoolSummary, summary: ScanSummary, zone: ZoneInfo) -> Iterator[str]:
    yield f"{part.school.name} ({numbered(part.school.urn)}) · {_scan_of(summary, zone)}"
    yield ""
    yield from _with_the_dsl(part, summary, zone)
    # the cases that are open again, and at which places they are back
    for one in _again(part, summary):
        case, w = one.case, words("en")
        copies = [p.n for p in case.places if p.mention_id and p.mention_id in one.copies]
        where = w.listed([numbered_site(case, n, w) or case.number for n in copies or [case.place]])
        what = "the same words are there" if copies else "it is there again"
        yield f"● CASE {case.id} IS OPEN AGAIN   {where}: {what}"
    yield from _section("● TODAY", part.today, summary, zone, next_step=True)
    yield from _section("◐ WORTH A LOOK", part.to_look_at, summary, zone)
    if part.more_to_look_at:
        yield f"    … and {part.more_to_look_at} less likely, at the desk"
    yield from _section("○ TO ANSWER", part.to_answer, summary, zone)
    yield from _section("○ GOOD NEWS", part.good_news, summary, zone)
    yield from _section("○ FROM BEFORE WE BEGAN", part.before, summary, zone, note=_BEFORE)
    if part.unsure:
        yield f"? NOT SURE IT IS US  {len(part.unsure)}"
    if part.pass_on:
        yield f"! ABOUT ANOTHER SCHOOL, AND GRAVE  {part.pass_on}   for the DSL: pass it on?"
    if not (_told(part) or _again(part, summary)):
        yield "Nothing new about you." if part.seen else "Nothing could be read."
    if part.noted or part.not_about:
        yield f"  {part.noted} noted, nothing to do · {part.not_about} not about you"
    yield ""


def _scan_of(summary: ScanSummary, zone: ZoneInfo) -> str:
    local = summary.at.astimezone(zone)
    took = f"{summary.seconds:.0f} s" if summary.seconds >= 1 else "under 1 s"
    return f"scan of {local:%a} {local.day} {local:%b %Y, %H:%M} · {took}"


def _told(part: SchoolSummary) -> bool:
    return bool(part.restricted or any(getattr(part, name) for name in _NEWS))


def _again(part: SchoolSummary, summary: ScanSummary) -> list[Rechecked]:
    return [one for one in summary.opened_again if one.case.urn == part.school.urn]


def _quiet(part: SchoolSummary, summary: ScanSummary) -> bool:
    """Is there nothing to say of the school but that there is nothing?"""
    return not (
        _told(part)
        or _again(part, summary)
        or part.more_to_look_at
        or part.before
        or part.unsure
        or part.pass_on
    )


def _quiet_lines(quiet: Sequence[SchoolSummary], summary: ScanSummary, zone: ZoneInfo) -> Iterator[str]:
    """All such schools of several at once, those apart of which nothing could be read."""
    if not quiet:
        return
    yield f"{len(quiet)} schools with nothing to tell · {_scan_of(summary, zone)}"
    yield ""
    for seen, said in ((True, "Nothing new about"), (False, "Nothing could be read for")):
        names = [part.school.name for part in quiet if part.seen is seen]
        if names:
            yield f"{said} {counted(len(names), 'school')}: {some(names)}."
    noted, other = sum(part.noted for part in quiet), sum(part.not_about for part in quiet)
    if noted or other:
        yield f"  {noted} noted, nothing to do · {other} not about them"
    yield ""


def _with_the_dsl(part: SchoolSummary, summary: ScanSummary, zone: ZoneInfo) -> Iterator[str]:
    if not part.restricted:
        return
    told = f"   raised at {part.restricted_at.astimezone(zone):%H:%M}" if part.restricted_at else ""
    ids = "".join(f", {_apart(a, summary)}" for a in part.restricted_alerts[:SHOWN])
    yield f"● WITH THE DSL   {len(part.restricted)}{told}{ids}"
    if len(part.restricted_alerts) > SHOWN:
        yield f"    … and {len(part.restricted_alerts) - SHOWN} more: schoolgate alerts list"


def _apart(alert: Alert, summary: ScanSummary) -> str:
    """“alert 736204”, “case 482913, with you”."""
    cases, held = summary.cases.get(alert.story_id, ()), summary.held.get(alert.story_id)
    number = number_of(alert.number, cases)
    has = f", with {named(held, summary.people, words('en'))}" if held else ""
    return f"{'case' if cases else 'alert'} {number}{has}"


def _section(
    title: str,
    lines: Sequence[MatterView],
    summary: ScanSummary,
    zone: ZoneInfo,
    *,
    next_step: bool = False,
    note: str = "",
) -> Iterator[str]:
    if not lines:
        return
    yield f"{title}  {len(lines)}{note}"
    for line in lines[:SHOWN]:
        yield from _entry(line, summary, zone, next_step=next_step)
    if len(lines) > SHOWN:
        yield f"    … and {len(lines) - SHOWN} more, at the desk"


def _entry(line: MatterView, summary: ScanSummary, zone: ZoneInfo, *, next_step: bool) -> Iterator[str]:
    """Its id, when and where; below that what it is and, where somebody must act, what next."""
    cases, held = summary.cases.get(line.story_id, ()), summary.held.get(line.story_id)
    known = f"with {named(held, summary.people, words('en'))}" if held else ""
    called = f"alert {line.number}" if line.number else f"story {line.story_id[:8]}"
    called = f"case {', '.join(cases)}" if cases else called
    first = [
        _when(line.posted_at, summary.at, zone),
        channel_name(line.channels[0], words("en")),
        *_spread(line),
    ]
    first += [known] if known and not next_step else []
    yield f"  {called}  {', '.join(first)}"
    for said in (what(line, summary), headline_of(line, summary) if grave(line) else ""):
        yield from below(said, "      ")
    if next_step:
        event = line.top.event if line.top else None
        then = what_next(line.route or Route.NOTE, words("en"), line.severity, line.part, event)
        yield from below(known or then, "        ", "      → ")


def _spread(line: MatterView) -> list[str]:
    many = ((line.places, "places"), (line.people, "people"))
    unsure = ["perhaps another school"] if line.relevance is Relevance.UNSURE else []
    return [*(f"{n} {what}" for n, what in many if n > 1), *unsure]


def _when(when: datetime | None, at: datetime, zone: ZoneInfo) -> str:
    if when is None:
        return ""
    local, today = when.astimezone(zone), at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == today.date() else words("en").brief_day(local, today, zone)


def _checked(summary: ScanSummary) -> str:
    read = counted(summary.mentions_read, "post")
    new = counted(summary.new_stories, "new story", "new stories")
    news = f", {new}" if summary.schools else ""
    return f"Checked {summary.sources_seen} of {summary.sources_checked} sources, {read} read{news}."


def _noted(title: str, notes: Sequence[SourceNote], at: datetime, zone: ZoneInfo) -> Iterator[str]:
    """Each place and why; of one reason for several, which may be long, it is said once."""
    alike: dict[str, list[str]] = {}
    for note in notes:
        alike.setdefault(_why(note, at, zone), []).append(note.source.name or note.source.id)
    for n, (why, names) in enumerate(alike.items()):
        yield f"{title if n == 0 else ' ' * len(title)}{', '.join(names)} ({why})"


def _why(note: SourceNote, at: datetime, zone: ZoneInfo) -> str:
    if note.outcome.seen:
        return f"nothing new{_since(note, at, zone)}" if note.unseen else note.detail
    said = outcome_words(note.outcome)
    before = note.before
    if note.outcome is Outcome.SUSPICIOUS and before.usual_mentions:
        return f"{said}; it usually has {before.usual_mentions:.0f} posts"
    said += _since(note, at, zone)
    if note.outcome is Outcome.REFUSED_BY_ROBOTS:
        return said
    return f"{said}: {note.detail}" if note.detail else said


def _since(note: SourceNote, at: datetime, zone: ZoneInfo) -> str:
    """“ since Sunday, 2 days longer than ever before”, as far as its history tells."""
    last = note.unseen.since if note.unseen else note.before.last_ok_at
    if last is None or not (note.unseen or note.before.failures_in_a_row):
        return ""
    w = words("en")
    day = w.weekday(last, zone) if at - last < timedelta(days=6) else w.brief_day(last, at, zone)
    return f" since {day}{_longer(note.unseen) if note.unseen else ''}"


def _longer(found: Unseen) -> str:
    hours = max(1, round(found.longer_by.total_seconds() / 3600))
    if found.trouble is SourceTrouble.SILENT:
        return f", {counted(hours, 'school hour')} longer than in four weeks before"
    span = counted(hours, "hour") if hours < 48 else counted(round(hours / 24), "day")
    return f", {span} longer than ever before"


def delivery_lines(delivered: Delivered | None, waiting: int) -> Iterator[str]:
    """How many were sent, how many were not and why, how many wait and what to do.

    `delivered` is None where nothing was tried.
    """
    if delivered is None:
        if waiting:
            yield f"{_wait(waiting)}, and nothing was sent. {YOURSELF}"
        return
    if delivered.sent:
        yield f"{counted(delivered.sent, 'message')} sent."
    w = words("en")
    causes = "; ".join(w(f"failure.cause.{cause}") for cause in delivered.causes)
    why = f": {causes}" if causes else ""
    if delivered.failed:
        failed = counted(delivered.failed, "message")
        yield f"{failed} could not be sent{why}. To see what is wrong: schoolgate doctor"
    if delivered.unsure:
        unsure = counted(delivered.unsure, "message")
        yield f"{unsure} may have arrived: the server hung up. None is sent twice."
    if waiting:
        yield _left(delivered, waiting, why)


def _left(delivered: Delivered, waiting: int, why: str) -> str:
    if not delivered.mail:
        return f"{_wait(waiting)}: {NO_MAIL}. {YOURSELF}"
    if delivered.retried or delivered.cut_short:
        return f"{_wait(waiting)}{why}. The next scan tries again, or the service. {YOURSELF}"
    return f"{_wait(waiting)} for the right hour. The next scan sends what is due, or the service."


def _wait(n: int) -> str:
    return f"{counted(n, 'message')} {'waits' if n == 1 else 'wait'}"
