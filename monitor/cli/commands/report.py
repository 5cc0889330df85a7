"""`schoolgate report`, the governors’ report of a week; `digest`, the leadership's of a day.

People read and sign reports at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from typer import Option

from data import types
from data.effects import utc_now
from data.errors import InputError
from data.people import schools_of
from monitor.cli.commands import options
from monitor.cli.commands.options import SchoolOption as School
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.home import wiring
from monitor.terminal.output import Document, say, say_lines, visible
from monitor.terminal.wording import ADD_PERSON, NO_MAIL, local

if TYPE_CHECKING:
    from alerts.weekly.facts import Week
    from alerts.weekly.wording import ReportDocument
    from data.store.engine.open import Store
    from data.store.weekly import WeeklyReport


Out = Annotated[Path | None, Option("--out", metavar="DIR", help="Write it here as .pdf and .html.")]


def report(
    opts: options.HomeOptions,
    week: options.EndedWeek = None,
    month: bool = False,
    term: bool = False,
    out: Out = None,
    send: bool = False,
    school: School = None,
) -> None:
    """The governors' report of a week, from Friday 16:00 to Friday 16:00: a draft until a person signs it."""
    from alerts.weekly.release_check import Disclosed
    from alerts.weekly.wording import document
    from monitor.reports import weekly

    where, settings, store = wiring.open_home(opts.home, opts.config)
    key, now = wiring.pick_urn(settings, school), utc_now()
    one = next(s for s in settings.schools if s.urn == key)
    if term:
        if week or month or send:
            raise InputError("--term goes only with --out and --school.")
        _give_term(store, settings, one, now, out)
        return
    wanted = options.ended_week(week, settings.zone, now)
    wiring.remember_config(store, settings)
    found = _compose_report(store, settings, one, wanted, now, month=month)
    if send:
        options.end_command(_send(store, settings, where, found))
    if out is None:
        facts = weekly.current(settings, one, found)
        _lead(document(facts, settings.zone, found.signed_at, weekly.signer(settings, found)))
        if found.signed_at is None:
            say("A draft: it goes to nobody until somebody signs it at the desk.")
        else:
            say(f"It was signed by {found.signed_by}, {local(found.signed_at, settings.zone)}.")
        return
    files, findings = weekly.signed_files(where.home, found), tuple[Disclosed, ...]()
    if files is None:  # a draft is made anew; of a signed report the very files that were signed are copied
        with store.open_reader() as con:
            made = weekly.make_report(con, settings, weekly.current(settings, one, found))
        files, findings = {".pdf": made.pdf, ".html": made.html.encode()}, made.findings
    mark = "" if found.signed_at else "-DRAFT"
    say_lines(options.write_out(out, f"governors-{one.urn}-{found.week}{mark}", files))
    say_lines(f"It cannot be signed like this: {finding.sentence()}" for finding in findings)


def _give_term(store: Store, config: Config, school: types.School, now: datetime, out: Path | None) -> None:
    """Prints what each of a term's papers says first, or writes them into the folder."""
    from alerts.weekly.wording import make_report_pdf, render_report
    from monitor.reports.weekly import term_papers

    with store.open_reader() as con:
        papers = term_papers(con, config, school, now)
    for name, paper in papers.items():
        if out is None:
            _lead(paper)
        else:
            files = {".pdf": make_report_pdf(paper), ".html": render_report(paper).encode()}
            say_lines(options.write_out(out, f"{name}-{school.urn}-{paper.day}", files))


