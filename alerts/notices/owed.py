"""The mail that reminds of somebody's request about their own data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.layout.note import LIFE, Note, mails
from alerts.next_date import in_working_hours
from data.privacy.requests import PrivacyRequest, RequestKind
from data.register.calendar import Calendar
from data.types import OutboxMessage, Person, School
from data.words.say import words

_A_MOMENT = timedelta(minutes=1)


def due_messages(
    one: PrivacyRequest,
    school: School,
    to: Sequence[Person],
    calendar: Calendar,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """That a request is due soon, in working hours: by its number alone, since a reference may name somebody.

    The key changes with the day that it is due. Raises ValueError where nothing is due of it.
    """
    if one.due_at is None:
        raise ValueError(f"nothing is due of {one.id}")
    w = words(school.language)
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
        small=(w("privacy.owed.once"), w("common.not_watched")),
    )
    key = ("request", school.urn, one.id, one.due_at.isoformat())
    return mails(note, to, school.urn, "account", key, in_working_hours(now, zone, calendar), LIFE)
