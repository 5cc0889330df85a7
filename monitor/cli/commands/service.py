"""`schoolgate serve`, the service until it is told to end; `status`; `desk` and `demo`; `service install`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from typer import Option

from alerts.notices.book import matter, merge_troubles
from alerts.wording.digest.view import read_in_part
from data import effects
from data.effects import Clock, utc_now
from data.errors import InputError, StoreError, write_commands
from data.frozen import freeze
from data.types import Outcome, Trouble
from data.words.say import words
from monitor.cli.commands import options
from monitor.cli.commands.options import HomeOptions, JsonOptions, end_command
from monitor.config.home import paths
from monitor.config.home.paths import find_paths
from monitor.config.load import Config
from monitor.home import wiring
from monitor.terminal import wording
from monitor.terminal.groups import group
from monitor.terminal.output import in_json, is_terminal, say, say_lines
from monitor.terminal.program import command_as_account, typed_arguments
from monitor.terminal.table import Cell, Tone, draw_table
from sources.runs import reasons_of

if TYPE_CHECKING:
    from monitor.service.health import Status, UnseenPlace


def serve_command(opts: HomeOptions) -> None:
    """Run by itself: read the sources when they are due, tell people, until it is told to end."""
    from monitor.service.serve import run_service as until_told_to_end
    from monitor.setup.desk.pages import setup_pages

    where = opts.find_paths()
    end_command(until_told_to_end(where.home, where.config, say=say, more=setup_pages))


def setup_command(opts: HomeOptions) -> None:
    """Set a school up in a browser on this computer: a page for each question, saved as you go."""
    from monitor.service.own_desk import open_own_desk
    from monitor.setup.desk.pages import setup_pages

    open_own_desk(opts.find_paths(), None, setup_pages, sets_up=True)


Port = Annotated[
    int, Option("--port", min=1024, max=65535, help="The port of the demo's desk on this machine.")
]


def demo_command(home: options.Home = None, port: Port = 8478) -> None:
    """Try it on an invented school: its desk opens in a browser, beside the emails that would arrive."""
    from monitor.service.own_desk import has_browser

    if is_terminal() and has_browser():
        from monitor.cli.demo.desk import run_desk

        run_desk(find_paths(os.environ, home).demo, port)
        return
    from monitor.cli.demo.run import run_demo

    end_command(run_demo(home=home, as_json=False, say=say))


def desk_command(
    opts: HomeOptions,
    demo: bool = False,
    port: Port = 8478,
    person: Annotated[str | None, Option("--as", metavar="PERSON")] = None,
) -> None:
    """Open the desk in a browser on this computer, as the IT lead or the head; or set a school up."""
    if demo:
        from monitor.cli.demo.desk import run_desk

        run_desk(find_paths(os.environ, opts.home).demo, port)
        return
    from monitor.service.own_desk import open_own_desk
    from monitor.setup.desk.pages import setup_pages

    open_own_desk(opts.find_paths(), person, setup_pages)


WAIT_S = 3.0
"""So long the store is waited for: who asks how things are wants to know it now."""


def status_command(opts: JsonOptions) -> None:
    """Say whether the service runs, what it could not see and what waits. Exit code 1 if not all is well."""
    end_command(print_status(opts.home, opts.config, as_json=opts.as_json, clock=effects.utc_now))


def print_status(home: Path | None, config: Path | None, *, as_json: bool, clock: Clock) -> int:
    """Print it; 0 if all is well, else 1. Raises StoreError for a person where nothing is known."""
    where, settings = wiring.open_settings(home, config)
    found = _find_status(where.home, settings, clock)
    if found.nothing and not as_json:
        from monitor.setup.check_settings import next_lines

        began = wiring.open_store(where.home, migrate=False).path.exists()
        step = [] if began else next_lines(where.config, clock().date())
        raise StoreError("\n".join([found.refused, *step]))
    say_lines([in_json(status_document(found))] if as_json else status_lines(found, settings))
    return found.exit


def _find_status(home: Path, settings: Config, clock: Clock) -> FoundStatus:
    """Find what is known, writing nothing. No store is waited for: service and file tell what they know."""
    from monitor.matters.searching import alarm_unanswered, count_late_cases
    from monitor.pipeline import supplied as spool
    from monitor.service.health import read_status as read_status
    from monitor.service.notebook import complaints_of, read_book

    complaints = complaints_of(home, settings.serve.health_port)
    troubles = tuple(
        t for n in read_book(home).notices for t in merge_troubles(n.troubles) if t.until is None
    )
    handed_in = len(spool.spooled_reports(home))
    try:
        with wiring.open_store(home, clock, migrate=False, wait_s=WAIT_S).open_reader() as con:
            seen = read_status(con, settings, clock(), effects.uptime())
            late, alarm = count_late_cases(con, settings, seen.now), alarm_unanswered(con, settings)
            seen = replace(seen, late_cases=late, alarm_unanswered=alarm)
            return FoundStatus(seen, "", complaints, troubles, handed_in)
    except StoreError as error:
        return FoundStatus(None, str(error), complaints, troubles, handed_in)


def install_command(
    opts: HomeOptions, user: str = "schoolgate", to: Path = Path("/var/lib/schoolgate"), dry_run: bool = False
) -> None:
    """Let it run by itself: move the home to where the service runs, write its unit, start it, try it."""
    from monitor.setup import installing

    old, new = paths.find_paths(os.environ, opts.home, anybodys=True).home, to.expanduser().absolute()
    if not dry_run and os.geteuid() != 0:
        line = command_as_account("root", old, typed_arguments())
        raise InputError(f"Only root can make an account and a service. Nothing was changed. Type:\n{line}")
    wanted = installing.service_home(old, new, user)
    started = installing.install_service(wanted, installing.Machine(), say, utc_now, dry_run=dry_run)
    if not started:
        say("No systemd runs on this machine, so nothing was started. To start it, and keep it running:")
        say(f"  {wanted.command('serve')}")
        end_command(3)
    if not dry_run:
        say("From now on, type other commands like this:")
        say(f"  {wanted.command('status')}")


def check_command(opts: HomeOptions) -> None:
    """Judge a sentence of our own, as the service would; nothing is stored."""
    from monitor.pipeline.judges import scorer
    from monitor.service.heartbeat import SENTENCE

    _, settings = opts.open_settings()
    wiring.make_linker(settings)
    found = scorer(settings.model).score([SENTENCE])
    by = settings.register.name if settings.register else "no register"
    say(f"A sentence was judged, by the model {found.model} and {by}.")


service_app = group("The service on this machine.")
service_app.command("install")(install_command)
service_app.command("check")(check_command)

_SHOWN = 5
_WHY = {"behind": "not asked when it was due", "failing": "fails again and again"}
"""What an outcome does not say; the rest is in the words of the digest."""


@freeze
class FoundStatus:
    """The known status: what the store shows, why it shows nothing, and what the service says of itself.

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


