"""Which places are proposed for the schools that are set up: what needs looking up is looked up first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from urllib.parse import urlsplit

from alerts.wording.digest.headlines import plain_headline
from data.types import FetchFailure, Mention, Outcome, Request, School, Source
from data.web.channels import host_of
from data.web.urls import canonical_url
from monitor.config.home.lookup import free
from monitor.pipeline.judges import Judges
from monitor.pipeline.looking.survey import InTime, PlaceRead, survey
from sources.http.host_queue import HostJob
from sources.places.behind import (
    Behind,
    Outlet,
    by_address,
    count_outlets,
    make_proposal,
    paper_feeds,
    papers,
    places_behind_page,
    request_front_page,
)
from sources.places.propose import article_requests, articles_in, propose
from sources.places.searches import search_spellings
from sources.places.table import Proposal
from sources.registry import needs_leave


@dataclass(frozen=True, slots=True)
class Looked:
    """The finds behind an address; `failure` is why it could not be read, where it could not."""

    places: tuple[Proposal, ...]
    failure: FetchFailure | None = None


def look_behind(
    address: str, urns: tuple[str, ...], taken: Collection[str], reader: InTime, *, own: bool = False
) -> Looked:
    """The places behind an address, best first, each with an id that nobody has; the page is asked once."""
    answer = reader.fetch(Request(address))
    failure = answer if isinstance(answer, FetchFailure) else None
    if isinstance(answer, FetchFailure):
        found = reader.find_in_time(by_address, address)
    else:
        found = reader.find_in_time(places_behind_page, answer, own=own)
    ids, places = set(taken), []
    for each in found:
        key = _new_key(each.url, ids)
        places.append(make_proposal(replace(each, name=place_name(each)), key, urns))
    return Looked(tuple(places), failure)


def off_until_leave(place: Proposal) -> Proposal:
    """Write it as switched off until somebody's leave is named: it needs no other line that says so."""
    if not needs_leave(place.source.kind, place.source.url):
        return place
    return replace(place, source=replace(place.source, disabled=None))


def same_place(url: str, sources: Iterable[Source]) -> Source | None:
    """The source that reads this address already."""
    known = canonical_url(url)
    return next((source for source in sources if canonical_url(source.url) == known), None)


def propose_places(
    schools: Sequence[School],
    sources: Sequence[Source],
    brought: Sequence[Mention],
    reader: InTime | None,
    known: Sequence[LookedUp] = (),
) -> tuple[Proposal, ...]:
    """Propose what could be watched and is not: for the schools, then the papers that searches brought most
    from.

    `known` is what was looked up; without a `reader` no paper is.
    """
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
    wanted = papers(count_outlets(brought), [source.url for source in sources])
    jobs = [HostJob(request_front_page(outlet).url, partial(_paper, outlet, reader)) for outlet in wanted]
    found = {outlet: feed for outlet, feed in reader.fetcher.spread(jobs, stopped=reader.over)}
    return [feed for outlet in wanted if (feed := found.get(outlet)) is not None]


def _paper(outlet: Outlet, reader: InTime) -> tuple[Outlet, Proposal | None]:
    """Its own feed. Some papers answer with “www.” before their name only."""
    for address in (request_front_page(outlet).url, f"https://www.{outlet.host}/"):
        front = reader.fetch(Request(address))
        if not isinstance(front, FetchFailure):
            return outlet, next(iter(reader.find_in_time(paper_feeds, outlet, front)), None)
    return outlet, None


def try_places(
    places: Sequence[Proposal], urns: Sequence[str], reader: InTime, judges: Judges
) -> list[PlaceRead]:
    """Each place that its terms allow, read once, with progress; one without schools is read for all."""
    asked = [
        place if place.source.urns else replace(place, source=replace(place.source, urns=tuple(urns)))
        for place in places
    ]
    read = survey(asked, reader, judges)
    return [replace(one, proposal=place) for one, place in zip(read, places, strict=True)]


_NAME = 60
_SPELLINGS = ((1, 3), (3, 2))
"""For up to so many schools so many spellings each; one for each of more, or the minute would not do."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The net's knowledge of one school: its Wikipedia articles, and the feeds that its website declares;
    `unasked` is the host that did not answer, so that nobody knows.
    """

    urn: str
    articles: tuple[str, ...] = ()
    feeds: tuple[Proposal, ...] = ()
    unasked: str = ""


def look_up_schools(schools: Sequence[School], reader: InTime) -> list[LookedUp]:
    """Asks for each school's website and its likely Wikipedia articles, all at once."""
    jobs = [job for school in schools for job in _jobs(school, reader)]
    return list(reader.fetcher.spread(jobs, stopped=reader.over))


def hosts_without_answer(known: Sequence[LookedUp]) -> list[str]:
    """The hosts that did not answer when they were looked up, so that nobody knows what they name."""
    return sorted({one.unasked for one in known if one.unasked})


def looked_up_at(schools: Sequence[School]) -> tuple[str, ...]:
    """The hosts that looking up asks."""
    pages = (request.url for school in schools for request in article_requests(school))
    return tuple(sorted({host_of(url) for url in (*filter(None, map(_front, schools)), *pages)}))


