"""A signed report: where its files stand, whether they are what was signed, and the mails that bring it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from alerts.access.offices import REPORT_READERS
from alerts.access.recipients import in_office
from alerts.layout.note import LIFE, Note
from alerts.layout.note import mails as note_mails
from alerts.weekly.facts import ReportFacts
from alerts.weekly.weeks import named
from data.errors import SchoolgateError
from data.ids import digest
from data.store.reporting.signed_reports import WeeklyReport
from data.types import OutboxMessage, School
from data.words.say import words
from monitor.config.load import Config

FOLDER = "reports"


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


def mails(config: Config, school: School, facts: ReportFacts, now: datetime) -> tuple[OutboxMessage, ...]:
    """One message to each governor with an address, the signed PDF attached; the same keys each time."""
    w, week = words(school.language), named(facts.week)
    note = Note(
        language=w.language,
        subject=w("report.mail.subject", week=week.number),
        said=w("report.mail.said", week=week.number, year=week.year),
        parts=((w("report.mail.what"),),),
        small=(w("common.not_watched"),),
    )
    to = [p for p in in_office(school, config.people, REPORT_READERS) if p.email]
    made = note_mails(note, to, school.urn, "report", ("report", school.urn, facts.week), now, LIFE)
    return tuple(replace(mail, attachment=attachment(school.urn, facts.week)) for mail in made)
