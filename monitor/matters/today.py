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
from sources.runs import MONTH, SourceTrouble, Unseen, is_believable, is_overdue, reasons_of, unseen
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
        due = due_on(day, calendar, at, zone)
        if due.at <= now < due.expires_at:
            return due
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
_NO_PAGES, _EMPTY = Links(), Book()
_Place = tuple[Source, SourceState, SourceRun | None, SchoolHours]


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
                lost, first = digest_store.lost_days(self.con, kinds[0], school.urn, due.period)
                facts = gather_day(
                    *(self.con, self.config, school, due, covers, self.now, lost, self.links),
                    troubles=self.book.during(covers.since, covers.until),
                    first=first,
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
    urn, back, witness = school.urn, now - LOOKED_BACK, config.evidence.witness
    standing = standing_matters(con, urn, window, replay, marks=due.school_day)
    facts = Facts(
        school=school,
        day=due.day,
        school_day=due.school_day,
        window=window,
        now=now,
        zone=config.zone,
        people=people_of(school, config.people),
        policy=config.profile(urn),
        alerts=standing.alerts,
        cases=standing.cases,
        marked=standing.marked,
        long_had=standing.long_had,
        spikes=digest_store.reported_spikes(con, urn, window),
        acts=digest_store.account_acts(con, urn, window),
        undelivered=digest_store.undelivered_in(con, urn, window, mails=not config.without_mail),
        mails=not config.without_mail,
        troubles=troubles,
        unsigned=_find_unsigned(con, urn, config.zone, now),
        lost=lost,
        excerpts=config.digest.excerpts,
        locked=locked_stories(con, urn),
        links=links,
        look_share=config.policy.look_share,
        calendar=config.calendar(urn),
        label_lines=read_thresholds().abuse,
        chain_end=end_code(*end) if witness and (end := last_link(con)) else "",
        witness=witness,
        over=may_be_over(con, config, urn, back) if by_reason(con, SAYS_ENDED, back, in_story=False) else {},
    )
    if due.school_day:
        facts = _with_stories(con, config, facts, first=first)
        facts = _with_drills(con, facts) if config.serve.drills and links.secret else facts
    return _with_places(con, config, _with_times(con, facts), tried_at)


def _find_unsigned(con: Connection, urn: str, zone: ZoneInfo, now: datetime) -> tuple[str, datetime] | None:
    """Find the week of the newest governors' report and when it was composed, while it may be signed and
    nobody has: until the next one is due."""
    newest = weekly_store.newest_reports(con, [urn]).get(urn)
    if newest is None or newest.signed_at or now >= parse_week(newest.week).back(-1).end(zone):
        return None
    return newest.week, newest.composed_at


def _with_stories(con: Connection, config: Config, facts: Facts, *, first: bool) -> Facts:
    """Return the facts with what was said within the window, what wants an answer since before it, and the
    alerts of what was said, or is marked."""
    urn, window = facts.school.urn, facts.window
    stories = fresh_stories(con, urn, window, first=first)
    kept_for = timedelta(days=config.policy.criticism_days)
    unanswered, unlisted = unanswered_stories(con, urn, window.since, kept_for)
    return replace(
        facts,
        stories=tuple(s for s in stories if s.from_before is None),
        older=tuple(s for s in stories if s.from_before is not None),
        unanswered=unanswered,
        unlisted=unlisted,
        raised=raised_about(con, urn, (s.story_id for s in (*stories, *facts.marked))),
    )


def _with_drills(con: Connection, facts: Facts) -> Facts:
    """Return the facts with a drill that may be held on the next school day, unless it was, and with one that
    ended within the window."""
    window, days = facts.window, (facts.day, facts.calendar.next_school_day(facts.day))
    here, then = (held_drill(con, facts.school, facts.calendar, day, facts.now) for day in days)
    if here and here.begun_at and here.over_at and window.since < here.over_at <= window.until:
        facts = replace(facts, drill=here)
    if then is None or then.begun_at or not planned_on(facts.school, facts.calendar, facts.links, days[1]):
        return facts
    return replace(facts, drill_next=(then.id, days[1]))


def _with_times(con: Connection, facts: Facts) -> Facts:
    """Return the facts with the time that the post of an alert names, of the press or of danger, where its
    words are left out too: they are read for that alone."""
    leads = [
        (v.story_id, v.urn, v.post.id, True)
        for v in facts.alerts
        if v.post and not v.restricted
        if is_enquiry(v) or (is_danger(v) and not v.post.words)
    ]
    posts = digest_store.view_posts(con, [post for _, _, post, _ in leads])
    said = times_named(leads, posts, lambda _: facts)
    return replace(facts, alerts=tuple(replace(v, said_time=said.get(v.story_id)) for v in facts.alerts))


def _with_places(con: Connection, config: Config, facts: Facts, tried_at: datetime | None) -> Facts:
    """Return the facts with what was read of each place, and which were not seen. Before the first was asked,
    at `tried_at`, none had been."""
    window, sources = facts.window, read_at_school(config, facts.school)
    names = {s.id: s.name or s.id for s in sources}
    on = [s for s in sources if s.disabled is None]
    state_of, run_of = states(con, list(names)), {}
    last_read = None
    if tried_at is None or tried_at <= window.until:
        run_of = latest_runs(con, list(names))
        last_read = max((at for s in on if (at := state_of[s.id].last_ok_at)), default=None)
    facts = replace(
        facts,
        reading=digest_store.count_reading(con, [s.id for s in on], window),
        last_read=last_read,
        no_notice=tuple(names[i] for i in without_notice(con, [s.id for s in on if s.own])),
        set_up=tuple(names[s.id] for s in on) if tried_at == window.since else (),
        source_names=names,
        papers=frozenset(s.id for s in sources if not s.surfaced),
    )
    places = [(s, state_of[s.id], run_of.get(s.id), config.school_hours(s)) for s in sources]
    return _with_unseen(facts, places, tried_at)


def _with_unseen(facts: Facts, places: Iterable[_Place], tried_at: datetime | None) -> Facts:
    """Return the facts with the places that were not seen, and those that are switched off: in the first
    digest their number, later which of them were read within the window."""
    window, not_seen, off = facts.window, list[NotSeen](), list[tuple[str, bool]]()
    first = tried_at is None or window.until - tried_at < _PASSING
    again = max((t.until for t in facts.troubles if t.work == SERVICE and t.until), default=None)
    for place in places:
        source, state, run, _ = place
        read = state.last_ok_at is not None and state.last_ok_at >= window.since
        if source.disabled is not None or (run is not None and run.outcome is Outcome.DISABLED):
            off.append((facts.source_names[source.id], read))
        elif blind := _find_blind(place, window, again, first=first):
            not_seen.append(replace(blind, read=read))
    facts = replace(facts, not_seen=tuple(not_seen))
    if tried_at == window.since:
        return replace(facts, off=len(off))
    return replace(facts, off_now=tuple(name for name, read in off if read))


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


def _find_blind(place: _Place, window: Window, again: datetime | None, *, first: bool) -> NotSeen | None:
    """Find why a place was not seen, or not all of it; None where it was. `again` is when the service ran
    again, after a time in which it did not; `first`: all is new here."""
    source, state, run, hours = place
    name, until = source.name or source.id, window.until
    if run is None:
        return NotSeen(name, Blind.FIRST if first else Blind.NOT_ASKED)
    if not is_believable(run.outcome, state, until, hours):
        return _find_failure(source, state, run, until)
    if run.finished_at < until - _PASSING and is_overdue(source, state, until, hours.zone):
        if again is not None and not is_overdue(source, state, until, hours.zone, again):
            return NotSeen(name, Blind.NOT_RUNNING)
        return NotSeen(name, Blind.BEHIND, since=run.finished_at)
    if run.finished_at < window.since:
        return NotSeen(name, Blind.NOT_ASKED, since=run.finished_at)
    trouble = unseen(state, until, hours, source, run)
    if trouble is not None and _is_to_tell(trouble, window):
        return NotSeen(name, Blind(trouble.trouble), since=trouble.since)
    return _find_failure(source, state, run, until) if run.outcome is Outcome.PARTLY else None


def _find_failure(source: Source, state: SourceState, run: SourceRun, until: datetime) -> NotSeen | None:
    """Find what failed as a place was read, or was left out. What was seen lately has missed nothing yet,
    unless its key is used up."""
    failed = NotSeen(source.name or source.id, Blind.FAILED, run.outcome, state.last_ok_at)
    if run.outcome is Outcome.OUR_FAULT:
        return failed
    if source.kind in CATALOGUE and CATALOGUE[source.kind].key:
        failed = replace(failed, detail=run.detail)
    if run.outcome is Outcome.PARTLY:
        return replace(failed, since=None, reasons=reasons_of(run.detail))
    lately = state.last_ok_at is not None and state.last_ok_at >= until - _PASSING
    return failed if not lately or run.detail.startswith(KEY_USED_UP) else None


def _is_to_tell(trouble: Unseen, window: Window) -> bool:
    """Is it told within the window? That a query matches nothing is once a week; failures their run tells."""
    if trouble.trouble is not SourceTrouble.UNMATCHED:
        return trouble.trouble is not SourceTrouble.FAILING
    return len({(at - trouble.since - MONTH) // _WEEK for at in (window.since, window.until)}) > 1
