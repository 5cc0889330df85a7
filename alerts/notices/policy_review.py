"""The message that a written policy is past its review: to the head and the chair, once a quarter. Pure.

Governors own the policy and the head runs it day to day (Maesteg, Basildon 11, Monkhouse 501); of five
policies that we read, two were past their review and two had no date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.access.recipients import policy_owners
from alerts.layout.note import Note
from alerts.means import in_working_hours
from data.ids import digest
from data.register.calendar import Calendar
from data.types import OutboxMessage, Person, School
from data.words.say import Words, words

LIFE = timedelta(hours=72)
QUARTER_DAYS = 91


@dataclass(frozen=True, slots=True)
class Overdue:
    """A policy whose review was due on a day that is past; `version` may be empty."""

    title: str
    version: str
    review_due: date


def review_messages(
    policy: Overdue,
    school: School,
    people: Sequence[Person],
    calendar: Calendar,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """One mail to each, in working hours; the key changes with each quarter since the review was due.

    The first quarter begins the day after that day; there is none before it.
    """
    days = (now.astimezone(zone).date() - policy.review_due).days
    if days < 1:
        return ()
    w = words(school.language)
    due = in_working_hours(now, zone, calendar)
    told = (policy.title, policy.review_due.isoformat(), str((days - 1) // QUARTER_DAYS))
    return tuple(
        OutboxMessage(
            key=digest("policy", school.urn, *told, person.id),
            urn=school.urn,
            person_id=person.id,
            kind="account",
            subject=(note := _note(policy, person, w)).subject,
            body=note.text,
            due_at=due,
            expires_at=due + LIFE,
            html=note.html,
        )
        for person in policy_owners(school, people)
    )


def _note(policy: Overdue, person: Person, w: Words) -> Note:
    version = w("policy.version", version=policy.version) if policy.version else w("policy.no_version")
    return Note(
        language=w.language,
        subject=w("policy.subject"),
        greeting=w("instant.greeting", name=person.name),
        said=w("policy.overdue", title=policy.title, day=w.full_day(policy.review_due)),
        parts=((version, w("policy.why")), (w("policy.mend"),)),
        small=(w("policy.again"), w("common.not_watched")),
    )
