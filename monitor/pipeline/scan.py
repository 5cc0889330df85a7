"""One scan: sources are read at each host's pace, and meanwhile judged and saved in groups as they come in.

Reading never waits for judging, nor judging for the saving of those before. A group is saved with its
verdicts, alerts and outbox rows in one transaction, or not at all; then its sources are due again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from data.effects import Clock
from data.store import sources as source_store
from data.store.engine.open import Store
from data.store.mentions.batch import Batch
from data.types import Source, SourceState
from monitor.pipeline.scanning.asking import Ask, AskedSource, Failed, ScanReader, ask_source, without_older
from monitor.pipeline.scanning.timings import Timings
from sources.http.host_queue import HostJob, never

if TYPE_CHECKING:
    from monitor.pipeline.articles import ArticleAnswer
    from monitor.pipeline.judges import Judges

log = logging.getLogger("schoolgate.scan")

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


def scan_sources(
    sources: Sequence[Source],
    *,
    store: Store,
    fetcher: ScanReader,
    judges: Callable[[], Judges],
    clock: Clock,
    since: datetime | None = None,
    started: Callable[[Source], None] = lambda source: None,
    stopped: Callable[[], bool] = never,
    timer: Callable[[], float] = time.monotonic,
    timings: Timings | None = None,
    ask: Ask = ask_source,
) -> Iterator[FinishedSource]:
    """Read, judge and save every source; yields each as it is saved.

    A fault of ours ends that source's run alone (`Outcome.OUR_FAULT`): it is due again soon. Once `stopped`
    says so, no source is begun; those under way are finished. `timer` is a monotonic clock in seconds.
    `judges` is asked for, and what judges is loaded, once the first sources have been asked: they take their
    time. `ask` reads one source. Raises SchoolgateError where the store cannot be read, and as `judges`.
    """
    timings = timings or Timings(timer)
    with store.open_reader() as con:
        states = source_store.states(con, [s.id for s in sources])
    state_of = {s.id: states.get(s.id) or SourceState(s.id) for s in sources}
    source_of = {s.id: s for s in sources}
    unsaved: dict[str, int] = {}
    """How many mentions are read and not yet saved, by source; the threads that read set each at once."""

    def one(source: Source) -> AskedSource:
        started(source)
        timings.note_asked()
        answer = ask(source, state_of[source.id], fetcher, clock)
        collected = without_older(answer.collected, since)
        unsaved[source.id] = len(collected.mentions)
        timings.note_answered()
        return replace(answer, collected=collected)

    jobs: list[HostJob[AskedSource | ArticleAnswer]]
    jobs = [HostJob(s.url, partial(one, s), robots=s.disabled is None) for s in sources]
    with fetcher.start_jobs(
        jobs, stopped=stopped, full=lambda: sum(list(unsaved.values())) >= MOST_UNSAVED
    ) as reading:
        from monitor.pipeline.articles import Articles
        from monitor.pipeline.scanning.group import Group
        from monitor.pipeline.scanning.stages import Stages, warm

        by = replace(judges(), timed=timings.time_stage)
        if any(state.first_run_at is None for state in state_of.values()):
            with timings.time_stage("load"):  # of what nobody has read there is something new
                warm(by, clock())
        articles = Articles(store, by, fetcher, clock, timer, reading.add)
        for batch, failed in Stages(reading, articles, store, by, clock, Group(timer), timings).save_all():
            run = batch.run
            unsaved.pop(run.source_id, None)
            log.info(
                "source=%s outcome=%s read=%d new=%d alerts=%d",
                run.source_id, run.outcome.value, run.mentions_read, run.mentions_new, len(batch.alerts),
            )  # fmt: skip
            yield FinishedSource(source_of[run.source_id], state_of[run.source_id], batch, failed)
