"""How the service is, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.notices.book import matter
from alerts.wording.digest.reader import read_in_part
from data.store.service.clock import Trust
from data.types import Outcome, Trouble
from data.words.say import words
from monitor.cli.views.layout import brief, local, picked, plain
from monitor.config.load import Config
from monitor.service.state.status import Status, UnseenPlace
from monitor.setup.mail.ways import NO_MAIL
from monitor.terminal.table import Cell, Tone, table
from monitor.terminal.wording import pace_words, some
from sources.source_health import reasons_of

_SHOWN = 5
_WHY = {"behind": "not asked when it was due", "failing": "fails again and again"}
"""What an outcome does not say; the rest is in the words of the digest."""


@dataclass(frozen=True, slots=True)
class FoundStatus:
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


_OF_THE_STORE = (
    "holder", "since", "last_sign", "not_seen", "too_new", "next", "messages", "open_alerts", "untold",
    "late_cases", "alarm_unanswered", "nothing_deleted_until", "next_digest", "no_term",
)  # fmt: skip


def as_document(found: FoundStatus) -> dict[str, object]:
    """One JSON document; times are ISO 8601, UTC. Of a store that cannot be read all is null."""
    return {
        "running": found.complaints is not None or (found.store is not None and found.store.alive),
        "complaints": list(found.complaints or ()),
        "troubles": [{"what": matter(t), "why": t.why, "since": plain(t.since)} for t in found.troubles],
        "kept_not_judged": found.handed_in,
        "store": found.refused or None,
        **(_of_the_store(found.store) if found.store else dict.fromkeys(_OF_THE_STORE)),
        "exit": found.exit,
    }


def _of_the_store(status: Status) -> dict[str, object]:
    lease, mail = status.lease, status.mail
    return {
        "holder": lease.holder if lease else None,
        "since": plain(lease.taken_at if lease else None),
        "last_sign": plain(status.last_sign),
        "not_seen": [
            {
                "source": n.source_id, "why": n.why, "since": plain(n.since), "our_fault": n.ours,
                "detail": n.detail,
            }
            for n in status.not_seen
        ],
        "too_new": list(status.too_new),
        "next": [{"source": source_id, "at": plain(at)} for at, source_id in status.due],
        "messages": picked(mail, "waiting failed unsure overdue_since unanswered_since"),
        **picked(status, "open_alerts untold late_cases alarm_unanswered"),
        "nothing_deleted_until": plain(status.clock.until),
        "next_digest": {urn: plain(at) for urn, at in status.digests.items()},
        "no_term": list(status.no_term),
    }  # fmt: skip


def lines(found: FoundStatus, config: Config) -> Iterable[str]:
    """The same for a reader, in the zone of the configuration."""
    yield from _first(found, config.zone)
    if found.complaints or found.troubles:
        yield "It is not well:"
        for complaint in found.complaints or ():
            yield f"  {complaint}"
        for trouble in found.troubles:
            what = words("en")(f"notice.what.{matter(trouble)}")
            yield f"  people were told: since {_when(trouble.since, config.zone)}, {what} ({trouble.why})"
        yield "  To see why, and how to put it right: schoolgate doctor"
    if found.handed_in:
        yield (
            f"Reports kept, not yet judged: {found.handed_in}. If a child may be at risk, ring the "
            "safeguarding lead now. To take them in: schoolgate scan"
        )
    if found.store is not None:
        yield from _shown(found.store, config)


def _first(found: FoundStatus, zone: ZoneInfo) -> Iterable[str]:
    answers = "The service runs: it answers on this machine."
    if found.store is not None:
        silent = found.complaints is not None and not found.store.alive
        last = found.store.last_sign
        sign = f" Its last sign of life in the store is of {local(last, zone)}." if last else ""
        yield f"{answers}{sign}" if silent else _running(found.store, zone)
        return
    yield "The service does not answer." if found.complaints is None else answers
    yield f"The store cannot be read now: {found.refused}"


def _shown(status: Status, config: Config) -> Iterable[str]:
    zone = config.zone
    rows = [
        (entry.source_id, brief(entry.since, status.now, zone) if entry.since else "never yet", _why(entry))
        for entry in status.not_seen
    ]
    yield from _apart(table(("Not seen", "Last seen", "Why"), rows))
    if status.too_new:
        young = "Too new to tell whether they are silent: read for less than four school weeks"
        yield from _apart([f"{young}: {some(status.too_new)}."])
    due = status.due[:_SHOWN]
    soon = [(place, "now" if at <= status.now else brief(at, status.now, zone)) for at, place in due]
    yield from _apart(table(("Asked next", "When"), soon))
    mail = status.mail
    yield f"Messages: {mail.waiting} waiting; in 7 days {mail.failed} failed, {mail.unsure} perhaps sent."
    if mail.failed:
        yield "  If an address is wrong: schoolgate people change PERSON --email ADDRESS"
    if config.mail is None and mail.waiting:
        yield f"  Mail waits: {NO_MAIL}"
    if status.mail_stuck and mail.overdue_since:
        yield f"  One has been due since {_when(mail.overdue_since, zone)}. To see why: schoolgate doctor"
    yield from _alerts(status, zone)
    yield from _clock(status.clock, zone)
    yield from _digests(status.digests, zone)
    if status.no_term:
        yield f"No term is known for {some(status.no_term)}: every weekday that is no bank holiday counts."
        yield "  To add the next: schoolgate terms add"


def _digests(digests: Mapping[str, datetime], zone: ZoneInfo) -> Iterable[str]:
    """A line for all schools whose digest is due at once."""
    for at in dict.fromkeys(digests.values()):
        schools = some([urn for urn, due in digests.items() if due == at])
        yield f"Next daily digest for {schools}: {_when(at, zone)}."


def _apart(lines: Sequence[str]) -> Sequence[str]:
    return [*lines, ""] if lines else []


def _why(entry: UnseenPlace) -> Cell:
    w, part = words("en"), entry.why == Outcome.PARTLY
    in_part = read_in_part(w, reasons_of(entry.detail)) if part else ""
    said = in_part or _WHY.get(entry.why) or w(f"digest.not_seen.{entry.why}")
    pace = pace_words(Outcome(entry.why)) if entry.why in list(Outcome) else ""
    ours = " (a fault of ours)" if entry.ours and entry.why != Outcome.OUR_FAULT else ""
    detail = f": {entry.detail}" if entry.detail else ""
    return Cell(f"{said}{pace}{ours}{detail}", Tone.GRAVE if entry.ours else Tone.PLAIN)


def _clock(clock: Trust, zone: ZoneInfo) -> Iterable[str]:
    if clock.until is not None:
        off = "ahead of" if clock.ahead else "behind"
        yield (
            f"Nothing is deleted until {_when(clock.until, zone)}: the clock is more than a day {off} "
            f"{_when(clock.believed, zone)}, when it was last believed. Is its time right?"
        )


def _alerts(status: Status, zone: ZoneInfo) -> Iterable[str]:
    yield f"Alerts that nobody has acknowledged: {status.open_alerts}."
    if status.alarm_unanswered:
        yield "  An alarm has had no answer for an hour. Does mail reach people? schoolgate doctor"
    if status.untold:
        yield f"  Nobody could be told of {status.untold} of them. To see who is wanted: schoolgate doctor"
    if status.late_cases:
        yield f"Cases in which a time is over: {status.late_cases}. The desk shows what comes next."
    since = status.mail.unanswered_since
    if status.unanswered and since is not None:
        yield f"  One, due {_when(since, zone)}, did not arrive. To see it: schoolgate alerts list"


def _running(status: Status, zone: ZoneInfo) -> str:
    lease = status.lease
    if lease is None:
        return "The service does not run. To start it: schoolgate serve"
    last = _when(status.last_sign, zone)
    if not status.alive:
        return (
            f"The service does not run: {lease.holder} last gave a sign at {last}. To start: schoolgate serve"
        )
    return f"The service runs: {lease.holder}, since {_when(lease.taken_at, zone)}; last sign {last}."


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else local(moment, zone)
