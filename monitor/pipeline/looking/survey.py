"""One look at the places that are proposed: what is there, how much of it is about the school, what may be
read.

Everything is asked at once, each host at its own pace, and all of it ends with the minute. Nothing is stored.
At the end, what somebody sees of it: a table of the places, the first finds, those that stay off.
"""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from string import ascii_lowercase
from types import MappingProxyType
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from data.effects import Apart, Clock
from data.errors import InputError, Unreadable, write_commands
from data.types import FetchFailure, Outcome, Relevance, Request, Response, Source, SourceRun, SourceState
from data.web.channels import WEBSITE, channel_at
from data.words.say import words
from monitor.config.check import quote_value
from monitor.pipeline.judges import Judges
from monitor.pipeline.looking.preview import Find, Linked, count_linked, link_posts, read_first_page
from monitor.terminal.output import terminal_columns, visible
from monitor.terminal.progress import Progress
from monitor.terminal.table import draw_table
from monitor.terminal.wording import outcome_words, pace_words
from sources.blocks.wall_patterns import needs_scripts
from sources.fetch import Fetcher
from sources.http.host_queue import HostJob
from sources.http.politeness import Limits
from sources.nature.nature import CHANNEL_OF, Nature, said_or_sure
from sources.places.table import Proposal

P = ParamSpec("P")
T = TypeVar("T")

MINUTE_S = 45.0
"""No page is asked for after so long; those asked for by then end within the minute."""
LOOK_UP_S = 15.0
"""Of which so many for looking up: of six schools, Wikipedia is asked for twenty pages, two seconds each."""
LIMITS = Limits(connect_s=5.0, deadline_s=10.0)
NO_TIME = "There was no time left to read it."


@dataclass(frozen=True, slots=True)
class InTime:
    """The fetcher, until a moment: `until` on the timer, in seconds.

    No page is asked for twice: what was looked up is `kept` by its address until it is read.
    """

    fetcher: Fetcher
    until: float
    clock: Clock
    timer: Callable[[], float] = time.monotonic
    kept: dict[str, Response] = field(default_factory=dict, repr=False)

    @property
    def apart(self) -> Apart:
        """Return where what was fetched is read."""
        return self.fetcher.apart

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure:
        """The document while there is time, else that there was none."""
        if request.url in self.kept:
            return self.kept[request.url]
        if self.over():
            return FetchFailure(Outcome.UNREACHABLE, request.url, NO_TIME, self.clock())
        answer = self.fetcher.fetch(request, conditional)
        if isinstance(answer, Response):
            self.kept[request.url] = answer
        return answer

    def find_in_time(
        self, finds: Callable[P, tuple[T, ...]], *args: P.args, **named: P.kwargs
    ) -> tuple[T, ...]:
        """Find things in a document; nothing in one that takes more to read than any may."""
        try:
            return self.apart(finds, *args, **named)
        except Unreadable:
            return ()

    @staticmethod
    def for_a_minute(fetcher: Fetcher, clock: Clock) -> InTime:
        """The fetcher, for a minute from now."""
        return InTime(fetcher, time.monotonic() + MINUTE_S, clock)

    def within(self, seconds: float) -> InTime:
        """The same for so long at most."""
        return replace(self, until=min(self.until, self.timer() + seconds))

    def over(self) -> bool:
        return self.timer() >= self.until


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """A proposed place, and what reading it once gave: `run` is None where it was not read."""

    proposal: Proposal
    run: SourceRun | None = None
    found: tuple[Linked, ...] = ()

    @property
    def source(self) -> Source:
        return self.proposal.source

    @property
    def about(self) -> int:
        """Count how many of what was read are about a school that is watched for."""
        return count_linked(self.found, Relevance.ABOUT)

    @property
    def perhaps(self) -> int:
        return count_linked(self.found, Relevance.UNSURE)

    @property
    def was_read(self) -> bool:
        """Was it read, so that its site allows it?"""
        return self.run is not None and self.run.outcome.is_seen

    @property
    def late(self) -> bool:
        return self.run is not None and self.run.detail == NO_TIME


def survey(proposals: Sequence[Proposal], reader: InTime, judges: Judges) -> list[PlaceRead]:
    """Reads each place once whose terms allow it, showing which on a terminal; gives all in their order."""
    asked, progress = [p for p in proposals if not p.why_off], Progress()

    def one(proposal: Proposal) -> PlaceRead:
        progress.start_source(proposal.source)
        collected = read_first_page(replace(proposal.source, disabled=None), reader, reader.clock)
        return PlaceRead(proposal, collected.run, tuple(link_posts(collected, judges)))

    jobs = [HostJob(p.source.url, partial(one, p)) for p in asked]
    places: dict[str, PlaceRead] = {}
    with progress.over([p.source for p in asked]):
        for place in reader.fetcher.spread(jobs, stopped=reader.over):
            places[place.source.id] = place
            progress.step()
    now = reader.clock()
    for p in asked:
        missed = SourceRun(p.source.id, now, now, Outcome.UNREACHABLE, detail=NO_TIME)
        places.setdefault(p.source.id, PlaceRead(p, missed))
    return [places.get(p.source.id, PlaceRead(p)) for p in proposals]


def is_offline(places: Sequence[PlaceRead]) -> bool:
    """Could nothing at all be reached?"""
    runs = [place.run for place in places if place.run is not None]
    return bool(runs) and all(run.outcome is Outcome.UNREACHABLE for run in runs)


