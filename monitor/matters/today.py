"""Find what is due today for somebody: the matters of their daily digest, each school read once for all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.access import recipients
from alerts.access.offices import PRESS_CONTACT, SAFEGUARDERS
from alerts.access.recipients import is_press_contact_only, leadership, leads_alone
from alerts.drill import drill_id, drill_of, planned_on
from alerts.facts import Blind, Facts, NotSeen, SchoolPart, Selection
from alerts.ladder.replay import replay
from alerts.links import Links
from alerts.next_date import SchoolDays
from alerts.notices.book import SERVICE, Book
from alerts.said_time import times_named
from alerts.select import list_to_read, select, with_posts
from alerts.weekly.facts import parse_week
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.digest import Drill, Fate, Window
from data.frozen import freeze
from data.judged import SAYS_ENDED, is_danger, is_enquiry
from data.people import people_of, schools_of
from data.register.calendar import Calendar, SchoolHours, local_day
from data.store import digest as digest_store
from data.store import weekly as weekly_store
from data.store.digest import (
    fresh_stories,
    locked_stories,
    raised_about,
    standing_matters,
    unanswered_stories,
)
from data.store.engine.audit_chain import end_code, last_link
from data.store.engine.audit_chain import links as chain_links
from data.store.engine.connect import Connection
from data.store.sources import latest_runs, states, without_notice
from data.store.verdicts import by_reason
from data.types import Outcome, People, Person, School, Source, SourceRun, SourceState, Trouble
from monitor.config.load import Config
from monitor.matters.views import LOOKED_BACK, may_be_over
from sources.registry import CATALOGUE
from sources.runs import MONTH, SourceTrouble, is_believable, is_overdue, reasons_of, unseen
from sources.walls import KEY_USED_UP

LIFE = timedelta(hours=12)
"""A digest that could not be sent for so long is not sent: the next one covers its time."""

ON_TIME = timedelta(minutes=5)
"""Composed so soon after its time, a digest covers up to that time; later, up to when it is composed."""

_LONGEST_FIRST_DAYS = 7
_WEEK = timedelta(days=7)


@freeze
class Due:
    """A day's digest: its day where the school is, when it is due, and what day that is."""

    day: date
    at: datetime
    school_day: bool

    @property
    def expires_at(self) -> datetime:
        """When it is too late for it."""
        return self.at + LIFE

    @property
    def period(self) -> str:
        """The day as editions are kept under it."""
        return self.day.isoformat()

    @property
    def kind(self) -> str:
        """`digest` on a school day; `grave`, what cannot wait, on any other."""
        return "digest" if self.school_day else "grave"


def due_on(day: date, calendar: Calendar, at: time, zone: ZoneInfo) -> Due:
    """The digest of a day, at that time of day in the zone, whatever the clocks do on it."""
    there = datetime.combine(day, at, zone)
    return Due(day, there.astimezone(UTC), calendar.school_day(day))


def due_now(calendar: Calendar, at: time, zone: ZoneInfo, now: datetime) -> Due | None:
    """The one digest that is due and not yet stale, None between times."""
    today = local_day(now, zone)
    for day in (today, today - timedelta(days=1)):
        there = datetime.combine(day, at, zone).astimezone(UTC)
        if there <= now < there + LIFE:
            return due_on(day, calendar, at, zone)
    return None


def digest_window(
    due: Due, covered: datetime | None, calendar: Calendar, now: datetime, zone: ZoneInfo,
    read_at: datetime | None = None, began: datetime | None = None,
) -> Window:  # fmt: skip
    """Find what a digest covers: from `covered`, the end of the last sent, to its time. Composed late, early
    or after a first reading past it (`read_at`), up to `now`, its day's end or its life's. The first begins
    with the last school day within a week, else a day back; never before `began`, when places were first
    read."""
    on_time = due.at <= now <= due.at + ON_TIME and (read_at is None or read_at <= due.at)
    over = now > due.expires_at and local_day(now, zone) > due.day
    until = due.at if on_time or over else now
    before = (due.day - timedelta(days=back) for back in range(1, _LONGEST_FIRST_DAYS + 1))
    day, at = next(filter(calendar.school_day, before), None), due.at.astimezone(zone).time()
    first = datetime.combine(day, at, zone).astimezone(UTC) if day else due.at - timedelta(hours=24)
    since = covered or max(filter(None, (first, began)))
    return Window(min(since, until), until)


