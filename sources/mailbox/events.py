"""Events of calendars that come by mail (RFC 5545), as lines: what, when, how often, where. All pure."""

from __future__ import annotations

import re
from calendar import day_name
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from data.ids import squeeze
from sources.html.parsers import dig, text_field

Moment = date | datetime
"""A day, or a time by the clocks of the United Kingdom; a time without a zone is as it was written."""
_LONDON = ZoneInfo("Europe/London")
_FIELD = re.compile(
    r"^(SUMMARY|DESCRIPTION|LOCATION|DTSTART|DTEND|DURATION|RRULE|STATUS)"
    r"(?:;TZID=\"?([^\";:\n]*)\"?|;(?:\"[^\"\n]*+\"|[^\";:\n])*+)*+:(.*)$",
    re.M | re.I,
)
_LENGTH = re.compile(r"\+?P(?:T?\d{1,7}[WDHMS])+")
_PARTS = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes", "S": "seconds"}
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAYS = {name[:2].upper(): name for name in day_name}
_PLACES = {"first": "1", "second": "2", "third": "3", "fourth": "4", "last": "-1"}
_ORDINALS = {place: f"the {name} " for name, place in _PLACES.items()}


def event_in(calendar: str) -> str:
    """Describe the first event of a calendar, without those who are asked to it."""
    unfolded = re.sub(r"\n[ \t]", "", calendar.replace("\r\n", "\n"))
    event = unfolded.partition("BEGIN:VEVENT")[2].partition("BEGIN:VALARM")[0].partition("END:VEVENT")[0]
    said, zones = defaultdict[str, str](str), defaultdict[str, str](str)
    for name, zone, value in reversed(_FIELD.findall(event)):  # of several the first counts
        zones[name.upper()] = zone
        said[name.upper()] = re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
    start = _read_moment(said["DTSTART"], zones["DTSTART"])
    end = _read_moment(said["DTEND"], zones["DTEND"]) or _end_after(start, said["DURATION"])
    cancelled = "Cancelled" if said["STATUS"].strip().upper() == "CANCELLED" else ""
    rule = (part.partition("=") for part in said["RRULE"].strip().upper().split(";"))
    often = _recurrence_words({name: value for name, _, value in rule})
    when = (cancelled, _span_words(start, end), often)
    return "\n".join(filter(None, (said["SUMMARY"], *when, said["LOCATION"], said["DESCRIPTION"])))


def event_at_graph(item: Mapping[str, Any], start: str, end: str) -> str:
    """Describe when and where a meeting of Microsoft Graph is, and how often; "" of what is none."""
    first, last = (_moment_at_graph(item, name) for name in (start, end))
    often = _recurrence_words(_rule_at_graph(item))
    place = squeeze(text_field(item, "location", "displayName"))
    return "\n".join(filter(None, (_span_words(first, last), often, place)))


def _moment_at_graph(item: Mapping[str, Any], name: str) -> Moment | None:
    """A moment there has its zone beside it; of a whole day the time is midnight."""
    moment = text_field(item, name, "dateTime")
    if item.get("isAllDay") is True:
        moment = moment.partition("T")[0]
    return _read_moment(moment, text_field(item, name, "timeZone"))


def _rule_at_graph(item: Mapping[str, Any]) -> dict[str, str]:
    """Give a recurrence as the rule of a calendar has it (graph/api/resources/recurrencepattern)."""
    pattern = partial(text_field, item, "recurrence", "pattern")
    span = partial(text_field, item, "recurrence", "range")
    kind, days = pattern("type"), dig(item, "recurrence", "pattern", "daysOfWeek")
    return {
        "FREQ": kind.removeprefix("absolute").removeprefix("relative").upper(),
        "INTERVAL": pattern("interval"),
        "BYDAY": ",".join(str(day)[:2].upper() for day in days) if isinstance(days, list) else "",
        "BYSETPOS": _PLACES.get(pattern("index"), "") if kind.startswith("relative") else "",
        "UNTIL": span("endDate") if span("type") == "endDate" else "",
        "COUNT": span("numberOfOccurrences"),
    }


def _read_moment(said: str, zone: str = "") -> Moment | None:
    """Read a day or a time of ISO 8601; None for what is neither. An unknown zone changes nothing."""
    try:
        at = datetime.fromisoformat(said.strip())
        if "T" not in said.upper():
            return at.date()
        if at.tzinfo is None:
            with suppress(ValueError, LookupError, OSError):
                at = at.replace(tzinfo=ZoneInfo(zone))
        return at.astimezone(_LONDON).replace(tzinfo=None) if at.tzinfo else at
    except (ValueError, OverflowError):
        return None


def _end_after(start: Moment | None, length: str) -> Moment | None:
    """Find the end of what lasts so long (3.3.6); None for no length, or one that cannot be."""
    length = length.strip().upper()
    if start is None or not _LENGTH.fullmatch(length):
        return None
    parts = {_PARTS[unit]: int(count) for count, unit in re.findall(r"(\d+)(\D)", length)}
    try:
        return start + timedelta(**parts)
    except OverflowError:
        return None


def _span_words(first: Moment | None, last: Moment | None) -> str:
    """Say when it is; `last` is the first moment, or day, that no longer belongs to it (3.6.1)."""
    if first is None or last is None:
        return _moment_words(first or last)
    if _beginning(last) <= _beginning(first):
        return _moment_words(first)
    if not isinstance(first, datetime):
        last = _beginning(last).date() - timedelta(days=1)
    return " – ".join(dict.fromkeys((_moment_words(first), _moment_words(last))))


def _beginning(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time())


def _moment_words(at: Moment | None) -> str:
    """“24 November 2026, 18:00”; "" for none."""
    if at is None:
        return ""
    day = f"{at.day} {at:%B %Y}"
    return f"{day}, {at:%H:%M}" if isinstance(at, datetime) else day


def _recurrence_words(rule: Mapping[str, str]) -> str:
    """Say how often it takes place (3.3.10): “Every 2 weeks on Friday, 6 times”; "" for no rule of ours."""
    unit = _UNITS.get(rule.get("FREQ", ""))
    if unit is None:
        return ""
    each, count = _number(rule.get("INTERVAL", "")), _number(rule.get("COUNT", ""))
    words = f"Every {each} {unit}s" if each > 1 else f"Every {unit}"
    if days := _list_days(rule):
        words += f" on {' and '.join(days)}"
    until = _read_moment(rule.get("UNTIL", ""))
    if until is not None:
        return f"{words} until {until.day} {until:%B %Y}"
    return f"{words}, {count} times" if count else words


def _number(said: str) -> int:
    """Read a small number; 0 for what is none."""
    return int(said) if re.fullmatch(r"[0-9]{1,4}", said) else 0


def _list_days(rule: Mapping[str, str]) -> list[str]:
    """List the days of a rule: “Monday”, “the first Friday”; its place may stand apart from the day."""
    apart = rule.get("BYSETPOS", "")
    days = ((day[:-2].lstrip("+"), day[-2:]) for day in rule.get("BYDAY", "").split(",")[: len(_DAYS)])
    return [_ORDINALS.get(place or apart, "") + _DAYS[name] for place, name in days if name in _DAYS]