def status_document(found: FoundStatus) -> dict[str, object]:
    """One JSON document; times are ISO 8601, UTC. Of a store that cannot be read all is null."""
    return {
        "running": found.complaints is not None or (found.store is not None and found.store.alive),
        "complaints": list(found.complaints or ()),
        "troubles": [
            {"what": matter(t), "why": t.why, "since": wording.plain_json(t.since)} for t in found.troubles
        ],
        "kept_not_judged": found.handed_in,
        "store": found.refused or None,
        **(_store_document(found.store) if found.store else dict.fromkeys(_OF_THE_STORE)),
        "exit": found.exit,
    }


def _store_document(status: Status) -> dict[str, object]:
    lease, mail = status.lease, status.mail
    return {
        "holder": lease.holder if lease else None,
        "since": wording.plain_json(lease.taken_at if lease else None),
        "last_sign": wording.plain_json(status.last_sign),
        "not_seen": [
            {
                "source": n.source_id, "why": n.why, "since": wording.plain_json(n.since),
                "our_fault": n.ours, "detail": n.detail,
            }
            for n in status.not_seen
        ],
        "too_new": list(status.too_new),
        "next": [{"source": source_id, "at": wording.plain_json(at)} for at, source_id in status.due],
        "messages": wording.pick_fields(mail, "waiting failed unsure overdue_since unanswered_since"),
        **wording.pick_fields(status, "open_alerts untold late_cases alarm_unanswered"),
        "nothing_deleted_until": wording.plain_json(status.clock.until),
        "next_digest": {urn: wording.plain_json(at) for urn, at in status.digests.items()},
        "no_term": list(status.no_term),
    }  # fmt: skip


def status_lines(found: FoundStatus, config: Config) -> Iterable[str]:
    """The same for a reader, in the zone of the configuration."""
    answers, store = "The service runs: it answers on this machine.", found.store
    if store is None:
        yield "The service does not answer." if found.complaints is None else answers
        yield f"The store cannot be read now: {found.refused}"
    elif found.complaints is not None and not store.alive:
        sign = f" Its last sign of life in the store is of {_when(store.last_sign, config.zone)}."
        yield f"{answers}{sign if store.last_sign else ''}"
    else:
        yield _running(store, config.zone)
    if found.complaints or found.troubles:
        yield "It has problems:"
        for complaint in found.complaints or ():
            yield f"  {complaint}"
        for trouble in found.troubles:
            what = words("en")(f"notice.what.{matter(trouble)}")
            yield f"  people were told: since {_when(trouble.since, config.zone)}, {what} ({trouble.why})"
        yield "  To see why, and how to put it right: schoolgate doctor"
    if found.handed_in:
        yield (
            f"Reports saved, not yet judged: {found.handed_in}. If a child may be at risk, ring the "
            "safeguarding lead now. To record them: schoolgate scan"
        )
    if store is not None:
        yield from _store_lines(store, config)