OF_ONE_SCHOOL = "digest", "grave"
OF_A_TRUST = "trust", "trust_grave"
"""The kinds of a digest: of a school day, and of what cannot wait on any other."""


def due_of(config: Config, school: School, day: date) -> Due:
    """The school's digest of a day."""
    return due_on(day, config.calendar(school.urn), time.fromisoformat(config.digest.at), config.zone)


def due_today(config: Config, school: School, now: datetime) -> Due | None:
    """The school's digest that is due now and not stale; None between times."""
    return due_now(config.calendar(school.urn), time.fromisoformat(config.digest.at), config.zone, now)


def digest_readers(
    config: Config, school: School, among: Sequence[Person] | None = None,
    instead: Collection[Person] | None = None,
) -> People:  # fmt: skip
    """List who is sent the digest, of all or `among` some, but who is sent one of all schools `instead`: of
    the trust itself that is each of the central team."""
    elsewhere = (central_team if school.is_trust else asked_together)(config) if instead is None else instead
    found = leadership(school, config.people if among is None else among)
    return tuple(p for p in found if p not in elsewhere)


def readers_beside(school: School, of: Sequence[Person], instead: Collection[Person]) -> People:
    """List others sent a part: leads where something was handed in or is theirs; who speaks to the press."""
    found = leadership(school, of, *SAFEGUARDERS, *PRESS_CONTACT)
    return tuple(p for p in found if (leads_alone(p) or is_press_contact_only(p)) and p not in instead)


def asked_together(config: Config) -> People:
    """Those who asked for one digest of all their schools, and are sent it."""
    return central_team(config, [p for p in config.people if p.id in config.digest.together])


def central_team(config: Config, among: Sequence[Person] | None = None) -> People:
    """List who is sent one digest for all their schools, of all or `among` some."""
    people = config.people if among is None else among
    return recipients.central_team(config.schools, people, config.digest.together)


_RECENT = timedelta(minutes=2)
_JUDGED_WITHIN = timedelta(days=1)
"""What is judged is stored within this time of it."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_PASSING = timedelta(hours=2)
"""A place that failed, or was left, for no longer than this has missed nothing yet."""
_OFF = "off"
_NO_PAGES, _EMPTY = Links(), Book()


Chosen = tuple[Selection, Mapping[str, str], Collection[str]]
"""The matters of a reader; which posts, each with its story, and stories in print, may be shown of it."""


@freeze
class ReadDay:
    """A school's day as it was read, and what of it was chosen for whom: that follows from it alone."""

    facts: Facts
    chosen: dict[Person, Chosen] = field(default_factory=dict)


@dataclass(slots=True)
class RecentDays:
    """The days of schools as read two minutes ago at most. What is done, raised, set otherwise, or judged as
    restricted, as of somebody of the school, or as accusing or endangering anybody, ends it."""

    read_at: datetime = _LONG_AGO
    config: Config | None = None
    guarded: datetime | None = None
    read: dict[tuple[str, Window], ReadDay] = field(default_factory=dict)

    def days(self, con: Connection, config: Config, now: datetime, links: Links, book: Book) -> Days:
        """Return the days as they were read, or are to be."""
        fresh = timedelta() <= now - self.read_at < _RECENT
        guarded = digest_store.guarded_at(con, self.read_at - _JUDGED_WITHIN) if fresh else None
        if config is not self.config or not fresh or guarded != self.guarded:
            self.read_at, self.config, self.read = now, config, {}
            self.guarded = digest_store.guarded_at(con, now - _JUDGED_WITHIN)
        return Days(con, config, self.read_at, links, book, so_far=True, read=self.read)

    def forget(self) -> None:
        """Something was done: what was read may hold no more."""
        self.config, self.read = None, {}


