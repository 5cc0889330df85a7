"""The part of `init` that ends in finds: places are proposed, read once, shown, and kept or left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from data.effects import Clock
from monitor.config.writing.text import Draft
from monitor.pipeline.judges import Judges
from monitor.setup import survey
from monitor.setup.answers import (
    Ask,
    asked_addresses,
    asked_file,
    asked_marks,
    asked_natures,
    asked_proxy,
    proxy_of,
)
from monitor.setup.entries import with_shared
from monitor.setup.preview import finds
from monitor.setup.proposals import look_up, looked_up_at, places_behind, proposals, unanswered
from monitor.setup.survey import InTime, PlaceRead
from monitor.terminal.output import Say
from sources.fetch import Fetcher
from sources.http.exchange import UNKNOWN_AUTHORITY

_LONDON = ZoneInfo("Europe/London")

Open = Callable[["Draft"], AbstractContextManager["Fetcher"]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the flow is given: how it asks (None: it does not) and says, and what reads and judges."""

    ask: Ask | None
    say: Say
    clock: Clock
    open: Open
    judges: Callable[[Draft], Judges]
    env: Mapping[str, str]


def with_places(draft: Draft, to: Setting) -> Draft:
    """The draft with its places, each read once; with untried ones where nothing can be reached.

    Places that the draft has already are those that its schools share: they are read like the others.
    """
    to.say("Looking for places that write about you, and reading each once. This takes a minute at most.")
    judges = to.judges(draft)
    places, silent = _read(draft, judges, to)
    given = draft
    while survey.unreached(places) and (way := _another_way(draft, places, to)):
        draft = way
        places, silent = _read(way, judges, to)
    if silent:
        to.say(
            f"Not looked up, since nothing answered: {', '.join(silent)}. The feeds of your website, or an "
            "article about you, may be missed. Once they answer: schoolgate source propose"
        )
    if survey.unreached(places):
        if to.ask is None:
            to.say(f"Nothing could be reached: {_why(places)}")
        return without_network(draft if UNKNOWN_AUTHORITY in _why(places) else given)
    draft = replace(draft, to_look_up=tuple(silent))
    _show(places, judges, to)
    kept = [*_kept(places, to), *_added(draft, places, judges, to)]
    return replace(draft, places=tuple(survey.decided(kept, to.clock())))


def _added(draft: Draft, places: Sequence[PlaceRead], judges: Judges, to: Setting) -> list[PlaceRead]:
    """Places that somebody gives by an address, each read once."""
    addresses = asked_addresses(to.ask, to.say) if to.ask else []
    if not addresses:
        return []
    taken = {place.source.id for place in places}
    urns = tuple(school.urn for school in draft.schools)
    with to.open(draft) as fetcher:
        reader = InTime.of_a_minute(fetcher, to.clock)
        told = places_behind(addresses, urns, taken, reader)
        there = {(place.source.kind, place.source.url) for place in places}
        found = [p for _, p, _ in told if p is not None and (p.source.kind, p.source.url) not in there]
        read = survey.survey(found, reader, judges)
    for address, proposal, why in told:
        if proposal is None:
            to.say(f"{address} is left out: {why}")
    _show(read, judges, to, given=True)
    tried = [place.proposal for place in read if place.run is not None]
    said = asked_natures(tried, to.ask, to.say) if tried and to.ask else ()
    natures = {proposal.source.id: proposal for proposal in said}
    return [replace(place, proposal=natures.get(place.source.id, place.proposal)) for place in read]


def without_network(draft: Draft) -> Draft:
    """The draft with the places that need no looking up, untried: on where their terms allow it."""
    places = with_shared(proposals(draft.schools), draft.places, draft.trust)
    return replace(draft, places=places, untried=True, to_look_up=looked_up_at(draft.schools))


def _read(draft: Draft, judges: Judges, to: Setting) -> tuple[list[PlaceRead], list[str]]:
    """Looks up what is there, and reads it; all of it within the minute. Also the hosts that were silent
    when it was looked up."""
    with to.open(draft) as fetcher:
        reader = InTime.of_a_minute(fetcher, to.clock)
        known = look_up(draft.schools, reader.within(survey.LOOK_UP_S))
        silent = unanswered(known)
        places = with_shared(proposals(draft.schools, known), draft.places, draft.trust)
        return survey.survey(places, reader, judges), silent


def _another_way(draft: Draft, places: Sequence[PlaceRead], to: Setting) -> Draft | None:
    """The draft with a way out that was not tried yet: the filter's authority, or a proxy. None for none."""
    why = _why(places)
    if to.ask is not None:
        to.say(f"Nothing could be reached: {why}")
    if UNKNOWN_AUTHORITY in why:
        file = asked_file(to.ask, to.say) if to.ask and not draft.ca_file else None
        return replace(draft, ca_file=file) if file else None
    if draft.proxy:
        return None
    proposed = proxy_of(to.env)
    proxy = asked_proxy(proposed, to.ask, to.say) if to.ask else proposed
    if proxy:
        to.say(f"Once more, through the proxy {proxy}.")
    return replace(draft, proxy=proxy) if proxy else None


def _why(places: Sequence[PlaceRead]) -> str:
    """What the first place said that could not be reached."""
    return next((place.run.detail for place in places if place.run is not None), "")


def _names(judges: Judges) -> dict[str, str]:
    return {urn: school.name for urn, school in judges.schools.items()}


def _show(places: Sequence[PlaceRead], judges: Judges, to: Setting, *, given: bool = False) -> None:
    """The table, what stays off, and the first finds."""
    for line in (*survey.place_lines(places, _names(judges), given=given), *survey.off_lines(places), ""):
        to.say(line)
    shown = finds([linked for place in places for linked in place.found], judges)
    to.say("The first finds:" if shown else "None of them holds anything now.")
    for line in survey.find_lines(shown, survey.numbered(places), to.clock().date(), _LONDON):
        to.say(line)
    to.say("")


def _kept(places: list[PlaceRead], to: Setting) -> list[PlaceRead]:
    """The places without those that somebody strikes out."""
    if to.ask is None:
        return places
    by_letter = {letter: said for said, letter in survey.letters(places).items()}
    numbers = {str(number): key for key, number in survey.numbered(places).items()}
    struck = asked_marks([*numbers, *by_letter], to.ask, to.say)
    ids = {numbers[mark] for mark in struck if mark in numbers}
    spellings = {by_letter[mark] for mark in struck if mark in by_letter}
    return [p for p in places if p.source.id not in ids and p.proposal.spelling not in spellings]
