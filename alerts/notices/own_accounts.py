"""The message that a page of the school's own no longer says that it is not watched around the clock. Pure.

It goes to the leadership and to IT, names the account as the settings do, and gives the words to put there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.recipients import leadership
from alerts.layout.note import Note
from alerts.surges.message import LIFE
from data.ids import digest
from data.types import OutboxMessage, Person, Role, School
from data.words.say import LANGUAGES, Words, words


@dataclass(frozen=True, slots=True)
class Missing:
    """A notice that does not stand: the account, its name, and since when.

    `was_there` says that it stood there once; `notice` are the words the school has chosen, if any.
    """

    source_id: str
    account: str
    since: datetime
    was_there: bool = True
    notice: str | None = None
    contact: str = ""


def notice_messages(
    missing: Missing, school: School, people: Sequence[Person], zone: ZoneInfo, now: datetime
) -> tuple[OutboxMessage, ...]:
    """One mail to each of the leadership and IT, at once at any hour: a mail wakes nobody.

    Keys depend on the account, the day it went missing and the person: a page that shows its notice now and
    then leads to one message a day at most.
    """
    w = words(school.language)
    day = missing.since.astimezone(zone).date().isoformat()
    return tuple(
        OutboxMessage(
            key=digest("account", "notice", missing.source_id, school.urn, day, person.id),
            urn=school.urn,
            person_id=person.id,
            kind="account",
            subject=(note := _note(missing, school, person, w, zone, now)).subject,
            body=note.text,
            due_at=now,
            expires_at=now + LIFE,
            html=note.html,
        )
        for person in leadership(school, people, Role.IT_LEAD)
    )


def notice_words(missing: Missing, school: School) -> tuple[str, ...]:
    """What to put there: the school's own words, else ours; in Wales in both languages."""
    if missing.notice:
        return (missing.notice,)
    both = school.nation == "wales" or school.language == "cy"
    tongues = sorted(LANGUAGES) if both else [school.language]
    return tuple(
        w("account.notice", contact=missing.contact or w("account.office")) for w in map(words, tongues)
    )


def _note(missing: Missing, school: School, person: Person, w: Words, zone: ZoneInfo, now: datetime) -> Note:
    when = f"{w.day(missing.since, now, zone)}, {w.clock(missing.since, zone)}"
    said = "account.missing" if missing.was_there else "account.never"
    hands = (w("account.hands"),) if missing.was_there else ()
    return Note(
        language=w.language,
        subject=w("account.subject", account=missing.account),
        greeting=w("instant.greeting", name=person.name),
        said=w(said, account=missing.account, when=when),
        parts=(
            (w("account.why"),),
            (w("account.put"), *notice_words(missing, school)),
            (w("account.own_words"), *hands),
        ),
        small=(w("account.once"), w("common.not_watched")),
    )
