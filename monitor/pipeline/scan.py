"""One scan: sources are read at each host's pace, and meanwhile judged and saved in groups as they come in.

Reading never waits for judging, nor judging for the saving of those before. A group is saved with its
verdicts, alerts and outbox rows in one transaction, or not at all; then its sources are due again. What is
urgent is saved at once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from data.effects import Clock
from data.errors import StoreError
from data.store.engine.open import Store
from data.store.mentions.batch import Batch
from data.store.sources import source_runs as source_store
from data.types import Source, SourceState
from monitor.pipeline.articles.reading import ArticleAnswer, Articles
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge_all, look, urns_of
from monitor.pipeline.judges import Judges
from monitor.pipeline.judging.judged import Judged
from monitor.pipeline.scanning.asking import AskedSource, Failed, Work, asked, isolated, opened, without_older
from monitor.pipeline.scanning.group import Group, JudgedSource, at_fault, nothing_of, saved
from sources.http.host_queue import HostJob, Spread, never

if TYPE_CHECKING:
    from sources.fetch import Fetcher

log = logging.getLogger("schoolgate.scan")

MOST_MENTIONS = 512
"""So many are judged at a time, some two seconds' work, or one source's: what is urgent does not wait for all
that is ready."""
MOST_UNSAVED = 4096
"""Where so many mentions are read and not yet saved, no further source is begun until some are saved.

Mentions are counted and not sources: a source may bring none or hundreds, and they are what fills the
memory, a few kilobytes each.
"""


@dataclass(frozen=True, slots=True)
class FinishedSource:
    """One source finished: how it ended before this run, its run, and what was saved for it."""

    source: Source
    before: SourceState
    batch: Batch
    failed: Failed | None = None


Saved: TypeAlias = "tuple[Batch, Failed | None]"


def scan(
    sources: Sequence[Source],
    *,
    store: Store,
    fetcher: Fetcher,
    judges: Judges,
    clock: Clock,
    since: datetime | None = None,
    started: Callable[[Source], None] = lambda source: None,
    stopped: Callable[[], bool] = never,
    timer: Callable[[], float] = time.monotonic,
) -> Iterator[FinishedSource]:
    """Read, judge and save every source; yields each as it is saved.

    A fault of ours ends that source's run alone (`Outcome.OUR_FAULT`): it is due again soon. Once `stopped`
    says so, no source is begun; those under way are finished. `timer` is a monotonic clock in seconds. Raises
    SchoolgateError where the store cannot be read to begin with.
    """
    with store.read() as con:
        states = source_store.states(con, [s.id for s in sources])
    state_of = {s.id: states.get(s.id) or SourceState(s.id) for s in sources}
    source_of = {s.id: s for s in sources}
    unsaved = _Unsaved()

    def one(source: Source) -> AskedSource:
        started(source)
        answer = asked(source, state_of[source.id], fetcher, clock)
        collected = without_older(answer.collected, since)
        unsaved.came(collected)
        return replace(answer, collected=collected)

    jobs: list[HostJob[AskedSource | ArticleAnswer]]
    jobs = [HostJob(s.url, partial(one, s), robots=s.disabled is None) for s in sources]
    with fetcher.begun(jobs, stopped=stopped, full=unsaved.too_many) as reading:
        articles = Articles(store, judges, fetcher, clock, timer, reading.add)
        for batch, failed in _Scan(reading, articles, store, judges, clock, timer).saved():
            run = batch.run
            unsaved.gone(run.source_id)
            log.info(
                "source=%s outcome=%s read=%d new=%d alerts=%d",
                run.source_id, run.outcome.value, run.mentions_read, run.mentions_new, len(batch.alerts),
            )  # fmt: skip
            yield FinishedSource(source_of[run.source_id], state_of[run.source_id], batch, failed)


class _Unsaved:
    """How many mentions are read and not yet saved, by source. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[str, int] = {}
        self._all = 0

    def came(self, collected: Collected) -> None:
        with self._lock:
            self._held[collected.source.id] = len(collected.mentions)
            self._all += len(collected.mentions)

    def gone(self, source_id: str) -> None:
        with self._lock:
            self._all -= self._held.pop(source_id, 0)

    def too_many(self) -> bool:
        return self._all >= MOST_UNSAVED


