"""A drill of the alarm, once a term: when it is, who is asked, what they read, what came of it. Pure.

It goes the way of a threat to the school, to the people whom that reaches, by the table of an alarm, and ends
before anybody who governs or oversees the school would be asked. No alert, story or case is made for it, so
no list, count or report has it: the audit chain alone holds what was done, as ids and codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.access.matter import Matter, matter_to_raise
from alerts.access.offices import on_staff
from alerts.access.recipients import recipients
from alerts.escalation import ENDS, Open, call
from alerts.layout.note import Button, Note, line, message
from alerts.links import Links
from alerts.next_date import Means, SchoolDays
from alerts.wording.instant import ways
from data.content_class import ContentClass
from data.digest import ToldDrill
from data.ids import digest
from data.people import people_of
from data.register.calendar import Calendar
from data.store.engine.audit_chain import AuditEntry, Code
from data.types import (
    About,
    Alert,
    Escalation,
    Harm,
    Meant,
    OutboxMessage,
    Person,
    Policy,
    Relevance,
    Route,
    School,
    Sentiment,
    Severity,
    Verdict,
    Via,
)
from data.words.say import words

DRILL = "drill"
"""The kind of its messages."""
ANNOUNCED, BEGUN, ASKED, TAKEN, OVER = (
    f"drill_{what}" for what in ("announced", "begun", "asked", "taken", "over")
)
"""What the audit calls its steps."""
LATEST = timedelta(minutes=15)
"""So long after its minute it still begins; where nothing ran then, it is announced for another day."""
_AFTER_BELL, _EVERY, _MARGIN = timedelta(minutes=15), 3, 5
"""It begins so long after the school day does; is planned anew so many school days later; and keeps so many
clear at either end of a term."""


@dataclass(frozen=True, slots=True)
class Drill:
    """A school's drill of one term, as its entries have it. `days` are those that it was announced for;
    `asked` those asked so far, as an alarm's steps; `taken_by` who has it, at `over_at`."""

    id: str
    urn: str
    days: frozenset[date] = frozenset()
    begun_at: datetime | None = None
    audience: tuple[str, ...] = ()
    asked: tuple[Escalation, ...] = ()
    taken_by: str | None = None
    over_at: datetime | None = None

    @property
    def runs(self) -> bool:
        """Has it begun, and is not over?"""
        return self.begun_at is not None and self.over_at is None

    @property
    def result(self) -> ToldDrill | None:
        """What came of it, once it is over."""
        if self.begun_at is None or self.over_at is None:
            return None
        told = tuple(dict.fromkeys((*self.audience, *(s.person_id for s in self.asked if s.person_id))))
        return ToldDrill(self.begun_at, self.over_at, self.taken_by, told)


def drill_of(drill_id: str, urn: str, entries: Iterable[AuditEntry], now: datetime) -> Drill:
    """The drill that these entries about it (in their order) add up to; over once the table would reach those
    who govern, whoever has it."""
    it = Drill(drill_id, urn)
    for entry in entries:
        told = tuple(Code.TOLD.values(entry.codes))
        if entry.action == ANNOUNCED:
            it = replace(it, days=it.days.union(map(date.fromisoformat, Code.STARTS.values(entry.codes))))
        elif entry.action == BEGUN:
            it = replace(it, begun_at=entry.done_at, audience=told)
        elif entry.action == ASKED:
            first = len(it.asked) + 1
            steps = [
                Escalation(drill_id, urn, 1, first + n, p, entry.done_at)
                for n, p in enumerate(told or (None,))
            ]
            it = replace(it, asked=(*it.asked, *steps))
        elif entry.action in (TAKEN, OVER) and it.over_at is None:
            it = replace(it, taken_by=entry.actor if entry.action == TAKEN else None, over_at=entry.done_at)
    if it.runs and it.begun_at and now >= it.begun_at + ENDS:
        it = replace(it, over_at=it.begun_at + ENDS)
    return it


def drill_id(urn: str, calendar: Calendar, day: date) -> str | None:
    """The id of the drill of that day's term, half terms counted together; None where no term is known."""
    term = next((t for t in calendar.terms if t.first <= day <= t.last), None)
    return f"{DRILL}:{urn}:{term.first.year}-{_season(term.first)}" if term else None


def _season(first: date) -> str:
    """Autumn, spring or summer, by when a term or half term begins."""
    return "autumn" if first.month >= 8 else "spring" if first.month <= 3 else "summer"


