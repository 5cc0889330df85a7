"""The stage that asks, played: real documents, parsed as ever, from places that are computed. Nothing sleeps.

Each answer takes a drawn latency, which goes into the times of the run; some fail. Every asking of a host is
written down with the simulated second at which it may begin by the host's pace, as the one worker that owns
the host reckons it: `too_soon` finds whoever was asked faster, by one worker or by two.
"""

from __future__ import annotations

import os
import struct
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any

from benchmarks.nation.world.documents import article, document
from benchmarks.nation.world.schools import seeded
from benchmarks.nation.world.shown import World
from data.effects import Apart
from data.ids import digest
from data.types import FetchFailure, Outcome, Request, Response, SourceState
from monitor.home import wiring
from monitor.pipeline.articles import article as article_read
from monitor.pipeline.scanning.asking import asked
from sources.blocks.http_outcome import failure_of
from sources.http.host_queue import host_of
from sources.http.politeness import Limits, slot

LATENCY_S, LATENCY_SPREAD = 0.35, 0.8
"""Median of an answer's seconds, and the spread of its logarithm: one in twenty takes 1.3 s. Assumed."""
UNREACHABLE, REFUSED, CONDITIONAL = 0.01, 0.003, 0.20
"""Shares: of askings without an answer; of those refused (403, or 429 with Retry-After); of hosts that answer
“not modified”. Assumed. A refusal holds for its address alone: the order of asking changes nothing."""
RETRY_AFTER_S = 1800
LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class PlayedClock:
    """The simulated time, in a file that every process reads."""

    path: Path

    def __call__(self) -> datetime:
        seconds = struct.unpack("<d", self.path.read_bytes())[0]
        return datetime.fromtimestamp(seconds, UTC)

    def set(self, now: datetime) -> None:
        """From now on it is `now`. Seen whole or not at all."""
        new = self.path.with_suffix(".new")
        new.write_bytes(struct.pack("<d", now.timestamp()))
        new.replace(self.path)


@dataclass
class Playing:
    """A worker that asks. `folder` is where it writes down whom it asked when."""

    world: World
    clock: PlayedClock
    folder: Path
    _free_s: dict[str, float] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        """The folder of its book is there."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, work: Any) -> Any:
        """What the place or the article gave, as the product's own worker answers."""
        line = _Line(self, self.clock())
        if hasattr(work, "wanted"):
            return article_read(work.wanted, line, line.clock)
        return asked(work.source, work.state, line, line.clock)

    def begins_s(self, host: str, now: datetime) -> float:
        """When this asking may begin by the host's pace, in seconds; it is written down."""
        with self._lock:
            now_s = now.timestamp()
            start_s, self._free_s[host] = slot(self._free_s.get(host, 0.0), now_s, LIMITS.pace_s(host))
            with (self.folder / f"asked-{os.getpid()}.txt").open("a", encoding="utf-8") as book:
                book.write(f"{host} {start_s:.3f}\n")
            return start_s

    @cached_property
    def apart(self) -> Apart:
        """The process in which documents are read, as in the product."""
        return wiring.reading()


class _Line:
    """One asking: what it waits is added to its own time."""

    def __init__(self, worker: Playing, now: datetime) -> None:
        self._worker = worker
        self._now = now
        self.apart = worker.apart

    def clock(self) -> datetime:
        """The simulated time with what this asking has waited for answers."""
        return self._now

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure:
        """The document that stands there now, or why there is none."""
        world, host, began = self._worker.world, host_of(request.url), self._worker.clock()
        self._worker.begins_s(host, began)
        rng = seeded(world.nation.seed, "asked", request.url, began)
        self._now += timedelta(
            seconds=min(rng.lognormvariate(0, LATENCY_SPREAD) * LATENCY_S, LIMITS.deadline_s)
        )
        drawn = rng.random()
        if drawn < UNREACHABLE:
            return FetchFailure(Outcome.UNREACHABLE, request.url, "The site did not answer.", self._now)
        if drawn < UNREACHABLE + REFUSED:
            return self._refused(request.url, rng.random() < 0.5)
        return self._answer(request, conditional, host, began)

    def _refused(self, url: str, later: bool) -> Response | FetchFailure:
        headers = (("retry-after", str(RETRY_AFTER_S)),) if later else ()
        answer = Response(url, 429 if later else 403, headers, b"<html><body>No.</body></html>", self._now)
        stop = failure_of(answer, self.apart)
        assert stop is not None
        return FetchFailure(
            stop.outcome, url, stop.detail, self._now, stop.status, stop.retry_after_s, answer
        )

    def _answer(self, request: Request, before: SourceState | None, host: str, at: datetime) -> Response:
        world = self._worker.world
        place = world.nation.places.get(request.url)
        if place is None:
            kind, body = article(*_story(world, request.url))
            return Response(request.url, 200, (("content-type", kind),), body, self._now)
        posts = world.shown(place, at)
        headers: tuple[tuple[str, str], ...] = ()
        if seeded(world.nation.seed, "conditional", host).random() < CONDITIONAL:
            etag = f'"{digest(*(f"{post.number}{post.changed}" for post in posts))[:16]}"'
            headers = (("etag", etag),)
            if before is not None and before.etag == etag:
                return Response(request.url, 304, headers, b"", self._now)
        kind, body = document(place, posts)
        answer = Response(request.url, 200, (("content-type", kind), *headers), body, self._now)
        failure_of(answer, self.apart)
        return answer


def _story(world: World, url: str) -> tuple[str, str]:
    """What stands behind a headline: the school's story, or what its address alone gives."""
    urn, _, k = url.rsplit("/", 1)[1].partition("-")
    if urn in world.nation.schools and k[:1].isdigit():
        head, text, _ = world.story(urn, int(k[0]))
        return head, text
    return "The story", "It was a quiet day in the county. Nobody was hurt. The council will look into it"


def askings(folder: Path) -> dict[str, list[float]]:
    """By host when it was asked, in simulated seconds, all workers together."""
    found: dict[str, list[float]] = defaultdict(list)
    for path in folder.glob("asked-*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            host, at = line.rsplit(" ", 1)
            found[host].append(float(at))
    return {host: sorted(times) for host, times in found.items()}


def too_soon(times: Iterable[tuple[str, list[float]]]) -> list[str]:
    """The hosts that were asked faster than their pace."""
    return [host for host, at in times if any(b - a < LIMITS.pace_s(host) - 0.002 for a, b in pairwise(at))]
