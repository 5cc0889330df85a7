"""A drill of the alarm, once a term: when it is, who is asked, what they read. Pure.

It goes the way of a threat to the school, to whom that reaches, by the table of an alarm, and ends before
anybody who governs or oversees the school would be asked. No alert, story or case is made for it, so no list,
count or report has it: the audit chain alone holds what was done, as ids and codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from alerts.access.matter import matter_to_raise
from alerts.access.offices import OUTSIDE, on_staff
from alerts.access.recipients import recipients
from alerts.escalation import ENDS, Open, call
from alerts.layout.note import Button, Note, clean_line, message
from alerts.links import Links
from alerts.next_date import Means, SchoolDays
from alerts.wording.instant import ways
from data.content_class import ContentClass
from data.digest import Drill
from data.ids import digest
from data.judged import supposed_verdict
from data.people import people_of
from data.register.calendar import Calendar, local_day
from data.store.engine.audit_chain import AuditEntry, Code
from data.types import About, Alert, Escalation, OutboxMessage, Person, Policy, Route, School, Severity, Via
from data.words.say import words

DRILL = "drill"
"""The kind of its messages, and how its id begins."""
ANNOUNCED, BEGUN = "drill_announced", "drill_begun"
ASKED, TAKEN, OVER = "drill_asked", "drill_taken", "drill_over"
"""What the audit calls its steps."""
_LATE = timedelta(minutes=15)
"""It begins so long after the school day does, and so long after its minute still; else on another day."""
_EVERY, _MARGIN = 3, 5
"""It may be held every so many school days; so many are kept clear at either end of a term."""


def drill_of(known: str, urn: str, entries: Iterable[AuditEntry], now: datetime) -> Drill:
    """Replay the drill of that id; over once the table would reach those who govern."""
    it = Drill(known, urn)
    for entry in entries:
        told, at = tuple(Code.TOLD.values(entry.codes)), entry.done_at
        if entry.action == ANNOUNCED:
            it = replace(it, days=it.days.union(map(date.fromisoformat, Code.STARTS.values(entry.codes))))
        elif entry.action == BEGUN:
            it = replace(it, begun_at=at, told=told)
        elif entry.action == ASKED:
            those = enumerate(told or (None,), len(it.asked) + 1)
            steps = (Escalation(known, urn, 1, n, p, at) for n, p in those)
            it = replace(it, asked=(*it.asked, *steps))
        elif it.over_at is None:
            it = replace(it, taken_by=entry.actor if entry.action == TAKEN else None, over_at=at)
    if it.runs and it.begun_at and now >= it.begun_at + ENDS:
        it = replace(it, over_at=it.begun_at + ENDS)
    return it


def drill_id(urn: str, calendar: Calendar, day: date) -> str | None:
    """The id of the drill of that day's term, half terms counted together; None where no term is known."""
    first = next((t.first for t in calendar.terms if t.first <= day <= t.last), None)
    if first is None:
        return None
    season = "autumn" if first.month >= 8 else "spring" if first.month <= 3 else "summer"
    return f"{DRILL}:{urn}:{first.year}-{season}"


def planned_on(school: School, calendar: Calendar, links: Links, day: date) -> time | None:
    """The minute, of the place, of a drill on that day; None on others. Nobody can tell it beforehand."""
    known = drill_id(school.urn, calendar, day)
    if known is None or not calendar.school_day(day):
        return None
    spans = (t for t in calendar.terms if drill_id(school.urn, calendar, t.first) == known)
    span = (t.first + timedelta(n) for t in spans for n in range((t.last - t.first).days + 1))
    days = [d for d in sorted(span) if calendar.school_day(d)][_MARGIN:-_MARGIN]
    if day not in days[_draw_number(links, known, len(days) * 2 // 3) :: _EVERY]:
        return None
    opens, closes = (datetime.combine(day, at) for at in calendar.hours)
    room = (closes - ENDS - opens - 2 * _LATE) // timedelta(minutes=1)
    return (opens + _LATE + timedelta(minutes=_draw_number(links, f"{known} {day}", room))).time()


def _draw_number(links: Links, of: str, below: int) -> int:
    return int.from_bytes(links.keyed_hash(DRILL, of)[:4]) % max(1, below)


def asked_now(
    it: Drill,
    at: time,
    people: Sequence[Person],
    school: School,
    policy: Policy,
    days: SchoolDays,
    now: datetime,
) -> tuple[str, ...] | None:
    """Ids of those who are asked now: at first whom a threat to the school reaches at once, then by the table
    of an alarm, but never who governs or oversees it. None where nothing is due."""
    here, verdict = people_of(school, people), supposed_verdict(school.urn, Route.POLICE_NOW, About.SCHOOL)
    raised = matter_to_raise([verdict], verdict, here, school, policy)
    if it.begun_at is None:
        planned = datetime.combine(local_day(now, days.zone), at, days.zone).astimezone(UTC)
        begins = local_day(now, days.zone) in it.days and planned <= now < planned + _LATE
        asked = recipients(raised, here, now).audience if begins else ()
    else:
        found = call(Open(_alert(it), raised.matter, it.asked), people, school, days, now)
        if found is None or found.row is None:
            return None
        asked = tuple(s.person_id for s in found.steps if s.person_id)
    able = {p.id for p in here if on_staff(p, OUTSIDE)}
    told = tuple(p for p in asked if p in able)
    return told if told or it.begun_at else None


def _alert(it: Drill) -> Alert:
    """The alert that it stands for. It is never saved."""
    of = it.id, it.id, it.urn, Severity.THIS_HOUR, Route.POLICE_NOW, ContentClass.FAIR_COMMENT
    return Alert(*of, restricted=False, audience=it.told, excluded=(), because=(), raised_at=it.since)


def drill_mails(
    it: Drill, to: Sequence[str], people: Sequence[Person], school: School, means: Means, now: datetime
) -> Iterator[OutboxMessage]:
    """A mail, and a short message where there is one, to each of these (ids): “DRILL” first in all of it."""
    w, names, minutes = words(school.language), {p.id: p.name for p in people}, (now - it.since).seconds // 60
    for person in to:
        page, again = means.links.drill(it.id, person, now) or "", "_again" if minutes else ""
        note = Note(
            w.language,
            w(f"drill.mail.subject{again}"),
            w(f"drill.mail.said{again}", minutes=minutes),
            w("instant.greeting", name=clean_line(names[person])),
            ((w("drill.mail.do"),),),
            button=Button(w("drill.mail.button"), page),
            small=(w("drill.mail.real"), w("common.not_watched")),
        )
        for via in ways(person, _alert(it), means):
            given = note if via is Via.MAIL else w("drill.mail.short", link=page)
            key = digest(DRILL, it.id, str(minutes), person, via.value)
            yield message(given, person, school.urn, DRILL, key, now, ENDS)
