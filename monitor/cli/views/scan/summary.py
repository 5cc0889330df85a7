"""What a scan found, sorted for its reader: values only, no text layout.

A story of which anything is restricted gives a count and nothing else, and its alert stands once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from data import types
from data.digest import Headline
from data.judged import beyond_cap, gravest, reasons_of, route_rank, tone_of
from data.matters import Access, Holder, MatterView
from data.register.calendar import SchoolHours
from data.store.mentions.batch import Batch
from data.store.mentions.school_sets import SchoolSet
from monitor.act.casework.recheck import Rechecked
from sources.source_health import SourceTrouble, Unseen, unseen

if TYPE_CHECKING:
    from monitor.service.delivery import Delivered

EXCERPT_CHARS = 72
_Judged: TypeAlias = tuple[types.Mention, types.Verdict]


@dataclass(frozen=True, slots=True)
class SchoolSummary:
    """One school's part of a scan. `restricted` are the ids of stories for the DSL alone, counted only;
    `restricted_alerts` what was raised of such.

    A story is by its gravest post, `posted_at` its earliest publication or first sight, `number` that of the
    alert that it raised. `before` is what was posted long before its place was first read (`from_before`),
    unless it alerted. `seen` is False where none of the sources watched for it could be seen.
    """

    school: types.School
    restricted: tuple[str, ...] = ()
    restricted_alerts: tuple[types.Alert, ...] = ()
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


@dataclass(frozen=True, slots=True)
class SourceNote:
    """A source that could not be seen, or only in part, or that has been silent.

    `unseen` is set where that has lasted longer than its own history makes likely.
    """

    source: types.Source
    outcome: types.Outcome
    detail: str
    before: types.SourceState
    unseen: Unseen | None = None


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """A whole scan. `exit` is 0, 3 where some sources failed, 1 where all did for a fault of ours.

    `cases` are the open cases by story. `delivered` is None where nothing was to be sent. `looked_again`
    counts the posts of cases that were due to be looked at again, by what was found (a `Check`).
    `opened_again` are the looks, and the copies found, that opened a case again.
    `fresh` are the stories that are new: the school (URN) of each, by id. `held` says by story who has it, of
    the `people` of the settings.
    `unsaved` are sources of which something urgent could not be saved, so that nobody is told of it.
    `sources` are those that were read, by id.
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
    held: Mapping[str, Holder] = field(default_factory=dict)
    people: tuple[types.Person, ...] = ()
    unsaved: tuple[types.Source, ...] = ()
    cut_short: bool = False
    sources: Mapping[str, types.Source] = field(default_factory=dict)


@dataclass(slots=True)
class _Gathered:
    """By school (urn); `verdicts` by story too. `judged_for` counts what was judged for a whole set: it is
    about none of its schools that has no verdict of it."""

    verdicts: dict[str, dict[str, list[_Judged]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    not_about: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    judged_for: dict[SchoolSet, int] = field(default_factory=lambda: defaultdict(int))
    pass_on: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    alerts: dict[str, list[types.Alert]] = field(default_factory=lambda: defaultdict(list))
    sources: dict[str, types.Source] = field(default_factory=dict)


def summarise(
    done: Sequence[tuple[types.Source, types.SourceState, Batch]],
    schools: Sequence[types.School],
    *,
    started: datetime,
    finished: datetime,
    waiting_messages: int,
    look_share: float,
    hours: Callable[[types.Source], SchoolHours],
) -> ScanSummary:
    """Sort everything one scan saved. `look_share` bounds "worth a look" (share of mentions judged); `hours`
    are those in which the silence of a source is counted."""
    gathered = _gather((source, batch) for source, _, batch in done)
    fresh = {f.story_id: f.urn for _, _, batch in done for f in batch.folded if f.how == "new"}
    seen = [entry for entry in done if entry[2].run.outcome.seen]
    failed = [entry for entry in done if not entry[2].run.outcome.seen]
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
        sources_checked=len(done),
        sources_seen=len(seen),
        mentions_read=sum(batch.run.mentions_read for _, _, batch in done),
        new_stories=len(fresh),
        not_seen=tuple(_note(s, b, batch.run, hours(s)) for s, b, batch in (*failed, *silent)),
        in_part=tuple(
            SourceNote(s, batch.run.outcome, batch.run.detail or batch.run.warnings[0], b)
            for s, b, batch in seen
            if batch.run.warnings
        ),
        waiting_messages=waiting_messages,
        exit=_exit([batch.run.outcome for _, _, batch in done]),
        fresh=fresh,
        sources={source.id: source for source, _, _ in done},
    )


def _exit(outcomes: Sequence[types.Outcome]) -> int:
    """1 where a fault of ours ended every run, 3 where some sources failed, else 0."""
    on = [o for o in outcomes if o is not types.Outcome.DISABLED]
    if on and all(o is types.Outcome.OUR_FAULT for o in on):
        return 1
    return 0 if all(o.seen for o in on) else 3


def _note(
    source: types.Source, before: types.SourceState, run: types.SourceRun, hours: SchoolHours
) -> SourceNote:
    return SourceNote(source, run.outcome, run.detail, before, unseen(before, run.finished_at, hours))


def _silent(before: types.SourceState, run: types.SourceRun, hours: SchoolHours) -> bool:
    """It answers, but has brought nothing new for much longer than usual."""
    found = unseen(before, run.finished_at, hours) if run.mentions_new == 0 else None
    return found is not None and found.trouble is SourceTrouble.SILENT


def _gather(batches: Iterable[tuple[types.Source, Batch]]) -> _Gathered:
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
            story = story_of.get((verdict.mention_id, verdict.urn))
            if story is None:
                out.not_about[verdict.urn] += 1
            else:
                out.verdicts[verdict.urn][story].append((mentions[verdict.mention_id], verdict))
        for alert in batch.alerts:
            out.alerts[alert.urn].append(alert)
    return out


def _school(school: types.School, gathered: _Gathered, look_share: float) -> SchoolSummary:
    stories = gathered.verdicts.get(school.urn, {})
    lines: dict[str, list[MatterView]] = defaultdict(list)
    looks: list[tuple[bool, float, MatterView]] = []
    kept = 0
    raised = _raised(gathered.alerts[school.urn])
    sealed = {story for story, pairs in stories.items() if any(v.restricted for _, v in pairs)}
    sealed |= {alert.story_id for alert in gathered.alerts[school.urn] if alert.restricted}
    for story, pairs in ((story, pairs) for story, pairs in stories.items() if story not in sealed):
        new, old = _parts(pairs, alerted=story in raised)
        if (
            old
            and (line := _placed(story, old, gathered.sources)[1])
            and (not new or line.severity >= types.Severity.TODAY)
        ):
            lines["before"].append(line)
        if not new:
            continue
        section, line = _placed(story, new, gathered.sources)
        if story in raised:
            alert = raised[story]
            line = replace(line, severity=max(line.severity, alert.severity), number=alert.number)
        lines[section].append(line)
        if line.relevance is types.Relevance.UNSURE:
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
        today=_ordered(lines["today"]),
        to_look_at=tuple(ranked[:room]),
        more_to_look_at=len(ranked[room:]),
        to_answer=_ordered(lines["answer"]),
        good_news=_ordered(lines["good"]),
        unsure=_ordered(lines["unsure"]),
        before=_ordered(lines["before"]),
        noted=len(lines["note"]),
        not_about=gathered.not_about[school.urn]
        + sum(count for of, count in gathered.judged_for.items() if school.urn in of.urns),
        pass_on=gathered.pass_on[school.urn],
    )


