"""Mails about what waits for somebody: a request about their own data, and what was handed in and raised no
alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.layout.note import LIFE, Button, Note, mails
from alerts.links import Links
from alerts.next_date import in_working_hours
from data.privacy import PrivacyRequest, RequestKind
from data.register.calendar import SCHOOL_CLOSES, SCHOOL_OPENS, Calendar
from data.types import OutboxMessage, Person, School
from data.words.say import words

_A_MOMENT = timedelta(minutes=1)


def due_messages(
    one: PrivacyRequest,
    school: School,
    to: Sequence[Person],
    links: Links,
    calendar: Calendar,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """That a request is due soon, in working hours: by its number alone, since a reference may name somebody.

    The key changes with the day that it is due. Raises ValueError where nothing is due of it.
    """
    if one.due_at is None:
        raise ValueError(f"nothing is due of {one.id}")
    w, base = words(school.language), links.base_url
    last = w.full_day(one.due_at - _A_MOMENT, zone)
    what = "acknowledge" if one.kind is RequestKind.COMPLAINT else "answer"
    note = Note(
        language=w.language,
        subject=w("privacy.owed.subject", request=one.id),
        said=w(
            f"privacy.owed.{what}", request=one.id, kind=w(f"privacy.owed.kind.{one.kind.value}"), day=last
        ),
        parts=(
            (w("privacy.owed.received", day=w.full_day(one.received_at, zone)), w("privacy.owed.how")),
            (w("privacy.owed.longer"),),
        ),
        button=Button(w("privacy.owed.page"), f"{base.rstrip('/')}/requests/{one.id}") if base else None,
        small=(w("privacy.owed.once"), w("common.not_watched")),
    )
    key = ("request", school.urn, one.id, one.due_at.isoformat())
    return mails(note, to, school.urn, "account", key, in_working_hours(now, zone, calendar), LIFE)


_SHOWN = 12
"""So many matters stand in one mail; of the others it says how many there are."""
HANDED = "handed"
"""The kind of the mail about what was handed in."""


@dataclass(frozen=True, slots=True)
class UnreadMatter:
    """A matter that somebody handed in, since `at`, and nobody has looked at: its number, and what its place
    is called, "" where only a few may know of it."""

    story_id: str
    number: str
    place: str
    at: datetime


def mailing_hour(now: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime | None:
    """The last full hour at which what was handed in before it is mailed: on a school day each from 07:00 to
    19:00, on any other 07:00. None between 20:00 and 07:00. In the school's `zone`."""
    local = now.astimezone(zone)
    hour = datetime.combine(local.date(), time(local.hour), zone)
    if not SCHOOL_OPENS <= hour.time() <= SCHOOL_CLOSES:
        return None
    return hour if calendar.school_day(local.date()) else datetime.combine(hour.date(), SCHOOL_OPENS, zone)


def handed_messages(
    unread: Sequence[UnreadMatter], school: School, to: Person, links: Links, zone: ZoneInfo, now: datetime
) -> tuple[OutboxMessage, ...]:
    """One mail to one person, now, with the number and place of each matter and no word of any. The key names
    the matters and when each was handed in."""
    w, also = words(school.language), []
    for one in unread[:_SHOWN]:
        since = w("notice.handed.at", day=w.day(one.at, now, zone), clock=w.clock(one.at, zone))
        said = w("notice.handed.line", number=one.number, what=", ".join(filter(None, (one.place, since))))
        link = links.page(one.story_id, to.id, now)
        also.append(
            (
                (said,) if link else (said, w("instant.desk")),
                Button(w("instant.page"), link) if link else None,
            )
        )
    more = len(unread) - len(also)
    note = Note(
        language=w.language,
        subject=w("notice.handed.subject", n=len(unread)),
        said=f"{w('digest.ring')} {w('notice.handed.said', n=len(unread))}",
        parts=((w("notice.handed.act"),),),
        also=(*also, *([((w("digest.more", count=w.number(more)),), None)] if more > 0 else [])),
        small=(w("notice.handed.once"), w("common.not_watched")),
    )
    key = (HANDED, school.urn, *(f"{one.story_id} {one.at.isoformat()}" for one in unread))
    return mails(note, [to], school.urn, HANDED, key, now, LIFE)
