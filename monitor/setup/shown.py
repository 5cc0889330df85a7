"""What somebody sees of the places that were read: a table of them, the first finds, those that stay off."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from string import ascii_lowercase
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.types import Relevance
from data.words.say import words
from monitor.terminal.output import columns, visible
from monitor.terminal.table import table
from monitor.terminal.wording import outcome_words

if TYPE_CHECKING:
    from monitor.setup.preview import Find
    from monitor.setup.survey import PlaceRead

NOT_SHOWN = "(its words are not shown here)"
WHOSE = {
    Relevance.ABOUT: "about you",
    Relevance.UNSURE: "perhaps about you",
    Relevance.NOT_ABOUT: "another’s",
}
_INDENT = " " * 4


def letters(places: Sequence[PlaceRead]) -> dict[str, str]:
    """A letter for each spelling that was searched for, by the spelling."""
    searched = dict.fromkeys(p.proposal.spelling for p in places if p.run is not None and p.proposal.spelling)
    return dict(zip(searched, ascii_lowercase, strict=False))


def numbered(places: Sequence[PlaceRead]) -> dict[str, int]:
    """A number for each place that was read, or tried, by its id."""
    tried = [place for place in places if place.run is not None]
    return {place.source.id: number for number, place in enumerate(tried, 1)}


def place_lines(places: Sequence[PlaceRead]) -> Iterator[str]:
    """What was searched for, and the places with how each reading went."""
    by_spelling, numbers = letters(places), numbered(places)
    yield from table(("", "Searched for"), [(letter, said) for said, letter in by_spelling.items()])
    yield ""
    rows = [_row(place, numbers, by_spelling) for place in places if place.run is not None]
    heads = ("", "Place", "Search", "How it went", "Read", "About you")
    yield from table(heads, rows, wraps=("Place", "How it went"))


def off_lines(places: Sequence[PlaceRead]) -> Iterator[str]:
    """The places that are proposed and stay off by their terms."""
    names = dict.fromkeys(_name(place) for place in places if place.run is None)
    if names:
        said = f"Off by their terms: {', '.join(names)}. To see why: schoolgate source list"
        yield from textwrap.wrap(visible(said), columns())


def find_lines(
    finds: Sequence[Find], numbers: Mapping[str, int], today: date, zone: ZoneInfo
) -> Iterator[str]:
    """The first finds: whose each is, when and where it was published, its title, and why we think so."""
    w = words("en")
    for find in finds:
        when = w.brief_day(find.published, today, zone) if find.published else "no date"
        number = f" (place {numbers[find.source_id]})" if find.source_id in numbers else ""
        yield f"  {WHOSE[find.relevance]} · {when} · {visible(find.place)}{number}"
        yield from _within(visible(find.said or NOT_SHOWN))
        if find.why:
            yield from _within(f"Why: {visible(find.why)}")


def _within(text: str) -> list[str]:
    return textwrap.wrap(text, columns(), initial_indent=_INDENT, subsequent_indent=_INDENT)


def _row(place: PlaceRead, numbers: Mapping[str, int], by_spelling: Mapping[str, str]) -> tuple[str, ...]:
    proposal = place.proposal
    read = str(place.run.mentions_read) if place.run and place.seen else ""
    return (
        str(numbers[place.source.id]),
        _name(place),
        by_spelling.get(proposal.spelling, ""),
        _how(place),
        read,
        _about(place) if place.seen else "",
    )


def _name(place: PlaceRead) -> str:
    """Its name; of a search the one of the engine."""
    return place.source.name.partition(":")[0] if place.proposal.spelling else place.source.name


def _how(place: PlaceRead) -> str:
    if place.run is None or place.late:
        return "no time was left"
    said = outcome_words(place.run.outcome)
    return said if place.seen else f"off: {said}"


def _about(place: PlaceRead) -> str:
    perhaps = f", perhaps {place.perhaps} more" if place.perhaps else ""
    return f"{place.about}{perhaps}"
