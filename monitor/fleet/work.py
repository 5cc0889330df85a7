"""What a fleet's stages are asked and what they answer. All frozen; all may be sent to another process."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta

from data.frozen import dataclass
from data.ids import digest
from data.store.segments import HandedReading
from data.types import School, Scores, Source, SourceState
from data.web.channels import host_of
from monitor.config.settings import MAILBOX
from monitor.fleet.settings import FleetHome, SharedPlace
from monitor.pipeline.articles import WantedArticle
from sources.registry import kind_named

# --------------------------------------------------------------------------- Stage.FETCH


@dataclass(frozen=True, slots=True)
class AskPlace:
    """Ask this place now. `state` is what the fleet's own store remembers of it; `now` is for whoever plays
    the world on a clock of its own. `home` is whose sign-in it needs, and then that home's writer asks it
    (`Stage.SAVE`); None where anybody may. Answer: AskedSource."""

    source: Source
    state: SourceState
    now: datetime
    home: FleetHome | None = None


@dataclass(frozen=True, slots=True)
class AskArticle:
    """Ask for the article behind this headline. Answer: ArticleRead."""

    wanted: WantedArticle


# --------------------------------------------------------------------------- Stage.LINK


@dataclass(frozen=True, slots=True)
class Watch:
    """One home's view of a place: its name, and the source as that home has it, with its own id and urns."""

    home: str
    source: Source


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is asked once for all who watch it.

    `source.id` is the fleet's own, `source.urns` stand for who watches it, so that a new watcher is handed
    all that is there. `shared` says that the fleet's own file names it, and not its homes.
    """

    source: Source
    watches: tuple[Watch, ...]
    shared: bool = False


@dataclass(frozen=True, slots=True)
class ToRoute:
    """Readings with the places that gave them. Answer: a tuple of Routed, one for each, in their order."""

    readings: tuple[tuple[Place, HandedReading], ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Routed:
    """Whose a reading's mentions are: by home, the places in `mentions` of those that are handed to it.

    `wanted` are the articles behind headlines that may be about one of theirs.
    """

    to: Mapping[str, tuple[int, ...]]
    wanted: tuple[WantedArticle, ...] = ()


# --------------------------------------------------------------------------- Stage.SCORE


@dataclass(frozen=True, slots=True)
class ToScore:
    """Texts as the model is given them, each once. Answer: Scores, aligned."""

    texts: tuple[str, ...]


# --------------------------------------------------------------------------- Stage.SAVE


@dataclass(frozen=True, slots=True)
class ToSave:
    """Readings for one home, by its own sources' ids, in the order of time. `scores` are what the model gave
    the texts of them that it was asked for so far, `lent` are the sources of those
    that the home does not watch. Answer: ScoresWanted or Saved."""

    home: FleetHome
    readings: tuple[HandedReading, ...]
    now: datetime
    lent: tuple[Source, ...] = ()
    scores: tuple[tuple[tuple[str, ...], Scores], ...] = ()


@dataclass(frozen=True, slots=True)
class ScoresWanted:
    """Something was not saved yet: these texts must be scored first."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: how many mentions were new, how many alerts raised; how many
    seconds after its own time each mention of today was saved.

    `failed` are the readings (their places among those given) that a fault of ours kept from being saved, by
    the fault's kind.
    """

    new: int = 0
    alerts: int = 0
    delays_s: tuple[float, ...] = ()
    failed: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tend:
    """See to what is due in a home besides: mails, reminders, purges, cases. Answer: Tended.

    `read_at` is when the fleet last asked places well; `only_send` that its messages alone are due;
    `first_by` is as `Context.read_at`.
    """

    home: FleetHome
    now: datetime
    read_at: datetime | None = None
    only_send: bool = False
    first_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tended:
    """`faults` are kinds of faults by the work in which they came; `held_by` is another service that runs
    for this home, "" where none does: then nothing was done."""

    faults: Mapping[str, str] = field(default_factory=dict)
    held_by: str = ""


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
    every = [_place(key, watches) for key, watches in found.items()]
    for one in shared:
        if one.source.disabled is None:
            homes = [home for home in one.homes or tuple(watched) if home in watched]
            watches = tuple(Watch(home, lent(one.source, watched[home][0])) for home in homes)
            every.append(Place(replace(one.source, urns=_who(watches)), watches, shared=True))
    return tuple(every)


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
