"""One scan: sources are read at each host's pace, and meanwhile judged and saved in groups as they come in.

Reading never waits for judging, nor judging for the saving of those before. A group is saved with its
verdicts, alerts and outbox rows in one transaction, or not at all; then its sources are due again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from data.effects import Clock, Timer
from data.frozen import freeze
from data.store import sources as source_store
from data.store.engine.open import Store
from data.store.mentions import Batch
from data.types import Source, SourceState
from monitor.pipeline.collect import Ask, Collected, Failed, ScanReader, ask_source, log, without_older
from sources.http.politeness import HostJob, never

# How long each stage was at work, and when the sites were asked and had answered.

STAGES = {
    "load": "loading what judges",
    "link": "linking",
    "network": "the network",
    "reader": "the second reader",
    "decide": "deciding",
    "save": "saving",
}
"""The stages of a scan, and what each is called; saving is beside the others."""


@dataclass(slots=True)
class Timings:
    """Seconds by stage and since its beginning; `timer` is a monotonic clock. A stage is one thread's.
    The first source was asked at `asked_s`, the last answered at `answered_s`."""

    timer: Timer = time.monotonic
    spent: dict[str, float] = field(default_factory=dict)
    asked_s: float | None = None
    answered_s: float | None = None
    began_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.began_s = self.timer()

    @contextmanager
    def time_stage(self, stage: str) -> Iterator[None]:
        """Count what is done in the block as that stage's."""
        began_s = self.timer()
        try:
            yield
        finally:
            self.spent[stage] = self.spent.get(stage, 0.0) + self.timer() - began_s

    def line(self) -> str:
        """One line for whoever asks where the time went."""
        spent = {stage: self.spent.get(stage, 0.0) for stage in STAGES}
        spent["decide"] = max(spent["decide"] - spent["network"] - spent["reader"], 0.0)
        stages = ", ".join(f"{said} {spent[stage]:.1f}" for stage, said in STAGES.items())
        whole_s = self.timer() - self.began_s
        return (
            f"Seconds: the first site asked after {self.asked_s or 0.0:.1f}, the last answer after "
            f"{self.answered_s or 0.0:.1f}; beside that {stages}; in all {whole_s:.1f}."
        )


if TYPE_CHECKING:
    from monitor.pipeline.judges import Judges
    from monitor.pipeline.stages import ArticleAnswer


# The scan itself.

MOST_UNSAVED = 4096
"""Where so many mentions are read and not yet saved, no further source is begun until some are saved.

Mentions are counted and not sources: a source may bring none or hundreds, and they are what fills the
memory, a few kilobytes each.
"""


@freeze
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
    timer: Timer = time.monotonic,
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

    def one(source: Source) -> Collected:
        started(source)
        timings.asked_s = timings.asked_s or timings.timer() - timings.began_s
        collected = ask(source, state_of[source.id], fetcher, clock)
        if since is not None:
            collected = without_older(collected, since)
        unsaved[source.id] = len(collected.mentions)
        timings.answered_s = timings.timer() - timings.began_s
        return collected

    jobs: list[HostJob[Collected | ArticleAnswer]]
    jobs = [HostJob(s.url, partial(one, s), robots=s.disabled is None) for s in sources]
    with fetcher.start_jobs(
        jobs, stopped=stopped, full=lambda: sum(list(unsaved.values())) >= MOST_UNSAVED
    ) as reading:
        from classifiers.text.words import forget_texts
        from monitor.pipeline.stages import Articles, Group, Stages, warm

        by = replace(judges(), timed=timings.time_stage)
        if any(state.first_run_at is None for state in state_of.values()):
            with timings.time_stage("load"):  # of what nobody has read there is something new
                warm(by, clock())
        articles = Articles(store, by, fetcher, clock, timer, reading.add)
        try:
            for batch, failed in Stages(reading, articles, store, by, clock, Group(timer)).save_all():
                run = batch.run
                unsaved.pop(run.source_id, None)
                log.info(
                    "source=%s outcome=%s read=%d new=%d alerts=%d",
                    run.source_id, run.outcome.value, run.mentions_read, run.mentions_new, len(batch.alerts),
                )  # fmt: skip
                yield FinishedSource(source_of[run.source_id], state_of[run.source_id], batch, failed)
        finally:
            forget_texts()
