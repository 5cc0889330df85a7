"""Health of the service, as it knows itself: what ran when, and what failed. No people, no texts. And its
status as the store shows it, for `schoolgate status` and the figures of /metrics.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from alerts.notices.book import matter
from data.effects import ClockTrust, Uptime
from data.frozen import freeze
from data.register.calendar import Calendar, SchoolHours
from data.store import sources as source_store
from data.store.engine.connect import Connection
from data.store.engine.turn import NAME, Lease, find_lease, running
from data.store.service import (
    Mail,
    clock_state,
    count_open_alerts,
    count_runs_by_outcome,
    mail_figures,
)
from data.types import BackFill, Outcome, Source, SourceState, Trouble
from data.words.say import words
from monitor.config.home.context import message_ways
from monitor.config.load import Config
from monitor.service.notebook import HELD_FOR
from sources.runs import is_believable, is_overdue, next_due_at, too_new, unseen

STALE: Mapping[str, timedelta] = {
    "collect": timedelta(minutes=30),
    "recheck": timedelta(minutes=30),
    "tend": timedelta(minutes=2),
    "mail": timedelta(minutes=5),
    "chat": timedelta(minutes=5),
    "beat": timedelta(minutes=3),
}
"""So old may the last good end of each kind of work be. One slow site may hold a collect for long."""

OVERDUE = timedelta(minutes=10)
"""A message that should have gone out so long ago says that delivery fails."""


@freeze
class Figures:
    """Counts from the store, as they were at `at`. `runs` counts a day's askings by outcome.

    `overdue_since` is when the longest waiting message was due that has not gone out, tried or not;
    `unanswered_since` when the first was due of an alert that did not arrive and that nobody has in hand.
    `not_seen` counts the places, `ours` those of them that are not seen through a fault of ours, whose names
    are `our_places`.
    """

    at: datetime
    runs: Mapping[str, int] = field(default_factory=dict)
    not_seen: int = 0
    ours: int = 0
    our_places: tuple[str, ...] = ()
    waiting: int = 0
    failed: int = 0
    unsure: int = 0
    open_alerts: int = 0
    overdue_since: datetime | None = None
    unanswered_since: datetime | None = None


def due(before: datetime | None, now: datetime, every: timedelta) -> bool:
    """Is it time for another, after the one before? What lies ahead is of a clock that was set back."""
    return before is None or not timedelta(0) <= now - before < every


SILENT = "silent"
"""Why work that ended neither well nor badly for long is a trouble."""


@dataclass()
class Health:
    """The news that the parts of the service tell of themselves; asked from other threads."""

    started_at: datetime

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._ended: dict[str, datetime] = {}
        self._faults: Counter[str] = Counter()
        self._failing: dict[str, Trouble] = {}
        self.figures = Figures(self.started_at)

    def note_ending(self, work: str, at: datetime) -> None:
        """A piece of work has ended well."""
        with self._lock:
            self._ended[work] = at
            self._failing.pop(work, None)

    def note_failure(self, work: str, at: datetime, why: str, *, counted: bool = True) -> None:
        """A piece of work failed for a fault of ours. `why` is a code, never a text: it is shown and kept."""
        if counted:
            self.fault(work)
        with self._lock:
            before = self._failing.get(work)
            self._failing[work] = Trouble(work, min(before.since, at) if before else at, why)

    def fault(self, place: str) -> None:
        """Something failed there: a kind of work, or a periodic task's name."""
        with self._lock:
            self._faults[place] += 1

    def tell(self, figures: Figures) -> None:
        """The newest counts from the store."""
        if figures.ours:
            self.note_failure("place", figures.at, "our_fault", counted=False)
        else:
            self.note_ending("place", figures.at)
        self.figures = figures

    @property
    def last(self) -> dict[str, datetime]:
        """When each kind of work last ended well."""
        with self._lock:
            return dict(self._ended)

    @property
    def faults(self) -> dict[str, int]:
        """Count how often each place failed since the start."""
        with self._lock:
            return dict(self._faults)

    def troubles(self, now: datetime) -> tuple[Trouble, ...]:
        """List what fails now, the longest first, and what gave no sign for long (`SILENT`).

        What began after `now` is of a clock that was set back. A start is given its time.
        """
        with self._lock:
            found = {t.work: t for t in self._failing.values() if t.since <= now}
            last = dict(self._ended)
        for work, limit in STALE.items():
            before = last.get(work, self.started_at)
            if work not in found and now - before > limit:
                found[work] = Trouble(work, before, SILENT)
        return tuple(sorted(found.values(), key=lambda t: (t.since, t.work)))

    def complaints(self, now: datetime) -> list[str]:
        """Why it is not well, a sentence each; none where it is."""
        first: dict[str, Trouble] = {}
        for trouble in self.troubles(now):  # of each meaning: an unusable store stops several kinds of work
            first.setdefault(trouble.work if trouble.why == SILENT else matter(trouble), trouble)
        found = [_complaint(t, now, self.figures.ours) for t in first.values()]
        overdue = self.figures.overdue_since
        if overdue is not None and now - overdue > OVERDUE:
            found.append(f"a message has waited since {overdue:%Y-%m-%d %H:%M} UTC")
        unanswered = self.figures.unanswered_since
        if unanswered is not None and now - unanswered > OVERDUE:
            found.append(f"an alert due {unanswered:%Y-%m-%d %H:%M} UTC did not arrive, and nobody is on it")
        return found


