"""A trust of many schools: which they are, what they share, and their people out of a table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urljoin

from data.errors import InputError
from data.register.national_lists import host, of_many
from data.register.school_names import normalise
from data.types import School, Source
from monitor.setup.entries import entries, grouped
from sources.places.searches import bing_news
from sources.places.table import Proposal, proposed

_HOUR_S = 3600.0


def schools_of(trust: str, all_schools: Sequence[School]) -> list[School]:
    """The schools of which the register says that they belong to the trust, in its order.

    Raises InputError where it names no trust at all (an extract may lack the column), or knows another
    name.
    """
    wanted = normalise(trust)
    known = {school.trust: normalise(school.trust) for school in all_schools if school.trust}
    if not known:
        raise InputError(
            "This register names no trusts: an extract leaves that column out, and only the file of all "
            "establishments has it. Give the schools by number: --urn 900001 --urn 900002 …"
        )
    found = [school for school in all_schools if school.trust and known[school.trust] == wanted]
    if not found:
        from rapidfuzz import fuzz, process

        near = [name for name, _, _ in process.extract(trust, list(known), scorer=fuzz.WRatio, limit=3)]
        raise InputError(f"No school of the register belongs to “{trust}”. Near: {'; '.join(near)}.")
    return found


def beside(found: Sequence[School], all_schools: Sequence[School]) -> list[School]:
    """Further schools with the website of these: perhaps of the same trust, which only asking can tell."""
    hosts = {name for school in found if (name := host(school.website)) and not of_many(name)}
    mine = {school.urn for school in found}
    return [s for s in all_schools if s.urn not in mine and s.website and host(s.website) in hosts]


def trust_entries(trust: str, found: Sequence[School], all_schools: Sequence[School]) -> tuple[School, ...]:
    """Each of them by itself, a school of the trust, with what tells it from all others."""
    made = (entry.school for entry in entries(grouped(found), all_schools))
    return tuple(replace(school, trust=school.trust or trust) for school in made)


def shared_places(
    trust: str, schools: Sequence[School], all_schools: Sequence[School]
) -> tuple[Proposal, ...]:
    """What is one place for all of them: the trust's own website, and a news search for its name."""
    numbers = tuple(school.urn for school in schools)
    search = Source(
        "trust-news",
        "feed",
        bing_news(f'"{trust}"'),
        urns=numbers,
        name=f"Bing News: {trust}",
        surfaced=True,
        interval_s=_HOUR_S,
    )
    return (*_websites(schools, all_schools), proposed("bing_news", search, f'"{trust}"'))


def _websites(schools: Sequence[School], all_schools: Sequence[School]) -> Iterator[Proposal]:
    """The hosts that several of these schools share with nobody else."""
    mine: dict[str, list[School]] = defaultdict(list)
    for school in schools:
        if (name := host(school.website)) and not of_many(name):
            mine[name].append(school)
    everywhere = Counter(host(school.website) for school in all_schools if school.website)
    for name, found in mine.items():
        if len(found) > 1 and everywhere[name] <= len(found):
            key, address = f"trust-website-{name.replace('.', '-')}"[:64], urljoin(found[0].website, "/")
            urns, said = tuple(school.urn for school in found), f"The trust's website ({name})"
            yield proposed("website", Source(key, "own.page", address, urns=urns, name=said, own=True))


def with_shared(places: Sequence[Proposal], shared: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """All places, those that are shared last and each address once."""
    known = {(p.source.kind, p.source.url.rstrip("/")) for p in shared}
    own = (p for p in places if (p.source.kind, p.source.url.rstrip("/")) not in known)
    return (*own, *shared)