def _store_lines(status: Status, config: Config) -> Iterable[str]:
    zone = config.zone
    seen = [wording.brief(e.since, status.now, zone) if e.since else "never yet" for e in status.not_seen]
    rows = [(e.source_id, since, _why(e)) for e, since in zip(status.not_seen, seen, strict=True)]
    yield from _apart(draw_table(("Not seen", "Last seen", "Why"), rows))
    if status.too_new:
        young = "Too new to tell whether they are silent: read for less than four school weeks"
        yield from _apart([f"{young}: {wording.some(status.too_new)}."])
    yield from _due_lines(status, zone)
    yield from (
        f"{f.source_id}: {wording.say_read_back(f, words('en'), status.now, zone)}" for f in status.back
    )
    mail = status.mail
    yield f"Messages: {mail.waiting} waiting; in 7 days {mail.failed} failed, {mail.unsure} perhaps sent."
    if mail.failed:
        yield write_commands("  If an address is wrong: ⟪/people⟫")
    if config.mail is None and mail.waiting:
        yield f"  Mail waits: {wording.NO_MAIL[config.without_mail]}"
    if status.mail_stuck and mail.overdue_since:
        yield f"  One has been due since {_when(mail.overdue_since, zone)}. To see why: schoolgate doctor"
    yield f"Alerts that nobody has acknowledged: {status.open_alerts}."
    if status.alarm_unanswered:
        yield "  An alarm has had no answer for an hour. Does email reach people? schoolgate doctor"
    if status.untold:
        yield f"  Nobody could be told of {status.untold} of them. To see who is missing: schoolgate doctor"
    if status.late_cases:
        yield f"Overdue cases: {status.late_cases}. The desk shows what comes next."
    if status.has_unanswered and mail.unanswered_since is not None:
        since = _when(mail.unanswered_since, zone)
        yield f"  One, due {since}, did not arrive. To see it: schoolgate alerts list"
    clock = status.clock
    if clock.until is not None:
        off = "ahead of" if clock.ahead else "behind"
        yield (
            f"Nothing is deleted until {_when(clock.until, zone)}: the clock is more than a day {off} "
            f"{_when(clock.believed, zone)}, when we last trusted it. Is its time right?"
        )
    for at in dict.fromkeys(status.digests.values()):  # a line for all schools whose digest is due at once
        schools = wording.some([urn for urn, due in status.digests.items() if due == at])
        yield f"Next daily digest for {schools}: {_when(at, zone)}."
    if status.no_term:
        schools = wording.some(status.no_term)
        yield f"We have no term dates for {schools}: every weekday that is not a bank holiday counts."
        yield write_commands("  To add the next: ⟪/terms⟫")


def _due_lines(status: Status, zone: ZoneInfo) -> Iterable[str]:
    if status.due and not status.asked:
        # as in the digest, without the time that its words take to load
        where = wording.count_words(status.due, "place")
        return [f"The first look at {where} is due now. It is made while the service runs."]
    due = status.due[:_SHOWN]
    soon = [(place, "now" if at <= status.now else wording.brief(at, status.now, zone)) for at, place in due]
    return _apart(draw_table(("Asked next", "When"), soon))


def _apart(lines: Sequence[str]) -> Sequence[str]:
    return [*lines, ""] if lines else []


def _why(entry: UnseenPlace) -> Cell:
    w, part = words("en"), entry.why == Outcome.PARTLY
    in_part = read_in_part(w, reasons_of(entry.detail)) if part else ""
    said = in_part or _WHY.get(entry.why) or w(f"digest.not_seen.{entry.why}")
    pace = wording.pace_words(Outcome(entry.why)) if entry.why in list(Outcome) else ""
    ours = " (our fault)" if entry.ours and entry.why != Outcome.OUR_FAULT else ""
    detail = f": {entry.detail}" if entry.detail else ""
    return Cell(f"{said}{pace}{ours}{detail}", Tone.GRAVE if entry.ours else Tone.PLAIN)


def _running(status: Status, zone: ZoneInfo) -> str:
    lease = status.lease
    if lease is None:
        return "The service does not run. To start it: schoolgate serve"
    last = _when(status.last_sign, zone)
    if not status.alive:
        sign = f"{lease.holder} last gave a sign at {last}"
        return f"The service does not run: {sign}. To start: schoolgate serve"
    return f"The service runs: {lease.holder}, since {_when(lease.taken_at, zone)}; last sign {last}."


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else wording.local(moment, zone)