def _complaint(trouble: Trouble, now: datetime, ours: int) -> str:
    if trouble.why == SILENT:
        minutes = int((now - trouble.since).total_seconds() // 60)
        return f"{trouble.work} has not ended well for {minutes} minutes"
    if trouble.work == "place":
        since = f"since {trouble.since:%Y-%m-%d %H:%M} UTC"
        return f"{ours} of the sources cannot be read or judged, through our fault, {since}"
    return trouble_words(trouble)


def trouble_words(trouble: Trouble) -> str:
    """Since when what has not been done, and behind that the kind of work and its fault."""
    what = words("en")(f"notice.what.{matter(trouble)}")
    return f"since {trouble.since:%Y-%m-%d %H:%M} UTC, {what} ({trouble.work}: {trouble.why})"


_BEHIND = "behind"


@freeze
class UnseenPlace:
    """A source that could not be seen, or is silent: `why` is an outcome, “silent” or “behind”; `detail` says
    what of it was not read.

    `ours` says that it is through a fault of ours, not of the place; “behind”: not asked in twice its time.
    """

    source_id: str
    why: str
    since: datetime | None
    ours: bool = False
    detail: str = ""


@freeze
class Status:
    """All that `schoolgate status` tells. Times are aware, UTC.

    `lease` is the service's, None where none was ever taken or it was given back. `digests` holds, by
    urn, when the next daily digest is due; `no_term` are those of which no term is known any more. `due` are
    the next askings, the earliest first. `clock` is how far the clock is believed. `late_cases` counts those
    in which somebody is to act, since a time is over.
    `alarm_unanswered`: everybody was asked about an alarm in vain. `too_new` are sources of which nobody can
    tell yet whether they are silent. `asked`: was any source asked yet? `back` is what is being read back.
    """

    now: datetime
    lease: Lease | None
    alive: bool
    not_seen: tuple[UnseenPlace, ...]
    due: tuple[tuple[datetime, str], ...]
    mail: Mail
    open_alerts: int
    untold: int
    digests: Mapping[str, datetime]
    no_term: tuple[str, ...]
    clock: ClockTrust
    late_cases: int = 0
    alarm_unanswered: bool = False
    too_new: tuple[str, ...] = ()
    asked: bool = True
    back: tuple[BackFill, ...] = ()

    @property
    def last_sign(self) -> datetime | None:
        """When the service last said that it lives."""
        return min(self.lease.held_until - HELD_FOR, self.now) if self.lease else None

    @property
    def mail_stuck(self) -> bool:
        """Is a message waiting that ought to have gone out?"""
        overdue = self.mail.overdue_since
        return overdue is not None and self.now - overdue > OVERDUE

    @property
    def has_unanswered(self) -> bool:
        """Did an alert not arrive, which nobody has in hand? The next person is given the time to be told."""
        since = self.mail.unanswered_since
        return since is not None and self.now - since > OVERDUE

    @property
    def exit(self) -> int:
        """0 where the service runs, sees what it should, and its messages go out; else 1."""
        ours = any(n.ours for n in self.not_seen)
        stuck = self.mail_stuck or self.has_unanswered
        return 0 if self.alive and not stuck and not ours else 1


def read_status(con: Connection, config: Config, now: datetime, up: Uptime | None = None) -> Status:
    """Reads how things are; writes nothing."""
    lease, here = find_lease(con, NAME), config.day_of(now)
    states = source_store.states(con, [s.id for s in config.sources])
    on = [s.id for s in config.sources if s.disabled is None]
    times = [(next_due_at(s, states[s.id], now, config.zone), s.id) for s in config.sources]
    return Status(
        now=now,
        lease=lease,
        alive=running(con, now) is not None,
        not_seen=not_seen(config, states, now, lease.taken_at if lease else None),
        due=tuple(sorted((at, source_id) for at, source_id in times if at is not None)),
        mail=mail_figures(con, now, message_ways(config)),
        open_alerts=count_open_alerts(con),
        untold=count_open_alerts(con, untold=True),
        digests={s.urn: next_digest(config, config.calendar(s.urn), now) for s in config.schools},
        no_term=tuple(s.urn for s in config.proper if config.calendar(s.urn).end_of_terms(here)),
        clock=clock_state(con, now, up),
        asked=any(states[s.id].last_run_at for s in config.sources),
        back=tuple(f for f in source_store.list_back_fills(con, on) if f.ended_at is None),
        too_new=tuple(
            s.id
            for s in config.sources
            if s.disabled is None
            and states[s.id].last_ok_at
            and too_new(states[s.id], now, config.school_hours(s))
        ),
    )


def figures(
    con: Connection,
    config: Config,
    states: Mapping[str, SourceState],
    now: datetime,
    began: datetime | None = None,
) -> Figures:
    """The counts of /metrics, of the same as `status` tells. `began` is when the service did."""
    unread = not_seen(config, states, now, began)
    ours = {n.source_id for n in unread if n.ours}
    return Figures(
        at=now,
        runs=count_runs_by_outcome(con, now - timedelta(days=1)),
        not_seen=len(unread),
        ours=len(ours),
        our_places=tuple(s.name or s.id for s in config.sources if s.id in ours),
        open_alerts=count_open_alerts(con),
        **asdict(mail_figures(con, now, message_ways(config))),
    )


def not_seen(
    config: Config, states: Mapping[str, SourceState], now: datetime, began: datetime | None
) -> tuple[UnseenPlace, ...]:
    """Sources that are on and brought nothing to believe when last asked, fell silent, or were not asked.

    A service that began at `began` is given the time to ask what it has found due.
    """
    on = [s for s in config.sources if s.disabled is None]
    found = (_unseen(s, states[s.id], now, config.school_hours(s), began) for s in on if s.id in states)
    return tuple(one for one in found if one is not None)


def _unseen(
    source: Source, state: SourceState, now: datetime, hours: SchoolHours, began: datetime | None
) -> UnseenPlace | None:
    late = began is not None and is_overdue(source, state, now, hours.zone, began)
    if state.last_outcome is None:
        return UnseenPlace(source.id, _BEHIND, None, ours=True) if late else None
    if not is_believable(state.last_outcome, state, now, hours):
        ours = late or state.last_outcome is Outcome.OUR_FAULT
        return UnseenPlace(source.id, state.last_outcome.value, state.last_ok_at, ours)
    if is_overdue(source, state, now, hours.zone):
        return UnseenPlace(source.id, _BEHIND, state.last_run_at, late)
    if state.last_outcome is Outcome.PARTLY:
        return UnseenPlace(source.id, Outcome.PARTLY, state.last_ok_at, detail=state.last_detail)
    if trouble := unseen(state, now, hours):
        return UnseenPlace(source.id, trouble.trouble.value, trouble.since)
    return None


def next_digest(config: Config, calendar: Calendar, now: datetime) -> datetime:
    """The next school day's time."""
    hour, minute = map(int, config.digest.at.split(":"))
    here = now.astimezone(config.zone)
    today = here.date()
    at = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    day = today if calendar.school_day(today) and here < at else calendar.next_school_day(today)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=config.zone).astimezone(now.tzinfo)
