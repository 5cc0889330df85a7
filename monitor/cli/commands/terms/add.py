"""`schoolgate terms add`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.errors import InputError
from monitor.cli.commands.changing import in_terms_of, which_schools
from monitor.cli.commands.options import ConfigFile, Home
from monitor.home import wiring
from monitor.terminal import private_words
from monitor.terminal.output import say

if TYPE_CHECKING:
    from datetime import date

    from monitor.cli.commands.terms.dates import TermDates
    from monitor.config.load import Config


def add_terms(
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
    school: Annotated[
        list[str] | None,
        Option("--school", help="A school's URN, where it is not all of them; may be repeated."),
    ] = None,
    yes: Annotated[bool, Option("--yes", help="Ask nothing: write what was read.")] = False,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Add terms and days without pupils to schoolgate.toml: asks for what is not given.

    \b
    Examples:
      schoolgate terms add --first "2 September 2026" --last "23 October 2026"
      schoolgate terms add --closed "1 September 2026"
      schoolgate terms add --file term-dates.txt
    """
    where, settings = wiring.settings(home, config)
    asks = not (first or last or closed or file)
    urns = which_schools(school, settings, asks=asks) or tuple(s.urn for s in settings.schools)
    found = _asked() if asks else _given(first, last, closed, file)
    if not (found.terms or found.closed):
        say(f"No day was given. {settings.path.name} was not changed.")
        return
    if asks or file:
        _agreed(found, yes=yes)
    from monitor.config.writing import edit

    with in_terms_of({"first": "First day", "last": "Last day", "closed": "Day without pupils"}):
        edit.add_terms(where.config, urns, found.terms, found.closed)
    _tell(wiring.configured(where), urns)


def _given(first: str | None, last: str | None, closed: Sequence[str] | None, file: Path | None) -> TermDates:
    from monitor.cli.commands.terms.dates import TermDates, days_in, one_day, read_dates

    found = read_dates(private_words.file(file, "--file")) if file else TermDates()
    if first or last:
        if not (first and last):
            raise InputError("A term has two days. Give both: --first DAY --last DAY")
        found.terms.append(_term(one_day(first), one_day(last)))
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
    from monitor.cli.commands.terms.dates import TermDates
    from monitor.terminal.answers import until_right

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
    from monitor.cli.commands.terms.dates import days_in
    from monitor.terminal.answers import is_none

    days = [] if is_none(answer) else days_in(answer)
    if not days and not is_none(answer):
        raise InputError(f"“{answer}” is not a day. Write, for example: 2 September 2026")
    return days


def _up_to(first: date, answer: str) -> tuple[date, date]:
    from monitor.cli.commands.terms.dates import one_day

    return _term(first, one_day(answer))


def _agreed(found: TermDates, *, yes: bool) -> None:
    """Shows what was read. Raises InputError where it is not right."""
    from monitor.terminal.answers import yes as said_yes

    for begins, ends in found.terms:
        say(f"Term      {begins:%a %-d %b %Y} to {ends:%a %-d %b %Y}")
    for day in found.closed:
        say(f"No pupils {day:%a %-d %b %Y}")
    for line in found.unread:
        say(f"Not read: {line}")
    if not yes and not said_yes("Is that right?"):
        raise InputError("Nothing was changed. To give one term: --first DAY --last DAY")


def _tell(settings: Config, urns: Sequence[str]) -> None:
    for school in settings.schools:
        if school.urn in urns:
            terms = settings.calendar(school.urn).terms
            closed = len(settings.calendar(school.urn).closed)
            say(
                f"{school.name}: {len(terms)} {'term' if len(terms) == 1 else 'terms'}"
                + (f", {terms[0].first:%-d %b %Y} to {terms[-1].last:%-d %b %Y}" if terms else "")
                + f"; {closed} {'day' if closed == 1 else 'days'} without pupils."
            )
