"""Lines that fit a narrow terminal: what belongs to an entry stands indented below its first; short times."""

from __future__ import annotations

import textwrap
from datetime import datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from data.words.say import words

WIDTH = 78
INDENT = " " * 10
"""As wide as the beginning of an id and the two blanks after it."""

_MOST_CHARS = 160
_A_MOMENT = timedelta(microseconds=1)


def brief(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment in a table: “Fri 20 Nov, 15:20”, with its year if it is not this one."""
    there = moment.astimezone(zone)
    return f"{there:%a} {words('en').brief_day(moment, now, zone)}, {there:%H:%M}"


def brief_end(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """When something ends, in a table: as `brief`; an end at midnight as the day that it ends."""
    there = moment.astimezone(zone)
    if there.time() != time(0):
        return brief(moment, now, zone)
    last = there - _A_MOMENT
    return f"{last:%a} {words('en').brief_day(last, now, zone)}"


def local(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as a person of the school reads it: “Fri 20 Nov 2026, 15:20”."""
    there = moment.astimezone(zone)
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M}"


def utc(moment: datetime) -> str:
    """A moment as JSON carries it: ISO 8601 in UTC, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: object) -> object:
    """A value as JSON carries it: a moment in UTC, a code as its word."""
    if isinstance(value, datetime):
        return utc(value)
    return value.value if isinstance(value, Enum) else value


def picked(of: object, names: str) -> dict[str, object]:
    """These fields of a value, in this order, as JSON carries them."""
    return {name: plain(getattr(of, name)) for name in names.split()}


def below(text: str, indent: str = INDENT, first: str | None = None) -> list[str]:
    """A text in lines of an entry, cut between words; `first` stands before the first of them."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def in_short(text: str) -> str:
    """What somebody else wrote, on one line and not too long."""
    return textwrap.shorten(text, _MOST_CHARS, placeholder=" …")


def typed(text: str) -> str:
    """Words of the catalogue with the apostrophe of a keyboard, by which a terminal is searched."""
    return text.replace("’", "'")