def _compose_report(
    store: Store, config: Config, school: types.School, week: Week, now: datetime, *, month: bool
) -> WeeklyReport:
    """The report, counted and stored if need be. Raises InputError for a `month` if that of a week is
    stored.
    """
    from alerts.weekly.compose import MONTH
    from alerts.weekly.facts import from_json
    from data.store import weekly as weekly_store
    from monitor.reports.weekly import gather_report

    with store.open_reader() as con:
        found = weekly_store.report(con, school.urn, week.name)
        new = None if found else gather_report(con, config, school, week, now, MONTH if month else 1)
    if new is not None:
        with store.write("the governors' report") as con:
            weekly_store.put_report(con, school.urn, week.name, new.text, now, new.counted)
            found = weekly_store.report(con, school.urn, week.name)
    assert found is not None
    if month and from_json(found.facts).span == 1:
        raise InputError(f"The report for {week.name} covers only that week, as it was counted then.")
    return found


def _send(store: Store, config: Config, where: Paths, report: WeeklyReport) -> int:
    from monitor.reports import weekly
    from monitor.service.delivery import deliver

    if report.signed_at is None:
        raise InputError(f"The report for {report.week} is not signed, so it is sent to nobody: ⟪/reports⟫")
    weekly.signed_files(where.home, report)
    done = deliver(store, wiring.make_context(config, where.home), clock=utc_now)
    say(f"{done.sent} messages sent, {done.waiting} wait.")
    if not done.mail:
        say(f"No mail server is set up ([mail] in {config.path.name}), so they wait.")
    elif done.failed or done.unsure or done.retried:
        say("Not all could be sent. To see what is wrong: schoolgate doctor")
        return 1
    return 0


def _lead(read: ReportDocument) -> None:
    from alerts.layout.pdf import Paragraph

    lead = next(b.text for b in read.blocks if isinstance(b, Paragraph) and b.lead)
    say_lines((read.file_title, "", lead, ""))


_NO_SENDER = "schoolgate@localhost.invalid"


def digest(
    opts: options.HomeOptions,
    day: Annotated[str | None, Option("--date", metavar="DATE")] = None,
    out: Path | None = None,
    send: bool = False,
    person: options.Asking = None,
    school: School = None,
) -> None:
    """The leadership's digest of a day: what needs them, what is new, what could not be seen."""
    from monitor.matters.reader import asker
    from monitor.matters.today import central_team, digest_readers, due_of
    from monitor.service import digests, notebook

    if out is not None and send:
        raise InputError("Either --out or --send, not both: what is sent need not be written.")
    where, settings, store = wiring.open_home(opts.home, opts.config)
    now = utc_now()
    wanted = _day(day, settings.zone, now)
    schools = [s for s in settings.schools if school is None or s.urn == wiring.pick_urn(settings, school)]
    if send:
        options.end_command(_send_digest(schools, wanted, store, settings, where.home))
    book, links = notebook.read_book(where.home), wiring.make_links(where.home, settings)
    who = asker(settings, person)
    if school is None and who in central_team(settings):
        with store.open_reader() as con:
            whole = digests.prepare_for_person(con, settings, who, wanted, now, links, book=book)
        name = digests.sender_name(settings, whole.letter, who) or ""
        _give_digest(whole.letter, f"digest-{wanted.isoformat()}-{who.id}", name, who, settings, out)
        schools = [s for s in schools if who in digest_readers(settings, s)]
    # all, where they are sent none: the refusal says why
    theirs = schools_of(who, schools) if who else schools
    for one in [s for s in schools if who in digest_readers(settings, s, instead=())] or theirs or schools:
        if who is None or who not in digest_readers(settings, one, instead=()):
            sent_to = f"{one.name}'s goes to: {', '.join(p.id for p in _sent_to(settings, one))}."
            asks = "Say whose digest you want to see: --as PERSON."
            raise InputError(f"{sent_to} {who.name} is not one of them." if who else f"{asks} {sent_to}")
        with store.open_reader() as con:
            due = due_of(settings, one, wanted)
            (found, *_) = digests.prepare(
                con, settings, one, due, [who], now, links=links, again=True, book=book
            )
        stem = f"digest-{found.editions[0].period}-{one.urn}"
        _give_digest(found.letter, stem, one.name, who, settings, out)