class _Scan:
    """The part of a scan that judges and saves, while others read.

    The caller's thread looks and judges. A group that is due is saved before anything else is judged, or in a
    thread beside it, once that has been looked at: to look while it is saved would be to wait for it.
    """

    def __init__(
        self,
        reading: Spread[AskedSource | ArticleAnswer],
        articles: Articles,
        store: Store,
        judges: Judges,
        clock: Clock,
        timer: Callable[[], float],
    ) -> None:
        self._reading = reading
        self._articles = articles
        self._store = store
        self._judges = judges
        self._clock = clock
        self._group = Group(timer)
        self._due: list[JudgedSource] = []
        self._saving: Future[list[Saved]] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="saving")

    def saved(self) -> Iterator[Saved]:
        """What was saved of each source, until all have been read."""
        with self._thread:
            while not self._reading.over or self._articles or self._group or self._due:
                came = self._reading.take(0.0 if self._due else self._group.left_s)
                ready = self._articles.answered([a for a in came if isinstance(a, ArticleAnswer)])
                read = [a for a in came if isinstance(a, AskedSource)]
                yield from ((nothing_of(a.collected.run), a.failed) for a in read if not a.collected.asked)
                yield from self._without_news(
                    [a for a in read if a.collected.asked and not a.collected.mentions]
                )
                ready += self._articles.behind([a.collected for a in read if a.collected.mentions])
                if self._reading.over:
                    ready += self._articles.given_up()
                yield from self._judged(ready) if ready else self._save_due()
                if self._group.due or (self._reading.over and not self._articles):
                    yield from self._save()

    def _without_news(self, read: Sequence[AskedSource]) -> Iterator[Saved]:
        """There is nothing to be judged: their runs are recorded with the group."""
        for one in read:
            judged = Judged(one.collected, urns_of(one.collected, self._judges))
            yield from self._added([JudgedSource(judged, one.failed)])

    def _judged(self, ready: Sequence[Collected]) -> Iterator[Saved]:
        left = list(ready)
        while left:
            some, left = _some_of(left, self._group.room)
            found = isolated(some, partial(self._judge, []))
            yield from self._saved_beside()
            yield from self._added([_as_saved(c, judged) for c, judged in zip(some, found, strict=True)])

    def _judge(self, earlier: list[Judged], some: Sequence[Collected]) -> list[Judged]:
        """`earlier` are those of the same set that were judged one by one; these join them."""
        if self._saving is not None:
            wait([self._saving])
        unsaved = [one.judged for one in self._due] + self._group.judged + earlier
        now = self._clock()
        with opened(self._store.read()) as con:
            before = look(con, some, self._judges, now, unsaved)
        if self._due:
            self._saving = self._thread.submit(self._save_these, self._due)
            self._due = []
        judged = judge_all(some, before, self._judges)
        earlier += judged
        return judged

    def _added(self, some: Sequence[JudgedSource]) -> Iterator[Saved]:
        self._group.add(some)
        if self._group.due:
            yield from self._save_due()
            self._due = self._group.taken()

    def _save(self) -> Iterator[Saved]:
        yield from self._save_due()
        if self._group:
            yield from self._saved_now(self._group.taken())

    def _save_due(self) -> Iterator[Saved]:
        due, self._due = self._due, []
        if due:
            yield from self._saved_now(due)

    def _saved_now(self, sources: Sequence[JudgedSource]) -> list[Saved]:
        """In the thread that saves, for each thread keeps memory of its own: some 40 MB."""
        return self._thread.submit(self._save_these, sources).result()

    def _saved_beside(self) -> Iterator[Saved]:
        """What was saved while others were judged."""
        if self._saving is not None:
            done, self._saving = self._saving.result(), None
            yield from done

    def _save_these(self, sources: Sequence[JudgedSource]) -> list[Saved]:
        return saved(sources, self._store, self._judges, self._clock)


def _as_saved(collected: Collected, judged: Judged | Exception) -> JudgedSource:
    if isinstance(judged, Exception):
        return at_fault(collected, Work.SAVE if isinstance(judged, StoreError) else Work.JUDGE, judged)
    return JudgedSource(judged)


def _some_of(ready: Sequence[Collected], room: int) -> tuple[list[Collected], list[Collected]]:
    """Those that are judged together, as many as `MOST_MENTIONS` and the group's room allow; and the rest."""
    mentions = 0
    for n, one in enumerate(ready):
        mentions += len(one.mentions)
        if n and (n == room or mentions > MOST_MENTIONS):
            return list(ready[:n]), list(ready[n:])
    return list(ready), []
