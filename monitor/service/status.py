"""How the service is, as the store shows it: for `schoolgate status` and the figures of /metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.calendar import Calendar
from data.store import leases
from data.store import sources as source_store
from data.store.figures import Mail, mail_figures, open_alerts, runs_by_outcome
from data.store.leases import Lease
from data.types import Source, SourceState, Via
from monitor.config import Config
from monitor.service.context import Connection
from monitor.service.health import OVERDUE, Figures
from monitor.service.holder import HELD_FOR, NAME, dead
from sources.due import next_due_at
from sources.plan import unseen


@dataclass(frozen=True, slots=True)
class NotSeen:
    """A source that could not be seen, or is silent: `why` is an outcome or “silent”."""

    source_id: str
    why: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """All that `schoolgate status` tells. Times are aware, UTC.

    `lease` is the service's, None where none was ever taken or it was given back. `digests` holds, by
    urn, when the next daily digest is due. `due` are the next askings, the earliest first.
    """

    now: datetime
    lease: Lease | None
    alive: bool
    not_seen: tuple[NotSeen, ...]
    due: tuple[tuple[datetime, str], ...]
    mail: Mail
    open_alerts: int
    digests: Mapping[str, datetime]

    @property
    def last_sign(self) -> datetime | None:
        """When the service last said that it lives."""
        return self.lease.held_until - HELD_FOR if self.lease else None

    @property
    def mail_stuck(self) -> bool:
        """Is a message waiting that ought to have gone out?"""
        overdue = self.mail.overdue_since
        return overdue is not None and self.now - overdue > OVERDUE

    @property
    def exit(self) -> int:
        """0 where the service runs and its messages go out, else 1."""
        return 0 if self.alive and not self.mail_stuck else 1


def status(con: Connection, config: Config, now: datetime) -> Status:
    """Reads how things are; writes nothing."""
    lease = leases.held(con, NAME)
    states = source_store.states(con, [s.id for s in config.sources])
    times = [(next_due_at(s, states[s.id], now, config.zone), s.id) for s in config.sources]
    return Status(
        now=now,
        lease=lease,
        alive=lease is not None and lease.held_until > now and not dead(lease.holder),
        not_seen=not_seen(config.sources, states, now),
        due=tuple(sorted((at, source_id) for at, source_id in times if at is not None)),
        mail=mail_figures(con, now, _ways(config)),
        open_alerts=open_alerts(con),
        digests={s.urn: _next_digest(config, config.calendar(s.urn), now) for s in config.schools},
    )


def figures(con: Connection, config: Config, states: Mapping[str, SourceState], now: datetime) -> Figures:
    """The counts of /metrics, of the same as `status` tells."""
    mail = mail_figures(con, now, _ways(config))
    return Figures(
        at=now,
        runs=runs_by_outcome(con, now - timedelta(days=1)),
        not_seen=len(not_seen(config.sources, states, now)),
        waiting=mail.waiting,
        failed=mail.failed,
        unsure=mail.unsure,
        open_alerts=open_alerts(con),
        overdue_since=mail.overdue_since,
    )


def not_seen(
    sources: Sequence[Source], states: Mapping[str, SourceState], now: datetime
) -> tuple[NotSeen, ...]:
    """Sources that are on and whose last asking brought nothing to believe, or that fell silent."""
    found = []
    for source in sources:
        state = states.get(source.id)
        if source.disabled is not None or state is None or state.last_outcome is None:
            continue
        if not state.last_outcome.seen:
            found.append(NotSeen(source.id, state.last_outcome.value, state.last_ok_at))
        elif trouble := unseen(state, now):
            found.append(NotSeen(source.id, trouble.trouble.value, trouble.since))
    return tuple(found)


def _ways(config: Config) -> tuple[Via, ...]:
    """How messages can go out: a mail waits for as long as no mail server is set up, and that is no fault."""
    return (Via.CHAT, Via.MAIL) if config.mail else (Via.CHAT,)


def _next_digest(config: Config, calendar: Calendar, now: datetime) -> datetime:
    """The next school day's time; where the terms have run out, that of the next day."""
    hour, minute = map(int, config.digest.at.split(":"))
    here = now.astimezone(config.zone)
    today = here.date()
    at = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if calendar.school_day(today) and here < at:
        day = today
    else:
        day = calendar.next_school_day(today) or today + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=config.zone).astimezone(now.tzinfo)