def _raised(alerts: Iterable[types.Alert]) -> dict[str, types.Alert]:
    """The alert of each story: of one that was raised again in the same scan, as it was raised last."""
    found: dict[str, types.Alert] = {}
    for alert in alerts:
        found[alert.story_id] = max(found.get(alert.story_id, alert), alert, key=lambda a: a.times)
    return found


def _parts(pairs: Sequence[_Judged], *, alerted: bool) -> tuple[list[_Judged], list[_Judged]]:
    """What is new of a story, and what is from before we began; all is new in an alert."""
    old = [] if alerted else [pair for pair in pairs if pair[1].history is not None]
    return [pair for pair in pairs if alerted or pair[1].history is None], old


def _placed(
    story: str, shown: Sequence[_Judged], sources: Mapping[str, types.Source]
) -> tuple[str, MatterView]:
    """The section a story stands in, and its line there."""
    top = gravest([v for _, v in shown])
    section = _section(shown, top)
    if section == "look":
        top = max((v for _, v in shown if v.look), key=lambda v: v.look_rank)
    return section, _line(story, shown, top, sources)


def _section(shown: Sequence[_Judged], top: types.Verdict) -> str:
    if top.severity >= types.Severity.TODAY:
        return "today"
    if any(v.look for _, v in shown):
        return "look"
    if top.route is types.Route.RESPOND:
        return "answer"
    if top.route is types.Route.THANK or tone_of(top) is types.Sentiment.POSITIVE:
        return "good"
    return "note"


def _line(
    story: str,
    shown: Sequence[_Judged],
    top: types.Verdict,
    sources: Mapping[str, types.Source],
) -> MatterView:
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
        title="" if top.severity >= types.Severity.TODAY else excerpt(mention),
        headline=Headline(mention.title, mention.url, (source.id,) if source else ()) if printed else None,
        channels=(mention.channel,),
        places=len({m.url.split("/")[2] if "//" in m.url else m.channel for m, _ in shown}),
        people=len({m.author or m.id for m, _ in shown if m.kind is not types.MentionKind.ARTICLE}),
        posted_at=min(m.published or m.fetched_at for m, _ in shown),
    )


def _ordered(lines: Sequence[MatterView]) -> tuple[MatterView, ...]:
    return tuple(sorted(lines, key=_order))


def _order(view: MatterView) -> tuple[int, int, datetime]:
    posted_at = view.posted_at or datetime.min.replace(tzinfo=UTC)
    return -view.severity, -route_rank(view.route or types.Route.IGNORE), posted_at


def excerpt(mention: types.Mention, chars: int = EXCERPT_CHARS) -> str:
    """The headline of an article, else the beginning of what was said, cut at a word."""
    text = " ".join((mention.title if mention.kind == "article" else mention.text or mention.title).split())
    if len(text) <= chars:
        return text
    return text[:chars].rsplit(" ", 1)[0].rstrip(",;:–-") + " …"
