"""A person signs a report: looked through, made without the draft's mark, kept, queued once; or sends it
back, with why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from alerts.access.recipients import people_for_repairs, report_signers
from alerts.layout.note import LIFE, Note
from alerts.layout.note import mails as notes
from alerts.weekly.facts import parse_week, to_json
from data.frozen import freeze
from data.people import people_of
from data.steps.acts import Done, Refused
from data.store import weekly as weekly_store
from data.store.engine.open import Store
from data.store.outbox import put_outbox
from data.store.weekly import WeeklyReport
from data.types import Person, School
from data.words.say import words
from monitor.config.home.paths import write_private
from monitor.config.load import Config
from monitor.reports.weekly import attachment_path, current, mails, make_report, sign_key

MAY_SIGN = "may_sign"
"""The guard: a head, deputy head or chair signs; a member of the leadership team where there is none."""
_FIT = "fit_to_publish"
MOST_WHY = 500
"""So many characters the reason may have."""
OFTEN, MOST_BACK, WITHIN = "often", 10, timedelta(hours=1)
"""So often one report is sent back within that time: each time somebody is sent a mail."""


@freeze
class Signed:
    """The report as it is signed now, and how many get it by mail: None where it was signed before."""

    report: WeeklyReport
    readers: int | None


def sign(
    store: Store, config: Config, school: School, report: WeeklyReport, by: Person, home: Path, now: datetime
) -> Done[Signed] | Refused:
    """Signs the report, keeps its files and queues it for the governors; what is signed stays as it is."""
    able = report_signers(school, config.people)
    if by not in able:
        who = ", ".join(p.id for p in able) or "nobody is set up"
        return Refused(MAY_SIGN, words("en")("reports.may_sign", school=school.name, who=who))
    if report.signed_at is not None:
        return Done(Signed(report, None))
    facts = current(config, school, report)
    with store.open_reader() as con:
        files = make_report(con, config, facts, now, by.name)
    if files.findings:
        return Refused(_FIT, "\n".join(f"  {finding.sentence()}" for finding in files.findings))
    path = home / attachment_path(school.urn, report.week)
    messages = mails(config, school, facts, now)
    page = files.html.encode()
    wanted = replace(
        report,
        facts=to_json(facts),
        signed_at=now,
        signed_by=by.id,
        sha256=sha256(files.pdf).hexdigest(),
        page_sha256=sha256(page).hexdigest(),
    )
    asking = [sign_key(school.urn, report.week, p.id) for p in able]
    with store.write("signing the report") as con:
        signed = weekly_store.sign(con, wanted)
        if signed is not wanted:
            return Done(Signed(signed, None))
        write_private(path, files.pdf)
        write_private(path.with_suffix(".html"), page)
        put_outbox(con, messages, now)
        weekly_store.withdraw_waiting(con, asking, now)
    return Done(Signed(signed, len(messages)))


def send_back(
    store: Store, config: Config, school: School, report: WeeklyReport, by: Person, why: str, now: datetime
) -> Done[int] | Refused:
    """Keep why, and tell whoever looks after the settings, else other signers. It stays a draft."""
    able = report_signers(school, config.people)
    if by not in able or report.signed_at is not None:
        return Refused("may_sign", "Only people who may sign a draft can send it back.")
    if not why.strip() or len(why.strip()) > MOST_WHY:
        return Refused("reason", f"Say why, in {MOST_WHY} characters at most.")
    w, week = words(school.language), parse_week(report.week)
    said = w("reports.back.said", who=by.name, week=week.number)
    note = Note(
        language=w.language,
        subject=w("reports.back.subject", week=week.number),
        said=said,
        parts=((f"“{why.strip()}”",), (w("reports.back.what"),)),
        small=(w("common.not_watched"),),
    )
    here = [p for p in people_of(school, config.people) if p.email and p != by]
    to = people_for_repairs(here) or tuple(p for p in able if p in here)
    key = ("report_back", school.urn, report.week, by.id, now.isoformat())
    messages = notes(note, to, school.urn, "sign", key, now, LIFE)
    with store.write("sending the report back") as con:
        times = weekly_store.times_sent_back(con, school.urn, report.week)
        if sum(now - entry.done_at < WITHIN for entry in times) >= MOST_BACK:
            return Refused(OFTEN, f"It was sent back {MOST_BACK} times within the hour.")
        weekly_store.send_back(con, report, by.id, why.strip(), now)
        put_outbox(con, messages, now)
    return Done(len(messages))
