"""The words of an instant alert: that there is one, who acts, by when. Never what it says.

Mail and text messages are read on lock screens and forwarded. So no text, title, address,
author, handle or year group goes in; the reader signs in to see them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.times import INSTANT_LIFE, due_at
from data.ids import digest
from data.types import Alert, OutboxMessage, Person, Route, School, Severity

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HOUR = timedelta(hours=1)

_STEPS = {
    Route.SAFEGUARDING: "Open it now and follow your safeguarding procedure.",
    Route.POLICE_NOW: "Open it now and decide on the police: 999 if it is imminent, 101 if not.",
    Route.REQUEST_REMOVAL: "Open it and decide whether to ask the author for removal.",
    Route.PLATFORM_REPORT: "Open it and decide whether to report it to the platform.",
}


def outbox(
    alert: Alert, people: Sequence[Person], school: School, now: datetime, zone: str
) -> tuple[OutboxMessage, ...]:
    """One message to each person of the alert's audience, in its order; none without audience.

    `zone` is the school's, an IANA name. Keys depend on the alert, how often it was raised and the
    person, so that a repeat is one.
    """
    by_id = {p.id: p for p in people}
    local = ZoneInfo(zone)
    due = due_at(alert, now, local)
    return tuple(
        OutboxMessage(
            key=digest("outbox", alert.id, str(alert.times), person_id),
            urn=alert.urn,
            person_id=person_id,
            kind="instant",
            subject=subject(alert, school),
            body=body(alert, by_id, person_id, school, due, local),
            due_at=due,
            expires_at=due + INSTANT_LIFE,
            alert_id=alert.id,
        )
        for person_id in alert.audience
    )


def short_number(alert: Alert) -> str:
    """What people call the alert by: the first six digits of its id, in capitals."""
    return alert.id[:6].upper()


def subject(alert: Alert, school: School) -> str:
    """One line without control characters: the school, the alert's number, how urgent."""
    again = " (again, more urgent)" if alert.times > 1 else ""
    return f"{_line(school.name)}: alert {short_number(alert)} needs you {_when(alert)}{again}"


def body(
    alert: Alert,
    by_id: Mapping[str, Person],
    person_id: str,
    school: School,
    due: datetime,
    zone: ZoneInfo,
) -> str:
    """The message as plain text, lines ended by a line feed."""
    lines = [
        _greeting(by_id.get(person_id)),
        "",
        f"Alert {short_number(alert)} at {_line(school.name)} needs you {_when(alert)}.",
        _STEPS.get(alert.route, "Open it and decide."),
        f"By: {_deadline(alert, due, zone)}.",
        _others(alert, by_id, person_id),
        "",
        "To say that you have it:",
        f"    schoolgate alerts ack {alert.id} --as {_line(person_id)}",
        "To read it:",
        f"    schoolgate alerts show {alert.id}{_key(alert, person_id)}",
        "",
        *_danger(alert),
        "What was posted is not in this message, on purpose. Please do not ask for it by mail.",
        "Not watched around the clock. If a child is in danger, ring 999.",
    ]
    return "\n".join(lines) + "\n"


def _key(alert: Alert, person_id: str) -> str:
    """What opens a restricted matter: who reads it, and why."""
    return f' --restricted --as {_line(person_id)} --reason "…"' if alert.restricted else ""


def _greeting(person: Person | None) -> str:
    return f"Dear {_line(person.name)}," if person and _line(person.name) else "Hello,"


def _when(alert: Alert) -> str:
    if alert.severity >= Severity.THIS_HOUR:
        return "now"
    return "as soon as you read this" if alert.route.urgent else "today"


def _deadline(alert: Alert, due: datetime, zone: ZoneInfo) -> str:
    if alert.severity >= Severity.THIS_HOUR:
        return _clock(due + _HOUR, zone)
    return f"the end of {due.astimezone(zone):%A} {due.astimezone(zone).day} {due.astimezone(zone):%B}"


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%H:%M} on {local:%A} {local.day} {local:%B}"


def _others(alert: Alert, by_id: Mapping[str, Person], person_id: str) -> str:
    others = [_line(by_id[p].name) for p in alert.audience if p != person_id and p in by_id]
    if not others:
        return "You are the only one who has been told."
    place = "You are asked first." if alert.audience[0] == person_id else "You are asked as well."
    return f"{place} Also told: {', '.join(others)}."


def _danger(alert: Alert) -> list[str]:
    if alert.severity < Severity.THIS_HOUR:
        return []
    return ["Somebody may be in danger. If so, ring 999 first: do not wait for anybody's leave.", ""]


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()
