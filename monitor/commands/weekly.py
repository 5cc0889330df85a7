"""`schoolgate report`: the governors' report of a week, read as a draft, signed by a person, sent once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from alerts.weekly.facts import to_json
from alerts.weekly.weeks import Week, last_complete, named
from data.effects import Clock
from data.errors import InputError
from data.store import signed_reports
from data.store.open import Store
from data.store.signed_reports import WeeklyReport
from data.types import Person, School
from monitor import weekly_signing as signing
from monitor import wiring
from monitor.commands.common import known_person, opened
from monitor.config import Config
from monitor.private_file import keep
from monitor.views.alerts import local
from monitor.weekly import SIGNERS, current, gather, holders, made

Say = Callable[[str], None]


def run(
    *,
    week: str | None,
    out: Path | None,
    send: bool,
    sign: bool,
    person: str | None,
    school: str | None,
    home: Path | None,
    config: Path | None,
    say: Say,
    clock: Clock,
) -> int:
    """Show, write, sign or send one school's report. The week's numbers are fixed when it is first asked for.

    Raises InputError for a week that is none or has not ended, for a person who may not sign, and for
    sending what is not signed; weekly_signing.NotFit where the last check finds something.
    """
    if person is not None and not sign:
        raise InputError("--as says who signs: give --sign as well.")
    where, settings, store = opened(home, config)
    one = _school(settings, school)
    now = clock()
    wanted = _week(week, settings, now)
    wiring.remember_config(store, settings)
    report = _composed(store, settings, one, wanted, now)
    if sign:
        report = _signed(store, settings, one, report, known_person(settings, person), where.home, now, say)
    if out is not None:
        _write(store, settings, one, report, where.home, out, say)
    if send:
        return _send(store, settings, one, report, where.home, clock, say)
    if out is None and not sign:
        _show(settings, one, report, say)
    return 0


def _school(config: Config, urn: str | None) -> School:
    key = wiring.pick_urn(config, urn)
    return next(s for s in config.schools if s.urn == key)


def _week(text: str | None, config: Config, now: datetime) -> Week:
    if text is None:
        return last_complete(now, config.zone)
    week = named(text)
    if week.end(config.zone) > now:
        ends = local(week.end(config.zone), config.zone)
        raise InputError(f"--week {text}: that week has not ended. It ends on {ends}.")
    return week


def _composed(store: Store, config: Config, school: School, week: Week, now: datetime) -> WeeklyReport:
    """The stored report; counted and stored now where there was none."""
    with store.read() as con:
        found = signed_reports.report(con, school.urn, week.name)
        if found is not None:
            return found
        facts = to_json(gather(con, config, school, week, now))
    with store.write("the governors' report") as con:
        signed_reports.put_report(con, school.urn, week.name, facts, now)
        kept = signed_reports.report(con, school.urn, week.name)
    assert kept is not None
    return kept


def _signed(
    store: Store,
    config: Config,
    school: School,
    report: WeeklyReport,
    person: Person,
    home: Path,
    now: datetime,
    say: Say,
) -> WeeklyReport:
    signed, readers = signing.sign(store, config, school, report, person, home, now)
    if readers is None:
        say(f"{_by(config, signed)} Nothing was changed.")
        return signed
    path = home / signing.attachment(school.urn, report.week)
    say(f"Signed by {person.id}. It stands in {path} and, as a page, beside it.")
    name = config.path.name
    say(
        f"{readers} people get it by mail."
        if readers
        else f"Nobody gets it by mail: {name} has no governor, chair or vice_chair with an e-mail address."
    )
    return signed


def _by(config: Config, report: WeeklyReport) -> str:
    assert report.signed_at is not None
    since = local(report.signed_at, config.zone)
    return f"The report for {report.week} was signed by {report.signed_by}, {since}."


def _write(
    store: Store, config: Config, school: School, report: WeeklyReport, home: Path, out: Path, say: Say
) -> None:
    """A draft is made anew; of a signed report the very files that were signed are copied."""
    mark = "" if report.signed_at else "-DRAFT"
    name = f"governors-{school.urn}-{report.week}{mark}"
    kept = signing.kept(home, report)
    findings = []
    if kept is None:
        with store.read() as con:
            files = made(con, config, school, current(config, school, report))
        kept = {".pdf": files.pdf, ".html": files.html.encode()}
        findings = [finding.sentence() for finding in files.findings]
    for ending, held in kept.items():
        path = out / f"{name}{ending}"
        try:
            keep(path, held)
        except OSError as error:
            raise InputError(f"--out {out}: cannot be written to ({error.strerror}).") from None
        say(str(path))
    for finding in findings:
        say(f"It cannot be signed like this: {finding}")


def _send(
    store: Store,
    config: Config,
    school: School,
    report: WeeklyReport,
    home: Path,
    clock: Clock,
    say: Say,
) -> int:
    if report.signed_at is None:
        able = ", ".join(p.id for p in holders(config, school, SIGNERS)) or "nobody is set up who may"
        raise InputError(
            f"The report for {report.week} is not signed, so it is sent to nobody. Read it (--out DIR), then "
            f"sign it: schoolgate report --week {report.week}{_option(config, school)} --sign --as PERSON. "
            f"Those who may: {able}."
        )
    from monitor.service.delivery import deliver

    signing.kept(home, report)
    done = deliver(store, wiring.context(config, home), clock=clock)
    say(f"{done.sent} messages sent, {done.waiting} wait.")
    if not done.mail:
        say(f"No mail server is set up ([mail] in {config.path.name}), so they wait.")
    elif done.failed or done.unsure or done.retried:
        say("Not all could be handed over. To see what to mend: schoolgate doctor")
        return 1
    return 0


def _show(config: Config, school: School, report: WeeklyReport, say: Say) -> None:
    from alerts.weekly.document import ReportParagraph
    from alerts.weekly.wording import document

    read = document(current(config, school, report), config.zone, report.signed_at)
    lead = next(b.text for b in read.blocks if isinstance(b, ReportParagraph) and b.lead)
    for line in (read.file_title, "", lead, ""):
        say(line)
    if report.signed_at is not None:
        say(_by(config, report))
        return
    say("A draft: nobody has signed it, and it is sent to nobody. To read it whole, then to sign it:")
    option = _option(config, school)
    say(f"    schoolgate report --week {report.week}{option} --out DIR")
    say(f"    schoolgate report --week {report.week}{option} --sign --as PERSON")


def _option(config: Config, school: School) -> str:
    return f" --school {school.urn}" if len(config.schools) > 1 else ""
