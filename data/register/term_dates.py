"""Term dates as schools and councils publish them, read from text. Pure.

A line may give a term with its two days, the first or the last day of one, a holiday between two, or days
without pupils. A day bears its year, or has that of the next day in its line, or of the line above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from data.register.typed_days import days_of, is_day, read_day

Span = tuple[date, date]

_TO = r"\s*(?:-|–|to|until)\s*"
_SHARED_MONTH = re.compile(
    rf"\b(\d{{1,2}}(?:st|nd|rd|th)?)(?={_TO}(?:[a-z]+day\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+"
    r"((?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*))",
    re.IGNORECASE,
)
"""“15 to 19 February”: the first day has the month of the second."""
_CLOSED = re.compile(
    r"inset|training|non[- ]?pupil|no pupils|staff (?:only|day)|teacher day|closed|bank holiday|"
    r"occasional day|development day|disaggregated|closure",
    re.IGNORECASE,
)
_BREAK = re.compile(r"half[- ]?term|holiday|break\b|vacation", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:start|begin|open|first day|return|re-?open|commence)", re.IGNORECASE)
_LAST = re.compile(r"\b(?:end|close[sd]?\b|last day|finish|break(?:s|ing)? up)", re.IGNORECASE)
_LONGEST_BREAK = timedelta(days=17)


@dataclass(slots=True)
class TermDates:
    """What a text says: terms and days without pupils in the order of the year, and lines with a day that
    were not understood."""

    terms: list[Span] = field(default_factory=list)
    closed: list[date] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_dates(text: str) -> TermDates:
    """Everything of a published list. Raises InputError for a day that there is not, or has no year."""
    found, breaks = TermDates(), list[Span]()
    begun: date | None = None
    for line, days in _lines(text):
        if _CLOSED.search(line):
            found.closed += _each(line, days)
        elif len(days) == 2:
            is_break = _BREAK.search(line) and days[1] - days[0] <= _LONGEST_BREAK
            (breaks if is_break else found.terms).append((days[0], days[1]))
        else:
            begun = _begun_or_ended(found, line, days, begun)
    if begun:
        found.unread.append(f"the term that begins on {begun:%-d %B %Y} has no last day")
    for first, last in breaks:
        found.terms = [piece for term in found.terms for piece in _without(term, first, last)]
    found.terms, found.closed = sorted(set(found.terms)), sorted(set(found.closed))
    return found


def _begun_or_ended(found: TermDates, line: str, days: Sequence[date], begun: date | None) -> date | None:
    """The first day of a term whose last one is still to come; other lines were not understood."""
    if len(days) == 1 and _LAST.search(line) and begun:
        found.terms.append((begun, days[0]))
        return None
    if len(days) == 1 and _FIRST.search(line) and begun is None:
        return days[0]
    found.unread.append(line.strip())
    return begun


def days_in(text: str, today: date) -> list[date]:
    """The days that a text names, in its order. Raises InputError for one that cannot be."""
    return [read_day(text, today)] if is_day(text) else _days(text, None)[0]


def _lines(text: str) -> Iterator[tuple[str, list[date]]]:
    """The lines that name a day, with the days."""
    year: int | None = None
    for line in text.split("\n"):
        days, year = _days(line, year)
        if days:
            yield line, days


def _days(line: str, above: int | None) -> tuple[list[date], int | None]:
    return days_of(_SHARED_MONTH.sub(r"\1 \2", line), above)


def _each(line: str, days: Sequence[date]) -> list[date]:
    """The days of a line, with those between where it says from when to when; of these, weekdays."""
    if len(days) != 2 or not re.search(r"\bto\b|\buntil\b|[-–]\s*\w", line):
        return list(days)
    span = [days[0] + timedelta(days=n) for n in range((days[1] - days[0]).days + 1)]
    return [day for day in span if day.weekday() < 5]


def _without(term: Span, first: date, last: date) -> list[Span]:
    """The term before and after a holiday within it, each from weekday to weekday."""
    if not term[0] < first <= last < term[1]:
        return [term]
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    while before.weekday() > 4:
        before -= timedelta(days=1)
    while after.weekday() > 4:
        after += timedelta(days=1)
    return [(term[0], before), (after, term[1])]
