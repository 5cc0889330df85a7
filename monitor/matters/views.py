"""Alerts, stories and cases as much as one reader may know of them: read in bulk, for a list and for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.access.matter import part_of
from alerts.next_date import next_date, to_decide
from alerts.said_time import times_named
from data.cases import Case, CasePlace
from data.ids import number_of
from data.judged import gravest_verdict, is_danger, is_enquiry, may_endanger, part_at
from data.matters import DECIDE, SOMEBODY, Access, Action, ActKind, MatterView, PostView, SaidTime
from data.store import mentions as mention_store
from data.store import stories as story_store
from data.store.digest import article_headlines
from data.store.digest import view_posts as posts_of
from data.store.engine.connect import Connection
from data.store.stories import StoryRow
from data.types import Alert, Escalation, Owner, Reason, Severity, Verdict
from monitor.matters.reader import KnownMatters, Reader, may_take_unread

TELL_OF_A_CONFLICT = frozenset(("subject_excluded", "related_excluded", "fallback", "nobody_left"))
"""Codes of the reasons that say that somebody is kept out of it."""


def limit_verdict(verdict: Verdict, access: Access) -> Verdict:
    """A verdict: without the words of its reasons, and nobody's id."""
    if access is Access.WORDS:
        return verdict
    return replace(
        verdict,
        mention_id="",
        subject_person=verdict.subject_person and SOMEBODY,
        endangers=(),
        accuses=(),
        reasons=_codes(verdict.reasons),
    )


def reasons_as_far(reasons: Iterable[Reason], access: Access, *, conflicts: bool) -> tuple[Reason, ...]:
    """Why it was raised: as codes alone, and nothing of who is kept out of it."""
    shown = tuple(r for r in reasons if conflicts or r.code not in TELL_OF_A_CONFLICT)
    return shown if access is Access.WORDS else _codes(shown)


def case_as_far(case: Case, access: Access, *, own: bool) -> Case:
    """A case: nobody's id but, where it is the reader's `own`, of who recorded what for them."""
    if access is Access.WORDS:
        return case
    return replace(
        case,
        **_NOBODYS,
        **_nowhere(case),
        others=tuple(replace(here, **_nowhere(here)) for here in case.others),
        proposal=case.proposal and replace(case.proposal, by="", meant=()),
        consent_by=case.consent_by if own else None,
        support_by=case.support_by if own else None,
    )


_NOBODYS: Mapping[str, Any] = {
    **dict.fromkeys(("target", "assigned_to", "owner", "acting", "complainant_person", "classified_by")),
    **dict.fromkeys(("weighed", "decided_by", "consent_person", "hold_by", "sought_by", "chronology_by")),
    **dict.fromkeys(("chronology_author", "chronology_person")),
    **dict.fromkeys(("subjects", "audience", "copies"), ()),
    "opened_by": "",
}
"""What of a case names somebody, as nobody."""


def _nowhere(here: Case | CasePlace) -> dict[str, Any]:
    """One of its places without post, address, or anybody who was asked or asked them."""
    askings = tuple(replace(a, by="", reference="", channel="") for a in here.askings)
    return {"mention_id": None, "url": "", "hosting": {}, "askings": askings}


