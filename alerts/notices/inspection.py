"""The mail that the press tells what inspectors judged the school to be, good or poor: at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.knowing import Access, access, heads, spokesperson
from alerts.access.matter import Matter
from alerts.access.offices import PRESS_CONTACT
from alerts.access.recipients import in_office
from alerts.layout.note import LIFE, Button, Note, mails
from alerts.links import Links
from data.types import About, OutboxMessage, Person, School
from data.words.say import words

PRESS = "press"


def grade_messages(
    story_id: str,
    grade: str,
    matter: Matter,
    school: School,
    people: Sequence[Person],
    links: Links,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """To the head, whom the policy has answer the press, and the press contact; never to whom it may accuse.

    It is about the school, whoever leads it. Keys depend on the grade and the week: what each paper writes of
    it is told once.
    """
    w, matter = words(school.language), replace(matter, about=About.SCHOOL)
    year, week, _ = now.astimezone(zone).isocalendar()
    key = ("grade", school.urn, grade, f"{year}-{week}")
    note = Note(
        language=w.language,
        subject=w("notice.grade.subject", grade=grade),
        said=w("notice.grade.said", grade=grade),
        parts=((w("notice.grade.next"),),),
        small=(w("notice.grade.once"), w("common.not_watched")),
    )
    found: list[OutboxMessage] = []
    for person in _told(matter, school, people):
        reads = access(person, matter, people) is Access.WORDS
        link = links.page(story_id, person.id, now) if reads else None
        button = Button(w("notice.grade.open"), link) if link else None
        found += mails(replace(note, button=button), [person], school.urn, PRESS, key, now, LIFE)
    return tuple(found)


def _told(matter: Matter, school: School, people: Sequence[Person]) -> tuple[Person, ...]:
    speaks = spokesperson(matter, people)
    contacts = in_office(school, people, PRESS_CONTACT)
    reading = (p for p in contacts if access(p, matter, people) is Access.WORDS)
    told = dict.fromkeys((*heads(matter, people), *([speaks[0]] if speaks else []), *reading))
    return tuple(p for p in told if p.email)
