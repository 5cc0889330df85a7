"""What people ask about their own data: the kinds of request, their clocks, and how one ends. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from data.register.calendar import Calendar, months_after

ACKNOWLEDGED_WITHIN = timedelta(days=30)
"""A complaint (Data Protection Act 2018, section 164A, in force since 19 June 2026)."""
_MONTHS, _MONTHS_EXTENDED = 1, 3


class RequestKind(StrEnum):
    """What is asked. The values are stored, and are what the command line takes.

    RESTRICTION (Article 18) is recorded with its time: people see to it, and no post is locked for it.
    TOLD is nobody's request: somebody whose data did not come from them is owed being told (Article 14).
    """

    ACCESS = "access"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    COMPLAINT = "complaint"
    TOLD = "told"


class RequestEnding(StrEnum):
    """How a request was answered."""

    GRANTED = "granted"
    PART = "part"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """One request, under the school's own `reference`; `reason` are the words of whoever wrote it down.

    `id` is P0001 and so on. `due_at` is when an answer is due, of a complaint its acknowledgment; None where
    nothing is any more. Times are UTC.
    """

    id: str
    urn: str
    kind: RequestKind
    reference: str
    reason: str
    received_at: datetime
    recorded_at: datetime
    recorded_by: str
    due_at: datetime | None
    acknowledged_at: datetime | None = None
    extended_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    ending: RequestEnding | None = None
    answer: str = ""

    @property
    def open(self) -> bool:
        """Is it still to be answered?"""
        return self.answered_at is None


def request_due(
    kind: RequestKind, received: datetime, calendar: Calendar, zone: ZoneInfo, *, extended: bool = False
) -> datetime:
    """When it is due: the first moment after its last day, where the school is.

    A month from the day it came, three where it was extended (UK GDPR, Article 12(3)), and on to the next
    working day (ICO); a complaint is acknowledged within 30 days.
    """
    day = received.astimezone(zone).date()
    if kind is RequestKind.COMPLAINT:
        return _end_of(day + ACKNOWLEDGED_WITHIN, zone)
    last = months_after(day, _MONTHS_EXTENDED if extended else _MONTHS)
    while kind is not RequestKind.TOLD and not calendar.working_day(last):
        last += timedelta(days=1)
    return _end_of(last, zone)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), zone)