def _codes(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(Reason(r.code, "") for r in reasons)


def alert_views(
    con: Connection, reader: Reader, alerts: Sequence[Alert], now: datetime, finished: Iterable[str] = ()
) -> list[MatterView]:
    """List those of these alerts that the reader may know of; `finished` are ids with nothing to do."""
    known = reader.look(con, {a.story_id: a.urn for a in alerts})
    seen, ended = [a for a in alerts if known.tells_of(a.story_id)], frozenset(finished)
    escalated = known.stored.escalated
    views = [
        alert_view(reader, a, known, tuple(escalated.get(a.id, ())), now, finished=a.id in ended)
        for a in seen
    ]
    return _with_headlines(con, with_times(con, reader, known, views, now))


def alert_view(
    reader: Reader, alert: Alert, known: KnownMatters, escalated: tuple[Escalation, ...], now: datetime, *,
    finished: bool,
) -> MatterView:  # fmt: skip
    story, stored = alert.story_id, known.stored
    asked = (*alert.audience, *(s.person_id for s in escalated))
    matter, access = stored.by_story[story], known.access[story]
    words, holder = access is Access.WORDS, stored.holder(story)
    judged = stored.verdicts.get(story, ())
    restricted = alert.restricted or access is Access.EXISTS
    shown = () if restricted else tuple(v for v in judged if not v.restricted)
    conflicts, has = reader.conflicts(matter), stored.acknowledged.get(alert.id)
    if has is not None and not words:
        has = Owner(has.person if reader.is_me(has.person) else "", has.at)
    view = replace(
        _first_view(reader, known, story, alert.urn, alert, restricted=restricted),
        conflicts=conflicts,
        top=limit_verdict(gravest_verdict(shown), access) if shown else None,
        verdicts=tuple(limit_verdict(v, access) for v in shown),
        judged=bool(judged),
        asked=holder is None and any(map(reader.is_me, asked)),
        actions=(Action(ActKind.TAKE),) if may_take_unread(reader, known, story) else (),
        acknowledged=has,
        finished=finished,
    )
    if view.apart:
        return view
    view = replace(view, severity=alert.severity, raised_at=alert.raised_at)
    view = replace(view, times=alert.times, from_before=alert.posted_at)
    if restricted and not words:
        return view
    days, lane, due = reader.days(alert.urn), matter.bypass, None
    if days is not None and not finished:
        due = next_date(alert, stored.cases_of(story), days, now, had=holder is not None, lane=lane)
    view = replace(
        view,
        part=part_of(reader.person, matter),
        lane=lane,
        about=matter.about,
        route=alert.route,
        content_class=alert.content_class,
        because=reasons_as_far(alert.because, access, conflicts=conflicts),
        due=due,
    )
    if not words:
        return view
    excluded, warned = (alert.excluded, alert.warned) if conflicts else ((), ())
    return replace(view, audience=alert.audience, excluded=excluded, warned=warned, escalated=escalated)


def _first_view(
    reader: Reader, known: KnownMatters, story: str, urn: str, alert: Alert | None, *, restricted: bool
) -> MatterView:
    """View what whoever may know that it exists may know of a matter."""
    access, stored, cases = known.access[story], known.stored, known.open_cases(story)
    return MatterView(
        story,
        urn,
        access,
        reader=reader.id,
        alert_id=alert.id if alert else "",
        numbers=cases,
        number=number_of(alert.number, cases) if alert else "",
        restricted=restricted,
        holder=reader.holder(stored.holder(story), access),
        mark=reader.mark(stored.marks.get(story), access),
    )


def with_times(
    con: Connection, reader: Reader, known: KnownMatters, views: list[MatterView], now: datetime
) -> list[MatterView]:
    """Add the time that their gravest post names, and the words that weighed most in it, if shown."""
    locked = {case.story_id for case in known.stored.cases if case.locked}
    going = (v for v in views if v.words and not (v.finished or v.restricted or v.ending_mark))
    leads = [
        (v.story_id, v.urn, v.top.mention_id, is_danger(v) or may_endanger(judged) or is_enquiry(judged))
        for v in going
        if v.top and (judged := v.alert or v.top) and v.story_id not in locked
    ]
    posts = posts_of(con, [post for _, _, post, _ in leads])
    named = times_named(leads, posts, reader.days)
    read = {story: posts[post] for story, _, post, _ in leads if post in posts}
    shown = [
        _with_words(v, read[v.story_id], named.get(v.story_id)) if v.story_id in read else v for v in views
    ]
    return [with_deadline(v, v.said_time, reader, now) if v.said_time else v for v in shown]


def with_deadline(view: MatterView, said: SaidTime | None, reader: Reader, now: datetime) -> MatterView:
    """An enquiry of the press as due by the time that was `said` in it, whoever has it, until it ends."""
    alert, days = view.alert, reader.days(view.urn)
    if alert is None or days is None or not is_enquiry(alert) or view.ending_mark or view.finished:
        return view
    due = to_decide(alert, days, now, said)
    others = [view.due] if view.due and view.due.clock != DECIDE else []
    return replace(view, due=min((*others, due), key=lambda d: d.at))


def _with_words(view: MatterView, post: PostView, named: SaidTime | None) -> MatterView:
    part = part_at(view.top.weighed_most if view.top else None, post.title, post.text)
    return replace(view, said_time=named, weighed_most=part) if named or part else view


def _with_headlines(con: Connection, views: list[MatterView]) -> list[MatterView]:
    """Those that the press tells of with what it printed, for a reader who may know their words."""
    in_press = {v.alert_id: v.top for v in views if v.words and v.top is not None and v.top.event}
    if not in_press:
        return views
    found = article_headlines(con, in_press)
    return [replace(v, headline=found[v.alert_id]) if v.alert_id in found else v for v in views]


def story_views(
    con: Connection, reader: Reader, rows: Sequence[StoryRow], known: KnownMatters | None = None
) -> list[MatterView]:
    """List those of these stories that the reader may know of, without posts; `known` if looked up before."""
    known = known or reader.look(con, {row.id: row.urn for row in rows})
    seen = [row for row in rows if known.tells_of(row.id)]
    beside = _beside(con, reader, [row.id for row in seen])
    return [story_view(reader, row, known, beside=row.id in beside) for row in seen]


def story_view(reader: Reader, row: StoryRow, known: KnownMatters, *, beside: bool) -> MatterView:
    access, stored = known.access[row.id], known.stored
    alert = stored.alerts.get(row.id)
    restricted = row.restricted or access is Access.EXISTS
    view = _first_view(reader, known, row.id, row.urn, alert, restricted=restricted)
    if view.apart:
        return view
    view = replace(
        view,
        severity=max(row.top.severity, alert.severity if alert else Severity.NOTHING),
        beside=beside,
        mentions=row.mentions,
        last_seen=row.last_seen,
    )
    if view.restricted:
        return view
    return replace(
        view,
        part=part_of(reader.person, stored.by_story[row.id]),
        top=limit_verdict(row.top, access),
        relevance=row.relevance,
        title=row.title if access is Access.WORDS else "",
        channels=row.channels,
        sources=row.sources,
        places=row.places,
        people=row.authors,
        posted_at=row.published,
        first_seen=row.first_seen,
    )


def _beside(con: Connection, reader: Reader, story_ids: Sequence[str]) -> set[str]:
    """Those in whose thread a restricted post stands that they may know of."""
    beside = mention_store.stories_beside_restricted(con, story_ids)
    if not beside:
        return set()
    known = reader.look(con, story_store.restricted_stories(con))
    return {story for story, there in beside.items() if any(map(known.tells_of, there))}
