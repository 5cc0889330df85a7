"""Watching another place: what is behind an address, what is watched already, what is new among proposals."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from alerts.wording.digest.headlines import plain
from data.types import FetchFailure, Mention, Request, School, Source
from data.web.urls import canonical_url
from monitor.setup.proposals import free, key_at, look_up, proposals
from monitor.setup.survey import MINUTE_S, InTime, PlaceRead, survey
from monitor.terminal.progress import Progress
from sources.http.host_queue import HostJob
from sources.places.behind import as_proposal, behind
from sources.places.by_address import by_address
from sources.places.papers import Outlet, feeds_of, front_of, outlets, papers
from sources.places.proposal import Proposal
from sources.registry import needs_leave

if TYPE_CHECKING:
    from data.effects import Clock
    from monitor.pipeline.judges import Judges
    from sources.fetch import Fetcher

_NAME = 60


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found behind an address; `failure` is why it could not be read, where it could not."""

    places: tuple[Proposal, ...]
    failure: FetchFailure | None = None


@contextmanager
def reading(fetcher: Fetcher, clock: Clock) -> Iterator[InTime]:
    """What asks for pages, within a minute."""
    yield InTime(fetcher, time.monotonic() + MINUTE_S, clock)


def look_behind(
    address: str, urns: tuple[str, ...], taken: Collection[str], reader: InTime, *, own: bool = False
) -> Looked:
    """The places behind an address, best first, each with an id that nobody has; the page is asked once."""
    answer = reader.fetch(Request(address))
    failure = answer if isinstance(answer, FetchFailure) else None
    if isinstance(answer, FetchFailure):
        found = reader.found(by_address, address)
    else:
        found = reader.found(behind, answer, own=own)
    ids, places = set(taken), []
    for each in found:
        key = key_at(each.url, ids)
        ids.add(key)
        places.append(as_proposal(replace(each, name=plain(each.name, _NAME)), key, urns))
    return Looked(tuple(places), failure)


def until_leave(place: Proposal) -> Proposal:
    """As it is written: what is off until somebody's leave is named needs no other line that says so."""
    if not needs_leave(place.source.kind, place.source.url):
        return place
    return replace(place, source=replace(place.source, disabled=None))


def same_place(url: str, sources: Iterable[Source]) -> Source | None:
    """The source that reads this address already."""
    known = canonical_url(url)
    return next((source for source in sources if canonical_url(source.url) == known), None)


def proposed(
    schools: Sequence[School], sources: Sequence[Source], brought: Sequence[Mention], reader: InTime | None
) -> tuple[Proposal, ...]:
    """What could be watched and is not: for the schools, then the papers that searches brought most from.

    Without a `reader` nothing is looked up: no Wikipedia article, no feed of a website, no paper.
    """
    known = look_up(schools, reader) if reader else ()
    found = (*proposals(schools, known), *(_papers(brought, sources, reader) if reader else ()))
    ids, new = {source.id for source in sources}, list[Proposal]()
    for place in found:
        if same_place(place.source.url, sources) is None:
            key = free(place.source.id, ids)
            ids.add(key)
            new.append(replace(place, source=replace(place.source, id=key)))
    return tuple(new)


def _papers(brought: Sequence[Mention], sources: Sequence[Source], reader: InTime) -> list[Proposal]:
    """The papers' own feeds, most articles first."""
    wanted = papers(outlets(brought), [source.url for source in sources])
    jobs = [HostJob(front_of(outlet).url, partial(_paper, outlet, reader)) for outlet in wanted]
    found = {outlet: feed for outlet, feed in reader.fetcher.spread(jobs, stopped=reader.over)}
    return [feed for outlet in wanted if (feed := found.get(outlet)) is not None]


def _paper(outlet: Outlet, reader: InTime) -> tuple[Outlet, Proposal | None]:
    """Its own feed. Some papers answer with “www.” before their name only."""
    for address in (front_of(outlet).url, f"https://www.{outlet.host}/"):
        front = reader.fetch(Request(address))
        if not isinstance(front, FetchFailure):
            return outlet, next(iter(reader.found(feeds_of, outlet, front)), None)
    return outlet, None


def tried(places: Sequence[Proposal], urns: Sequence[str], reader: InTime, judges: Judges) -> list[PlaceRead]:
    """Each place that its terms allow, read once, with progress; one without schools is read for all."""
    asked = [place if place.source.urns else _for(place, urns) for place in places]
    progress = Progress()
    with progress.over([place.source for place in asked if not place.why_off]):
        read = survey(asked, reader, judges, progress.started, progress.step)
    return [replace(one, proposal=place) for one, place in zip(read, places, strict=True)]


def _for(place: Proposal, urns: Sequence[str]) -> Proposal:
    return replace(place, source=replace(place.source, urns=tuple(urns)))