def open_today(
    con: Connection, config: Config, person: Person, now: datetime, links: Links = _NO_PAGES,
    book: Book = _EMPTY, *, recent: RecentDays | None = None,
) -> tuple[SchoolPart, ...]:  # fmt: skip
    """Gather what is open today for this person at each of their schools, without school too: the very
    matters of a digest, with what is `recent` since. `links` and `book` are as in `Days`."""
    days = recent.days(con, config, now, links, book) if recent else Days(con, config, now, links, book)
    day = local_day(days.now, config.zone)
    kinds = OF_A_TRUST if central_team(config, [person]) else OF_ONE_SCHOOL
    return list_apart(
        part
        for school in schools_of(person, config.schools)
        for due in [replace(due_of(config, school, day), school_day=True)]
        for part in days.parts(school, due, [person], kinds, again=True)
    )


def list_apart(of: Iterable[SchoolPart]) -> tuple[SchoolPart, ...]:
    """These; of a trust without the places of its schools, which it reads too: each stands at its school."""
    parts = list(of)
    there = [part.facts for part in parts if not part.facts.school.is_trust]
    unseen = {n for facts in there for n in facts.not_seen if n.why is not Blind.FIRST}
    named = {name for facts in there for name in facts.set_up}
    for n, facts in enumerate(part.facts for part in parts):
        if facts.school.is_trust:
            not_seen = tuple(x for x in facts.not_seen if x not in unseen)
            own = replace(facts, not_seen=not_seen, set_up=tuple(x for x in facts.set_up if x not in named))
            parts[n] = replace(parts[n], facts=own)
    return tuple(parts)


@freeze
class Days:
    """The days at schools within windows, read once for all. `links` address our pages; `book` holds our
    troubles; `so_far`: a window ends now, however early its digest was composed."""

    con: Connection
    config: Config
    now: datetime
    links: Links = field(default_factory=Links)
    book: Book = field(default_factory=Book)
    read_at: datetime | None = None
    so_far: bool = False
    read: dict[tuple[str, Window], ReadDay] = field(default_factory=dict)

    def parts(
        self, school: School, due: Due, people: Sequence[Person], kinds: tuple[str, str] = OF_ONE_SCHOOL, *,
        again: bool = False,
    ) -> list[SchoolPart]:  # fmt: skip
        """Choose what each of these people is told of the school; `again`: as it was composed, if it was."""
        covered = digest_store.covered_until(self.con, kinds[: 2 - due.school_day], school.urn, due.period)
        began = digest_store.first_tried_at(self.con, [s.id for s in read_at_school(self.config, school)])
        readers: dict[Window, list[Person]] = {}
        for person in people:
            kept = (kinds[not due.school_day], school.urn, due.period, person.id)
            before = digest_store.find_edition(self.con, *kept) if again else None
            calendar, since = self.config.calendar(school.urn), covered.get(person.id)
            given = (due, since, calendar, self.now, self.config.zone, self.read_at, began)
            covers = before.covers if before else digest_window(*given)
            if self.so_far:
                covers = Window(covers.since, max(covers.until, self.now))
            readers.setdefault(covers, []).append(person)
        found: dict[str, SchoolPart] = {}
        for covers, those in readers.items():
            if (key := (school.urn, covers)) not in self.read:
                lost = digest_store.lost_days(self.con, kinds[0], school.urn, due.period)
                facts = gather_day(
                    *(self.con, self.config, school, due, covers, self.now, lost, self.links),
                    troubles=self.book.during(covers.since, covers.until),
                    first=not digest_store.any_sent(self.con, kinds[0], school.urn, due.period),
                    tried_at=began,
                )
                self.read[key] = ReadDay(facts)
            chosen = select_for_each(self.con, self.read[key], those)
            found |= {one.person.id: SchoolPart(self.read[key].facts, one) for one in chosen}
        return [found[person.id] for person in people]


def read_at_school(config: Config, school: School) -> list[Source]:
    """The sources that are read for a school; for a trust all, since it is looked for in each."""
    return [s for s in config.sources if school.is_trust or not s.urns or school.urn in s.urns]


