"""What runs the stages of a fleet: workers of four kinds, in processes of this machine or on several."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from data.ids import digest

AFTER_A_FAULT = tuple(timedelta(minutes=m) for m in (1, 5, 15))
AFTER_A_LOSS = tuple(timedelta(seconds=s) for s in (1, 2, 5, 10))
"""A worker that was lost is soon there again, here or elsewhere: nothing waits for longer for that alone."""
SUSPECT = 6
"""What was lost so often with a worker that did all else in between may be what ends it."""


def again_after(error: Exception, tries: int, most_lost: float = len(AFTER_A_LOSS)) -> timedelta:
    """After which time, where it was tried in vain so often before: the last of these for good. A loss counts
    as a fault once there were `most_lost` of them."""
    if isinstance(error, WorkerLost):
        if tries < most_lost:
            return AFTER_A_LOSS[min(tries, len(AFTER_A_LOSS) - 1)]
        tries -= int(most_lost)
    return AFTER_A_FAULT[min(tries, len(AFTER_A_FAULT) - 1)]


class Stage(StrEnum):
    """What a worker does: ask places, route what they gave, score texts, judge and save for homes."""

    FETCH = "fetch"
    LINK = "link"
    SCORE = "score"
    SAVE = "save"


Work: TypeAlias = Callable[[Any], Any]
"""A worker: takes one of the works of `monitor.fleet.work`, gives its answer. What it is asked twice it
answers twice alike."""


@dataclass(frozen=True, slots=True)
class Station:
    """The workers of one stage. `make` is called in each worker's own process; it and what it holds must bear
    to be sent there. There is one for each of `machines`: its name, "" for any, or for this one where the
    worker needs what lies on it (`stays`). `at_once` works of one shard may be under way.
    """

    make: Callable[[], Work]
    machines: tuple[str, ...] = ("",)
    at_once: int = 1
    stays: bool = False


def shard_of(name: str, shards: int) -> int:
    """Whose turn what is so named always is, of so many workers of one stage."""
    return int(digest("shard", name)[:8], 16) % shards


def close_work(work: Work) -> None:
    """A worker that has something to give back gives it back."""
    close = getattr(work, "close", None)
    if close is not None:
        close()


class WorkerLost(Exception):
    """The worker ended before it answered: whether it did the work nobody knows, so it is asked again."""


class Engine(Protocol):
    """Workers by stage and shard, begun when they are first asked, and anew after they were lost."""

    def ask(self, stage: Stage, shard: int, work: object) -> Future[Any]:
        """The worker's answer, or the exception it raised, or WorkerLost. A shard's works begin in order."""
        ...

    def end(self, stage: Stage, shard: int) -> None:
        """Ends a worker that answers no more; it is begun anew when it is next asked."""
        ...

    def close(self) -> None:
        """Ends all workers; what was under way is lost."""
        ...
