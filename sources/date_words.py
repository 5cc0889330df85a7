"""The words for months, days and zones that pages write dates with, and clock times among them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo

_CLOCK = re.compile(
    r"(?<![\d:.+-])(?P<h>\d{1,2})(?:(?P<colon>[:h])(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?|\.(?P<dm>\d{2}))?"
    r"\s*(?P<half>[ap])?(?(half)\.?m\b\.?)"
)
_COMPACT = re.compile(r"^t(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?(?!\d)")
_OFFSET = re.compile(r"^\s*\(?(?:gmt|utc|z)?\s*(?P<sign>[+\-−])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?(?!\d)")
_ZONE_NAME = re.compile(r"^\s*\(?(?P<name>[a-z]{1,5})\b")


def at(day: date, rest: str, zone: tzinfo) -> datetime:
    """That day at the clock time in the rest of the text; midnight if there is none."""
    clock, after = clock_in(rest)
    if clock is None:
        return datetime.combine(day, time(), zone)
    moment = datetime.combine(day, time(), _named_zone(after) or zone)
    hour, minute, second = clock
    moment += timedelta(days=1) if hour == 24 else timedelta()
    return moment.replace(hour=hour % 24, minute=minute, second=min(second, 59))


def clock_in(rest: str) -> tuple[tuple[int, int, int] | None, str]:
    """Hour, minute, second and the text after them; a bare number is not a clock time."""
    compact = _COMPACT.match(rest)
    if compact:
        return (int(compact["h"]), int(compact["m"]), int(compact["s"] or 0)), rest[compact.end() :]
    for match in _CLOCK.finditer(rest):
        if match["colon"] or match["half"]:
            minute = int(match["m"] or match["dm"] or 0)
            hour = _hour(int(match["h"]), match["half"])
            if (hour < 24 and minute < 60) or (hour, minute) == (24, 0):
                return (hour, minute, int(match["s"] or 0)), rest[match.end() :]
    return None, ""


def _hour(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half == "p" else 0)


def _named_zone(after: str) -> tzinfo | None:
    offset = _OFFSET.match(after)
    if offset:
        shift = timedelta(hours=int(offset["h"]), minutes=int(offset["m"] or 0))
        return timezone(shift if offset["sign"] == "+" else -shift)
    name = _ZONE_NAME.match(after)
    hours = ZONES.get(name["name"]) if name else None
    return None if hours is None else timezone(timedelta(hours=hours))


_MONTH_NAMES = (
    # English, then Welsh, Portuguese, Spanish, French, German, Italian, Dutch where they differ
    "january jan ionawr ion janeiro enero ene janvier janv januar jänner gennaio gen januari",
    "february feb chwefror chwef fevereiro fev febrero février févr fevrier februar febbraio februari",
    "march mar mawrth março marco marzo mars märz maerz mär mrz maart mrt",
    "april apr ebrill ebr abril abr avril avr aprile",
    "may mai maio mayo maggio mag mei",
    "june jun mehefin meh junho junio juin juni giugno giu",
    "july jul gorffennaf gorff julho julio juillet juil juli luglio lug",
    "august aug awst agosto ago août aout augustus",
    "september sept sep medi setembro set septiembre septembre settembre",
    "october oct hydref hyd outubro out octubre octobre oktober okt ottobre ott",
    "november nov tachwedd tach novembro noviembre novembre",
    "december dec rhagfyr rhag dezembro dez diciembre dic décembre déc decembre dezember dicembre",
)
MONTHS: Mapping[str, int] = {
    name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()
}
"""Month names and their short forms, in lower case, to 1..12."""

MONTH = "|".join(re.escape(name) for name in sorted(MONTHS, key=len, reverse=True))
"""The names as one pattern, longest first."""

_WEEKDAY_NAMES = (
    "monday mon",
    "tuesday tues tue",
    "wednesday wed",
    "thursday thurs thur thu",
    "friday fri",
    "saturday sat",
    "sunday sun",
)
WEEKDAYS: Mapping[str, int] = {name: n for n, names in enumerate(_WEEKDAY_NAMES) for name in names.split()}
"""English day names to 0 (Monday)..6."""

RELATIVE_DAYS: Mapping[str, int] = {"today": 0, "yesterday": 1, "heddiw": 0, "ddoe": 1}
"""Words for a day, to days back."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNIT_NAMES: tuple[tuple[str, int, int], ...] = (
    ("seconds second secs sec s", 0, 1),
    ("minutes minute mins min m munud", 0, _MINUTE),
    ("hours hour hrs hr h awr", 0, _HOUR),
    ("days day d diwrnod", 0, _DAY),
    ("weeks week wks wk w wythnos", 0, 7 * _DAY),
    ("months month mos mo mis", 1, 0),
    ("years year yrs yr y flwyddyn", 12, 0),
)
UNITS: Mapping[str, tuple[int, int]] = {
    name: (months, seconds) for names, months, seconds in _UNIT_NAMES for name in names.split()
}
"""Units of `3 days ago`, to calendar months and seconds."""

ZONES: Mapping[str, float] = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "bst": 1, "west": 1, "cet": 1, "met": 1, "cest": 2,
    "eet": 2, "eest": 3, "msk": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "jst": 9, "awst": 8, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13,
}  # fmt: skip
"""Zone letters to hours east of Greenwich; those with two common meanings (IST) are left out."""
