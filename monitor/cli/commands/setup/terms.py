"""`schoolgate terms add`: term dates as schools and councils publish them, read from text.

A line may give a term with its two days, the first or the last day of one, a holiday between two, or days
without pupils. A day bears its year, or has that of the next day in its line, or of the line above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from data.register.typed_days import days_of, is_day, read_day
from monitor.cli.commands.inputs import in_terms_of, which_schools
from monitor.cli.commands.options import HomeOptions, Schools
from monitor.home import wiring
from monitor.terminal import private_words
from monitor.terminal.answers import is_none, until_right
from monitor.terminal.answers import yes as said_yes
from monitor.terminal.groups import group
from monitor.terminal.output import say

if TYPE_CHECKING:
    from monitor.config.load import Config

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


def days_in(text: str) -> list[date]:
    """The days that a text names, in its order. Raises InputError for one that cannot be."""
    return [_one(text)] if is_day(text) else _days(text, None)[0]


def _one(text: str) -> date:
    return read_day(text, utc_now().date())


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


def add_terms(
    opts: HomeOptions,
    first: Annotated[str | None, Option("--first", help="The first day of a term or half term.")] = None,
    last: Annotated[str | None, Option("--last", help="Its last day.")] = None,
    closed: Annotated[
        list[str] | None,
        Option("--closed", help="A day without pupils, such as an INSET day; may be repeated."),
    ] = None,
    file: Annotated[
        Path | None,
        Option("--file", help="Term dates as the school publishes them, as text; “-”: standard input."),
    ] = None,
    school: Schools = None,
    yes: Annotated[bool, Option("--yes", help="Ask nothing: write what was read.")] = False,
) -> None:
    """Add terms and days without pupils to schoolgate.toml: asks for what is not given.

    \b
    Examples:
      schoolgate terms add --first "2 September 2026" --last "23 October 2026"
      schoolgate terms add --closed "1 September 2026"
      schoolgate terms add --file term-dates.txt
    """
    where, settings = wiring.settings(opts.home, opts.config)
    asks = not (first or last or closed or file)
    urns = which_schools(school, settings, asks=asks) or tuple(s.urn for s in settings.proper)
    found = _asked() if asks else _given(first, last, closed, file)
    if not (found.terms or found.closed):
        say(f"No day was given. {settings.path.name} was not changed.")
        return
    # shows what was understood. Raises InputError where it is not right.
    for begins, ends in found.terms:
        say(f"Term      {begins:%a %-d %b %Y} to {ends:%a %-d %b %Y}")
    for day in found.closed:
        say(f"No pupils {day:%a %-d %b %Y}")
    for line in found.unread:
        say(f"Not read: {line}")
    if not (yes or not (asks or file)) and not said_yes("Is that right?"):
        raise InputError("Nothing was changed. To give one term: --first DAY --last DAY")
    from monitor.config.writing import edit

    with in_terms_of({"first": "First day", "last": "Last day", "closed": "Day without pupils"}):
        edit.add_terms(where.config, urns, found.terms, found.closed)
    _tell(wiring.configured(where), urns)


def _given(first: str | None, last: str | None, closed: Sequence[str] | None, file: Path | None) -> TermDates:
    found = read_dates(private_words.file(file, "--file")) if file else TermDates()
    if first or last:
        if not (first and last):
            raise InputError("A term has two days. Give both: --first DAY --last DAY")
        found.terms.append(_up_to(_one(first), last))
    for said in closed or ():
        days = days_in(said)
        if not days:
            raise InputError(f"--closed {said}: not a day. Write, for example: --closed “4 January 2027”")
        found.closed += days
    return found


def _term(first: date, last: date) -> tuple[date, date]:
    if last < first:
        raise InputError(f"{last:%-d %B %Y} is before {first:%-d %B %Y}: the first day comes first.")
    return first, last


def _asked() -> TermDates:
    """Term after term, then days without pupils; an empty answer ends each."""
    found = TermDates()
    while days := until_right(
        "First day of a term or half term, such as 2 September 2026 (- for no more)", _some_days
    ):
        begins = days[0]
        found.terms.append(
            _term(begins, days[1]) if len(days) == 2 else until_right("Its last day", partial(_up_to, begins))
        )
    while days := until_right("A day without pupils, such as an INSET day (- for no more)", _some_days):
        found.closed += days
    return found


def _some_days(answer: str) -> list[date]:
    """The days of an answer, none for “no more”. Raises InputError."""
    days = [] if is_none(answer) else days_in(answer)
    if not days and not is_none(answer):
        raise InputError(f"“{answer}” is not a day. Write, for example: 2 September 2026")
    return days


def _up_to(first: date, answer: str) -> tuple[date, date]:
    return _term(first, read_day(answer, first, past=False))


def _tell(settings: Config, urns: Sequence[str]) -> None:
    from monitor.terminal.wording import counted

    for school in settings.proper:
        if school.urn in urns:
            terms, closed = settings.calendar(school.urn).terms, settings.calendar(school.urn).closed
            span = f", {terms[0].first:%-d %b %Y} to {terms[-1].last:%-d %b %Y}" if terms else ""
            days = f"{counted(len(closed), 'day')} without pupils"
            say(f"{school.name}: {counted(terms, 'term')}{span}; {days}.")


terms_app = group("The school's year: on which days the digest comes.")
terms_app.command("add")(add_terms)
