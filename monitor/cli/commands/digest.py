"""`schoolgate digest`: the daily digest of a day, printed, written to files, or sent."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.inputs import whole_day, write_out
from monitor.cli.commands.options import HomeOptions, School, finish
from monitor.home import wiring
from monitor.matters.today import central_team, due_of, readers
from monitor.terminal.output import Document, say, say_lines, visible

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data import types
    from data.store.engine.open import Store
    from monitor.config.load import Config

_NO_SENDER = "schoolgate@localhost.invalid"


def digest(
    opts: HomeOptions,
    day: Annotated[
        str | None, Option("--date", metavar="DATE", help="The day (YYYY-MM-DD); default: today.")
    ] = None,
    out: Annotated[
        Path | None, Option("--out", metavar="DIR", help="Write it here as .html, .txt and .eml.")
    ] = None,
    send: Annotated[
        bool, Option("--send", help="Send it to everyone it is for, unless they have had it.")
    ] = False,
    person: Annotated[
        str | None,
        Option(
            "--as",
            metavar="PERSON",
            help="Whose view, by id; default: SCHOOLGATE_AS, or “me” under [cli].",
        ),
    ] = None,
    school: School = None,
) -> None:
    """The leadership's digest of a day: what needs them, what is new, what could not be seen.

    \b
    Examples:
      schoolgate digest
      schoolgate digest --date 2026-11-17 --out digests
      schoolgate digest --as a-example
      schoolgate digest --send
    """
    from monitor.matters.reader import asker
    from monitor.service.state import notebook
    from monitor.service.tasks import digests

    if out is not None and send:
        raise InputError("Either --out or --send, not both: what is sent need not be written.")
    where, settings, store = wiring.open_home(opts.home, opts.config)
    now = utc_now()
    wanted = _day(day, settings.zone, now)
    schools = [s for s in settings.schools if school is None or s.urn == wiring.pick_urn(settings, school)]
    if send:
        if person is not None:
            raise InputError("--send sends to everyone it is for: leave out --as.")
        finish(_send(schools, wanted, store, settings, where.home))
    book, links = notebook.read(where.home), wiring.links(where.home, settings)
    asked = asker(settings, person or os.environ.get("SCHOOLGATE_AS"))
    if school is None and asked in central_team(settings):
        with store.read() as con:
            whole = digests.of_person(con, settings, asked, wanted, now, links, book=book)
        name = digests.sender_name(settings, whole.letter, asked) or ""
        _give(whole.letter, f"digest-{wanted.isoformat()}-{asked.id}", name, asked, settings, out)
        schools = [s for s in schools if asked in readers(settings, s)]
    # all, where they are sent none: the refusal says why
    for one in [s for s in schools if asked in readers(settings, s)] or schools:
        reader = _reader(settings, one, asked)
        with store.read() as con:
            due = due_of(settings, one, wanted)
            found = digests.prepare(
                con, settings, one, due, [reader], now, links=links, again=True, book=book
            )[0]
        _give(found.letter, f"digest-{found.editions[0].period}-{one.urn}", one.name, reader, settings, out)


def _day(given: str | None, zone: ZoneInfo, now: datetime) -> date:
    today = now.astimezone(zone).date()
    if given is None:
        return today
    wanted = whole_day(given, "--date", zone, past=True)
    if wanted > today:
        raise InputError(f"--date {given}: that day is still to come. Today is {today.isoformat()}.")
    return wanted


def _reader(config: Config, school: types.School, named: types.Person | None) -> types.Person:
    """Whoever asks, if they are sent it. Raises InputError for others, and where nobody is named."""
    sent_to = readers(config, school)
    if not sent_to:
        raise _nobody(school)
    names = ", ".join(p.id for p in sent_to)
    if named is None:
        raise InputError(f"Say whose digest you want to see: --as PERSON. It goes to: {names}.")
    if named not in sent_to:
        raise InputError(f"--as {named.id}: is not sent the digest of {school.name}. It goes to: {names}.")
    return named


def _nobody(school: types.School) -> InputError:
    from monitor.terminal.wording import numbered

    return InputError(
        f"Nobody is sent the digest of {school.name} ({numbered(school.urn)}). It goes to whoever is head, "
        "deputy_head or slt and has an e-mail address: add them in schoolgate.toml, under [[people]]."
    )


def _give(
    letter: types.OutboxMessage, stem: str, name: str, reader: types.Person, config: Config, out: Path | None
) -> None:
    """Prints it, or writes it into the folder, as it would come from that `name`."""
    if out is None:
        say(f"{name}: {letter.subject}\n")
        say(Document(letter.body))
        return
    from alerts.delivery.mail import compose

    sender = config.mail.sender if config.mail else _NO_SENDER
    mail = compose(letter, reader, sender, name)
    mail["X-Unsent"] = "1"  # a mail program opens it as a draft
    html, text = (letter.html or "").encode(), visible(letter.body).encode()
    say_lines(write_out(out, stem, {".html": html, ".txt": text, ".eml": mail.as_bytes()}))


def _send(schools: Sequence[types.School], day: date, store: Store, config: Config, home: Path) -> int:
    """Queue what was not queued yet and hand it over at once, with what waited from before."""
    from data.store.messages.outbox import count_waiting

    queued = 0
    for one in schools:
        if not readers(config, one):
            raise _nobody(one)
        queued += _queue(one, day, store, config, home, utc_now())
    if len(schools) == len(config.schools):
        queued += _queue_together(day, store, config, home, utc_now())
    with store.read() as con:
        waiting = count_waiting(con, utc_now())
    if not waiting:
        return 0
    from monitor.config.home.context import Context
    from monitor.service.delivery import deliver

    context = Context(config, home, wiring.links(home, config))
    done = deliver(store, context, clock=utc_now)
    say(f"{queued} queued · {done.sent} sent · {done.failed + done.unsure} failed · {done.waiting} wait")
    if config.mail is None:
        from monitor.setup.mail.ways import NO_MAIL

        say(f"They wait: {NO_MAIL}")
    return 1 if done.failed or done.unsure or (config.mail is not None and done.retried) else 0


def _queue(school: types.School, day: date, store: Store, config: Config, home: Path, now: datetime) -> int:
    """How many digests of the school wait to go out now; says why where none does."""
    from monitor.service.state import notebook
    from monitor.service.tasks import digests

    due, book = due_of(config, school, day), notebook.read(home)
    if now >= due.expires_at:
        raise InputError(
            f"The digest of {day.isoformat()} can be sent for twelve hours, until "
            f"{due.expires_at.astimezone(config.zone):%H:%M} that day. The next one covers that "
            "time as well. To see it: leave out --send."
        )
    with store.write("queue the digest") as con:
        missing = digests.untold(con, school, due, readers(config, school))
        prepared = digests.prepare(
            con, config, school, due, missing, now, links=wiring.links(home, config), book=book
        )
        for one in prepared:
            digests.write(one, con)
    fresh = [one for one in prepared if one.is_sent]
    if not missing:
        say(f"{school.name}: the digest of {day.isoformat()} was queued for everyone. None is sent twice.")
    elif not fresh:
        say(f"{school.name}: {day.isoformat()} is no school day, and nothing in it cannot wait.")
    return len(fresh)


def _queue_together(day: date, store: Store, config: Config, home: Path, now: datetime) -> int:
    """How many digests of several schools wait to go out now."""
    from monitor.service.tasks import digests

    if not central_team(config):
        return 0
    with store.write("queue the digests of several schools") as con:
        prepared = digests.untold_together(con, config, day, now, wiring.links(home, config))
        for one in prepared:
            digests.write(one, con)
    return sum(one.is_sent for one in prepared)