def gather_day(
    con: Connection, config: Config, school: School, due: Due, window: Window, now: datetime,
    lost: Mapping[str, tuple[tuple[date, Fate], ...]], links: Links, *, troubles: tuple[Trouble, ...] = (),
    first: bool = False, tried_at: datetime | None = None,
) -> Facts:  # fmt: skip
    """Gather everything about the school within the window. `lost` and `links` as in `Facts`; `first`: no
    digest was sent before, `tried_at`: when a place was first asked."""
    sources = read_at_school(config, school)
    on = [s.id for s in sources if s.disabled is None]
    own = [s.id for s in sources if s.own and s.disabled is None]
    ids = [s.id for s in sources]
    before = tried_at is not None and tried_at > window.until
    state_of, run_of = states(con, ids), {} if before else latest_runs(con, ids)
    began = max((t.until for t in troubles if t.work == SERVICE and t.until), default=None)
    begins, new = tried_at == window.since, tried_at is None or window.until - tried_at < _PASSING
    found = [
        _source_state(s, state_of[s.id], run_of.get(s.id), window, config.school_hours(s), began, first=new)
        for s in sources
    ]
    read = {i for i in ids if (at := state_of[i].last_ok_at) and at >= window.since}
    ended = [i for i, one in zip(ids, found, strict=True) if one is _OFF and i in read]
    names = {s.id: s.name or s.id for s in sources}
    days = SchoolDays(school.nation, config.zone, config.calendar(school.urn))
    stories = fresh_stories(con, school.urn, window, first=first) if due.school_day else ()
    fresh = [s.story_id for s in stories]
    kept_for = timedelta(days=config.policy.criticism_days)
    left = unanswered_stories(con, school.urn, window.since, kept_for) if due.school_day else ((), 0)
    newest = weekly_store.newest_reports(con, [school.urn]).get(school.urn)
    if newest and (newest.signed_at or now >= parse_week(newest.week).back(-1).end(config.zone)):
        newest = None
    drill_next, drill, back = None, None, now - LOOKED_BACK
    if config.serve.drills and links.secret and due.school_day:
        calendar = config.calendar(school.urn)
        day = calendar.next_school_day(due.day)
        here, then = (held_drill(con, school, calendar, d, now) for d in (due.day, day))
        free = then and then.begun_at is None and planned_on(school, calendar, links, day)
        over = here and here.begun_at and here.over_at and window.since < here.over_at <= window.until
        drill_next, drill = (then.id, day) if then and free else None, here if over else None
    standing = standing_matters(con, school.urn, window, replay, marks=due.school_day)
    leads = [  # the posts of danger, or of the press, may name a time, where their words are left out too
        (v.story_id, v.urn, v.post.id, True)
        for v in standing.alerts
        if v.post and not v.restricted
        if is_enquiry(v) or (is_danger(v) and not v.post.words)
    ]
    posts = digest_store.view_posts(con, [post for _, _, post, _ in leads])
    said = times_named(leads, posts, lambda _: days)
    return Facts(
        school=school,
        day=due.day,
        school_day=due.school_day,
        window=window,
        now=now,
        zone=config.zone,
        people=people_of(school, config.people),
        policy=config.profile(school.urn),
        reading=digest_store.count_reading(con, on, window),
        last_read=max((at for i in on if not before and (at := state_of[i].last_ok_at)), default=None),
        stories=tuple(s for s in stories if s.from_before is None),
        older=tuple(s for s in stories if s.from_before is not None),
        alerts=tuple(replace(v, said_time=said.get(v.story_id)) for v in standing.alerts),
        cases=standing.cases,
        marked=standing.marked,
        unanswered=left[0],
        unlisted=left[1],
        long_had=standing.long_had,
        raised=raised_about(con, school.urn, (*fresh, *(m.story_id for m in standing.marked))),
        spikes=digest_store.reported_spikes(con, school.urn, window),
        no_notice=tuple(names[i] for i in without_notice(con, own)),
        acts=digest_store.account_acts(con, school.urn, window),
        undelivered=digest_store.undelivered_in(con, school.urn, window, mails=not config.without_mail),
        mails=not config.without_mail,
        not_seen=tuple(
            replace(n, read=i in read) for i, n in zip(ids, found, strict=True) if isinstance(n, NotSeen)
        ),
        off=found.count(_OFF) if begins else 0,
        off_now=tuple(names[i] for i in ended if not begins),
        set_up=tuple(names[i] for i in on) if begins else (),
        troubles=troubles,
        unsigned=(newest.week, newest.composed_at) if newest else None,
        lost=lost,
        source_names=names,
        papers=frozenset(s.id for s in sources if not s.surfaced),
        excerpts=config.digest.excerpts,
        locked=locked_stories(con, school.urn),
        links=links,
        look_share=config.policy.look_share,
        calendar=days.calendar,
        label_lines=read_thresholds().abuse,
        drill_next=drill_next,
        drill=drill,
        chain_end=end_code(*end) if config.evidence.witness and (end := last_link(con)) else "",
        witness=config.evidence.witness,
        over=may_be_over(con, config, school.urn, back)
        if by_reason(con, SAYS_ENDED, back, in_story=False)
        else {},
    )