def planned_on(school: School, calendar: Calendar, links: Links, day: date) -> time | None:
    """The minute (of the place) of a drill that may be held on that day; None on all other days.

    Which days and minutes those are follows from the home's secret: nobody can tell them beforehand.
    """
    known = drill_id(school.urn, calendar, day)
    if known is None or not calendar.school_day(day):
        return None
    spans = [t for t in calendar.terms if drill_id(school.urn, calendar, t.first) == known]
    span = [t.first + timedelta(n) for t in spans for n in range((t.last - t.first).days + 1)]
    days = [d for d in sorted(span) if calendar.school_day(d)][_MARGIN:-_MARGIN]
    drawn = int.from_bytes(links.keyed(DRILL, known)[:4])
    if day not in days[drawn % max(1, len(days) * 2 // 3) :: _EVERY]:
        return None
    opens, closes = (datetime.combine(day, at) for at in calendar.hours)
    room = int((closes - ENDS - (opens + _AFTER_BELL)).total_seconds() // 60)
    minute = int.from_bytes(links.keyed(DRILL, known, day.isoformat())[:4]) % max(1, room)
    return (opens + _AFTER_BELL + timedelta(minutes=minute)).time()


def begins_now(it: Drill, at: time, zone: ZoneInfo, now: datetime) -> bool:
    """Is it to begin: announced for today, at its minute or a little later, and not held before?"""
    here = now.astimezone(zone)
    planned = datetime.combine(here.date(), at, zone).astimezone(UTC)
    return it.begun_at is None and here.date() in it.days and planned <= now < planned + LATEST


def first_asked(school: School, people: Sequence[Person], policy: Policy, now: datetime) -> tuple[str, ...]:
    """Ids of those whom a threat to the school would reach at once, but for who governs or oversees it."""
    here = people_of(school, people)
    told = recipients(matter_to_raise([v := _threat(school)], v, here, school, policy), here, now)
    return _of_staff(told.audience, here)


def asked_now(
    it: Drill, people: Sequence[Person], school: School, policy: Policy, days: SchoolDays, now: datetime
) -> tuple[str, ...] | None:
    """Ids of those who are asked now by the table of an alarm; None where no row is due."""
    here, v = people_of(school, people), _threat(school)
    matter: Matter = matter_to_raise([v], v, here, school, policy).matter
    found = call(Open(_alert(it), matter, it.asked), people, school, days, now)
    if found is None or found.row is None:
        return None
    return _of_staff((s.person_id for s in found.steps if s.person_id), here)


def _of_staff(ids: Iterable[str], here: Sequence[Person]) -> tuple[str, ...]:
    able = {p.id for p in here if on_staff(p)}
    return tuple(i for i in ids if i in able)


def _threat(school: School) -> Verdict:
    """What nobody has posted: a threat to the school itself, of this hour."""
    aimed = (Meant("school", 1.0, "about", Harm.VIOLENCE),)
    return Verdict(
        DRILL, 1, school.urn, Relevance.ABOUT, Sentiment.NEGATIVE, ("threat",), About.SCHOOL,
        Severity.THIS_HOUR, Route.POLICE_NOW, endangers=aimed,
    )  # fmt: skip


def _alert(it: Drill) -> Alert:
    """The alert that it stands for. It is never saved."""
    assert it.begun_at is not None
    return Alert(
        it.id, it.id, it.urn, Severity.THIS_HOUR, Route.POLICE_NOW, ContentClass.FAIR_COMMENT, False,
        it.audience, (), (), it.begun_at,
    )  # fmt: skip


def drill_mails(
    it: Drill, to: Sequence[str], people: Sequence[Person], school: School, means: Means, now: datetime
) -> Iterator[OutboxMessage]:
    """A mail, and a short message where there is one, to each of these (ids): “DRILL” first in all of it."""
    assert it.begun_at is not None
    w, alert, names = words(school.language), _alert(it), {p.id: line(p.name) for p in people}
    minutes = int((now - it.begun_at).total_seconds() // 60)
    for person in to:
        page = means.links.drill(it.id, person, now)
        said = w("drill.mail.again", minutes=minutes) if minutes else w("drill.mail.said")
        note = Note(
            w.language,
            w("drill.mail.subject_again" if minutes else "drill.mail.subject"),
            said,
            w("instant.greeting", name=names[person]),
            ((w("drill.mail.do"),),),
            button=Button(w("drill.mail.button"), page) if page else None,
            small=(w("drill.mail.real"), w("common.not_watched")),
        )
        for via in ways(person, alert, means):
            short = w("drill.mail.short", link=page or "")
            key = digest(DRILL, it.id, str(minutes), person, via.value)
            given = short if via is Via.CHAT else note
            yield message(given, person, school.urn, DRILL, key, now, ENDS)
