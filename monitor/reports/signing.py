"""A person signs a report: it is looked through, made without the draft's mark, kept, and queued once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.access.offices import REPORT_READERS, REPORT_SIGNERS
from alerts.access.recipients import in_office
from alerts.layout.note import Note
from alerts.weekly.facts import ReportFacts, to_json
from alerts.weekly.weeks import Week, named
from data.errors import InputError, SchoolgateError
from data.ids import digest
from data.store.engine.open import Store
from data.store.messages.outbox import put_outbox
from data.store.reporting import signed_reports
from data.store.reporting.signed_reports import WeeklyReport
from data.types import OutboxMessage, Person, School
from data.words.say import Words, words
from monitor.config.load import Config
from monitor.home.private_file import keep
from monitor.reports.weekly import current, made

if TYPE_CHECKING:
    from monitor.reports.weekly import Made

FOLDER = "reports"
LIFE = timedelta(hours=72)
"""How long a message about a report may wait to be sent."""


class NotFit(SchoolgateError):
    """It holds what must not be published, or is not what was signed; nothing was signed or sent."""


def sign_key(urn: str, week: str, person_id: str, *, again: bool) -> str:
    """The key of the message that asks one person to sign, the first time or again."""
    return digest("sign again" if again else "sign", urn, week, person_id)


def attachment(urn: str, week: str) -> str:
    """Where the signed PDF stands, below the home folder."""
    return f"{FOLDER}/{urn}-{week}.pdf"


def kept(home: Path, report: WeeklyReport) -> dict[str, bytes] | None:
    """The signed files by their endings; None where it is not signed.

    Raises NotFit where they are gone or are not those that were signed.
    """
    if report.signed_at is None:
        return None
    found = {}
    for ending, signed in ((".pdf", report.sha256), (".html", report.page_sha256)):
        path = (home / attachment(report.urn, report.week)).with_suffix(ending)
        if not path.exists():
            raise NotFit(f"{path}, which {report.signed_by} signed, is gone. A backup may hold it.")
        found[ending] = path.read_bytes()
        if sha256(found[ending]).hexdigest() != signed:
            raise NotFit(f"{path} is not the file that {report.signed_by} signed: somebody has changed it.")
    return found


def sign(
    store: Store,
    config: Config,
    school: School,
    report: WeeklyReport,
    person: Person,
    home: Path,
    now: datetime,
) -> tuple[WeeklyReport, int | None]:
    """The report as it is signed now, and how many get it by mail: None where it was signed before.

    Raises InputError where this person may not sign, NotFit where the last look finds something.
    """
    _permitted(config, school, person)
    if report.signed_at is not None:
        return report, None
    facts = current(config, school, report)
    with store.read() as con:
        files = made(con, config, school, facts, now)
    _refuse(files, report.week)
    path = home / attachment(school.urn, report.week)
    messages = mails(config, school, facts, now)
    page = files.html.encode()
    wanted = replace(
        report,
        facts=to_json(facts),
        signed_at=now,
        signed_by=person.id,
        sha256=sha256(files.pdf).hexdigest(),
        page_sha256=sha256(page).hexdigest(),
    )
    with store.write("signing the report") as con:
        signed = signed_reports.sign(con, wanted)
        if signed is not wanted:
            return signed, None
        keep(path, files.pdf)
        keep(path.with_suffix(".html"), page)
        put_outbox(con, messages, now)
        signed_reports.take_back(con, _asking(config, school, report.week), now)
    return signed, len(messages)


def _permitted(config: Config, school: School, person: Person) -> None:
    able = in_office(school, config.people, REPORT_SIGNERS)
    if person not in able:
        who = ", ".join(p.id for p in able) or "nobody is set up"
        raise InputError(
            f"--as {person.id}: the report is signed by a head, deputy head, chair or a member of the "
            f"leadership team of {school.name}. Those are: {who}."
        )


def _refuse(files: Made, week: str) -> None:
    if files.findings:
        found = "\n".join(f"  {finding.sentence()}" for finding in files.findings)
        raise NotFit(
            f"The report for {week} cannot be signed: it would be published, and it holds\n{found}\n"
            "What is in it comes from the school's name and its policies' titles in schoolgate.toml; put "
            "those right. Nothing was signed or sent."
        )


def mails(config: Config, school: School, facts: ReportFacts, now: datetime) -> tuple[OutboxMessage, ...]:
    """One message to each governor with an address, the signed PDF attached; the same keys each time."""
    w = words(school.language)
    return tuple(
        OutboxMessage(
            key=digest("report", school.urn, facts.week, person.id),
            urn=school.urn,
            person_id=person.id,
            kind="report",
            subject=note.subject,
            body=note.text,
            html=note.html,
            due_at=now,
            expires_at=now + LIFE,
            attachment=attachment(school.urn, facts.week),
        )
        for person in in_office(school, config.people, REPORT_READERS)
        if person.email
        for note in [_note(w, named(facts.week), person)]
    )


def _note(w: Words, week: Week, person: Person) -> Note:
    return Note(
        language=w.language,
        subject=w("report.mail.subject", week=week.number),
        greeting=w("instant.greeting", name=person.name),
        said=w("report.mail.said", week=week.number, year=week.year),
        parts=((w("report.mail.what"),),),
        small=(w("common.not_watched"),),
    )


def _asking(config: Config, school: School, week: str) -> list[str]:
    people = in_office(school, config.people, REPORT_SIGNERS)
    return [sign_key(school.urn, week, p.id, again=again) for p in people for again in (False, True)]
