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
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from data.effects import Clock
from data.errors import StoreError
from data.store.engine.open import Store
from data.store.mentions.batch import Batch
from data.store.sources import source_runs as source_store
from data.types import Source, SourceState
from monitor.pipeline.articles import ArticleAnswer, Articles
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge_all, look, urns_of
from monitor.pipeline.judges import Judges
from monitor.pipeline.judging.judged import Judged
from monitor.pipeline.judging.one_nature import as_known
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
    unsaved: dict[str, int] = {}
    """How many mentions are read and not yet saved, by source; the threads that read set each at once."""

    def one(source: Source) -> AskedSource:
        started(source)
        answer = asked(source, state_of[source.id], fetcher, clock)
        collected = as_known(without_older(answer.collected, since), judges.natures)
        unsaved[source.id] = len(collected.mentions)
        return replace(answer, collected=collected)

    jobs: list[HostJob[AskedSource | ArticleAnswer]]
    jobs = [HostJob(s.url, partial(one, s), robots=s.disabled is None) for s in sources]
    with fetcher.begun(
        jobs, stopped=stopped, full=lambda: sum(list(unsaved.values())) >= MOST_UNSAVED
    ) as reading:
        articles = Articles(store, judges, fetcher, clock, timer, reading.add)
        for batch, failed in _Scan(reading, articles, store, judges, clock, Group(timer)).saved():
            run = batch.run
            unsaved.pop(run.source_id, None)
            log.info(
                "source=%s outcome=%s read=%d new=%d alerts=%d",
                run.source_id, run.outcome.value, run.mentions_read, run.mentions_new, len(batch.alerts),
            )  # fmt: skip
            yield FinishedSource(source_of[run.source_id], state_of[run.source_id], batch, failed)


@dataclass(slots=True)
class _Scan:
    """The part of a scan that judges and saves, while others read.

    The caller's thread looks and judges. A group that is due is saved before anything else is judged, or in a
    thread beside it, once that has been looked at: to look while it is saved would be to wait for it.
    """

    reading: Spread[AskedSource | ArticleAnswer]
    articles: Articles
    store: Store
    judges: Judges
    clock: Clock
    group: Group
    due: list[JudgedSource] = field(default_factory=list)
    saving: Future[list[Saved]] | None = None
    thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="saving")
    )

    def saved(self) -> Iterator[Saved]:
        """What was saved of each source, until all have been read."""
        with self.thread:
            while not self.reading.over or self.articles.waiting or self.group.sources or self.due:
                came = self.reading.take(0.0 if self.due else self.group.left_s)
                ready = self.articles.answered([a for a in came if isinstance(a, ArticleAnswer)])
                read = [a for a in came if isinstance(a, AskedSource)]
                for one in (one for one in read if not one.collected.mentions):
                    if not one.collected.asked:
                        yield nothing_of(one.collected.run), one.failed
                    else:  # there is nothing to be judged: its run is recorded with the group
                        judged = Judged(one.collected, urns_of(one.collected, self.judges))
                        yield from self._added([JudgedSource(judged, one.failed)])
                ready += self.articles.behind([a.collected for a in read if a.collected.mentions])
                if self.reading.over:
                    ready += self.articles.given_up()
                yield from self._judged(ready) if ready else self._save()
                if self.group.due or (self.reading.over and not self.articles.waiting):
                    yield from self._save(group=True)

    def _judged(self, ready: Sequence[Collected]) -> Iterator[Saved]:
        left = list(ready)
        while left:
            some, left = _some_of(left, self.group.room)
            found = isolated(some, partial(self._judge, []))
            if self.saving is not None:  # what was saved while these were judged
                done, self.saving = self.saving.result(), None
                yield from done
            yield from self._added(
                [
                    JudgedSource(one)
                    if isinstance(one, Judged)
                    else at_fault(c, Work.SAVE if isinstance(one, StoreError) else Work.JUDGE, one)
                    for c, one in zip(some, found, strict=True)
                ]
            )

    def _judge(self, earlier: list[Judged], some: Sequence[Collected]) -> list[Judged]:
        """`earlier` are those of the same set that were judged one by one; these join them."""
        if self.saving is not None:
            wait([self.saving])
        unsaved = [one.judged for one in self.due + self.group.sources] + earlier
        now = self.clock()
        with opened(self.store.read()) as con:
            before = look(con, some, self.judges, now, unsaved)
        if self.due:
            self.saving, self.due = self._begin(self.due), []
        judged = judge_all(some, before, self.judges)
        earlier += judged
        return judged

    def _added(self, some: Sequence[JudgedSource]) -> Iterator[Saved]:
        self.group.add(some)
        if self.group.due:
            yield from self._save()
            self.due = self.group.taken()

    def _save(self, *, group: bool = False) -> Iterator[Saved]:
        """Saves what is due, then the group too, where that is said."""
        sets = [self.due, self.group.taken() if group else []]
        self.due = []
        for sources in filter(None, sets):
            yield from self._begin(sources).result()

    def _begin(self, sources: Sequence[JudgedSource]) -> Future[list[Saved]]:
        """In the thread that saves, for each thread keeps memory of its own: some 40 MB."""
        return self.thread.submit(saved, sources, self.store, self.judges, self.clock)


def _some_of(ready: Sequence[Collected], room: int) -> tuple[list[Collected], list[Collected]]:
    """Those that are judged together, as many as `MOST_MENTIONS` and the group's room allow; and the rest."""
    mentions = 0
    for n, one in enumerate(ready):
        mentions += len(one.mentions)
        if n and (n == room or mentions > MOST_MENTIONS):
            return list(ready[:n]), list(ready[n:])
    return list(ready), []
