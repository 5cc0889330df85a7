"""A person signs a report: it is looked through, made without the draft's mark, kept, and queued once."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.weekly.facts import Facts, from_json
from alerts.weekly.weeks import named
from data.errors import InputError, SchoolgateError
from data.ids import digest
from data.store import signed_reports
from data.store.open import Store
from data.store.outbox import put_outbox
from data.store.signed_reports import WeeklyReport
from data.types import OutboxMessage, Person, School
from data.words.say import words
from monitor.config import Config
from monitor.service.reports import LIFE, sign_key
from monitor.weekly import READERS, SIGNERS, holders, made

if TYPE_CHECKING:
    from monitor.weekly import Made

FOLDER = "reports"


class NotFit(SchoolgateError):
    """It holds what must not be published, or is not what was signed; nothing was signed or sent."""


def attachment(urn: str, week: str) -> str:
    """Where the signed PDF stands, below the home folder."""
    return f"{FOLDER}/{urn}-{week}.pdf"


def kept(home: Path, report: WeeklyReport) -> dict[str, bytes] | None:
    """The signed files by their endings; None where it is not signed or they are gone.

    Raises NotFit where the PDF is not the one that was signed.
    """
    pdf = home / attachment(report.urn, report.week)
    page = pdf.with_suffix(".html")
    if report.signed_at is None or not (pdf.exists() and page.exists()):
        return None
    held = pdf.read_bytes()
    if sha256(held).hexdigest() != report.sha256:
        raise NotFit(f"{pdf} is not the file that {report.signed_by} signed: somebody has changed it.")
    return {".pdf": held, ".html": page.read_bytes()}


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
    facts = from_json(report.facts)
    with store.read() as con:
        files = made(con, config, school, facts, now)
    _refuse(files, report.week)
    path = home / attachment(school.urn, report.week)
    messages = mails(config, school, facts, now)
    with store.write("signing the report") as con:
        hashed = sha256(files.pdf).hexdigest()
        signed = signed_reports.sign(con, school.urn, report.week, person.id, hashed, now)
        if signed.signed_at != now or signed.signed_by != person.id:
            return signed, None
        keep(path, files.pdf)
        keep(path.with_suffix(".html"), files.html.encode())
        put_outbox(con, messages, now)
        signed_reports.take_back(con, _asking(config, school, report.week), now)
    return signed, len(messages)


def _permitted(config: Config, school: School, person: Person) -> None:
    able = holders(config, school, SIGNERS)
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
            "What is in it comes from the school's name and its policies' titles in schoolgate.toml; mend "
            "those. Nothing was signed or sent."
        )


def mails(config: Config, school: School, facts: Facts, now: datetime) -> tuple[OutboxMessage, ...]:
    """One message to each governor with an address, the signed PDF attached; the same keys each time."""
    w = words(school.language)
    week = named(facts.week)
    return tuple(
        OutboxMessage(
            key=digest("report", school.urn, facts.week, person.id),
            urn=school.urn,
            person_id=person.id,
            kind="report",
            subject=w("report.mail.subject", week=week.number, school=school.name),
            body=w(
                "report.mail.body",
                name=person.name,
                week=week.number,
                year=week.year,
                not_watched=w("common.not_watched"),
            ),
            due_at=now,
            expires_at=now + LIFE,
            attachment=attachment(school.urn, facts.week),
        )
        for person in holders(config, school, READERS)
        if person.email
    )


def _asking(config: Config, school: School, week: str) -> list[str]:
    people = holders(config, school, SIGNERS)
    return [sign_key(school.urn, week, p.id, again=again) for p in people for again in (False, True)]


def keep(path: Path, held: bytes) -> None:
    """Writes a file for its owner alone (0600), whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(held)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
