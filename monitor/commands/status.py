"""`schoolgate status`: how the service is, read from the store beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.notice.book import matter, merged
from data.clock_trust import Trust
from data.effects import Clock, uptime
from data.errors import StoreError
from data.troubles import Trouble
from monitor import spool, wiring
from monitor.config import Config
from monitor.service import notebook
from monitor.service.asking import complaints_of
from monitor.service.status import Status
from monitor.service.status import status as read_status
from monitor.terminal import in_json
from monitor.views.alerts import local

_SHOWN = 5
WAIT_S = 3.0
"""So long the store is waited for: who asks how things are wants to know it now."""
_WHY = {"behind": "not asked when it was due", "our_fault": "it could not be read or judged"}


@dataclass(frozen=True, slots=True)
class Found:
    """What is known: what the store shows, why it shows nothing, and what the service says of itself.

    `complaints` is None where no service answers; `troubles` are those that people were told of.
    `handed_in` counts reports of people that are kept and not yet judged.
    """

    store: Status | None
    refused: str
    complaints: tuple[str, ...] | None
    troubles: tuple[Trouble, ...]
    handed_in: int = 0

    @property
    def nothing(self) -> bool:
        """Can the store not be read, and does nobody else know anything?"""
        return self.store is None and self.complaints is None and not (self.troubles or self.handed_in)

    @property
    def exit(self) -> int:
        """0 where the store shows no fault, the service has no complaint, nothing stands or waits."""
        well = self.store is not None and self.store.exit == 0
        return 0 if well and not (self.complaints or self.troubles or self.handed_in) else 1


def run(
    *, home: Path | None, config: Path | None, as_json: bool, say: Callable[[str], None], clock: Clock
) -> int:
    """Print it; 0 where the service runs, does its work and its messages go out, else 1. Writes nothing.

    A store that is held, full or damaged is not waited for: the service and its file tell what they know.
    Raises StoreError for a reader where they know nothing; a program has its document all the same.
    """
    where, settings = wiring.settings(home, config)
    found = _look(where.home, settings, clock)
    if as_json:
        say(in_json(as_document(found)))
    elif found.nothing:
        raise StoreError(found.refused)
    else:
        for line in lines(found, settings):
            say(line)
    return found.exit


def _look(home: Path, settings: Config, clock: Clock) -> Found:
    complaints = complaints_of(home, settings.serve.health_port)
    book = notebook.read(home)
    troubles = tuple(t for n in book.notices for t in merged(n.troubles) if t.until is None)
    handed_in = len(spool.waiting(home))
    store = wiring.open_store(home, clock, migrate=False, wait_s=WAIT_S)
    try:
        with store.read() as con:
            return Found(read_status(con, settings, clock(), uptime()), "", complaints, troubles, handed_in)
    except StoreError as error:
        return Found(None, str(error), complaints, troubles, handed_in)


def as_document(found: Found) -> dict[str, object]:
    """One JSON document; times are ISO 8601, UTC. A store that cannot be read gives none of its keys."""
    return {
        "running": found.complaints is not None or (found.store is not None and found.store.alive),
        "complaints": list(found.complaints or ()),
        "troubles": [{"what": matter(t), "why": t.why, "since": _iso(t.since)} for t in found.troubles],
        "kept_not_judged": found.handed_in,
        "store": found.refused or None,
        **(_of_the_store(found.store) if found.store else {}),
        "exit": found.exit,
    }


def _of_the_store(status: Status) -> dict[str, object]:
    lease, mail = status.lease, status.mail
    return {
        "holder": lease.holder if lease else None,
        "since": _iso(lease.taken_at if lease else None),
        "last_sign": _iso(status.last_sign),
        "not_seen": [
            {"source": n.source_id, "why": n.why, "since": _iso(n.since), "our_fault": n.ours}
            for n in status.not_seen
        ],
        "next": [{"source": source_id, "at": _iso(at)} for at, source_id in status.due],
        "messages": {
            "waiting": mail.waiting,
            "failed": mail.failed,
            "unsure": mail.unsure,
            "overdue_since": _iso(mail.overdue_since),
            "unanswered_since": _iso(mail.unanswered_since),
        },
        "open_alerts": status.open_alerts,
        "nothing_deleted_until": _iso(status.clock.until),
        "next_digest": {urn: _iso(at) for urn, at in status.digests.items()},
    }


def lines(found: Found, config: Config) -> Iterable[str]:
    """The same for a reader, in the zone of the configuration."""
    yield from _first(found, config.zone)
    if found.complaints or found.troubles:
        yield "It is not well:"
        for complaint in found.complaints or ():
            yield f"  {complaint}"
        for trouble in found.troubles:
            yield f"  told of: {matter(trouble)} since {_when(trouble.since, config.zone)} ({trouble.why})"
        yield "  To see why, and how to mend it: schoolgate doctor"
    if found.handed_in:
        yield (
            f"Reports kept, not yet judged: {found.handed_in}. If a child may be at risk, ring the "
            "safeguarding lead now. To take them in: schoolgate scan"
        )
    if found.store is not None:
        yield from _shown(found.store, config)


def _first(found: Found, zone: ZoneInfo) -> Iterable[str]:
    answers = "The service runs: it answers on this machine."
    if found.store is not None:
        silent = found.complaints is not None and not found.store.alive
        yield f"{answers}{_last_sign(found.store, zone)}" if silent else _running(found.store, zone)
        return
    yield "The service does not answer." if found.complaints is None else answers
    yield f"The store cannot be read now: {found.refused}"


def _shown(status: Status, config: Config) -> Iterable[str]:
    zone = config.zone
    if status.not_seen:
        yield "Not seen:"
        for entry in status.not_seen:
            since = f"since {_when(entry.since, zone)}" if entry.since else "never seen yet"
            ours = " (a fault of ours, not of the place)" if entry.ours else ""
            yield f"  {entry.source_id}: {_WHY.get(entry.why, entry.why)}, {since}{ours}"
    if status.due:
        yield "Asked next:"
        for at, source_id in status.due[:_SHOWN]:
            yield f"  {source_id}: {'now' if at <= status.now else _when(at, zone)}"
    mail = status.mail
    yield f"Messages: {mail.waiting} waiting; in 7 days {mail.failed} failed, {mail.unsure} perhaps sent."
    if config.mail is None and mail.waiting:
        yield "  No mail server is set up, so mail waits: [mail] in schoolgate.toml."
    if status.mail_stuck and mail.overdue_since:
        yield f"  One has been due since {_when(mail.overdue_since, zone)}. To see why: schoolgate doctor"
    yield from _alerts(status, zone)
    yield from _clock(status.clock, zone)
    for urn, at in status.digests.items():
        yield f"Next daily digest for {urn}: {_when(at, zone)}."


def _clock(clock: Trust, zone: ZoneInfo) -> Iterable[str]:
    if clock.until is not None:
        off = "ahead of" if clock.ahead else "behind"
        yield (
            f"Nothing is deleted until {_when(clock.until, zone)}: the clock is more than a day {off} "
            f"{_when(clock.believed, zone)}, when it was last believed. Is its time right?"
        )


def _alerts(status: Status, zone: ZoneInfo) -> Iterable[str]:
    yield f"Alerts that nobody has acknowledged: {status.open_alerts}."
    since = status.mail.unanswered_since
    if status.unanswered and since is not None:
        yield f"  One, due {_when(since, zone)}, did not arrive. To see it: schoolgate alerts list"


def _last_sign(status: Status, zone: ZoneInfo) -> str:
    last = status.last_sign
    return f" Its last sign of life in the store is of {_when(last, zone)}." if last else ""


def _running(status: Status, zone: ZoneInfo) -> str:
    lease = status.lease
    if lease is None:
        return "The service does not run. To start it: schoolgate serve"
    last = _when(status.last_sign, zone) if status.last_sign else ""
    if not status.alive:
        return (
            f"The service does not run: {lease.holder} last gave a sign at {last}. To start: schoolgate serve"
        )
    return f"The service runs: {lease.holder}, since {_when(lease.taken_at, zone)}; last sign {last}."


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else local(moment, zone)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
