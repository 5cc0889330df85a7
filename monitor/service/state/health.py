"""Health of the service, as it knows itself: what ran when, and what failed. No people, no texts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.notices.book import matter
from data.types import Trouble
from data.words.say import words

STALE: Mapping[str, timedelta] = {
    "collect": timedelta(minutes=30),
    "recheck": timedelta(minutes=30),
    "tend": timedelta(minutes=2),
    "mail": timedelta(minutes=5),
    "chat": timedelta(minutes=5),
    "beat": timedelta(minutes=3),
}
"""So old may the last good end of each kind of work be. One slow site may hold a collect for long."""

OVERDUE = timedelta(minutes=10)
"""A message that should have gone out so long ago says that delivery fails."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts from the store, as they were at `at`. `runs` counts a day's askings by outcome.

    `overdue_since` is when the longest waiting message was due that has not gone out, tried or not;
    `unanswered_since` when the first was due of an alert that did not arrive and that nobody has in hand.
    `not_seen` counts the places, `ours` those of them that are not seen through a fault of ours, whose names
    are `our_places`.
    """

    at: datetime
    runs: Mapping[str, int] = field(default_factory=dict)
    not_seen: int = 0
    ours: int = 0
    our_places: tuple[str, ...] = ()
    waiting: int = 0
    failed: int = 0
    unsure: int = 0
    open_alerts: int = 0
    overdue_since: datetime | None = None
    unanswered_since: datetime | None = None


def due(before: datetime | None, now: datetime, every: timedelta) -> bool:
    """Is it time for another, after the one before? What lies ahead is of a clock that was set back."""
    return before is None or not timedelta(0) <= now - before < every


SILENT = "silent"
"""Why work that ended neither well nor badly for long is a trouble."""


@dataclass()
class Health:
    """The news that the parts of the service tell of themselves; asked from other threads."""

    started_at: datetime

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._ended: dict[str, datetime] = {}
        self._faults: Counter[str] = Counter()
        self._failing: dict[str, Trouble] = {}
        self._figures = Figures(self.started_at)

    def note_ending(self, work: str, at: datetime) -> None:
        """A piece of work has ended well."""
        with self._lock:
            self._ended[work] = at
            self._failing.pop(work, None)

    def note_failure(self, work: str, at: datetime, why: str, *, counted: bool = True) -> None:
        """A piece of work failed for a fault of ours. `why` is a code, never a text: it is shown and kept."""
        if counted:
            self.fault(work)
        with self._lock:
            before = self._failing.get(work)
            self._failing[work] = Trouble(work, min(before.since, at) if before else at, why)

    def fault(self, place: str) -> None:
        """Something failed there: a kind of work, or a periodic task's name."""
        with self._lock:
            self._faults[place] += 1

    def tell(self, figures: Figures) -> None:
        """The newest counts from the store."""
        if figures.ours:
            self.note_failure("place", figures.at, "our_fault", counted=False)
        else:
            self.note_ending("place", figures.at)
        with self._lock:
            self._figures = figures

    @property
    def figures(self) -> Figures:
        """The newest counts from the store."""
        with self._lock:
            return self._figures

    @property
    def last(self) -> dict[str, datetime]:
        """When each kind of work last ended well."""
        with self._lock:
            return dict(self._ended)

    @property
    def faults(self) -> dict[str, int]:
        """Count how often each place failed since the start."""
        with self._lock:
            return dict(self._faults)

    def troubles(self, now: datetime) -> tuple[Trouble, ...]:
        """List what fails now, the longest first, and what gave no sign for long (`SILENT`).

        What began after `now` is of a clock that was set back. A start is given its time.
        """
        with self._lock:
            found = {t.work: t for t in self._failing.values() if t.since <= now}
            last = dict(self._ended)
        for work, limit in STALE.items():
            before = last.get(work, self.started_at)
            if work not in found and now - before > limit:
                found[work] = Trouble(work, before, SILENT)
        return tuple(sorted(found.values(), key=lambda t: (t.since, t.work)))

    def complaints(self, now: datetime) -> list[str]:
        """Why it is not well, a sentence each; none where it is."""
        found = [_complaint(t, now, self.figures.ours) for t in first_of_each(self.troubles(now))]
        overdue = self.figures.overdue_since
        if overdue is not None and now - overdue > OVERDUE:
            found.append(f"a message has waited since {overdue:%Y-%m-%d %H:%M} UTC")
        unanswered = self.figures.unanswered_since
        if unanswered is not None and now - unanswered > OVERDUE:
            found.append(f"an alert due {unanswered:%Y-%m-%d %H:%M} UTC did not arrive, and nobody is on it")
        return found


def _complaint(trouble: Trouble, now: datetime, ours: int) -> str:
    if trouble.why == SILENT:
        minutes = int((now - trouble.since).total_seconds() // 60)
        return f"{trouble.work} has not ended well for {minutes} minutes"
    if trouble.work == "place":
        since = f"since {trouble.since:%Y-%m-%d %H:%M} UTC"
        return f"{ours} of the sources cannot be read or judged, through our fault, {since}"
    return trouble_words(trouble)


def first_of_each(troubles: Iterable[Trouble]) -> list[Trouble]:
    """Keep the first trouble of each meaning: an unusable store stops several kinds of work."""
    found: dict[str, Trouble] = {}
    for trouble in troubles:
        found.setdefault(trouble.work if trouble.why == SILENT else matter(trouble), trouble)
    return list(found.values())


def trouble_words(trouble: Trouble) -> str:
    """Since when what has not been done, and behind that the kind of work and its fault."""
    what = words("en")(f"notice.what.{matter(trouble)}")
    return f"since {trouble.since:%Y-%m-%d %H:%M} UTC, {what} ({trouble.work}: {trouble.why})"
