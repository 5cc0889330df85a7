"""Status of the service, as the store shows it: for `schoolgate status` and the figures of /metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from data.effects import Uptime
from data.register.calendar import Calendar, SchoolHours
from data.store import sources as source_store
from data.store.engine.connect import Connection
from data.store.engine.turn import NAME, Lease, find_lease, running
from data.store.service import (
    Mail,
    Trust,
    clock_state,
    count_open_alerts,
    count_runs_by_outcome,
    mail_figures,
)
from data.types import Outcome, Source, SourceState
from monitor.config.home.context import message_ways
from monitor.config.load import Config
from monitor.service.state.health import OVERDUE, Figures
from monitor.service.state.notebook import HELD_FOR
from sources.due import next_due_at
from sources.source_health import is_believable, is_overdue, too_new, unseen

_BEHIND = "behind"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Status:
    """All that `schoolgate status` tells. Times are aware, UTC.

    `lease` is the service's, None where none was ever taken or it was given back. `digests` holds, by
    urn, when the next daily digest is due; `no_term` are those of which no term is known any more. `due` are
    the next askings, the earliest first. `clock` is how far the clock is believed. `late_cases` counts those
    in which somebody is to act, since a time is over.
    `alarm_unanswered`: everybody was asked about an alarm in vain. `too_new` are sources of which nobody can
    tell yet whether they are silent.
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
    clock: Trust
    late_cases: int = 0
    alarm_unanswered: bool = False
    too_new: tuple[str, ...] = ()

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
    lease, here = find_lease(con, NAME), now.astimezone(config.zone).date()
    states = source_store.states(con, [s.id for s in config.sources])
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
        digests={s.urn: _next_digest(config, config.calendar(s.urn), now) for s in config.schools},
        no_term=tuple(s.urn for s in config.proper if config.calendar(s.urn).end_of_terms(here)),
        clock=clock_state(con, now, up),
        too_new=tuple(_too_new(config, states, now)),
    )


def _too_new(config: Config, states: Mapping[str, SourceState], now: datetime) -> Iterator[str]:
    """The ids of sources that are read, and of which nobody can tell yet whether they are silent."""
    for source in config.sources:
        state = states[source.id]
        if source.disabled is None and state.last_ok_at and too_new(state, now, config.school_hours(source)):
            yield source.id


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


def _next_digest(config: Config, calendar: Calendar, now: datetime) -> datetime:
    """The next school day's time."""
    hour, minute = map(int, config.digest.at.split(":"))
    here = now.astimezone(config.zone)
    today = here.date()
    at = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    day = today if calendar.school_day(today) and here < at else calendar.next_school_day(today)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=config.zone).astimezone(now.tzinfo)
