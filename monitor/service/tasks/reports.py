"""On Friday at 16:00 the week's report is counted and somebody is asked to sign it; on Monday once more.

A report is made of each week that holds a day of term, in holidays of each fourth week. The weeks without
one are in the next report's table, and it says how many they are. After a sleep only the newest
missed week gets its report, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from data.errors import InputError
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox, unwritten
from data.store.reporting import signed_reports
from data.types import OutboxMessage, Person, School
from monitor.context import Context, Write

if TYPE_CHECKING:
    from alerts.weekly.weeks import Week

_REMINDS = time(8)
_MONDAY_AFTER = timedelta(days=3)
_LOOK_BACK = 3
"""So many weeks back a missed report is still made: a sleep over half term loses no week of term."""


def reports(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """The writes for what is due now: at most one report and its messages for each school."""
    return [write for school in context.config.schools for write in _school(con, context, school, now)]


def _school(con: Connection, context: Context, school: School, now: datetime) -> list[Write]:
    from alerts.weekly.weeks import last_complete, named
    from monitor.reports.weekly import wanted

    zone = context.config.zone
    newest = signed_reports.newest_report(con, school.urn)
    last = last_complete(now, zone)
    due = next((w for n in range(_LOOK_BACK) if wanted(context.config, school, w := last.back(n))), None)
    if due is not None and (newest is None or newest.week < due.name):
        return _composed(con, context, school, due, now)
    if newest is None or newest.signed_at is not None:
        return []
    week = named(newest.week)
    monday = datetime.combine(week.friday + _MONDAY_AFTER, _REMINDS, zone)
    if now < monday:
        return _told(con, asked(context, school, newest.week, now), now)
    if newest.composed_at < monday and now < week.back(-1).end(zone):
        return _told(con, asked(context, school, newest.week, now, again=True), now)
    return []


def _composed(con: Connection, context: Context, school: School, week: Week, now: datetime) -> list[Write]:
    from monitor.reports.weekly import gather

    try:
        new = gather(con, context.config, school, week, now)
    except InputError:  # nothing was looked at before the week ended
        return []
    kept = partial(
        signed_reports.put_report,
        urn=school.urn,
        week=week.name,
        facts=new.text,
        now=now,
        counted=new.counted,
    )
    return [kept, *_told(con, asked(context, school, week.name, now), now)]


def asked(
    context: Context, school: School, week: str, now: datetime, *, again: bool = False
) -> tuple[OutboxMessage, ...]:
    """A message to each who may sign: that the report waits, and how it is read and signed."""
    from alerts.access.offices import REPORT_SIGNERS
    from alerts.access.recipients import in_office

    people = [p for p in in_office(school, context.config.people, REPORT_SIGNERS) if p.email]
    return tuple(_ask(context, school, week, person, now, again) for person in people)


def _ask(
    context: Context, school: School, period: str, person: Person, now: datetime, again: bool
) -> OutboxMessage:
    from alerts.weekly.weeks import named
    from data.words.say import words
    from monitor.reports.signing import LIFE, sign_key

    w = words(school.language)
    week = named(period)
    several = len(context.config.schools) > 1
    return OutboxMessage(
        key=sign_key(school.urn, period, person.id, again=again),
        urn=school.urn,
        person_id=person.id,
        kind="sign",
        subject=w(
            "report.sign.again_subject" if again else "report.sign.subject",
            week=week.number,
            school=school.name,
        ),
        body=w(
            "report.sign.body",
            name=person.name,
            week=week.number,
            year=week.year,
            period=period,
            person=person.id,
            not_watched=w("common.not_watched"),
            school_option=f" --school {school.urn}" if several else "",
        ),
        due_at=now,
        expires_at=now + LIFE,
    )


def _told(con: Connection, messages: Sequence[OutboxMessage], now: datetime) -> list[Write]:
    """The writing of those messages that are not written yet."""
    new = unwritten(con, messages)
    return [partial(put_outbox, messages=new, now=now)] if new else []
