"""One home as the conductor sees it: what waits for it, and how it fared."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from data.store.segments import HandedReading
from data.store.shelf import SegmentShelf, put_at
from data.types import Outcome
from monitor.fleet.progress import HomeProgress
from monitor.fleet.settings import FleetHome


@dataclass
class HomeDesk:
    """One home at the conductor; `writer` is the shard of `Stage.SAVE` that works for it."""

    home: FleetHome
    writer: int
    shelf: SegmentShelf
    tend_at: datetime
    runs_at: datetime
    first_by: datetime
    """Until then at most its digests wait for a first reading since the fleet began, or woke."""
    waiting: deque[Path] = field(default_factory=deque)
    aside: list[tuple[datetime, Path]] = field(default_factory=list)
    """What fails by itself, and until when: nothing else waits for it."""
    runs: list[HandedReading] = field(default_factory=list)
    told: dict[str, tuple[Outcome, datetime]] = field(default_factory=dict)
    busy: bool = False
    """Is its writer saving for it? It may be seen to meanwhile: a slow mail server holds nothing back."""
    tending: bool = False
    send: bool = False
    tries: int = 0
    failed: int = 0
    answers: int = 0
    """What its worker had answered when it was last lost with what was tried alone."""
    not_before: datetime | None = None
    fares: HomeProgress = field(init=False)
    """How it fares, but for what waits for it."""

    def __post_init__(self) -> None:
        self.fares = HomeProgress(self.home.name)

    def tell(self, **facts: Any) -> None:
        """Sets some of how it fares."""
        self.fares = replace(self.fares, **facts)

    @property
    def unsaved(self) -> list[Path]:
        """All that is handed to it and not saved."""
        return [*self.waiting, *(path for _, path in self.aside)]

    def may_save(self, now: datetime) -> bool:
        """May its writer be asked to save: has it not failed just now?"""
        return not self.busy and (self.not_before is None or now >= self.not_before)

    def ready(self, now: datetime) -> bool:
        """Is there something to be saved now? What was put aside for long enough waits again, behind all."""
        self.waiting.extend(path for until, path in self.aside if until <= now)
        self.aside = [(until, path) for until, path in self.aside if until > now]
        return bool(self.waiting) and self.may_save(now)

    def forget(self, path: Path) -> None:
        """This one waits no more."""
        self.waiting = deque(one for one in self.waiting if one != path)
        self.aside = [(until, one) for until, one in self.aside if one != path]

    def told_of(self, now: datetime) -> HomeProgress:
        """How it fares, for whoever asks."""
        oldest = min((put_at(path, now) for path in self.unsaved), default=None)
        return replace(self.fares, waiting_segments=len(self.unsaved), oldest_waiting_at=oldest)
