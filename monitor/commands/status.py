"""`schoolgate status`: how the service is, read from the store beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from data.effects import Clock
from monitor import wiring
from monitor.config import Config
from monitor.service.status import Status
from monitor.service.status import status as read_status
from monitor.views.alerts import local

_SHOWN = 5


def run(
    *, home: Path | None, config: Path | None, as_json: bool, say: Callable[[str], None], clock: Clock
) -> int:
    """Print it; 0 where the service runs and its messages go out, else 1. Writes nothing."""
    where, settings = wiring.settings(home, config)
    store = wiring.open_store(where.home, clock, migrate=False)
    with store.read() as con:
        found = read_status(con, settings, clock())
    if as_json:
        say(json.dumps(as_document(found), ensure_ascii=False, indent=2))
    else:
        for line in lines(found, settings):
            say(line)
    return found.exit


def as_document(status: Status) -> dict[str, object]:
    """One JSON document; times are ISO 8601, UTC."""
    lease, mail = status.lease, status.mail
    return {
        "running": status.alive,
        "holder": lease.holder if lease else None,
        "since": _iso(lease.taken_at if lease else None),
        "last_sign": _iso(status.last_sign),
        "not_seen": [{"source": n.source_id, "why": n.why, "since": _iso(n.since)} for n in status.not_seen],
        "next": [{"source": source_id, "at": _iso(at)} for at, source_id in status.due],
        "messages": {
            "waiting": mail.waiting,
            "failed": mail.failed,
            "unsure": mail.unsure,
            "overdue_since": _iso(mail.overdue_since),
        },
        "open_alerts": status.open_alerts,
        "next_digest": {urn: _iso(at) for urn, at in status.digests.items()},
        "exit": status.exit,
    }


def lines(status: Status, config: Config) -> Iterable[str]:
    """The same for a reader, in the zone of the configuration."""
    zone = config.zone
    yield _running(status, zone)
    if status.not_seen:
        yield "Not seen:"
        for entry in status.not_seen:
            since = f"since {_when(entry.since, zone)}" if entry.since else "never seen yet"
            yield f"  {entry.source_id}: {entry.why}, {since}"
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
    yield f"Alerts that nobody has acknowledged: {status.open_alerts}."
    for urn, at in status.digests.items():
        yield f"Next daily digest for {urn}: {_when(at, zone)}."


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