def _day(given: str | None, zone: ZoneInfo, now: datetime) -> date:
    today = now.astimezone(zone).date()
    if given is None:
        return today
    wanted = options.whole_day(given, "--date", zone, past=True)
    if wanted > today:
        raise InputError(f"--date {given}: that day is in the future. Today is {today.isoformat()}.")
    return wanted


def _sent_to(config: Config, school: types.School) -> Sequence[types.Person]:
    """Raises InputError where that is nobody."""
    from monitor.matters.today import digest_readers

    if found := digest_readers(config, school):
        return found
    raise InputError(
        f"Nobody gets the digest of {school.name}. It goes to each head, deputy_head and slt who has "
        f"an e-mail address: {ADD_PERSON}"
    )


def _give_digest(
    letter: types.OutboxMessage, stem: str, name: str, reader: types.Person, config: Config, out: Path | None
) -> None:
    """Prints it, or writes it into the folder, as it would come from that `name`."""
    if out is None:
        say(f"{name}: {letter.subject}\n")
        say(Document(letter.body))
        return
    from alerts.delivery.mail import compose_mail

    sender = config.mail.sender if config.mail else _NO_SENDER
    mail = compose_mail(letter, reader, sender, name)
    mail["X-Unsent"] = "1"  # a mail program opens it as a draft
    html, text = (letter.html or "").encode(), visible(letter.body).encode()
    say_lines(options.write_out(out, stem, {".html": html, ".txt": text, ".eml": mail.as_bytes()}))


def _send_digest(schools: Sequence[types.School], day: date, store: Store, config: Config, home: Path) -> int:
    """Queue what was not queued yet and hand it over at once, with what waited from before."""
    from data.store.outbox import count_waiting
    from monitor.matters.today import central_team, digest_readers
    from monitor.service import digests

    each = [s for s in schools if not s.is_trust or digest_readers(config, s)]
    queued = sum(_count_queued(one, day, store, config, home, utc_now()) for one in each)
    if len(schools) == len(config.schools) and central_team(config):
        with store.write("queue the digests of several schools") as con:
            links = wiring.make_links(home, config)
            for made in digests.untold_together(con, config, day, utc_now(), links):
                digests.queue_digest(made, con)
                queued += made.is_sent
    with store.open_reader() as con:
        waiting = count_waiting(con, utc_now())
    if not waiting:
        return 0
    from monitor.service.delivery import deliver

    done = deliver(store, wiring.make_context(config, home), clock=utc_now)
    say(f"{queued} queued · {done.sent} sent · {done.failed + done.unsure} failed · {done.waiting} wait")
    if config.mail is None:
        say(f"They wait: {NO_MAIL[config.without_mail]}")
    return 1 if done.failed or done.unsure or (config.mail is not None and done.retried) else 0


def _count_queued(
    school: types.School, day: date, store: Store, config: Config, home: Path, now: datetime
) -> int:
    """Count the digests of the school that wait to go out now; say why where none does."""
    from monitor.matters.today import due_of
    from monitor.service import digests, notebook

    due, book = due_of(config, school, day), notebook.read_book(home)
    if now >= due.expires_at:
        raise InputError(
            f"The digest of {day.isoformat()} can be sent for twelve hours, until "
            f"{due.expires_at.astimezone(config.zone):%H:%M} that day. The next one covers that "
            "time as well. To see it: leave out --send."
        )
    with store.write("queue the digest") as con:
        missing = digests.people_without_digest(con, school, due, _sent_to(config, school))
        prepared = digests.prepare(
            con, config, school, due, missing, now, links=wiring.make_links(home, config), book=book
        )
        for one in prepared:
            digests.queue_digest(one, con)
    fresh = [one for one in prepared if one.is_sent]
    if not missing:
        say(f"{school.name}: the digest of {day.isoformat()} was queued for everyone. None is sent twice.")
    elif not fresh:
        say(f"{school.name}: {day.isoformat()} is not a school day, and nothing in it is urgent.")
    return len(fresh)
