"""The places of a first file: proposed for its schools, each read once, on or off with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from zoneinfo import ZoneInfo

from data.effects import Clock
from data.frozen import freeze
from data.words.say import words
from monitor.config.first_file import Draft, with_shared
from monitor.pipeline import looking
from monitor.pipeline.judges import Judges
from monitor.pipeline.looking import InTime, PlaceRead, finds, hosts_without_answer, look_up_schools
from monitor.setup.way_out import proxy_of
from monitor.terminal.output import Say
from monitor.terminal.wording import count_words
from sources.fetch import Fetcher
from sources.http.connection import UNKNOWN_AUTHORITY

_LONDON = ZoneInfo("Europe/London")

Open = Callable[["Draft"], AbstractContextManager["Fetcher"]]


@freeze
class Setting:
    """The means of the flow: how it says what it does, and what reads and judges."""

    say: Say
    clock: Clock
    open: Open
    judges: Callable[[Draft], Judges]
    env: Mapping[str, str]


def draft_places(draft: Draft, to: Setting) -> Draft:
    """The draft with its places, each read once; with untried ones where nothing can be reached.

    Places that the draft has already are those that its schools share: they are read like the others.
    """
    to.say("Looking for places where people write about you, and reading each once. It takes up to a minute.")
    for way in _ways_out(draft, to):
        judges = to.judges(way)
        places, silent = _read_places(way, judges, to)
        why = looking.first_failure(places)
        if not looking.is_offline(places):
            break
        to.say(f"Nothing could be reached: {why}")
        if UNKNOWN_AUTHORITY in why:  # another way would not help
            return without_network(way)
    else:
        return without_network(draft)
    if silent:
        to.say(words("en")("setup.refused.not_looked_up", hosts=", ".join(silent)))
    _show(places, judges, to)
    decided = tuple(looking.decide_places(places, to.clock()))
    return replace(way, places=decided, to_look_up=tuple(silent))


def without_network(draft: Draft) -> Draft:
    """The draft with the places that need no looking up, untried: on where their terms allow it."""
    places = with_shared(looking.proposals(draft.schools), draft.places, draft.trust)
    return replace(draft, places=places, untried=True, to_look_up=looking.looked_up_at(draft.schools))


def _ways_out(draft: Draft, to: Setting) -> Iterator[Draft]:
    """The way that was given, then the proxy that other programs are told to use."""
    yield draft
    if not draft.proxy and (proxy := proxy_of(to.env)):
        to.say(f"Once more, through the proxy {proxy}.")
        yield replace(draft, proxy=proxy)


def _read_places(draft: Draft, judges: Judges, to: Setting) -> tuple[list[PlaceRead], list[str]]:
    """Look up what is there and read it, all within the minute; also the hosts that were silent."""
    with to.open(draft) as fetcher:
        reader = InTime.for_a_minute(fetcher, to.clock)
        known = look_up_schools(draft.schools, reader.within(looking.LOOK_UP_S))
        silent = hosts_without_answer(known)
        places = with_shared(looking.proposals(draft.schools, known), draft.places, draft.trust)
        return looking.survey(places, reader, judges), silent


def _show(places: Sequence[PlaceRead], judges: Judges, to: Setting) -> None:
    """Say how the reading went, and the first finds."""
    for how, n in Counter(map(_outcome, places)).most_common():
        to.say(f"{count_words(n, 'source')}: {how}.")
    to.say("")
    shown = finds([linked for place in places for linked in place.found], judges)
    to.say("The first finds:" if shown else "There is nothing on any of them now.")
    for line in looking.find_lines(shown, to.clock().date(), _LONDON):
        to.say(line)
    to.say("")


def _outcome(place: PlaceRead) -> str:
    if place.run is None:
        return "off by its terms"
    return "read" if place.was_read else looking.say_outcome(place)
