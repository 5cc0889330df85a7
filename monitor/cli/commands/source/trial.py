"""What `source add` and `source propose` share: places that were read are shown, chosen and written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import utc_now
from monitor.terminal.output import say

if TYPE_CHECKING:
    from monitor.config.load import Config
    from monitor.pipeline.judges import Judges
    from monitor.setup.survey import PlaceRead
    from sources.places.table import Proposal


def shown(places: Sequence[PlaceRead], judges: Judges, settings: Config) -> None:
    """The places with how each reading went, why those are off that are, and the first finds."""
    from monitor.setup.preview import finds
    from monitor.setup.shown import find_lines, numbered, place_lines

    if any(place.run is not None for place in places):
        for line in place_lines(places):
            say(line)
    for place in places:
        if place.run is None:
            say(f"{place.source.name}: {_off(place)}")
    found = finds([linked for place in places for linked in place.found], judges)
    if found:
        say("The first finds:")
    for line in find_lines(found, numbered(places), utc_now().date(), settings.zone):
        say(line)


def _off(place: PlaceRead) -> str:
    return f"off. {place.proposal.why_off}"


def chosen_of(places: Sequence[PlaceRead], *, yes: bool) -> list[Proposal]:
    """The places that somebody wants: of those that could be read; else one that is off, with its reason."""
    from monitor.setup.survey import decided
    from monitor.terminal.answers import numbers, until_right
    from monitor.terminal.answers import yes as said_yes

    tried = [place for place in places if place.run is not None]
    seen = [place for place in tried if place.seen]
    if yes:
        chosen = seen[:1]
    elif len(tried) > 1 and seen:
        marks = until_right(
            "Which of these to watch? Their numbers (- for none)", lambda said: numbers(said, len(tried))
        )
        chosen = [tried[mark - 1] for mark in marks]
    elif seen:
        chosen = seen if said_yes("Watch it?") else []
    else:
        chosen = list(places[:1]) if said_yes("Write it switched off, with that reason?") else []
    return list(decided(chosen, utc_now()))


def written(path: Path, places: Sequence[Proposal]) -> None:
    """Writes them into the file, and says so."""
    from monitor.config.writing import edit
    from monitor.setup.proposals import until_leave

    edit.add_places(path, [until_leave(place) for place in places])
    for line in _told(places, path):
        say(line)


def _told(places: Sequence[Proposal], path: Path) -> Iterator[str]:
    for place in places:
        off = ", switched off" if place.why_off or place.source.disabled else ""
        yield f"Written to {path.name}: {place.source.name}, id {place.source.id}{off}."
    if any(not (place.why_off or place.source.disabled) for place in places):
        yield "It is read from the next scan on: schoolgate scan"
