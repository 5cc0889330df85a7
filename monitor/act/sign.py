"""A person signs a report: it is looked through, made without the draft's mark, kept, and queued once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from alerts.access.recipients import report_signers
from alerts.weekly.facts import to_json
from data.steps.acts import Done, Refused, Remedy
from data.store.engine.open import Store
from data.store.messages.outbox import put_outbox
from data.store.reporting import signed_reports
from data.store.reporting.signed_reports import WeeklyReport
from data.types import Person, School
from monitor.config.home.paths import keep
from monitor.config.load import Config
from monitor.reports.weekly import attachment, current, made, mails, sign_key

MAY_SIGN = "may_sign"
"""The guard: a head, deputy head or chair signs; a member of the leadership team where there is none."""
_FIT = "fit_to_publish"


@dataclass(frozen=True, slots=True)
class Signed:
    """The report as it is signed now, and how many get it by mail: None where it was signed before."""

    report: WeeklyReport
    readers: int | None


def sign(
    store: Store,
    config: Config,
    school: School,
    report: WeeklyReport,
    person: Person,
    home: Path,
    now: datetime,
) -> Done[Signed] | Refused:
    """Signs the report, keeps its files and queues it for the governors; what is signed stays as it is."""
    able = report_signers(school, config.people)
    if person not in able:
        return _not_theirs(school, report, able)
    if report.signed_at is not None:
        return Done(Signed(report, None))
    facts = current(config, school, report)
    with store.read() as con:
        files = made(con, config, school, facts, now)
    if files.findings:
        return Refused(_FIT, "\n".join(f"  {finding.sentence()}" for finding in files.findings))
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
    asking = [sign_key(school.urn, report.week, p.id) for p in able]
    with store.write("signing the report") as con:
        signed = signed_reports.sign(con, wanted)
        if signed is not wanted:
            return Done(Signed(signed, None))
        keep(path, files.pdf)
        keep(path.with_suffix(".html"), page)
        put_outbox(con, messages, now)
        signed_reports.take_back(con, asking, now)
    return Done(Signed(signed, len(messages)))


def _not_theirs(school: School, report: WeeklyReport, able: tuple[Person, ...]) -> Refused:
    who = ", ".join(p.id for p in able) or "nobody is set up"
    reason = (
        f"the report is signed by a head, deputy head or chair of {school.name}, and where there is none by "
        f"a member of the leadership team. Those are: {who}."
    )
    said = (("report", report.week), ("school", school.urn))
    return Refused(MAY_SIGN, reason, remedies=tuple(Remedy("sign", said, person=p.id) for p in able))
