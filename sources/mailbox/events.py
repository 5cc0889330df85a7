"""Events of calendars that come by mail (RFC 5545), as lines: what, when, how often, where. All pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.frozen import freeze

Moment = date | datetime
"""A day, or a time; a time without a zone is as it was written."""
_LONDON = ZoneInfo("Europe/London")
_FIELD = re.compile(
    r"^(SUMMARY|DESCRIPTION|LOCATION|DTSTART|DTEND|DURATION|RRULE|STATUS)"
    r"((?:;(?:\"[^\"\n]*+\"|[^\":\n])*+)?):(.*)$",
    re.M | re.I,
)
_ZONE = re.compile(r";TZID=\"?([^\";:]{1,60})", re.I)
_LENGTH = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?"
)
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAYS = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday"}
_DAYS |= {"SA": "Saturday", "SU": "Sunday"}
_ORDINALS = {"1": "the first ", "2": "the second ", "3": "the third ", "4": "the fourth ", "-1": "the last "}
_DAY_IN_RULE = re.compile(r"([+-]?\d?)([A-Z]{2})")
_GRAPH_UNITS = {
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "absoluteMonthly": "MONTHLY",
    "absoluteYearly": "YEARLY",
}
_GRAPH_UNITS |= {"relativeMonthly": "MONTHLY", "relativeYearly": "YEARLY"}
_GRAPH_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "last": "-1"}


@freeze
class CalendarEvent:
    """Facts of an event. `end` is the first moment, or day, that no longer belongs to it (3.6.1)."""

    summary: str = ""
    start: Moment | None = None
    end: Moment | None = None
    often: str = ""
    place: str = ""
    about: str = ""
    cancelled: bool = False

    @property
    def lines(self) -> str:
        """All of it, a line each."""
        cancelled = "Cancelled" if self.cancelled else ""
        said = (self.summary, cancelled, self._when(), self.often, self.place, self.about)
        return "\n".join(filter(None, said))

    def _when(self) -> str:
        first, last = self.start, self.end
        if first is None:
            return _format_moment(last) if last else ""
        if last is not None and not isinstance(first, datetime):
            last = last.date() if isinstance(last, datetime) else last
            last = last - timedelta(days=1) if last > first else None
        if last is None or last == first or not _may_follow(last, first):
            return _format_moment(first)
        return f"{_format_moment(first)} – {_format_moment(last)}"


def _may_follow(last: Moment, first: Moment) -> bool:
    """May it come later? Of a day and a time, or with one zone alone, nobody knows."""
    if not (isinstance(first, datetime) and isinstance(last, datetime)):
        return True
    return bool(first.tzinfo) != bool(last.tzinfo) or last > first


def _format_moment(at: Moment) -> str:
    """“24 November 2026, 18:00”, of the United Kingdom where its zone is known."""
    if isinstance(at, datetime) and at.tzinfo:
        at = at.astimezone(_LONDON)
    day = f"{at.day} {at:%B %Y}"
    return f"{day}, {at:%H:%M}" if isinstance(at, datetime) else day


def read_moment(said: str, zone: str = "") -> Moment | None:
    """Read a day or a time of ISO 8601; None for what is neither. An unknown zone changes nothing."""
    said = said.strip()
    try:
        at = datetime.fromisoformat(said)
        if "T" not in said.upper():
            return at.date()
        if at.tzinfo:
            at = at.astimezone(_LONDON)
    except (ValueError, OverflowError):
        return None
    known = None if at.tzinfo else _zone_of(zone)
    try:
        return at.replace(tzinfo=known).astimezone(_LONDON) if known else at
    except OverflowError:
        return at


def _zone_of(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, LookupError, OSError):
        return None


def _end_after(start: Moment | None, length: str) -> Moment | None:
    """The end of what lasts so long (3.3.6); None for no length, or one that cannot be."""
    found = _LENGTH.fullmatch(length.strip().upper())
    if start is None or found is None:
        return None
    parts = {name: int(count) for name, count in found.groupdict().items() if count}
    try:
        return start + timedelta(**parts)
    except OverflowError:
        return None


def recurrence_words(rule: str) -> str:
    """Say how often it takes place (3.3.10): “Every 2 weeks on Friday, 6 times”; "" for no rule of ours."""
    pairs = (part.partition("=") for part in rule.strip().upper().split(";"))
    parts = {name: value for name, _, value in pairs}
    unit = _UNITS.get(parts.get("FREQ", ""))
    if unit is None:
        return ""
    each = parts.get("INTERVAL", "1")
    several = each.isascii() and each.isdigit() and len(each) < 4 and int(each) > 1
    words = f"Every {int(each)} {unit}s" if several else f"Every {unit}"
    if days := _read_days(parts.get("BYDAY", ""), parts.get("BYSETPOS", "")):
        words += f" on {' and '.join(days)}"
    until, count = read_moment(parts.get("UNTIL", "")), parts.get("COUNT", "")
    if until is not None:
        return f"{words} until {until.day} {until:%B %Y}"
    return f"{words}, {count} times" if count.isascii() and count.isdigit() and len(count) < 5 else words


def _read_days(said: str, place: str) -> list[str]:
    """List the days of a rule: “Monday”, “the first Friday”; `place` is which of them in each month."""
    found = (_DAY_IN_RULE.fullmatch(day) for day in said.split(",")[: len(_DAYS)])
    return [_ORDINALS.get(day[1] or place, "") + _DAYS[day[2]] for day in found if day and day[2] in _DAYS]


def event_in(calendar: str) -> str:
    """Describe the first event of a calendar, without those who are asked to it."""
    unfolded = re.sub(r"\n[ \t]", "", calendar.replace("\r\n", "\n"))
    event = unfolded.partition("BEGIN:VEVENT")[2].partition("BEGIN:VALARM")[0].partition("END:VEVENT")[0]
    fields: dict[str, tuple[str, str]] = {}
    for name, parameters, value in _FIELD.findall(event):
        fields.setdefault(name.upper(), (parameters, value))

    def text(name: str) -> str:
        value = fields.get(name, ("", ""))[1]
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)

    def moment(name: str) -> Moment | None:
        parameters, value = fields.get(name, ("", ""))
        zone = _ZONE.search(parameters)
        return read_moment(value, zone[1] if zone else "")

    start = moment("DTSTART")
    return CalendarEvent(
        summary=text("SUMMARY"),
        start=start,
        end=moment("DTEND") or _end_after(start, text("DURATION")),
        often=recurrence_words(text("RRULE")),
        place=text("LOCATION"),
        about=text("DESCRIPTION"),
        cancelled=text("STATUS").strip().upper() == "CANCELLED",
    ).lines


def event_at_graph(item: Mapping[str, Any], start: str, end: str) -> str:
    """Describe when and where a meeting of Microsoft Graph is, and how often; "" of what is none."""
    first, last = (_moment_at_graph(item, name) for name in (start, end))
    place = _table(item.get("location")).get("displayName")
    often = recurrence_words(_rule_at_graph(_table(item.get("recurrence"))))
    return CalendarEvent(start=first, end=last, often=often, place=" ".join(str(place or "").split())).lines


def _moment_at_graph(item: Mapping[str, Any], name: str) -> Moment | None:
    """A moment there has its zone beside it; of a whole day the time is midnight."""
    at = _table(item.get(name))
    zone = str(at.get("timeZone") or "")
    moment = read_moment(str(at.get("dateTime") or ""), zone)
    if item.get("isAllDay") is True:
        return read_moment(str(at.get("dateTime") or "").partition("T")[0])
    return moment


def _rule_at_graph(recurrence: Mapping[str, Any]) -> str:
    """A recurrence as the rule of a calendar has it (graph/api/resources/recurrencepattern)."""
    pattern, span = _table(recurrence.get("pattern")), _table(recurrence.get("range"))
    given = pattern.get("daysOfWeek")
    days = [str(day)[:2].upper() for day in given] if isinstance(given, list) else []
    parts = {
        "FREQ": _GRAPH_UNITS.get(str(pattern.get("type")), ""),
        "INTERVAL": str(pattern.get("interval") or 1),
        "BYDAY": ",".join(days),
        "UNTIL": str(span.get("endDate") or "") if span.get("type") == "endDate" else "",
        "COUNT": str(span.get("numberOfOccurrences") or "") if span.get("type") == "numbered" else "",
    }
    if str(pattern.get("type")).startswith("relative"):
        parts["BYSETPOS"] = _GRAPH_ORDINALS.get(str(pattern.get("index")), "")
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _table(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}
