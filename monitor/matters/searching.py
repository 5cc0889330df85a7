"""Matters in lists: searched and narrowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from alerts.access.knowing import reads_what_is_open, sees_how_far_all_is
from alerts.access.offices import PERSONAL_DATA
from alerts.escalation import Open, tells_it
from alerts.next_date import SchoolDays, find_holder, next_date
from data.frozen import freeze
from data.judged import asks_something, is_of_this_hour
from data.matters import Access, MatterView
from data.people import people_of, schools_of
from data.search import Searched
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store.digest import shown_posts
from data.store.engine.connect import Connection
from data.store.stories import Narrowed, Spot, StoryRow, are_common, list_stories, stories_holding, story_page
from monitor.config.load import Config
from monitor.matters.reader import KnownMatters, Reader, read_matters, replay_cases
from monitor.matters.views import alert_views, story_views

# All matters that a reader may know of, a page at a time: by words, month, place, state and who has them.

_SPARE = 5
_LOOKED_AT = 5_000
"""So many are looked at for one page; whoever asks may go on from there."""
_NEWEST = 50
"""Once a common word stands in too few of so many, it is looked for in all."""


class State(StrEnum):
    """The state of a matter: nobody has it, somebody has, it is done with, or it never asked for anything."""

    OPEN = "open"
    HELD = "held"
    DONE = "done"
    CALM = "calm"


@freeze
class Wanted:
    """The search: words, what was posted within two moments, what a source (its id) carried, how far it is,
    who has it (a person's id), at these schools; None or "" where all is."""

    words: Searched | None = None
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    state: State | None = None
    holder: str = ""
    urns: Sequence[str] = ()

    @property
    def by_content(self) -> bool:
        """Does it ask for what only whoever may read a matter may find it by?"""
        return self.words is not None or bool(self.source)


def matters_page(
    con: Connection, reader: Reader, wanted: Wanted, after: Spot | None, limit: int
) -> tuple[tuple[MatterView, ...], Spot | None]:
    """List at most so many after that spot, what went on last first, with posts whose words may be shown; and
    where to go on, None at the end. What is restricted or locked is there only for whoever may read it, and
    never by its words or its place."""
    narrowed, found, looked = _narrow(reader, wanted), list[MatterView](), 0
    common = wanted.words is not None and are_common(con, wanted.words)
    size = limit + _SPARE
    while len(found) <= limit and looked < _LOOKED_AT:
        if common and looked >= _NEWEST:
            common, size = False, limit + _SPARE
        these = replace(narrowed, words=None) if common else narrowed
        rows = story_page(con, these, sorted(PERSONAL_DATA), after, size)
        found += _visible_views(con, reader, wanted, [story for story, _, _ in rows])
        looked += len(rows)
        if len(rows) < size:
            after = None
            break
        after, size = (rows[-1][2], rows[-1][0]), min(size * 2, _LOOKED_AT)
    if len(found) > limit:
        found = found[:limit]
        last = found[-1]
        assert last.last_seen is not None
        after = (last.last_seen, last.story_id)
    return tuple(_with_posts(con, found)), after


def _narrow(reader: Reader, wanted: Wanted) -> Narrowed:
    person, config = reader.required_person, reader.config
    here = [s.urn for s in schools_of(person, config.schools) if s.urn in wanted.urns]
    of_all = [urn for urn in here if reads_what_is_open(person, config.profile(urn))]
    if sees_how_far_all_is(person) and not wanted.by_content:
        of_all = here
    return Narrowed(
        of_all,
        [urn for urn in here if urn not in of_all],
        wanted.since,
        wanted.until,
        wanted.words,
        wanted.source,
        held=bool(wanted.holder) or wanted.state is State.HELD,
        ended=wanted.state is State.DONE,
        everybodys=wanted.by_content,
    )


def _visible_views(
    con: Connection, reader: Reader, wanted: Wanted, these: Sequence[str]
) -> Iterator[MatterView]:
    if wanted.words is not None:
        holding = stories_holding(con, wanted.words, these)
        these = [story for story in these if story in holding]
    rows = list_stories(con, story_ids=these, limit=len(these)) if these else []
    known = reader.look(con, {row.id: row.urn for row in rows})
    there = [row for row in rows if _may_find(known, row, wanted)]
    for view in story_views(con, reader, there, known):
        view = _with_state(known, view)
        if _is_wanted(view, wanted):
            yield view


def _may_find(known: KnownMatters, row: StoryRow, wanted: Wanted) -> bool:
    access = known.access.get(row.id, Access.NOTHING)
    if wanted.by_content:
        return access is Access.WORDS and not _is_sealed(known, row)
    return access is Access.WORDS or (access is Access.STATUS and not _is_sealed(known, row))


def _is_sealed(known: KnownMatters, row: StoryRow) -> bool:
    return known.stored.by_story[row.id].restricted or any(
        case.locked for case in known.stored.cases_of(row.id)
    )


def _with_state(known: KnownMatters, view: MatterView) -> MatterView:
    """It with how far it is, and what it was raised as."""
    cases, alert = known.stored.cases_of(view.story_id), known.stored.alerts.get(view.story_id)
    view = replace(
        view,
        restricted=view.restricted or known.stored.by_story[view.story_id].restricted,
        locked=any(case.locked for case in cases),
        finished=bool(cases) and all(case.closed_at is not None for case in cases),
    )
    if alert is None or view.is_sealed:
        return view
    view = replace(view, route=alert.route, content_class=alert.content_class)
    return replace(view, raised_at=alert.raised_at, times=alert.times)


def _is_wanted(view: MatterView, wanted: Wanted) -> bool:
    if wanted.source and wanted.source not in view.sources:
        return False
    if wanted.holder and not (view.holder and view.holder.person == wanted.holder):
        return False
    return wanted.state is None or state_of(view) is wanted.state


def state_of(view: MatterView) -> State:
    """Say how far it is."""
    if view.ending_mark or view.finished:
        return State.DONE
    if view.holder:
        return State.HELD
    asks = view.alert_id or view.numbers or view.top is None or asks_something(view.top)
    return State.OPEN if asks else State.CALM


def _with_posts(con: Connection, views: Sequence[MatterView]) -> Iterator[MatterView]:
    """Each with the gravest of its posts, where its words may be shown."""
    shown = {v.top.mention_id: v.story_id for v in views if v.words and not v.is_sealed and v.top}
    posts = shown_posts(con, shown)
    for view in views:
        post = posts.get(view.top.mention_id) if view.top and not view.is_sealed else None
        yield replace(view, posts=(post,)) if post is not None else view


# The lists of matters that a reader may know of: alerts, stories and cases, and how many of them wait.


def alerts_listed(
    con: Connection, reader: Reader, now: datetime, urns: Sequence[str] | None = None, *,
    finished: bool = False, kept_apart: bool = False,
) -> list[MatterView]:  # fmt: skip
    """List the alerts of these schools that they may know of: not the finished ones, or all; those
    `kept_apart` alone. The gravest first; last, by number, those of which they may know no more."""
    listed = partial(alert_store.list_alerts, con, urns, open_only=False, kept_apart=kept_apart)
    going = listed(finished=False)
    if not finished:
        return _sort_sealed(alert_views(con, reader, going, now))
    every, ids = listed(), {alert.id for alert in going}
    return _sort_sealed(alert_views(con, reader, every, now, {a.id for a in every} - ids))


def _sort_sealed(views: Sequence[MatterView]) -> list[MatterView]:
    """Sort what is sealed last, by its drawn number: its place would tell how grave or new it is."""
    return sorted(views, key=lambda v: (v.apart, v.number if v.apart else ""))


def alarm_unanswered(con: Connection, config: Config, urns: Sequence[str] | None = None) -> bool:
    """Was everybody asked in vain about an alarm of these schools, of which whoever looks after the machine
    may hear?"""
    alerts = [a for a in alert_store.list_alerts(con, urns) if is_of_this_hour(a)]
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts})
    return any(
        it.has_ended and tells_it(it, people_of(school, config.people))
        for a in alerts
        if (school := config.school(a.urn)) and not stored.dealt_with(a)
        for it in [Open(a, stored.by_story[a.story_id], stored.escalated.get(a.id, ()))]
    )


def count_late_cases(con: Connection, config: Config, now: datetime) -> int:
    """Count the cases in which somebody is to act, since a time is over."""
    cases = replay_cases(con, *case_store.all_steps(con, open_only=True).values())
    alerts = alert_store.by_story(con, [case.story_id for case in cases])
    owners = owner_store.records(con, [case.story_id for case in cases]).owners
    late = 0
    for case in cases:
        alert, school = alerts.get((case.story_id, case.urn)), config.school(case.urn)
        if school is not None:
            days = SchoolDays(school.nation, config.zone, config.calendar(case.urn))
            had = find_holder(owners.get(case.story_id), [case], alert.excluded if alert else ()) is not None
            due = next_date(alert, [case], days, now, had=had)
            late += due is not None and due.late
    return late
