"""On Friday at 16:00 the week's report is counted and the first who may is asked to sign it; then the next.

A report is made of each week that holds a day of term, in holidays of each fourth week; of four weeks
together where none of them has five mentions. The weeks without one are in the next report's table, and it
says how many they are. After a sleep only the newest missed week gets its report, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import chain, islice

from alerts.access.recipients import asked_to_sign
from alerts.layout.note import LIFE, Button, Note, message
from alerts.weekly.compose import MONTH, WHOLE
from alerts.weekly.facts import Hidden, Week, from_json, last_complete, parse_week
from alerts.weekly.wording import lead, questions
from data.errors import InputError
from data.store import weekly as weekly_store
from data.store.engine.connect import Connection
from data.store.outbox import keys_in_outbox, put_outbox
from data.store.weekly import WeeklyReport, anything_before
from data.types import Person, School
from data.words.say import words
from monitor.config.home.context import Context, Write
from monitor.matters.today import digest_readers
from monitor.reports.weekly import current, is_wanted, sign_key
from monitor.service.tasks.digests import AT_A_LOOK

_LOOK_BACK = 3
"""So many weeks back a missed report is still made: a sleep over half term loses no week of term."""


def write_reports(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Write what is due now: one report a school and its messages, for some schools a look."""
    schools, zone = context.config.proper, context.config.zone
    if not anything_before(con, last_complete(now, zone).end(zone)):
        return []
    newest = weekly_store.newest_reports(con, [school.urn for school in schools])
    found = (_school(con, context, school, newest.get(school.urn), now) for school in schools)
    return list(chain.from_iterable(islice(filter(None, found), AT_A_LOOK)))


def _school(
    con: Connection, context: Context, school: School, newest: WeeklyReport | None, now: datetime
) -> list[Write]:
    zone = context.config.zone
    last = last_complete(now, zone)
    due = next((w for n in range(_LOOK_BACK) if is_wanted(context.config, school, w := last.back(n))), None)
    if due is not None and (newest is None or newest.week < due.name):
        weeks = from_json(newest.facts).weeks[-MONTH:] if newest else ()
        few = newest and all(row.cells[WHOLE] is Hidden.FEW for row in weeks)
        span = MONTH if few else 1  # fewer than five mentions in each of them: the next is of a month
        if newest is None or newest.week <= due.back(span).name:
            return _compose_report(con, context, school, due, now, span)
    if newest is None or newest.signed_at is not None:
        return []
    if now < parse_week(newest.week).back(-1).end(zone):
        return _ask_to_sign(con, context, school, newest, now)
    return []


def _compose_report(
    con: Connection, context: Context, school: School, week: Week, now: datetime, span: int
) -> list[Write]:
    from monitor.reports.weekly import gather_report

    try:
        new = gather_report(con, context.config, school, week, now, span)
    except InputError:  # nothing was looked at before the week ended
        return []
    report = WeeklyReport(school.urn, week.name, new.text, now, counted=new.counted)

    def keep(con: Connection) -> None:
        weekly_store.put_report(con, school.urn, week.name, new.text, now, new.counted)

    return [keep, *_ask_to_sign(con, context, school, report, now)]


def _ask_to_sign(
    con: Connection, context: Context, school: School, report: WeeklyReport, now: datetime
) -> list[Write]:
    """Ask the next signer once by mail; whoever gets the digest after the first is asked there."""
    config, calendar = context.config, context.config.calendar(school.urn)
    asked = asked_to_sign(school, config.people, report.composed_at, now, config.zone, calendar)
    later = len(asked) > 1
    if not asked or (later and asked[-1] in digest_readers(config, school)):
        return []
    person = asked[-1]
    key = sign_key(school.urn, report.week, person.id)
    if keys_in_outbox(con, [key]):
        return []
    note = signing_mail(context, school, report, person, now, again=later)
    return [
        partial(put_outbox, messages=[message(note, person.id, school.urn, "sign", key, now, LIFE)], now=now)
    ]


def signing_mail(
    context: Context, school: School, report: WeeklyReport, person: Person, now: datetime, *, again: bool
) -> Note:
    """Say that a report waits, its first paragraph, what governors may ask, and how to sign."""
    facts, week, w = current(context.config, school, report), parse_week(report.week), words(school.language)
    day = facts.composed_at.astimezone(context.config.zone).date()
    may_ask = (f"– {one}" for one in questions(w, facts, day))
    page = context.links.report(school.urn, report.week, person.id, now)
    return Note(
        language=w.language,
        subject=w("report.sign.again_subject" if again else "report.sign.subject", week=week.number),
        greeting=w("instant.greeting", name=person.name),
        said=w("report.sign.said", week=week.number, year=week.year),
        parts=(
            (w("report.sign.begins"), lead(w, facts, week)),
            (w("report.sign.ask"), *may_ask),
            (w("reports.sign.by_link" if page else "report.sign.whole"),),
        ),
        button=Button(w("reports.sign.open"), page) if page else None,
        commands=() if page else ((w("report.sign.read"), context.links.typed("⟪/reports⟫")),),
        small=(w("report.sign.one"), w("common.not_watched")),
    )
