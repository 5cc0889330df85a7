"""The one number of a matter: mails, digest, page and lists all call it so. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from data.types import Alert


def number_of(alert: Alert, open_cases: Iterable[str] = ()) -> str:
    """What people call it by: the number of its oldest open case, else the alert's short number.

    `open_cases` are the numbers of the open cases of the alert's story, for its school.
    """
    return min(open_cases, key=int, default=short_number(alert))


def short_number(alert: Alert) -> str:
    """What an alert is called by as long as it has no case."""
    return short(alert.id)


def short(alert_id: str) -> str:
    """The first six digits of an alert's id, in capitals."""
    return alert_id[:6].upper()