def decide_places(places: Sequence[PlaceRead], now: datetime) -> Iterator[Proposal]:
    """The places as they are written: off where terms or robots.txt forbid reading, with the reason, else on:
    what was down, slow, empty or refused us now is asked again at its pace.
    """
    for place in places:
        yield replace(place.proposal, source=replace(place.source, disabled=_why_off(place, now)))


def _why_off(place: PlaceRead, now: datetime) -> str | None:
    if place.run is None:
        return place.proposal.why_off
    if place.run.outcome is Outcome.REFUSED_BY_ROBOTS:
        return f"{outcome_words(place.run.outcome)} (its robots.txt, {now.day} {now:%B %Y})"
    return None


NATURES = (Nature.PAPER, Nature.BOARD, Nature.BLOG, Nature.REVIEWS, Nature.BODY)
"""What somebody may say of a place; a page of the school's own is watched as one."""


def place_word(source: Source) -> str:
    """Say what a place is, in a word; with “?” where nobody knows and it is taken for people's own words."""
    if nature := said_or_sure(source):
        return nature.value
    return "search" if source.surfaced or channel_at(source.url) != WEBSITE else f"{Nature.BLOG.value}?"


def nature_named(word: str) -> Nature:
    """The nature of that name. Raises InputError, which names them all."""
    found = next((nature for nature in NATURES if nature.value == word.strip().lower()), None)
    if found is None:
        known = ", ".join(nature.value for nature in NATURES)
        raise InputError(f"{quote_value(word)} is no kind of place. One of: {known}.")
    return found


def with_nature(place: Proposal, nature: Nature | None) -> Proposal:
    """The place with the nature that somebody says it has; None says that what was shown is right: of a place
    of which nothing is sure, nothing.
    """
    source = place.source
    if nature is None and source.kind == "feed" and source.channel is None and not source.own:
        nature = said_or_sure(source)
    return replace(place, source=replace(source, channel=CHANNEL_OF[nature] if nature else source.channel))


NOT_SHOWN = "(its words are not shown here)"
WHOSE = {
    Relevance.ABOUT: "about you",
    Relevance.UNSURE: "perhaps about you",
    Relevance.NOT_ABOUT: "another’s",
}
_INDENT = " " * 4


def letter_spellings(places: Sequence[PlaceRead]) -> dict[str, str]:
    """A letter for each spelling that was searched for, by the spelling."""
    searched = dict.fromkeys(p.proposal.spelling for p in places if p.run is not None and p.proposal.spelling)
    return dict(zip(searched, ascii_lowercase, strict=False))


def number_places(places: Sequence[PlaceRead]) -> dict[str, int]:
    """A number for each place that was read, or tried, by its id."""
    tried = [place for place in places if place.run is not None]
    return {place.source.id: number for number, place in enumerate(tried, 1)}


def place_lines(
    places: Sequence[PlaceRead], names: Mapping[str, str] = MappingProxyType({}), *, given: bool = False
) -> Iterator[str]:
    """Write what was searched for, and the places with how each reading went; of those that somebody has
    `given` what each is; of several schools, whose `names` are by key, for which each is.
    """
    by_spelling, numbers = letter_spellings(places), number_places(places)
    yield from draw_table(("", "Searched for"), [(letter, said) for said, letter in by_spelling.items()])
    yield ""
    rows = [_row(place, numbers, by_spelling, given, names) for place in places if place.run is not None]
    heads = ("", "Place", "For", "What", "Search", "How it went", "Read", "About you")
    yield from draw_table(heads, rows, wraps=("Place", "For", "How it went"))


def off_lines(places: Sequence[PlaceRead]) -> Iterator[str]:
    """The places that are proposed and stay off by their terms."""
    names = dict.fromkeys(_name(place) for place in places if place.run is None)
    if names:
        said = f"Off by their terms: {', '.join(names)}. To see why: {write_commands('⟪source list⟫')}"
        yield from textwrap.wrap(visible(said), terminal_columns())


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
    return textwrap.wrap(text, terminal_columns(), initial_indent=_INDENT, subsequent_indent=_INDENT)


def _row(
    place: PlaceRead,
    numbers: Mapping[str, int],
    by_spelling: Mapping[str, str],
    given: bool,
    names: Mapping[str, str],
) -> tuple[str, ...]:
    proposal = place.proposal
    read = str(place.run.mentions_read) if place.run and place.was_read else ""
    perhaps = f", perhaps {place.perhaps} more" if place.perhaps else ""
    return (
        str(numbers[place.source.id]),
        _name(place),
        _for(place.source.urns, names) if len(names) > 1 else "",
        place_word(place.source) if given else "",
        by_spelling.get(proposal.spelling, ""),
        _how(place),
        read,
        f"{place.about}{perhaps}" if place.was_read else "",
    )


def _for(urns: Sequence[str], names: Mapping[str, str]) -> str:
    """The school that it is for, by name; of several how many."""
    if len(urns) == 1:
        return names.get(urns[0], urns[0])
    return f"{len(urns)} schools" if urns else "all"


def _name(place: PlaceRead) -> str:
    """Its name; of a search the one of the engine."""
    return place.source.name.partition(":")[0] if place.proposal.spelling else place.source.name


def _how(place: PlaceRead) -> str:
    if place.run is None or place.late:
        return "not yet: no time was left"
    said, outcome = outcome_words(place.run.outcome), place.run.outcome
    if outcome is Outcome.REFUSED_BY_ROBOTS:
        return f"off: {said}"
    said = "it shows nothing without its scripts" if needs_scripts(place.run.detail) else said
    return said if place.was_read else f"not yet: {said}{pace_words(outcome)}"
