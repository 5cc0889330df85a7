"""The mail that the school's own post gives a pupil's full name beside their year: once of each, and no word
of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.knowing import Access, access
from alerts.access.matter import Matter
from alerts.access.offices import DATA_PROTECTION, SAFEGUARDERS, first_held, holders
from alerts.access.recipients import head_now, in_their_place
from alerts.layout.note import LIFE, Button, Note, mails
from alerts.links import Links
from alerts.next_date import in_working_hours
from data.register.calendar import Calendar
from data.types import OutboxMessage, Person, School
from data.words.say import words


def pupil_messages(
    story_id: str,
    matter: Matter,
    school: School,
    people: Sequence[Person],
    links: Links,
    calendar: Calendar,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """To the safeguarding lead, or their deputy, and the data protection officer; without either to the head:
    in working hours, since it is a slip of the school's own and no danger. The key is the story's."""
    w = words(school.language)
    how = {"ending": w("page.ending.heading"), "answered": w("page.answered")}
    note = Note(
        language=w.language,
        subject=w("account.pupil.subject"),
        said=w("account.pupil.said"),
        parts=((w("account.pupil.why"),), (w("account.pupil.next", **how),)),
        small=(w("account.pupil.once"), w("common.not_watched")),
    )
    due, found = in_working_hours(now, zone, calendar), list[OutboxMessage]()
    for person in _told(matter, school, people, now):
        link = links.page(story_id, person.id, now)
        for_them = replace(
            note,
            button=Button(w("account.pupil.open"), link) if link else None,
            commands=() if link else ((w("account.pupil.read"), w("instant.desk")),),
        )
        found += mails(for_them, [person], school.urn, "account", ("pupil", story_id), due, LIFE)
    return tuple(found)


def _told(matter: Matter, school: School, people: Sequence[Person], now: datetime) -> tuple[Person, ...]:
    able = [p for p in people if p.email and access(p, matter, people) is Access.WORDS]
    leads = first_held(able, [(role,) for role in SAFEGUARDERS])
    wanted = tuple(dict.fromkeys((*leads, *holders(able, *DATA_PROTECTION))))
    here = in_their_place(wanted, people, now, able.__contains__) if wanted else ()
    return here or tuple(p for p in head_now(school, people, now) if p in able)
