"""What the commands of a data protection officer print."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.keeping.requests import PrivacyRequest, RequestKind
from monitor.views.alerts import local, utc

ASKED = {
    RequestKind.ACCESS: "access to their data",
    RequestKind.ERASURE: "erasure",
    RequestKind.OBJECTION: "an objection",
    RequestKind.RECTIFICATION: "rectification",
    RequestKind.COMPLAINT: "a complaint",
    RequestKind.TOLD: "to be told that we hold their data (Article 14)",
}
_A_MOMENT = timedelta(minutes=1)


def request_line(one: PrivacyRequest, zone: ZoneInfo, now: datetime) -> str:
    """One request: its number, what is asked, since when, and what is due."""
    asked = f"{ASKED[one.kind]}, of {local(one.received_at, zone)}"
    return f"{one.id}  {one.reference}  {asked}: {_stands(one, zone, now)}"


def _stands(one: PrivacyRequest, zone: ZoneInfo, now: datetime) -> str:
    if one.answered_at is not None and one.ending is not None:
        return f"{one.ending.value} on {local(one.answered_at, zone)} by {one.answered_by}"
    if one.due_at is None:
        return "acknowledged; to be answered without undue delay"
    last = f"{(one.due_at - _A_MOMENT).astimezone(zone):%A %d %B %Y}"
    what = "acknowledge it" if one.kind is RequestKind.COMPLAINT else "answer it"
    longer = " (extended)" if one.extended_at else ""
    return f"OVERDUE since {last}{longer}" if now >= one.due_at else f"{what} by {last}{longer}"


def request_json(one: PrivacyRequest) -> dict[str, object]:
    """The same for programs, with the words that it was recorded with."""
    times = {
        "received": one.received_at, "recorded": one.recorded_at, "due": one.due_at,
        "acknowledged": one.acknowledged_at, "extended": one.extended_at, "answered": one.answered_at,
    }  # fmt: skip
    return {
        "id": one.id, "urn": one.urn, "kind": one.kind.value, "reference": one.reference,
        "reason": one.reason, "recorded_by": one.recorded_by, "ending": one.ending and one.ending.value,
        "answer": one.answer or None, "answered_by": one.answered_by,
        **{name: utc(at) if at else None for name, at in times.items()},
    }  # fmt: skip
