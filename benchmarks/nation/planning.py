"""A day's askings of all places, planned as the service plans them, and how late each post is read by it.

Hosts are independent: a host's places stand in one line in the order in which they fall due
(`sources/due.py`), each asking begins a pace after the one before it at the earliest, and takes a drawn
latency. Places are as they would be after months: read lately, their last news as old as their rate gives.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.nation.played import LATENCY_S, LATENCY_SPREAD, LIMITS, REFUSED, UNREACHABLE
from benchmarks.nation.world.places import Family, PlayedPlace
from benchmarks.nation.world.schools import seeded
from benchmarks.nation.world.shown import World
from data.types import Outcome, Source, SourceState
from sources import due
from sources.http.host_queue import host_of

TURNS_S = tuple(hour * 3600.0 for hour in (6, 7, 19, 23))
"""When the interval of a place changes with the hour: it is reckoned anew then."""
DAY_S = 86400.0


@dataclass
class Planned:
    """What a day of a sort of place comes to. `late_s` is how many seconds after it was posted each post was
    read, `lost` how many had gone from what is shown before it was asked."""

    places: int = 0
    askings: int = 0
    news: int = 0
    posts: int = 0
    lost: int = 0
    handed: float = 0.0
    calls: float = 0.0
    late_s: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, other: Planned) -> None:
        """The day of other places of this sort as well."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def late(self, share: float) -> float:
        """Seconds: so large a share of the posts that were read was read within them."""
        whole = np.concatenate([*self.late_s, np.zeros(0)])
        return float(np.quantile(whole, share)) if whole.size else math.nan


@dataclass(slots=True)
class _Asked:
    """One place, and when it was read that day, in seconds after midnight."""

    place: PlayedPlace
    source: Source
    state: SourceState
    rng: Random
    times: Sequence[float]
    due_s: float
    read: list[float] = field(default_factory=list)
    seen: int = 0
    askings: int = 0


Day = tuple[dict[Family, Planned], Counter[str]]
"""By sort of place what the day comes to, and how often each host was asked."""


def planned(
    world: World, sources: Mapping[str, Source], watchers: Mapping[str, int], workers: int = 1
) -> Day:
    """The day. `sources` and `watchers` (how many homes) are by address."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in world.nation.places:
        hosts[host_of(url)].append(url)
    if workers == 1:
        return _some(world, sources, watchers, hosts)
    names = sorted(hosts, key=lambda host: len(hosts[host]), reverse=True)
    shares = [{host: hosts[host] for host in names[n::workers]} for n in range(workers)]
    with ProcessPoolExecutor(workers, get_context("fork"), _share, (world, sources, watchers)) as pool:
        return _together(list(pool.map(_shared, shares)))


_GIVEN: list[Any] = []


def _share(*given: Any) -> None:
    _GIVEN[:] = given


def _shared(hosts: Mapping[str, Sequence[str]]) -> Day:
    return _some(*_GIVEN, hosts)


def _some(
    world: World,
    sources: Mapping[str, Source],
    watchers: Mapping[str, int],
    hosts: Mapping[str, Sequence[str]],
) -> Day:
    """The day of these hosts."""
    found: dict[Family, Planned] = defaultdict(Planned)
    by_host: Counter[str] = Counter()
    for host, urls in hosts.items():
        for asked in _host(world, host, [(world.nation.places[url], sources[url]) for url in urls]):
            by_host[host] += asked.askings
            _count(found[asked.place.family], asked, watchers.get(asked.place.url, 0))
    return found, by_host


def _together(parts: Sequence[Day]) -> Day:
    found: dict[Family, Planned] = defaultdict(Planned)
    by_host: Counter[str] = Counter()
    for days, asked in parts:
        by_host += asked
        for family, day in days.items():
            found[family].add(day)
    return found, by_host


def _host(world: World, host: str, places: Sequence[tuple[PlayedPlace, Source]]) -> list[_Asked]:
    """One host's day, until each place was asked after its end: what was said late is read then."""
    line = [_begun(world, place, source) for place, source in places]
    waiting = [(one.due_s, n) for n, one in enumerate(line)]
    heapq.heapify(waiting)
    free_s, pace_s = 0.0, LIMITS.pace_s(host)
    while waiting:
        due_s, n = heapq.heappop(waiting)
        start_s = max(due_s, free_s)
        one = line[n]
        one.askings += start_s < DAY_S
        end_s = start_s + min(one.rng.lognormvariate(0, LATENCY_SPREAD) * LATENCY_S, LIMITS.deadline_s)
        free_s = max(start_s + pace_s, end_s)
        _ask(world, one, end_s)
        if start_s < DAY_S:
            heapq.heappush(waiting, (_next_s(world.midnight, one, end_s), n))
    return line


