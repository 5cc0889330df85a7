"""`schoolgate report`: the governors' report of a week, read as a draft, signed by a person, sent once; and
`report-year`, a year's cases counted for the review of the policy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.inputs import ended_week, whole_day, write_out
from monitor.cli.commands.options import EndedWeek, HomeOptions, School, finish
from monitor.config.home.lookup import known_person
from monitor.home import wiring
from monitor.terminal.output import say, say_lines

if TYPE_CHECKING:
    from alerts.weekly.document import ReportDocument
    from alerts.weekly.weeks import Week
    from data import types
    from data.store.engine.open import Store
    from data.store.reporting.signed_reports import WeeklyReport
    from monitor.config.load import Config


Out = Annotated[Path | None, Option("--out", metavar="DIR", help="Write it here as .pdf and .html.")]


def report(
    opts: HomeOptions,
    week: EndedWeek = None,
    out: Out = None,
    send: Annotated[bool, Option("--send", help="Send it, once signed, to the governors now.")] = False,
    sign: Annotated[
        bool, Option("--sign", help="Sign it: you have read it, and it may be published.")
    ] = False,
    person: Annotated[str | None, Option("--as", metavar="PERSON", help="Who signs, by id.")] = None,
    sample: Annotated[
        bool, Option("--sample", help="Show one of an invented school: nothing need be set up.")
    ] = False,
    school: School = None,
) -> None:
    """The governors' report of a week, from Friday 16:00 to Friday 16:00: a draft until a person signs it.

    \b
    Examples:
      schoolgate report
      schoolgate report --week 2026-W47 --out reports
      schoolgate report --week 2026-W47 --sign --as a-example
      schoolgate report --week 2026-W47 --send
      schoolgate report --sample --out reports
    """
    # The week's numbers are fixed when the report is first asked for.
    if sample:
        if week or sign or send or person:
            raise InputError("--sample shows an invented school's report: give only --out DIR with it.")
        _sample(out)
        return
    if person is not None and not sign:
        raise InputError("--as says who signs: give --sign as well.")
    where, settings, store = wiring.open_home(opts.home, opts.config)
    key, now = wiring.pick_urn(settings, school), utc_now()
    one = next(s for s in settings.schools if s.urn == key)
    wanted = ended_week(week, settings.zone, now)
    wiring.remember_config(store, settings)
    report = _composed(store, settings, one, wanted, now)
    if sign:
        report = _signed(store, settings, one, report, known_person(settings, person), where.home, now)
    if out is not None:
        _write(store, settings, one, report, where.home, out)
    if send:
        finish(_send(store, settings, one, report, where.home))
    if out is None and not sign:
        _show(settings, one, report)


def _sample(out: Path | None) -> None:
    from alerts.weekly import document as html
    from alerts.weekly import pdf
    from monitor.reports.sample import sample

    read = sample()
    if out is None:
        _lead(read)
        say("An invented school. To read its report whole: schoolgate report --sample --out DIR")
        return
    files = {".pdf": pdf.render(read), ".html": html.render(read).encode()}
    say_lines(write_out(out, "governors-SAMPLE", files))


def _lead(read: ReportDocument) -> None:
    from alerts.layout.pdf import Paragraph

    lead = next(b.text for b in read.blocks if isinstance(b, Paragraph) and b.lead)
    say_lines((read.file_title, "", lead, ""))


def _composed(store: Store, config: Config, school: types.School, week: Week, now: datetime) -> WeeklyReport:
    """The stored report; counted and stored now where there was none."""
    from data.store.reporting import signed_reports
    from monitor.reports.weekly import gather

    with store.read() as con:
        found = signed_reports.report(con, school.urn, week.name)
        if found is not None:
            return found
        new = gather(con, config, school, week, now)
    with store.write("the governors' report") as con:
        signed_reports.put_report(con, school.urn, week.name, new.text, now, new.counted)
        kept = signed_reports.report(con, school.urn, week.name)
    assert kept is not None
    return kept


_UNFIT = (
    "The report for {} cannot be signed: it would be published, and it holds\n{}\nWhat is in it comes from "
    "the school's name and its policies' titles in schoolgate.toml; put those right. Nothing was signed or "
    "sent."
)


def _signed(
    store: Store,
    config: Config,
    school: types.School,
    report: WeeklyReport,
    person: types.Person,
    home: Path,
    now: datetime,
) -> WeeklyReport:
    from data.steps.acts import Refused
    from monitor.act.sign import MAY_SIGN, sign
    from monitor.reports import weekly

    came = sign(store, config, school, report, person, home, now)
    if isinstance(came, Refused):
        if came.guard == MAY_SIGN:
            raise InputError(f"⟨person⟩ {person.id}: {came.reason}")
        raise weekly.NotFit(_UNFIT.format(report.week, came.reason))
    signed, readers = came.made.report, came.made.readers
    if readers is None:
        say(f"{_by(config, signed)} Nothing was changed.")
        return signed
    path = home / weekly.attachment(school.urn, report.week)
    say(f"Signed by {person.id}. It is in {path} and, as a page, beside it.")
    name = config.path.name
    say(
        f"{readers} people get it by mail."
        if readers
        else f"Nobody gets it by mail: {name} has no governor, chair or vice_chair with an e-mail address."
    )
    return signed


def _by(config: Config, report: WeeklyReport) -> str:
    from monitor.cli.views.layout import local

    assert report.signed_at is not None
    since = local(report.signed_at, config.zone)
    return f"The report for {report.week} was signed by {report.signed_by}, {since}."


def _write(
    store: Store, config: Config, school: types.School, report: WeeklyReport, home: Path, out: Path
) -> None:
    """A draft is made anew; of a signed report the very files that were signed are copied."""
    from monitor.reports import weekly

    mark = "" if report.signed_at else "-DRAFT"
    name = f"governors-{school.urn}-{report.week}{mark}"
    kept = weekly.kept(home, report)
    findings = []
    if kept is None:
        with store.read() as con:
            files = weekly.made(con, config, school, weekly.current(config, school, report))
        kept = {".pdf": files.pdf, ".html": files.html.encode()}
        findings = [finding.sentence() for finding in files.findings]
    say_lines(write_out(out, name, kept))
    for finding in findings:
        say(f"It cannot be signed like this: {finding}")


def _send(
    store: Store,
    config: Config,
    school: types.School,
    report: WeeklyReport,
    home: Path,
) -> int:
    from alerts.access.recipients import report_signers
    from monitor.reports import weekly
    from monitor.service.delivery import deliver

    if report.signed_at is None:
        able = ", ".join(p.id for p in report_signers(school, config.people)) or "nobody is set up who may"
        raise InputError(
            f"The report for {report.week} is not signed, so it is sent to nobody. Read it (--out DIR), then "
            f"sign it: schoolgate report --week {report.week}{_option(config, school)} --sign --as PERSON. "
            f"Those who may: {able}."
        )
    weekly.kept(home, report)
    done = deliver(store, wiring.context(config, home), clock=utc_now)
    say(f"{done.sent} messages sent, {done.waiting} wait.")
    if not done.mail:
        say(f"No mail server is set up ([mail] in {config.path.name}), so they wait.")
    elif done.failed or done.unsure or done.retried:
        say("Not all could be handed over. To see what is wrong: schoolgate doctor")
        return 1
    return 0


def _show(config: Config, school: types.School, report: WeeklyReport) -> None:
    from alerts.weekly.wording import document
    from monitor.reports.weekly import current

    _lead(document(current(config, school, report), config.zone, report.signed_at))
    if report.signed_at is not None:
        say(_by(config, report))
        return
    say("A draft: nobody has signed it, and it is sent to nobody. To read it whole, then to sign it:")
    option = _option(config, school)
    say(f"    schoolgate report --week {report.week}{option} --out DIR")
    say(f"    schoolgate report --week {report.week}{option} --sign --as PERSON")


def _option(config: Config, school: types.School) -> str:
    return f" --school {school.urn}" if len(config.schools) > 1 else ""


def report_year(
    opts: HomeOptions,
    first: Annotated[
        str | None, Option("--from", metavar="DAY", help="The first day of a month; twelve months ago.")
    ] = None,
    last: Annotated[
        str | None, Option("--to", metavar="DAY", help="The last day of a month; of the last one.")
    ] = None,
    out: Out = None,
    school: School = None,
) -> None:
    """How many cases of each kind in twelve months, or in other whole months, for the review of the policy.

    Without names and without small numbers; yet not to be published beside others of its like.

    \b
    Examples:
      schoolgate report-year
      schoolgate report-year --from "1 September 2025" --to "31 August 2026" --out reports
    """
    from alerts.weekly import document as html
    from alerts.weekly import pdf
    from monitor.reports.year import whole_months, year

    _, settings, store = wiring.open_home(opts.home, opts.config)
    key, now = wiring.pick_urn(settings, school), utc_now()
    today = now.astimezone(settings.zone).date()
    begins = whole_day(first, "--from", settings.zone, past=True) if first else None
    ends = whole_day(last, "--to", settings.zone, past=True) if last else None
    months = whole_months(begins, ends, today)
    one = next(s for s in settings.schools if s.urn == key)
    with store.read() as con:
        read = year(con, settings, one, months, now)
    if out is not None:
        files = {".pdf": pdf.render(read), ".html": html.render(read).encode()}
        say_lines(write_out(out, f"incidents-{key}-{months[0]:%Y-%m}-{months[-1]:%Y-%m}", files))
        return
    _lead(read)
    say("To read it whole: schoolgate report-year --out DIR")
