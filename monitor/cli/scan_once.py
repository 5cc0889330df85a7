"""Results of a scan, sorted for their reader: values only, no text layout.

A story of which anything is restricted gives a count and nothing else, and its alert stands once.
"""

from __future__ import annotations

import textwrap
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

from alerts.access.matter import part_of
from alerts.wording.cases import code_words, numbered_site
from alerts.wording.digest.headlines import in_print
from alerts.wording.matters import channel_name, describe, describe_verdict, what_next
from data.digest import Headline
from data.effects import Clock
from data.errors import StoreError
from data.frozen import freeze
from data.ids import number_of
from data.judged import beyond_cap, gravest_verdict, reasons_of, route_rank, tone_of
from data.matters import Access, MatterView, ReaderPart
from data.register.calendar import SchoolHours
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.mentions import Batch, SchoolSet
from data.store.outbox import count_waiting
from data.types import (
    Alert,
    MailReply,
    Mention,
    MentionKind,
    Outcome,
    Relevance,
    Route,
    School,
    Sentiment,
    Severity,
    Source,
    SourceRun,
    SourceState,
    Verdict,
)
from data.words.say import words
from monitor.act.step import Rechecked
from monitor.config.load import Config
from monitor.home import wiring
from monitor.matters.reader import Reader
from monitor.pipeline.collect import ask_source
from monitor.pipeline.judges import Judges
from monitor.pipeline.scan import FinishedSource, Timings, scan_sources
from monitor.terminal.output import Say, in_json, say_on_stderr
from monitor.terminal.progress import Progress
from monitor.terminal.wording import (
    NO_MAIL,
    WHO_YOU_ARE,
    count_words,
    outcome_words,
    pick_fields,
    plain_json,
    school_key_words,
    some,
    utc_json,
)
from sources.fetch import Fetcher
from sources.runs import SourceTrouble, Unseen, unseen

if TYPE_CHECKING:
    from monitor.service.delivery import Delivered


EXCERPT_CHARS = 72
_Judged: TypeAlias = tuple[Mention, Verdict]


@freeze
class SchoolSummary:
    """One school's part of a scan. `restricted` are the ids of stories for the DSL alone, counted only;
    `restricted_alerts` what was raised of such.

    A story is by its gravest post, `posted_at` its earliest publication or first sight, `number` that of the
    alert that it raised. `before` is what was posted long before its place was first read (`from_before`),
    unless it alerted. `seen` is False where none of the sources watched for it could be seen.
    """

    school: School
    restricted: tuple[str, ...] = ()
    restricted_alerts: tuple[Alert, ...] = ()
    today: tuple[MatterView, ...] = ()
    to_look_at: tuple[MatterView, ...] = ()
    more_to_look_at: int = 0
    to_answer: tuple[MatterView, ...] = ()
    good_news: tuple[MatterView, ...] = ()
    unsure: tuple[MatterView, ...] = ()
    before: tuple[MatterView, ...] = ()
    noted: int = 0
    not_about: int = 0
    pass_on: int = 0
    seen: bool = True

    @property
    def restricted_at(self) -> datetime | None:
        """When the first restricted matter of this scan was raised, None where none was."""
        return min((a.raised_at for a in self.restricted_alerts), default=None)


@freeze
class SourceNote:
    """A source not seen, or in part, or silent; `unseen`: for longer than its history makes likely."""

    source: Source
    outcome: Outcome
    detail: str
    before: SourceState
    unseen: Unseen | None = None


@freeze
class ScanSummary:
    """A whole scan. `exit` is 0, 3 where some sources failed, 1 where all did for a fault of ours.

    `cases` are the open cases by story. `delivered` is None where nothing was to be sent. `looked_again`
    counts the posts of cases that were due to be looked at again, by what was found (a `Check`).
    `opened_again` are the looks, and the copies found, that opened a case again.
    `fresh` are the stories that are new: the school (URN) of each, by id.
    `unsaved` are sources of which something urgent could not be saved, so that nobody is told of it.
    `sources` are those that were read, by id.
    `only_looked` says that nothing of it is kept, and nobody told; `dangers` are then places (by name) with
    something for the safeguarding lead, or that cannot wait an hour.
    `cut_short` says that something after the reading failed, such as sending: it then ends with 1.
    """

    at: datetime
    seconds: float
    schools: tuple[SchoolSummary, ...]
    sources_checked: int
    sources_seen: int
    mentions_read: int
    new_stories: int
    not_seen: tuple[SourceNote, ...]
    in_part: tuple[SourceNote, ...]
    waiting_messages: int
    exit: int
    delivered: Delivered | None = None
    cases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    looked_again: Mapping[str, int] = field(default_factory=dict)
    opened_again: tuple[Rechecked, ...] = ()
    fresh: Mapping[str, str] = field(default_factory=dict)
    unsaved: tuple[Source, ...] = ()
    cut_short: bool = False
    only_looked: bool = False
    dangers: tuple[str, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)