def _begun(world: World, place: PlayedPlace, source: Source) -> _Asked:
    """The place as midnight finds it."""
    rng = seeded(world.nation.seed, "planned", place.url)
    gap_s = DAY_S / max(place.a_day, 1e-6)
    new_at = world.midnight - timedelta(seconds=min(rng.expovariate(1 / gap_s), 60 * DAY_S))
    state = SourceState(
        source.id, last_new_at=new_at, longest_gap_s=min(3 * gap_s, 30 * DAY_S), last_outcome=Outcome.OK
    )
    every_s = due.interval_s(source, state, world.midnight, due.LONDON, 0.5)
    ran_s = -rng.random() * every_s
    state = replace(state, last_run_at=world.midnight + timedelta(seconds=ran_s))
    return _Asked(place, source, state, rng, world.times(place), ran_s + every_s)


def _ask(world: World, one: _Asked, end_s: float) -> None:
    """What the place knows after this asking."""
    drawn, now, state = one.rng.random(), world.midnight + timedelta(seconds=end_s), one.state
    outcome, failures, new_at = Outcome.OK, 0, state.last_new_at
    if drawn < UNREACHABLE + REFUSED:
        outcome = Outcome.UNREACHABLE if drawn < UNREACHABLE else Outcome.BLOCKED
        failures = state.failures_in_a_row + 1
    else:
        one.read.append(end_s)
        there = bisect_left(one.times, end_s)
        new_at = now if there > one.seen else new_at
        one.seen = there
    one.state = SourceState(
        state.source_id, last_run_at=now, last_new_at=new_at, failures_in_a_row=failures,
        longest_gap_s=state.longest_gap_s, last_outcome=outcome,
    )  # fmt: skip


def _next_s(midnight: datetime, one: _Asked, now_s: float) -> float:
    """When it is due again, as the hours pass."""
    then_s = now_s
    for turn_s in (*(at_s for at_s in TURNS_S if at_s > now_s), math.inf):
        next_s = then_s + due.wait_s(one.source, one.state, midnight + timedelta(seconds=then_s))
        if next_s <= turn_s or turn_s >= DAY_S:
            return max(next_s, now_s + 1.0)
        then_s = turn_s
    return math.inf


def _count(told: Planned, one: _Asked, watchers: int) -> None:
    """Adds a place's day to its sort's."""
    times, read = np.asarray(one.times), np.asarray(one.read)
    told.places += 1
    told.askings += one.askings
    told.posts += times.size
    upto = np.searchsorted(times, read)
    new = np.diff(upto, prepend=0)
    news = int((new > 0).sum())
    told.news += news
    told.calls += news * watchers
    told.handed += news * watchers * one.place.stated.shown
    kept = np.minimum(new, one.place.stated.shown)
    told.lost += int((new - kept).sum())
    if not read.size or not times.size:
        return
    at = np.repeat(read, kept)
    which = np.concatenate([np.arange(end - count, end) for end, count in zip(upto, kept, strict=True)])
    told.late_s.append(at - times[which.astype(int)])