def proposals(schools: Sequence[School], known: Sequence[LookedUp] = ()) -> tuple[Proposal, ...]:
    """The places to propose, each address once; the id of each says which school it is for if there are more.

    `known` is what was looked up.
    """
    several = len(schools) > 1
    most = next((n for up_to, n in _SPELLINGS if len(schools) <= up_to), 1)
    found: dict[tuple[str, str], Proposal] = {}
    for school in schools:
        for proposal in _of(school, known, most):
            source = proposal.source
            same = found.get((source.kind, source.url))
            if same is not None:
                urns = tuple(dict.fromkeys((*same.source.urns, *source.urns)))
                found[source.kind, source.url] = replace(same, source=replace(same.source, urns=urns))
                continue
            key = f"{source.id}-{school.urn.lower()}" if several else source.id
            found[source.kind, source.url] = replace(proposal, source=replace(source, id=key))
    return tuple(found.values())


def places_behind(
    addresses: Sequence[str], urns: tuple[str, ...], taken: Collection[str], reader: InTime
) -> list[tuple[str, Proposal | None, str]]:
    """For each address that somebody gives the best place behind it, and else why there is none."""
    jobs = [HostJob(each, partial(_best, each, reader)) for each in addresses]
    answers = {address: (found, why) for address, found, why in reader.fetcher.spread(jobs)}
    ids, told = set(taken), []
    for address in addresses:
        found, why = answers[address]
        key = _new_key(found.url if found else address, ids)
        told.append((address, make_proposal(found, key, urns) if found else None, why))
    return told


def _best(address: str, reader: InTime) -> tuple[str, Behind | None, str]:
    answer = reader.fetch(Request(address))
    if isinstance(answer, FetchFailure):
        found = reader.find_in_time(by_address, address)
        return address, next(iter(found), None), answer.detail
    best = next(iter(reader.find_in_time(places_behind_page, answer)), None)
    named = replace(best, name=_name_of_find(best)) if best else None
    return address, named, "no feed, board or reviews were found there."


def _name_of_find(found: Behind) -> str:
    """Name it as it calls itself, after the site it is on."""
    site, name = host_of(found.url), place_name(found)
    return name if site.removeprefix("www.") in name else f"{site}: {name}"


_A_FEED = re.compile(r"(?:\s*»\s*(?:RSS )?|\s+RSS )feed$", re.IGNORECASE)
"""What WordPress puts behind the name of a site whose feed it is."""
_LEFT_OUT = re.compile(r"\(…\)\W*")
_COMMENTS = re.compile(r"\bcomments\b", re.IGNORECASE)


def place_name(found: Behind) -> str:
    """Name it as a place is named: no address in it, nor that it is a feed."""
    name = _LEFT_OUT.sub("", plain_headline(_A_FEED.sub("", found.name.strip()), _NAME))
    return name or host_of(found.url)


def is_comment_feed(found: Behind) -> bool:
    """Is it what people write below a site's own pages?"""
    return bool(_COMMENTS.search(found.name) or _COMMENTS.search(urlsplit(found.url).path))


def _new_key(url: str, taken: set[str]) -> str:
    """The id of a place after its site, one that nobody has, and from now on taken."""
    key = free(host_of(url).removeprefix("www.").replace(".", "-")[:50] or "place", taken)
    taken.add(key)
    return key


def _of(school: School, known: Sequence[LookedUp], most: int) -> Iterator[Proposal]:
    ours = [each for each in known if each.urn == school.urn]
    articles = [article for each in ours for article in each.articles]
    feeds = [feed for each in ours for feed in each.feeds]
    found = propose(
        school,
        search_spellings(school)[:most],
        website=school.website,
        shared=bool(school.website) and not school.domain,
        articles=articles,
    )
    for proposal in found:
        yield proposal
        if proposal.source.id == "our-website":
            yield from feeds


def _jobs(school: School, reader: InTime) -> Iterator[HostJob[LookedUp]]:
    if url := _front(school):
        yield HostJob(url, partial(_website, school, url, reader))
    for _, same in groupby(article_requests(school), key=lambda request: urlsplit(request.url).hostname):
        pages = list(same)
        yield HostJob(pages[0].url, partial(_articles, school, pages, reader))


def _front(school: School) -> str:
    """The school's own page; "" where there is none that is its alone."""
    url = school.website or (f"https://{school.domain}/" if school.domain else "")
    return url if school.domain or urlsplit(url).path.strip("/") else ""


def _articles(school: School, pages: Sequence[Request], reader: InTime) -> LookedUp:
    """The school's articles: the first page that is one, or links to one."""
    unasked = ""
    for page in pages:
        answer = reader.fetch(page)
        if isinstance(answer, FetchFailure):
            unasked = unasked or _silent(answer)
        elif found := reader.find_in_time(articles_in, answer, school):
            return LookedUp(school.urn, found)
    return LookedUp(school.urn, unasked=unasked)


def _website(school: School, url: str, reader: InTime) -> LookedUp:
    """The feeds that the school's website declares: its news, not what people comment there."""
    answer = reader.fetch(Request(url))
    if isinstance(answer, FetchFailure):
        return LookedUp(school.urn, unasked=_silent(answer))
    found = reader.find_in_time(places_behind_page, answer, own=True)
    feeds = [each for each in found if each.kind == "feed" and not each.why_off and not is_comment_feed(each)]
    named = zip(("our-website-feed", "our-website-feed-2"), feeds, strict=False)
    ours = [(k, replace(feed, own=True, name=f"Our website: {place_name(feed)}")) for k, feed in named]
    return LookedUp(school.urn, feeds=tuple(make_proposal(feed, key, (school.urn,)) for key, feed in ours))


def _silent(failure: FetchFailure) -> str:
    """The host, where it may answer another time."""
    return host_of(failure.url) if failure.outcome is Outcome.UNREACHABLE else ""