@dataclass(slots=True)
class _Gathered:
    """By school (urn); `verdicts` by story too. `judged_for` counts what was judged for a whole set: it is
    about none of its schools that has no verdict of it."""

    verdicts: dict[str, dict[str, list[_Judged]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    not_about: Counter[str] = field(default_factory=Counter)
    judged_for: Counter[SchoolSet] = field(default_factory=Counter)
    pass_on: Counter[str] = field(default_factory=Counter)
    alerts: dict[str, list[Alert]] = field(default_factory=lambda: defaultdict(list))
    sources: dict[str, Source] = field(default_factory=dict)


def summarise(
    done: Sequence[tuple[Source, SourceState, Batch]],
    schools: Sequence[School],
    *,
    started: datetime,
    finished: datetime,
    waiting_messages: int,
    look_share: float,
    hours: Callable[[Source], SchoolHours],
) -> ScanSummary:
    """Sort everything one scan saved. `look_share` bounds "worth a look" (share of mentions judged); `hours`
    are those in which the silence of a source is counted."""
    gathered = _gather((source, batch) for source, _, batch in done)
    fresh = {f.story_id: f.urn for _, _, batch in done for f in batch.folded if f.how == "new"}
    seen = [entry for entry in done if entry[2].run.outcome.is_seen]
    failed = [entry for entry in done if not entry[2].run.outcome.is_seen]
    watched = {urn for source, _, _ in seen for urn in source.urns or ("",)}
    watched |= {school.urn for school in schools if school.is_trust and seen}  # looked for in each
    silent = [entry for entry in seen if _silent(entry[1], entry[2].run, hours(entry[0]))]
    return ScanSummary(
        at=started,
        seconds=(finished - started).total_seconds(),
        schools=tuple(
            replace(_school(school, gathered, look_share), seen=school.urn in watched or "" in watched)
            for school in schools
        ),
        sources_checked=len({source.id for source, _, _ in done}),
        sources_seen=len({source.id for source, _, _ in seen}),
        mentions_read=sum(batch.run.mentions_read for _, _, batch in done),
        new_stories=len(fresh),
        not_seen=tuple(
            SourceNote(s, run.outcome, run.detail, before, unseen(before, run.finished_at, hours(s)))
            for s, before, run in ((s, before, batch.run) for s, before, batch in (*failed, *silent))
        ),
        in_part=tuple(
            SourceNote(s, batch.run.outcome, batch.run.detail or batch.run.warnings[0], before)
            for s, before, batch in seen
            if batch.run.warnings
        ),
        waiting_messages=waiting_messages,
        exit=_exit([batch.run.outcome for _, _, batch in done]),
        fresh=fresh,
        sources={source.id: source for source, _, _ in done},
    )


def _exit(outcomes: Sequence[Outcome]) -> int:
    """1 where a fault of ours ended every run, 3 where some sources failed, else 0."""
    on = [o for o in outcomes if o is not Outcome.DISABLED]
    if on and all(o is Outcome.OUR_FAULT for o in on):
        return 1
    return 0 if all(o.is_seen for o in on) else 3


def _silent(before: SourceState, run: SourceRun, hours: SchoolHours) -> bool:
    """It answers, but has brought nothing new for much longer than usual."""
    found = unseen(before, run.finished_at, hours) if run.mentions_new == 0 else None
    return found is not None and found.trouble is SourceTrouble.SILENT


def _gather(batches: Iterable[tuple[Source, Batch]]) -> _Gathered:
    out = _Gathered()
    for source, batch in batches:
        out.sources |= dict.fromkeys((m.id for m in batch.mentions), source)
        mentions = {m.id: m for m in batch.mentions}
        story_of = {(f.mention_id, f.urn): f.story_id for f in batch.folded}
        sets: dict[str, list[SchoolSet]] = defaultdict(list)
        for mention_id, _, judged_for in batch.judged_for:
            out.judged_for[judged_for] += 1
            sets[mention_id].append(judged_for)
        for verdict in batch.verdicts:
            out.not_about[verdict.urn] -= sum(verdict.urn in of.urns for of in sets[verdict.mention_id])
            if any(r.code == "other_school_danger" for r in verdict.reasons):
                out.pass_on[verdict.urn] += 1
            story = story_of.get(verdict.pair)
            if story is None:
                out.not_about[verdict.urn] += 1
            else:
                out.verdicts[verdict.urn][story].append((mentions[verdict.mention_id], verdict))
        for alert in batch.alerts:
            out.alerts[alert.urn].append(alert)
    return out


def _school(school: School, gathered: _Gathered, look_share: float) -> SchoolSummary:
    stories = gathered.verdicts.get(school.urn, {})
    lines: dict[str, list[MatterView]] = defaultdict(list)
    looks: list[tuple[bool, float, MatterView]] = []
    kept = 0
    # of an alert that was raised again in the same scan, as it was raised last
    raised = {alert.story_id: alert for alert in sorted(gathered.alerts[school.urn], key=lambda a: a.times)}
    sealed = {story for story, pairs in stories.items() if any(v.restricted for _, v in pairs)}
    sealed |= {alert.story_id for alert in gathered.alerts[school.urn] if alert.restricted}
    for story, pairs in ((story, pairs) for story, pairs in stories.items() if story not in sealed):
        # what is from before we began stands apart, but in an alert
        old = [] if story in raised else [pair for pair in pairs if pair[1].history is not None]
        new = [pair for pair in pairs if pair not in old]
        line = _place_story(story, old, gathered.sources)[1] if old else None
        if line and (not new or line.severity >= Severity.TODAY):
            lines["before"].append(line)
        if not new:
            continue
        section, line = _place_story(story, new, gathered.sources)
        if story in raised:
            alert = raised[story]
            line = replace(line, severity=max(line.severity, alert.severity), number=alert.number)
        lines[section].append(line)
        if line.relevance is Relevance.UNSURE:
            lines["unsure"].append(line)
        if section == "look":
            asking = [v for _, v in new if v.look]
            surely = any(map(beyond_cap, asking))
            kept += surely
            looks.append((not surely, -max(v.look_rank for v in asking), line))
    judged = sum(v.history is None for pairs in stories.values() for _, v in pairs)
    room = max(1, int(look_share * judged)) + kept
    ranked = [line for *_, line in sorted(looks, key=lambda x: x[:2])]
    return SchoolSummary(
        school=school,
        restricted=tuple(story for story in stories if story in sealed),
        restricted_alerts=tuple(a for a in raised.values() if a.story_id in sealed),
        today=_order_lines(lines["today"]),
        to_look_at=tuple(ranked[:room]),
        more_to_look_at=len(ranked[room:]),
        to_answer=_order_lines(lines["answer"]),
        good_news=_order_lines(lines["good"]),
        unsure=_order_lines(lines["unsure"]),
        before=_order_lines(lines["before"]),
        noted=len(lines["note"]),
        not_about=gathered.not_about[school.urn]
        + sum(count for of, count in gathered.judged_for.items() if school.urn in of.urns),
        pass_on=gathered.pass_on[school.urn],
    )


def _place_story(
    story: str, shown: Sequence[_Judged], sources: Mapping[str, Source]
) -> tuple[str, MatterView]:
    """The section a story stands in, and its line there."""
    top = gravest_verdict([v for _, v in shown])
    section = _section(shown, top)
    if section == "look":
        top = max((v for _, v in shown if v.look), key=lambda v: v.look_rank)
    return section, _line(story, shown, top, sources)


def _section(shown: Sequence[_Judged], top: Verdict) -> str:
    if top.severity >= Severity.TODAY:
        return "today"
    if any(v.look for _, v in shown):
        return "look"
    if top.route is Route.RESPOND:
        return "answer"
    if top.route is Route.THANK or tone_of(top) is Sentiment.POSITIVE:
        return "good"
    return "note"


def _line(story: str, shown: Sequence[_Judged], top: Verdict, sources: Mapping[str, Source]) -> MatterView:
    mention = next(m for m, v in shown if v is top)
    printed = top.event is not None and bool(mention.title)
    source = sources.get(mention.id)
    return MatterView(
        story,
        top.urn,
        Access.WORDS,
        top=top,
        relevance=top.relevance,
        severity=top.severity,
        route=top.route,
        because=reasons_of(top),
        title="" if top.severity >= Severity.TODAY else excerpt(mention),
        headline=Headline(mention.title, mention.url, (source.id,) if source else ()) if printed else None,
        channels=(mention.channel,),
        places=len({m.url.split("/")[2] if "//" in m.url else m.channel for m, _ in shown}),
        people=len({m.author or m.id for m, _ in shown if m.kind is not MentionKind.ARTICLE}),
        posted_at=min(m.published or m.fetched_at for m, _ in shown),
    )


def _order_lines(lines: Sequence[MatterView]) -> tuple[MatterView, ...]:
    first = datetime.min.replace(tzinfo=UTC)
    return tuple(
        sorted(lines, key=lambda v: (-v.severity, -route_rank(v.route or Route.IGNORE), v.posted_at or first))
    )


def excerpt(mention: Mention) -> str:
    """The headline of an article, else the beginning of what was said, cut at a word."""
    text = " ".join((mention.title if mention.kind == "article" else mention.text or mention.title).split())
    if len(text) <= EXCERPT_CHARS:
        return text
    return text[:EXCERPT_CHARS].rsplit(" ", 1)[0].rstrip(",;:–-") + " …"


YOURSELF = "Tell these people yourself: schoolgate alerts list"
_WIDTH = 78
SHOWN = 8
"""How many lines a section shows before it says how many more there are."""

_BEFORE = "   over 7 days old when we first read there, so nobody was told"
_NEWS = ("today", "to_look_at", "to_answer", "good_news")

_EXITS = {
    1: "exit 1: nothing could be judged and saved, through our fault. To see why: schoolgate doctor",
    3: "exit 3: done, but some sources failed",
}
_CUT_SHORT = "exit 1: the sources were read, but not every later step could be done"


def scan_lines(summary: ScanSummary, zone: ZoneInfo) -> Iterator[str]:
    """The whole table, a line at a time, without a line for an empty section."""
    if summary.only_looked:
        yield words("en")("assessment.looked")
        if summary.dangers:
            yield words("en")("assessment.by_desk", places=words("en").list_items([*summary.dangers]))
        yield ""
    for source in summary.unsaved:
        yield from unsaved_lines(source)
    quiet = [part for part in summary.schools if _quiet(part, summary)]
    alike = quiet if len(quiet) > 1 else []
    for part in summary.schools:
        if not (alike and part in alike):
            yield from _school_lines(part, summary, zone)
    yield from _quiet_lines(alike, summary, zone)
    read = count_words(summary.mentions_read, "post")
    new = count_words(summary.new_stories, "new story", "new stories")
    news = f", {new}" if summary.schools else ""
    yield (f"Checked {summary.sources_seen} of {summary.sources_checked} sources, {read} read{news}.")
    yield from _note_lines("Not seen: ", summary.not_seen, summary.at, zone)
    yield from _note_lines("In part:  ", summary.in_part, summary.at, zone)
    yield from delivery_lines(summary.delivered, summary.waiting_messages)
    found = summary.looked_again
    if found:
        said = ", ".join(
            f"{n} {code_words('check', check, words('en'))}" for check, n in sorted(found.items())
        )
        yield f"Looked again at {count_words(sum(found.values()), 'post')} of cases: {said}."
    if summary.cut_short and summary.exit != 1:
        yield _CUT_SHORT
    elif summary.exit:
        yield _EXITS[summary.exit]
    told = any(getattr(part, name) for part in summary.schools for name in (*_NEWS, "before"))
    told = told or any(part.restricted_alerts for part in summary.schools)
    if told and summary.exit != 1 and not summary.only_looked:
        yield "Read all of it at the desk."


def _without_alerts(summary: ScanSummary) -> ScanSummary:
    """Leave out the alerts and cases of a look, of which none is kept."""
    schools = (
        replace(
            part,
            restricted=(),
            restricted_alerts=(),
            today=tuple(replace(view, number="") for view in part.today),
        )
        for part in summary.schools
    )
    return replace(summary, schools=tuple(schools), cases={})


def unsaved_lines(source: Source) -> Iterator[str]:
    """Say that something urgent was read there, and what to do as nobody was told."""
    yield f"! URGENT, AND NOT SAVED   {source.name or source.id}: nobody was told. Look there yourself:"
    yield f"    schoolgate source test {source.id}   if a child is in danger, ring 999"


def _school_lines(part: SchoolSummary, summary: ScanSummary, zone: ZoneInfo) -> Iterator[str]:
    yield f"{part.school.name} ({school_key_words(part.school.urn)}) · {_scan_of(summary, zone)}"
    yield ""
    yield from _with_the_dsl(part, summary, zone)
    # the cases that are open again, and at which places they are back
    for one in _again(part, summary):
        case, w = one.case, words("en")
        copies = [p.n for p in case.places if p.mention_id and p.mention_id in one.copies]
        where = w.list_items([numbered_site(case, n, w) or case.number for n in copies or [case.place]])
        what = "the same words are there" if copies else "it is there again"
        yield f"● CASE {case.id} IS OPEN AGAIN   {where}: {what}"
    yield from _shown_of("● TODAY", part.today, summary, zone, next_step=not summary.only_looked)
    yield from _shown_of("◐ WORTH A LOOK", part.to_look_at, summary, zone)
    if part.more_to_look_at:
        yield f"    … and {part.more_to_look_at} less likely, at the desk"
    yield from _shown_of("○ TO ANSWER", part.to_answer, summary, zone)
    yield from _shown_of("○ GOOD NEWS", part.good_news, summary, zone)
    yield from _shown_of("○ FROM BEFORE WE BEGAN", part.before, summary, zone, note=_BEFORE)
    if part.unsure:
        yield f"? NOT SURE IT IS US  {len(part.unsure)}"
    if part.pass_on:
        yield f"! ABOUT ANOTHER SCHOOL, AND SERIOUS  {part.pass_on}   for the DSL: pass it on?"
    if not (_has_alerts(part) or _again(part, summary)):
        yield "Nothing new about you." if part.seen else "Nothing could be read."
    if part.noted or part.not_about:
        yield f"  {part.noted} noted, nothing to do · {part.not_about} not about you"
    yield ""


def _scan_of(summary: ScanSummary, zone: ZoneInfo) -> str:
    local = summary.at.astimezone(zone)
    took = f"{summary.seconds:.0f} s" if summary.seconds >= 1 else "under 1 s"
    return f"scan of {local:%a} {local.day} {local:%b %Y, %H:%M} · {took}"


def _has_alerts(part: SchoolSummary) -> bool:
    return bool(part.restricted or any(getattr(part, name) for name in _NEWS))


def _again(part: SchoolSummary, summary: ScanSummary) -> list[Rechecked]:
    return [one for one in summary.opened_again if one.case.urn == part.school.urn]


def _quiet(part: SchoolSummary, summary: ScanSummary) -> bool:
    """Is there nothing to say of the school but that there is nothing?"""
    return not (
        _has_alerts(part)
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
            yield f"{said} {count_words(len(names), 'school')}: {some(names)}."
    noted, other = sum(part.noted for part in quiet), sum(part.not_about for part in quiet)
    if noted or other:
        yield f"  {noted} noted, nothing to do · {other} not about them"
    yield ""


def _with_the_dsl(part: SchoolSummary, summary: ScanSummary, zone: ZoneInfo) -> Iterator[str]:
    if not part.restricted:
        return
    told = f"   raised at {part.restricted_at.astimezone(zone):%H:%M}" if part.restricted_at else ""
    known = ((a.number, summary.cases.get(a.story_id, ())) for a in part.restricted_alerts[:SHOWN])
    ids = "".join(f", {'case' if cases else 'alert'} {number_of(n, cases)}" for n, cases in known)
    yield f"● WITH THE DSL   {len(part.restricted)}{told}{ids}"
    if len(part.restricted_alerts) > SHOWN:
        yield f"    … and {len(part.restricted_alerts) - SHOWN} more: schoolgate alerts list"


def _shown_of(
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
    cases = summary.cases.get(line.story_id, ())
    called = f"alert {line.number}" if line.number else f"story {line.story_id[:8]}"
    called = f"case {', '.join(cases)}" if cases else called
    many = [f"{n} {what}" for n, what in ((line.places, "sources"), (line.people, "people")) if n > 1]
    unsure = ["perhaps another school"] if line.relevance is Relevance.UNSURE else []
    where = channel_name(line.channels[0], words("en"))
    first = [_when(line.posted_at, summary.at, zone), where, *many, *unsure]
    yield f"  {called}  {', '.join(first)}"
    for said in (describe_view(line, summary), view_headline(line, summary) if grave(line) else ""):
        yield from _below(said, "      ")
    if next_step:
        event = line.top.event if line.top else None
        then = what_next(line.route or Route.NOTE, words("en"), line.severity, line.part, event)
        yield from _below(then, "        ", "      → ")


def _below(text: str, indent: str, first: str = "") -> list[str]:
    """A text in lines of an entry, cut between words; `first` stands before the first of them."""
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first or indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _when(when: datetime | None, at: datetime, zone: ZoneInfo) -> str:
    if when is None:
        return ""
    local, today = when.astimezone(zone), at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == today.date() else words("en").brief_day(local, today, zone)


def _note_lines(title: str, notes: Sequence[SourceNote], at: datetime, zone: ZoneInfo) -> Iterator[str]:
    """Each place and why; of one reason for several, which may be long, it is said once."""
    alike: dict[str, list[str]] = {}
    for note in notes:
        alike.setdefault(_why(note, at, zone), []).append(note.source.name or note.source.id)
    for n, (why, names) in enumerate(alike.items()):
        yield f"{title if n == 0 else ' ' * len(title)}{', '.join(names)} ({why})"


def _why(note: SourceNote, at: datetime, zone: ZoneInfo) -> str:
    if note.outcome.is_seen:
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
    """“ since Sunday, longer than usual”, as far as its history tells."""
    last = note.unseen.since if note.unseen else note.before.last_ok_at
    if last is None or not (note.unseen or note.before.failures_in_a_row):
        return ""
    w = words("en")
    day = w.weekday(last, zone) if at - last < timedelta(days=6) else w.brief_day(last, at, zone)
    return f" since {day}{', longer than usual' if note.unseen else ''}"


def delivery_lines(delivered: Delivered | None, waiting: int) -> Iterator[str]:
    """Say how many were sent, were not and why, or wait, and what to do; None: nothing was tried."""
    wait = f"{count_words(waiting, 'message')} {'waits' if waiting == 1 else 'wait'}"
    if delivered is None:
        if waiting:
            yield f"{wait}, and nothing was sent. {YOURSELF}"
        return
    if delivered.sent:
        yield f"{count_words(delivered.sent, 'message')} sent."
    causes = "; ".join(words("en")(f"failure.cause.{cause}") for cause in delivered.causes)
    why = f": {causes}" if causes else ""
    if delivered.failed:
        failed = count_words(delivered.failed, "message")
        yield f"{failed} could not be sent{why}. To see what is wrong: schoolgate doctor"
    if delivered.unsure:
        unsure = count_words(delivered.unsure, "message")
        yield f"{unsure} may have arrived: the server hung up. None is sent twice."
    if waiting and not delivered.mail:
        yield f"{wait}: {NO_MAIL[delivered.by_choice]}. {YOURSELF}"
    elif waiting and (delivered.retried or delivered.cut_short):
        yield f"{wait}{why}. The next scan or the service will try again. {YOURSELF}"
    elif waiting:
        yield f"{wait} for the right hour. The next scan or the service will send what is due."


def grave(view: MatterView) -> bool:
    """Is its gravest post to be dealt with today?"""
    return view.top is not None and view.top.severity >= Severity.TODAY


def describe_view(view: MatterView, summary: ScanSummary) -> str:
    """Say its kind where grave, else a headline or the beginning; without words, the kind of post."""
    if not grave(view) and (said := view_headline(view, summary) or view.title):
        return said
    if view.top is None:
        return view.title
    return describe(view.top, words("en")) if grave(view) else describe_verdict(view.top, words("en"))


def view_headline(view: MatterView, summary: ScanSummary) -> str:
    if view.headline is None:
        return ""
    sources = [summary.sources[i] for i in view.headline.source_ids if i in summary.sources]
    names = {source.id: source.name for source in sources if source.name}
    papers = frozenset(source.id for source in sources if not source.surfaced)
    return in_print(view.headline, papers, names, words("en"))


def summary_document(summary: ScanSummary) -> dict[str, object]:
    """The scan as JSON values. Times are ISO 8601 in UTC; restricted matters are counts alone."""
    return {
        "schools": [{"urn": s.school.urn, "name": s.school.name} for s in summary.schools],
        "needs_you": [_restricted_counts(s) for s in summary.schools if s.restricted or s.pass_on],
        **{key: _all(summary, key) for key in (*_NEWS, "unsure")},
        "from_before": _all(summary, "before"),
        "only_looked": summary.only_looked,
        "may_be_dangers_at": list(summary.dangers),
        "urgent_unsaved": [{"source": s.id, "name": s.name} for s in summary.unsaved],
        "not_seen": [_note_json(n) for n in summary.not_seen],
        "counts": {
            **pick_fields(summary, "sources_checked sources_seen mentions_read new_stories"),
            "noted": sum(s.noted for s in summary.schools),
            "not_about": sum(s.not_about for s in summary.schools),
            "messages_waiting": summary.waiting_messages,
            "messages_sent": summary.delivered.sent if summary.delivered else 0,
            "messages_failed": summary.delivered.failed if summary.delivered else 0,
            "looked_again": dict(summary.looked_again),
            "opened_again": [one.case.id for one in summary.opened_again],
            "read_in_part": [_note_json(n) for n in summary.in_part],
            "started_at": utc_json(summary.at),
            "seconds": round(summary.seconds, 1),
        },
        "exit": 1 if summary.cut_short else summary.exit,
    }


def _all(summary: ScanSummary, section: str) -> list[dict[str, object]]:
    return [_line_json(s.school.urn, v, summary) for s in summary.schools for v in getattr(s, section)]


def _restricted_counts(part: SchoolSummary) -> dict[str, object]:
    return {
        "urn": part.school.urn,
        "with_the_dsl": len(part.restricted),
        "alerts": [a.number for a in part.restricted_alerts],
        "raised_at": plain_json(part.restricted_at),
        "about_another_school": part.pass_on,
    }


def _line_json(urn: str, line: MatterView, summary: ScanSummary) -> dict[str, object]:
    return {
        "urn": urn,
        "story": line.story_id,
        "when": plain_json(line.posted_at),
        "channel": line.channels[0],
        "what": describe_view(line, summary),
        "route": line.route.value if line.route else None,
        "severity": int(line.severity),
        **pick_fields(line, "places people"),
        "perhaps_another_school": line.relevance is Relevance.UNSURE,
        "reasons": [pick_fields(reason, "code text") for reason in line.because],
        "cases": list(summary.cases.get(line.story_id, ())),
    }


def _note_json(note: SourceNote) -> dict[str, object]:
    return {
        "source": note.source.id,
        "name": note.source.name,
        **pick_fields(note, "outcome detail"),
        "last_seen": plain_json(note.before.last_ok_at),
        "failures_before": note.before.failures_in_a_row,
    }


_NOT_ASKED_FOR: dict[str, Any] = dict.fromkeys(("seen", "matches", "stories", "outbox", "article_reads"), ())
_SECTIONS = ("today", "to_look_at", "to_answer", "good_news", "unsure", "before")
"""The parts of a school's summary that hold stories."""


def known_scan(con: Connection, reader: Reader, summary: ScanSummary) -> ScanSummary:
    """Keep what the reader may know of a scan, without what somebody marked as done with."""
    stories = stories_of(summary)
    known = reader.look(con, stories)
    stored = known.stored
    access = {story: much for story, much in known.access.items() if stored.ending_mark(story) is None}
    cases = {story: numbers for story in stories if (numbers := known.open_cases(story))}
    parts = {story: part_of(reader.person, stored.by_story[story]) for story in known.access}
    sealed = {story for story in known.access if stored.by_story[story].restricted}
    return limit_summary(summary, access, cases, parts, sealed)


def stories_of(summary: ScanSummary) -> dict[str, str]:
    """The school (URN) of every story that a summary tells of, by the story's id."""
    found = dict(summary.fresh)
    for part in summary.schools:
        lines = (line.story_id for section in _SECTIONS for line in getattr(part, section))
        alerts = (alert.story_id for alert in part.restricted_alerts)
        found |= dict.fromkeys((*lines, *part.restricted, *alerts), part.school.urn)
    return found


def limit_summary(
    summary: ScanSummary,
    known: Mapping[str, Access],
    cases: Mapping[str, tuple[str, ...]],
    parts: Mapping[str, ReaderPart],
    sealed: Collection[str] = (),
) -> ScanSummary:
    """Limit a scan to what may be known of it, by story: `known` says how much, `cases` are the open ones
    they may know of, `parts` the reader's part in each; those that are `sealed` are counted alone.

    A story that may not be known of is left out of every count that could tell of it.
    """
    hidden = {story for story in stories_of(summary) if known.get(story, Access.NOTHING) is Access.NOTHING}

    def limit_line(line: MatterView) -> MatterView:
        line, much = replace(line, part=parts[line.story_id]), known[line.story_id]
        words_too = much is Access.WORDS
        return line if words_too else replace(line, access=much, title="", headline=None, because=())

    def limit_part(part: SchoolSummary) -> SchoolSummary:
        """Leave out what is hidden, and count alone what was restricted before this scan."""
        lines = {name: [v for v in getattr(part, name) if v.story_id not in hidden] for name in _SECTIONS}
        apart = [v.story_id for of in lines.values() for v in of if v.story_id in sealed]
        sections: dict[str, Any] = {
            name: tuple(limit_line(v) for v in of if v.story_id not in sealed) for name, of in lines.items()
        }
        restricted = dict.fromkeys(story for story in (*part.restricted, *apart) if story not in hidden)
        alerts = tuple(a for a in part.restricted_alerts if a.story_id not in hidden)
        return replace(part, restricted=tuple(restricted), restricted_alerts=alerts, **sections)

    return replace(
        summary,
        schools=tuple(map(limit_part, summary.schools)),
        new_stories=summary.new_stories - len(hidden & set(summary.fresh)),
        cases=cases,
    )


def scan_once(
    config: Config,
    store: Store,
    judges: Callable[[], Judges],
    fetcher: Fetcher,
    *,
    clock: Clock,
    since: datetime | None,
    progress: Progress,
    saved: Callable[[Batch], None] = lambda batch: None,
    timings: Timings | None = None,
    back: Callable[..., Iterable[FinishedSource]] | None = None,
) -> ScanSummary:
    """One pass over every source, and what is read `back` after it, sorted for its reader. What is `saved` is
    said at once."""

    def note_replies(replies: Sequence[MailReply], now: datetime) -> None:
        from monitor.act.matter import take_replies

        take_replies(store, wiring.make_context(config, store.home), replies, now)

    began, ticks = clock(), time.monotonic()
    done: list[FinishedSource] = []
    given: dict[str, Any] = {
        "store": store, "fetcher": fetcher, "judges": cache(judges), "clock": clock,
        "started": progress.start_source, "timings": timings,
    }  # fmt: skip
    ask = partial(ask_source, replied=note_replies)
    entries: Iterable[FinishedSource] = scan_sources(config.sources, since=since, ask=ask, **given)
    with progress.over(config.sources):
        for entry in chain(entries, back(**given)) if back else entries:
            saved(entry.batch)
            # all of them are kept until the end, without what the summary does not ask for
            done.append(replace(entry, batch=replace(entry.batch, articles={}, **_NOT_ASKED_FOR)))
            progress.finish_source(entry.source, entry.batch.run)
            if entry.failed is not None and entry.failed.urgent:
                progress.warn(unsaved_lines(entry.source))
    order = {source.id: n for n, source in enumerate(config.sources)}
    summary = summarise(
        [(d.source, d.before, d.batch) for d in sorted(done, key=lambda d: order[d.source.id])],
        config.schools,
        started=began,
        finished=began + timedelta(seconds=time.monotonic() - ticks),
        waiting_messages=count_unsent(store, clock()),
        look_share=config.policy.look_share,
        hours=config.school_hours,
    )
    return replace(summary, unsaved=tuple(d.source for d in done if d.failed and d.failed.urgent))


def count_unsent(store: Store, now: datetime) -> int:
    """Count the messages that wait; 0 where the store cannot be read: the end of a scan tells that itself."""
    try:
        with store.open_reader() as con:
            return count_waiting(con, now)
    except StoreError:
        return 0


def show_summary(summary: ScanSummary, reader: Reader, *, as_json: bool, say: Say) -> None:
    """Print what this person may know of it: the table, or the one JSON document.

    Raises StoreError where the store does not say what they may know: then they see how the sources fared.
    """
    fault: StoreError | None = None
    try:
        with reader.store.open_reader() as con:
            seen = known_scan(con, reader, summary)
    except StoreError as error:
        fault = error
        seen = replace(summary, schools=(), new_stories=0, fresh={}, cut_short=True)
    if summary.only_looked:
        seen = _without_alerts(seen)
    if reader.person is None:
        say_on_stderr(WHO_YOU_ARE)
    for line in [in_json(summary_document(seen))] if as_json else scan_lines(seen, reader.config.zone):
        say(line)
    if fault is not None:
        raise fault
