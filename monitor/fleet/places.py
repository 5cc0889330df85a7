"""The places of a fleet: what its homes watch, each address once, and who watches it. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from data.ids import digest
from data.types import School, Source
from monitor.config.settings import MAILBOX
from monitor.fleet.settings import SharedPlace
from monitor.fleet.work import Place, Watch
from sources.http.host_queue import host_of
from sources.registry import kind_named

TOLD_EVERY = timedelta(hours=1)
"""How often a home is told of a place of the fleet's own that brings it nothing."""
SHARED = "shared-"
"""What the name of a source begins with, in a home, that its own file does not have."""


def places(
    watched: Mapping[str, tuple[Sequence[School], Sequence[Source]]], shared: Sequence[SharedPlace]
) -> tuple[Place, ...]:
    """Every place once: those that homes name (by home their schools and sources), then the fleet's own.

    What is switched off in a home is not watched by it.
    """
    found: dict[str, list[Watch]] = defaultdict(list)
    for home, (schools, sources) in watched.items():
        for source in sources:
            if source.disabled is None:
                watch = Watch(home, replace(source, urns=source.urns or tuple(s.urn for s in schools)))
                found[_key(home, source)].append(watch)
    own = [_place(key, watches) for key, watches in found.items()]
    return (*own, *(_of_the_fleet(one, watched) for one in shared if one.source.disabled is None))


def lent(source: Source, schools: Sequence[School]) -> Source:
    """A source of the fleet as a home has it that does not name it; that is told of it once an hour."""
    every_s = max(source.interval_s or 0.0, TOLD_EVERY.total_seconds())
    urns = tuple(s.urn for s in schools)
    return replace(source, id=f"{SHARED}{source.id}", urns=urns, interval_s=every_s)


def is_private(source: Source) -> bool:
    """Is it read for its own home alone: a mailbox, or a page of the school's own?"""
    return source.kind == MAILBOX or source.own


def host(source: Source) -> str:
    """The host that is asked for it, by which its fetcher is chosen; a mailbox stands for itself."""
    return source.id if source.kind == MAILBOX else host_of(source.url)


def _key(home: str, source: Source) -> str:
    """What is asked and read alike has one key; what needs a home's own sign-in is that home's alone."""
    if source.kind == MAILBOX:
        return f"{home}/{source.id}"
    asked = (source.kind, source.url, source.channel or "", json.dumps(dict(source.settings), sort_keys=True))
    return digest(*asked, str(source.own), source.notice or "")[:16]


def _place(key: str, watches: Sequence[Watch]) -> Place:
    first = watches[0].source
    asked = replace(
        first,
        id=key,
        urns=_who(watches),
        interval_s=_interval_s([w.source for w in watches]),
        max_pages=max(w.source.max_pages for w in watches),
    )
    return Place(asked, tuple(watches))


def _who(watches: Sequence[Watch]) -> tuple[str, ...]:
    return tuple(sorted(f"{w.home}:{urn}" for w in watches for urn in w.source.urns))


def _interval_s(sources: Sequence[Source]) -> float | None:
    """As often as the most eager of them wants it; None where that is the kind's own pace."""
    said = [s.interval_s for s in sources if s.interval_s is not None]
    if len(said) == len(sources) or (said and min(said) < kind_named(sources[0].kind).default_interval_s):
        return min(said)
    return None


def _of_the_fleet(
    shared: SharedPlace, watched: Mapping[str, tuple[Sequence[School], Sequence[Source]]]
) -> Place:
    homes = shared.homes or tuple(watched)
    watches = tuple(Watch(home, lent(shared.source, watched[home][0])) for home in homes if home in watched)
    return Place(replace(shared.source, urns=_who(watches)), watches, shared=True)
