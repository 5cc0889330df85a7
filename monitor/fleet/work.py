"""What a fleet's stages are asked and what they answer. All frozen; all may be sent to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import TypeAlias

from data.frozen import dataclass
from data.store.segments import HandedReading
from data.types import Scores, Source, SourceState
from data.web.articles import ArticleRead
from monitor.fleet.settings import FleetHome
from monitor.pipeline.articles.reading import WantedArticle
from monitor.pipeline.scanning.asking import AskedSource

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


FetchWork: TypeAlias = AskPlace | AskArticle
FetchAnswer: TypeAlias = AskedSource | ArticleRead

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

    `read_at` is when the fleet last asked places well; `only_send` that its messages alone are due.
    """

    home: FleetHome
    now: datetime
    read_at: datetime | None = None
    only_send: bool = False


@dataclass(frozen=True, slots=True)
class Tended:
    """`faults` are kinds of faults by the work in which they came; `held_by` is another service that runs
    for this home, "" where none does: then nothing was done."""

    faults: Mapping[str, str] = field(default_factory=dict)
    held_by: str = ""
