"""The mail that `schoolgate mail test` sends to one person, to see whether mail arrives. Pure.

It says what it is, and nothing about anybody. It waits in no outbox: it is handed over at once or not at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.ids import digest
from data.types import OutboxMessage, Person, School
from data.words.say import words

TRIAL = "test"
"""Its kind, in the log alone."""
LIFE = timedelta(hours=1)


def trial_message(school: School, person: Person, zone: ZoneInfo, now: datetime) -> OutboxMessage:
    """One for each time that it is asked for, in the school's language."""
    w = words(school.language)
    lines = [
        w("instant.greeting", name=person.name),
        "",
        w("trial.why", school=school.name, day=w.day(now, now, zone), time=w.clock(now, zone)),
        "",
        w("trial.from_here", school=school.name),
        w("trial.junk"),
        "",
        w("common.not_watched"),
    ]
    return OutboxMessage(
        key=digest(TRIAL, school.urn, person.id, now.isoformat()),
        urn=school.urn,
        person_id=person.id,
        kind=TRIAL,
        subject=w("trial.subject"),
        body="\n".join(lines) + "\n",
        due_at=now,
        expires_at=now + LIFE,
    )
