"""Asking places and articles: one worker owns a host, so its pace and its robots.txt stand in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from data.effects import Clock, utc_now
from monitor import wiring
from monitor.config.load import Config, Network
from monitor.fleet.work import AskArticle, AskPlace, FetchAnswer, FetchWork
from monitor.pipeline.articles.reading import article
from monitor.pipeline.scanning.asking import asked

if TYPE_CHECKING:
    from sources.fetch import Fetcher
    from sources.http.politeness import Limits


@dataclass
class Fetching:
    """A worker of `Stage.FETCH`. It asks in the name of whoever answers for the fleet, and signs in nowhere.

    `limits` and `allow_loopback` are for the tests alone.
    """

    fleet: Path
    contact: str
    network: Network = field(default_factory=Network)
    limits: Limits | None = None
    allow_loopback: frozenset[tuple[str, int]] = frozenset()
    clock: Clock = utc_now
    _making: Lock = field(default_factory=Lock, init=False)

    def __call__(self, work: FetchWork) -> FetchAnswer:
        """What the place or the article gave. Nothing is raised for what a site does."""
        match work:
            case AskPlace(source, state):
                return asked(source, state, self._one(), self.clock)
            case AskArticle(wanted):
                return article(wanted, self._one(), self.clock)

    def _one(self) -> Fetcher:
        """The same for all threads, for it keeps each host's pace."""
        with self._making:
            return self._fetcher

    @cached_property
    def _fetcher(self) -> Fetcher:
        config = Config(self.fleet, (), contact=self.contact, network=self.network)
        made = wiring.fetcher(
            config, clock=self.clock, limits=self.limits, allow_loopback=self.allow_loopback
        )
        return made.__enter__()  # closed with its process
