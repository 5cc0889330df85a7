"""Which places are asked when, one at a time of each host; and what they gave, kept as segments."""

from __future__ import annotations

import heapq
import logging
from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

from data.errors import SchoolgateError, StoreError, StoreFull
from data.ids import digest, text_hash
from data.store.engine.open import Store
from data.store.segments import HandedReading
from data.store.shelf import SegmentShelf
from data.store.sources import source_runs as source_store
from data.types import Mention, Outcome, Source, SourceRun, SourceState
from monitor.config.settings import MAILBOX
from monitor.fleet.conducting.line import WorkLine
from monitor.fleet.crew import FETCHES_AT_ONCE
from monitor.fleet.engines.base import Stage, again_after, shard_of
from monitor.fleet.settings import FleetHome
from monitor.fleet.work import AskPlace, Place, host
from monitor.pipeline.scanning.asking import AskedSource
from sources.due import due, next_due_at, pupils_write

log = logging.getLogger("schoolgate.fleet")

LOOK_AGAIN = timedelta(minutes=10)
"""When a place is due depends on the hour too: so it is reckoned anew this often."""


@dataclass
class PlacesToAsk:
    """The places, and when each is due. `read` keeps what they gave until it is routed.

    `told` is given each run that brought nothing to route.
    """

    places: Mapping[str, Place]
    store: Store
    read: SegmentShelf
    line: WorkLine
    fetchers: int
    writer_of: Callable[[str], int]
    homes: Mapping[str, FleetHome]
    zone: ZoneInfo
    clock: Callable[[], datetime]
    told: Callable[[Place, SourceRun], None]
    failing: dict[str, Outcome] = field(default_factory=dict, init=False)
    unkept: int = 0
    faults: int = 0
    _pause_until: datetime | None = None
    _states: dict[str, SourceState] = field(default_factory=dict, init=False)
    _due: list[tuple[datetime, int, str]] = field(default_factory=list, init=False)
    _hosts: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque), init=False)
    _busy: dict[str, str] = field(default_factory=dict, init=False)
    _came: list[AskedSource] = field(default_factory=list, init=False)
    _last: dict[str, array[int]] = field(default_factory=dict, init=False)
    _whole: set[str] = field(default_factory=set, init=False)
    _mailboxes: Counter[int] = field(default_factory=Counter, init=False)
    """How many mailboxes each writer is asking: one at a time, for it has homes to save for."""
    _asked_at: dict[str, datetime] = field(default_factory=dict, init=False)
    _lost_at: Counter[str] = field(default_factory=Counter, init=False)
    _order: count[int] = field(default_factory=count, init=False)
    unread: set[str] = field(default_factory=set, init=False)
    """Places that were due when the fleet began, or woke, and have not been read since."""

    def __post_init__(self) -> None:
        """Raises StoreError where the fleet's store cannot be read."""
        with self.store.read() as con:
            self._states = source_store.states(con, list(self.places))
        now = self.clock()
        for place_id in self.places:
            heapq.heappush(self._due, (now, next(self._order), place_id))
        self.wake(now)

    def wake(self, now: datetime) -> None:
        """Nothing is known yet of what places hold that are due: the fleet has begun, or slept."""
        self.unread = {place_id for at, _, place_id in self._due if at <= now}

    @property
    def waiting(self) -> int:
        """So many places are due, and wait for their host's or a fetcher's turn."""
        return sum(map(len, self._hosts.values()))

    @property
    def under_way(self) -> int:
        """So many places are being asked."""
        return len(self._busy)

    def begin(self, now: datetime) -> None:
        """Begins what is due, as far as there is room at the fetchers."""
        if self._pause_until is not None and now < self._pause_until:
            return
        for place_id in sorted(self._due_now(now), key=lambda i: not pupils_write(self.places[i].source)):
            self._hosts[host(self.places[place_id].source)].append(place_id)
        for name in [name for name, line in self._hosts.items() if line and name not in self._busy]:
            self._ask_first(name, now)

    def keep(self, now: datetime) -> bool:
        """Keeps what came since: a segment of what is new, then the runs; says whether anything was kept.

        Where it cannot be kept it counts as not asked: nothing is remembered of it, and it is asked again,
        like all others after a pause.
        """
        came, self._came = self._came, []
        if not came:
            return False
        news = [one for one in came if self._unknown(one)]
        try:
            if news:
                came = self._kept(came, news, now)
            runs = [replace(o.collected.run, mentions_new=self._new(o)) for o in came if o.collected.asked]
            with self.store.write("fleet") as con:
                source_store.record_runs(con, runs)
                self._states |= source_store.states(con, [run.source_id for run in runs])
        except SchoolgateError as error:
            log.error("in=keep fault=%s readings=%d", type(error).__name__, len(came))
            self._pause_until = now + again_after(error, self.unkept)
            self.unkept += 1
            self.faults += 1
            for one in came:
                heapq.heappush(self._due, (now, next(self._order), one.collected.source.id))
            return False
        self.unkept = 0 if news else self.unkept
        new = {one.collected.source.id for one in news}
        for one in came:
            self._ended(one, now, news=one.collected.source.id in new)
        return True

    def _kept(
        self, came: Sequence[AskedSource], news: Sequence[AskedSource], now: datetime
    ) -> list[AskedSource]:
        """Writes the news as a segment; gives what came without what cannot be written, whatever is tried."""
        try:
            self.read.put([_handed(one) for one in news], now)
            return list(came)
        except StoreFull:
            raise
        except StoreError as error:
            unfit = [one for one in news if not self._fits(one, now)]
            for one in unfit:
                self._lost_one(one.collected.source.id, error)
            return [one for one in came if one not in unfit]

    def _fits(self, one: AskedSource, now: datetime) -> bool:
        try:
            self.read.put([_handed(one)], now)
        except StoreFull:
            raise
        except StoreError as error:
            log.error("in=keep source=%s fault=%s", one.collected.source.id, type(error).__name__)
            return False
        return True

    def look_anew(self, now: datetime) -> None:
        """The clock was changed: whatever is due by what it says now is due."""
        self._pause_until = None
        self._due = [(now, next(self._order), place_id) for _, _, place_id in self._due]
        heapq.heapify(self._due)

    def forget(self, place_ids: Sequence[str]) -> None:
        """What these gave is lost: at their next turn they are asked for all that is there."""
        for place_id in place_ids:
            self._last.pop(place_id, None)
            self._whole.add(place_id)

    def _due_now(self, now: datetime) -> list[str]:
        found = []
        while self._due and self._due[0][0] <= now:
            _, _, place_id = heapq.heappop(self._due)
            source, state = self.places[place_id].source, self._state(place_id, now)
            if due(source, state, now, self.zone):
                found.append(place_id)
            else:
                self.unread.discard(place_id)
                self._again(place_id, now)
        return found

    def _state(self, place_id: str, now: datetime) -> SourceState:
        """An asking that lies ahead is of a clock that was set back: then our last one since then counts."""
        state = self._states.get(place_id) or SourceState(place_id)
        if state.last_run_at is not None and state.last_run_at > now:
            asked_at = self._asked_at.get(place_id)
            state = replace(state, last_run_at=asked_at if asked_at and asked_at <= now else None)
        if place_id in self._whole:
            return replace(state, etag=None, last_modified=None, watermark=None)
        return state

    def _again(self, place_id: str, now: datetime) -> None:
        at = next_due_at(self.places[place_id].source, self._state(place_id, now), now, self.zone)
        heapq.heappush(
            self._due, (min(at or now + LOOK_AGAIN, now + LOOK_AGAIN), next(self._order), place_id)
        )

    def _worker(self, name: str, source: Source) -> tuple[Stage, int, FleetHome | None]:
        """A mailbox is read by its home's own writer, who alone has its password."""
        if source.kind == MAILBOX:
            home = source.id.partition("/")[0]
            return Stage.SAVE, self.writer_of(home), self.homes[home]
        return Stage.FETCH, shard_of(name, self.fetchers), None

    def _ask_first(self, name: str, now: datetime) -> None:
        """Asks the first of a host's places, where there is room for it."""
        source = self.places[self._hosts[name][0]].source
        stage, shard, home = self._worker(name, source)
        fetched = stage is Stage.FETCH
        if self.line.under_way(stage, shard) >= FETCHES_AT_ONCE if fetched else self._mailboxes[shard]:
            return
        place_id = self._hosts[name].popleft()
        self._busy[name] = place_id
        self._asked_at[place_id] = now
        self._mailboxes[shard] += not fetched
        work = AskPlace(source, self._state(place_id, now), now, home)
        self.line.ask(stage, shard, work, partial(self._answered, name), partial(self._lost, name))

    def _answered(self, name: str, answer: AskedSource) -> None:
        self._free(name)
        self._lost_at.pop(answer.collected.source.id, None)
        self._came.append(answer)

    def _lost(self, name: str, error: Exception) -> None:
        """Its worker is gone, or has a fault: nothing is known of what was asked."""
        self._lost_one(self._free(name), error)

    def _free(self, name: str) -> str:
        """The host may be asked again; gives what it was asked for."""
        place_id = self._busy.pop(name)
        stage, shard, _ = self._worker(name, self.places[place_id].source)
        self._mailboxes[shard] -= stage is Stage.SAVE
        return place_id

    def _lost_one(self, place_id: str, error: Exception) -> None:
        self.failing[place_id] = Outcome.OUR_FAULT
        at = self.clock() + again_after(error, self._lost_at[place_id])
        self._lost_at[place_id] += 1
        heapq.heappush(self._due, (at, next(self._order), place_id))

    def _unknown(self, one: AskedSource) -> int:
        """How many mentions, or words of them, its last reading had not."""
        known = set(self._last.get(one.collected.source.id, ()))
        return sum(_key(m) not in known for m in one.collected.mentions)

    def _new(self, one: AskedSource) -> int:
        """How many were not there before; after a start, how many are newer than what was read before it."""
        place_id, mentions = one.collected.source.id, one.collected.mentions
        if place_id in self._last:
            return self._unknown(one)
        since = self._state(place_id, one.collected.run.started_at).watermark
        return sum(since is None or m.published is None or m.published > since for m in mentions)

    def _ended(self, one: AskedSource, now: datetime, *, news: bool) -> None:
        source, run = one.collected.source, one.collected.run
        self.unread.discard(source.id)
        if run.outcome.seen:
            self.failing.pop(source.id, None)
        elif one.collected.asked:
            self.failing[source.id] = run.outcome
        if one.collected.mentions:
            self._last[source.id] = array("Q", map(_key, one.collected.mentions))
            self._whole.discard(source.id)
        if not news and one.collected.asked:
            self.told(self.places[source.id], run)
        self._again(source.id, now)


def _key(mention: Mention) -> int:
    """Stands for a mention in these words."""
    return int(digest(mention.id, text_hash(mention.title, mention.text))[:16], 16)


def _handed(one: AskedSource) -> HandedReading:
    return HandedReading(one.collected.run, one.collected.mentions)