def held_drill(con: Connection, school: School, calendar: Calendar, day: date, now: datetime) -> Drill | None:
    """The drill of that day's term, as far as it went; None where no term is known."""
    known = drill_id(school.urn, calendar, day)
    return drill_of(known, school.urn, (x.entry for x in chain_links(con, [known])), now) if known else None


def select_for_each(con: Connection, day: ReadDay, people: Iterable[Person]) -> list[Selection]:
    """Select what each of these people is told, with the posts that are shown to any of them, read once."""
    chosen = []
    for person in people:
        if person not in day.chosen:
            found = select(day.facts, person)
            day.chosen[person] = found, *list_to_read(found)
        chosen.append(day.chosen[person])
    wanted = {post: story for _, of, _ in chosen for post, story in of.items()}
    posts = digest_store.shown_posts(con, wanted)
    printed = digest_store.printed_articles(con, sorted({story for _, _, of in chosen for story in of}))
    return [with_posts(selection, posts, printed, day.facts.people) for selection, _, _ in chosen]


def _source_state(
    source: Source, state: SourceState, run: SourceRun | None, window: Window, hours: SchoolHours,
    began: datetime | None, *, first: bool,
) -> NotSeen | str | None:  # fmt: skip
    """`began` is when the service ran again, after a time in which it did not; `first`: all is new here."""
    name = source.name or source.id
    if source.disabled is not None or (run is not None and run.outcome is Outcome.DISABLED):
        return _OFF
    if run is None:
        return NotSeen(name, Blind.FIRST if first else Blind.NOT_ASKED)
    if run.outcome is Outcome.OUR_FAULT:
        return NotSeen(name, Blind.FAILED, run.outcome, state.last_ok_at)
    detail = run.detail if source.kind in CATALOGUE and CATALOGUE[source.kind].key else ""
    if not is_believable(run.outcome, state, window.until, hours):
        failing = state.last_ok_at is None or state.last_ok_at < window.until - _PASSING
        failing = failing or run.detail.startswith(KEY_USED_UP)
        failed = NotSeen(name, Blind.FAILED, run.outcome, state.last_ok_at, detail=detail)
        return failed if failing else None
    if run.finished_at < window.until - _PASSING and is_overdue(source, state, window.until, hours.zone):
        waits = began is not None and not is_overdue(source, state, window.until, hours.zone, began)
        return NotSeen(name, *((Blind.NOT_RUNNING,) if waits else (Blind.BEHIND, None, run.finished_at)))
    if run.finished_at < window.since:
        return NotSeen(name, Blind.NOT_ASKED, since=run.finished_at)
    trouble = unseen(state, window.until, hours, source, run)
    if trouble is not None and trouble.trouble is not SourceTrouble.FAILING:
        weeks = {(at - trouble.since - MONTH) // _WEEK for at in (window.since, window.until)}
        if trouble.trouble is not SourceTrouble.UNMATCHED or len(weeks) > 1:  # that is said once a week
            return NotSeen(name, Blind(trouble.trouble), since=trouble.since)
    part = NotSeen(name, Blind.FAILED, run.outcome, reasons=reasons_of(run.detail), detail=detail)
    return part if run.outcome is Outcome.PARTLY else None
